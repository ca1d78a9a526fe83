"""The rows of an HTML table → a grid without overlaps, as browsers lay it out.

In: a ``table`` element. Out: where each ``td`` and ``th`` stands and how far it spans. Refuses: a table beyond the
bounds (TooLarge). Source: HTML standard, 4.9.12 (forming a table).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from extractors.errors import TooLarge
from extractors.workbook.sheet_grid import MAX_CELLS, MAX_COLUMNS, MAX_COVERED, MAX_ROWS

MAX_SPAN = 1_000  # columns, as in the standard
_GROUPS = ("thead", "tbody", "tfoot")


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell element at its grid position (1-based)."""

    element: etree._Element
    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class HtmlGrid:
    """The laid out cells in order, the row elements from top to bottom, and the captions."""

    cells: tuple[GridCell, ...]
    rows: tuple[etree._Element, ...]
    captions: tuple[etree._Element, ...]

    @property
    def column_count(self) -> int:
        """The width of the grid."""
        return max((cell.column + cell.column_span - 1 for cell in self.cells), default=0)


def lay_out(table: etree._Element) -> HtmlGrid:
    """The grid of a table element. Raises TooLarge."""
    groups: list[list[etree._Element]] = []
    captions: list[etree._Element] = []
    foot: list[etree._Element] = []
    for child in _parts(table):
        if child.tag == "caption":
            captions.append(child)
        elif child.tag == "tr":
            if not groups or child.getparent() is not groups[-1][-1].getparent():
                groups.append([])
            groups[-1].append(child)
        elif rows := [row for row in _parts(child) if row.tag == "tr"]:
            (foot.extend if child.tag == "tfoot" else groups.append)(rows)
    groups += [foot] if foot else []  # a footer is shown last, wherever it stands
    rows = [row for group in groups for row in group]
    if len(rows) > MAX_ROWS:
        raise TooLarge("rows", limit=MAX_ROWS)
    if sum(map(len, rows)) > MAX_CELLS:  # what is in a row is a cell, or holds some
        raise TooLarge("cells", limit=MAX_CELLS)
    return HtmlGrid(tuple(_cut(list(_placed(groups)))), tuple(rows), tuple(captions))


def _cut(cells: list[GridCell]) -> Iterator[GridCell]:
    """The cells without columns at the right in which none begins: a generous colspan does not widen a table."""
    right = max((cell.column for cell in cells), default=0)
    for cell in cells:
        yield replace(cell, column_span=min(cell.column_span, right - cell.column + 1))


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    """Row groups, rows and captions of a table, or rows of a group, also where an exporter wrapped something around."""
    for child in element.iterchildren("*"):
        if child.tag in (*_GROUPS, "tr", "caption"):
            yield child
        elif child.tag not in ("td", "th", "table"):
            yield from _parts(child)


def _placed(groups: list[list[etree._Element]]) -> Iterator[GridCell]:
    taken: set[tuple[int, int]] = set()
    top = 0
    for group in groups:
        bottom = top + len(group)
        for number, row in enumerate(group, top + 1):
            column = 1
            for element in _row_cells(row):
                while (number, column) in taken:
                    column += 1
                if column > MAX_COLUMNS:
                    raise TooLarge("columns", limit=MAX_COLUMNS)
                cell = _spanned(element, number, column, bottom, taken)
                if len(taken) + cell.row_span * cell.column_span > MAX_COVERED:
                    raise TooLarge("cells", limit=MAX_COVERED)
                for line in range(number, number + cell.row_span):
                    taken.update((line, at) for at in range(column, column + cell.column_span))
                yield cell
                column += cell.column_span
        top = bottom


def _row_cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row.iterchildren("*"):
        if child.tag in ("td", "th"):
            yield child
        elif child.tag not in ("table", "tr"):
            yield from _row_cells(child)


def _spanned(element: etree._Element, row: int, column: int, bottom: int, taken: set[tuple[int, int]]) -> GridCell:
    """A cell with its spans cut at the end of its row group and before the next cell that hangs down from above."""
    width = min(_span(element.get("colspan")) or 1, MAX_SPAN, MAX_COLUMNS - column + 1)
    free = next((at for at in range(1, width) if (row, column + at) in taken), width)
    down = _span(element.get("rowspan"))
    height = bottom - row + 1 if down == 0 else min(down or 1, bottom - row + 1)
    return GridCell(element, row, column, height, free)


def _span(value: str | None) -> int | None:
    digits = (value or "").strip()
    return int(digits[:6]) if digits.isdecimal() and digits.isascii() else None
