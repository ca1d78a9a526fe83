"""Pieces of text in columns → the heights at which rows begin.

In: the pieces of a block, its columns, and the heights that no row crosses (level rules, edges of shading). Out: the
edges of the rows. A row begins where a serial number stands in the first column; where there are none, after each
white that is clearly wider than the white between lines; else at each line that fills the first column and most of the
others. A line over the whole width, such as a section row, is a row of its own. Nothing is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.geometry.pieces import Piece
from extractors.geometry.white_columns import Columns

SAME_LEVEL = 0.5
"""Pieces whose middles differ by less than so many sizes stand at one level."""
WIDER = 0.25
"""Whites between rows are wider than those between lines by so many sizes at least."""
KEYED = 0.6
"""Rows found by their whites fill the first column in this share."""
SHORT = 3.0
"""A line over the whole width goes on in the next when it ends so many sizes before the right side."""
CENTRED = 2.0
"""A line stands in the middle of the table, give or take so many sizes."""

_SERIAL = re.compile(r"[(（]?(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4})[)）]?[.．、]?")

Level = list[Piece]


def is_serial(text: str) -> bool:
    """Whether a text is no more than the number of a row."""
    return _SERIAL.fullmatch(text) is not None


def levels_of(pieces: Sequence[Piece], size: float) -> list[Level]:
    """The pieces by height, from top to bottom."""
    levels: list[Level] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        if levels and piece.middle - levels[-1][0].middle <= SAME_LEVEL * size:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def is_whole(level: Level, columns: Columns) -> bool:
    """Whether a level is one text over the whole width: it crosses columns from the first on, or in the middle."""
    if len(level) > 1 or not columns.crosses(level[0]):
        return False
    (piece,) = level
    aside = abs(piece.x0 + piece.x1 - columns.left - columns.right) / 2
    return columns.of(piece)[0] == 0 or aside <= CENTRED * piece.size


@dataclass(frozen=True, slots=True)
class _Habit:
    """How the rows of a block begin: by serial numbers, by wide whites, or by full levels."""

    serials: bool
    white: float  # the least white between rows in points; 0 where whites tell nothing
    most: int  # pieces of the fullest level


def row_edges(pieces: Sequence[Piece], columns: Columns, size: float, bounds: Sequence[float]) -> list[float]:
    """The heights at which rows begin, and where the last one ends."""
    levels = levels_of(pieces, size)
    segments = _segments(levels, columns, bounds)
    habit = _habit(segments, columns, size, len(bounds))
    tops = [min(piece.y0 for piece in levels[0])]
    for number, segment in enumerate(segments):
        if number:
            tops.append(_boundary(segments[number - 1], segment, bounds))
        starts = _starts(segment, columns, habit)
        tops += [_widest_gap(segment, previous, this) for previous, this in pairwise(starts)]
    return [*tops, max(piece.y1 for piece in pieces)]


def _segments(levels: Sequence[Level], columns: Columns, bounds: Sequence[float]) -> list[list[Level]]:
    """The levels between lines over the whole width and bounds; each such line is a segment of its own."""
    segments: list[list[Level]] = []
    for level in levels:
        last = segments[-1] if segments else None
        whole = is_whole(level, columns)
        if last is None or _bound_between(last, [level], bounds) is not None:
            segments.append([level])
        elif is_whole(last[-1], columns) or whole:
            if whole and is_whole(last[-1], columns) and _wraps(last[-1][0], level[0], columns):
                last.append(level)
            else:
                segments.append([level])
        else:
            last.append(level)
    return segments


def _wraps(above: Piece, below: Piece, columns: Columns) -> bool:
    return above.x1 > columns.right - SHORT * above.size and below.y0 - above.y1 < above.size


def _bound_between(above: Sequence[Level], below: Sequence[Level], bounds: Sequence[float]) -> float | None:
    first, second = max(p.middle for p in above[-1]), min(p.middle for p in below[0])
    return next((bound for bound in bounds if first < bound < second), None)


def _boundary(above: Sequence[Level], below: Sequence[Level], bounds: Sequence[float]) -> float:
    bound = _bound_between(above, below, bounds)
    if bound is not None:
        return bound
    return (max(p.middle for p in above[-1]) + min(p.middle for p in below[0])) / 2


def _habit(segments: Sequence[Sequence[Level]], columns: Columns, size: float, bounds: int) -> _Habit:
    plain = [segment for segment in segments if not is_whole(segment[0], columns)]
    levels = [level for segment in plain for level in segment]
    keys = [_key(level, columns) for level in levels]
    serial = [n for n, key in enumerate(keys) if key and is_serial(key)]
    others = [n for n, key in enumerate(keys) if key and n not in serial]
    serials = (
        len(serial) >= 2 and all(n < serial[0] for n in others[:1]) and len(others) <= 1 + max(len(serial), bounds) // 4
    )
    most = max((len(level) for level in levels), default=0)
    return _Habit(serials, 0.0 if serials else _row_white(plain, columns, size), most)


def _key(level: Level, columns: Columns) -> str:
    """What a level prints in the first column."""
    return next((piece.text for piece in level if columns.of(piece) == (0, 0)), "")


def _whites(segment: Sequence[Level]) -> list[float]:
    """The white above each level but the first."""
    whites, reach = [], max(piece.y1 for piece in segment[0])
    for level in segment[1:]:
        whites.append(min(piece.y0 for piece in level) - reach)
        reach = max(reach, *(piece.y1 for piece in level))
    return whites


def _row_white(segments: Sequence[Sequence[Level]], columns: Columns, size: float) -> float:
    """The least white that parts rows, or 0 where whites are alike or do not agree with the first column."""
    whites = sorted(white for segment in segments for white in _whites(segment))
    jumps = [(below - above, below) for above, below in pairwise(whites)]
    jump, least = max(jumps, default=(0.0, 0.0))
    if jump < WIDER * size:
        return 0.0
    rows = keyed = 0
    for segment in segments:
        starts = [0, *(n for n, white in enumerate(_whites(segment), start=1) if white >= least)]
        for start, end in zip(starts, [*starts[1:], len(segment)], strict=True):
            rows += 1
            keyed += any(_key(level, columns) for level in segment[start:end])
    return least if rows > len(segments) and keyed >= KEYED * rows else 0.0


def _starts(segment: Sequence[Level], columns: Columns, habit: _Habit) -> list[int]:
    """The levels of a segment that hold the beginning of a row; the first level always does."""
    if is_whole(segment[0], columns):
        return [0]
    keys = [_key(level, columns) for level in segment]
    if habit.serials:
        serial = [n for n, key in enumerate(keys) if key and is_serial(key)]
        if not serial:
            return [0]
        headed = any(keys[: serial[0]])  # what stands above the first number is a header when it has a first column
        begun = serial if headed else serial[1:]
        return [0, *sorted(begun + [n for n, key in enumerate(keys) if key and n > serial[0] and n not in serial])]
    if habit.white:
        return [0, *(n for n, white in enumerate(_whites(segment), start=1) if white >= habit.white)]
    return [0, *(n for n, level in enumerate(segment) if n and keys[n] and len(level) * 2 > habit.most)]


def _widest_gap(levels: Sequence[Level], previous: int, this: int) -> float:
    """The height between two row beginnings with the widest white, the lowest of equals: rows hang from their top."""
    best, height = -1.0, 0.0
    for n in range(previous + 1, this + 1):
        above, below = max(p.middle for p in levels[n - 1]), min(p.middle for p in levels[n])
        if below - above >= best - 0.6:
            best, height = max(best, below - above), (above + below) / 2
    return height
