"""What two pages have of a line that the break between them cuts → the whole line.

In: cells that no rule closes at a page break, as a spreadsheet prints a merged cell, with the upper part of a line on
one page and its lower part on the next. Out: the pages with the line read from both parts, put together, on the page
that has more of it. Where a line finds no other part, or the whole is believed no more than its larger part, that part
stands as it was read by itself, and a small one is left out; the rest of such a cell is not sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from extractors.scan.belonging import ReadLine
from extractors.scan.doubts import less_sure
from extractors.scan.glyph_shapes import Sign
from extractors.scan.line_picture import cut_out
from extractors.scan.line_reading import read_line
from extractors.scan.paper import FAINT, Picture
from extractors.scan.regions import Region
from extractors.scan.scanned_page import CutLine, OpenCell, ScannedPage
from extractors.scan.settling import settled_glyphs
from extractors.scan.text_lines import Strip

LOWER_PART, UPPER_PART = 0.5, 0.4
"""A part of a line that finds no other is left out if it is no higher than this share of the type; never both parts."""
ALIKE = 4.0
"""Points by which two parts of one cell may differ in where they reach across their tables."""
WHOLE = (0.6, 1.4)
"""Sizes; two parts of one line together are so high."""
SHIFT = 0.1
"""Sizes by which the parts may be shifted against each other."""
SEAM = 2
"""Rows on both sides of the break that tell by how much."""


def open_cell(text: Picture, region: Region, lines: Sequence[ReadLine], scale: float) -> OpenCell:
    """A cell of which a page break cuts a line. text: the page without rules. lines: all of the cell, as read."""
    assert region.cell is not None
    read = {line.strip: line for line in lines}
    x0, y0, x1, y1 = region.cell.x0, region.cell.y0, region.cell.x1, region.cell.y1
    head = foot = None
    if region.head is not None:
        head = CutLine(text[y0 : region.head.y1, x0:x1].copy(), region.head, read[region.head])
    if region.foot is not None:
        foot = CutLine(text[region.foot.y0 : y1, x0:x1].copy(), region.foot, read[region.foot])
    whole = tuple(line for line in lines if line.strip not in (region.head, region.foot))
    return _settled(OpenCell(region.cell, region.across, region.size, whole, head, foot, ()), scale)


def mended(above: ScannedPage, below: ScannedPage) -> tuple[ScannedPage, ScannedPage]:
    """Two pages, one after the other, with the lines whole that the break between them cuts."""
    for upper in above.open_cells:
        lower = next((cell for cell in below.open_cells if _are_one(upper, cell)), None)
        line = _whole_line(upper, lower) if lower is not None else None
        if line is None or lower is None or upper.foot is None or lower.head is None:
            continue
        is_above = _height(upper.foot.part) >= _height(lower.head.part)
        above = _with(above, upper, replace(upper, foot=None, lines=(*upper.lines, line) if is_above else upper.lines))
        below = _with(below, lower, replace(lower, head=None, lines=lower.lines if is_above else (line, *lower.lines)))
    return above, below


def _are_one(upper: OpenCell, lower: OpenCell) -> bool:
    """Whether two cells are the parts of one, and a line is cut between them."""
    if upper.foot is None or lower.head is None:
        return False
    return all(abs(a - b) <= ALIKE for a, b in zip(upper.across, lower.across, strict=True))


def _whole_line(upper: OpenCell, lower: OpenCell) -> ReadLine | None:
    """The line as both parts together show it, where its larger part is."""
    assert upper.foot is not None and lower.head is not None
    parts = upper.foot, lower.head
    least, most = WHOLE
    if not least * upper.size <= sum(_height(part.part) for part in parts) <= most * upper.size:
        return None
    picture = _put_together(parts[0].picture, parts[1].picture, round(SHIFT * upper.size))
    columns = np.flatnonzero((picture < FAINT).any(axis=0))
    if not len(columns):
        return None
    place = Strip(int(columns[0]), 0, int(columns[-1]) + 1, len(picture))
    line, left = cut_out(picture, place, upper.size)
    signs = read_line(line, upper.size)
    cell, larger = max(zip((upper, lower), parts, strict=True), key=lambda each: _height(each[1].part))
    if _belief(signs) <= _belief(larger.read.signs):
        return None
    return ReadLine(larger.part, left + cell.cell.x0, less_sure(signs), upper.size)


def _put_together(upper: Picture, lower: Picture, most: int) -> Picture:
    """One picture of both, the lower shifted to where its strokes go on from those of the upper."""
    wide = max(upper.shape[1], lower.shape[1]) + 2 * most
    shifted = [_in_white(lower, wide, most + shift) for shift in range(-most, most + 1)]
    end = 255.0 - _in_white(upper, wide, most)[-SEAM:].min(axis=0)
    best = max(shifted, key=lambda picture: float((end * (255.0 - picture[:SEAM].min(axis=0))).sum()))
    return np.vstack((_in_white(upper, wide, most), best))[:, most:]


def _in_white(picture: Picture, wide: int, left: int) -> Picture:
    room = np.full((len(picture), wide), 255, np.uint8)
    room[:, left : left + picture.shape[1]] = picture[:, : wide - left]
    return room


def _with(page: ScannedPage, old: OpenCell, new: OpenCell) -> ScannedPage:
    """The page with a cell in the place of another."""
    settled = _settled(new, page.scale)
    gone = {id(glyph) for glyph in old.glyphs}
    glyphs = [glyph for glyph in page.glyphs if id(glyph) not in gone]
    cells = tuple(settled if cell is old else cell for cell in page.open_cells)
    return replace(page, glyphs=[*glyphs, *settled.glyphs], open_cells=cells)


def _settled(cell: OpenCell, scale: float) -> OpenCell:
    """The cell with the characters of its lines, and of the parts of lines that are no small ones."""
    head = [cell.head.read] if cell.head and _height(cell.head.part) > LOWER_PART * cell.size else []
    foot = [cell.foot.read] if cell.foot and _height(cell.foot.part) > UPPER_PART * cell.size else []
    lines = [*head, *cell.lines, *foot]
    if len(head) < (cell.head is not None) or len(foot) < (cell.foot is not None):
        lines = [replace(line, signs=less_sure(line.signs)) for line in lines]
    rooms = dict.fromkeys([line.strip for line in lines], (cell.cell.x0, cell.cell.x1))
    return replace(cell, glyphs=tuple(settled_glyphs(lines, scale, rooms)))


def _height(strip: Strip) -> int:
    return strip.y1 - strip.y0


def _belief(signs: Sequence[Sign]) -> float:
    return fmean(sign.confidence for sign in signs) if signs else 0.0
