"""A part of clean paper → the lines of text that stand on it.

In: the ink of a cell or of another part of a page, as a mask without rules. Out: rectangles of lines in pixels, from
top to bottom. Specks are passed over; strokes that lie one above the other (二, 三) make one line; text that touches
over two lines is cut between them. Refused: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]

SPECK = 0.9
"""Points; a spot smaller than this both ways, with nothing beside it, is a speck."""
STROKE, COMMA = 2.2, 1.3
"""Points; the strokes of numerals are longer, commas in type of seven points are larger."""
CRUMBS = 3
"""So many crumbs of ink, no farther than …"""
CLOSE = 1.6
"""… so many points from each other, …"""
LEFT = 0.35
"""… over this share of the height of type one way or the other, are what is left of a character."""
TALL = 1.45
"""A run of inked rows so many times as high as a line is two lines that touch."""


class Strip(NamedTuple):
    """The rectangle of a line in pixels, half open."""

    x0: int
    y0: int
    x1: int
    y1: int


def on_one_level(one: Strip, other: Strip) -> bool:
    """Whether two lines stand beside each other: they share more than half of the lower one's height."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0)


def usual_height(ink: Mask, scale: float) -> float:
    """The height in pixels of most characters of a page; that of 9-point type where there are none."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = stats[1:, 2:4].max(axis=1)
    sides = sides[(sides > 4 * scale) & (sides < 40 * scale)]
    if len(sides) < 8:
        return 9 * scale
    # Parts of characters are smaller and titles larger; a character as a whole stands in the upper quarter.
    return float(np.clip(np.percentile(sides, 85), 5.5 * scale, 30 * scale))


def cell_lines(ink: Mask, height: float, scale: float) -> list[Strip]:
    """The lines in the ink of one cell. height: of most characters of the page."""
    ink = without_specks(ink, scale)
    rows = np.count_nonzero(ink, axis=1)
    runs = inked_runs(rows > 0)
    runs = [part for run in runs for part in _cut(rows, run, height)]
    runs = joined_runs(runs, height)
    strips = []
    for top, bottom in runs:
        columns = np.flatnonzero(ink[top:bottom].any(axis=0))
        strips.append(Strip(int(columns[0]), top, int(columns[-1]) + 1, bottom))
    return [s for s in strips if _is_text(ink, s, scale)]


def crumbled_lines(ink: Mask, height: float, scale: float) -> list[Strip]:
    """Where crumbs of ink stand together as what is left of a character does, or of a dash; specks stand apart.

    For cells in which no line was found, on pages of one bit a pixel. height: of most characters of the page.
    """
    if cv2.connectedComponents(ink, connectivity=8)[0] <= CRUMBS:
        return []
    side = max(3, round(CLOSE * scale)) | 1
    _, labels = cv2.connectedComponents(cv2.dilate(ink, np.ones((side, side), np.uint8)), connectivity=8)
    found = []
    for number in range(1, int(labels.max()) + 1):
        own = np.where(labels == number, ink, 0).astype(np.uint8)
        x, y, width, high = cv2.boundingRect(own)
        if cv2.connectedComponents(own, connectivity=8)[0] > CRUMBS and max(width, high) >= LEFT * height:
            found.append(Strip(x, y, x + width, y + high))
    return found


def without_specks(ink: Mask, scale: float) -> Mask:
    """The ink without what is smaller than any sign and stands alone."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = stats[:, 2:4].max(axis=1) < SPECK * scale
    small[0] = False
    if not small.any():
        return ink
    # A point or a comma of small type may be as small: it stands close to other ink.
    big = (~small)[labels] & (labels > 0)
    if not big.any():
        return np.zeros_like(ink)
    reach = max(3, round(7 * scale))
    near = cv2.dilate(big.astype(np.uint8), np.ones((3, 2 * reach + 1), np.uint8))
    return np.where(near == 1, ink, 0).astype(np.uint8)


def inked_runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the flags are set: each run of them, half open."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _cut(rows: npt.NDArray[np.intp], run: tuple[int, int], height: float) -> list[tuple[int, int]]:
    """The run, cut at its thinnest rows where it is as high as several lines."""
    top, bottom = run
    if bottom - top < TALL * height:
        return [run]
    count = max(2, round((bottom - top) / (1.15 * height)))
    step = (bottom - top) / count
    cuts = [top]
    for n in range(1, count):
        middle, reach = top + n * step, 0.3 * step
        low = max(cuts[-1] + 1, round(middle - reach))
        window = rows[low : max(low + 1, round(middle + reach))]
        cuts.append(low + int(window.argmin()))
    cuts.append(bottom)
    if count == 2 and rows[cuts[1]] > 0.5 * rows[top:bottom].max():
        return [run]  # one line of larger type
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def joined_runs(runs: Sequence[tuple[int, int]], height: float) -> list[tuple[int, int]]:
    """The runs with those put together that are strokes of one line."""
    result: list[tuple[int, int]] = []
    for run in runs:
        if result:
            top, bottom = result[-1]
            thin = min(bottom - top, run[1] - run[0]) < 0.55 * height
            if thin and run[1] - top <= 1.12 * height and run[0] - bottom < 0.8 * height:
                result[-1] = (top, run[1])
                continue
        result.append(run)
    return result


def _is_text(ink: Mask, strip: Strip, scale: float) -> bool:
    """Whether a strip is more than dust: a stroke as long as a numeral's, and a spot as large as a comma."""
    if max(strip.x1 - strip.x0, strip.y1 - strip.y0) < STROKE * scale:
        return False
    # Pieces of a worn stroke lie close together, specks on one level far apart.
    close = cv2.dilate(ink[strip.y0 : strip.y1, strip.x0 : strip.x1], np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(close, connectivity=8)
    return bool(stats[1:, 2:4].max(initial=0) - 2 >= COMMA * scale)
