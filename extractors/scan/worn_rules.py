"""The ink of a page of one bit a pixel → the same with broken ruling lines closed, and how much was left of them.

A thin rule that a threshold has broken is a row of short pieces: many of them on one level, with paper above and below,
as no line of text has it. In and out: masks of ink; nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extractors.geometry.rules import Rule
from extractors.scan.text_lines import Mask

STRETCH = 17.0
"""Points along which a rule is looked for."""
LEFT = 0.45
"""So much of a rule is left along a stretch of it …"""
WORN = 0.75
"""Where less than this share of all rules is left, some may have gone without a trace."""
THIN = 0.9
"""Where this share of all rules is one pixel thick, others may have fallen between two rows of pixels."""
GAP = 3.0
"""Points; no piece of it is farther from the next, as characters of several lines are that stand in a column, …"""
WHOLE = 0.95
"""… but for this share of it; …"""
FREE = 0.85
"""… and so much of the paper BESIDE it is free, on either side."""
ALONG = 1.5
"""Points from the side of a cell within which ink is a piece of its rule."""
BESIDE = 2.2
"""Points from the middle of a rule to where paper must be."""


def closed_rules(ink: Mask, scale: float) -> Mask:
    """The ink, its broken level rules drawn through. scale: pixels a point."""
    stretch = (max(3, round(STRETCH * scale)), 1)
    # Bands of three rows, not single rows, for no rule is quite level.
    band = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    beside = max(2, round(BESIDE * scale)) + 1
    free = [_share(np.roll(band, step, axis=0), stretch) <= 1 - FREE for step in (beside, -beside)]
    closed = cv2.morphologyEx(band, cv2.MORPH_CLOSE, np.ones((1, max(3, round(GAP * scale))), np.uint8))
    found = (_share(band, stretch) >= LEFT) & (_share(closed, stretch) >= WHOLE) & free[0] & free[1]
    middle = cv2.erode(found.astype(np.uint8), np.ones((3, 1), np.uint8), borderValue=0)
    return np.bitwise_or(ink, middle)


def without_crumbs(cell: Mask, scale: float) -> Mask:
    """The ink of a cell without thin pieces of the rules around it, along its sides. scale: pixels a point."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cell, connectivity=8)
    near = round(ALONG * scale)
    x0, y0 = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    x1, y1 = x0 + stats[:, cv2.CC_STAT_WIDTH], y0 + stats[:, cv2.CC_STAT_HEIGHT]
    height, width = cell.shape
    gone = (x1 <= near) | (x0 >= width - near) | (y1 <= near) | (y0 >= height - near)
    gone[0] = False
    return np.where(gone[labels], 0, cell).astype(np.uint8) if gone.any() else cell


def are_worn(rules: Sequence[Rule], ink: Mask, scale: float) -> bool:
    """Whether others than these rules may have gone without a trace. ink: of the page, as it was.

    So little is left of these, or all are one pixel thick: of hairlines a threshold keeps those that lie on a row of
    pixels, and none of those that lie between two.
    """
    found = thin = length = 0
    for rule in rules:
        level = ink if rule.horizontal else ink.T
        at, start, end = round(rule.at * scale), round(rule.start * scale), round(rule.end * scale)
        across = level[max(0, at - 3) : at + 4, start:end]
        if across.size:
            middle = across[min(at, 3) - 1 : min(at, 3) + 2].any(axis=0)
            found, length = found + int(np.count_nonzero(middle)), length + end - start
            thin += (end - start) * (float(np.median(across.sum(axis=0))) <= 1)
    return found < WORN * length or (length > 0 and thin >= THIN * length)


def _share(mask: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """How much of a stretch around each pixel is set."""
    return np.asarray(cv2.boxFilter(mask, cv2.CV_32F, size, normalize=True), dtype=np.float32)
