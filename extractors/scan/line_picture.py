"""A line on a page → its picture, as the network sees it.

In: the page without rules, and where the line is. Out: the line with white around, nothing beside it. Nothing is
refused.
"""

from __future__ import annotations

import numpy as np

from extractors.scan.paper import Picture
from extractors.scan.text_lines import Strip

AROUND = 0.22
"""White around a line, in heights of the line."""


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
