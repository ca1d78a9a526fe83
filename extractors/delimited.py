"""Delimited text (.csv, .tsv) → Document of one table.

In: a text file of records, its delimiter unknown (comma, tab, semicolon, vertical bar), fields perhaps quoted with line
breaks inside. Out: a :class:`~extractors.document.Document` of format "csv"; ``Row.number`` counts records, blank ones
included. Refuses: Empty, Damaged (NUL characters, no known encoding), TooLarge.

Fields stay as they are; only Excel's ="001", which keeps leading zeros, reads as 001.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from extractors.document import Cell, Document, Notice, Observation, Place, Row, Table
from extractors.errors import Empty, TooLarge
from extractors.text_encoding import REPLACEMENT, decode
from extractors.workbook.sheet_grid import MAX_COLUMNS, MAX_ROWS, Allowance, SheetCell

MAX_BYTES = 64 * 2**20
DELIMITERS = ",\t;|"
_SAMPLE = 200  # records that tell the delimiter
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel's own first line, no record
_AS_TEXT = re.compile(r'="([^"]*)"')
_NUMBER = "1"


def read_delimited(path: Path, name: str) -> Document:
    """The records of a delimited text file as one table. Raises the refusals of the module."""
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("bytes", limit=MAX_BYTES)
    text = decode(data).text
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    records = list(_records(body, hint[1] if hint else sniff_delimiter(body)))
    return _document(records, name)


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first records most evenly into most fields; a comma where nothing splits them."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(record) for record in _first_records(text, delimiter) if record]
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        # Even records weigh more than wide ones: a comma inside the prose of one field must not win over tabs.
        score = (times / len(widths)) ** 2 * (width - 1) ** 0.5
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _first_records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for _ in range(_SAMPLE):
            yield next(reader)
    except (StopIteration, csv.Error):
        return


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """All records. Where a quotation mark is never closed, marks are plain characters: nothing may vanish in one."""
    lines = io.StringIO(text, newline="")
    try:
        if _closed(text, delimiter):
            yield from csv.reader(lines, delimiter=delimiter)
        else:
            yield from csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    except csv.Error as error:  # the one error left is a field beyond csv.field_size_limit
        raise TooLarge("field", limit=csv.field_size_limit()) from error


def _closed(text: str, delimiter: str) -> bool:
    """Whether the last record ends outside quotation marks."""
    sentinel = "\n\x1e"
    try:
        last = deque(csv.reader(io.StringIO(text + sentinel, newline=""), delimiter=delimiter), maxlen=1)
    except csv.Error:
        return False
    return list(last) == [[sentinel.strip("\n")]]


def _document(records: list[list[str]], name: str) -> Document:
    filled = [
        SheetCell(row, column, _as_shown(field), "broken characters" if REPLACEMENT in field else "")
        for row, record in enumerate(records[:MAX_ROWS], 1)
        for column, field in enumerate(record[:MAX_COLUMNS], 1)
        if field.strip()
    ]
    if not filled:
        raise Empty
    Allowance().take(filled)
    table = Table(
        number=_NUMBER,
        cells=tuple(Cell(text, row, column, unread=unread) for row, column, text, unread in filled),
        rows=tuple(Row(number) for number in range(1, filled[-1].row + 1)),
        column_count=max(cell.column for cell in filled),
    )
    unread = (
        Observation(Notice.UNREAD_CELL, table.place(cell.row, cell.column), cell.text) for cell in filled if cell.unread
    )
    return Document(name, "csv", (table,), observations=(*unread, *_cut_off(records)))


def _as_shown(field: str) -> str:
    text = field.replace("\r\n", "\n").replace("\r", "\n")
    kept = _AS_TEXT.fullmatch(text)
    return kept[1] if kept else text


def _cut_off(records: list[list[str]]) -> Iterator[Observation]:
    if len(records) > MAX_ROWS:
        yield Observation(Notice.TRUNCATED, Place(table=_NUMBER, row=MAX_ROWS + 1))
    for row, record in enumerate(records[:MAX_ROWS], 1):
        if len(record) > MAX_COLUMNS:
            yield Observation(Notice.TRUNCATED, Place(table=_NUMBER, row=row, column=MAX_COLUMNS + 1))
            return
