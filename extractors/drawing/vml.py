"""Reads the shapes and lines of VML, as Word before 2010 and WPS write them, and the old drawings of Excel.

In: an element that holds shapes, the plane it lies on, a function that gives a shape's text, and the rules that say
which shapes a connector joins. Out: shapes and lines. Refuses nothing: what has no size or shape that can be told is
left out; pictures are no steps.
Source: ECMA-376 part 4, 19.1 (VML) and 19.2 (o: names).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.drawing.drawingml import local_name, number
from extractors.drawing.shape_types import SHAPE_TYPES
from extractors.drawing.shapes import (
    BLOCK_ARROWS,
    MAX_LINE_POINTS,
    POINT,
    Frame,
    Line,
    Plane,
    Point,
    Rect,
    Shape,
    bent_route,
    block_arrow,
)

_V: Final = "{urn:schemas-microsoft-com:vml}"
_O: Final = "{urn:schemas-microsoft-com:office:office}"
_SHAPES: Final = frozenset(
    f"{_V}{name}" for name in ("shape", "rect", "roundrect", "oval", "line", "polyline", "curve")
)
_FORMS: Final = {"rect": "rect", "roundrect": "roundRect", "oval": "ellipse"}
_UNITS: Final = {"pt": 1.0, "in": 72.0, "cm": 28.3465, "mm": 2.83465, "px": 0.75, "pc": 12.0, "": 0.75}
_LENGTH: Final = re.compile(r"\s*(-?\d*\.?\d+(?:e-?\d+)?)\s*([a-z]*)", re.IGNORECASE)
_COMMAND: Final = re.compile(r"([a-z@]+)([^a-z@]*)")
_WHITE: Final = frozenset({"white", "#fff", "#ffffff", "window"})


def connector_rules(*roots: etree._Element | None) -> dict[str, tuple[str, str]]:
    """The ids of the shapes that each connector joins, by the connector's id, as the layout rules of a file say."""
    rules = {}
    for rule in (rule for root in roots if root is not None for rule in root.iter(f"{_O}r")):
        ends = {"start": "", "end": ""}
        for proxy in rule.iterfind(f"{_O}proxy"):
            for name in ends:
                if proxy.get(name) is not None:
                    ends[name] = _reference(proxy)
        if any(ends.values()):
            rules[_reference(rule)] = ends["start"], ends["end"]
    return rules


def _reference(element: etree._Element) -> str:
    return element.get("idref", "").removeprefix("#")


@dataclass(slots=True)
class VmlReader:
    """Reads the shapes of one story. text_of: of a shape. rules: as :func:`connector_rules` gives them."""

    text_of: Callable[[etree._Element], str]
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    _types: dict[str, etree._Element] = field(default_factory=dict)

    def read(self, parent: etree._Element, plane: Plane, *, inner: bool = False) -> Iterator[Shape | Line]:
        """The shapes and lines among the children of an element. inner: lengths are units of a group, else of CSS."""
        for child in parent:
            yield from self.piece(child, plane, inner=inner)

    def piece(self, element: etree._Element, plane: Plane, *, inner: bool = False) -> Iterator[Shape | Line]:
        """What one element draws: a shape, a line, the members of a group, or nothing."""
        if element.tag == f"{_V}shapetype":
            self._types[element.get("id", "")] = element
        elif element.tag == f"{_V}group":
            yield from self._group(element, plane, inner)
        elif element.tag in _SHAPES:
            yield from self._shape(element, plane, inner)

    def _group(self, group: etree._Element, plane: Plane, inner: bool) -> Iterator[Shape | Line]:
        style = css(group)
        if style.get("visibility") == "hidden":
            return
        size = _pair(group.get("coordsize"), (1000, 1000))
        x, y = _pair(group.get("coordorigin"), (0, 0))
        held = plane.inside(_frame(style, inner).group(Rect(x, y, x + size[0], y + size[1])))
        yield from self.read(group, held, inner=True)

    def _shape(self, shape: etree._Element, plane: Plane, inner: bool) -> Iterator[Shape | Line]:
        style = css(shape)
        if style.get("visibility") == "hidden":
            return
        name = local_name(shape)
        kind = self._types.get(shape.get("type", "").removeprefix("#"))
        form = _FORMS.get(name, "") or _form(shape, kind)
        ids = tuple(key for key in (shape.get("id"), shape.get(f"{_O}spid")) if key)
        joins = next((self.rules[key] for key in ids if key in self.rules), ("", ""))
        heads = _heads(shape, kind)
        if name in ("line", "curve"):
            yield Line(_ends(shape, style, plane, inner), heads, joins)
            return
        if name == "polyline":
            points = _pairs(shape.get("points", ""), inner)[:MAX_LINE_POINTS]
            if len(points) > 1 and points[0] != points[-1]:
                yield Line(tuple(plane.at(x, y) for x, y in points), heads, joins)
            return
        unit = plane.inside(_frame(style, inner).unit())
        text = self.text_of(shape)
        if form in BLOCK_ARROWS:
            yield block_arrow(form, unit, text)
            return
        if not text.strip():
            if form == "picture":
                return
            path = _corners(shape, kind, form)
            if path:
                yield Line(tuple(unit.at(x, y) for x, y in path), heads, joins)
                return
        yield Shape(text, form, unit.box(), _framed(shape, kind), ids)


def _form(shape: etree._Element, kind: etree._Element | None) -> str:
    number_of = shape.get(f"{_O}spt") or (kind.get(f"{_O}spt", "") if kind is not None else "")
    number_of = number_of or shape.get("type", "").rpartition("_t")[2]
    return SHAPE_TYPES.get(int(number(number_of)), "")


def _corners(shape: etree._Element, kind: etree._Element | None, form: str) -> list[Point]:
    """The corners of a connector or of a drawn open line on the unit square; none when the shape is no line."""
    if form in ("line", "straightConnector1") or shape.get(f"{_O}connectortype") == "straight":
        return [(0, 0), (1, 1)]
    if form.startswith(("bentConnector", "curvedConnector")):
        return bent_route(form, _first_adjust(shape.get("adj")))
    if form or kind is not None:
        return []
    return _drawn(shape)


def _first_adjust(adjust: str | None) -> float:
    """Where the middle piece of a bent connector lies, as its first adjust value says (a share of 21600)."""
    first = (adjust or "").split(",")[0].strip()
    return number(first) / 21600 if first.lstrip("-").isdigit() else 0.5


def _drawn(shape: etree._Element) -> list[Point]:
    """The corners of a path of moves and lines that does not close."""
    x0, y0 = _pair(shape.get("coordorigin"), (0, 0))
    width, height = _pair(shape.get("coordsize"), (1000, 1000))
    points: list[Point] = []
    for command, values in _COMMAND.findall(shape.get("path", "").lower()):
        numbers = [number(value) for value in re.split(r"[,\s]+", values.strip())] if values.strip() else []
        pairs = list(zip(numbers[::2], [*numbers[1::2], 0][: len(numbers[::2])], strict=True))
        if command.startswith("m"):
            if points:
                return []
            points = pairs[:1] or [(0.0, 0.0)]
        elif command.startswith("l"):
            points.extend(pairs)
        elif command.startswith("c"):
            points.extend(pairs[2::3])
        elif command.startswith("r"):
            for x, y in pairs[:MAX_LINE_POINTS]:
                points.append((points[-1][0] + x, points[-1][1] + y) if points else (x, y))
        elif command.startswith("e") or command in ("nf", "ns", "nfe", "nse"):
            break
        else:
            return []
        if "x" in command or len(points) > MAX_LINE_POINTS:
            return []
    if len(points) < 2 or points[0] == points[-1]:
        return []
    return [((x - x0) / (width or 1), (y - y0) / (height or 1)) for x, y in points]


def _ends(shape: etree._Element, style: Mapping[str, str], plane: Plane, inner: bool) -> tuple[Point, ...]:
    """The two ends of a v:line. Word writes the corners of its box and says by ``flip`` which way it runs."""
    (x0, y0), (x1, y1) = ((_pairs(shape.get(name, ""), inner) or [(0.0, 0.0)])[0] for name in ("from", "to"))
    flip = style.get("flip", "")
    if "x" in flip and x0 <= x1:
        x0, x1 = x1, x0
    if "y" in flip and y0 <= y1:
        y0, y1 = y1, y0
    return plane.at(x0, y0), plane.at(x1, y1)


def _heads(shape: etree._Element, kind: etree._Element | None) -> tuple[bool, bool]:
    found = [False, False]
    for source in (kind, shape):
        stroke = source.find(f"{_V}stroke") if source is not None else None
        for index, name in enumerate(("startarrow", "endarrow")):
            if stroke is not None and stroke.get(name) is not None:
                found[index] = stroke.get(name) not in ("none", "oval")
    return found[0], found[1]


def _framed(shape: etree._Element, kind: etree._Element | None) -> bool:
    """Whether a shape shows an outline, or a fill that is not the paper's white."""
    stroke = shape.find(f"{_V}stroke")
    stroked = shape.get("stroked") or (kind.get("stroked") if kind is not None else None) or "t"
    if not _off(stroked) and (stroke is None or not _off(stroke.get("on", "t"))):
        return True
    fill = shape.get("fillcolor", "white").split()[0:1] or ["white"]
    return not _off(shape.get("filled", "t")) and fill[0].lower() not in _WHITE


def _off(value: str) -> bool:
    return value.lower() in ("f", "false", "0")


def _frame(style: Mapping[str, str], inner: bool) -> Frame:
    """Where a shape lies in its parent. Margins count beside the offsets, as in CSS."""
    x = sum(_length(style.get(name, ""), inner) for name in ("left", "margin-left"))
    y = sum(_length(style.get(name, ""), inner) for name in ("top", "margin-top"))
    width, height = (max(0.0, _length(style.get(name, ""), inner)) for name in ("width", "height"))
    turn = style.get("rotation", "0")
    degrees = number(turn[:-2]) / 65536 if turn.endswith("fd") else number(turn)
    flip = style.get("flip", "")
    return Frame(Rect(x, y, x + width, y + height), degrees, "x" in flip, "y" in flip)


def css(element: etree._Element) -> dict[str, str]:
    """The properties of a shape's style, names and values in small letters."""
    pairs = (part.partition(":") for part in element.get("style", "").split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if name.strip()}


def _length(text: str, inner: bool) -> float:
    match = _LENGTH.match(text)
    if match is None:
        return 0.0
    if inner:
        return number(match[1])
    return number(match[1]) * _UNITS.get(match[2].lower(), 1.0) * POINT


def _pairs(text: str, inner: bool) -> list[Point]:
    lengths = [_length(part, inner) for part in re.split(r"[,\s]+", text.strip()) if part]
    return list(zip(lengths[::2], lengths[1::2], strict=False))


def _pair(text: str | None, default: Point) -> Point:
    """Two numbers with a comma; a number left out is 0."""
    if not text:
        return default
    first, _, second = text.partition(",")
    return number(first), number(second)
