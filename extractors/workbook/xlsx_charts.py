"""The flow charts of a worksheet's drawing.

In: the drawing part as a tree, the sheet and its cells. Out: :class:`~extractors.document.FlowChart` values, none where
the drawing is no chart; whether it is beyond the allowance. Refuses nothing.

Excel writes for each shape where it lies on the sheet; files of other programs may only name the cells it is anchored
to, which are then taken as of the default size. A chart's title is its own topmost text, the caption in the cells
above it, the only text of the nearest row above it, or a sheet title that somebody gave.
Source: ECMA-376 part 1, 20.5 (spreadsheet drawings).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from extractors.document import FlowChart
from extractors.drawing.drawingml import local_name, number, own_offset, read_shapes
from extractors.drawing.graph import NAMES_A_CHART, Graph, one_line, read_graphs
from extractors.drawing.shapes import Allowance, Drawing, Plane
from extractors.workbook.sheet_grid import Sheet, SheetCell

ANCHORS: Final = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_COLUMN, _ROW = 609_600, 171_450  # EMU, the default size of a cell
_NO_TITLE: Final = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)
_LONGEST_TITLE: Final = 60  # characters


def read_charts(
    root: etree._Element, sheet: Sheet, cells: Sequence[SheetCell], allowance: Allowance
) -> tuple[list[FlowChart], bool]:
    """The charts of a drawing part, and whether it is beyond the allowance."""
    drawing = Drawing()
    corners: list[tuple[int, int]] = []
    grouped = False
    for anchor in anchors(root):
        before = len(drawing.shapes) + len(drawing.lines)
        row, column, plane = _position(anchor)
        drawing.take(read_shapes(anchor, plane, shape_text))
        if len(drawing.shapes) + len(drawing.lines) > before and row:
            corners.append((row, column))
        grouped = grouped or any(local_name(child) == "grpSp" for child in anchor)
    if not allowance.admits(drawing):
        return [], True
    graphs = read_graphs(drawing, grouped=grouped)
    top, left = min(corners, default=(0, 0))
    left = min((column for _, column in corners), default=left)
    place = sheet.place(top, left) if top else sheet.place()
    return [graph.chart(_title(graph, len(graphs) > 1, sheet, cells, top), place) for graph in graphs], False


def anchors(root: etree._Element) -> Iterator[etree._Element]:
    """The anchors of a drawing, also those for which the file has alternatives."""
    for anchor in root:
        if local_name(anchor) in ANCHORS:
            yield anchor
        else:
            for choice in anchor.iterfind("{*}Choice"):  # mc:AlternateContent around a whole anchor
                yield from anchors(choice)


def shape_text(shape: etree._Element) -> str:
    """The text of a shape, one line a paragraph."""
    lines = []
    for paragraph in shape.iterfind("{*}txBody/{*}p"):
        pieces = (("\n" if local_name(part) == "br" else part.text or "") for part in paragraph.iter("{*}t", "{*}br"))
        lines.append("".join(pieces))
    return "\n".join(lines)


def _position(anchor: etree._Element) -> tuple[int, int, Plane]:
    """The row and column of an anchor (0 where it has none), and the plane of its shapes."""
    names = ("row", "col", "rowOff", "colOff")
    row, column, down, across = (number(anchor.findtext(f"{{*}}from/{{*}}{name}")) for name in names)
    shape = next((child for child in anchor if local_name(child) in ("sp", "cxnSp", "grpSp")), None)
    plane = Plane()
    if shape is not None and (row or column) and own_offset(shape) == (0, 0):
        plane = plane.moved(column * _COLUMN + across, row * _ROW + down)
    known = anchor.find("{*}from") is not None
    return (int(row) + 1 if known else 0), (int(column) + 1 if known else 0), plane


def _title(graph: Graph, several: bool, sheet: Sheet, cells: Sequence[SheetCell], top: int) -> str:
    """What names the chart beside its own topmost text, "" where that is best."""
    if graph.title and (several or NAMES_A_CHART.search(graph.title)):
        return ""
    above: dict[int, list[str]] = {}
    for cell in cells:
        if cell.row <= top and cell.text.strip():
            above.setdefault(cell.row, []).append(one_line(cell.text).strip())
    for row in sorted(above, reverse=True):
        for text in above[row]:
            if len(text) <= _LONGEST_TITLE and NAMES_A_CHART.search(text):
                return text
    if graph.title:
        return ""
    nearest = above[max(above)] if above else []
    if len(nearest) == 1 and len(nearest[0]) <= _LONGEST_TITLE:
        return nearest[0]
    return "" if _NO_TITLE.fullmatch(sheet.title.strip()) else sheet.title.strip()
