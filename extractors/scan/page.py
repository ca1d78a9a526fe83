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
from extractors.scan.paper import FAINT, Paper, Picture, clean
from extractors.scan.recognizer import Character, recognize
from extractors.scan.rule_lines import rule_lines
from extractors.scan.text_lines import Strip, cell_lines, loose_lines, usual_height

AROUND = 0.16
"""White around a line, in heights of the line."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What was read of a page. Glyphs and rules in points of the page as it was read: level and upright."""

    glyphs: list[Glyph]
    rules: list[Rule]
    width: float
    height: float
    to_picture: npt.NDArray[np.float64]


def read_page(picture: Picture, scale: float) -> ScannedPage:
    """Recognize a page. scale: pixels a point."""
    paper = clean(picture, scale)
    rules, mask = rule_lines(paper.grey, scale)
    text = np.where(cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 1, 255, paper.grey).astype(np.uint8)
    strips = _strips(text, rules, scale)
    glyphs = [glyph for strip, size in strips for glyph in _glyphs(text, strip, size, scale)]
    height, width = paper.grey.shape
    return ScannedPage(glyphs, rules, width / scale, height / scale, paper.to_picture)


def _strips(text: Picture, rules: Sequence[Rule], scale: float) -> list[tuple[Strip, float]]:
    """The lines of the page, each with the height of the characters about it."""
    ink = (text < FAINT).astype(np.uint8)
    usual = usual_height(ink, scale)
    rest = ink.copy()
    found: list[tuple[Strip, float]] = []
    for grid in find_grids(rules, ()):
        for area in grid.areas:
            x0, x1 = (round(grid.xs[n] * scale) for n in (area.left, area.right))
            y0, y1 = (round(grid.ys[n] * scale) for n in (area.top, area.bottom))
            cell = ink[y0 + 1 : y1, x0 + 1 : x1]
            if not cell.any():
                continue
            for s in cell_lines(cell, usual, scale):
                found.append((Strip(s.x0 + x0 + 1, s.y0 + y0 + 1, s.x1 + x0 + 1, s.y1 + y0 + 1), usual))
        rest[
            round(grid.ys[0] * scale) : round(grid.ys[-1] * scale), round(grid.xs[0] * scale) : round(grid.xs[-1] * scale)
        ] = 0
    found += [(s, s.y1 - s.y0) for s in loose_lines(rest, usual, scale)]
    return found


def _glyphs(text: Picture, strip: Strip, size: float, scale: float) -> Iterator[Glyph]:
    line, left = cut_out(text, strip, size)
    characters = recognize(line)
    yield from placed(characters, strip, left, size, scale)


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


def placed(
    characters: Sequence[Character], strip: Strip, left: int, size: float, scale: float
) -> Iterator[Glyph]:
    """The characters as glyphs: side by side, each around its middle."""
    middles = [left + character.x for character in characters]
    y0, y1 = strip.y0 / scale, strip.y1 / scale
    half = max(y1 - y0, 0.9 * size / scale) / 2
    centre = (y0 + y1) / 2
    for n, character in enumerate(characters):
        if character.text == " ":
            continue
        x0 = (middles[n - 1] + middles[n]) / 2 if n else float(strip.x0)
        x1 = (middles[n] + middles[n + 1]) / 2 if n + 1 < len(middles) else float(strip.x1)
        yield Glyph(character.text, x0 / scale, centre - half, x1 / scale, centre + half)
