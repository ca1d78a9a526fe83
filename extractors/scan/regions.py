"""The ink and the rules of a page → its cells, and the pieces of text outside of tables, each with its lines.

In: the ink without rules as a mask, rules in points. Out: :class:`Region` values. Left out: crumbs of rules along
cells, slivers close around a table, and the smaller part of a line that a page break cuts through a merged cell, which
is on the other page. Nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2

from extractors.geometry.rules import Rule
from extractors.geometry.ruling import Area, Grid, find_grids
from extractors.scan.loose_text import loose_blocks
from extractors.scan.text_lines import TALL, Mask, Strip, cell_lines, crumbled_lines
from extractors.scan.worn_rules import without_crumbs

SLIVER = 2.2
"""Points from a table within which nothing stands but its rules and slivers of cut text."""
TOUCHING = 2
"""Pixels between a line that a page break cuts and the end of the page's table."""
LOWER_PART, UPPER_PART = 0.5, 0.4
"""A part of a cut line is left to the other page if it is no higher than this share of the type; never both parts."""


@dataclass(frozen=True, slots=True)
class Region:
    """A cell, or a piece of text outside of tables: its lines in pixels, and the usual height of its characters.

    cell: where the cell lies that it is; None outside of ruled tables.
    edge: it lies along the edge of the picture, where the lid of a scanner or a desk may show.
    cut: a part of a line was left out of it, which is on the page before or after.
    """

    strips: list[Strip]
    size: float
    cell: Strip | None = None
    edge: bool = False
    cut: bool = False


def regions(
    ink: Mask, usual: float, rules: Sequence[Rule], scale: float, broken: bool, at_edge: Callable[[Strip], bool]
) -> Iterator[Region]:
    """The cells of the page, then what stands outside of tables.

    ink: used up. usual: the height of most characters. scale: pixels a point. broken: the rules may be in pieces.
    """
    for grid in sorted(find_grids(rules, ()), key=Grid.size):  # a table within a cell comes before its host
        xs, ys = [round(x * scale) for x in grid.xs], [round(y * scale) for y in grid.ys]
        for area in grid.areas:
            cell = Strip(xs[area.left] + 1, ys[area.top] + 1, xs[area.right], ys[area.bottom])
            own = ink[cell.y0 : cell.y1, cell.x0 : cell.x1]
            if broken:
                own = without_crumbs(own, scale)
            if own.any():
                lines = cell_lines(own, usual, scale) or (crumbled_lines(own, usual, scale) if broken else [])
                whole = _without_cut_lines(lines, area, grid, cell.y1 - cell.y0, usual)
                strips = [Strip(s.x0 + cell.x0, s.y0 + cell.y0, s.x1 + cell.x0, s.y1 + cell.y0) for s in whole]
                yield Region(strips, usual, cell, cut=len(whole) < len(lines))
        _take_out(ink, Strip(xs[0], ys[0], xs[-1], ys[-1]), scale)
    for block in loose_blocks(ink, usual, scale):
        tallest = float(max(strip.y1 - strip.y0 for strip in block))
        size = tallest if tallest > TALL * usual else usual
        yield Region(block, size, edge=all(map(at_edge, block)))


def _without_cut_lines(lines: Sequence[Strip], area: Area, grid: Grid, height: int, usual: float) -> list[Strip]:
    """The lines of a cell without the smaller part of one that a page break cuts. height: of the cell in pixels."""
    kept = list(lines)
    if kept and area.open_top and area.top == 0 and kept[0].y0 <= TOUCHING:
        kept = kept[1:] if kept[0].y1 - kept[0].y0 <= LOWER_PART * usual else kept
    if kept and area.open_bottom and area.bottom == len(grid.ys) - 1 and kept[-1].y1 >= height - TOUCHING:
        kept = kept[:-1] if kept[-1].y1 - kept[-1].y0 <= UPPER_PART * usual else kept
    return kept


def _take_out(ink: Mask, table: Strip, scale: float) -> None:
    """Take a table out of the ink, and slivers close around it: of its rules, of text that a page break cuts."""
    ink[table.y0 : table.y1, table.x0 : table.x1] = 0
    beside = round(SLIVER * scale)
    around = ink[max(0, table.y0 - beside) : table.y1 + beside, max(0, table.x0 - beside) : table.x1 + beside]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=8)
    x0, y0 = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    x1, y1 = x0 + stats[:, cv2.CC_STAT_WIDTH], y0 + stats[:, cv2.CC_STAT_HEIGHT]
    height, width = around.shape
    # What goes on beyond is a part of something larger.
    gone = (stats[:, 2:4].min(axis=1) < beside) & (x0 > 0) & (y0 > 0) & (x1 < width) & (y1 < height)
    gone[0] = False
    if gone.any():
        around[gone[labels]] = 0
