"""Shapes and lines of a drawing, on one plane: what the readers of drawing markup hand to the builder of charts.

In: nothing. Out: :class:`Shape`, :class:`Line`, and the :class:`Plane` that turns coordinates of a group into those of
the drawing. Lengths are in EMU (12700 a point), y grows downwards. Refuses nothing.
Source: ECMA-376 part 1, 20.1.9.18, presetShapeDefinitions.xml (the routes of bent connectors).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

POINT: Final = 12700  # EMU
FAR: Final = 1e10  # EMU, some 270 m: no coordinate is beyond it
MAX_PIECES: Final = 600  # shapes and lines of one chart
MAX_COST: Final = 20_000_000  # comparisons for all charts of a document, some 20 seconds; a chart takes a few thousand
MAX_LINE_POINTS: Final = 64  # corners of one line
_FURTHEST_BEND: Final = 20.0  # sizes of a connector: no bend of it lies further away

Point = tuple[float, float]

# Shapes that point from one step to the next as a connector does, and the ends of their axis on a unit square.
BLOCK_ARROWS: Final[dict[str, tuple[Point, Point]]] = {
    "rightArrow": ((0, 0.5), (1, 0.5)),
    "leftArrow": ((1, 0.5), (0, 0.5)),
    "downArrow": ((0.5, 0), (0.5, 1)),
    "upArrow": ((0.5, 1), (0.5, 0)),
    "leftRightArrow": ((0, 0.5), (1, 0.5)),
    "upDownArrow": ((0.5, 0), (0.5, 1)),
    "notchedRightArrow": ((0, 0.5), (1, 0.5)),
    "stripedRightArrow": ((0, 0.5), (1, 0.5)),
}
TWO_HEADED: Final = frozenset({"leftRightArrow", "upDownArrow"})


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, *points: Point) -> Rect:
        """The smallest rectangle that holds all points."""
        return cls(
            min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)
        )

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """How high it is."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, point: Point, slack: float = 0) -> bool:
        """Whether a point is inside, or outside by no more than ``slack``."""
        x, y = point
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= y <= self.y1 + slack

    def encloses(self, other: Rect) -> bool:
        """Whether the other lies inside as a whole, and is smaller."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and other.x1 <= self.x1
            and other.y1 <= self.y1
            and other.area < self.area
        )

    def distance(self, point: Point) -> float:
        """From the border to a point outside; 0 inside."""
        x, y = point
        return math.hypot(max(self.x0 - x, 0, x - self.x1), max(self.y0 - y, 0, y - self.y1))

    def border_distance(self, point: Point) -> float:
        """From the border to a point, also to one inside."""
        outside = self.distance(point)
        if outside:
            return outside
        x, y = point
        return min(x - self.x0, self.x1 - x, y - self.y0, self.y1 - y)


@dataclass(frozen=True, slots=True)
class Plane:
    """An affine map from the coordinates of a group to those of the drawing: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def at(self, x: float, y: float) -> Point:
        """Where a point of the group lies in the drawing."""
        return _held(self.a * x + self.c * y + self.e), _held(self.b * x + self.d * y + self.f)

    def inside(self, inner: Plane) -> Plane:
        """The map of a group inside this one, given the map from its coordinates to this group's."""
        return Plane(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            self.a * inner.e + self.c * inner.f + self.e,
            self.b * inner.e + self.d * inner.f + self.f,
        )

    def box(self) -> Rect:
        """The smallest upright rectangle in the drawing around the unit square of this plane."""
        return Rect.around(*(self.at(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))))

    def moved(self, x: float, y: float) -> Plane:
        """The same with its origin moved, in coordinates of this plane."""
        return self.inside(Plane(e=x, f=y))

    @classmethod
    def turned(cls, frame: Frame) -> Plane:
        """Flips and then turns about the middle of a frame, clockwise."""
        x, y = frame.rect.centre
        turn = math.radians(frame.degrees)
        cos, sin = _clean(math.cos(turn)), _clean(math.sin(turn))
        across, down = (-1 if frame.flip_x else 1), (-1 if frame.flip_y else 1)
        about = cls(cos * across, sin * across, -sin * down, cos * down)
        return cls(e=x, f=y).inside(about).moved(-x, -y)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a shape or a group lies in its parent's coordinates, before it is flipped and turned (degrees)."""

    rect: Rect
    degrees: float = 0
    flip_x: bool = False
    flip_y: bool = False

    def unit(self) -> Plane:
        """The map from the unit square to the parent's coordinates."""
        rect = self.rect
        return Plane.turned(self).inside(Plane(rect.width, 0, 0, rect.height, rect.x0, rect.y0))

    def group(self, inner: Rect) -> Plane:
        """The map from a group's inner coordinates, ``inner`` being what fills the frame, to the parent's."""
        across = self.rect.width / inner.width if inner.width else 1
        down = self.rect.height / inner.height if inner.height else 1
        scaled = Plane(across, 0, 0, down, self.rect.x0 - inner.x0 * across, self.rect.y0 - inner.y0 * down)
        return Plane.turned(self).inside(scaled)


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that may be a step. framed: it has an outline or a fill of its own. ids: the names lines know it by."""

    text: str
    form: str
    box: Rect
    framed: bool
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A connector. heads: an arrow at its start, at its end. joins: the ids of the shapes there, "" where not said.

    text: what is written on it (block arrows only).
    """

    points: tuple[Point, ...]
    heads: tuple[bool, bool] = (False, False)
    joins: tuple[str, str] = ("", "")
    text: str = ""

    def distance(self, box: Rect) -> float:
        """From the line to the nearest side of a rectangle, roughly: measured from a few points of each."""
        return min(segment_distance(point, a, b) for point in _marks(box) for a, b in self.segments())

    def segments(self) -> list[tuple[Point, Point]]:
        """Its straight pieces."""
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(slots=True)
class Drawing:
    """Shapes and lines that lie on one plane."""

    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def take(self, pieces: Iterable[Shape | Line]) -> None:
        """Put more pieces on the plane, no more than show that they are too many."""
        for piece in islice(pieces, MAX_PIECES + 1):
            if isinstance(piece, Shape):
                self.shapes.append(piece)
            else:
                self.lines.append(piece)

    def extend(self, other: Drawing) -> None:
        """Put all pieces of another drawing on this one's plane."""
        self.shapes.extend(other.shapes)
        self.lines.extend(other.lines)

    @property
    def cost(self) -> int:
        """About how many comparisons linking it takes: of ends and of texts with shapes and pieces of lines."""
        shapes, lines = len(self.shapes), len(self.lines)
        segments = sum(len(line.points) - 1 for line in self.lines)
        return (2 * lines + 9 * shapes) * segments + (shapes + lines) ** 2


class Allowance:
    """What linking the charts of one document may cost."""

    def __init__(self) -> None:
        self._left = MAX_COST

    def admits(self, drawing: Drawing) -> bool:
        """Whether a drawing may be linked: it is no larger than a chart may be, and the document has allowance left."""
        if len(drawing.shapes) + len(drawing.lines) > MAX_PIECES or drawing.cost > self._left:
            return False
        self._left -= drawing.cost
        return True


def block_arrow(form: str, plane: Plane, text: str) -> Line:
    """The line that a block arrow stands for. plane: from the unit square to the drawing."""
    start, end = BLOCK_ARROWS[form]
    return Line((plane.at(*start), plane.at(*end)), (form in TWO_HEADED, True), text=text)


def bent_route(form: str, first: float = 0.5, second: float = 0.5, third: float = 0.5) -> list[Point]:
    """The corners of a bent or curved connector on the unit square, those of bentConnector3 for an unknown one.

    first, second, third: its adjust values, where its inner pieces lie as shares of its size.
    """
    first, second, third = (max(-_FURTHEST_BEND, min(_FURTHEST_BEND, each)) for each in (first, second, third))
    return {
        "2": [(0.0, 0.0), (1, 0), (1, 1)],
        "4": [(0.0, 0.0), (first, 0), (first, second), (1, second), (1, 1)],
        "5": [(0.0, 0.0), (first, 0), (first, second), (third, second), (third, 1), (1, 1)],
    }.get(form[-1:], [(0.0, 0.0), (first, 0), (first, 1), (1, 1)])


def segment_distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a straight piece of a line."""
    across, down = end[0] - start[0], end[1] - start[1]
    square = across * across + down * down
    if not square:
        return math.dist(point, start)
    share = ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / square
    share = max(0.0, min(1.0, share))
    return math.dist(point, (start[0] + share * across, start[1] + share * down))


def _marks(box: Rect) -> list[Point]:
    x, y = box.centre
    corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x0, box.y1), (box.x1, box.y1)]
    return [(x, y), *corners, (x, box.y0), (x, box.y1), (box.x0, y), (box.x1, y)]


def _held(value: float) -> float:
    return max(-FAR, min(FAR, value)) if math.isfinite(value) else 0.0


def _clean(value: float) -> float:
    """Without the dust that sines of right angles leave."""
    return float(round(value)) if abs(value - round(value)) < 1e-9 else value
