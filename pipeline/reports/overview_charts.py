"""Bar charts of the overview: the worst at the top.

In: where the names and numbers stand on other sheets. Out: charts on a sheet, set up for printing. Refuses nothing;
where there is nothing to draw, the sheet says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reports import page_style
from pipeline.reports.spreadsheet import write_cell
from pipeline.vocabulary import Vocabulary

_MOST = 20  # bars of a chart: more cannot be read on a page
_WIDTH, _HEIGHT_A_BAR, _HEIGHT_AROUND = 25.0, 0.7, 4.0  # cm
_CM_A_ROW = 0.53  # of a sheet, at its default height
_LINE_COLOUR = "7F7F7F"


@dataclass(frozen=True, slots=True)
class Bars:
    """One chart. key: in labels.csv ("report.overview.chart.…"). sheet: where the numbers stand, in the order of the
    bars. count: rows to draw. series: column and colour (RGB) of each part of a bar. name_column: of the bars' names.
    shades: a colour of its own for each bar, where there is one part.
    """

    key: str
    sheet: Worksheet
    count: int
    series: Sequence[tuple[int, str]]
    name_column: int
    shades: Sequence[str] = ()


def add_charts(page: Worksheet, charts: Sequence[Bars], *, header_row: int, words: Vocabulary) -> None:
    """Draw the charts one below the other. header_row: of their sheets; the numbers begin below it."""
    row = 1
    for bars in charts:
        if bars.count:
            chart = _chart(bars, header_row, words)
            page.add_chart(chart, f"A{row}")
            row += round(_height(min(bars.count, _MOST)) / _CM_A_ROW) + 3
    if row == 1:
        write_cell(page, 1, 1, words.label("report.overview.none"), page_style.HEADING)
        page.column_dimensions["A"].width = 60
    page_style.set_up_page(page, "", words)
    page.page_setup.orientation = "portrait"


def _chart(bars: Bars, header_row: int, words: Vocabulary) -> Any:
    shown = min(bars.count, _MOST)
    cut = bars.count > _MOST
    chart: Any = BarChart(
        barDir="bar", grouping="stacked", overlap=100, gapWidth=45
    )  # its types say int for centimetres
    key = f"report.overview.chart.{bars.key}{'.cut' if cut else ''}"
    chart.title = words.label(key).format(count=shown)
    names = Reference(bars.sheet, min_col=bars.name_column, min_row=header_row + 1, max_row=header_row + shown)
    for column, colour in bars.series:
        numbers = Reference(bars.sheet, min_col=column, min_row=header_row, max_row=header_row + shown)
        series = Series(numbers, title_from_data=True)
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.graphicalProperties.line.solidFill = _LINE_COLOUR
        series.dPt = [_point(number, shade) for number, shade in enumerate(bars.shades[:shown])]
        chart.series.append(series)
    chart.set_categories(names)
    chart.x_axis.scaling.orientation = "maxMin"  # the first at the top
    chart.x_axis.tickLblSkip = 1  # no bar without its name
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.majorUnit = "0", None
    chart.y_axis.crosses = "max"  # the numbers below, though the order is turned
    if len(bars.series) > 1:
        chart.legend.position = "b"
    else:
        chart.legend = None
        chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.width, chart.height = _WIDTH, _height(shown)
    return chart


def _point(number: int, shade: str) -> DataPoint:
    filled = GraphicalProperties(solidFill=shade)
    filled.line.solidFill = _LINE_COLOUR
    return DataPoint(idx=number, spPr=filled)


def _height(shown: int) -> float:
    return _HEIGHT_AROUND + shown * _HEIGHT_A_BAR
