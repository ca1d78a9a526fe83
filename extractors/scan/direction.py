"""The ink of a page → whether its lines of text run across or down the picture.

In: the ink as a mask without rules. Out: :class:`Direction`. A network that has learned from vertical titles makes out
characters that lie on their side as well, so that its belief does not tell a page on its side from an upright one. The
whites do: those between the characters of a line are narrower than those between lines. Which end is up is not asked
here. Nothing is refused; where there is little text the answer is UNCLEAR.
"""

from __future__ import annotations

from enum import Enum, auto

import cv2
import numpy as np

from extractors.scan.text_lines import Mask

WITHIN = 0.25
"""Sizes of white that are closed between characters of one line, and between few lines."""
FEW = 0.5
"""Spots smaller than so many sizes are dust, dots or points."""
LONGEST = 10.0
"""Sizes; a longer run counts as one of these: what is left of a rule is long both ways."""
CLEARLY = 1.3
"""Runs one way are so many times as long as the other way where the direction is clear."""


class Direction(Enum):
    """How the lines of a page run."""

    ACROSS = auto()
    DOWN = auto()
    UNCLEAR = auto()


def line_direction(ink: Mask, size: float) -> Direction:
    """The direction of most text. size: the height of most of its characters, in pixels."""
    length = max(3, round(WITHIN * size) + 1)
    across = _run(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, length), np.uint8)), size, cv2.CC_STAT_WIDTH)
    down = _run(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((length, 1), np.uint8)), size, cv2.CC_STAT_HEIGHT)
    if across > CLEARLY * down:
        return Direction.ACROSS
    return Direction.DOWN if down > CLEARLY * across else Direction.UNCLEAR


def _run(closed: cv2.typing.MatLike, size: float, side: int) -> float:
    """How long the run is that a spot of ink stands in, one with another, in pixels."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    stats = stats[1:][stats[1:, 2:4].max(axis=1) >= FEW * size]
    if not len(stats):
        return 0.0
    return float(np.average(np.minimum(stats[:, side], LONGEST * size), weights=stats[:, cv2.CC_STAT_AREA]))
