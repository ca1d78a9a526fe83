"""An XML Spreadsheet 2003 workbook (often named .xls) → its sheets.

In: the root element of such a file. Out: :class:`~extractors.workbook.sheet_grid.Workbook`. Refuses: TooLarge, Damaged
where a position is no number. Source: XML Spreadsheet Reference (Microsoft, 2001), [MS-OE376] annex.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml import etree

from extractors.document import Paragraph
from extractors.errors import Damaged
from extractors.workbook.number_format import BUILT_IN, GENERAL, show_number, show_text
from extractors.workbook.sheet_grid import Allowance, Area, Sheet, SheetCell, Workbook
from extractors.workbook.xlsx_margins import header_texts

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{NAMESPACE}}}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_EPOCH = datetime(1899, 12, 30)
_LAST = 1_048_576  # no row or column lies beyond
_NAMED_FORMATS = {
    "General Number": GENERAL,
    "General Date": BUILT_IN[22],
    "Short Date": BUILT_IN[14],
    "Medium Date": BUILT_IN[15],
    "Long Date": BUILT_IN[31],
    "Short Time": BUILT_IN[20],
    "Medium Time": BUILT_IN[18],
    "Long Time": BUILT_IN[21],
    "Fixed": BUILT_IN[2],
    "Standard": BUILT_IN[4],
    "Percent": BUILT_IN[10],
    "Scientific": BUILT_IN[11],
    "Currency": BUILT_IN[7],
    "Yes/No": '"Yes";"Yes";"No"',
    "True/False": '"True";"True";"False"',
    "On/Off": '"On";"On";"Off"',
}


def read_spreadsheet_xml(root: etree._Element) -> Workbook:
    """All worksheets of the workbook. Raises the refusals of the module."""
    codes = _format_codes(root)
    allowance = Allowance()
    sheets, margins = [], []
    for number, element in enumerate(root.iterfind(f"{_SS}Worksheet"), 1):
        sheet = Sheet(element.get(f"{_SS}Name", ""), number, hidden=_is_hidden_sheet(element))
        reading = _TableReading(sheet, codes)
        for table in element.iterfind(f"{_SS}Table"):
            reading.read(table)
        allowance.take(reading.cells)
        margins += [*_printed(element, sheet), *reading.notes]
        sheets.append(
            Sheet(
                title=sheet.title,
                number=number,
                cells=tuple(reading.cells),
                merges=tuple(reading.merges),
                hidden=sheet.hidden,
                hidden_rows=tuple(reading.hidden_rows),
                hidden_columns=tuple(reading.hidden_columns),
            )
        )
    return Workbook(tuple(sheets), tuple(margins))


class _TableReading:
    """One pass over the rows of a worksheet; ss:Index and ss:Span move the counters."""

    def __init__(self, sheet: Sheet, codes: dict[str, str]) -> None:
        self._sheet = sheet
        self._codes = codes
        self.cells: list[SheetCell] = []
        self.merges: list[Area] = []
        self.notes: list[Paragraph] = []
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []

    def read(self, table: etree._Element) -> None:
        column = 0
        for element in table.iterfind(f"{_SS}Column"):
            first = _position(element, "Index", column + 1)
            column = first + _position(element, "Span", 0)
            if _hidden(element, "Width"):
                self.hidden_columns.append((first, column))
        row = 0
        for element in table.iterfind(f"{_SS}Row"):
            first = _position(element, "Index", row + 1)
            row = first + _position(element, "Span", 0)
            if _hidden(element, "Height"):
                self.hidden_rows.append((first, row))
            self._read_row(element, first)

    def _read_row(self, element: etree._Element, row: int) -> None:
        column = 0
        for cell in element.iterfind(f"{_SS}Cell"):
            column = _position(cell, "Index", column + 1)
            across, down = _position(cell, "MergeAcross", 0), _position(cell, "MergeDown", 0)
            if across or down:
                self.merges.append(Area(row, column, row + down, column + across))
            text, unread = self._shown(cell, element)
            if text or unread:
                self.cells.append(SheetCell(row, column, text, unread))
            for note in cell.iterfind(f"{_SS}Comment/{_SS}Data"):
                self.notes.append(Paragraph(_text(note), self._sheet.place(row, column), "comment"))
            column += across

    def _shown(self, cell: etree._Element, row: etree._Element) -> tuple[str, str]:
        """The text of a cell and why it counts as unread, "" when it does not."""
        data = cell.find(f"{_SS}Data")
        if data is None:
            return "", "formula" if cell.get(f"{_SS}Formula") else ""
        text, kind = _text(data), data.get(f"{_SS}Type", "String")
        if kind == "Error":
            return text, "error value"
        if kind == "Boolean":
            return ("TRUE" if text.strip() == "1" else "FALSE"), ""
        code = self._codes.get(cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or "Default", GENERAL)
        number = {"Number": _number, "DateTime": _serial}.get(kind, _no_number)(text)
        return (show_text(text, code) if number is None else show_number(number, code)), ""


def _format_codes(root: etree._Element) -> dict[str, str]:
    """Style id → format code; a style without one has its parent's."""
    styles = {style.get(f"{_SS}ID", ""): style for style in root.iterfind(f"{_SS}Styles/{_SS}Style")}
    codes = {}
    for name, style in styles.items():
        parent = styles.get(style.get(f"{_SS}Parent", ""))
        formats = [one.find(f"{_SS}NumberFormat") for one in (style, parent) if one is not None]
        code = next((found.get(f"{_SS}Format", "") for found in formats if found is not None), "")
        codes[name] = _NAMED_FORMATS.get(code, code) or GENERAL
    return codes


def _is_hidden_sheet(worksheet: etree._Element) -> bool:
    visible = worksheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "SheetVisible")
    return visible.strip() in ("SheetHidden", "SheetVeryHidden")


def _printed(worksheet: etree._Element, sheet: Sheet) -> Iterator[Paragraph]:
    for name, role in (("Header", "header"), ("Footer", "footer")):
        for element in worksheet.iterfind(f"{_EXCEL}WorksheetOptions/{_EXCEL}PageSetup/{_EXCEL}{name}"):
            for text in header_texts(element.get(f"{_EXCEL}Data", ""), sheet.title, ""):
                yield Paragraph(text, sheet.place(), role)


def _text(data: etree._Element) -> str:
    """The text of a value, runs of rich text included."""
    text = "".join(str(piece) for piece in data.itertext())
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _position(element: etree._Element, name: str, default: int) -> int:
    value = element.get(f"{_SS}{name}", "").strip()
    if not value:
        return default
    if not value.isdecimal() or len(value) > 7 or int(value) > _LAST:
        raise Damaged("position")
    return int(value)


def _hidden(element: etree._Element, size: str) -> bool:
    return element.get(f"{_SS}Hidden") == "1" or _number(element.get(f"{_SS}{size}", "")) == 0


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _serial(text: str) -> float | None:
    try:
        return (datetime.fromisoformat(text.strip().removesuffix("Z")) - _EPOCH) / timedelta(days=1)
    except (ValueError, TypeError):
        return None


def _no_number(text: str) -> float | None:
    return None
