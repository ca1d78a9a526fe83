"""Groups of rules of tables without left and right sides → one group for each table.

In: groups of rules that touch, and the glyphs of the page, in points from the top left. Out: the groups, where those
that a row over the whole width parts are one group, closed by a rule at either side. With no vertical rule in it, such
a row (一、行政许可（2项）) touches neither what stands above nor what stands below.

Refused, so that tables of their own stay apart: groups that differ in width or in columns, groups with nothing printed
between them, groups farther apart than a row is tall, and rules that no vertical rule touches anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import SNAP, Rule

TALLEST = 60.0
"""A row over the whole width is no taller than so many points: four lines of small type."""

RECENT = 50
"""A group continues one of so many that begin next above it."""

Group = list[Rule]


@dataclass(slots=True)
class _Stack:
    """Groups of one table, one below the other: their sides, their heights, and the columns seen so far."""

    rules: Group
    left: float
    right: float
    top: float
    bottom: float
    columns: list[float]
    count: int = 1


def with_whole_rows(found: Sequence[Group], glyphs: Sequence[Glyph]) -> list[Group]:
    """The groups with those of one open-sided table put together."""
    stacks: list[_Stack] = []
    result: list[Group] = []
    for stack in sorted(_open_stacks(found, result), key=lambda stack: stack.top):
        above = next(
            (s for s in reversed(stacks[-RECENT:]) if _same_sides(s, stack) and s.bottom < stack.top + SNAP), None
        )
        if above is not None and _goes_on(above, stack, glyphs):
            above.rules += stack.rules
            above.bottom = stack.bottom
            above.columns = stack.columns if len(stack.columns) > len(above.columns) else above.columns
            above.count += 1
        else:
            stacks.append(stack)
    return result + [_closed(stack) for stack in stacks]


def _open_stacks(found: Iterable[Group], others: list[Group]) -> Iterable[_Stack]:
    """The groups whose level rules reach beyond all upright rules, above and below too; ``others`` takes the rest."""
    for group in found:
        across = [rule for rule in group if rule.horizontal]
        columns = sorted(rule.at for rule in group if not rule.horizontal)
        if not across:
            others.append(group)
            continue
        left, right = min(rule.start for rule in across), max(rule.end for rule in across)
        whole = [rule.at for rule in across if rule.start - left <= SNAP and right - rule.end <= SNAP]
        open_sided = not columns or (left + 2 * SNAP < columns[0] and columns[-1] < right - 2 * SNAP)
        top, bottom = min(rule.at for rule in across), max(rule.at for rule in across)
        if open_sided and whole and min(whole) <= top + SNAP and max(whole) >= bottom - SNAP:
            yield _Stack(list(group), left, right, top, bottom, columns)
        else:
            others.append(group)


def _same_sides(first: _Stack, second: _Stack) -> bool:
    return abs(first.left - second.left) <= SNAP and abs(first.right - second.right) <= SNAP


def _goes_on(above: _Stack, below: _Stack, glyphs: Sequence[Glyph]) -> bool:
    if below.top - above.bottom > TALLEST or not _same_columns(above.columns, below.columns):
        return False
    return any(
        above.bottom < (glyph.y0 + glyph.y1) / 2 < below.top and above.left < (glyph.x0 + glyph.x1) / 2 < above.right
        for glyph in glyphs
        if not glyph.text.isspace()
    )


def _same_columns(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether one has no upright rule where the other has none; a lone rule has no columns and fits any."""
    few, many = sorted((first, second), key=lambda columns: len({round(x) for x in columns}))
    return all(any(abs(x - other) <= SNAP for other in many) for x in few)


def _closed(stack: _Stack) -> Group:
    if stack.count == 1 or not stack.columns:
        return stack.rules
    sides = [Rule(False, x, stack.top, stack.bottom) for x in (stack.left, stack.right)]
    return stack.rules + sides
