"""The geometry of a Word table: which grid columns each cell covers, counted as a person counts them.

In: a w:tbl element. Out: its rows with their cells, and for each cell a column and a span. Refuses tables of more
grid columns than any page has room for (TooLarge); spans that do not add up are settled by the widths of the cells,
or else from the left.

Word's own grid has a column for every edge of any cell, also where an edge was dragged by a hair. A person sees one
column there. So edges nearer to each other than the two side margins of a cell are one edge, unless a cell really
stands between them, and edges at which no cell begins are no column.
Source: ECMA-376 part 1, 17.4 (tables); 17.4.42 (default side margins).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final

from lxml import etree

from extractors.errors import TooLarge
from extractors.word.ooxml import MC, SDT, VAL, W, switched_on, value_of, whole
from extractors.word.text import chosen_alternative, is_prompt

SLIVER: Final = 216  # twips: twice the default side margin of 0.19 cm; nothing can be printed in a narrower column
MAX_SPAN: Final = 512  # of one cell; Word itself stops at 63 columns
MAX_GRID_COLUMNS: Final = 4096
_UNKNOWN_WIDTH: Final = 1000  # twips, stands for a column of which no width is known
_SAME_WIDTH: Final = 0.05  # share by which a row may be shorter than its table and still reach from side to side
_TR: Final = f"{W}tr"
_TC: Final = f"{W}tc"
_TC_PR: Final = f"{W}tcPr"
_SPAN: Final = f"{W}gridSpan"
_V_MERGE: Final = f"{W}vMerge"
_H_MERGE: Final = f"{W}hMerge"
_TC_W: Final = f"{W}tcW"
_PASSED_OVER: Final = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "sdtPr", "sdtEndPr"))


class Merge(Enum):
    """The part that a cell takes in a merge over several rows."""

    NONE = "none"
    BEGINS = "begins"
    CONTINUES = "continues"


@dataclass(slots=True)
class GridCell:
    """A w:tc as it stands in its row. ``prompt``: it only shows the prompt of an unfilled content control."""

    element: etree._Element
    span: int
    width: int  # twips, 0 where not stated in twips
    merge: Merge
    prompt: bool
    covered: list[etree._Element] = field(default_factory=list)  # cells merged into it from the right, the old way
    column: int = 0
    column_span: int = 1


@dataclass(slots=True)
class GridRow:
    """A w:tr: its cells, the grid columns left free before and after them, and whether the row is hidden."""

    cells: list[GridCell]
    before: int
    after: int
    before_width: int
    hidden: bool

    @property
    def end(self) -> int:
        """The grid column at which the row ends."""
        return self.before + sum(cell.span for cell in self.cells) + self.after


def read_grid(table: etree._Element) -> tuple[list[GridRow], int]:
    """The rows of a table that are not deleted, their cells placed (1-based columns), and the number of columns."""
    rows = [row for element, _ in _members(table, _TR, prompt=False) if (row := _row(element)) is not None]
    if not rows:
        return rows, 0
    positions = _positions(rows, _column_widths(table))
    edges = [_edges(row, positions) for row in rows]
    column_of = _columns(edges)
    count = 0
    for row, row_edges in zip(rows, edges, strict=True):
        for cell, (left, right) in zip(row.cells, pairwise(row_edges), strict=True):
            cell.column = column_of[left][0]
            cell.column_span = max(1, column_of[right][1] - cell.column)
            count = max(count, cell.column + cell.column_span - 1)
    return rows, count


def _members(parent: etree._Element, wanted: str, *, prompt: bool) -> Iterator[tuple[etree._Element, bool]]:
    """Rows of a table or cells of a row, also those in content controls and the like; whether each is a prompt."""
    for child in parent:
        if child.tag == wanted:
            yield child, prompt
        elif child.tag in _PASSED_OVER or not len(child):
            continue
        elif child.tag == f"{MC}AlternateContent":
            if (chosen := chosen_alternative(child)) is not None:
                yield from _members(chosen, wanted, prompt=prompt)
        elif child.tag != _TC and child.tag != _TR:
            yield from _members(child, wanted, prompt=prompt or (child.tag == SDT and is_prompt(child)))


def _row(element: etree._Element) -> GridRow | None:
    """The row as it stands when all changes are accepted; None when it was deleted or has no cell left."""
    properties = element.find(f"{W}trPr")
    before = after = before_width = 0
    hidden = False
    if properties is not None and len(properties):
        if properties.find(f"{W}del") is not None:
            return None
        before = _bounded(value_of(properties, f"{W}gridBefore"), 0)
        after = _bounded(value_of(properties, f"{W}gridAfter"), 0)
        before_width = _twips(properties.find(f"{W}wBefore"))
        hidden = switched_on(properties.find(f"{W}hidden"))
    cells: list[GridCell] = []
    for child, prompt in _members(element, _TC, prompt=False):
        _add_cell(cells, child, prompt)
    return GridRow(cells, before, after, before_width, hidden) if cells else None


def _add_cell(cells: list[GridCell], element: etree._Element, prompt: bool) -> None:
    properties = element.find(_TC_PR)
    if properties is None:
        cells.append(GridCell(element, 1, 0, Merge.NONE, prompt))
        return
    found = {child.tag: child for child in properties}
    if f"{W}cellDel" in found:
        return
    span = _bounded(found[_SPAN].get(VAL), 1) if _SPAN in found else 1
    width = _twips(found.get(_TC_W))
    if _H_MERGE in found and found[_H_MERGE].get(VAL, "continue") == "continue" and cells:
        cells[-1].span += span
        cells[-1].width = cells[-1].width + width if cells[-1].width and width else 0
        cells[-1].covered.append(element)
        return
    cells.append(GridCell(element, max(1, span), width, _merge(found), prompt))


def _merge(properties: dict[str, etree._Element]) -> Merge:
    if _V_MERGE in properties:
        return Merge.CONTINUES if properties[_V_MERGE].get(VAL, "continue") == "continue" else Merge.BEGINS
    tracked = properties.get(f"{W}cellMerge")  # a merge that was made while changes were tracked
    if tracked is None:
        return Merge.NONE
    return {"cont": Merge.CONTINUES, "rest": Merge.BEGINS}.get(tracked.get(f"{W}vMerge", ""), Merge.NONE)


def _column_widths(table: etree._Element) -> list[int]:
    """The widths that the table's grid states, in twips; 0 where unknown. The grid is often missing or too short."""
    grid = table.find(f"{W}tblGrid")
    return (
        [whole(column.get(f"{W}w")) for column in grid.iterfind(f"{W}gridCol")][:MAX_GRID_COLUMNS]
        if grid is not None
        else []
    )


def _positions(rows: list[GridRow], stated: list[int]) -> list[int]:
    """Where each grid column begins, in twips from the left of the table; one more for its right side."""
    count = max(row.end for row in rows)
    if count > MAX_GRID_COLUMNS:
        raise TooLarge("table too wide", limit=MAX_GRID_COLUMNS)
    widths = stated[:count] + [0] * (count - len(stated))
    if not all(width > 0 for width in widths):
        for row in (row for row in rows if row.end == count):
            index = row.before
            for cell in row.cells:
                if cell.span == 1 and widths[index] <= 0:
                    widths[index] = cell.width
                index += cell.span
    positions = [0]
    for width in widths:
        positions.append(positions[-1] + (width if width > 0 else _UNKNOWN_WIDTH))
    return positions


def _edges(row: GridRow, positions: list[int]) -> list[int]:
    """The left edge of each cell of a row and the right edge of the last, in twips."""
    end = row.end
    if end < len(positions) - 1 and not row.after:
        by_width = _edges_by_width(row, positions)
        if by_width:
            return by_width
    index = row.before
    edges = [positions[index]]
    for cell in row.cells:
        index += cell.span
        edges.append(positions[index])
    return edges


def _edges_by_width(row: GridRow, positions: list[int]) -> list[int]:
    """The edges of a row whose spans end too early but whose widths reach across the table; else nothing."""
    if not all(cell.width for cell in row.cells) or (row.before and not row.before_width):
        return []
    edges = [row.before_width]
    for cell in row.cells:
        edges.append(edges[-1] + cell.width)
    if abs(edges[-1] - positions[-1]) > positions[-1] * _SAME_WIDTH:
        return []
    edges = [_snapped(edge, positions) for edge in edges]
    return edges if all(left < right for left, right in pairwise(edges)) else []


def _snapped(edge: int, positions: list[int]) -> int:
    """The nearest edge of the table's own grid, where one is near."""
    nearest = min(positions, key=lambda position: abs(position - edge))
    return nearest if abs(nearest - edge) < SLIVER else edge


def _columns(edges: list[list[int]]) -> dict[int, tuple[int, int]]:
    """For each edge: the column of a cell that begins there, and the one after a cell that ends there (1-based)."""
    starts = {edge for row in edges for edge in row[:-1]}
    # The left edge of the nearest real cell that ends at an edge and is a sliver: those two must stay apart.
    slivers: dict[int, int] = {}
    for row in edges:
        for left, right in pairwise(row):
            if right - left < SLIVER:
                slivers[right] = max(slivers.get(right, left), left)
    groups: list[list[int]] = []
    for edge in sorted({edge for row in edges for edge in row}):
        apart = edge in slivers and bool(groups) and slivers[edge] >= groups[-1][0]
        if not groups or edge - groups[-1][0] >= SLIVER or apart:
            groups.append([])
        groups[-1].append(edge)
    columns: dict[int, tuple[int, int]] = {}
    count = 0
    for group in groups:
        ends_before = count + 1
        if any(edge in starts for edge in group):
            count += 1
        for edge in group:
            columns[edge] = max(count, 1), ends_before
    return columns


def _bounded(text: str | None, least: int) -> int:
    return max(least, whole(text, least, MAX_SPAN))


def _twips(width: etree._Element | None) -> int:
    if width is None or width.get(f"{W}type", "dxa") != "dxa":
        return 0
    return max(0, whole(width.get(f"{W}w")))
