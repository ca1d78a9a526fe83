"""The characters of a cell → the same, less sure where the print shows that something is missing.

In: the signs of the lines of one cell, settled and made to agree. Out: the same signs; those beside a gap where a mark
was lost, brackets without partners, and all signs of a page whose print has crumbled lose confidence. No text is
changed, nothing is refused. A network that passes over a thin hyphen is as sure of the figures around it as ever: only
the white that it leaves tells; and of strokes in crumbs it makes other characters without a doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.glyph_pairs import PARTNERS
from extractors.scan.glyph_shapes import BARS, SUSPECTED, Sign, is_han

LOST = 0.34
"""Sizes of white between two figures or Latin letters where something stood that was not read."""
APART = 0.45
"""Sizes of white that part a run of characters from another, where a seal was."""
REMAINS = 0.55
"""What the remains of a seal are taken for is believed less than this."""
LITTLE = 0.4
"""Sizes; remains that are smaller both ways are taken for points and commas, and believed somewhat more."""
SMALLEST = 0.5
"""Sizes; figures and letters are higher."""
POINTS = frozenset("。，、.,·")
"""What specks are taken for."""
UNSURE = 0.9
CRUMB = 0.3
"""Sizes; a spot of ink smaller than this is a dot or a crumb of a stroke …"""
CRUMBLED = 0.06
"""… and where more than this share of the ink of the text is in such spots, the print has crumbled."""
THIN = 0.2
"""Where more than this share of the ink is in level strokes a pixel thick, some strokes are none."""
LARGEST = 1.6
"""Sizes; a larger spot is no text."""
FEW_STEPS = 4
WIDE_STEP = 1.4
"""A step from figure to figure so many times as wide as most of at least so many on the line."""
HAN_STEP = 1.6
"""The same between Chinese characters, all of which are as wide …"""
WORD = 6
"""… where there are so many steps to each wide one."""
LOST_DOT = 0.24
"""The same between a figure and a Chinese character after it: the ring or the dot of an item's number."""


def without_remains(signs: Sequence[Sign], sealed: Sequence[bool], size: float) -> list[Sign]:
    """The signs of a line without what the remains of a seal were taken for: a run apart, of which none is believed.

    sealed: whether each stands where a seal was. The rest of such a line is no longer sure.
    """
    if not any(sealed):
        return list(signs)
    runs: list[list[int]] = []
    for n, sign in enumerate(signs):
        last = signs[runs[-1][-1]] if runs else None
        if last is not None and last.box and sign.box and sign.box.x0 - last.box.x1 < APART * size:
            runs[-1].append(n)
        else:
            runs.append([n])
    gone = {n for run in runs if all(sealed[n] and _is_remains(signs[n], size) for n in run) for n in run}
    kept = [sign for n, sign in enumerate(signs) if n not in gone]
    return less_sure(kept) if gone else kept


def _is_remains(sign: Sign, size: float) -> bool:
    """Whether a sign is hardly believed, or little and not believed."""
    if sign.confidence < REMAINS:
        return True
    box = sign.box
    little = box is not None and max(box.width, box.height) < LITTLE * size
    return little and sign.confidence <= SUSPECTED


def is_spot(signs: Sequence[Sign], size: float) -> bool:
    """Whether what stands by itself is a spot that was taken for a character.

    It is too small for the letter or figure that it was taken for, or for a mark and is not believed. What was taken
    for a dash is one unless it is believed still less.
    """
    if len(signs) != 1 or (box := signs[0].box) is None or box.width >= SMALLEST * size:
        return False
    (sign,) = signs
    if sign.text in BARS:
        return sign.confidence < SUSPECTED
    return box.height < SMALLEST * size and (sign.text.isalnum() or sign.confidence <= SUSPECTED)


def is_crumbled(ink: npt.NDArray[np.uint8], size: float) -> bool:
    """Whether the print of a page is in crumbs, as after a threshold that was set for darker type."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides, areas = stats[1:, 2:4].max(axis=1), stats[1:, cv2.CC_STAT_AREA]
    text = areas[sides < LARGEST * size].sum()
    return bool(areas[sides < CRUMB * size].sum() > CRUMBLED * text)


def is_thin(ink: npt.NDArray[np.uint8]) -> bool:
    """Whether so many level strokes of a page of one bit are a pixel thick that others may be gone."""
    count = np.count_nonzero(ink)
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 1), np.uint8))
    return bool(count) and bool(count - np.count_nonzero(thick) > THIN * count)


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


def _beside_steps(line: Sequence[Sign]) -> set[int]:
    """The figures between which a step is wider than between others: a hyphen that touched one of them is lost."""
    steps = [(n, b.x - a.x) for n, (a, b) in enumerate(pairwise(line)) if a.text.isdigit() and b.text.isdigit()]
    if len(steps) < FEW_STEPS:
        return set()
    usual = median(step for _, step in steps)
    return {m for n, step in steps if step > WIDE_STEP * usual for m in (n, n + 1)}


def _beside_wide_steps(line: Sequence[Sign]) -> set[int]:
    """The Chinese characters between which one has gone. Where words are set apart, many steps are wide."""
    steps = [(n, b.x - a.x) for n, (a, b) in enumerate(pairwise(line)) if is_han(a.text) and is_han(b.text)]
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
