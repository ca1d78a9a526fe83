"""An .xls workbook (BIFF 2 to 8, .et) → its sheets and what stands beside their cells.

In: an open file, OLE or bare BIFF. Out: :class:`~extractors.workbook.sheet_grid.Workbook`. Refuses: Encrypted, Damaged,
TooLarge, WrongKind for an OLE file without a workbook in it.

xlrd reads values with their number formats, hidden rows and merges. Where the records of these do not hold together
(not every export program writes them well), the values are read alone, and that is observed. python-calamine is no way
out here: on damaged BIFF it panics, or takes all memory and ends the process (seen on fuzzed files).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd

from extractors.document import FlowChart, Notice, Observation, Paragraph
from extractors.drawing import shapes
from extractors.errors import Damaged, Encrypted, TooLarge, WrongKind
from extractors.workbook.number_format import BUILT_IN, GENERAL, show_number, show_text
from extractors.workbook.sheet_grid import Allowance, Area, Sheet, SheetCell, Workbook
from extractors.workbook.xls_margins import WorkbookRecords

MAX_BYTES = 128 * 2**20
_LOCAL_FORMATS = frozenset(
    {14, 22, *range(27, 37), *range(50, 59)}
)  # built-in formats whose looks depend on the country
_NO_CODE_PAGE = "gb18030"  # what old files that name no code page were written in

# xlrd asserts and indexes its way through damaged records; these are what it raises then.
_BROKEN = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    AssertionError,
    LookupError,
    NameError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
)
_NAMES = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")}


def read_xls(stream: BinaryIO) -> Workbook:
    """All sheets of an .xls file. Raises the refusals of the module."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("bytes", limit=MAX_BYTES)
    if _NAMES["EncryptedPackage"] in data:
        raise Encrypted
    if data.startswith(b"\xd0\xcf") and _NAMES["Workbook"] not in data and _NAMES["Book"] not in data:
        raise WrongKind(found="doc") if _NAMES["WordDocument"] in data else Damaged("no workbook stream")
    try:
        return _from_xlrd(_open(data, formats=True), data)
    except _BROKEN as error:
        if "encrypted" in str(error):
            raise Encrypted from error
    try:
        return _from_xlrd(_open(data, formats=False), data)
    except _BROKEN as error:
        raise Damaged(type(error).__name__) from error


def _open(data: bytes, *, formats: bool) -> xlrd.Book:
    arguments: dict[str, Any] = {"file_contents": data, "formatting_info": formats, "ragged_rows": True}
    book = xlrd.open_workbook(logfile=io.StringIO(), **arguments)
    if book.biff_version < 80 and book.codepage is None:
        return xlrd.open_workbook(logfile=io.StringIO(), encoding_override=_NO_CODE_PAGE, **arguments)
    return book


def _from_xlrd(book: xlrd.Book, data: bytes) -> Workbook:
    allowance, drawings = Allowance(), shapes.Allowance()
    records = WorkbookRecords(data)
    sheets: list[Sheet] = []
    margins: list[Paragraph] = []
    charts: list[FlowChart] = []
    for source in book.sheets():
        sheet = Sheet(source.name, source.number + 1, hidden=source.visibility != 0)
        blanked: list[Observation] = []
        if not book.formatting_info:
            blanked.append(Observation(Notice.UNREAD_PART, sheet.place(), "formats"))
        cells = tuple(_cells(book, source, sheet, blanked))
        allowance.take(cells)
        beside = records.margins(source, sheet, cells, drawings)
        charts += beside.charts
        margins += [*beside.paragraphs, *_notes(source, sheet)]
        sheets.append(
            Sheet(
                title=sheet.title,
                number=sheet.number,
                cells=cells,
                merges=tuple(
                    Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in source.merged_cells
                ),
                hidden=sheet.hidden,
                hidden_rows=tuple((row + 1, row + 1) for row, info in source.rowinfo_map.items() if _hidden_row(info)),
                hidden_columns=tuple(
                    (column + 1, column + 1)
                    for column, info in source.colinfo_map.items()
                    if info.hidden or info.width == 0
                ),
                observations=(*blanked, *beside.observations),
            )
        )
    return Workbook(tuple(sheets), tuple(margins), tuple(charts))


def _hidden_row(info: Any) -> bool:
    return bool(info.hidden) or (info.height == 0 and not info.has_default_height)


def _notes(source: Any, sheet: Sheet) -> Iterator[Paragraph]:
    for (row, column), note in sorted(source.cell_note_map.items()):
        if note.text.strip():
            yield Paragraph(note.text, sheet.place(row + 1, column + 1), "comment")


def _cells(book: xlrd.Book, source: Any, sheet: Sheet, blanked: list[Observation]) -> Iterator[SheetCell]:
    codes = [_code(book, style.format_key) for style in book.xf_list]
    for row in range(source.nrows):
        for column, (kind, value) in enumerate(zip(source.row_types(row), source.row_values(row), strict=True)):
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "":
                continue
            style = source.cell_xf_index(row, column) if book.formatting_info else len(codes)
            code = codes[style] if style < len(codes) else GENERAL
            text, unread = _shown(kind, value, code, from_1904=bool(book.datemode))
            if value and not text.strip() and str(value).strip():
                blanked.append(Observation(Notice.HIDDEN_TEXT, sheet.place(row + 1, column + 1), str(value)))
                continue
            yield SheetCell(row + 1, column + 1, text, unread)


def _code(book: xlrd.Book, key: int) -> str:
    if key in _LOCAL_FORMATS:
        return BUILT_IN[key]
    found = book.format_map.get(key)
    return found.format_str if found is not None and found.format_str else BUILT_IN.get(key, GENERAL)


def _shown(kind: int, value: Any, code: str, *, from_1904: bool) -> tuple[str, str]:
    """The text of a cell and, for an error, why it counts as unread."""
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A"), "error value"
    if kind == xlrd.XL_CELL_BOOLEAN:
        return ("TRUE" if value else "FALSE"), ""
    if kind == xlrd.XL_CELL_TEXT:
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return (text if code in (GENERAL, "@") else show_text(text, code)), ""
    return show_number(value, code, from_1904=from_1904), ""
