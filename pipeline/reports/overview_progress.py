"""The progress by day, as a sheet of the overview: the numbers, and two curves over them.

In: rows of the view 进度. Out: the sheet, set up for printing. Refuses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.chart import LineChart, Reference
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reports import page_style
from pipeline.reports.spreadsheet import write_cell
from pipeline.vocabulary import Vocabulary

_CURVES = (
    ("units", ("应报单位数", "已报送单位数", "无错误单位数")),
    ("findings", ("待整改问题数", "待整改错误数")),
)
_COLOURS = ("7F7F7F", "2E75B6", "70AD47")
_FIRST, _COLUMN_WIDTH = 3, 13.0
_WIDTH, _HEIGHT, _ROWS_A_CHART = 22.0, 9.0, 20  # cm; rows of a sheet that a chart covers


def write_progress(page: Worksheet, rows: Sequence[Mapping[str, object]], words: Vocabulary) -> None:
    """Fill a sheet with at least one row; the curves stand beside the numbers and follow them."""
    columns = list(rows[0])
    write_cell(page, 1, 1, words.label("report.overview.progress"), page_style.HEADING)
    page.row_dimensions[1].height = 30
    for number, name in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(number)].width = _COLUMN_WIDTH
        write_cell(page, _FIRST - 1, number, name, page_style.HEADER)
    for row, facts in enumerate(rows, _FIRST):
        for number, value in enumerate(facts.values(), 1):
            write_cell(page, row, number, _shown(value), page_style.CENTRED)
    page.freeze_panes = f"B{_FIRST}"
    last = _FIRST + len(rows) - 1
    beside = get_column_letter(len(columns) + 2)
    for place, (key, names) in enumerate(_CURVES):
        chart = _chart(page, [columns.index(name) + 1 for name in names], last, words.label(f"report.overview.{key}"))
        page.add_chart(chart, f"{beside}{_FIRST + place * _ROWS_A_CHART}")
    page_style.set_up_page(page, "", words, repeat_rows=f"1:{_FIRST - 1}")


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _chart(page: Worksheet, columns: Sequence[int], last: int, title: str) -> Any:
    chart: Any = LineChart()  # its types say int for centimetres
    chart.title, chart.width, chart.height = title, _WIDTH, _HEIGHT
    for column, colour in zip(columns, _COLOURS, strict=False):
        chart.add_data(Reference(page, min_col=column, min_row=_FIRST - 1, max_row=last), titles_from_data=True)
        line = chart.series[-1]
        line.graphicalProperties.line.solidFill = colour
        line.smooth = False
        if last == _FIRST:
            line.marker.symbol = "circle"  # one day alone would draw no line
    chart.set_categories(Reference(page, min_col=1, min_row=_FIRST, max_row=last))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.scaling.min = "0", 0
    chart.legend.position = "b"
    return chart
