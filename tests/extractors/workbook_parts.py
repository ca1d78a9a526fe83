"""Workbooks for the tests of the readers: patched .xlsx parts and bare BIFF 5 records."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def patched(path: Path, changes: Mapping[str, bytes | str]) -> Path:
    """Replace or add parts of the package at ``path``."""
    with zipfile.ZipFile(path) as package:
        parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (parts | dict(changes)).items():
            package.writestr(name, content)
    return path


def sheet_xml(rows: str, before: str = "", after: str = "", root: str = f'xmlns="{MAIN}"') -> str:
    return f"<worksheet {root}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def workbook_of(path: Path, rows: str, before: str = "", after: str = "") -> Path:
    """An .xlsx whose only sheet ("Sheet") holds this XML."""
    Workbook().save(path)
    return patched(path, {SHEET: sheet_xml(rows, before, after)})


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def biff5(cells: Mapping[tuple[int, int], str], *, code_page: int | None = 936) -> bytes:
    """A bare BIFF 5 stream (Excel 5 and 95) with one sheet "Sheet1" of GBK labels."""
    sheet = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0))
    for (row, column), text in cells.items():
        data = text.encode("gbk")
        sheet += _record(0x0204, struct.pack("<HHHH", row, column, 0, len(data)) + data)
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0))
    if code_page is not None:
        start += _record(0x0042, struct.pack("<H", code_page))
    start += _record(0x00E0, struct.pack("<HHHBBHHHH", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    bound_length = 4 + 4 + 2 + 1 + len("Sheet1")
    offset = len(start) + bound_length + 4
    bound = _record(0x0085, struct.pack("<IBBB", offset, 0, 0, len("Sheet1")) + b"Sheet1")
    return start + bound + _record(0x000A, b"") + sheet


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body
