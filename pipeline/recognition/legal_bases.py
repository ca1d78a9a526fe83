"""Citations that recognition misread: numerals of provisions, and titles of statutes.

In: the text of a recognized basis field. Out: its slips. A sign between 第 and 条 that is no numeral is the numeral
that looks like it (第二十—条; but 第十—十二条 may be a range). A title is mended only where the library knows the
printed one as a certain slip for another, and the two differ in doubtful characters alone; every other wrong title is
the unit's, and a finding (L07).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.law.citations import citations
from pipeline.law.statute_titles import STATE
from pipeline.law.statutes import MatchKind, StatuteLibrary
from pipeline.recognition.slips import Slip, doubtful_difference
from pipeline.record import Field
from pipeline.text.numerals import NUMERAL
from pipeline.vocabulary import Vocabulary

_STROKE = "一"


def numeral_slips(field: Field, vocabulary: Vocabulary) -> Iterator[Slip]:
    """Signs inside the number of an article, paragraph or item that only look like a numeral."""
    lookalikes = vocabulary.numeral_lookalikes
    inside = f"(?:{NUMERAL}|[{re.escape(''.join(lookalikes))}])"
    for found in re.finditer(rf"第[(（]?({inside}{{1,7}}?)[)）]?[条款项目]", field.text):
        read = found[1]
        if any(lookalikes.get(sign) == _STROKE for sign in read[:-1]):
            continue
        meant = "".join(lookalikes.get(sign, sign) for sign in read)
        if meant != read:
            yield Slip(found.start(1), found.end(1), read, meant)


def title_slips(field: Field, vocabulary: Vocabulary, library: StatuteLibrary) -> Iterator[Slip]:
    """Titles that are a certain slip for a known one and differ from it in doubtful characters alone."""
    told: set[tuple[int, int]] = set()
    for cited in citations(field.text, vocabulary):
        if cited.title is None or cited.title_start is None or cited.title_end is None:
            continue
        span = (cited.title_start, cited.title_end)
        match = library.find(cited.title) if span not in told else None
        told.add(span)
        if match is None or match.kind is not MatchKind.MISSPELT:
            continue
        read = field.text[span[0] : span[1]]
        start = span[0] + len(read) - len(read.lstrip("《〈<"))
        read = read.strip("《》〈〉<>")
        for meant in (match.title, match.title.removeprefix(STATE)):
            if doubtful_difference(field, start, read, meant):
                yield Slip(start, start + len(read), read, meant)
                break
