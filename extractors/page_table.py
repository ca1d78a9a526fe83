"""The part of a table that stands on one page, before the parts are joined.

In: nothing. Out: :class:`PageTable`, filled by the readers of ruled and of unruled tables, joined in joining.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.document import Box, Cell, Row, Table
from extractors.lines import Line, text_lines
from extractors.ruling import RuledTable


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table, or the part of one, on one page.

    number: of the table on its page, from 1. edges, row_edges: the grid lines (x, y in points, ascending).
    cells: anchors ordered by row then column, places counted in this part alone.
    closed_top, closed_bottom: a rule is drawn along that side. starts_page, ends_page: nothing but a header or footer of the
    page stands before or after. runs_on: anchors (row, column) whose last line is full, so that the text may go on.
    page_width: width of the page, for comparing edges between pages of different scale.
    """

    page: int
    number: int
    edges: tuple[float, ...]
    row_edges: tuple[float, ...]
    cells: tuple[Cell, ...]
    ruled: bool = True
    closed_top: bool = True
    closed_bottom: bool = True
    starts_page: bool = False
    ends_page: bool = False
    page_width: float = 0.0
    runs_on: frozenset[tuple[int, int]] = field(default=frozenset())

    @property
    def row_count(self) -> int:
        """How many rows stand on the page."""
        return len(self.row_edges) - 1

    @property
    def column_count(self) -> int:
        """How many columns the grid has."""
        return len(self.edges) - 1


def page_table(table: RuledTable, page: int, number: int, page_width: float) -> PageTable:
    """A ruled table of a page as the part that it is; ``number`` counts the tables of the page from 1."""
    grid = table.grid
    cells: list[Cell] = []
    runs_on: set[tuple[int, int]] = set()
    for index, area in enumerate(grid.areas):
        box = Box(page, grid.xs[area.left], grid.ys[area.top], grid.xs[area.right], grid.ys[area.bottom])
        lines = text_lines(table.contents.get(index, ()))
        inner = tuple(
            _nested_table(part, page, f"{number}.{count}")
            for count, part in enumerate(table.nested.get(index, ()), start=1)
        )
        cells.append(
            Cell(
                "\n".join(line.text for line in lines),
                area.top + 1,
                area.left + 1,
                area.bottom - area.top,
                area.right - area.left,
                (box,),
                tables=inner,
            )
        )
        if lines and area.bottom == len(grid.ys) - 1 and last_line_full(lines, box.x0, box.x1):
            runs_on.add((area.top + 1, area.left + 1))
    return PageTable(
        page,
        number,
        grid.xs,
        grid.ys,
        tuple(cells),
        closed_top=grid.closed_top,
        closed_bottom=grid.closed_bottom,
        page_width=page_width,
        runs_on=frozenset(runs_on),
    )


def _nested_table(table: RuledTable, page: int, number: str) -> Table:
    part = page_table(table, page, 1, 0.0)
    rows = tuple(Row(n, page, number) for n in range(1, part.row_count + 1))
    return Table(number, part.cells, rows, part.column_count)


def last_line_full(lines: Sequence[Line], left: float, right: float) -> bool:
    """Whether the last line of a cell ends where a line must, so that the sentence may go on elsewhere."""
    last = lines[-1]
    reach = max((line.x1 for line in lines[:-1]), default=0.0)
    if not reach:
        reach = right - min(max(last.x0 - left, 0.0), 6.0)
        return last.x1 >= reach - 1.3 * last.size
    return last.x1 >= reach - 1.2 * last.size and last.x1 - last.x0 >= 0.5 * (right - left)
