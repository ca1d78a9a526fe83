"""Clean paper that does not lie flat, or was seen at an angle → the same, its ruling lines straight and level.

In: the ink of a page as a mask, pixels a point. Out: :class:`Bend`, by which the page is flattened and places on it
are led back; None where the page is flat but for a turn, or where its rules do not tell. A photograph from an angle
makes its rules run together, the back of a bound volume makes them bow: both are one smooth movement of each pixel up
or down and to the left or right, and along a rule of the flat page that movement must end at one height.

The movement is a polynomial, fitted by least squares to points of the rules, those far off left out the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.text_lines import Mask

LONG = 40.0
"""Points; shorter strokes do not tell."""
RUN = 9.0
"""Points along which a stroke is level."""
THICK = 3.0
"""Points; thicker ones are no rules."""
FEWEST = 3
"""So many rules of a direction tell how it is bent."""
BENT = 0.15
"""Points that rules are off a straight line, one with another; a page that is flatter is left as it is …"""
BETTER = 0.4
"""… and so is one on which this share of that would be left."""
FAR = 3.0
"""A rule so many times as far off as most is none."""
STEP = 16
"""Pixels between places for which the way back is looked for; it is smooth between them."""
ROUNDS = 12
ALONG, ABEAM = 4, 2
"""The degrees of the polynomial along the rules and from rule to rule."""
STIFF = 1e-4
"""How much a bend costs that no rule asks for."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Movement:
    """How far each place moves across the rules of one direction, in pixels.

    origin, reach: places are counted from there, in these; beyond what the rules cover they move like its border.
    """

    origin: tuple[float, float]
    reach: tuple[float, float]
    weights: Floats

    def at(self, along: Floats, abeam: Floats) -> Floats:
        """The movement of places. along: in the direction of the rules; abeam: from rule to rule."""
        return np.asarray(_terms(along, abeam, self.origin, self.reach) @ self.weights, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Bend:
    """The movements that flatten a page: of its level rules up or down, of its upright ones to the left or right.

    room: pixels of white added on all sides, for what moves out of the picture.
    """

    level: _Movement | None
    upright: _Movement | None
    room: int

    def seen(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where places of the flat page lie on the bent one."""
        flat_x, flat_y = x - self.room, y - self.room
        x, y = flat_x, flat_y
        for _ in range(ROUNDS):
            x, y = (
                flat_x - (self.upright.at(y, x) if self.upright else 0.0),
                flat_y - (self.level.at(x, y) if self.level else 0.0),
            )
        return x, y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where one place of the flat page lies on the bent one."""
        across, down = self.seen(np.array([x]), np.array([y]))
        return float(across[0]), float(down[0])

    def flattened(self, grey: Mask) -> Mask:
        """The page made flat."""
        height, width = grey.shape[0] + 2 * self.room, grey.shape[1] + 2 * self.room
        rows, columns = np.mgrid[0 : height + STEP : STEP, 0 : width + STEP : STEP].astype(np.float64)
        x, y = self.seen(columns.ravel(), rows.ravel())
        across, down = (_between(places.reshape(rows.shape), height, width) for places in (x, y))
        return np.asarray(cv2.remap(grey, across, down, cv2.INTER_CUBIC, borderValue=255), dtype=np.uint8)


def bend_of(ink: Mask, scale: float) -> Bend | None:
    """How a page is bent, if it is."""
    level, upright = _movement(ink, scale), _movement(np.ascontiguousarray(ink.T), scale)
    if not any(found is not None and bent for found, bent in (level, upright)):
        return None
    movements = level[0], upright[0]
    sides = np.array(ink.shape[::-1], dtype=np.float64)
    x, y = (axis.ravel() for axis in np.meshgrid(*(np.linspace(0, side, 9) for side in sides)))
    far = [abs(found.at(*places)).max() for found, places in zip(movements, ((x, y), (y, x)), strict=True) if found]
    return Bend(*movements, round(max(far)) + 1)


def _movement(ink: Mask, scale: float) -> tuple[_Movement | None, bool]:
    """The movement that straightens the level rules, and whether they are more than askew."""
    rules = _rules(ink, scale)
    if len(rules) < FEWEST:
        return None, False
    askew = _off(rules, _fitted(rules, 1, 0))
    movement = _fitted(rules, ALONG, ABEAM)
    off = _off(rules, movement)
    kept = [rule for rule, own in zip(rules, off, strict=True) if own <= FAR * max(float(np.median(off)), 0.2 * scale)]
    if len(kept) >= FEWEST:
        movement = _fitted(kept, ALONG, ABEAM)
        off, askew = _off(kept, movement), _off(kept, _fitted(kept, 1, 0))
    before, after = float(np.sqrt(np.mean(askew**2))), float(np.sqrt(np.mean(off**2)))
    return movement, before > BENT * scale and after < BETTER * before


def _rules(ink: Mask, scale: float) -> list[tuple[Floats, Floats]]:
    """Points along each long level stroke: places along it, heights."""
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(3, round(RUN * scale))), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    step = max(1, round(2 * scale))
    found = []
    for number in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[number])
        if width < LONG * scale or area > (THICK * scale + 2) * width:
            continue
        own = labels[y : y + height, x : x + width : step] == number
        heights = own.sum(axis=0)
        middles = (np.arange(height)[:, None] * own).sum(axis=0) / np.maximum(heights, 1) + y
        places = np.arange(x, x + width, step, dtype=np.float64)
        there = heights > 0
        found.append((places[there], middles[there]))
    return found


def _fitted(rules: Sequence[tuple[Floats, Floats]], along: int, abeam: int) -> _Movement:
    """The movement of so many degrees after which each rule is as straight as can be."""
    places, heights = (np.concatenate([rule[n] for rule in rules]) for n in (0, 1))
    origin = tuple(float((values.min() + values.max()) / 2) for values in (places, heights))
    reach = tuple(max(float(np.ptp(values)) / 2, 1.0) for values in (places, heights))
    terms = _terms(places, heights, (origin[0], origin[1]), (reach[0], reach[1]))
    used = np.array([i <= along and j <= abeam for i, j in _powers()])
    # What is the same along a rule says nothing: each rule is asked to be level, at whatever height.
    spread, wanted = terms * used, -heights
    first = 0
    for rule in rules:
        own = slice(first, first + len(rule[0]))
        spread[own] -= spread[own].mean(axis=0)
        wanted[own] -= wanted[own].mean()
        first = own.stop
    stiff = STIFF * len(wanted) * np.diag([float(i + j) for i, j in _powers()])
    weights = np.linalg.solve(spread.T @ spread + stiff, spread.T @ wanted)
    return _Movement((origin[0], origin[1]), (reach[0], reach[1]), np.asarray(weights, dtype=np.float64))


def _off(rules: Sequence[tuple[Floats, Floats]], movement: _Movement) -> Floats:
    """How far each rule is off a straight level line after a movement, in pixels."""
    return np.array([float(np.std(heights + movement.at(places, heights))) for places, heights in rules])


def _powers() -> list[tuple[int, int]]:
    """The powers of a place along and abeam of the rules that make the terms of the polynomial."""
    return [(i, j) for i in range(1, ALONG + 1) for j in range(ABEAM + 1)]


def _terms(along: Floats, abeam: Floats, origin: tuple[float, float], reach: tuple[float, float]) -> Floats:
    u, v = (
        np.clip((values - middle) / half, -1.0, 1.0)
        for values, middle, half in zip((along, abeam), origin, reach, strict=True)
    )
    return np.stack([u**i * v**j for i, j in _powers()], axis=-1)


def _between(places: Floats, height: int, width: int) -> npt.NDArray[np.float32]:
    """The places of all pixels, from those of every STEP-th."""
    across, down = np.arange(width, dtype=np.float32) / STEP, np.arange(height, dtype=np.float32) / STEP
    columns, rows = np.meshgrid(across, down)
    return np.asarray(cv2.remap(places.astype(np.float32), columns, rows, cv2.INTER_LINEAR), dtype=np.float32)
