"""The ink of a page outside its ruled tables → blocks of lines.

In: the ink, as a mask without rules and ruled tables. Out: blocks, each the lines of text that stand one below the
other, of any size: a cell of a table without rules, a paragraph, a title. The page is cut along its whites, across and
down by turns, so that lines are told apart within a column, whatever stands beside it, and none runs over the white
between two columns that have lines at different heights. Refused: nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from extractors.scan.text_lines import (
    SPECK,
    TALL,
    Mask,
    Strip,
    cell_lines,
    inked_runs,
    joined_runs,
    usual_height,
    without_specks,
)

BETWEEN_ROWS = 0.35
"""Whites down the page of so many sizes part what has nothing to do with each other."""
BETWEEN_COLUMNS = 0.5
"""Whites across several lines, so many sizes wide, part columns …"""
HANGING = 0.3
"""… where no white runs below the lines, so many: a full stop may hang into the white between columns."""
WITHIN_LINE = 1.1
"""A single line is cut at whites of so many of its heights; those around punctuation are narrower."""
NARROW = 0.2
"""It is cut at whites of so many sizes as well where, give or take …"""
ALIGNED = 0.15
"""… so many, …"""
ALIKE = 3
"""… so many other lines begin."""
MARK_WIDE, MARK_HIGH = 0.45, 0.62
"""Sizes; what stands alone and is no larger is a punctuation mark: no figure is so low."""
DEEPEST = 12
"""The page is not cut more often than this within one part."""


def loose_blocks(ink: Mask, height: float, scale: float) -> list[list[Strip]]:
    """The blocks of lines, from top to bottom. height: of most characters of the page; scale: pixels a point."""
    ink = without_specks(ink, scale)
    whole = Strip(0, 0, ink.shape[1], ink.shape[0])
    found = [_lines(ink, part, height, scale) for part in _parts(ink, whole, height, scale, DEEPEST)]
    starts = sorted(line.x0 for block in found for line in block if not _is_mark(ink, line, height))
    parted = [[part for line in block for part in _at_columns(ink, line, starts, height)] for block in found]
    kept = [[line for line in block if not _is_speck(ink, line, scale)] for block in _with_marks(parted, ink, height)]
    return [block for block in kept if block]


def _with_marks(blocks: Sequence[Sequence[Strip]], ink: Mask, size: float) -> list[list[Strip]]:
    """The lines, each with the small mark that stands by itself behind its end, hung into the white between columns."""
    marks = {line for block in blocks for line in block if _is_mark(ink, line, size)}
    lines = sorted((line for block in blocks for line in block if line not in marks), key=lambda line: line.x1)
    ends = [line.x1 for line in lines]
    longer: dict[Strip, Strip] = {}
    taken: set[Strip] = set()
    for mark in marks:
        near = lines[bisect_left(ends, mark.x0 - WITHIN_LINE * size) : bisect_right(ends, mark.x0)]
        host = next((line for line in reversed(near) if _is_beside(line, mark)), None)
        if host is not None:
            longer[host] = _around(longer.get(host, host), mark)
            taken.add(mark)
    return [[longer.get(line, line) for line in block if line not in taken] for block in blocks]


def _around(one: Strip, other: Strip) -> Strip:
    """The rectangle around two."""
    return Strip(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


def _is_mark(ink: Mask, line: Strip, size: float) -> bool:
    """Whether a line is no more than a comma, a full stop or the like."""
    if line.x1 - line.x0 > MARK_WIDE * size:
        return False
    tight = _tight(ink, line)
    return tight.y1 - tight.y0 <= MARK_HIGH * size


def _is_speck(ink: Mask, line: Strip, scale: float) -> bool:
    """Whether a line is a spot that stands by itself, smaller than any sign."""
    if line.x1 - line.x0 >= SPECK * scale:
        return False
    tight = _tight(ink, line)
    return tight.y1 - tight.y0 < SPECK * scale


def _is_beside(line: Strip, mark: Strip) -> bool:
    """Whether most of a mark is at the height of a line."""
    return min(line.y1, mark.y1) - max(line.y0, mark.y0) > 0.5 * (mark.y1 - mark.y0)


def _at_columns(ink: Mask, line: Strip, starts: Sequence[int], size: float) -> list[Strip]:
    """The line cut at narrow whites too where other lines begin: a text that fills its column is close to the next."""
    parts = _down(ink, line, NARROW * size)
    cuts = [n for n, part in enumerate(parts) if n and _begin(starts, part.x0, ALIGNED * size) >= ALIKE]
    return [Strip(parts[a].x0, line.y0, parts[b - 1].x1, line.y1) for a, b in pairwise([0, *cuts, len(parts)]) if a < b]


def _begin(starts: Sequence[int], x: int, near: float) -> int:
    """How many lines begin close to a place."""
    return bisect_right(starts, x + near) - bisect_left(starts, x - near)


def _parts(ink: Mask, strip: Strip, height: float, scale: float, deeper: int) -> Iterator[Strip]:
    """The parts of a rectangle that no white cuts any further."""
    strip = _tight(ink, strip)
    if strip.x1 <= strip.x0:
        return
    size = _own_size(ink, strip, height, scale)
    parts = next((cut for cut in _cuts(ink, strip, size) if len(cut) > 1), [strip]) if deeper else [strip]
    if len(parts) == 1:
        yield strip
        return
    for part in parts:
        yield from _parts(ink, part, height, scale, deeper - 1)


def _cuts(ink: Mask, strip: Strip, size: float) -> Iterator[list[Strip]]:
    """The ways to cut a rectangle, the surest first."""
    yield _across(ink, strip, size, BETWEEN_ROWS * size)
    if strip.y1 - strip.y0 > TALL * size:
        yield _down(ink, strip, BETWEEN_COLUMNS * size)
        yield _across(ink, strip, size, 1)
        yield _down(ink, strip, HANGING * size)


def _across(ink: Mask, strip: Strip, size: float, least: float) -> list[Strip]:
    rows = ink[strip.y0 : strip.y1, strip.x0 : strip.x1].max(axis=1) > 0
    runs = joined_runs(_joined_over(inked_runs(rows), least), size)
    return [Strip(strip.x0, strip.y0 + top, strip.x1, strip.y0 + bottom) for top, bottom in runs]


def _down(ink: Mask, strip: Strip, least: float) -> list[Strip]:
    columns = ink[strip.y0 : strip.y1, strip.x0 : strip.x1].max(axis=0) > 0
    runs = _joined_over(inked_runs(columns), least)
    return [Strip(strip.x0 + left, strip.y0, strip.x0 + right, strip.y1) for left, right in runs]


def _joined_over(runs: Sequence[tuple[int, int]], least: float) -> list[tuple[int, int]]:
    """The runs, those put together between which there is less white than this."""
    if not runs:
        return []
    cuts = [n for n, (above, below) in enumerate(pairwise(runs), start=1) if below[0] - above[1] >= least]
    return [(runs[a][0], runs[b - 1][1]) for a, b in pairwise([0, *cuts, len(runs)])]


def _tight(ink: Mask, strip: Strip) -> Strip:
    """The rectangle without the white along its sides."""
    part = ink[strip.y0 : strip.y1, strip.x0 : strip.x1]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return Strip(strip.x0, strip.y0, strip.x0, strip.y0)
    return Strip(
        strip.x0 + int(columns[0]),
        strip.y0 + int(rows[0]),
        strip.x0 + int(columns[-1]) + 1,
        strip.y0 + int(rows[-1]) + 1,
    )


def _own_size(ink: Mask, strip: Strip, height: float, scale: float) -> float:
    """The size of the type of a part: that of the page, or larger where characters are."""
    if not TALL * height < strip.y1 - strip.y0 < 4 * height:
        return height
    return max(height, usual_height(ink[strip.y0 : strip.y1, strip.x0 : strip.x1], scale))


def _lines(ink: Mask, part: Strip, height: float, scale: float) -> list[Strip]:
    """The lines of a part, cut at their wide whites; what is cut keeps the height of its line."""
    size = _own_size(ink, part, height, scale)
    own = ink[part.y0 : part.y1, part.x0 : part.x1]
    found = []
    for line in cell_lines(own, size, scale):
        placed = Strip(part.x0 + line.x0, part.y0 + line.y0, part.x0 + line.x1, part.y0 + line.y1)
        found += _down(ink, placed, WITHIN_LINE * max(size, placed.y1 - placed.y0))
    return found
