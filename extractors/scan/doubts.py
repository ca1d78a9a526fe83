"""The characters of a cell → the same, less sure where the print shows that something is missing.

In: the signs of the lines of one cell, settled and made to agree. Out: the same signs; those beside a gap where a mark
was lost, brackets without partners, and all signs of a page whose print has crumbled lose confidence. No text is
changed, nothing is refused. A network that passes over a thin hyphen is as sure of the figures around it as ever: only
the white that it leaves tells; and of strokes in crumbs it makes other characters without a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractors.scan.glyph_pairs import PARTNERS
from extractors.scan.glyph_shapes import SUSPECTED, Sign, is_han

LOST = 0.34
"""Sizes of white between two figures or Latin letters where something stood that was not read."""
UNSURE = 0.9
FEW_STEPS = 4
WIDE_STEP = 1.4
"""A step from figure to figure so many times as wide as most of at least so many on the line."""
HAN_STEP = 1.6
"""The same between Chinese characters, all of which are as wide …"""
WORD = 6
"""… where there are so many steps to each wide one."""
LOST_DOT = 0.24
"""The same between a figure and a Chinese character after it: the ring or the dot of an item's number."""


def less_sure(signs: Sequence[Sign]) -> list[Sign]:
    """The signs, none of them sure."""
    return [replace(sign, confidence=min(sign.confidence, UNSURE)) for sign in signs]


def doubted(lines: Sequence[Sequence[Sign]], size: float) -> list[list[Sign]]:
    """The lines with the confidence that the print around each character leaves. size: of the type, in pixels."""
    alone = _unpaired([sign for line in lines for sign in line])
    result: list[list[Sign]] = []
    count = 0
    for line in lines:
        gaps = _beside_gaps(line, size)
        result.append([])
        for n, sign in enumerate(line):
            doubt = n in gaps or count in alone
            result[-1].append(replace(sign, confidence=min(sign.confidence, SUSPECTED)) if doubt else sign)
            count += 1
    return result


def _beside_gaps(line: Sequence[Sign], size: float) -> set[int]:
    """The signs beside a white, or a step, that is wider than the type leaves."""
    found = _beside_steps(line) | _beside_wide_steps(line)
    for n, (left, right) in enumerate(pairwise(line)):
        if left.box is None or right.box is None or not _is_latin(left.text):
            continue
        white = (right.box.x0 - left.box.x1) / size
        if _is_latin(right.text) and white > LOST:
            found |= {n, n + 1}
        elif left.text.isdigit() and is_han(right.text) and white > LOST_DOT and not _in_number(line, n):
            found.add(n)
    return found


def _steps(line: Sequence[Sign], of_kind: Callable[[str], bool]) -> list[tuple[int, float]]:
    """The steps from one sign of a kind to the next beside it, each with the place of the first."""
    return [(n, b.x - a.x) for n, (a, b) in enumerate(pairwise(line)) if of_kind(a.text) and of_kind(b.text)]


def _beside_steps(line: Sequence[Sign]) -> set[int]:
    """The figures between which a step is wider than between others: a hyphen that touched one of them is lost."""
    steps = _steps(line, str.isdigit)
    if len(steps) < FEW_STEPS:
        return set()
    usual = median(step for _, step in steps)
    return {m for n, step in steps if step > WIDE_STEP * usual for m in (n, n + 1)}


def _beside_wide_steps(line: Sequence[Sign]) -> set[int]:
    """The Chinese characters between which one has gone. Where words are set apart, many steps are wide."""
    steps = _steps(line, is_han)
    usual = median(step for _, step in steps) if steps else 0.0
    wide = [n for n, step in steps if step > HAN_STEP * usual]
    return {m for n in wide for m in (n, n + 1)} if len(wide) * WORD <= len(steps) else set()


def _in_number(line: Sequence[Sign], n: int) -> bool:
    """Whether a figure ends a number of several figures, which is no number of an item."""
    return n > 0 and line[n - 1].text.isdigit()


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _unpaired(signs: Sequence[Sign]) -> set[int]:
    """The brackets and quotation marks of a cell without a partner. Those that numbers of items end with need none."""
    opened: list[int] = []
    alone: set[int] = set()
    partners = PARTNERS | {"“": "”"}
    closing = {end: start for start, end in partners.items()}
    for n, sign in enumerate(signs):
        if sign.text in partners:
            opened.append(n)
        elif sign.text in closing:
            if opened and signs[opened[-1]].text == closing[sign.text]:
                opened.pop()
            elif not _ends_item(signs, n):
                alone.add(n)
    return alone | set(opened)


def _ends_item(signs: Sequence[Sign], n: int) -> bool:
    """Whether a closing bracket ends the number of an item, as in 1）."""
    return n > 0 and signs[n].text in "）)" and signs[n - 1].text.isdigit() and (n < 2 or not is_han(signs[n - 2].text))
