"""Lines in pieces → columns, where most lines leave the same whites open.

In: the pieces of each line of a block. Out: :class:`Columns`. A line that crosses the whites of many others, such as a
section row, a title over the columns, a heading over several of them, or running text, does not decide where columns
are: it is told apart first, by the whites of other lines that it hides. Blocks without a common white are refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry.pieces import Piece, usual_size

GUTTER = 0.6
"""The least width of the white run between two columns, in sizes of type."""
HIDDEN = 0.15
"""A piece that hides a white in this share of the lines that stand in pieces crosses columns, …"""
FEWEST_HIDDEN = 2
"""… but in no fewer lines than this."""
FULL_LINE = 0.9
"""A line of running text reaches this share of the width of its column."""
RUNNING = 0.7
"""Running text has this share of full lines."""

PieceLine = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a block.

    gutters: the white runs between columns, from left to right (start, end in points). left, right: the sides of the
    text. starts: where the text of each column begins.
    """

    gutters: tuple[tuple[float, float], ...]
    left: float
    right: float
    starts: tuple[float, ...]

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.starts)

    def of(self, piece: Piece) -> tuple[int, int]:
        """The first and the last column (from 0) that a piece stands in."""
        crossed = [n for n, (start, end) in enumerate(self.gutters) if piece.x0 < start + 0.1 and piece.x1 > end - 0.1]
        if crossed:
            return crossed[0], crossed[-1] + 1
        column = bisect_right([(start + end) / 2 for start, end in self.gutters], (piece.x0 + piece.x1) / 2)
        return column, column

    def crosses(self, piece: Piece) -> bool:
        """Whether a piece stands in more than one column."""
        first, last = self.of(piece)
        return first != last


def columns_of(lines: Sequence[PieceLine]) -> Columns | None:
    """The columns that most of the lines stand in, or None where there are not two."""
    parted = [line for line in lines if len(line) > 1]
    if len(parted) < 2:
        return None
    size = usual_size([piece for line in parted for piece in line])
    crossing = _crossing(parted, size)
    spans = sorted((p.x0, p.x1) for line in parted for p in line if p not in crossing)
    if not spans:
        return None
    gutters: list[tuple[float, float]] = []
    starts, reach = [spans[0][0]], spans[0][1]
    for left, right in spans[1:]:
        if left - reach >= GUTTER * size:
            gutters.append((reach, left))
            starts.append(left)
        reach = max(reach, right)
    return Columns(tuple(gutters), spans[0][0], reach, tuple(starts)) if gutters else None


def _crossing(lines: Sequence[PieceLine], size: float) -> set[Piece]:
    """The pieces that hide whites which other lines leave open."""
    whites = [
        (n, a.x1, b.x0) for n, line in enumerate(lines) for a, b in zip(line, line[1:], strict=False) if a.x1 < b.x0
    ]
    least = max(FEWEST_HIDDEN, HIDDEN * len(lines))
    found: set[Piece] = set()
    for n, line in enumerate(lines):
        for piece in line:
            if piece.x1 - piece.x0 < 2 * size:
                continue
            hidden = {m for m, start, end in whites if m != n and piece.x0 < start and end < piece.x1}
            if len(hidden) >= least:
                found.add(piece)
    return found


def reads_across(lines: Sequence[PieceLine], columns: Columns) -> bool:
    """Whether the columns are those of running text: in each of them most lines are full."""
    for number in range(columns.count):
        own = [piece for line in lines for piece in line if columns.of(piece) == (number, number)]
        width = max((piece.x1 - piece.x0 for piece in own), default=0.0)
        full = sum(1 for piece in own if piece.x1 - piece.x0 >= FULL_LINE * width)
        if not own or width < 8 * own[0].size or full < RUNNING * len(own):
            return False
    return True
