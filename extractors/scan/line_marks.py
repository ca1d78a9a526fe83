"""The picture of a line and what was read of it → marks that only the picture tells.

In: the grey picture of a line, its signs, the usual size of the type. Out: signs: the tail that makes a semicolon of a
colon, a dash that is all of a line, though in crumbs, or a sign for print of which nothing was made out. What changes
loses confidence; nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractors.scan.glyph_shapes import BARS, QUOTES, SUSPECTED, Sign
from extractors.scan.ink import InkBox, marks_above_each_other
from extractors.scan.paper import FAINT, Picture

LEVEL = 0.2
"""Sizes; ink no higher than this is a level stroke …"""
STROKE = (0.6, 1.4)
"""… where it is so many sizes wide …"""
CRUMBS_APART = 0.25
"""… and its crumbs are no farther apart: the dots of an ellipsis are fewer."""
CERTAIN_MARK = 0.95
"""A colon believed so far is one; else …"""
TAIL = 1.35
"""… the comma of a semicolon has so many times the ink of the dot above it."""
UNREAD = "\ufffd"
"""Stands for print that could not be made out, so that a cell that was not read is never an empty one."""
LEAST_INK = 0.08
"""The ink of a character takes this share of a square of its size at least."""
TAILED = str.maketrans("：:", "；;")


def with_tails(line: Picture, signs: Sequence[Sign]) -> list[Sign]:
    """The signs of a line, and what was read as a colon a semicolon where its lower mark is the larger one.

    The tail in thin type is a pixel or two. Before a quotation a colon is what it was read as.
    """
    return [
        replace(sign, text=sign.text.translate(TAILED), confidence=min(sign.confidence, SUSPECTED))
        if sign.text in "：:" and not (n + 1 < len(signs) and signs[n + 1].text in QUOTES) and _has_tail(line, sign)
        else sign
        for n, sign in enumerate(signs)
    ]


def _has_tail(line: Picture, sign: Sign) -> bool:
    if sign.box is None or sign.confidence >= CERTAIN_MARK:
        return False
    marks = marks_above_each_other(line, sign.box)
    return marks is not None and marks[1] >= TAIL * marks[0]


def lone_bar(line: Picture, signs: Sequence[Sign], usual: float) -> Sign | None:
    """The one level stroke that is all of a line, as a dash or the numeral 一; None where the line holds anything else.

    The numeral swells at its end or rises, in all type but the boldest; a dash does neither. Which of them stands alone
    in a cell is never certain.
    """
    if (len(signs) > 1 or (signs and signs[0].text not in BARS)) and not _is_level(line, usual):
        return None
    worn = np.ones((1, max(3, round(0.3 * usual))), np.uint8)
    ink = cv2.morphologyEx((line < FAINT).astype(np.uint8), cv2.MORPH_CLOSE, worn)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, 4].argmax())
    x, y, width, height, area = (int(value) for value in stats[largest])
    box = InkBox(x, y, x + width, y + height)
    if width < 0.5 * usual or height > min(0.3 * width, 0.35 * usual) or stats[1:, 4].sum() > 1.3 * area:
        return None
    part = labels[box.y0 : box.y1, box.x0 : box.x1] == largest
    thick = part.sum(axis=0)
    swells = thick[-(len(thick) // 4) :].max() >= 1.7 * max(1.0, float(np.median(thick))) + 1
    tops = part.argmax(axis=0)
    rises = float(np.median(tops[: len(tops) // 4]) - np.median(tops[-(len(tops) // 4) :])) > 0.05 * box.width
    return Sign("一" if swells or rises else "—", (box.x0 + box.x1) / 2, SUSPECTED, box)


def _is_level(line: Picture, usual: float) -> bool:
    """Whether all ink of a line is one level stroke, though it may be in crumbs of which a network makes letters."""
    ink = line < FAINT
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows) or rows[-1] - rows[0] + 1 > LEVEL * usual:
        return False
    width = int(columns[-1] - columns[0]) + 1
    low, high = STROKE
    gap = int(np.diff(columns).max(initial=1)) - 1
    return low * usual <= width <= high * usual and len(columns) >= width / 2 and gap <= CRUMBS_APART * usual


def unread_mark(line: Picture, usual: float) -> Sign | None:
    """A sign that stands for a line of which nothing could be made out, if there is ink enough for a character."""
    ink = line < FAINT
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if np.count_nonzero(ink) < LEAST_INK * usual * usual:
        return None
    box = InkBox(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    if min(box.width, box.height) < 0.5 * usual:
        return None
    return Sign(UNREAD, (box.x0 + box.x1) / 2, 0.0, box)
