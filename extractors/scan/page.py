"""The picture of a page → its characters and rules, in points, as extractors/geometry takes them.

In: a picture and its resolution. Out: :class:`ScannedPage`: glyphs with a confidence each, rules, the size of the page
as it was read and the way back to the picture. Cells come from the same geometry as those of digital pages; in each of
them lines are found and recognized one by one, so that no line ever runs from one cell into the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule
from extractors.geometry.ruling import find_grids
from extractors.scan.glyph_pairs import agreeing
from extractors.scan.glyph_shapes import Sign
from extractors.scan.line_reading import read_line
from extractors.scan.paper import FAINT, Picture, clean
from extractors.scan.rule_lines import rule_lines
from extractors.scan.text_lines import Strip, cell_lines, loose_lines, usual_height

AROUND = 0.22
"""White around a line, in heights of the line."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What was read of a page. Glyphs and rules in points of the page as it was read: level and upright."""

    glyphs: list[Glyph]
    rules: list[Rule]
    width: float
    height: float
    to_picture: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Region:
    """A cell, or a piece of text outside of tables: its lines in pixels, and the usual height of its characters."""

    strips: list[Strip]
    size: float


def read_page(picture: Picture, scale: float) -> ScannedPage:
    """Recognize a page. scale: pixels a point."""
    paper = clean(picture, scale)
    rules, mask = rule_lines(paper.grey, scale)
    text = np.where(cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 1, 255, paper.grey).astype(np.uint8)
    glyphs = [glyph for region in _regions(text, rules, scale) for glyph in _glyphs(text, region, scale)]
    height, width = paper.grey.shape
    return ScannedPage(glyphs, rules, width / scale, height / scale, paper.to_picture)


def _regions(text: Picture, rules: Sequence[Rule], scale: float) -> Iterator[_Region]:
    """The cells of the page, then what stands outside of tables, each with its lines."""
    ink = (text < FAINT).astype(np.uint8)
    usual = usual_height(ink, scale)
    rest = ink.copy()
    for grid in find_grids(rules, ()):
        xs, ys = [round(x * scale) for x in grid.xs], [round(y * scale) for y in grid.ys]
        for area in grid.areas:
            x0, y0 = xs[area.left] + 1, ys[area.top] + 1
            cell = ink[y0 : ys[area.bottom], x0 : xs[area.right]]
            if cell.any():
                strips = [Strip(s.x0 + x0, s.y0 + y0, s.x1 + x0, s.y1 + y0) for s in cell_lines(cell, usual, scale)]
                yield _Region(strips, usual)
        rest[ys[0] : ys[-1], xs[0] : xs[-1]] = 0
    for strip in loose_lines(rest, usual, scale):
        yield _Region([strip], float(strip.y1 - strip.y0))


def _glyphs(text: Picture, region: _Region, scale: float) -> Iterator[Glyph]:
    """The characters of a region, read line by line and settled together."""
    lines, lefts = [], []
    for strip in region.strips:
        line, left = cut_out(text, strip, region.size)
        lines.append(read_line(line, region.size))
        lefts.append(left)
    for strip, left, signs in zip(region.strips, lefts, agreeing(lines), strict=True):
        yield from placed(signs, strip, left, region.size, scale)


def cut_out(text: Picture, strip: Strip, size: float) -> tuple[Picture, int]:
    """The picture of a line with some white around, and where it begins on the page."""
    height = strip.y1 - strip.y0
    tall = max(height, 0.9 * size)
    middle = (strip.y0 + strip.y1) / 2
    around = AROUND * tall
    # Only the strip itself is taken over: what stands close above or below belongs to another line.
    slack = max(1, round(0.06 * tall))
    top, bottom = max(strip.y0 - slack, 0), min(strip.y1 + slack, text.shape[0])
    y0, y1 = min(round(middle - tall / 2 - around), top), max(round(middle + tall / 2 + around), bottom)
    x0, x1 = round(strip.x0 - 2 * around), round(strip.x1 + 2 * around)
    line = np.full((y1 - y0, x1 - x0), 255, np.uint8)
    first, last = max(x0, 0), min(x1, text.shape[1])
    line[top - y0 : bottom - y0, first - x0 : last - x0] = text[top:bottom, first:last]
    return line, x0


def placed(signs: Sequence[Sign], strip: Strip, left: int, size: float, scale: float) -> Iterator[Glyph]:
    """The signs as glyphs of the page, in points: side by side, each around its middle."""
    middles = [left + sign.x for sign in signs]
    centre = (strip.y0 + strip.y1) / 2
    half = max(strip.y1 - strip.y0, 0.9 * size) / 2
    y0, y1 = (centre - half) / scale, (centre + half) / scale
    for n, sign in enumerate(signs):
        x0 = (middles[n - 1] + middles[n]) / 2 if n else float(strip.x0)
        x1 = (middles[n] + middles[n + 1]) / 2 if n + 1 < len(middles) else float(strip.x1)
        if sign.box is not None:  # where there is white, as between columns, the character ends with its ink
            x0, x1 = max(x0, left + sign.box.x0 - 0.2 * size), min(x1, left + sign.box.x1 + 0.2 * size)
        yield Glyph(sign.text, x0 / scale, y0, max(x1, x0 + 1) / scale, y1, confidence=sign.confidence)
