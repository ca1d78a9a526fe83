"""Tables ruled between columns only → tables with their rows.

In: a ruled table of a page. Out: the same table, where one row of the grid that holds most of the table is cut into
the rows that its text shows: by serial numbers in the first column, or by whites that all columns share. Refused, and
left as it is: a table ruled between rows too, and a row whose text does not clearly stand in rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.geometry.lines import Glyph, Line, text_lines
from extractors.geometry.pieces import Piece, pieces_of, usual_size
from extractors.geometry.ruling import Area, Grid, RuledTable
from extractors.geometry.white_columns import Columns
from extractors.geometry.white_rows import is_whole, levels_of, row_edges, runs_on, shared_white

MOST_ROWS = 4
"""A table with more ruled rows than this is ruled between rows: header, body and total make no more."""
BODY = 0.5
"""The row to be cut takes this share of the table's height at least."""


def with_rows(table: RuledTable) -> RuledTable:
    """The table with the rows that no rule parts."""
    grid = table.grid
    if len(grid.ys) - 1 > MOST_ROWS or len(grid.xs) < 3 or table.nested:
        return table
    row = max(range(len(grid.ys) - 1), key=lambda n: grid.ys[n + 1] - grid.ys[n])
    if grid.ys[row + 1] - grid.ys[row] < BODY * (grid.ys[-1] - grid.ys[0]) or not _plain(grid, row):
        return table
    own = {n for n, area in enumerate(grid.areas) if area.top == row}
    glyphs = [glyph for n in own for glyph in table.contents.get(n, ())]
    columns = Columns(tuple((x, x) for x in grid.xs[1:-1]), grid.xs[0], grid.xs[-1], grid.xs[:-1])
    pieces = [piece for line in text_lines(glyphs) for piece in _cut(line, grid.xs)]
    if not pieces:
        return table
    size = usual_size(pieces)
    if not runs_on(pieces, columns, size) and not shared_white(pieces, columns, size):
        return table
    edges = row_edges(pieces, columns, size, ())[1:-1]
    return _with_edges(table, row, edges, _whole_rows(pieces, columns, size), glyphs) if edges else table


def _plain(grid: Grid, row: int) -> bool:
    """Whether each column has a cell of its own in the row, and in no other."""
    own = [area for area in grid.areas if area.top <= row < area.bottom]
    return len(own) == len(grid.xs) - 1 and all(area.bottom - area.top == area.right - area.left == 1 for area in own)


def _cut(line: Line, xs: Sequence[float]) -> list[Piece]:
    """The pieces of a line, cut at the rules between its columns too, unless they are drawn across its text."""
    runs: list[list[Glyph]] = [[]]
    for glyph in line.glyphs:
        last = runs[-1][-1] if runs[-1] else None
        if last is not None and any(last.x1 <= x + 1 and x - 1 <= glyph.x0 for x in xs) and glyph.x0 - last.x1 > 1:
            runs.append([])
        runs[-1].append(glyph)
    return [piece for run in runs if run for pieces in pieces_of(text_lines(run)) for piece in pieces]


def _whole_rows(pieces: Sequence[Piece], columns: Columns, size: float) -> list[float]:
    """The heights of the lines over the whole width."""
    levels = levels_of(pieces, size)
    return [level[0].middle for level in levels if columns.crosses(level[0]) and is_whole(level, columns)]


def _with_edges(
    table: RuledTable, row: int, edges: Sequence[float], whole: Sequence[float], glyphs: Sequence[Glyph]
) -> RuledTable:
    grid, more, count = table.grid, len(edges), len(table.grid.xs) - 1
    ys = (*grid.ys[: row + 1], *edges, *grid.ys[row + 1 :])
    areas = [a if a.top < row else replace(a, top=a.top + more, bottom=a.bottom + more) for a in grid.areas]
    areas = [a for a, old in zip(areas, grid.areas, strict=True) if old.top != row]
    for n, (top, bottom) in enumerate(pairwise(ys[row : row + more + 2]), start=row):
        if any(top < height < bottom for height in whole):
            areas.append(Area(n, 0, n + 1, count))
        else:
            areas += [Area(n, column, n + 1, column + 1) for column in range(count)]
    areas.sort(key=lambda area: (area.top, area.left))
    cut = Grid(grid.xs, ys, tuple(areas), grid.closed_top, grid.closed_bottom)
    contents: dict[int, list[Glyph]] = {}
    rest = [glyph for n, area in enumerate(grid.areas) if area.top != row for glyph in table.contents.get(n, ())]
    for glyph in (*rest, *glyphs):
        number = cut.area_at((glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2)
        if number is None:
            return table
        contents.setdefault(number, []).append(glyph)
    return RuledTable(cut, contents)
