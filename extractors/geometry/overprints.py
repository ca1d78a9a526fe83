"""What is printed over other print: fake bold and shadows taken out, watermarks told from text.

In: the glyphs of one page, and its rules. Out: the glyphs without them, and the text of the watermarks. Refuses
nothing; no file format is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule

OVERPRINT = 1.4
"""Text so many times larger than most of the page may be a watermark laid over it."""

FARTHEST_SHADOW = 2.5  # points from a character to its shadow


def without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, in no order, without those that print a neighbour again a little aside (fake bold, shadows)."""
    order = sorted(glyphs)
    again: set[int] = set()
    for n, glyph in enumerate(order):
        text, x0, y0, x1, y1, *_ = glyph
        for m in range(n + 1, len(order)):
            other = order[m]
            if other[1] - x0 > FARTHEST_SHADOW or other[0] != text:
                break
            if abs(other[2] - y0) > FARTHEST_SHADOW or n in again or text.isspace():
                continue
            if other[1] - x0 <= _shadow_reach(x1 - x0) and abs(other[2] - y0) <= _shadow_reach(y1 - y0):
                again.add(m)
    return [glyph for n, glyph in enumerate(order) if n not in again] if again else order


def _shadow_reach(extent: float) -> float:
    """How far a shadow may fall: no two letters in a row stand so near to each other, not even ll."""
    return min(max(0.25 * extent, 1.0), 0.6 * extent, FARTHEST_SHADOW)


def without_overprints(glyphs: list[Glyph], rules: Sequence[Rule]) -> tuple[list[Glyph], str]:
    """The glyphs without large upright text laid over the page as a watermark, and that text.

    Text that belongs to the page is never printed over smaller text or across rules; what shares the line of such
    glyphs goes with them, for a watermark lies partly over white.
    """
    heights = [glyph[4] - glyph[2] for glyph in glyphs]
    if not heights or max(heights) < OVERPRINT * median(heights):
        return glyphs, ""
    sizes = [glyph.size for glyph in glyphs]
    least = OVERPRINT * median(sizes)
    runs: dict[tuple[int, int], list[int]] = {}
    for n, size in enumerate(sizes):
        if size >= least and not glyphs[n].text.isspace():
            runs.setdefault((round(size), round(glyphs[n].y0)), []).append(n)
    small = [glyph for glyph, size in zip(glyphs, sizes, strict=True) if size < least]
    over: set[int] = set()
    for run in runs.values():
        hit = sum(1 for n in run if _lies_over(glyphs[n], small, rules))
        if hit * 3 >= len(run) and hit:
            over.update(run)
    if not over:
        return glyphs, ""
    return [g for n, g in enumerate(glyphs) if n not in over], "".join(
        glyphs[n].text for n in sorted(over, key=lambda n: (round(glyphs[n].y0), glyphs[n].x0))
    )


def _lies_over(glyph: Glyph, small: Sequence[Glyph], rules: Sequence[Rule]) -> bool:
    """Whether smaller text or a rule runs through the inner part of the glyph."""
    dx, dy = 0.2 * (glyph.x1 - glyph.x0), 0.25 * (glyph.y1 - glyph.y0)
    x0, y0, x1, y1 = glyph.x0 + dx, glyph.y0 + dy, glyph.x1 - dx, glyph.y1 - dy
    for _, at, start, end in (rule for rule in rules if rule.horizontal):
        if y0 < at < y1 and start < x0 and x1 < end:
            return True
    for _, at, start, end in (rule for rule in rules if not rule.horizontal):
        if x0 < at < x1 and start < y0 and y1 < end:
            return True
    return any(x0 < (g[1] + g[3]) / 2 < x1 and y0 < (g[2] + g[4]) / 2 < y1 for g in small)
