"""Reads the shapes and connectors of DrawingML, as Word (wps, wpg, wpc) and Excel (xdr) write them.

In: an element that holds shapes, the plane it lies on, and a function that gives a shape's text. Out: shapes and lines.
Refuses nothing: what has no size or shape that can be told is left out; pictures and charts are no steps.
Source: ECMA-376 part 1, 20.1.7.6 (a:xfrm), 20.1.9.18 (preset shapes), 20.1.10.55 (line ends);
[MS-ODRAWXML] for wps, wpg and wpc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

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

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHAPES: Final = frozenset({"wsp", "sp", "cxnSp"})
_GROUPS: Final = frozenset({"wgp", "grpSp"})
_TRANSPARENT: Final = frozenset({"wpc", "Choice"})
_WHITE: Final = frozenset({"ffffff", "bg1", "window", "lt1", "white"})
_TextOf = Callable[[etree._Element], str]


def read_shapes(parent: etree._Element, plane: Plane, text_of: _TextOf) -> Iterator[Shape | Line]:
    """The shapes and lines among the children of an element, groups opened, fallbacks for old programs left out."""
    for child in parent:
        name = local_name(child)
        if name in _SHAPES:
            yield from read_shape(child, plane, text_of)
        elif name in _GROUPS:
            yield from read_group(child, plane, text_of)
        elif name in _TRANSPARENT:
            yield from read_shapes(child, plane, text_of)
        elif name == "AlternateContent":
            yield from read_shapes(next(iter(child), child), plane, text_of)


def read_group(group: etree._Element, plane: Plane, text_of: _TextOf) -> Iterator[Shape | Line]:
    """The shapes and lines of a group."""
    properties = _child(group, "grpSpPr")
    transform = properties.find(f"{_A}xfrm") if properties is not None else None
    if transform is not None:
        inner = _rect(transform, "chOff", "chExt")
        plane = plane.inside(_frame(transform).group(inner))
    yield from read_shapes(group, plane, text_of)


def own_offset(element: etree._Element) -> Point:
    """Where a shape or group says that it lies in its parent; an anchor of the page says it better."""
    properties = _child(element, "spPr") if local_name(element) in _SHAPES else _child(element, "grpSpPr")
    transform = properties.find(f"{_A}xfrm") if properties is not None else None
    if transform is None:
        return 0, 0
    rect = _rect(transform, "off", "ext")
    return rect.x0, rect.y0


def read_shape(shape: etree._Element, plane: Plane, text_of: _TextOf) -> Iterator[Shape | Line]:
    """One shape or connector; nothing when it has no place or is a mere ornament."""
    properties = _child(shape, "spPr")
    transform = properties.find(f"{_A}xfrm") if properties is not None else None
    names = _names(shape)
    if properties is None or transform is None or _hidden(names):
        return
    frame = _frame(transform)
    unit = plane.inside(frame.unit())
    preset = properties.find(f"{_A}prstGeom")
    form = preset.get("prst", "") if preset is not None else ""
    text = text_of(shape)
    if form in BLOCK_ARROWS:
        yield block_arrow(form, unit, text)
        return
    if not text.strip():
        paths = _line_paths(shape, properties, preset, frame)
        if paths is not None:
            ends = _heads(properties), _joins(shape)
            yield from _lines(paths, unit, *ends)
            return
    ids = tuple(name.get("id", "") for name in names if name.get("id"))
    yield Shape(text, form, unit.box(), _framed(shape, properties), ids)


def _lines(paths: list[list[Point]], unit: Plane, heads: tuple[bool, bool], joins: tuple[str, str]) -> Iterator[Line]:
    for index, path in enumerate(paths):
        if len(path) > 1:
            last = index == len(paths) - 1
            yield Line(
                tuple(unit.at(x, y) for x, y in path),
                (heads[0] and not index, heads[1] and last),
                (joins[0] if not index else "", joins[1] if last else ""),
            )


def _line_paths(
    shape: etree._Element, properties: etree._Element, preset: etree._Element | None, frame: Frame
) -> list[list[Point]] | None:
    """The corners of a connector on the unit square; None when the shape is no line."""
    if preset is None:
        custom = properties.find(f"{_A}custGeom")
        return _open_paths(custom) if custom is not None else None
    form = preset.get("prst", "")
    if form.startswith(("bentConnector", "curvedConnector")):
        return [bent_route(form, *_adjustments(preset))]
    thin = min(frame.rect.width, frame.rect.height) < POINT
    if form in ("line", "straightConnector1") or local_name(shape) == "cxnSp" or thin or any(_heads(properties)):
        return [[(0, 0), (1, 1)]]  # LibreOffice calls the lines of a .doc rectangles; only lines are thin or have heads
    return None


def _adjustments(preset: etree._Element) -> tuple[float, float, float]:
    """The three adjust values as shares of the shape's size, a half where one is not said."""
    found = {}
    for guide in preset.iter(f"{_A}gd"):
        formula = guide.get("fmla", "").split()
        if len(formula) == 2 and formula[0] == "val":
            found[guide.get("name", "")] = number(formula[1]) / 100_000
    return found.get("adj1", 0.5), found.get("adj2", 0.5), found.get("adj3", 0.5)


def _open_paths(custom: etree._Element) -> list[list[Point]] | None:
    """The corners of a drawn line on the unit square; None when any of its paths is closed or cannot be told."""
    paths: list[list[Point]] = []
    for path in custom.iterfind(f"{_A}pathLst/{_A}path"):
        width, height = number(path.get("w")), number(path.get("h"))
        for step in path:
            points = [_path_point(point, width, height) for point in step.iterfind(f"{_A}pt")]
            name = local_name(step)
            if name == "moveTo":
                paths.append([])
            if name in ("close", "arcTo") or not points or None in points or not paths:
                return None
            paths[-1].append(points[-1])  # type: ignore[arg-type]
            if len(paths[-1]) > MAX_LINE_POINTS or len(paths) > MAX_LINE_POINTS:
                return None
    closed = any(len(path) > 2 and math.dist(path[0], path[-1]) < 0.01 for path in paths)
    return paths if paths and not closed else None


def _path_point(point: etree._Element, width: float, height: float) -> Point | None:
    x, y = point.get("x", ""), point.get("y", "")
    try:
        return float(x) / (width or 1), float(y) / (height or 1)
    except ValueError:  # the name of a guide
        return None


def _frame(transform: etree._Element) -> Frame:
    return Frame(
        _rect(transform, "off", "ext"),
        number(transform.get("rot")) / 60_000,
        transform.get("flipH") in ("1", "true"),
        transform.get("flipV") in ("1", "true"),
    )


def _rect(transform: etree._Element, offset: str, extent: str) -> Rect:
    at, size = transform.find(f"{_A}{offset}"), transform.find(f"{_A}{extent}")
    x, y = (number(at.get("x")), number(at.get("y"))) if at is not None else (0.0, 0.0)
    width, height = (number(size.get("cx")), number(size.get("cy"))) if size is not None else (0.0, 0.0)
    return Rect(x, y, x + max(0.0, width), y + max(0.0, height))


def _heads(properties: etree._Element) -> tuple[bool, bool]:
    start, end = (properties.find(f"{_A}ln/{_A}{name}") for name in ("headEnd", "tailEnd"))
    return _is_head(start), _is_head(end)


def _is_head(end: etree._Element | None) -> bool:
    return end is not None and end.get("type", "none") not in ("none", "oval")


def _joins(shape: etree._Element) -> tuple[str, str]:
    start, end = next(shape.iter(f"{_A}stCxn"), None), next(shape.iter(f"{_A}endCxn"), None)
    return start.get("id", "") if start is not None else "", end.get("id", "") if end is not None else ""


def _framed(shape: etree._Element, properties: etree._Element) -> bool:
    """Whether a shape shows an outline, or a fill that is not the paper's white."""
    style = _child(shape, "style")
    line = properties.find(f"{_A}ln")
    if line is not None and len(line) and line.find(f"{_A}noFill") is None:
        return True
    if (line is None or line.find(f"{_A}noFill") is None) and style is not None:
        reference = style.find(f"{_A}lnRef")
        if reference is not None and reference.get("idx", "0") != "0":
            return True
    fill = properties.find(f"{_A}solidFill")
    if fill is not None:
        return not any((colour.get("val") or "").lower() in _WHITE for colour in fill)
    return any(properties.find(f"{_A}{name}") is not None for name in ("gradFill", "pattFill", "blipFill"))


def _names(shape: etree._Element) -> list[etree._Element]:
    """The elements that carry the id and name of a shape: its own, or of the page's anchor around it."""
    return [element for element in shape.iter() if local_name(element) == "cNvPr"][:1]


def _hidden(names: list[etree._Element]) -> bool:
    return any(name.get("hidden") in ("1", "true") for name in names)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if local_name(child) == name), None)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def number(text: str | None) -> float:
    """A number of an attribute, in bounds; 0 where it is absent or none."""
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return max(-1e12, min(1e12, value)) if math.isfinite(value) else 0.0
