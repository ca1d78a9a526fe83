"""The signs of a line → glyphs of the page, in points, as a digital page would place them.

In: signs with their ink, and the line that they were read in. Out: :class:`Glyph` values side by side. A Chinese
character and a wide sign take the square of their type, whatever part of it has ink, so that the white within a square
(beside a comma, before a bracket) is not taken for the white between two columns. Nothing is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from extractors.geometry.lines import Glyph
from extractors.geometry.pieces import NARROW_GAP
from extractors.scan.glyph_shapes import LEFT_INK, RIGHT_INK, Sign, is_han
from extractors.scan.text_lines import Strip, on_one_level

BEARING = 0.06
"""White between the ink of a wide sign and the side of its square, in sizes …"""
APART = NARROW_GAP + 0.02
"""White between two lines that stand beside each other: they were cut there."""
AROUND = 0.2
"""… and on both sides of narrow signs, which may be spaced."""


Room = tuple[float, float]
"""From where to where the glyphs of a line may stand, in pixels."""


def open_rooms(strips: Sequence[Strip], size: float) -> dict[Strip, Room]:
    """The room of each line outside of ruled tables: up to the white before the next line on its level."""
    ordered = sorted(strips, key=lambda strip: strip.x0)
    starts = [strip.x0 for strip in ordered]
    rooms: dict[Strip, Room] = {}
    for strip in strips:
        near = ordered[bisect_right(starts, strip.x0) : bisect_right(starts, strip.x1 + size)]
        after = next((other.x0 for other in near if other.x0 >= strip.x1 - 1 and on_one_level(strip, other)), None)
        rooms[strip] = -inf, inf if after is None else after - APART * size
    return rooms


def placed(
    signs: Sequence[Sign],
    strip: Strip,
    left: int,
    size: float,
    scale: float,
    room: Room,
) -> Iterator[Glyph]:
    """The signs as glyphs of the page.

    left: where the picture of the line begins on the page, in pixels. room: from where to where glyphs may stand; the
    square of a comma that hangs out at the end of a line reaches into the next cell, the comma does not.
    """
    borders = [float(strip.x0), *(left + _border(a, b) for a, b in pairwise(signs)), float(strip.x1)]
    centre = (strip.y0 + strip.y1) / 2
    half = max(strip.y1 - strip.y0, 0.9 * size) / 2
    y0, y1 = (centre - half) / scale, (centre + half) / scale
    for n, sign in enumerate(signs):
        x0, x1 = borders[n], borders[n + 1]
        if sign.box is not None:  # where there is white, as between columns, the character ends with its square
            start, end = reach(sign, size)
            inner = n > 0, n + 1 < len(signs)
            x0 = max(x0, left + start) if inner[0] or sign.text not in RIGHT_INK else left + start
            x1 = min(x1, left + end) if inner[1] or sign.text not in LEFT_INK else left + end
        x0, x1 = max(x0, room[0]), min(x1, room[1])
        yield Glyph(sign.text, x0 / scale, y0, max(x1, x0 + 1) / scale, y1, confidence=sign.confidence)


def _border(before: Sign, after: Sign) -> float:
    """Where one sign ends and the next begins: in the middle of the white between them, if both have ink."""
    if before.box is None or after.box is None:
        return (before.x + after.x) / 2
    return (before.box.x1 + after.box.x0) / 2


def reach(sign: Sign, size: float) -> tuple[float, float]:
    """From where to where a sign reaches in the picture of its line, with the white that belongs to it."""
    if sign.box is None:
        return sign.x, sign.x
    x0, x1 = sign.box.x0, sign.box.x1
    if sign.text in LEFT_INK:
        return x0 - BEARING * size, max(x0 + (1 - BEARING) * size, x1)
    if sign.text in RIGHT_INK:
        return min(x1 - (1 - BEARING) * size, x0), x1 + BEARING * size
    around = max(BEARING, (1 - sign.box.width / size) / 2) if is_han(sign.text) else AROUND
    return x0 - around * size, x1 + around * size
