"""The pieces of each row → the cells that they stand in, with their spans.

In: the pieces of each row, the edges of the rows, and the columns. Out: the pieces of each cell, and the row edges,
with those added at which a heading over several columns ends and theirs begin. Nothing is refused: where texts overlap
in ways that no table has, their columns become one cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from extractors.geometry.pieces import Piece
from extractors.geometry.white_columns import Columns

ALIGNED = 0.3
"""Texts begin, end or have their middle at one place, give or take so many sizes."""

Span = tuple[int, int, int, int]
"""A cell: its first row, first column, last row and last column, from 0."""
Placed = list[tuple[Piece, int, int]]
"""The pieces of a row, each with the first and the last column that it stands in."""


def cell_spans(
    rows: Sequence[Sequence[Piece]], heights: Sequence[float], columns: Columns
) -> tuple[dict[Span, list[Piece]], list[float]]:
    """The pieces of each cell, and the row edges."""
    contents: dict[Span, list[Piece]] = {}
    edges = [heights[0]]
    for number, (row, below) in enumerate(zip(rows, heights[1:], strict=True)):
        placed = [(piece, *columns.of(piece)) for piece in row]
        if number == 0:
            placed = [_over(piece, placed, columns) for piece in row]
        cuts = _cuts(placed)
        top = len(edges) - 1
        for piece, span in _row_spans(placed, cuts, columns.count):
            low, left, high, right = span
            contents.setdefault((top + low, left, top + high, right), []).append(piece)
        edges += [*cuts, below]
    return contents, edges


def _over(piece: Piece, row: Placed, columns: Columns) -> tuple[Piece, int, int]:
    """The columns of a heading that stands in the middle over several columns, and in none of them."""
    first, last = columns.of(piece)
    below = [(p, a) for p, a, b in row if a == b and p.middle > piece.middle + ALIGNED * piece.size]
    under = [p for p, a in below if a == first]
    if first != last or not under or any(_aligned(piece, p) for p in under):
        return piece, first, last
    known = {a for _, a in below}
    for left in range(first, -1, -1):
        for right in range(first, columns.count):
            if left < right and known.issuperset(range(left, right + 1)) and _centred(piece, left, right, columns):
                return piece, left, right
    return piece, first, last


def _aligned(piece: Piece, other: Piece) -> bool:
    near = ALIGNED * piece.size
    return (
        abs(piece.x0 - other.x0) < near
        or abs(piece.x1 - other.x1) < near
        or abs(piece.x0 + piece.x1 - other.x0 - other.x1) / 2 < near
    )


def _centred(piece: Piece, left: int, right: int, columns: Columns) -> bool:
    ends = [*(start for start, _ in columns.gutters), columns.right]
    return abs(piece.x0 + piece.x1 - columns.starts[left] - ends[right]) / 2 < 2 * piece.size


def _cuts(row: Placed) -> list[float]:
    """The heights that part a text over several columns of a row from what stands above or below it in them."""
    cuts: set[float] = set()
    for piece, first, last in row:
        if first == last:
            continue
        beside = [p for p, a, b in row if (a, b) != (first, last) and first <= b and a <= last]
        above = [p.y1 for p in beside if p.middle < piece.middle]
        below = [p.y0 for p in beside if p.middle > piece.middle]
        if above:
            cuts.add((max(above) + piece.y0) / 2)
        if below:
            cuts.add((piece.y1 + min(below)) / 2)
    return sorted(cuts)


def _row_spans(row: Placed, cuts: Sequence[float], count: int) -> list[tuple[Piece, Span]]:
    """The span of each piece, rows counted within the row."""
    covered = {column for _, a, b in row if cuts and a != b for column in range(a, b + 1)}
    merged = _merged([(a, b) for _, a, b in row])
    alone = len({(a, b) for _, a, b in row}) == 1
    spans: list[tuple[Piece, Span]] = []
    for piece, first, last in row:
        level = bisect_right(cuts, piece.middle)
        if alone and first != last:
            spans.append((piece, (0, 0, len(cuts), count - 1)))  # a section row
        elif first in covered or last in covered:
            spans.append((piece, (level, first, level, last)))
        else:
            first, last = next(span for span in merged if span[0] <= first and last <= span[1])
            spans.append((piece, (0, first, len(cuts), last)))
    return _apart(spans)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with those that overlap put together."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _apart(spans: Sequence[tuple[Piece, Span]]) -> list[tuple[Piece, Span]]:
    """The spans with those that overlap on one level put together, so that cells never overlap."""
    levels: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for _, (low, left, high, right) in spans:
        levels.setdefault((low, high), []).append((left, right))
    joined = {level: _merged(found) for level, found in levels.items()}
    return [(piece, _wide(low, left, high, right, joined[low, high])) for piece, (low, left, high, right) in spans]


def _wide(low: int, left: int, high: int, right: int, joined: Sequence[tuple[int, int]]) -> Span:
    first, last = next(span for span in joined if span[0] <= left and right <= span[1])
    return low, first, high, last
