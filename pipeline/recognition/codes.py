"""Codes of a unit that share their beginning or their end, as the measure for those that were read with doubt.

In: the records of a unit. Out: :class:`SeenCodes`, which offers for a doubtful code the one that it must be. Most parts
of a power's code are the same down a register (area, body, version); one part tells the powers apart, and that part is
never changed. A shared part has been read with certainty at least once, or is a unified social credit code whose check
character is right (GB 32100-2015): what is misread in one way is misread so again. Refused: codes in which more than
one part varies, and slips that two of the unit's codes explain alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein
from stdnum.cn import uscc

from pipeline.recognition.slips import DOUBTFUL, Slip
from pipeline.record import Field, Reading, Record
from pipeline.vocabulary import Vocabulary

_BETWEEN = "-"
_TIMES = 3  # seen so often a part is one that the unit's codes share
_TIMES_OF_A_SIZE = 2  # the part that varies may have been misread, but hardly twice by as many characters
_LEAST_SHARED = 8  # characters; less than that tells nothing
_CHARACTERS_PER_SLIP = 8
_NEAR = 3  # characters; so near to one that is missing another one is doubtful


class _Frame(NamedTuple):
    """What stands before and behind the one part that varies."""

    before: str
    behind: str


class _Part(NamedTuple):
    """A part of a code, and whether each character of it was certainly read."""

    text: str
    certain: bool


class SeenCodes:
    """The frames of a unit's codes, made of parts that were certainly read, and how long their own parts are."""

    def __init__(self, records: Iterable[Record], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        seen: dict[tuple[str, str], dict[str, list[_Part]]] = defaultdict(dict)
        for record in records:
            for field in record.fields:
                family = record.register.family
                if self._is_code(family, field.name) and field.text:
                    seen[family, field.name][field.text] = _parts(field)
        self._frames = {column: _frames(codes.values()) for column, codes in seen.items()}

    def slip(self, family: str, field: Field) -> Slip | None:
        """The one code that a doubtful one can be, as a change of its whole text; None where that is open."""
        frames = self._frames.get((family, field.name))
        if not frames or Reading.OCR not in field.reading:
            return None
        meant = {text for frame, sizes in frames.items() for text in _meant(field.text, frame, sizes)}
        near = sorted((Levenshtein.distance(field.text, text), text) for text in meant)
        if not near or near[0][0] == 0 or (len(near) > 1 and near[1][0] == near[0][0]):
            return None
        text = near[0][1]
        return Slip(0, len(field.text), field.text, text) if _differs_in_doubt(field, text) else None

    def _is_code(self, family: str, name: str) -> bool:
        column = self._vocabulary.columns.get((family, name))
        return column is not None and column.kind == "code"


def _parts(field: Field) -> list[_Part]:
    """The parts of a code."""
    confidences = field.confidences or (field.confidence,) * len(field.text)
    parts = []
    start = 0
    for text in field.text.split(_BETWEEN):
        end = start + len(text)
        parts.append(_Part(text, min(confidences[start:end], default=1.0) >= DOUBTFUL))
        start = end + len(_BETWEEN)
    return parts


def _shared(parts: Sequence[_Part]) -> set[str]:
    """The parts at one place of several codes that come again and are certain."""
    times = Counter(part.text for part in parts)
    certain = {part.text for part in parts if part.certain}
    return {text for text, count in times.items() if count >= _TIMES and (text in certain or uscc.is_valid(text))}


def _frames(codes: Iterable[list[_Part]]) -> dict[_Frame, set[int]]:
    """The frames of the codes, with the lengths of the parts that they hold."""
    by_count: dict[int, list[list[_Part]]] = defaultdict(list)
    for parts in codes:
        by_count[len(parts)].append(parts)
    found: dict[_Frame, Counter[int]] = defaultdict(Counter)
    for count, alike in by_count.items():
        shared = [_shared([code[n] for code in alike]) for n in range(count)]
        for code in alike:
            own = [n for n, part in enumerate(code) if part.text not in shared[n]]
            if len(own) == 1:
                before = "".join(part.text + _BETWEEN for part in code[: own[0]])
                behind = "".join(_BETWEEN + part.text for part in code[own[0] + 1 :])
                found[_Frame(before, behind)][len(code[own[0]].text)] += 1
    return {
        frame: {size for size, times in sizes.items() if times >= _TIMES_OF_A_SIZE}
        for frame, sizes in found.items()
        if sizes.total() >= _TIMES and sum(map(len, frame)) >= _LEAST_SHARED
    }


def _meant(text: str, frame: _Frame, sizes: Iterable[int]) -> Iterator[str]:
    """What a text may be meant as in a frame: its own part, of a length that others have, within the frame."""
    most = sum(map(len, frame)) // _CHARACTERS_PER_SLIP
    for size in sizes:
        for start in range(max(0, len(frame.before) - most), len(frame.before) + most + 1):
            own = text[start : start + size]
            if len(own) < size or not (own.isascii() and own.isalnum()):
                continue
            meant = frame.before + own + frame.behind
            if Levenshtein.distance(text, meant, score_cutoff=most) <= most:
                yield meant


def _differs_in_doubt(field: Field, meant: str) -> bool:
    """Whether the text of a field becomes the other by changes of, or near, doubtful characters only."""
    confidences = field.confidences
    if not confidences:
        return False
    for change in Levenshtein.opcodes(field.text, meant):
        missing = change.src_start == change.src_end
        reach = _NEAR if missing else 0  # of equal figures any may be the one that was passed over
        own = confidences[max(0, change.src_start - reach) : change.src_end + reach]
        doubts = [confidence < DOUBTFUL for confidence in own]
        if change.tag != "equal" and not (any(doubts) if missing else all(doubts)):
            return False
    return True
