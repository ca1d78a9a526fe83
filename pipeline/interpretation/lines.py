"""The rows of a table as they are read: from left to right, with what reaches into them from above.

In: a Table. Out: one :class:`Line` a grid row. Refuses nothing; what a row is for is said elsewhere (roles.py).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from extractors.document import Cell, Table


@dataclass(frozen=True, slots=True)
class Line:
    """One grid row as read from left to right: distinct cells that cover it, those anchored in it, the printed ones."""

    row: int
    cells: tuple[Cell, ...]
    anchored: tuple[Cell, ...]
    printed: tuple[Cell, ...]  # anchored here and not empty

    def within(self, columns: Container[int]) -> Line:
        """The part of the row that lies in some columns."""
        cells, anchored, printed = (
            tuple(cell for cell in group if cell.column in columns)
            for group in (self.cells, self.anchored, self.printed)
        )
        return Line(self.row, cells, anchored, printed)

    @property
    def solo(self) -> Cell | None:
        """The only printed cell of the row where nothing from above reaches into it, else None."""
        if len(self.printed) != 1 or any(not c.empty for c in self.cells if c.row < self.row):
            return None
        return self.printed[0]


def lines_of(table: Table) -> list[Line]:
    """The rows of a table as lines."""
    lines = []
    for row in range(1, table.row_count + 1):
        cells = tuple(_covering(table, row))
        anchored = tuple(cell for cell in cells if cell.row == row)
        lines.append(Line(row, cells, anchored, tuple(cell for cell in anchored if not cell.empty)))
    return lines


def _covering(table: Table, row: int) -> Iterator[Cell]:
    """The distinct cells of a row; a position that nothing covers is an empty cell of its own."""
    last: Cell | None = None
    for column in range(1, table.column_count + 1):
        cell = table.at(row, column)
        if cell is None:
            yield Cell("", row, column)
        elif cell is not last:
            yield cell
        last = cell
