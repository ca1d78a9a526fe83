"""Workbooks (.xlsx, .xlsm, .xls, .et) → Document: one table a sheet, places as sheet references (Sheet1!C12).

In: a file that is a zip package with a workbook, or an OLE file or bare BIFF stream with one; its name tells nothing.
Out: :class:`~extractors.document.Document` of format "xlsx" or "xls". Refuses: Encrypted, Damaged, TooLarge, WrongKind
(.xlsb and .ods too), Empty where no cell shows anything, NoTextLayer where only pictures stand in the sheets.

Cells read as the clerk sees them (number formats applied), formulas by their cached values; hidden sheets, rows,
columns and text are read and marked.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from extractors.document import Document, Notice, Table
from extractors.errors import Damaged, Empty, NoTextLayer, WrongKind
from extractors.workbook.sheet_grid import Workbook, build_table
from extractors.workbook.xls import read_xls
from extractors.workbook.xlsx import read_xlsx, workbook_part
from extractors.workbook.xlsx_package import Package

_ZIP = b"PK"
_OPEN_DOCUMENT = "content.xml"  # of an .ods
_OLE = b"\xd0\xcf\x11\xe0"
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")  # bare streams, versions 2 to 8


def read_workbook(path: Path, name: str) -> Document:
    """What a workbook shows. name: the file's name for the document. Raises the refusals of the module."""
    with path.open("rb") as stream:
        head = stream.read(8)
        stream.seek(0)
        if not head:
            raise Empty
        if head.startswith(_ZIP):
            return _document(_from_package(stream, name), "xlsx", name)
        if head.startswith((_OLE, *_BIFF)):
            return _document(read_xls(stream), "xls", name)
    raise Damaged("cut off") if len(head) < 8 else WrongKind(found="unknown")


def _from_package(stream: BinaryIO, name: str) -> Workbook:
    """The workbook in a zip package; one in another notation than .xlsx would be read without its merges: refused."""
    package = Package(stream)
    if _OPEN_DOCUMENT in package and "xl/workbook.xml" not in package:
        raise WrongKind(found="ods")
    if workbook_part(package).endswith(".bin"):
        raise WrongKind(found="xlsb")
    return read_xlsx(package, name)


def _document(workbook: Workbook, kind: str, name: str) -> Document:
    built = [build_table(sheet) for sheet in workbook.sheets]
    tables: tuple[Table, ...] = tuple(table for table, _ in built if table is not None)
    observations = tuple(observation for _, noticed in built for observation in noticed)
    if not tables and not workbook.charts and not any(p.role == "textbox" for p in workbook.margins):
        pictures = any(observation.notice is Notice.UNREAD_PART for observation in observations)
        raise NoTextLayer if pictures else Empty
    return Document(name, kind, tables, workbook.margins, observations=observations, charts=workbook.charts)
