"""Reads the shapes and lines of OfficeArt records, as Excel wrote them before 2007.

In: the bytes of a drawing, and functions that give the text of a shape and the rectangle of its anchor. Out: shapes and
lines, each with the container it was read from. Refuses nothing: records that do not hold together end the walk, what
has no size or shape that can be told is left out; pictures are no steps.
Source: [MS-ODRAW] 2.2 (records), 2.3 (properties), 2.4 (values).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from extractors.drawing.shape_types import SHAPE_TYPES
from extractors.drawing.shapes import (
    BLOCK_ARROWS,
    MAX_LINE_POINTS,
    Frame,
    Line,
    Plane,
    Point,
    Rect,
    Shape,
    bent_route,
    block_arrow,
)

MAX_DEPTH: Final = 32  # groups in groups
_HEAD: Final = struct.Struct("<HHI")
_ARRAY_HEAD: Final = struct.Struct("<H2xH")
_HALVED: Final = 0xFFF0  # stands for elements of four bytes: of eight, each number cut to its lower half
_DRAWING, _GROUP, _SHAPE, _SOLVER = 0xF002, 0xF003, 0xF004, 0xF005
_GROUP_COORDINATES, _SHAPE_HEAD, _PROPERTIES, _CHILD_ANCHOR, _CLIENT_ANCHOR = 0xF009, 0xF00A, 0xF00B, 0xF00F, 0xF010
_CONNECTOR_RULE: Final = 0xF012
_OPENED: Final = frozenset({_DRAWING, _GROUP, _SOLVER})
# Flags of a shape.
_IS_GROUP, _IS_PATRIARCH, _IS_DELETED, _FLIP_X, _FLIP_Y = 0x1, 0x4, 0x8, 0x40, 0x80
_IS_CONNECTOR, _IS_BACKGROUND = 0x100, 0x400
# Properties.
_ROTATION, _ART_TEXT, _FILL_COLOUR, _FILL_FLAGS, _LINE_FLAGS, _GROUP_FLAGS = 0x04, 0xC0, 0x181, 0x1BF, 0x1FF, 0x3BF
_GEOMETRY: Final = (0x140, 0x141, 0x142, 0x143)  # left, top, right, bottom of the coordinates of its path
_VERTICES, _SEGMENTS, _ADJUST = 0x145, 0x146, (0x147, 0x148, 0x149)
_START_HEAD, _END_HEAD = 0x1D0, 0x1D1
_NO_HEAD: Final = frozenset({0, 4})  # none; oval, which points nowhere
# A flag counts where the bit that says "use it" is set, 16 above it; else its default does.
_FILLED, _LINED, _HIDDEN = 0x10, 0x8, 0x2
_WHITE: Final = frozenset({0xFFFFFF, 0x8000001, 0x8000009, 0x8000041})  # also as the palette and the window have it
_PATH_SIZE: Final = 21600  # of the coordinates of a path, and of what an adjust value is a share
# Kinds of the segments of a path; an escape of a code below this one draws an arc.
_LINES_TO, _CURVES_TO, _MOVE_TO, _END_PATH, _ESCAPE, _MERE_STYLE = 0, 1, 2, 4, 5, 10


class Container(NamedTuple):
    """Where the record of a shape lies in the bytes of the drawing, from its first byte to the one behind its last."""

    start: int
    end: int


class Drawn(NamedTuple):
    """A shape or line. anchor: its own or that of the outermost group around it. grouped: such a group is there."""

    piece: Shape | Line
    container: Container
    anchor: bytes
    grouped: bool


TextOf = Callable[[Container], str]
RectOf = Callable[[bytes], Rect | None]


def read_art(art: bytes, rect_of: RectOf, text_of: TextOf) -> Iterator[Drawn]:
    """The shapes and lines of a drawing in the order of the file, without those hidden.

    rect_of: the rectangle in EMU that an anchor (the body of a client anchor record) stands for, None for none.
    text_of: what stands in a shape, "" for nothing.
    """
    rules = _connector_rules(art)
    groups: list[_Group] = []
    for record in _records(art, 0, len(art), _OPENED):
        while groups and record.start >= groups[-1].end:
            groups.pop()
        if record.kind == _GROUP:
            if len(groups) == MAX_DEPTH:
                return
            groups.append(_Group(record.end, groups[-1] if groups else None))
        elif record.kind == _SHAPE:
            shape = _read_container(art, record)
            frame = shape.frame(rect_of)
            around = groups[-1] if groups else _Group(len(art))
            if shape.flags & (_IS_GROUP | _IS_PATRIARCH):
                around.become(shape, frame)
            elif frame is not None and not around.hidden and shape.shown:
                plane = around.plane if shape.child is not None else Plane()
                piece = shape.piece(plane.inside(frame.unit()), text_of, rules.get(shape.key, ("", "")))
                if piece is not None:
                    yield Drawn(piece, shape.container, around.anchor or shape.anchor, bool(around.anchor))


class _Record(NamedTuple):
    kind: int
    instance: int
    start: int
    body: int
    end: int


def _records(art: bytes, start: int, end: int, opened: frozenset[int]) -> Iterator[_Record]:
    """The records from one byte to another, up to one that runs over the end; behind those opened, what is in them."""
    position = start
    while position + _HEAD.size <= end:
        head, kind, length = _HEAD.unpack_from(art, position)
        body = position + _HEAD.size
        record = _Record(kind, head >> 4, position, body, body + length)
        if kind not in opened and record.end > end:
            return
        yield record
        position = body if kind in opened else record.end


def _connector_rules(art: bytes) -> dict[str, tuple[str, str]]:
    """The keys of the shapes that each connector joins, "" where it joins none, by the connector's key."""
    rules = {}
    for record in _records(art, 0, len(art), _OPENED):
        if record.kind == _CONNECTOR_RULE and record.end - record.body >= 16:
            start, end, connector = struct.unpack_from("<4x3I", art, record.body)
            rules[_key(connector)] = _key(start), _key(end)
    return rules


def _key(number: int) -> str:
    return str(number) if number else ""


@dataclass(slots=True)
class _Group:
    """A group whose members are being read: where it ends, the plane of its coordinates, where it is anchored."""

    end: int
    parent: _Group | None = None
    plane: Plane = field(default_factory=Plane)
    anchor: bytes = b""
    hidden: bool = False

    def become(self, shape: _Container, frame: Frame | None) -> None:
        """Take the coordinates of the group from the shape that stands for it, the first in its container."""
        if shape.flags & _IS_PATRIARCH or self.parent is None:
            return
        self.anchor = self.parent.anchor or shape.anchor
        self.hidden = self.parent.hidden or frame is None or not shape.shown
        if frame is not None:
            outer = self.parent.plane if shape.child is not None else Plane()
            self.plane = outer.inside(frame.group(shape.inner or frame.rect))


@dataclass(slots=True)
class _Container:
    """What the container of one shape holds. inner: a group's coordinates; child: its rectangle in those around it."""

    container: Container
    kind: int = 0
    key: str = ""
    flags: int = 0
    inner: Rect | None = None
    child: Rect | None = None
    anchor: bytes = b""
    values: dict[int, int] = field(default_factory=dict)
    arrays: dict[int, bytes] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        """Whether it is there and not hidden."""
        return not self.flags & (_IS_DELETED | _IS_BACKGROUND) and not self._flag(_GROUP_FLAGS, _HIDDEN, default=False)

    def frame(self, rect_of: RectOf) -> Frame | None:
        """Where it lies; None where no anchor says it."""
        rect = self.child if self.child is not None else rect_of(self.anchor)
        if rect is None:
            return None
        degrees = _signed(self.values.get(_ROTATION, 0)) / 65536
        if 45 <= degrees % 180 < 135:  # the anchor of a shape that lies on its side is that of the shape turned upright
            x, y = rect.centre
            rect = Rect(x - rect.height / 2, y - rect.width / 2, x + rect.height / 2, y + rect.width / 2)
        flip_x, flip_y = bool(self.flags & _FLIP_X), bool(self.flags & _FLIP_Y)
        return Frame(rect, -degrees if flip_x is not flip_y else degrees, flip_x, flip_y)  # here turned, then flipped

    def piece(self, unit: Plane, text_of: TextOf, joins: tuple[str, str]) -> Shape | Line | None:
        """What it draws, on the plane of its unit square; None for a picture."""
        form = SHAPE_TYPES.get(self.kind, "")
        art_text = self.arrays.get(_ART_TEXT, b"").decode("utf-16-le", "replace").rstrip("\0")
        text = text_of(self.container) or art_text
        if form in BLOCK_ARROWS:
            return block_arrow(form, unit, text)
        if not text.strip():
            route = self._route(form)
            if route:
                heads = self._has_head(_START_HEAD), self._has_head(_END_HEAD)
                return Line(tuple(unit.at(x, y) for x, y in route), heads, joins)
            if form == "picture":
                return None
        return Shape(text, form, unit.box(), self._framed and not art_text, (self.key,))

    def _route(self, form: str) -> list[Point]:
        """The corners of a connector or of a drawn open line on the unit square; none when it is no line."""
        if form.startswith(("bentConnector", "curvedConnector")):
            return bent_route(form, *(_signed(self.values.get(p, _PATH_SIZE // 2)) / _PATH_SIZE for p in _ADJUST))
        if form in ("line", "straightConnector1") or self.flags & _IS_CONNECTOR:
            return [(0, 0), (1, 1)]
        return [] if form else self._open_path()

    def _open_path(self) -> list[Point]:
        """The corners of a drawn line on the unit square; none when its path closes or cannot be told."""
        defaults = (0, 0, _PATH_SIZE, _PATH_SIZE)
        left, top, right, bottom = (
            _signed(self.values.get(key, default)) for key, default in zip(_GEOMETRY, defaults, strict=True)
        )
        points = _open_points(_points(self.arrays.get(_VERTICES, b"")), _segments(self.arrays.get(_SEGMENTS, b"")))
        if not 1 < len(points) <= MAX_LINE_POINTS or points[0] == points[-1]:
            return []
        return [((x - left) / ((right - left) or 1), (y - top) / ((bottom - top) or 1)) for x, y in points]

    def _has_head(self, key: int) -> bool:
        return self.values.get(key, 0) not in _NO_HEAD

    @property
    def _framed(self) -> bool:
        """Whether it shows an outline, or a fill that is not the paper's white."""
        if self._flag(_LINE_FLAGS, _LINED, default=True):
            return True
        return self._flag(_FILL_FLAGS, _FILLED, default=True) and self.values.get(_FILL_COLOUR, 0xFFFFFF) not in _WHITE

    def _flag(self, key: int, bit: int, *, default: bool) -> bool:
        flags = self.values.get(key, 0)
        return bool(flags & bit) if flags & bit << 16 else default


def _read_container(art: bytes, record: _Record) -> _Container:
    shape = _Container(Container(record.start, record.end))
    for part in _records(art, record.body, record.end, frozenset()):
        body = art[part.body : part.end]
        if part.kind == _SHAPE_HEAD and len(body) >= 8:
            key, shape.flags = struct.unpack_from("<2I", body)
            shape.kind, shape.key = part.instance, _key(key)
        elif part.kind == _GROUP_COORDINATES and len(body) >= 16:
            shape.inner = _rect(body)
        elif part.kind == _CHILD_ANCHOR and len(body) >= 16:
            shape.child = _rect(body)
        elif part.kind == _CLIENT_ANCHOR:
            shape.anchor = body
        elif part.kind == _PROPERTIES:
            _read_properties(body, part.instance, shape)
    return shape


def _rect(body: bytes) -> Rect:
    left, top, right, bottom = struct.unpack_from("<4i", body)
    return Rect.around((left, top), (right, bottom))


def _read_properties(body: bytes, count: int, shape: _Container) -> None:
    """A table of six bytes a property; the arrays that it names the length of follow behind it in the same order."""
    table = struct.iter_unpack("<HI", body[: min(count, len(body) // 6) * 6])
    position = count * 6
    for key, value in table:
        if key & 0x8000:
            end = position + value
            if key & 0x3FFF in (_VERTICES, _SEGMENTS) and math.prod(_array_head(body[position:end])) == value:
                end += _ARRAY_HEAD.size  # some programs do not count the head
            shape.arrays[key & 0x3FFF] = body[position:end]
            position = end
        else:
            shape.values[key & 0x3FFF] = value


def _array_head(array: bytes) -> tuple[int, int]:
    """How many elements an array has, and how many bytes each takes."""
    if len(array) < _ARRAY_HEAD.size:
        return 0, 0
    count, size = _ARRAY_HEAD.unpack_from(array)
    return count, 4 if size == _HALVED else size


def _elements(array: bytes) -> tuple[int, bytes]:
    """The size of the elements of an array, and their bytes."""
    count, size = _array_head(array)
    return size, array[_ARRAY_HEAD.size : _ARRAY_HEAD.size + count * size]


def _points(array: bytes) -> list[tuple[int, int]]:
    size, data = _elements(array)
    if size not in (4, 8):
        return []
    return list(struct.iter_unpack("<2h" if size == 4 else "<2i", data[: len(data) // size * size]))


def _segments(array: bytes) -> list[int]:
    size, data = _elements(array)
    return [each for (each,) in struct.iter_unpack("<H", data[: len(data) // 2 * 2])] if size == 2 else []


def _open_points(vertices: list[tuple[int, int]], segments: list[int]) -> list[tuple[int, int]]:
    """The corners of a path that is one open line, curves taken as straight; none when it is another."""
    waiting, points, moves = iter(vertices), list[tuple[int, int]](), 0
    for segment in segments:
        kind, count = segment >> 13, segment & 0x1FFF
        if kind == _MOVE_TO:
            moves += 1
            points.extend(islice(waiting, 1))
        elif kind == _LINES_TO:
            points.extend(islice(waiting, count))
        elif kind == _CURVES_TO:
            points.extend(list(islice(waiting, 3 * count))[2::3])
        elif kind == _END_PATH:
            break
        elif kind != _ESCAPE or segment >> 8 & 0x1F < _MERE_STYLE:
            return []
    return points if moves == 1 else []


def _signed(value: int) -> int:
    return value - 2**32 if value & 0x80000000 else value
