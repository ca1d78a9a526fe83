"""The ink of a page → whether some of its print may be gone.

In: the ink as a mask, the size of the type. Out: yes or no. Nothing is refused.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

CRUMB = 0.3
"""Sizes; a spot of ink smaller than this is a dot or a crumb of a stroke …"""
CRUMBLED = 0.06
"""… and where more than this share of the ink of the text is in such spots, the print has crumbled."""
THIN = 0.2
"""Where more than this share of the ink is in level strokes a pixel thick, some strokes are none."""
LARGEST = 1.6
"""Sizes; a larger spot is no text."""


def is_crumbled(ink: npt.NDArray[np.uint8], size: float) -> bool:
    """Whether the print of a page is in crumbs, as after a threshold that was set for darker type."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides, areas = stats[1:, 2:4].max(axis=1), stats[1:, cv2.CC_STAT_AREA]
    text = areas[sides < LARGEST * size].sum()
    return bool(areas[sides < CRUMB * size].sum() > CRUMBLED * text)


def is_thin(ink: npt.NDArray[np.uint8]) -> bool:
    """Whether so many level strokes of a page of one bit are a pixel thick that others may be gone."""
    count = np.count_nonzero(ink)
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 1), np.uint8))
    return bool(count) and bool(count - np.count_nonzero(thick) > THIN * count)
