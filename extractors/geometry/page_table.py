"""The part of a table that stands on one page, before the parts are joined.

In: nothing. Out: :class:`PageTable`, filled by the readers of ruled and of unruled tables, joined in joining.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Box, Cell, Row, Table
from extractors.geometry.lines import Line, joined_confidences, text_lines
from extractors.geometry.ruling import RuledTable

OVERLAPPING = 0.75
"""Lines nearer to each other than this share of their size overlap."""
NARROW = 7.0
"""A column is narrow when it is less than so many sizes of its type wide."""
ROOM = 1.4
"""A cell with so many lines more of white than the fullest cell of its row was not cut off there."""


@dataclass(frozen=True, slots=True)
class BottomText:
    """How the text of a cell ends that stands in the last row of a page.

    full: its last line is full, so that a sentence may go on. roomy: the row leaves room for a further line of it, so
    that the text cannot have been cut off here.
    """

    full: bool
    roomy: bool


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table, or the part of one, on one page.

    number: of the table on its page, from 1. edges, row_edges: the grid lines (x, y in points, ascending).
    cells: anchors ordered by row then column, places counted in this part alone.
    closed_top, closed_bottom: a rule is drawn along that side. starts_page, ends_page: nothing but a header or
    footer of the page stands before or after. bottom: of the text in each cell of the last row, by column.
    open_top, open_bottom: the columns of cells that no rule closes there, where rules close the others: a spreadsheet
    prints a merged cell so that a page break cuts.
    crowded: in some cell, text is printed over other text. unsure: rows were told by white space and the first column
    is blank in some, where a merged cell may reach down or up: nothing tells how far.
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
    crowded: bool = False
    unsure: bool = False
    bottom: Mapping[int, BottomText] = field(default_factory=dict)
    open_top: frozenset[int] = frozenset()
    open_bottom: frozenset[int] = frozenset()

    @property
    def row_count(self) -> int:
        """How many rows stand on the page."""
        return len(self.row_edges) - 1

    @property
    def column_count(self) -> int:
        """How many columns the grid has."""
        return len(self.edges) - 1


def page_table(table: RuledTable, page: int, number: int, blank: float = 1.0) -> PageTable:
    """A ruled table of a page as the part that it is.

    number: counts the tables of the page from 1. blank: how sure it is that a cell without text has none.
    """
    grid = table.grid
    cells: list[Cell] = []
    bottom: dict[int, tuple[Box, list[Line]]] = {}
    crowded = False
    for index, area in enumerate(grid.areas):
        box = Box(page, grid.xs[area.left], grid.ys[area.top], grid.xs[area.right], grid.ys[area.bottom])
        lines = text_lines(table.contents.get(index, ()))
        crowded = crowded or _crowded(lines)
        inner = tuple(
            _nested_table(part, page, f"{number}.{count}")
            for count, part in enumerate(table.nested.get(index, ()), start=1)
        )
        sure = joined_confidences([(line.text, line.confidences) for line in lines])
        cells.append(
            Cell(
                "\n".join(line.text for line in lines),
                area.top + 1,
                area.left + 1,
                area.bottom - area.top,
                area.right - area.left,
                (box,),
                confidence=min(sure, default=blank),
                tables=inner,
                confidences=sure,
            )
        )
        if lines and area.bottom == len(grid.ys) - 1:
            bottom[area.left + 1] = box, lines
    return PageTable(
        page,
        number,
        grid.xs,
        grid.ys,
        tuple(cells),
        closed_top=grid.closed_top,
        closed_bottom=grid.closed_bottom,
        crowded=crowded,
        bottom=bottom_texts(bottom),
        open_top=_open([(area.left + 1, area.open_top) for area in grid.areas if area.top == 0]),
        open_bottom=_open(
            [(area.left + 1, area.open_bottom) for area in grid.areas if area.bottom == len(grid.ys) - 1]
        ),
    )


def _open(cells: Sequence[tuple[int, bool]]) -> frozenset[int]:
    """The columns of the cells along one side of a table that no rule closes there, where rules close others."""
    found = frozenset(column for column, is_open in cells if is_open)
    return found if len(found) < len(cells) else frozenset()


def _nested_table(table: RuledTable, page: int, number: str) -> Table:
    part = page_table(table, page, 1)
    rows = tuple(Row(n, page, number) for n in range(1, part.row_count + 1))
    return Table(number, part.cells, rows, part.column_count)


def _crowded(lines: Sequence[Line]) -> bool:
    """Whether text is printed over other text: on one line, or in lines that overlap."""
    return any(line.crowded for line in lines) or any(
        (below.y0 + below.y1 - above.y0 - above.y1) / 2 < OVERLAPPING * min(above.size, below.size)
        and below.x0 < above.x1
        and above.x0 < below.x1
        and above.glyphs[0].turn == below.glyphs[0].turn
        for above, below in pairwise(lines)
    )


def bottom_texts(cells: Mapping[int, tuple[Box, Sequence[Line]]]) -> dict[int, BottomText]:
    """How the texts of the last row end, by column, from the box and the lines of each cell that is not empty."""
    free = {column: box.y1 - box.y0 - _height(lines) for column, (box, lines) in cells.items()}
    least = min(free.values(), default=0.0)  # what the fullest cell leaves is padding
    return {
        column: BottomText(_last_line_full(lines, box), free[column] - least > ROOM * _pitch(lines))
        for column, (box, lines) in cells.items()
    }


def _height(lines: Sequence[Line]) -> float:
    return len(lines) * _pitch(lines)


def _pitch(lines: Sequence[Line]) -> float:
    """The distance from line to line in points."""
    if len(lines) == 1:
        return 1.3 * lines[0].size
    first, last = lines[0], lines[-1]
    return (last.y0 + last.y1 - first.y0 - first.y1) / 2 / (len(lines) - 1)


def _last_line_full(lines: Sequence[Line], box: Box) -> bool:
    """Whether the last line of a cell ends where a line must.

    A line may end one character early, where the next must not begin a line (a comma) and takes its neighbour along; in
    a narrow column that cannot be told from a short word.
    """
    last = lines[-1]
    narrow = box.x1 - box.x0 < NARROW * last.size
    if len(lines) == 1:
        padding = min(max(last.x0 - box.x0, 0.0), 6.0)
        return last.x1 >= box.x1 - padding - (1.3 if narrow else 2.3) * last.size
    reach = max(line.x1 - line.x0 for line in lines[:-1])
    return last.x1 - last.x0 >= max(reach - (1.3 if narrow else 2.3) * last.size, 0.5 * (box.x1 - box.x0))
