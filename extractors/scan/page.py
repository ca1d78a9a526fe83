"""The picture of a page → its characters and rules, in points, as extractors/geometry takes them.

In: a picture and its resolution. Out: :class:`ScannedPage`: glyphs with a confidence each, rules, the size of the page
as it was read and the way back to the picture. Cells come from the same geometry as those of digital pages; in each of
them lines are found and recognized one by one, so that no line ever runs from one cell into the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule
from extractors.scan.belonging import ReadLine, belonging, without_spots
from extractors.scan.direction import Direction, line_direction
from extractors.scan.dirt import without_remains
from extractors.scan.doubts import less_sure
from extractors.scan.glyph_shapes import Sign
from extractors.scan.line_picture import cut_out
from extractors.scan.line_reading import read_line
from extractors.scan.page_breaks import open_cell
from extractors.scan.paper import DARK, FAINT, Paper, Picture, clean
from extractors.scan.pictures import PagePicture
from extractors.scan.placing import open_rooms
from extractors.scan.recognizer import Character, recognize
from extractors.scan.regions import Region, regions
from extractors.scan.rule_lines import LINE_INK, rule_lines
from extractors.scan.scanned_page import OpenCell, ScannedPage, WayBack
from extractors.scan.settling import settled_glyphs
from extractors.scan.stacked_text import are_stacked, read_together
from extractors.scan.text_lines import Strip, usual_height
from extractors.scan.worn_print import is_crumbled, is_thin
from extractors.scan.worn_rules import are_worn

DOUBTED = 0.75
"""A page whose longest lines are believed less than this is looked at the other ways up that its lines leave."""
WAYS = {
    Direction.ACROSS: (0, 180),
    Direction.DOWN: (90, 270),
    Direction.UNCLEAR: (0, 90, 270, 180),
}
"""Degrees clockwise by which a page may have to be turned, the likeliest first."""
SAMPLE = 6
"""Lines read to tell which way up a page lies."""
LINE = 4
"""Characters that the longest lines of a page have at least, one with another …"""
FILLED = 0.6
"""… and as many as this share of what has room on them: upside down only 一, 十 and their like are made out."""
EDGE = 0.035
"""Along the edge of the picture, as wide as this share of it …"""
BELIEVED = 0.65
"""… what is believed less than this is what lies around the sheet, and so are …"""
STROKES = frozenset("1Il|—-/_") | {"丨", "一"}
"""… bare strokes."""


@dataclass(frozen=True, slots=True)
class _Upright:
    """A page one way up: its paper, the ink without rules, its rules and regions; whether its print is in crumbs.

    usual: the height of most characters in pixels. thin: many of its strokes are a pixel thick.
    """

    paper: Paper
    text: Picture
    rules: list[Rule]
    regions: list[Region]
    usual: float
    crumbled: bool
    thin: bool
    known: dict[Strip, list[Character]]  # the lines that were read already, to tell which way up the page lies


def read_page(page: PagePicture) -> ScannedPage:
    """Recognize a page, whichever way up it lies."""
    turn, best = _way_up(page)
    glyphs, open_cells = _glyphs(best, page.scale)
    height, width = best.paper.grey.shape
    back = _way_back(best.paper, turn, page)
    blank = not best.regions and not best.rules
    return ScannedPage(
        glyphs, best.rules, width / page.scale, height / page.scale, page.scale, back, blank,
        best.crumbled or best.thin, best.paper.speckled, tuple(open_cells),
    )  # fmt: skip


def _way_up(page: PagePicture) -> tuple[int, _Upright]:
    """By how many degrees a page is to be turned clockwise to be read, and the page so turned."""
    first = _upright(page, 0)
    if not first.regions:
        return 0, first
    ways = WAYS[line_direction((first.text < FAINT).astype(np.uint8), first.usual)]
    turn, best = ways[0], first if ways[0] == 0 else _upright(page, ways[0])
    belief = _belief(best)
    for other in ways[1:] if belief < DOUBTED else ():
        turned = _upright(page, other)
        there = _belief(turned)
        if there > belief + 0.1:
            turn, best, belief = other, turned, there
    return turn, best


def _upright(page: PagePicture, turn: int) -> _Upright:
    """The page turned clockwise by so many degrees, cleaned, its lines found."""
    pixels = page.pixels if turn == 0 else np.ascontiguousarray(np.rot90(page.pixels, -turn // 90))
    paper = clean(pixels, page.scale)
    rules, mask = rule_lines(paper.grey, page.scale, paper.bits)
    text = np.where(cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 1, 255, paper.grey).astype(np.uint8)
    ink = (text < FAINT).astype(np.uint8)
    usual = usual_height(ink, page.scale)
    crumbled = paper.bits and (
        paper.speckled
        or is_crumbled((text < DARK).astype(np.uint8), usual)
        or are_worn(rules, (paper.grey < LINE_INK).astype(np.uint8), page.scale)
    )
    found = list(regions(ink, usual, rules, page.scale, paper.bits, lambda strip: _at_edge(strip, paper, pixels.shape)))
    thin = paper.bits and is_thin(np.asarray(np.atleast_3d(pixels < DARK).all(axis=2), dtype=np.uint8))
    return _Upright(paper, text, rules, found, usual, crumbled, thin, {})


def _belief(page: _Upright) -> float:
    """How far the network believes what it reads in the longest lines of a page: little where the page is not upright.

    Characters that lie on their side may be made out one by one, but they make no full lines.
    """
    lines = [(strip, region.size) for region in page.regions for strip in region.strips]
    lines.sort(key=lambda line: _length(line[0]), reverse=True)
    shares: list[float] = []
    for strip, size in lines[:SAMPLE]:
        page.known[strip] = recognize(cut_out(page.text, strip, size)[0])
        shares += [character.share for character in page.known[strip]] or [0.0]
    least = sum(max(LINE, FILLED * _length(strip)) for strip, _ in lines[:SAMPLE])
    return float(np.mean(shares)) * min(1.0, len(shares) / least) if shares else 0.0


def _length(strip: Strip) -> float:
    """How long a line is, in its height: so many Chinese characters may stand on it. No more than 15 count."""
    return min((strip.x1 - strip.x0) / (strip.y1 - strip.y0), 15.0)


def _way_back(paper: Paper, turn: int, page: PagePicture) -> WayBack:
    height, width = page.pixels.shape[:2]
    unturned = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, 1, 0], [-1, 0, height]],
        180: [[-1, 0, width], [0, -1, height]],
        270: [[0, -1, width], [1, 0, 0]],
    }[turn]
    out = paper.to_picture @ np.diag([page.scale, page.scale, 1.0])
    return WayBack(out, paper.bend, np.array(unturned, dtype=np.float64) / page.shown)


def _at_edge(strip: Strip, paper: Paper, shape: tuple[int, ...]) -> bool:
    """Whether a line lies along the edge of the picture. shape: of the picture: a page made level is larger."""
    corners = [paper.in_picture(x, y) for x in (strip.x0, strip.x1) for y in (strip.y0, strip.y1)]
    return any(
        max(places) < EDGE * size or min(places) > (1 - EDGE) * size
        for places, size in zip(zip(*corners, strict=True), (shape[1], shape[0]), strict=True)
    )


def _glyphs(page: _Upright, scale: float) -> tuple[list[Glyph], list[OpenCell]]:
    """The characters of a page: read line by line, settled together with those of their cell or their text."""
    glyphs: list[Glyph] = []
    open_cells: list[OpenCell] = []
    loose: list[ReadLine] = []
    for region in page.regions:
        lines = _read_lines(page, region)
        if region.cell is None:
            loose += lines
        elif region.head is not None or region.foot is not None:
            open_cells.append(open_cell(page.text, region, lines, scale))
            glyphs += open_cells[-1].glyphs
        else:
            glyphs += settled_glyphs(lines, scale, dict.fromkeys(region.strips, (region.cell.x0, region.cell.x1)))
    loose = without_spots(loose)
    rooms = open_rooms([line.strip for line in loose], loose[0].size) if loose else {}
    for group in belonging(loose):
        glyphs += settled_glyphs(group, scale, rooms)
    return glyphs, open_cells


def _read_lines(page: _Upright, region: Region) -> list[ReadLine]:
    lines = []
    for strip, left, signs in _read_strips(page, region):
        kept = without_remains(signs, [page.paper.blurred(left + s.x, strip.y0) for s in signs], region.size)
        lines.append(ReadLine(strip, left, less_sure(kept) if page.crumbled else kept, region.size))
    beside = region.edge and all(s.confidence < BELIEVED or s.text in STROKES for line in lines for s in line.signs)
    return [] if beside else lines


def _read_strips(page: _Upright, region: Region) -> Iterator[tuple[Strip, int, list[Sign]]]:
    """Each line of a region, where its picture begins, and its signs."""
    cuts = [cut_out(page.text, strip, region.size) for strip in region.strips]
    read = [
        read_line(picture, region.size, page.known.get(strip))
        for strip, (picture, _) in zip(region.strips, cuts, strict=True)
    ]
    if region.cell is not None and are_stacked(region.strips, region.size):
        read = read_together([picture for picture, _ in cuts], read, region.size)
    return ((strip, left, signs) for strip, (_, left), signs in zip(region.strips, cuts, read, strict=True))
