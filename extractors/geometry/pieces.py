"""Lines of text → pieces: runs of text without a wide white in them.

In: the lines of a page. Out: :class:`Piece`, in the order of the line. White space and turned glyphs make no piece, so
that a line may have none. Nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry.lines import Glyph, Line, text_lines

PIECE_GAP = 0.55
"""A white of so many sizes of type parts two pieces of a line."""


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


def pieces_of(line: Line) -> list[Piece]:
    """The line cut at its wide whites; drawn spaces are white."""
    runs: list[list[Glyph]] = []
    printed: list[int] = []  # the place in the line of the last glyph of each run, and before it of the first
    for n, glyph in enumerate(line.glyphs):
        if glyph.text.isspace() or glyph.turn:
            continue
        if runs and glyph.x0 - runs[-1][-1].x1 < PIECE_GAP * line.size:
            runs[-1].append(glyph)
            printed[-1] = n
        else:
            runs.append([glyph])
            printed += [n, n]
    found = []
    for first, last in zip(printed[::2], printed[1::2], strict=True):
        for part in text_lines(line.glyphs[first : last + 1]):
            found.append(Piece(part.text, part.x0, part.y0, part.x1, part.y1, line.size, part.confidences))
    return found


def usual_size(pieces: Sequence[Piece]) -> float:
    """The size of the type of most pieces (their median)."""
    return sorted(piece.size for piece in pieces)[len(pieces) // 2]
