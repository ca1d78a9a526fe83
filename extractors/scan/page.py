"""The picture of a page → its characters and rules, in points, as extractors/geometry takes them.

In: a picture and its resolution. Out: :class:`ScannedPage`: glyphs with a confidence each, rules, the size of the page
as it was read and the way back to the picture. Cells come from the same geometry as those of digital pages; in each of
them lines are found and recognized one by one, so that no line ever runs from one cell into the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule
from extractors.scan.belonging import ReadLine, belonging, without_spots
from extractors.scan.bending import Bend
from extractors.scan.direction import Direction, line_direction
from extractors.scan.doubts import doubted, is_crumbled, less_sure, without_remains
from extractors.scan.glyph_pairs import agreeing
from extractors.scan.glyph_shapes import Sign
from extractors.scan.line_reading import read_line
from extractors.scan.paper import DARK, FAINT, Paper, Picture, clean
from extractors.scan.pictures import PagePicture
from extractors.scan.placing import Room, open_rooms, placed
from extractors.scan.recognizer import Character, recognize
from extractors.scan.regions import Region, regions
from extractors.scan.rule_lines import LINE_INK, rule_lines
from extractors.scan.stacked_text import are_stacked, read_together
from extractors.scan.text_lines import Strip, usual_height
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
AROUND = 0.22
"""White around a line, in heights of the line."""


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
class ScannedPage:
    """What was read of a page. Glyphs and rules in points of the page as it was read: level and upright.

    blank: nothing is printed on it, so that nothing was missed where there are no glyphs. crumbled: its print is in
    crumbs, or its rules are worn, so that something may have gone without a trace. speckled: it is full of dots.
    """

    glyphs: list[Glyph]
    rules: list[Rule]
    width: float
    height: float
    back: WayBack
    blank: bool
    crumbled: bool = False
    speckled: bool = False

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page as it was read stands on the page as displayed."""
        return self.back.shown(x, y)


@dataclass(frozen=True, slots=True)
class _Upright:
    """A page one way up: its paper, the ink without rules, its rules and regions; whether its print is in crumbs.

    usual: the height of most characters in pixels.
    """

    paper: Paper
    text: Picture
    rules: list[Rule]
    regions: list[Region]
    usual: float
    crumbled: bool
    known: dict[Strip, list[Character]]  # the lines that were read already, to tell which way up the page lies


def read_page(page: PagePicture) -> ScannedPage:
    """Recognize a page, whichever way up it lies."""
    turn, best = _way_up(page)
    glyphs = list(_glyphs(best, page.scale))
    height, width = best.paper.grey.shape
    back = _way_back(best.paper, turn, page)
    blank = not best.regions and not best.rules
    size = width / page.scale, height / page.scale
    return ScannedPage(glyphs, best.rules, *size, back, blank, best.crumbled, best.paper.speckled)


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
    return _Upright(paper, text, rules, found, usual, crumbled, {})


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


def _glyphs(page: _Upright, scale: float) -> Iterator[Glyph]:
    """The characters of a page: read line by line, settled together with those of their cell or their text."""
    loose: list[ReadLine] = []
    for region in page.regions:
        lines = _read_lines(page, region)
        if region.cell is None:
            loose += lines
        else:
            yield from _settled(lines, scale, dict.fromkeys(region.strips, (region.cell.x0, region.cell.x1)))
    loose = without_spots(loose)
    rooms = open_rooms([line.strip for line in loose], loose[0].size) if loose else {}
    for group in belonging(loose):
        yield from _settled(group, scale, rooms)


def _read_lines(page: _Upright, region: Region) -> list[ReadLine]:
    lines = []
    for strip, left, signs in _read_strips(page, region):
        kept = without_remains(signs, [page.paper.blurred(left + s.x, strip.y0) for s in signs], region.size)
        lines.append(ReadLine(strip, left, less_sure(kept) if page.crumbled or region.cut else kept, region.size))
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


def _settled(lines: Sequence[ReadLine], scale: float, rooms: Mapping[Strip, Room]) -> Iterator[Glyph]:
    """The characters of one text, none of them placed outside of the room of its line."""
    if not lines:
        return
    settled = doubted(agreeing([line.signs for line in lines]), lines[0].size)
    for line, signs in zip(lines, settled, strict=True):
        yield from placed(signs, line.strip, line.left, line.size, scale, rooms[line.strip])


def cut_out(text: Picture, strip: Strip, size: float) -> tuple[Picture, int]:
    """The picture of a line with some white around, and where it begins on the page."""
    height = strip.y1 - strip.y0
    tall = max(height, 0.9 * size)
    middle = (strip.y0 + strip.y1) / 2
    around = AROUND * tall
    # Only the strip itself is taken over: what stands close above, below or beside belongs to another line.
    slack = max(1, round(0.06 * tall))
    top, bottom = max(strip.y0 - slack, 0), min(strip.y1 + slack, text.shape[0])
    y0, y1 = min(round(middle - tall / 2 - around), top), max(round(middle + tall / 2 + around), bottom)
    x0, x1 = round(strip.x0 - 2 * around), round(strip.x1 + 2 * around)
    line = np.full((y1 - y0, x1 - x0), 255, np.uint8)
    first, last = max(strip.x0 - slack, 0), min(strip.x1 + slack, text.shape[1])
    line[top - y0 : bottom - y0, first - x0 : last - x0] = text[top:bottom, first:last]
    return line, x0
