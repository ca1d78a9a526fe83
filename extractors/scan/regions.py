"""The ink and the rules of a page → its cells, and the pieces of text outside of tables, each with its lines.

In: the ink without rules as a mask, rules in points. Out: :class:`Region` values. Left out: crumbs of rules along
cells and slivers close around a table. Nothing is refused.
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


@dataclass(frozen=True, slots=True)
class Region:
    """A cell, or a piece of text outside of tables: its lines in pixels, and the usual height of its characters.

    cell: where the cell lies that it is; None outside of ruled tables.
    edge: it lies along the edge of the picture, where the lid of a scanner or a desk may show.
    head, foot: the first and the last of the lines, where a page break cuts it. across: from where to where the cell
    reaches, in points from the left side of its table.
    """

    strips: list[Strip]
    size: float
    cell: Strip | None = None
    edge: bool = False
    head: Strip | None = None
    foot: Strip | None = None
    across: tuple[float, float] = (0.0, 0.0)


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
                strips = [Strip(s.x0 + cell.x0, s.y0 + cell.y0, s.x1 + cell.x0, s.y1 + cell.y0) for s in lines]
                across = grid.xs[area.left] - grid.xs[0], grid.xs[area.right] - grid.xs[0]
                yield Region(strips, usual, cell, False, *_cut_lines(strips, cell, area, grid), across)
        _take_out(ink, Strip(xs[0], ys[0], xs[-1], ys[-1]), scale)
    for block in loose_blocks(ink, usual, scale):
        tallest = float(max(strip.y1 - strip.y0 for strip in block))
        size = tallest if tallest > TALL * usual else usual
        yield Region(block, size, edge=all(map(at_edge, block)))


def _cut_lines(lines: Sequence[Strip], cell: Strip, area: Area, grid: Grid) -> tuple[Strip | None, Strip | None]:
    """The first and the last line of a cell, where they are cut by the break before and behind the page."""
    if not lines:
        return None, None
    first, last = lines[0], lines[-1]
    head = area.open_top and area.top == 0 and first.y0 <= cell.y0 + TOUCHING
    foot = area.open_bottom and area.bottom == len(grid.ys) - 1 and last.y1 >= cell.y1 - TOUCHING
    return first if head else None, last if foot and not (head and first is last) else None


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
