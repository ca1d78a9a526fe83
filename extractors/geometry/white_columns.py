"""Lines in pieces → columns, where most lines leave the same whites open.

In: the pieces of each line of a block. Out: :class:`Columns`. A line that crosses the whites of many others, such as a
section row, a title over the columns, a heading over several of them, or running text, does not decide where columns
are: it is told apart first, by the whites of other lines that it hides. Blocks without a common white are refused.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.geometry.pieces import Piece, usual_size

GUTTER = 0.35
"""The least width of the white run between two columns, in sizes of type."""
HIDDEN = 0.15
"""A piece that hides a white in this share of the lines that stand in pieces crosses columns, …"""
FEWEST_HIDDEN = 3
"""… but in no fewer lines than this, or one fewer where there are less than FEW_LINES."""
FEW_LINES = 8
FEW_BRIDGES = 0.1
"""Pieces that fill a white between columns are in no more than this share of the lines, or in one."""
SLIT = 0.15
"""It may be so narrow where, give or take …"""
ALIGNED = 0.15
"""… so many sizes, …"""
ALIKE = 4
"""… so many pieces begin behind it: a sign hangs out of the column before it."""
SET_OFF = 1.5
"""Pieces so many sizes behind a text are no column where they stand …"""
FEW_SET_OFF = 0.25
"""… in this share of the lines, or in one, and have …"""
SIGNS = 2
"""… so many signs each: a bracket or a quotation mark that opens at the end of a line."""
NEAR = 6.0
"""Two columns that are never on one line are one when they are no farther apart than so many sizes."""
BESIDE = 0.9
"""Texts whose middles differ by less than so many sizes stand beside each other, be they centred in their cells."""
FULL_LINE = 0.9
"""A line of running text reaches this share of the width of its column."""
RUNNING = 0.7
"""Running text has this share of full lines."""

PieceLine = Sequence[Piece]
Span = tuple[float, float]


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
    crossing = _hiding(parted, size)
    crossing |= _bridging(parted, crossing, size)
    clusters = _clusters([p for line in parted for p in line if p not in crossing], size)
    clusters = _shared(_settled(clusters, parted, crossing, size), parted, size)
    if len(clusters) < 2:
        return None
    return Columns(
        tuple((a[1], b[0]) for a, b in pairwise(clusters)),
        clusters[0][0],
        clusters[-1][1],
        tuple(start for start, _ in clusters),
    )


def _clusters(pieces: Sequence[Piece], size: float) -> list[Span]:
    """What the pieces cover from left to right, whites narrower than a gutter filled, or a slit where many begin."""
    found: list[Span] = []
    spans = sorted((p.x0, p.x1) for p in pieces)
    starts = [left for left, _ in spans]
    for left, right in spans:
        begin = bisect_right(starts, left + ALIGNED * size) - bisect_left(starts, left)
        if found and left - found[-1][1] < (SLIT if begin >= ALIKE else GUTTER) * size:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    return found


def _settled(clusters: list[Span], lines: Sequence[PieceLine], crossing: set[Piece], size: float) -> list[Span]:
    """The clusters without those of few signs close behind a text, none in the first line: ends of lines, set off."""
    result = clusters[:1]
    for cluster in clusters[1:]:
        own = [(n, p) for n, line in enumerate(lines) for p in line if p not in crossing and _within(p, cluster)]
        few = len(own) <= max(1, FEW_SET_OFF * len(lines)) and all(n > 0 and len(p.text) <= SIGNS for n, p in own)
        if few and cluster[0] - result[-1][1] < SET_OFF * size:
            result[-1] = result[-1][0], cluster[1]
        else:
            result.append(cluster)
    return result


def _shared(clusters: Sequence[Span], lines: Sequence[PieceLine], size: float) -> list[Span]:
    """The clusters, neighbours that are near and never on one line taken as one: a heading set off its numbers."""
    result: list[Span] = []
    for cluster in clusters:
        last = result[-1] if result else None
        if last is not None and cluster[0] - last[1] < NEAR * size and not _together(last, cluster, lines):
            result[-1] = last[0], cluster[1]
        else:
            result.append(cluster)
    return result


def _together(first: Span, second: Span, lines: Sequence[PieceLine]) -> int:
    """How many lines stand in the first of two clusters beside text in the second, or between two lines of it."""
    left = [p for line in lines for p in line if _within(p, first)]
    right = [p for line in lines for p in line if _within(p, second)]
    return len({p.middle for p in left if any(abs(p.middle - q.middle) < BESIDE * p.size for q in right)})


def _within(piece: Piece, cluster: Span) -> bool:
    return cluster[0] <= piece.x0 and piece.x1 <= cluster[1]


def _bridging(lines: Sequence[PieceLine], known: set[Piece], size: float) -> set[Piece]:
    """The few pieces without which a white would be open between columns that stand side by side in other lines."""
    pieces = sorted((p for line in lines for p in line if p not in known), key=lambda p: p.x0)
    most = max(1, int(FEW_BRIDGES * len(lines)))
    found: set[Piece] = set()
    tried: set[frozenset[Piece]] = set()
    stops = sorted({p.x0 for p in pieces} | {p.x1 for p in pieces})
    for start, end in pairwise(stops):
        over = frozenset(p for p in pieces if p.x0 <= start and end <= p.x1)
        if not 0 < len(over) <= most or over in tried:
            continue
        tried.add(over)
        inner = (max(p.x0 for p in over), min(p.x1 for p in over))
        clusters = _clusters([p for p in pieces if p not in over], size)
        for left, right in pairwise(clusters):
            if inner[0] < left[1] <= start and end <= right[0] < inner[1] and _together(left, right, lines) >= 2:
                found |= over
    return found


def _hiding(lines: Sequence[PieceLine], size: float) -> set[Piece]:
    """The pieces that hide whites which other lines leave open."""
    whites = [(n, a.x1, b.x0) for n, line in enumerate(lines) for a, b in pairwise(line) if a.x1 < b.x0]
    least = max(FEWEST_HIDDEN - (len(lines) < FEW_LINES), HIDDEN * len(lines))
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
