"""The flow charts in the drawing part of an .xlsx worksheet.

In: the drawing part as a tree, the sheet and its cells. Out: :class:`~extractors.document.FlowChart` values, none where
the drawing is no chart; None where it is beyond the allowance. Refuses nothing.

Excel writes for each shape where it lies on the sheet; files of other programs may only name the cells it is anchored
to, which are then taken as of the default size.
Source: ECMA-376 part 1, 20.5 (spreadsheet drawings).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from extractors.document import FlowChart
from extractors.drawing.drawingml import local_name, number, own_offset, read_shapes
from extractors.drawing.shapes import Allowance, Drawing, Plane
from extractors.workbook.sheet_charts import chart_values
from extractors.workbook.sheet_grid import Sheet, SheetCell

ANCHORS: Final = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_COLUMN, _ROW = 609_600, 171_450  # EMU, the default size of a cell


def read_charts(
    root: etree._Element, sheet: Sheet, cells: Sequence[SheetCell], allowance: Allowance
) -> list[FlowChart] | None:
    """The charts of a drawing part; None where it is beyond the allowance."""
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
    return chart_values(drawing, sheet, cells, allowance, corners=corners, grouped=grouped)


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
