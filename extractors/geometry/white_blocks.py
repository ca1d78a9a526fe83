"""The lines of a page → blocks of neighbouring lines that stand in columns.

In: lines in pieces, from top to bottom. Out: :class:`Block`. A block begins and ends with a line in columns; lines
between that cross the columns stay in it where they are as few as section rows are, and part it where they are running
text. Refused: lines of running text, be they set in columns, and blocks with fewer columns than asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.geometry.pieces import Piece, usual_size
from extractors.geometry.white_columns import BESIDE, Columns, columns_of, reads_across

FAR = 4.5
"""Lines of one block stand no farther apart than so many sizes of type."""
CLOSE = 0.9
"""Lines of one row stand no farther apart than so many sizes of type."""
SIZES = 1.4
"""The type of one block differs in size by no more than this factor."""
MOST_WHOLE = 2
"""More lines than this, one after the other, over the whole width are running text."""
CONFUSED = 0.25
"""Where more than this share of the lines in pieces cross columns, two tables may stand one upon the other."""
MOST_PIECES = 1000
"""Lines in more pieces than this are a drawing; a full page of small columns has some 500."""
MOST_PARTED = 500
"""Blocks in more pieces than this are not searched for a place to part them: the search is slow."""

PieceLine = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines in columns: their numbers among the lines of the page, and the columns."""

    numbers: tuple[int, ...]
    columns: Columns


def blocks(lines: Sequence[PieceLine], fewest: int, run: Sequence[int] | None = None) -> Iterator[Block]:
    """The blocks with at least ``fewest`` columns. run: lines known to belong together; else their distance decides."""
    for numbers in _runs(lines) if run is None else [[n for n in run if lines[n]]]:
        yield from _blocks(lines, numbers, fewest)


def _runs(lines: Sequence[PieceLine]) -> Iterator[list[int]]:
    """Neighbouring lines of about one size."""
    run: list[int] = []
    for n, line in enumerate(lines):
        if not line:
            continue
        if run:
            last, size = lines[run[-1]], line[0].size
            far = min(p.y0 for p in line) - max(p.y1 for p in last) > FAR * size
            if far or not 1 / SIZES < size / last[0].size < SIZES:
                yield run
                run = []
        run.append(n)
    if run:
        yield run


def _blocks(lines: Sequence[PieceLine], run: Sequence[int], fewest: int) -> Iterator[Block]:
    if sum(len(lines[n]) for n in run) > MOST_PIECES:
        return
    columns = columns_of([lines[n] for n in run])
    if columns is None:
        return
    if _confusion(lines, run) > CONFUSED:
        halves = _parted(lines, run)
        if halves is not None:
            for part in halves:
                yield from _blocks(lines, part, fewest)
            return
    parts = _without_text(lines, run, columns)
    if len(parts) == 1 and len(parts[0]) == len(run):
        own = [lines[n] for n in run]
        if columns.count >= fewest and not reads_across(own, columns):
            yield Block(tuple(run), columns)
        return
    for part in parts:
        yield from _blocks(lines, part, fewest)


def _confusion(lines: Sequence[PieceLine], run: Sequence[int]) -> float:
    """The share of the lines in pieces that cross the columns of the others, 1 where there are no columns."""
    parted = [lines[n] for n in run if len(lines[n]) > 1]
    columns = columns_of(parted)
    if columns is None:
        return 1.0
    return sum(1 for line in parted if any(columns.crosses(piece) for piece in line)) / len(parted)


def _parted(lines: Sequence[PieceLine], run: Sequence[int]) -> tuple[Sequence[int], Sequence[int]] | None:
    """The run cut where two sets of columns meet, if cutting helps much."""
    if sum(len(lines[n]) for n in run) > MOST_PARTED:
        return None
    whole = _confusion(lines, run) * len(run)
    best, cut = whole / 2, 0
    for n in range(1, len(run)):
        above, below = run[:n], run[n:]
        if min(sum(len(lines[m]) > 1 for m in part) for part in (above, below)) < 2:
            continue
        left = _confusion(lines, above) * len(above) + _confusion(lines, below) * len(below)
        if left < best:
            best, cut = left, n
    return (run[:cut], run[cut:]) if cut else None


def _without_text(lines: Sequence[PieceLine], run: Sequence[int], columns: Columns) -> list[list[int]]:
    """The parts of the run between running text, each from its first line in columns to its last."""
    parts: list[list[int]] = [[]]
    whole: list[int] = []
    for n in run:
        if _is_text(lines[n], columns):
            whole.append(n)
            continue
        if len(whole) > MOST_WHOLE:
            parts.append([])
        else:
            parts[-1] += whole
        whole = []
        parts[-1].append(n)
    if len(whole) <= MOST_WHOLE:
        parts[-1] += whole
    trimmed = [_trimmed(lines, part, columns) for part in parts]
    return [part for part in trimmed if part]


def _is_text(line: PieceLine, columns: Columns) -> bool:
    return len(line) == 1 and columns.crosses(line[0])


def _in_columns(line: PieceLine, columns: Columns) -> bool:
    """Whether a line stands in two columns at least, and more of it stands in one column each than across several."""
    clean = {columns.of(piece)[0] for piece in line if not columns.crosses(piece)}
    crossing = sum(columns.crosses(piece) for piece in line)
    return len(clean) + crossing >= 2 and len(clean) >= crossing


def _beside(line: PieceLine, other: PieceLine, columns: Columns) -> bool:
    """Whether two lines stand beside each other in different columns, as texts in the middle of their cells do."""
    if abs(line[0].middle - other[0].middle) >= BESIDE * min(line[0].size, other[0].size):
        return False
    return not {columns.of(p) for p in line} & {columns.of(p) for p in other} and not any(
        columns.crosses(p) for p in (*line, *other)
    )


def _trimmed(lines: Sequence[PieceLine], part: Sequence[int], columns: Columns) -> list[int]:
    """The part from its first line in columns, with what belongs to its row above, to the end of its last row."""
    kept = [i for i, n in enumerate(part) if _in_columns(lines[n], columns)]
    pairs = zip(enumerate(part), part[1:], strict=False)
    kept = sorted({*kept, *(i + k for (i, n), m in pairs if _beside(lines[n], lines[m], columns) for k in (0, 1))})
    if not kept:
        return []
    first, last = kept[0], kept[-1]
    while first > 0 and _belongs(lines[part[first - 1]], lines[part[first]], columns):
        first -= 1
    while last + 1 < len(part) and _belongs(lines[part[last]], lines[part[last + 1]], columns, below_asked=True):
        last += 1
    sections = [lines[n][0].x0 for n in part[first:last] if _is_text(lines[n], columns)]
    if last + 1 < len(part) and _is_section(lines[part[last + 1]], columns, sections):
        last += 1
    if first and _is_section(lines[part[first - 1]], columns, sections):
        first -= 1
    return list(part[first : last + 1])


def _belongs(above: PieceLine, below: PieceLine, columns: Columns, *, below_asked: bool = False) -> bool:
    """Whether two neighbouring lines are of one row: a taller cell beside lower ones, or a heading over columns."""
    asked = below if below_asked else above
    size = usual_size(asked)
    white = min(p.y0 for p in below) - max(p.y1 for p in above)
    if white > CLOSE * size or not 0.85 < above[0].size / below[0].size < 1.18:
        return False
    return all(not columns.crosses(piece) or columns.of(piece)[0] > 0 for piece in asked)


def _is_section(line: PieceLine, columns: Columns, sections: Sequence[float]) -> bool:
    """Whether a line at the end of the block looks like the section rows within."""
    return _is_text(line, columns) and any(abs(line[0].x0 - x) <= line[0].size / 2 for x in sections)
