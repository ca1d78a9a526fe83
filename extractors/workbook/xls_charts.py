"""The flow charts in the drawing layer of an .xls worksheet.

In: the layer, the worksheet as xlrd has it, the sheet and its cells. Out:
:class:`~extractors.document.FlowChart` values, none where the drawing is no chart, with the objects that they tell;
None where it is beyond the allowance. Refuses nothing.
Source: [MS-XLS] 2.5.193 (OfficeArtClientAnchorSheet), 2.4.53 (ColInfo), 2.4.221 (Row).
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, Final, NamedTuple

from extractors.document import FlowChart
from extractors.drawing.officeart import Container, Drawn, read_art
from extractors.drawing.shapes import MAX_PIECES, Allowance, Drawing, Rect
from extractors.workbook.sheet_charts import chart_values
from extractors.workbook.sheet_grid import Sheet, SheetCell
from extractors.workbook.xls_drawing import SHAPES, DrawingLayer, SheetObject

_CHARACTER: Final = 7 * 9525 / 256  # EMU, a 256th of the usual width of a digit: 7 pixels
_TWIP: Final = 635  # EMU
_DEFAULT_COLUMN, _DEFAULT_ROW = 8, 255  # digits and twips, where the file says nothing
_ANCHOR: Final = struct.Struct("<9H")


class ToldCharts(NamedTuple):
    """Charts, and the objects of the layer whose texts they tell."""

    charts: list[FlowChart]
    told: frozenset[SheetObject]


def read_charts(
    layer: DrawingLayer, source: Any, sheet: Sheet, cells: Sequence[SheetCell], allowance: Allowance
) -> ToldCharts | None:
    """The charts of a worksheet; None where its drawing is beyond the allowance. source: an ``xlrd.sheet.Sheet``."""
    drawn = list(islice(_shapes(layer, _Grid(source)), MAX_PIECES + 1))  # one more shows that they are too many
    drawing = Drawing()
    drawing.take(each.piece for each, _ in drawn)
    corners = [_corner(each.anchor) for each, _ in drawn if len(each.anchor) >= _ANCHOR.size]
    grouped = any(each.grouped for each, _ in drawn)
    charts = chart_values(drawing, sheet, cells, allowance, corners=corners, grouped=grouped)
    if charts is None:
        return None
    told = (found for _, found in drawn if found is not None)
    return ToldCharts(charts, frozenset(told if charts else ()))


def _shapes(layer: DrawingLayer, grid: _Grid) -> Iterator[tuple[Drawn, SheetObject | None]]:
    """What is drawn, with its objects; notes, pictures and controls left out."""

    def text_of(container: Container) -> str:
        found = layer.within(*container)
        return found.text if found is not None else ""

    for drawn in read_art(layer.art, grid.rect, text_of):
        found = layer.within(*drawn.container)
        if found is None or found.kind in SHAPES:
            yield drawn, found


def _corner(anchor: bytes) -> tuple[int, int]:
    """Row and column, from 1, of the cell under a top left corner."""
    _, left, _, top, *_ = _ANCHOR.unpack_from(anchor)
    return top + 1, left + 1


class _Grid:
    """Where the cells of a worksheet lie, in EMU."""

    def __init__(self, source: Any) -> None:
        column = source.standardwidth or (source.defcolwidth or _DEFAULT_COLUMN) * 256
        widths = {index: 0 if info.hidden else info.width for index, info in source.colinfo_map.items()}
        heights = {index: 0 if info.hidden else info.height for index, info in source.rowinfo_map.items()}
        self._columns = _Edges(column, widths)
        self._rows = _Edges(source.default_row_height or _DEFAULT_ROW, heights)

    def rect(self, anchor: bytes) -> Rect | None:
        """The rectangle of an anchor: two corners, each by its cell and shares of the cell's size."""
        if len(anchor) < _ANCHOR.size:
            return None
        _, left, across, top, down, right, far_across, bottom, far_down = _ANCHOR.unpack_from(anchor)
        return Rect.around(
            (self._columns.at(left, across / 1024) * _CHARACTER, self._rows.at(top, down / 256) * _TWIP),
            (self._columns.at(right, far_across / 1024) * _CHARACTER, self._rows.at(bottom, far_down / 256) * _TWIP),
        )


class _Edges:
    """Where the columns or rows of a worksheet begin, given the sizes of those that are not of the default size."""

    def __init__(self, default: int, sizes: Mapping[int, int]) -> None:
        self._default, self._sizes = default, sizes
        self._own = sorted(sizes)
        self._beyond = list(accumulate((sizes[index] - default for index in self._own), initial=0))

    def at(self, index: int, share: float) -> float:
        """How far a share of a column or row is from the first, in the units of the sizes."""
        before = self._beyond[bisect_left(self._own, index)]
        return index * self._default + before + share * self._sizes.get(index, self._default)
