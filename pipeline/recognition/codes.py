"""Codes of a unit that share their beginning or their end, as the measure for those that were read with doubt.

In: the records of a unit. Out: :class:`SeenCodes`, which offers for a doubtful code the one that it must be. Most parts
of a power's code are the same down a register (area, body, version); one part tells the powers apart, and that part is
never changed. A shared part has been read with certainty at least once, or is a unified social credit code whose check
character is right (GB 32100-2015), or follows from the others: what is misread in one way is misread so again. Refused:
codes in which more than one part varies, and slips that two of the unit's codes explain alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein
from stdnum.cn import uscc

from pipeline.recognition.slips import DOUBTFUL, READ, Slip, is_beside_gap
from pipeline.record import Field, Reading, Record
from pipeline.vocabulary import Vocabulary

_BETWEEN = "-"
_LINES = " \u2014\u2013\u2212\u4e00_=-"  # what a line between two parts is taken for, or the white where none was seen
_TIMES = 3  # seen so often a part is one that the unit's codes share
_LEAST_SHARED = 8  # characters; less than that tells nothing
_CHARACTERS_PER_SLIP = 8
_CHECKED = 17  # characters of a unified social credit code before the one that checks them
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
    """The frames of a unit's codes, made of parts that were certainly read."""

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
        meant = {text for frame in frames for read in _with_lines(field) for text in _meant(read, frame)}
        read = _without_lines(field.text)
        near = sorted((Levenshtein.distance(read, _without_lines(text)), text) for text in meant)
        if not near or (len(near) > 1 and near[1][0] == near[0][0]) or near[0][1] == field.text:
            return None
        text = near[0][1]
        return Slip(0, len(field.text), field.text, text) if _is_certain(field, text) else None

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
        certain = [confidence >= READ for confidence in confidences[start:end]]
        if not all(certain) and all(certain[:-1]) and (checked := _with_check(text[:-1])) is not None:
            parts.append(_Part(checked, certain=True))
        else:
            parts.append(_Part(text, all(certain)))
        start = end + len(_BETWEEN)
    return parts


def _with_check(body: str) -> str | None:
    """A unified social credit code without its last character → the whole code; None where it can be none."""
    if len(body) != _CHECKED:
        return None
    try:
        return str(uscc.validate(body + uscc.calc_check_digit(body)))
    except ValueError:  # a character that no such code has, or (ValidationError) another check that fails
        return None


def _shared(parts: Sequence[_Part]) -> set[str]:
    """The parts at one place of several codes that come again and are certain."""
    times = Counter(part.text for part in parts)
    certain = {part.text for part in parts if part.certain}
    return {text for text, count in times.items() if count >= _TIMES and (text in certain or uscc.is_valid(text))}


def _frames(codes: Iterable[list[_Part]]) -> set[_Frame]:
    """The frames that several of the codes have."""
    by_count: dict[int, list[list[_Part]]] = defaultdict(list)
    for parts in codes:
        by_count[len(parts)].append(parts)
    found: Counter[_Frame] = Counter()
    for count, alike in by_count.items():
        shared = [_shared([code[n] for code in alike]) for n in range(count)]
        for code in alike:
            own = [n for n, part in enumerate(code) if part.text not in shared[n]]
            if len(own) == 1:
                before = "".join(part.text + _BETWEEN for part in code[: own[0]])
                behind = "".join(_BETWEEN + part.text for part in code[own[0] + 1 :])
                found[_Frame(before, behind)] += 1
    return {frame for frame, times in found.items() if times >= _TIMES and sum(map(len, frame)) >= _LEAST_SHARED}


def _meant(text: str, frame: _Frame) -> Iterator[str]:
    """What a text may be meant as in a frame: its own part, within the frame.

    The lines within the frame are left out of account: of all signs they are lost the most easily. Those around the
    code's own part have to be there, or at least a white where one was, or nothing tells where it ends.
    """
    before, behind = _without_lines(frame.before), _without_lines(frame.behind)
    most = len(before + behind) // _CHARACTERS_PER_SLIP
    for own in re.finditer(f"[^{_LINES}]+", text):
        first, last = _without_lines(text[: own.start()]), _without_lines(text[own.end() :])
        if not (own[0].isascii() and own[0].isalnum()):
            continue
        if Levenshtein.distance(first, before) + Levenshtein.distance(last, behind) <= most:
            yield frame.before + own[0] + frame.behind


def _with_lines(field: Field) -> Iterator[str]:
    """The text of a code as it was read, and with a line at each place where one may have been lost."""
    text = field.text
    yield text
    for n in range(1, len(text)):
        if text[n - 1].isalnum() and text[n].isalnum() and is_beside_gap(field, n):
            yield text[:n] + _BETWEEN + text[n:]


def _without_lines(text: str) -> str:
    return "".join(sign for sign in text if sign not in _LINES)


def _is_certain(field: Field, meant: str) -> bool:
    """Whether the text of a field can only be meant as the other.

    What differs are lines, characters that are doubtful or near a doubtful one, or those of a unified social credit
    code that is none as it was read.
    """
    text, confidences = field.text, field.confidences
    if not confidences:
        return False
    checked = [] if any(uscc.is_valid(part) for part in text.split(_BETWEEN)) else list(_checked(meant))
    for change in Levenshtein.opcodes(text, meant):
        if change.tag == "equal" or not _without_lines(
            text[change.src_start : change.src_end] + meant[change.dest_start : change.dest_end]
        ):
            continue
        missing = change.src_start == change.src_end
        reach = _NEAR if missing else 0  # of equal figures any may be the one that was passed over
        own = confidences[max(0, change.src_start - reach) : change.src_end + reach]
        doubts = [confidence < DOUBTFUL for confidence in own]
        in_doubt = any(doubts) if missing else all(doubts)
        if not in_doubt and not any(start <= change.dest_start <= change.dest_end <= end for start, end in checked):
            return False
    return True


def _checked(code: str) -> Iterator[tuple[int, int]]:
    """From where to where the unified social credit codes in a code stand."""
    start = 0
    for part in code.split(_BETWEEN):
        if uscc.is_valid(part):
            yield start, start + len(part)
        start += len(part) + len(_BETWEEN)
