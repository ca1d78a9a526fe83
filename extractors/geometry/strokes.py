"""What is drawn on a page — strokes and filled shapes — as ruling lines.

In: the ends of a stroke, or the corners of a shape, in points from the top left of the page. Out: the
:class:`~extractors.geometry.rules.Rule` that it is, if it is one. Refuses nothing: what is slanted or thick is no rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractors.geometry.rules import Rule

THIN = 3.0  # points: a filled rectangle no thicker is a rule
SLOPE = 0.01  # rise of a line that still counts as level or upright
WHITE = 250  # a stroke with all channels above is not seen on paper


def stroke_rule(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    """The rule that a stroke from one point to another is."""
    across, down = abs(x1 - x0), abs(y1 - y0)
    if across > THIN and down <= max(0.5, SLOPE * across):
        yield Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
    elif down > THIN and across <= max(0.5, SLOPE * down):
        yield Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))
    elif across <= THIN and down <= THIN:
        yield from thin_rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def thin_rule(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    """The rule that a thin shape is; a dot may be a piece of either direction."""
    if y1 - y0 <= THIN and (x1 - x0 > y1 - y0 or x1 - x0 <= THIN):
        yield Rule(True, (y0 + y1) / 2, x0, x1)
    if x1 - x0 <= THIN and (y1 - y0 > x1 - x0 or y1 - y0 <= THIN):
        yield Rule(False, (x0 + x1) / 2, y0, y1)


def side_rules(x0: float, y0: float, x1: float, y1: float) -> list[Rule]:
    """The rules that the sides of a stroked rectangle are."""
    return [Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1)]
