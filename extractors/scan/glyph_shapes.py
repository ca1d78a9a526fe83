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

from extractors.scan.ink import InkBox

WIDE = str.maketrans("(),:;!?", "（），：；！？")
NARROW = str.maketrans("（），：；！？", "(),:;!?")
OPENING, CLOSING = "（(", "）)"
LEFT_INK = "）》〉】〕，。；：、！？”’"
"""Wide signs with their ink on the left and white on the right."""
RIGHT_INK = "（《〈【〔“‘"
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
    beside = [s.text for s in _neighbours(signs, n)]
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


def _neighbours(signs: Sequence[Sign], n: int) -> list[Sign]:
    return [*signs[max(0, n - 1) : n], *signs[n + 1 : n + 2]]


def _is_low_between_words(signs: Sequence[Sign], n: int) -> bool:
    """Whether a mark stands between two Chinese characters and below their middle, where a comma without tail does."""
    box = signs[n].box
    beside = [s.box for s in _neighbours(signs, n) if is_han(s.text) and s.box is not None]
    return box is not None and len(beside) == 2 and all(2 * box.y0 > each.y0 + each.y1 for each in beside)


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
