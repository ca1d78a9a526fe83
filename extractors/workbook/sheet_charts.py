"""The flow charts of a worksheet, with the titles and places that its cells and name give them.

In: a drawing on one plane, where it is anchored, the sheet and its cells. Out:
:class:`~extractors.document.FlowChart` values, none where the drawing is no chart; None where it is beyond the
allowance. Refuses nothing.

A chart's title is its own topmost text, the caption in the cells above it, the only text of the nearest row above it,
or a sheet title that somebody gave.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extractors.document import FlowChart
from extractors.drawing.graph import NAMES_A_CHART, Graph, one_line, read_graphs
from extractors.drawing.shapes import Allowance, Drawing
from extractors.workbook.sheet_grid import Sheet, SheetCell

_NO_TITLE: Final = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)
_LONGEST_TITLE: Final = 60  # characters


def chart_values(
    drawing: Drawing,
    sheet: Sheet,
    cells: Sequence[SheetCell],
    allowance: Allowance,
    *,
    corners: Sequence[tuple[int, int]],
    grouped: bool,
) -> list[FlowChart] | None:
    """The charts of a drawing; None where it is beyond the allowance.

    corners: row and column of the cells under the top left corners of what is anchored. grouped: some of it is a group.
    """
    if not allowance.admits(drawing):
        return None
    graphs = read_graphs(drawing, grouped=grouped)
    top, left = min((row for row, _ in corners), default=0), min((column for _, column in corners), default=0)
    place = sheet.place(top, left) if top else sheet.place()
    return [graph.chart(_title(graph, len(graphs) > 1, sheet, cells, top), place) for graph in graphs]


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
