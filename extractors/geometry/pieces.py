"""Lines of text → pieces: runs of text without a wide white in them.

In: the lines of a page. Out: :class:`Piece`, in the order of the line. White space and turned glyphs make no piece, so
that a line may have none. Nothing is refused.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry.lines import Glyph, Line, text_lines

PIECE_GAP = 0.55
"""A white of so many sizes of type parts two pieces of a line."""

NARROW_GAP = 0.3
"""So does a white of so many where a column begins, …"""
OVER = 0.2
"""… and no white, but a sign that hangs over what follows by so many;"""
ALIGNED = 0.2
"""a column begins where, give or take so many sizes, …"""
ALIKE = 3
"""… so many other pieces begin."""

CLOSING = ("Pe", "Pf", "Po")
"""The categories of signs that end words and sentences, …"""
FIRST_WIDE = "\u2010"
"""… wide ones from here on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text without a wide white in it: its text, its rectangle in points, the size of its type.

    confidences: of each character of the text where any was recognized.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    confidences: tuple[float, ...] = ()

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.y0 + self.y1) / 2


def pieces_of(lines: Sequence[Line]) -> list[list[Piece]]:
    """The pieces of each line: it is cut at its wide whites; drawn spaces are white.

    A narrow white is wide where what follows it begins at the place where pieces of other lines do: a text that fills
    its column stands close to the next one.
    """
    starts = sorted(line.glyphs[first].x0 for line in lines for first, _ in _runs(line, ())[1:])
    return [_pieces(line, starts) for line in lines]


def _pieces(line: Line, starts: Sequence[float]) -> list[Piece]:
    return [
        Piece(part.text, part.x0, part.y0, _end(part), part.y1, line.size, part.confidences)
        for first, last in _runs(line, starts)
        for part in text_lines(line.glyphs[first : last + 1])
    ]


def _end(part: Line) -> float:
    """Where a text ends; a wide closing sign may hang beyond, over the white beside its column."""
    *before, last = part.glyphs
    if not (last.text > FIRST_WIDE and unicodedata.category(last.text[-1]) in CLOSING):
        return part.x1
    # One that stands alone was set off the text before it, and has its ink in the half that is nearer to it.
    return max(last.x0, before[-1].x1) if before else (last.x0 + last.x1) / 2


def _runs(line: Line, starts: Sequence[float]) -> list[tuple[int, int]]:
    """The numbers of the first and the last glyph of the line between its wide whites."""
    runs: list[tuple[int, int]] = []
    for n, glyph in enumerate(line.glyphs):
        if glyph.text.isspace() or glyph.turn:
            continue
        if runs and not _parts(line.glyphs[runs[-1][1]], glyph, line.size, starts):
            runs[-1] = runs[-1][0], n
        else:
            runs.append((n, n))
    return runs


def _parts(left: Glyph, right: Glyph, size: float, starts: Sequence[float]) -> bool:
    """Whether the white between two glyphs is wide, or narrow and that between two columns."""
    gap = right.x0 - left.x1
    if gap >= PIECE_GAP * size:
        return True
    if -OVER * size < gap < NARROW_GAP * size:
        return False
    near = bisect_right(starts, right.x0 + ALIGNED * size) - bisect_left(starts, right.x0 - ALIGNED * size)
    return near >= ALIKE


def usual_size(pieces: Sequence[Piece]) -> float:
    """The size of the type of most pieces (their median)."""
    return sorted(piece.size for piece in pieces)[len(pieces) // 2]
