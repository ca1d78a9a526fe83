"""Clean paper → the ruling lines drawn on it.

In: a grey page on white, pixels a point. Out: :class:`Rule` values in points, and a mask of the pixels they cover, to
be taken out before text is read. Left out: strokes of characters, which are short or have others beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.geometry.rules import Rule
from extractors.scan.paper import Picture
from extractors.scan.text_lines import Mask, usual_height
from extractors.scan.worn_rules import BESIDE, closed_rules

LINE_INK = 185
"""Rules are thin and may be grey: darker than this counts."""
LEAST_ACROSS = 17.0
LEAST_DOWN = 11.0
"""Points; shorter strokes are parts of characters. Rows may be lower than columns are narrow."""
LONG = 45.0
"""Points; a stroke that long is a rule by itself, a shorter one where it leads from rule to rule or continues one."""
BREAK = 0.7
"""Points; a rule may be broken over so much; characters stand farther apart."""
VERY_LONG = 100.0
"""Points; a stroke that long may have text close to one side of it all along."""
THICKEST = 4.0
FREE = 0.55
"""Paper must be BESIDE a rule along this share of it, or along so much on one side."""
ONE_SIDE = 0.9
TALLER = 1.5
"""Rows so many times as high as text are not filled by it."""
CLOSE = 1.2
"""Points from the middle of a rule to where its own ink has ended."""
CLEAR = 0.95
"""Along this share of it nothing but paper lies on both sides."""
TOUCH = 3.0
"""Points between the end of a rule and the rule that it ends at."""
WORN = 130.0
"""Points; a rule may be worn over so much, as under a seal …"""
LEFT, NEARLY_ALL = 0.35, 0.75
"""… if this share of it is left, with paper beside it: text may stand in the gap. So much between two other rules."""
APART = 6.0
"""Points between two pieces of one rule that is worn, nothing of which is left …"""
TRUSTED, MOST_APART = 0.1, 15.0
"""… or this share of the shorter of them, up to so many points."""

Flags = npt.NDArray[np.bool_]
Span = tuple[float, float, float]
"""A rule in pixels: its height, its start, its end."""


@dataclass(frozen=True, slots=True)
class _Strokes:
    """Long strokes of one direction: height, start and end of each in pixels, and where each is drawn.

    free: whether paper lies beside it. One without is a rule only between two others: a row may be so low that text
    stands close above and below its rules, and no character is as wide as a column. clear: whether nothing but paper
    lies beside it.
    """

    spans: list[Span]
    free: list[bool]
    clear: list[bool]
    numbers: list[int]
    labels: npt.NDArray[np.int32]

    def long(self, scale: float) -> list[bool]:
        """Which are rules by themselves."""
        return [
            free and end - start >= LONG * scale for (_, start, end), free in zip(self.spans, self.free, strict=True)
        ]

    def chosen(self, which: Sequence[bool]) -> tuple[list[Span], Mask]:
        kept = np.zeros(int(self.labels.max()) + 1, np.uint8)
        kept[[n for n, chosen in zip(self.numbers, which, strict=True) if chosen]] = 1
        return [span for span, chosen in zip(self.spans, which, strict=True) if chosen], kept[self.labels]


def rule_lines(grey: Picture, scale: float, broken: bool = False) -> tuple[list[Rule], Mask]:
    """The rules of a page, and a mask that is 1 where they are drawn. broken: they may be, by a threshold."""
    ink = (grey < LINE_INK).astype(np.uint8)
    across, down = ink, np.ascontiguousarray(ink.T)
    if broken:
        across, down = closed_rules(across, scale), closed_rules(down, scale)
    level, upright = _strokes(across, scale, LEAST_ACROSS), _strokes(down, scale, LEAST_DOWN)
    chosen, other = level.long(scale), upright.long(scale)
    high = TALLER * usual_height(ink, scale)
    for _ in range(2):
        chosen = _supported(level, chosen, upright.spans, other, scale)
        other = _supported(upright, other, level.spans, chosen, scale, high)
    (spans, mask), (crossing, turned) = level.chosen(chosen), upright.chosen(other)
    across_rules = spans + _bridges(spans, crossing, ink, mask, scale)
    down_rules = crossing + _bridges(crossing, spans, np.ascontiguousarray(ink.T), turned, scale)
    if broken:
        _fill(mask, across_rules)
        _fill(turned, down_rules)
    rules = [Rule(True, at / scale, start / scale, end / scale) for at, start, end in across_rules]
    rules += [Rule(False, at / scale, start / scale, end / scale) for at, start, end in down_rules]
    return rules, np.bitwise_or(mask, turned.T)


def _fill(mask: Mask, spans: Sequence[Span]) -> None:
    """Draw all the way of each rule: crumbs of a broken one lie along it that are part of no stroke."""
    for at, start, end in spans:
        mask[round(at) - 1 : round(at) + 2, round(start) : round(end)] = 1


def _bridges(spans: Sequence[Span], crossing: Sequence[Span], ink: Mask, mask: Mask, scale: float) -> list[Span]:
    """What is left of rules between two pieces of them, as where a seal was taken off; drawn into the mask too.

    A short gap needs nothing that is left in it if both pieces end in the open: the rules of a table end at others.
    Where both end at others a merged cell may lie between, and a stroke of its text in line with them.
    """
    found = []
    for n, (at, begin, end) in enumerate(spans):
        ahead = [s for m, s in enumerate(spans) if m != n and abs(s[0] - at) <= scale and s[1] >= end]
        if not ahead:
            continue
        other, start, far = min(ahead, key=lambda span: span[1])
        gap = start - end
        if gap <= scale or gap > WORN * scale:
            continue
        row = round((at + other) / 2)
        band = np.s_[max(0, row - 1) : row + 2, round(end) : round(start)]
        unseen = max(APART * scale, min(TRUSTED * min(end - begin, far - start), MOST_APART * scale))
        ended = [_ends_at(crossing, at, tip, scale) for tip in (end, start)]
        is_open = gap <= unseen and not any(ended)
        middles = np.full(round(start) - round(end), (at + other) / 2)
        least = NEARLY_ALL if all(ended) else LEFT
        remains = ink[band].any(axis=0).mean() >= least and _is_free(*_sides(ink, round(end), middles, scale), scale)
        if is_open or remains:
            found.append(((at + other) / 2, end, start))
            mask[band] = ink[band]
    return found


def _ends_at(crossing: Sequence[Span], at: float, tip: float, scale: float) -> bool:
    """Whether a rule at a height ends at a crossing one."""
    touch = TOUCH * scale
    return any(abs(other - tip) <= touch and start - touch <= at <= end + touch for other, start, end in crossing)


def _supported(
    strokes: _Strokes,
    chosen: Sequence[bool],
    crossing: Sequence[Span],
    crosses: Sequence[bool],
    scale: float,
    high: float = 0.0,
) -> list[bool]:
    """Which strokes are rules: those that were, and the short ones between crossing rules or in line with a rule.

    high: in rows no higher than this a stroke of a character may lead from rule to rule as well; one with ink beside it
    is a rule only where others stand at the same place.
    """
    known = np.array([span for span, is_rule in zip(strokes.spans, chosen, strict=True) if is_rule]).reshape(-1, 3)
    others = np.array([span for span, is_rule in zip(crossing, crosses, strict=True) if is_rule]).reshape(-1, 3)
    touch, apart = TOUCH * scale, APART * scale
    result = []
    for (at, start, end), free, clear, is_rule in zip(strokes.spans, strokes.free, strokes.clear, chosen, strict=True):
        if not is_rule:
            reached = others[(others[:, 1] - touch <= at) & (at <= others[:, 2] + touch), 0]
            line = known[np.abs(known[:, 0] - at) <= 0.6 * scale]
            is_rule = all(bool((np.abs(reached - tip) <= touch).any()) for tip in (start, end))
            rows = 1 + int(np.count_nonzero((reached > start + touch) & (reached < end - touch)))
            is_rule = is_rule and (clear or len(line) > 0 or end - start > high * rows)
            in_line = bool(((line[:, 1] - end <= apart) & (start - line[:, 2] <= apart)).any())
            is_rule = is_rule or (free and in_line)
        result.append(is_rule)
    return result


def _strokes(ink: Mask, scale: float, least: float) -> _Strokes:
    """The long level strokes that have paper beside them, and the longer ones that have not."""
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    whole = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, max(2, round(BREAK * scale))), np.uint8))
    runs = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((1, round(least * scale)), np.uint8))
    solid = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((max(3, round(THICKEST * scale)), 1), np.uint8))
    runs = cv2.subtract(runs, solid)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    around = _without_crossing(ink, scale)
    spans: list[Span] = []
    free: list[bool] = []
    clear: list[bool] = []
    numbers: list[int] = []
    for number in range(1, count):
        x, y, width, height, _ = stats[number]
        if width < least * scale:
            continue
        own = labels[y : y + height, x : x + width] == number
        heights = own.sum(axis=0)
        middles = (np.arange(height)[:, None] * own).sum(axis=0) / np.maximum(heights, 1) + y
        above, below = _sides(ink, x, middles, scale)
        beside = _is_free(above, below, scale)
        if beside or width >= LONG * scale:
            numbers.append(number)
            free.append(beside)
            inner = slice(round(TOUCH * scale), width - round(TOUCH * scale))  # its ends lie on other rules
            clear.append(bool(_all_clear(around, x, middles, scale)[inner].mean() >= CLEAR))
            spans.append((float(np.median(middles)), float(x), float(x + width)))
    return _Strokes(spans, free, clear, numbers, np.asarray(labels, dtype=np.int32))


def _is_free(above: Flags, below: Flags, scale: float) -> bool:
    """Whether paper lies on both sides of a stroke, or all along one side, as beside no stroke of a character."""
    if float((above & below).mean()) >= FREE:
        return True
    return len(above) >= VERY_LONG * scale and bool(max(above.mean(), below.mean()) >= ONE_SIDE)


def _all_clear(ink: Mask, x: int, middles: npt.NDArray[np.float64], scale: float) -> Flags:
    """Where along a stroke nothing but paper lies from close by to BESIDE it, as along no half of a bracket (《)."""
    columns = np.arange(x, x + len(middles))
    rows = np.rint(middles).astype(np.int64)
    limit = ink.shape[0] - 1
    clear = np.ones(len(middles), np.bool_)
    for far in range(max(2, round(CLOSE * scale)), max(2, round(BESIDE * scale)) + 1):
        clear &= (ink[np.clip(rows - far, 0, limit), columns] == 0) & (ink[np.clip(rows + far, 0, limit), columns] == 0)
    return clear


def _without_crossing(ink: Mask, scale: float) -> Mask:
    """The ink without what crosses the strokes of its direction over more than a character, as rules do."""
    long = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((round(LEAST_ACROSS * scale), 1), np.uint8))
    return np.asarray(cv2.subtract(ink, cv2.dilate(long, np.ones((1, 3), np.uint8))), dtype=np.uint8)


def _sides(ink: Mask, x: int, middles: npt.NDArray[np.float64], scale: float) -> tuple[Flags, Flags]:
    """Where along a stroke paper lies above and below it. x: where it begins."""
    columns = np.arange(x, x + len(middles))
    far = max(2, round(BESIDE * scale))
    rows = np.rint(middles).astype(np.int64)
    limit = ink.shape[0] - 1
    return ink[np.clip(rows - far, 0, limit), columns] == 0, ink[np.clip(rows + far, 0, limit), columns] == 0
