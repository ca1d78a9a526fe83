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
"""Rows found by their whites fill the first column in this share at least; …"""
AGREED = 0.9
"""… where they do in this share, the narrowest white that gives such rows parts rows."""
HALF_FILLED = 0.55
"""Rows found by their whites have text in this share of their cells."""
KEY_COLUMNS = 4
"""Serial numbers stand in one of so many columns from the left."""
BOUNDED = 3
"""Where so many rules or edges of shading lie between rows, each row has its own; fewer part header and body."""
ROOM = 2.5
"""Between the end of a full line and the next column there are no more than so many sizes."""
SHORT = 3.0
"""A line over the whole width goes on in the next when it ends so many sizes before the right side."""
CENTRED = 2.0
"""A line stands in the middle of the table, give or take so many sizes."""
ALIGNED = 0.3
"""A text begins where its column does, give or take so many sizes."""

_SERIAL = re.compile(r"[(（]?(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4})[)）]?[.．、]?")
_SECTION = re.compile(r"(?:[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．])[^。；]+$")
_FILL_IN = re.compile(r"[^：:。]{2,8}[：:]")

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
    """Whether a level is one text for the whole width.

    Such a text crosses columns, from the first on or in the middle of the table, or is a numbered heading that one
    column could hold: in the first one, or in the middle but not where a column begins, as a line of a cell does.
    """
    if len(level) > 1:
        return False
    (piece,) = level
    column = columns.of(piece)[0]
    centred = abs(piece.x0 + piece.x1 - columns.left - columns.right) / 2 <= CENTRED * piece.size
    if columns.crosses(piece):
        return column == 0 or centred
    inner = centred and abs(piece.x0 - columns.starts[column]) > ALIGNED * piece.size
    return (column == 0 or inner) and _SECTION.match(piece.text) is not None


def _apart(level: Level, columns: Columns) -> bool:
    """Whether a level is no row of the columns: a text for the whole width, or a fill-in line (审核人：… 填表人：…)."""
    filled_in = len(level) > 1 and all(_FILL_IN.match(piece.text) for piece in level)
    return filled_in or is_whole(level, columns)


@dataclass(frozen=True, slots=True)
class _Habit:
    """How the rows of a block begin: by serial numbers, by wide whites, or by full levels."""

    key: int  # the column whose texts begin rows
    serials: bool
    white: float  # the least white between rows in points; 0 where whites tell nothing
    most: int  # pieces of the fullest level
    bounded: bool  # bounds part all rows


def row_edges(pieces: Sequence[Piece], columns: Columns, size: float, bounds: Sequence[float]) -> list[float]:
    """The heights at which rows begin, and where the last one ends."""
    levels = levels_of(pieces, size)
    segments = _segments(levels, columns, bounds)
    inner = sum(levels[0][0].middle < bound < levels[-1][0].middle for bound in bounds)
    habit = _habit(segments, columns, size, inner)
    tops = [min(piece.y0 for piece in levels[0])]
    for number, segment in enumerate(segments):
        if number:
            tops.append(_boundary(segments[number - 1], segment, bounds))
        starts = _starts(segment, columns, habit)
        tops += [_widest_gap(segment, previous, this) for previous, this in pairwise(starts)]
    return [*tops, max(piece.y1 for piece in pieces)]


def runs_on(pieces: Sequence[Piece], columns: Columns, size: float) -> bool:
    """Whether serial numbers follow each other in the first column, with at least as many lines beside them."""
    levels = levels_of(pieces, size)
    keys = [number for level in levels if (number := _number(_key(level, columns))) is not None]
    if sum(any(columns.of(piece) != (0, 0) for piece in level) for level in levels) < len(keys):
        return False
    return len(keys) >= 2 and _consecutive(keys)


def _number(text: str) -> int | None:
    digits = text.strip("(（)）.．、 ")
    return int(digits) if is_serial(text) and digits.isdecimal() else None


def shared_white(pieces: Sequence[Piece], columns: Columns, size: float) -> bool:
    """Whether whites that all columns share part three rows at least, with hardly a blank cell."""
    segments = [s for s in _segments(levels_of(pieces, size), columns, ()) if not _apart(s[0], columns)]
    least = _row_white(segments, columns, size)
    rows = sum(1 + sum(white >= least for white in _whites(segment)) for segment in segments)
    filled = len({columns.of(piece) for piece in pieces if not columns.crosses(piece)})
    return least > 0 and rows >= 3 and filled == columns.count and _agreement(segments, columns, least) >= AGREED


def _segments(levels: Sequence[Level], columns: Columns, bounds: Sequence[float]) -> list[list[Level]]:
    """The levels between lines over the whole width and bounds; each such line is a segment of its own."""
    segments: list[list[Level]] = []
    for level in levels:
        last = segments[-1] if segments else None
        if last is None or _bound_between(last, [level], bounds) is not None:
            segments.append([level])
        elif _apart(last[-1], columns) or _apart(level, columns):
            if is_whole(level, columns) and is_whole(last[-1], columns) and _wraps(last[-1][0], level[0], columns):
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
    plain = [segment for segment in segments if not _apart(segment[0], columns)]
    levels = [level for segment in plain for level in segment]
    key_column = _key_column(levels, columns)
    keys = [_key(level, columns, key_column) for level in levels]
    serial = [n for n, key in enumerate(keys) if key and is_serial(key)]
    others = [n for n, key in enumerate(keys) if key and n not in serial]
    words = [n for n in others if keys[n] >= "\u2e80"]  # totals stand among the numbers
    serials = (
        len(serial) >= 2
        and all(n < serial[0] for n in others[:1])
        and len(words) <= 1 + len(serial)
        and len(others) - len(words) <= 1 + max(len(serial), bounds) // 4
    )
    most = max((len(level) for level in levels), default=0)
    white = 0.0 if serials else _row_white(plain, columns, size)
    return _Habit(key_column, serials, white, most, bounds >= BOUNDED and len(plain) + 1 >= BOUNDED)


def _key(level: Level, columns: Columns, column: int = 0) -> str:
    """What a level prints in a column."""
    return next((piece.text for piece in level if columns.of(piece) == (column, column)), "")


def _key_column(levels: Sequence[Level], columns: Columns) -> int:
    """The first column in which numbers follow each other (others may be merged before it), else the first of all."""
    for column in range(min(KEY_COLUMNS, columns.count)):
        keys = [number for level in levels if (number := _number(_key(level, columns, column))) is not None]
        if len(keys) >= 2 and _consecutive(keys):
            return column
    return 0


def _consecutive(numbers: Sequence[int]) -> bool:
    return all(second == first + 1 or second == 1 for first, second in pairwise(numbers))


def _whites(segment: Sequence[Level]) -> list[float]:
    """The white above each level but the first."""
    whites, reach = [], max(piece.y1 for piece in segment[0])
    for level in segment[1:]:
        whites.append(min(piece.y0 for piece in level) - reach)
        reach = max(reach, *(piece.y1 for piece in level))
    return whites


def _row_white(segments: Sequence[Sequence[Level]], columns: Columns, size: float) -> float:
    """The least white that parts rows, or 0 where whites are alike or do not agree with the first column."""
    whites = sorted(max(white, 0.0) for segment in segments for white in _whites(segment))
    steps = [below for above, below in pairwise(whites) if below - above >= WIDER * size]
    agreeing = [(least, _agreement(segments, columns, least)) for least in steps]
    return next((least for least, share in agreeing if share >= AGREED), 0.0) or next(
        (least for least, share in reversed(agreeing) if share >= KEYED), 0.0
    )


def _agreement(segments: Sequence[Sequence[Level]], columns: Columns, least: float) -> float:
    """In which share of the rows that whites of at least so many points part the first column is filled.

    0 where most cells of these rows are blank: then lines were taken for rows.
    """
    rows = keyed = filled = 0
    for segment in segments:
        starts = [0, *(n for n, white in enumerate(_whites(segment), start=1) if white >= least)]
        for start, end in zip(starts, [*starts[1:], len(segment)], strict=True):
            rows += 1
            keyed += any(_key(level, columns) for level in segment[start:end])
            filled += len({columns.of(piece) for level in segment[start:end] for piece in level})
    return keyed / rows if rows > len(segments) and filled >= HALF_FILLED * rows * columns.count else 0.0


def _starts(segment: Sequence[Level], columns: Columns, habit: _Habit) -> list[int]:
    """The levels of a segment that hold the beginning of a row; the first level always does."""
    if _apart(segment[0], columns):
        return [0]
    keys = [_key(level, columns, habit.key) for level in segment]
    if habit.serials:
        serial = [n for n, key in enumerate(keys) if key and is_serial(key)]
        if not serial:
            return [0]
        headed = any(keys[: serial[0]])  # what stands above the first number is a header when it has a first column
        begun = serial if headed else serial[1:]
        return [0, *sorted(begun + [n for n, key in enumerate(keys) if key and n > serial[0] and n not in serial])]
    if habit.bounded:
        return [0]
    if habit.white:
        return [0, *(n for n, white in enumerate(_whites(segment), start=1) if white >= habit.white)]
    full = {n for n, level in enumerate(segment) if keys[n] and len(level) * 2 > habit.most}
    return sorted({0} | full | _after_short(segment, columns))


def _after_short(segment: Sequence[Level], columns: Columns) -> set[int]:
    """The levels whose text in the first column follows one that ended before it had to: it begins a cell."""
    first = [(n, p) for n, level in enumerate(segment) for p in level if columns.of(p) == (0, 0)]
    if not first:
        return set()
    room = max(p.x1 - p.x0 for _, p in first)
    room = max(room, columns.starts[1] - columns.starts[0] - ROOM * first[0][1].size)
    return {n for (_, above), (n, _) in pairwise(first) if above.x1 - above.x0 < room - above.size}


def _widest_gap(levels: Sequence[Level], previous: int, this: int) -> float:
    """The height between two row beginnings with the widest white, the lowest of equals: rows hang from their top."""
    best, height = -1.0, 0.0
    for n in range(previous + 1, this + 1):
        above, below = max(p.middle for p in levels[n - 1]), min(p.middle for p in levels[n])
        if below - above >= best - 0.6:
            best, height = max(best, below - above), (above + below) / 2
    return height
