"""A sheet or table that holds several registers under each other → its segments.

In: a Table with the roles of its rows. Out: :class:`Segment`: title rows, then one register. Nothing is dropped:
every row belongs to exactly one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.document import Cell, Table
from pipeline.interpretation.lines import Line
from pipeline.interpretation.roles import RowRole


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows of a table that make one register, with its titles. first: it carries the table's reprinted headers."""

    table: Table
    lines: tuple[Line, ...]
    roles: tuple[RowRole, ...]
    first: bool = True

    def of(self, role: RowRole) -> list[Line]:
        """Its lines of one role that print something."""
        return [line for line, r in zip(self.lines, self.roles, strict=True) if r is role and line.printed]

    @property
    def header_blocks(self) -> list[tuple[int, ...]]:
        """Runs of header rows, as 1-based row numbers of the table."""
        blocks: list[list[int]] = []
        previous: RowRole | None = None
        for line, role in zip(self.lines, self.roles, strict=True):
            if role is RowRole.HEADER:
                if previous is RowRole.HEADER:
                    blocks[-1].append(line.row)
                else:
                    blocks.append([line.row])
            previous = role
        return [tuple(rows) for rows in blocks]

    @property
    def cells(self) -> list[Cell]:
        """The non-empty cells anchored in its rows, and the reprinted headers of the table."""
        own = [cell for line in self.lines for cell in line.printed]
        return [*own, *(cell for cell in self.table.reprints if not cell.empty)] if self.first else own


def segments_of(table: Table, lines: Sequence[Line], roles: Sequence[RowRole]) -> list[Segment]:
    """The segments of a table: a title row after data begins a new one."""
    bounds = [0]
    started = False
    for index, role in enumerate(roles):
        if role is RowRole.PREAMBLE and started:
            bounds.append(index)
            started = False
        elif role not in (RowRole.PREAMBLE, RowRole.BLANK):
            started = True
    bounds.append(len(lines))
    return [
        Segment(table, tuple(lines[a:b]), tuple(roles[a:b]), first=a == 0)
        for a, b in pairwise(bounds)
        if b > a or a == 0
    ]
