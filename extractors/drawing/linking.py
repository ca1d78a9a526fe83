"""Which shapes the lines of a drawing join, and which way: lines → edges.

In: shapes and lines of one plane. Out: :class:`Link` values. Refuses nothing.

A line that names its shapes joins these. The end of another joins the nearest shape, if that is nearer than a share
of the shape's size. An end that reaches no shape may reach another line: then both are one way with branches, and the
flow runs through it from every shape where it begins to every shape that an arrow points at. Arrows give the
direction; without any, a line runs as it was drawn.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from extractors.drawing.shapes import POINT, Line, Point, Rect, Shape, segment_distance

_REACH: Final = 0.5  # of the smaller side of a shape: how far from its border a line may end
_LEAST_REACH: Final = 4 * POINT
_LARGEST_REACH: Final = 20 * POINT
_END: Final = 0.02  # of a line's length: what reaches it so near to its end reaches its end
_CORNER: Final = 3 * POINT  # how near two ends are that one way runs through
_TOUCH: Final = 5 * POINT  # how far an end may be from another line that it reaches
_SHORT: Final = 6  # characters of a text that stands beside a line rather than at its end
_BEHIND: Final = 1.5  # by how much more a line may miss a framed shape than a text without frame


Ends = tuple[int | None, int | None]  # the shapes at the start and the end of a line


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two shapes (indices; None where it reaches none), and the lines that make it."""

    start: int | None
    end: int | None
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Way:
    """A piece of a line between two knots, and whether the flow may run forwards and backwards; arrow: it has one."""

    line: int
    start: int
    end: int
    forwards: bool
    backwards: bool
    arrow: bool


def link(shapes: Sequence[Shape], lines: Sequence[Line]) -> list[Link]:
    """The edges that the lines make, in the order of the lines. The shapes come in reading order."""
    joints = _Joints(shapes)
    ends = _without_corners(lines, [joints.of(line) for line in lines])
    touches = _touching(lines, ends)
    touching = {(touch.line, touch.end) for touch in touches}
    for index, line in enumerate(lines):
        ends[index] = joints.at_texts(line, ends[index], [(index, side) in touching for side in (0, 1)])
    touches = [touch for touch in touches if ends[touch.line][touch.end] is None]
    links: list[Link] = []
    for group in _groups(touches, len(lines)):
        if len(group) == 1:
            links.extend(_single(group[0], lines[group[0]], *ends[group[0]]))
        else:
            links.extend(_network(group, lines, ends, touches))
    return list(dict.fromkeys(links))


def _without_corners(lines: Sequence[Line], joined: Sequence[tuple[Ends, tuple[float, float]]]) -> list[Ends]:
    """The ends, those set free that only pass near a shape because the way goes on there in another line.

    There no end has an arrow, and some line comes from elsewhere: not all have one at their other end.
    """
    points = [(line.points[0], line.points[-1]) for line in lines]
    plain = [(index, side) for index, line in enumerate(lines) for side in (0, 1) if not line.heads[side]]
    result = []
    for index, (ends, distances) in enumerate(joined):
        kept = list(ends)
        for side in (0, 1):
            here = points[index][side]
            if ends[side] is None or distances[side] <= _CORNER or lines[index].heads[side]:
                continue
            group = [(o, s) for o, s in plain if (o, s) != (index, side) and math.dist(points[o][s], here) <= _CORNER]
            leaving = [lines[o].heads[1 - s] for o, s in [*group, (index, side)]]
            if group and not all(leaving):
                kept[side] = None
        result.append((kept[0], kept[1]))
    return result


class _Joints:
    """Finds the shape that the end of a line joins."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._shapes = shapes
        self._named: dict[str, list[int]] = defaultdict(list)
        for index, shape in enumerate(shapes):
            for key in shape.ids:
                self._named[key].append(index)
        self._around = [any(shape.box.encloses(other.box) for other in shapes) for shape in shapes]

    def of(self, line: Line) -> tuple[Ends, tuple[float, float]]:
        """The shapes at the start and the end of a line, None where there is none, and how far each end is from them.

        Short texts are no shapes yet.
        """
        said: list[int | None] = []
        for end, key in zip((line.points[0], line.points[-1]), line.joins, strict=True):
            candidates = self._named.get(key, []) if key else []
            said.append(min(candidates, key=lambda i: self._shapes[i].box.border_distance(end), default=None))
        found, distances = list(said), [0.0, 0.0]
        for index, end in enumerate((line.points[0], line.points[-1])):
            if said[index] is None:
                found[index], distances[index] = self._nearest(end, line, None, short=False)
        if found[0] is not None and found[0] == found[1] and None in said:
            other = 1 if said[1] is None and (said[0] is not None or distances[1] >= distances[0]) else 0
            end = (line.points[0], line.points[-1])[other]
            found[other], distances[other] = self._nearest(end, line, found[other], short=False)
        return (found[0], found[1]), (distances[0], distances[1])

    def at_texts(self, line: Line, ends: Ends, touching: Sequence[bool]) -> Ends:
        """The same with free ends that touch no line joined to the short text there: a step without a frame."""
        found = list(ends)
        for side, point in enumerate((line.points[0], line.points[-1])):
            if found[side] is None and not touching[side]:
                found[side] = self._nearest(point, line, found[1 - side], short=True)[0]
        return found[0], found[1]

    def _nearest(self, end: Point, line: Line, without: int | None, *, short: bool) -> tuple[int | None, float]:
        length = sum(math.dist(a, b) for a, b in line.segments())
        best: tuple[float, float, int] | None = None
        for index, shape in enumerate(self._shapes):
            box, around = shape.box, self._around[index]
            if index == without or (around and not shape.text.strip()) or is_short(shape) is not short:
                continue
            distance = box.border_distance(end) if around else box.distance(end)
            if distance > min(_reach(box), max(length / 2, _LEAST_REACH)):
                continue
            key = (distance if shape.framed else distance * _BEHIND + POINT, box.area, index)
            if best is None or key < best:
                best = key
        return (best[2], best[0]) if best is not None else (None, 0.0)


def is_short(shape: Shape) -> bool:
    """Whether a shape is a short text without a frame, as stands beside a line (是, 不通过)."""
    return not shape.framed and len("".join(shape.text.split())) <= _SHORT


def _reach(box: Rect) -> float:
    """How far from the border of a shape a line may end and still join it."""
    return max(_LEAST_REACH, min(_LARGEST_REACH, _REACH * min(box.width, box.height)))


def _single(index: int, line: Line, start: int | None, end: int | None) -> Iterator[Link]:
    if start is None and end is None:
        return
    which = frozenset({index})
    if line.heads[1] or not line.heads[0]:
        yield Link(start, end, which)
    if line.heads[0]:
        yield Link(end, start, which)


@dataclass(frozen=True, slots=True)
class _Touch:
    """A free end (0 start, 1 end) of a line reaches another line: at one of its ends, or at a share along it."""

    line: int
    end: int
    other: int
    along: float


def _touching(lines: Sequence[Line], ends: Sequence[Ends]) -> list[_Touch]:
    touches: list[_Touch] = []
    boxes = [Rect.around(*line.points) for line in lines]
    for index, line in enumerate(lines):
        for side, point in enumerate((line.points[0], line.points[-1])):
            if ends[index][side] is not None:
                continue
            near = [  # what is nearest, and the nearest end that is free as well
                (not (along in (0, 1) and ends[other][int(along)] is None), distance, other, along)
                for other in range(len(lines))
                if other != index and boxes[other].holds(point, _TOUCH)
                for distance, along in [_along(point, lines[other])]
                if distance <= _TOUCH
            ]
            if near:
                firsts = {min(near), min(near, key=lambda each: each[1:])}
                touches.extend(_Touch(index, side, other, along) for *_, other, along in sorted(firsts))
    return touches


def _along(point: Point, line: Line) -> tuple[float, float]:
    """How far a point is from a line, and at which share of its length it is nearest; 0 and 1 near its ends."""
    total = sum(math.dist(a, b) for a, b in line.segments()) or 1.0
    best = (math.inf, 0.0)
    passed = 0.0
    for a, b in line.segments():
        distance = segment_distance(point, a, b)
        if distance < best[0] - 1:
            step = min(math.dist(a, b), math.dist(a, point))
            best = distance, (passed + step) / total
        passed += math.dist(a, b)
    along = 0.0 if best[1] < _END else 1.0 if best[1] > 1 - _END else best[1]
    return best[0], along


def _groups(touches: Sequence[_Touch], count: int) -> list[list[int]]:
    """The lines that belong together because they touch."""
    parent = list(range(count))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for touch in touches:
        first, second = sorted((root(touch.line), root(touch.other)))
        parent[second] = first
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(count):
        groups[root(index)].append(index)
    return list(groups.values())


def _network(
    group: list[int],
    lines: Sequence[Line],
    ends: Sequence[Ends],
    touches: Sequence[_Touch],
) -> Iterator[Link]:
    """The edges of lines that branch or go on in each other."""
    ways, shape_of = _ways(group, lines, ends, touches)
    steps: dict[int, list[tuple[int, _Way]]] = defaultdict(list)
    pointed: set[int] = set()
    for way in ways:
        if way.forwards:
            steps[way.start].append((way.end, way))
        if way.backwards:
            steps[way.end].append((way.start, way))
    for index in group:
        for side in (0, 1):
            shape = ends[index][side]
            if shape is not None and lines[index].heads[side]:
                pointed.add(shape)
    arrows = any(way.arrow for way in ways)
    found: list[Link] = []
    for knot, shape in shape_of.items():
        for end, used, arrow in _reached(knot, steps, shape_of):
            if end != shape and (end in pointed if pointed else arrow or not arrows):
                found.append(Link(shape, end, used))
    if not arrows:  # nothing says which way: the first shape on the page leads to the others
        found = [each for each in found if each.start == min(s for s in shape_of.values())]
    touched = {each.start for each in found} | {each.end for each in found}
    yield from found
    for index in group:  # what leads nowhere is told as well
        for side in (0, 1):
            shape = ends[index][side]
            if shape is not None and shape not in touched:
                pointing = lines[index].heads[side]
                yield Link(None if pointing else shape, shape if pointing else None, frozenset({index}))


def _ways(
    group: list[int],
    lines: Sequence[Line],
    ends: Sequence[Ends],
    touches: Sequence[_Touch],
) -> tuple[list[_Way], dict[int, int]]:
    """The pieces of the lines between their knots, and the shape that each knot at a shape stands for."""
    knots: dict[tuple[int, float], int] = {}
    same: list[tuple[int, int]] = []
    cuts: dict[int, set[float]] = {index: {0.0, 1.0} for index in group}
    for touch in (touch for touch in touches if touch.line in cuts):
        cuts[touch.other].add(touch.along)
    for index in group:
        for along in sorted(cuts[index]):
            knots[index, along] = len(knots)
    for touch in (touch for touch in touches if touch.line in cuts):
        same.append((knots[touch.line, float(touch.end)], knots[touch.other, touch.along]))
    name = list(range(len(knots)))
    for first, second in same:
        old, new = name[second], name[first]
        name = [new if each == old else each for each in name]
    shape_of: dict[int, int] = {}
    at_shape: dict[int, int] = {}
    for index in group:
        for side in (0, 1):
            shape = ends[index][side]
            if shape is not None:
                knot = at_shape.setdefault(shape, name[knots[index, float(side)]])
                old = name[knots[index, float(side)]]
                name = [knot if each == old else each for each in name]
                shape_of[knot] = shape
    ways = []
    for index in group:
        places = sorted(cuts[index])
        start_head, end_head = lines[index].heads
        for begin, finish in pairwise(places):
            ways.append(
                _Way(
                    index,
                    name[knots[index, begin]],
                    name[knots[index, finish]],
                    end_head or not start_head,
                    start_head or not end_head,
                    start_head or end_head,
                )
            )
    return ways, shape_of


def _reached(
    knot: int, steps: dict[int, list[tuple[int, _Way]]], shape_of: dict[int, int]
) -> Iterator[tuple[int, frozenset[int], bool]]:
    """The shapes that the flow reaches from a knot without running through another shape; each with its lines."""
    seen = {knot}
    waiting: list[tuple[int, frozenset[int], bool]] = [(knot, frozenset(), False)]
    while waiting:
        here, used, arrow = waiting.pop(0)
        for there, way in steps[here]:
            if there in seen:
                continue
            seen.add(there)
            onwards = used | {way.line}, arrow or way.arrow
            if there in shape_of:
                yield shape_of[there], *onwards
            else:
                waiting.append((there, *onwards))
