"""What a drawn document says: texts and grids on sheets, no file format.

In: rows as a person writes them ("<" continues the cell on the left, "^" the cell above) or explicit cells. Out: frozen
:class:`Grid`, :class:`Text`, :class:`Sheet`. Refuses marks that continue nothing and merges that are no rectangle.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

LEFT, ABOVE = "<", "^"
SHORT = 9  # characters from which a text stands at the left of its cell instead of its middle


@dataclass(frozen=True, slots=True)
class CellSpec:
    """A cell to draw: its text ("\\n" breaks the line), the 1-based position of its top left corner and its span."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to draw. ``widths`` are relative, empty: by the texts. The first ``header_rows`` may be reprinted."""

    cells: tuple[CellSpec, ...]
    row_count: int
    column_count: int
    header_rows: int = 1
    widths: tuple[float, ...] = ()

    def shares(self) -> tuple[float, ...]:
        """The share of the table's width that each column takes; they add up to 1."""
        weights = list(self.widths) or [_weight(self.cells, column) for column in range(1, self.column_count + 1)]
        return tuple(weight / sum(weights) for weight in weights)


def _weight(cells: Sequence[CellSpec], column: int) -> float:
    """Long texts ask for wider columns, but less than in proportion: they can wrap."""
    lengths = [
        max(len(line) for line in cell.text.split("\n")) / cell.column_span
        for cell in cells
        if cell.column <= column < cell.column + cell.column_span and cell.column_span < 4
    ]
    return 2.0 + math.pow(max(lengths, default=1.0), 0.6)


Style = Literal["title", "heading", "body"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; in a workbook a row whose cell is merged over the sheet's width."""

    text: str
    style: Style = "body"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page; a workbook shows nothing of it."""


Block: TypeAlias = Text | Grid | PageBreak


@dataclass(frozen=True, slots=True)
class Sheet:
    """Blocks under each other. title, hidden things and gap (blank rows between blocks) count in a workbook only."""

    blocks: tuple[Block, ...]
    title: str = "Sheet1"
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    gap: int = 0

    @property
    def width(self) -> int:
        """Columns of its widest grid."""
        return max((block.column_count for block in self.blocks if isinstance(block, Grid)), default=1)


def grid(rows: Sequence[Sequence[str]], *, header_rows: int = 1, widths: Sequence[float] = ()) -> Grid:
    """The grid that rows of texts and marks describe; short rows are filled with blank cells.

    Raises ValueError where a mark continues nothing or a merge is no rectangle.
    """
    column_count = max(len(row) for row in rows)
    full = [[*row, *[""] * (column_count - len(row))] for row in rows]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(full, 1):
        for c, text in enumerate(row, 1):
            source = {LEFT: (r, c - 1), ABOVE: (r - 1, c)}.get(text)
            if source is not None and source not in owner:
                raise ValueError(f"row {r}, column {c}: {text!r} continues nothing")
            owner[r, c] = owner[source] if source else (r, c)
    cells = []
    for r, c in sorted(set(owner.values())):
        covered = [place for place, corner in owner.items() if corner == (r, c)]
        height, width = max(p[0] for p in covered) - r + 1, max(p[1] for p in covered) - c + 1
        if len(covered) != height * width:
            raise ValueError(f"the merge at row {r}, column {c} is no rectangle")
        cells.append(CellSpec(full[r - 1][c - 1], r, c, height, width))
    return Grid(tuple(cells), len(full), column_count, header_rows, tuple(widths))


def grid_of_text(text: str, *, header_rows: int = 1, widths: Sequence[float] = ()) -> Grid:
    """The grid of a text with one row a line and "|" between cells; "\\n" written out is a line break in a cell."""
    rows = [
        [cell.strip().replace("\\n", "\n") for cell in re.split(r"\|", line.strip())]
        for line in text.strip("\n").splitlines()
    ]
    return grid(rows, header_rows=header_rows, widths=widths)
