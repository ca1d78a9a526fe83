"""What was read of a page: its characters and rules, what a page break cuts, the way back to the picture.

In: nothing; these are values. Out: :class:`ScannedPage`. Refused: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule
from extractors.scan.belonging import ReadLine
from extractors.scan.bending import Bend
from extractors.scan.paper import Picture
from extractors.scan.text_lines import Strip


@dataclass(frozen=True, slots=True)
class WayBack:
    """The way from points of a page as it was read to points of the page as displayed.

    out: the matrix to pixels of the picture as it was turned upright, but for its bend. bend: what was taken out of it.
    turned: the matrix from these to points of the page as displayed. Both 2 × 3.
    """

    out: npt.NDArray[np.float64]
    bend: Bend | None
    turned: npt.NDArray[np.float64]

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page as it was read stands on the page as displayed."""
        across, down = self.out @ (x, y, 1.0)
        if self.bend is not None:
            across, down = self.bend.place(across, down)
        across, down = self.turned @ (across, down, 1.0)
        return float(across), float(down)


@dataclass(frozen=True, slots=True)
class CutLine:
    """What one page has of a line that a page break cuts.

    picture: its grey pixels, as wide as the cell, up to the break. part: where its ink is on the page. read: what was
    made out of it by itself.
    """

    picture: Picture
    part: Strip
    read: ReadLine


@dataclass(frozen=True, slots=True)
class OpenCell:
    """A cell that no rule closes at the break before or behind its page, where a line of it is cut.

    cell: in pixels of the page as it was read. across: from where to where it reaches, in points from the left side of
    its table. lines: those that are whole. head, foot: the cut ones. glyphs: what the page has of it.
    """

    cell: Strip
    across: tuple[float, float]
    size: float
    lines: tuple[ReadLine, ...]
    head: CutLine | None
    foot: CutLine | None
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What was read of a page. Glyphs and rules in points of the page as it was read: level and upright.

    blank: nothing is printed on it, so that nothing was missed where there are no glyphs. worn: its print is thin or in
    crumbs, or its rules are worn, so that something may have gone without a trace. speckled: it is full of dots.
    scale: pixels a point. open_cells: those of which a page break cuts a line.
    """

    glyphs: list[Glyph]
    rules: list[Rule]
    width: float
    height: float
    scale: float
    back: WayBack
    blank: bool
    worn: bool = False
    speckled: bool = False
    open_cells: tuple[OpenCell, ...] = ()

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page as it was read stands on the page as displayed."""
        return self.back.shown(x, y)
