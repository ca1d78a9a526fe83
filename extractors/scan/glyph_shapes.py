"""Recognized characters + their ink → characters whose shape and width were looked at.

In: the characters of one line with the ink of each. Out: the same with what the network cannot tell settled by where
ink and white are: wide and narrow punctuation, full stops read as zeros, dashes read as 一, circled numerals read as
bare ones. Only glyphs are looked at, never what a text might mean. What is changed on weak grounds loses confidence;
nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extractors.scan.ink import InkBox, marks_above_each_other
from extractors.scan.paper import FAINT, Picture

WIDE = str.maketrans("(),:;!?", "（），：；！？")
NARROW = str.maketrans("（），：；！？", "(),:;!?")
OPENING, CLOSING = "（(", "）)"
LEFT_INK = "）》〉】〕，。；：、！？”’"
"""Wide signs with their ink on the left and white on the right."""
RIGHT_INK = "（《〈【〔“‘"
TAILED = str.maketrans("：:", "；;")
QUOTES = frozenset('“”"')
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"

BARS = "一—－-―─_~"
"""What the network takes a level stroke for."""

BOWED = {"C": "（", "c": "（", "D": "）"}
"""What brackets that stand by themselves are taken for; …"""
BOW = 0.42
"""… these letters are wider than so many of their heights."""
PART = 0.8
"""Between two characters with a sign between them, so many sizes of white and sign: a narrow sign takes less."""
OUTER = 0.36
"""White outside a bracket, in sizes; beside other wide punctuation so much more …"""
MORE = 0.42
LOW = 0.45
"""A ring lower than so many sizes is a full stop."""
SLIM = 1.3
"""A mark so many times as high as wide is a comma; what is lower and no figure is no more than a mark."""
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
SUSPECTED = 0.6
"""The most confidence that a character keeps when it was changed on weak grounds."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A character of a line: its middle in pixels, its ink, how sure it is, and whether its width could not be told."""

    text: str
    x: float
    confidence: float
    box: InkBox | None = None
    either_width: bool = False


def is_han(text: str) -> bool:
    """Whether a character is a Chinese one, which is as wide as its size."""
    return "\u3400" <= text <= "\u9fff"


def type_size(signs: Sequence[Sign], usual: float) -> float:
    """The size of the type of a line in pixels: the pitch of its Chinese characters, or a guess from their ink."""
    pitches = [b.x - a.x for a, b in pairwise(signs) if is_han(a.text) and is_han(b.text)]
    if len(pitches) >= 3:
        return median(pitches)
    sides = [max(s.box.width, s.box.height) for s in signs if s.box is not None and is_han(s.text)]
    return max(median(sides) / 0.92, 0.85 * usual) if sides else usual


def settled(signs: Sequence[Sign], size: float) -> list[Sign]:
    """The signs of a line after a look at their shapes. size: of the type, in pixels."""
    shaped = [_shaped(signs, n, size) for n in range(len(signs))]
    return [_sided(shaped, n, size) for n in range(len(shaped))]


def _shaped(signs: Sequence[Sign], n: int, size: float) -> Sign:
    """The sign by the shape of its own ink."""
    sign = signs[n]
    box, text = sign.box, sign.text
    beside = [s.text for s in (*signs[max(0, n - 1) : n], *signs[n + 1 : n + 2])]
    if box is None:
        return sign
    latin = any(t.isascii() and t.isalnum() for t in beside)
    low = max(box.height, box.width) < LOW * size
    if text in "0oO〇" and low and not latin:
        return replace(sign, text="。")
    if is_han(text) and text not in BARS and low:
        return replace(sign, text="。" if box.height < SLIM * box.width else "，", confidence=SUSPECTED)
    if (
        text in "·:.~_：．"
        and len(beside) == 2
        and all(t.isascii() and t.isalnum() for t in beside)
        and box.width > 1.4 * box.height
    ):
        return replace(sign, text="-", confidence=min(sign.confidence, SUSPECTED))
    if text in "-－" and box.width > 0.7 * size:
        return replace(sign, text="—", confidence=min(sign.confidence, SUSPECTED))
    if text in BOWED and not any(t.isascii() for t in beside) and box.width < BOW * box.height:
        return replace(sign, text=BOWED[text], confidence=min(sign.confidence, SUSPECTED))
    if text in ".·" and _is_low_between_words(signs, n):
        return replace(sign, text="，", confidence=min(sign.confidence, SUSPECTED))
    if text == "·" and box.height > 0.17 * size and box.height > 1.15 * box.width:
        return replace(sign, text="，", confidence=min(sign.confidence, SUSPECTED))
    return sign


def _is_low_between_words(signs: Sequence[Sign], n: int) -> bool:
    """Whether a mark stands between two Chinese characters and below their middle, where a comma without tail does."""
    box = signs[n].box
    beside = [s.box for s in (*signs[max(0, n - 1) : n], *signs[n + 1 : n + 2]) if is_han(s.text) and s.box is not None]
    return box is not None and len(beside) == 2 and all(2 * box.y0 > each.y0 + each.y1 for each in beside)


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


def _sided(signs: Sequence[Sign], n: int, size: float) -> Sign:
    """The sign as wide or narrow as the white beside it says."""
    sign = signs[n]
    wide = sign.text.translate(WIDE)
    if len(sign.text) != 1 or wide.translate(NARROW) == wide:
        return sign
    verdict = _is_wide(signs, n, size) if sign.box is not None else None
    if verdict is None:
        return replace(sign, either_width=True)
    return replace(sign, text=wide if verdict else wide.translate(NARROW))


def _is_wide(signs: Sequence[Sign], n: int, size: float) -> bool | None:
    """Whether a sign takes the width of a Chinese character; None where nothing stands beside it to tell."""
    sign = signs[n]
    before = next((s for s in reversed(signs[:n]) if s.box is not None), None)
    after = next((s for s in signs[n + 1 :] if s.box is not None), None)
    assert sign.box is not None
    if sign.text in OPENING and before is not None and before.box is not None:
        return sign.box.x0 - before.box.x1 > (OUTER + MORE * (before.text in LEFT_INK)) * size
    if sign.text in CLOSING and after is not None and after.box is not None:
        return after.box.x0 - sign.box.x1 > (OUTER + MORE * (after.text in RIGHT_INK)) * size
    if sign.text in OPENING + CLOSING or before is None or after is None or before.box is None or after.box is None:
        return None
    return after.box.x0 - before.box.x1 > PART * size
