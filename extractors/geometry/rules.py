"""Ruling lines as drawn → ruling lines as meant.

In: :class:`Rule`, horizontal or vertical, in points from the top left of the page, as the page or the scan draws
them: in pieces (one for each cell, dashes, dots), doubled, or not quite meeting. Out: groups of long rules that touch
each other, each group with its lines drawn onto common coordinates. What is too short to bound a cell is left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SNAP = 3.0
"""Rules nearer to each other than this are one line: the two strokes of a double rule. No row is so low."""
GAP = 4.5
"""A break along a line shorter than this is a dash, or a gap left at a crossing of 1.5 pt a side."""
JITTER = 0.8
"""How far the pieces of one line may stand off each other."""
SHORTEST = 6.0
"""A rule shorter than this cannot be the side of a cell."""
MOST_RULES = 4000
"""More long rules than this on a page are a drawing, not a table."""


class DisjointSets:
    """Numbers 0 … count - 1, each in a set of its own until sets are joined."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, item: int) -> int:
        """The number that stands for the set of ``item``."""
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, first: int, second: int) -> None:
        """Make one set of the sets of both."""
        self._parent[self.root(second)] = self.root(first)


class Rule(NamedTuple):
    """A ruling line: at ``at`` (y where horizontal, else x), from ``start`` to ``end``. A tuple, for there are many."""

    horizontal: bool
    at: float
    start: float
    end: float


def long_rules(rules: Iterable[Rule]) -> list[Rule]:
    """The rules with their pieces joined, without those that stay too short. More than MOST_RULES give none."""
    joined = [rule for rule in _joined(rules) if rule.end - rule.start >= SHORTEST]
    return joined if len(joined) <= MOST_RULES else []


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    result: list[Rule] = []
    band: list[Rule] = []
    for rule in sorted(rules):
        if band and (rule.horizontal != band[0].horizontal or rule.at - band[-1].at > JITTER):
            result += _joined_band(band)
            band = []
        band.append(rule)
    if band:
        result += _joined_band(band)
    return result


def _joined_band(band: Sequence[Rule]) -> list[Rule]:
    """The pieces of one line put together where no more than a gap parts them."""
    result: list[Rule] = []
    for rule in sorted(band, key=_start):
        last = result[-1] if result else None
        if last is not None and rule.start - last.end <= GAP:
            at = last.at if last.end - last.start >= rule.end - rule.start else rule.at
            result[-1] = Rule(last.horizontal, at, last.start, max(last.end, rule.end))
        else:
            result.append(rule)
    return result


def _start(rule: Rule) -> float:
    return rule.start


def groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules parted into groups that touch: a group may be a table, a single rule, or a drawing."""
    sets = DisjointSets(len(rules))
    across = sorted((i for i, rule in enumerate(rules) if rule.horizontal), key=lambda i: rules[i].at)
    down = sorted((i for i, rule in enumerate(rules) if not rule.horizontal), key=lambda i: rules[i].at)
    heights = [rules[i].at for i in across]
    for i in down:
        x, first = rules[i].at, bisect_left(heights, rules[i].start - SNAP)
        for j in across[first : bisect_right(heights, rules[i].end + SNAP)]:
            if rules[j].start - SNAP <= x <= rules[j].end + SNAP:
                sets.join(i, j)
    for order in (across, down):
        _join_doubles(rules, order, sets)
    found: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        found.setdefault(sets.root(i), []).append(rule)
    return list(found.values())


def _join_doubles(rules: Sequence[Rule], order: Sequence[int], sets: DisjointSets) -> None:
    """Put the two strokes of a double rule into one group."""
    for n, i in enumerate(order):
        for j in order[n + 1 :]:
            if rules[j].at - rules[i].at > SNAP:
                break
            if rules[j].start <= rules[i].end and rules[i].start <= rules[j].end:
                sets.join(i, j)


def snapped(positions: Iterable[float]) -> list[float]:
    """The distinct positions, those nearer than SNAP taken as one: their mean, ascending."""
    clusters: list[list[float]] = []
    for value in sorted(positions):
        if clusters and value - clusters[-1][0] <= SNAP:
            clusters[-1].append(value)
        else:
            clusters.append([value])
    return [sum(cluster) / len(cluster) for cluster in clusters]
