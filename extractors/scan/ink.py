"""Where the ink of each recognized character lies in the picture of its line.

In: the picture of a line and the middles of its characters. Out: :class:`InkBox`, one a character, in pixels of the
picture; None where a character has no ink of its own. The network tells where a character is to a fifth of its width;
what tells a wide comma from a narrow one, or a full stop from a zero, is where ink and white are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from extractors.scan.paper import FAINT, Picture

INKED = 175
"""Darker than this is ink, not the shade at its edge; a stroke thinner than a pixel may be no darker than FAINT."""
REACH = 0.3
"""The border between two characters lies within this share of their distance from the middle between them."""


class InkBox(NamedTuple):
    """The ink of one character, half open; y counts from the top of the line's picture."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Its width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return self.y1 - self.y0


def ink_boxes(line: Picture, middles: Sequence[float]) -> list[InkBox | None]:
    """The ink of each character; the middles ascend."""
    if not middles:
        return []
    ink, faint = line < INKED, line < FAINT
    columns = ink.sum(axis=0)
    borders = [0]
    for left, right in pairwise(middles):
        borders.append(max(borders[-1], _border(columns, left, right)))
    borders.append(len(columns))
    return [_box(ink, start, end) or _box(faint, start, end) for start, end in pairwise(borders)]


def marks_above_each_other(line: Picture, box: InkBox) -> tuple[float, float] | None:
    """How much ink the upper and the lower of two marks have, in black pixels; None where the ink is in one piece."""
    seen = line[box.y0 : box.y1, box.x0 : box.x1]
    part = np.where(seen < FAINT, 255.0 - seen, 0.0)  # noise is no ink
    white = np.flatnonzero((seen >= INKED).all(axis=1))
    if not len(white):
        return None
    runs = np.split(white, np.flatnonzero(np.diff(white) > 1) + 1)
    widest = max(runs, key=len)
    middle = int(widest[0] + widest[-1] + 1) // 2
    return float(part[:middle].sum()) / 255, float(part[middle:].sum()) / 255


def _border(columns: npt.NDArray[np.intp], left: float, right: float) -> int:
    """The column between two middles where the white is: the middle of the widest run of the thinnest columns."""
    middle, reach = (left + right) / 2, REACH * (right - left)
    start, end = max(0, round(middle - reach)), min(len(columns), round(middle + reach) + 1)
    window = columns[start:end]
    if not len(window):
        return min(round(middle), len(columns))
    thin = window == window.min()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], thin.view(np.int8), [0]))))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    first, last = max(runs, key=lambda run: (run[1] - run[0], -abs((run[0] + run[1]) / 2 - len(window) / 2)))
    return start + int(first + last) // 2


def _box(ink: npt.NDArray[np.bool_], start: int, end: int) -> InkBox | None:
    part = ink[:, start:end]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not len(columns):
        return None
    return InkBox(start + int(columns[0]), int(rows[0]), start + int(columns[-1]) + 1, int(rows[-1]) + 1)
