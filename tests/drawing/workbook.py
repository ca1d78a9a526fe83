"""Sheets → .xlsx, .xls, .csv: a sheet's blocks under each other, its texts merged over the sheet's width."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.drawing.spec import SHORT, CellSpec, Grid, Sheet, Text
from tests.drawing.zipped import settle

_NUMBER = re.compile(r"0|[1-9]\d{0,5}")  # longer ones are codes, which clerks type as text
_SIZES = {"title": 18, "heading": 12, "body": 11, "cell": 10}
_LINE = Side(style="thin", color="000000")


def placed(sheet: Sheet) -> Iterator[tuple[CellSpec, str]]:
    """The cells of a sheet at their sheet positions, each with its style: "title", "heading", "body" or "cell"."""
    row = 1
    for block in sheet.blocks:
        if isinstance(block, Text):
            yield CellSpec(block.text, row, 1, 1, sheet.width), block.style
            row += 1 + sheet.gap
        elif isinstance(block, Grid):
            for c in block.cells:
                yield CellSpec(c.text, c.row + row - 1, c.column, c.row_span, c.column_span), "cell"
            row += block.row_count + sheet.gap


def _value(text: str) -> str | int:
    return int(text) if _NUMBER.fullmatch(text) else text


def _shares(sheet: Sheet) -> tuple[float, ...]:
    grids = [block for block in sheet.blocks if isinstance(block, Grid)]
    return max(grids, key=lambda g: g.column_count).shares() if grids else (1.0,)


def draw_xlsx(path: Path, sheets: tuple[Sheet, ...], *, landscape: bool = True) -> None:
    """Draw a workbook; whole numbers of up to six digits are written as numbers, as Excel does when one types them."""
    book = Workbook()
    del book[book.active.title if book.active else ""]
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.page_setup.orientation = "landscape" if landscape else "portrait"
        page.page_setup.paperSize = 9
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        for column, share in enumerate(_shares(sheet), 1):
            page.column_dimensions[get_column_letter(column)].width = max(6.0, share * 130)
        for cell, style in placed(sheet):
            _fill(page, cell, style)
        _set_heights(page, sheet)
        for column in sheet.hidden_columns:
            page.column_dimensions[get_column_letter(column)].hidden = True
        for row in sheet.hidden_rows:
            page.row_dimensions[row].hidden = True
    book.save(path)
    settle(path)


def _fill(page: Worksheet, cell: CellSpec, style: str) -> None:
    last_row, last_column = cell.row + cell.row_span - 1, cell.column + cell.column_span - 1
    corner = page.cell(cell.row, cell.column)
    if cell.text:
        corner.value = _value(cell.text)
        corner.data_type = "n" if isinstance(corner.value, int) else "s"  # a text that starts with "=" is no formula
    corner.font = Font(name="宋体" if style == "cell" else "黑体", size=_SIZES[style])
    across = "center" if style == "title" or (style == "cell" and len(cell.text) < SHORT) else "left"
    corner.alignment = Alignment(wrap_text=True, vertical="center", horizontal=across)
    if style == "cell":
        for row in range(cell.row, last_row + 1):
            for column in range(cell.column, last_column + 1):
                page.cell(row, column).border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    if (cell.row_span, cell.column_span) != (1, 1):
        page.merge_cells(start_row=cell.row, start_column=cell.column, end_row=last_row, end_column=last_column)


def _set_heights(page: Worksheet, sheet: Sheet) -> None:
    """Excel fits heights when a person types; a written file must say them for the text to show."""
    shares = _shares(sheet)
    for cell, style in placed(sheet):
        if cell.row_span == 1:
            wide = sum(shares[cell.column - 1 : cell.column - 1 + cell.column_span]) * 130 / 2 * 10 / _SIZES[style]
            lines = sum(-(-len(line) // max(2, int(wide) - 1)) or 1 for line in cell.text.split("\n"))
            needed = lines * _SIZES[style] * 1.4 + 6
            page.row_dimensions[cell.row].height = max(needed, page.row_dimensions[cell.row].height or 0)


def draw_xls(path: Path, sheets: tuple[Sheet, ...]) -> None:
    """Draw a workbook in the old binary format."""
    book = xlwt.Workbook(encoding="utf-8")
    style = xlwt.easyxf("align: wrap on, vert centre; borders: left thin, right thin, top thin, bottom thin")
    for sheet in sheets:
        page = book.add_sheet(sheet.title, cell_overwrite_ok=False)
        page.visibility = int(sheet.hidden)
        for cell, _ in placed(sheet):
            top, left = cell.row - 1, cell.column - 1
            bottom, right = top + cell.row_span - 1, left + cell.column_span - 1
            page.write_merge(top, bottom, left, right, _value(cell.text) if cell.text else None, style)
        for column, share in enumerate(_shares(sheet)):
            page.col(column).width = int(max(6.0, share * 130) * 256)
            page.col(column).hidden = column + 1 in sheet.hidden_columns
        for row in sheet.hidden_rows:
            page.row(row - 1).hidden = True
    book.save(str(path))


def draw_csv(path: Path, sheets: tuple[Sheet, ...], *, encoding: str = "gb18030") -> None:
    """Draw the first sheet as Chinese Excel saves it: in GB18030, a merged cell's text once, in its corner."""
    cells = [cell for cell, _ in placed(sheets[0])]
    lines = [[""] * sheets[0].width for _ in range(max(c.row + c.row_span for c in cells) - 1)]
    for cell in cells:
        lines[cell.row - 1][cell.column - 1] = cell.text
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(lines)
