"""A lone upright rule beside a table, as tall as it → the outer side of a column that is merged all the way down.

In: groups of rules that touch. Out: the groups, where such a rule and the table beside it are one, closed by a level
rule at the top and at the bottom. A spreadsheet prints the middle pages of a merged cell in this way: its outer side
and nothing else, so that the rule touches no other.

Refused: a rule that is not as tall as the table, or that stands farther from it than the table is wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry.rules import SNAP, Rule

Group = list[Rule]
MOST_LONE = 20
"""So many lone rules or more are a drawing, not sides of columns."""


@dataclass(frozen=True, slots=True)
class _Extent:
    left: float
    top: float
    right: float
    bottom: float


def with_merged_strips(found: Sequence[Group]) -> list[Group]:
    """The groups with each lone side rule put to the table that it belongs to."""
    lone = [group[0] for group in found if len(group) == 1 and not group[0].horizontal]
    tables = [group for group in found if len(group) > 1]
    others = [group for group in found if len(group) == 1 and group[0].horizontal]
    if not lone or len(lone) > MOST_LONE:
        return list(found)
    extents = [_extent(group) for group in tables]
    for rule in lone:
        host = _host(rule, extents)
        if host is None:
            others.append([rule])
            continue
        extent = extents[host]
        near, far = (rule.at, extent.left) if rule.at < extent.left else (extent.right, rule.at)
        closing = [Rule(True, y, near, far) for y in (extent.top, extent.bottom)]
        tables[host] = [*tables[host], rule, *closing]
        extents[host] = _extent(tables[host])
    return tables + others


def _extent(group: Group) -> _Extent:
    xs = [x for rule in group for x in ((rule.start, rule.end) if rule.horizontal else (rule.at,))]
    ys = [y for rule in group for y in ((rule.at,) if rule.horizontal else (rule.start, rule.end))]
    return _Extent(min(xs), min(ys), max(xs), max(ys))


def _host(rule: Rule, extents: Sequence[_Extent]) -> int | None:
    """The nearest table of the same height; none where it is too far off."""
    distances = []
    for index, extent in enumerate(extents):
        level = abs(rule.start - extent.top) <= SNAP and abs(rule.end - extent.bottom) <= SNAP
        distance = max(extent.left - rule.at, rule.at - extent.right)
        if level and 0 < distance <= extent.right - extent.left:
            distances.append((distance, index))
    return min(distances)[1] if distances else None
