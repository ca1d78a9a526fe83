"""Rows to .xlsx and .csv so that no cell is ever computed: the only way by which the product writes either.

In: column names and rows of plain values, as the warehouse answers them. Out: a file of texts, numbers and dates. What
begins like a formula stays the text it is. Refuses: more rows than a sheet has, a row of another width (ValueError).
The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell, WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reports.office_file import put, storable

CellValue: TypeAlias = str | int | float | bool | Decimal | dt.date | None  # a datetime is a date, too

MAX_ROWS = 1_048_576  # of a sheet, its header included
MAX_TEXT = 32_767  # UTF-16 units in one cell
_EXACT_DIGITS = 15  # a number with more is rounded by Excel: a long code must stay a text
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar is off by one day, or has no day at all
_FORMULA_STARTS = frozenset("=+-@\t\r")
_CSV_STARTS = _FORMULA_STARTS | frozenset("\n＝＋－＠")  # a CSV is typed in anew, and an input method folds widths
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as "A"
_MARK = InlineFont(b=True, color=Color(rgb="FFC00000"))
_SAMPLE = 200  # rows from which write_xlsx guesses the widths
_WIDEST, _NARROWEST = 60, 6


def write_xlsx(target: Path | IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One sheet: bold frozen header, filters, widths by content. Numbers stay numbers, None stays empty.

    Raises ValueError for a row of another width and for more rows than a sheet has; OSError.
    """
    waiting = _of_width(len(columns), rows)
    first = list(islice(waiting, _SAMPLE))
    book = Workbook(write_only=True)
    page = book.create_sheet("Sheet1")
    page.freeze_panes = "A2"
    for number, name in enumerate(columns, 1):
        texts = [name, *(str(row[number - 1]) for row in first if row[number - 1] is not None)]
        page.column_dimensions[get_column_letter(number)].width = _width(texts)
    page.append([_header(page, name) for name in columns])
    last = 1
    for last, row in enumerate(chain(first, waiting), 2):
        if last > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS - 1} rows do not fit into a sheet")
        page.append([_fast(page, value) for value in row])
    page.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{last}"
    save(book, target)


def write_csv(stream: IO[str], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """RFC 4180 rows. A text that a spreadsheet would compute gets an apostrophe in front; numbers stay, None is empty.

    stream: a text stream opened with ``newline=""``; a file for Excel wants the encoding ``utf-8-sig``. Raises OSError,
    and ValueError for a row of another width.
    """
    writer = csv.writer(stream)
    writer.writerow([_csv_text(name) for name in columns])
    for row in _of_width(len(columns), rows):
        writer.writerow([_csv_value(value) for value in row])


def write_cell(page: Worksheet, row: int, column: int, value: object, style: str) -> None:
    """Set value and style of a cell of a sheet. Raises ValueError for a position inside a merge."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        raise ValueError(f"{cell.coordinate} is covered by a merged cell")
    cell.style = style
    _put(cell, value)


def _put(cell: Cell, value: object) -> None:
    """A text is stored as a text whatever it begins with. The style comes first: it would undo the quote prefix."""
    plain = plain_value(value)
    if not isinstance(plain, str):
        cell.value = plain
        return
    text = printable(plain)
    if not text:
        return
    cell.value = text
    cell.data_type = "s"  # openpyxl takes "=…" for a formula and "#N/A" for an error
    if text[:1] in _FORMULA_STARTS:
        cell.quotePrefix = True  # Excel: stays a text also when someone edits it


def write_marked(page: Worksheet, row: int, column: int, parts: tuple[str, str, str], style: str) -> None:
    """Set a text of three parts, the middle one marked in bold red. Raises ValueError for a position inside a merge."""
    write_cell(page, row, column, "".join(parts), style)
    before, marked, after = (printable(part) for part in parts)
    if marked and len(before) + len(marked) + len(after) < MAX_TEXT // 2:
        pieces: list[str | TextBlock] = [before, TextBlock(_MARK, marked), after]
        page.cell(row, column, CellRichText([piece for piece in pieces if piece]))


def plain_value(value: object) -> CellValue:
    """A value of the warehouse as one that a cell can hold without loss; lists and structures become JSON text."""
    if isinstance(value, bool | str | None):
        return value
    if isinstance(value, int | Decimal | float):
        return value if _exact(value) else str(value)
    if isinstance(value, dt.datetime):
        return value if value.tzinfo is None and value.date() >= _FIRST_DAY else value.isoformat(" ")
    if isinstance(value, dt.date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def printable(text: str) -> str:
    """A text without the characters that no Office file can hold, cut with an ellipsis where a cell would cut it."""
    clean = _ESCAPE_LIKE.sub("_x005F_", storable(text))
    if len(clean) <= MAX_TEXT // 2:  # each character is one unit or two
        return clean
    units = clean.encode("utf-16-le")
    return clean if len(units) <= 2 * MAX_TEXT else units[: 2 * MAX_TEXT - 2].decode("utf-16-le", "ignore") + "…"


def save(book: Workbook, target: Path | IO[bytes], stamp: dt.date | None = None) -> None:
    """Write a workbook in one step, without the time of its making: ``stamp`` is its date. Raises OSError."""
    buffer = io.BytesIO()
    book.properties.creator = "zhiquan"
    book.save(buffer)
    put(buffer.getvalue(), target, stamp)


def _of_width(width: int, rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise ValueError(f"row {number} has {len(row)} values for {width} columns")
        yield row


def _header(page: Worksheet, name: str) -> Cell:
    cell: Cell = WriteOnlyCell(page)
    cell.style = "Headline 4"  # built in: bold
    _put(cell, name)
    return cell


def _fast(page: Worksheet, value: object) -> Cell | CellValue:
    """The value itself where nothing can go wrong, which is much faster than a cell of its own."""
    plain = plain_value(value)
    if plain is None or isinstance(plain, int | float | Decimal):
        return plain
    cell: Cell = WriteOnlyCell(page)
    _put(cell, plain)
    return cell


def _exact(value: int | float | Decimal) -> bool:
    """Whether Excel can hold the number as it is."""
    if isinstance(value, int):
        return len(str(abs(value))) <= _EXACT_DIGITS
    if isinstance(value, float):
        return math.isfinite(value)
    return value.is_finite() and len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS


def _width(texts: Sequence[str]) -> float:
    longest = max(display_width(line) for text in texts for line in text.split("\n"))
    return float(min(_WIDEST, max(_NARROWEST, longest + 3)))


def display_width(text: str) -> int:
    """Width in columns of half-width characters: a Chinese character takes two."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in text)


def _csv_value(value: object) -> object:
    plain = plain_value(value)
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, str):
        return _csv_text(plain)
    return plain


def _csv_text(text: str) -> str:
    clean = storable(text)
    risky = clean[:1] in _CSV_STARTS or clean.lstrip()[:1] in _CSV_STARTS
    return f"'{clean}" if risky and len(clean) > 1 else clean  # a sign alone computes nothing
