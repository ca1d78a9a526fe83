"""The XML of one worksheet → its cells as shown, merges and hidden rows and columns.

In: the part as a stream, the shared strings and the format code of each cell style. Out: :class:`SheetContent`.
Refuses: XML that is not well-formed (Damaged), more cells or text than the allowance (TooLarge).

One pass over the rows, because what a cell shows needs its value, type, style and formula together. Formulas are never
computed: their cached values count. Sheets that claim a million empty styled rows are read as fast as they unpack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO

from lxml import etree

from extractors.document import column_number
from extractors.workbook.number_format import GENERAL, show_number, show_text
from extractors.workbook.sheet_grid import Allowance, Area, SheetCell
from extractors.workbook.xlsx_package import damage_told

BLOCK = 2**18  # bytes
MAX_MERGES = 200_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ />]|</sheetData|<!|<\?")
_LETTERS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_PICTURE = "DISPIMG("  # WPS keeps a picture in a cell as a formula


@dataclass(frozen=True, slots=True)
class Styles:
    """codes: the number format of each cell style by index. from_1904: how the workbook counts days."""

    codes: Sequence[str] = (GENERAL,)
    from_1904: bool = False

    def code(self, index: str | None) -> str:
        """The format code of a cell's style; General where the file names a style that it does not have."""
        position = int(index) if index and index.isdecimal() else 0
        return self.codes[position] if position < len(self.codes) else GENERAL


@dataclass(slots=True)
class SheetContent:
    """What one pass over a worksheet gathers; lists grow while reading."""

    cells: list[SheetCell] = field(default_factory=list)
    merges: list[Area] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    blanked: list[SheetCell] = field(default_factory=list)  # values that their number format does not show
    headers: list[tuple[str, str]] = field(default_factory=list)  # ("oddHeader", "&C标题")


def read_sheet(stream: IO[bytes], strings: Sequence[str], styles: Styles, allowance: Allowance) -> SheetContent:
    """All that one worksheet part holds. Raises Damaged and TooLarge."""
    return _SheetPass(strings, styles, allowance).read(stream)


def unescaped(text: str) -> str:
    """A text with its _xHHHH_ escapes resolved and its line ends as line feeds (ECMA-376, ST_Xstring)."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def rich_text(element: etree._Element) -> str:
    """The text of a string item: its runs without the phonetic ones."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return unescaped(element[0].text or "")
    parts = []
    for child in element.iterchildren("*"):
        name = child.tag.rpartition("}")[2]
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(text.text or "" for text in child.iterfind("{*}t"))
    return unescaped("".join(parts))


class _SheetPass:
    def __init__(self, strings: Sequence[str], styles: Styles, allowance: Allowance) -> None:
        self._strings = strings
        self._styles = styles
        self._allowance = allowance
        self._columns: dict[str, int] = {}
        self._codes: dict[str | None, str] = {}
        self._row = 0
        self._blank_rows_hidden = False
        self._content = SheetContent()

    def read(self, stream: IO[bytes]) -> SheetContent:
        wanted = ("row", "col", "sheetFormatPr", "mergeCell", "headerFooter")
        with damage_told():
            for _, element in etree.iterparse(
                _WithoutEmptyRows(stream),
                events=("end",),
                tag=[f"{{*}}{name}" for name in wanted],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
            ):
                self._take(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        return self._content

    def _take(self, element: etree._Element) -> None:
        name = element.tag.rpartition("}")[2]
        if name == "row":
            self._take_row(element)
        elif name == "mergeCell":
            self._take_merge(element.get("ref", ""))
        elif name == "col":
            if _true(element.get("hidden")) or _zero(element.get("width")):
                run = (_whole(element.get("min")), _whole(element.get("max")))
                self._content.hidden_columns.append(run)
        elif name == "sheetFormatPr":
            self._blank_rows_hidden = _true(element.get("zeroHeight"))
        else:
            self._content.headers.extend((part.tag.rpartition("}")[2], part.text or "") for part in element)

    def _take_merge(self, reference: str) -> None:
        first, _, last = reference.replace("$", "").partition(":")
        corners = _LETTERS.fullmatch(first), _LETTERS.fullmatch(last or first)
        if corners[0] and corners[1] and len(self._content.merges) < MAX_MERGES:
            (left, top), (right, bottom) = (
                (column_number(match[1].upper()), int(match[2])) for match in corners if match
            )
            self._content.merges.append(Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def _take_row(self, row: etree._Element) -> None:
        previous = self._row
        self._row = _whole(row.get("r")) or previous + 1
        if self._blank_rows_hidden and self._row > previous + 1:
            self._content.hidden_rows.append((previous + 1, self._row - 1))
        if _true(row.get("hidden")) or _zero(row.get("ht")):
            self._hide_row()
        known, column = len(self._content.cells), 0
        value_tag = row.tag.removesuffix("row") + "v"
        for cell in row:
            reference = cell.get("r")
            column = self._column(reference) if reference else column + 1
            parts = len(cell)
            if parts == 1 and (only := cell[0]).tag == value_tag:
                if value := only.text:
                    self._add_value(column, cell.get("t"), value, cell.get("s"))
            elif parts:
                self._take_parts(cell, column)
        self._allowance.take(self._content.cells[known:])

    def _hide_row(self) -> None:
        runs = self._content.hidden_rows
        if runs and runs[-1][1] == self._row - 1:
            runs[-1] = (runs[-1][0], self._row)
        else:
            runs.append((self._row, self._row))

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            known = column_number(letters.upper()) if letters.isascii() and letters.isalpha() else 1
            self._columns[letters] = known
        return known

    def _take_parts(self, cell: etree._Element, column: int) -> None:
        """A cell with more than a value: a formula, an inline string, an extension."""
        kind = cell.get("t")
        value = formula = inline = None
        for part in cell.iterchildren("*"):
            name = part.tag.rpartition("}")[2]
            if name == "v":
                value = part.text or ""
            elif name == "f":
                formula = part.text or ""
            elif name == "is":
                inline = rich_text(part)
        if formula is not None and _PICTURE in formula:
            self._add(column, "", "picture")
        elif formula is not None and not value and kind != "str":
            self._add(column, f"={formula}" if formula else "", "formula")
        elif inline is not None:
            self._add_text(column, inline, cell.get("s"))
        elif value:
            self._add_value(column, kind, value, cell.get("s"))

    def _add_value(self, column: int, kind: str | None, value: str, style: str | None) -> None:
        if kind == "s":
            position = int(value) if value.isdecimal() else -1
            if 0 <= position < len(self._strings):
                self._add_text(column, self._strings[position], style)
            else:
                self._add(column, "", "missing string")
        elif kind is None or kind in ("n", "d"):
            self._add_number(column, kind, value, style)
        elif kind == "b":
            self._add(column, "TRUE" if _true(value) else "FALSE")
        elif kind == "e":
            self._add(column, value, "error value")
        else:
            self._add_text(column, unescaped(value), style)

    def _add_text(self, column: int, text: str, style: str | None) -> None:
        code = self._code(style)
        if code in (GENERAL, "@"):
            self._add(column, text)
        else:
            self._add_shown(column, text, show_text(text, code))

    def _add_number(self, column: int, kind: str | None, value: str, style: str | None) -> None:
        number = _iso_serial(value, from_1904=self._styles.from_1904) if kind == "d" else _number(value)
        if number is None:
            self._add(column, value)
            return
        shown = show_number(number, self._code(style), from_1904=self._styles.from_1904)
        self._add_shown(column, value if number else "", shown)

    def _add_shown(self, column: int, stored: str, shown: str) -> None:
        if shown.strip() or not stored.strip():
            self._add(column, shown)
        else:
            self._content.blanked.append(SheetCell(self._row, column, stored))

    def _add(self, column: int, text: str, unread: str = "") -> None:
        self._content.cells.append(SheetCell(self._row, column, text, unread))

    def _code(self, style: str | None) -> str:
        code = self._codes.get(style)
        if code is None:
            code = self._codes[style] = self._styles.code(style)
        return code


class _WithoutEmptyRows:
    """A stream of worksheet XML that leaves out runs of rows in which nothing stands.

    It drops a stretch only where it holds whole rows, each with its own number (so that no row moves), and no value,
    no formula nor anything but elements; whatever looks different goes through to the XML parser.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        while block := self._source.read(BLOCK):
            held = self._held + block
            cut = held.rfind(b"<row ")
            if cut <= 0:
                self._held = held if cut == 0 and len(held) < 4 * BLOCK else b""
                if not self._held:
                    return held
                continue
            stretch, self._held = held[:cut], held[cut:]
            if not _only_empty_rows(stretch):
                return stretch
        rest, self._held = self._held, b""
        return rest


def _only_empty_rows(stretch: bytes) -> bool:
    if not stretch.startswith(b"<row ") or _CONTENT.search(stretch):
        return False
    return stretch.count(b"<row ") == stretch.count(b'<row r="')


def _true(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _zero(value: str | None) -> bool:
    return value is not None and _number(value) == 0


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else 0


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _iso_serial(value: str, *, from_1904: bool) -> float | None:
    """An ISO date or time as the day count that number formats work on."""
    try:
        if ":" in value and "-" not in value:
            moment = datetime.fromisoformat(f"1899-12-30T{value}")
        else:
            moment = datetime.fromisoformat(value.removesuffix("Z"))
        days = (moment.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)
    except ValueError:
        return None
    return days - 1462 if from_1904 and days >= 1462 else days


def string_items(stream: IO[bytes], limit: int) -> Iterator[str]:
    """The strings of a shared string table, in order; stops with Damaged on broken XML. limit: how many at most."""
    with damage_told():
        for count, (_, item) in enumerate(
            etree.iterparse(
                stream, events=("end",), tag="{*}si", resolve_entities=False, no_network=True, load_dtd=False
            )
        ):
            if count >= limit:
                return
            yield rich_text(item)
            item.clear()
            while item.getprevious() is not None:
                del item.getparent()[0]
