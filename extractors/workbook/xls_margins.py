"""The BIFF records of an .xls worksheet that xlrd passes over: text boxes, pictures, printed header and footer.

In: the file's bytes and the index of a sheet. Out: :class:`~extractors.workbook.xlsx_margins.Margins`. Refuses nothing:
a stream that does not hold together ends the walk, for the cells are read by another way.
Source: [MS-XLS] 2.4 (BoundSheet8, Header, Obj, TxO, MsoDrawing).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import xlrd.compdoc

from extractors.document import Notice, Observation, Paragraph, Place
from extractors.workbook.sheet_grid import Sheet
from extractors.workbook.xlsx_margins import Margins, header_texts

_BOF, _EOF, _BOUND_SHEET, _CONTINUE = 0x0809, 0x000A, 0x0085, 0x003C
_HEADER, _FOOTER, _DRAWING, _OBJECT, _TEXT_OBJECT = 0x0014, 0x0015, 0x00EC, 0x005D, 0x01B6
_CLIENT_ANCHOR = b"\x00\x00\x10\xf0\x12\x00\x00\x00"  # head of the OfficeArtClientAnchorSheet record, 18 bytes follow
_NOTE, _PICTURE, _CHART = 0x19, 0x08, 0x05  # object types
_ROLES = {_HEADER: "header", _FOOTER: "footer"}
_UNREAD = {_PICTURE: "picture", _CHART: "chart"}


class WorkbookRecords:
    """The Workbook stream of an .xls file, opened once for all its sheets. Only BIFF 8 keeps margins in this way."""

    def __init__(self, data: bytes) -> None:
        stream = _workbook_stream(data)
        self._stream = stream if _is_biff8(stream) else b""
        self._starts = [
            struct.unpack_from("<I", body)[0]
            for kind, body in _records(self._stream, 0)
            if kind == _BOUND_SHEET and len(body) > 8
        ]

    def margins(self, index: int, sheet: Sheet) -> Margins:
        """The margins of one sheet. index: of the sheet among all, from 0."""
        if index >= len(self._starts):
            return Margins((), ())
        found = list(_beside(self._stream, self._starts[index], sheet))
        return Margins(
            tuple(item for item in found if isinstance(item, Paragraph)),
            tuple(item for item in found if isinstance(item, Observation)),
        )


def _workbook_stream(data: bytes) -> bytes:
    """The Workbook stream of an OLE file; bare BIFF as it is."""
    if not data.startswith(b"\xd0\xcf"):
        return data
    memory, base, length = xlrd.compdoc.CompDoc(data, logfile=io.StringIO()).locate_named_stream("Workbook")
    return bytes(memory[base : base + length]) if memory else b""


def _is_biff8(stream: bytes) -> bool:
    return stream[:2] == b"\x09\x08" and stream[4:6] == b"\x00\x06"


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, embedded ones left out, up to its end."""
    position, depth = start, 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        position += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, body
        elif depth < 1:
            return


def _beside(stream: bytes, start: int, sheet: Sheet) -> Iterator[Paragraph | Observation]:
    place, kind_of_object, wanted, text = sheet.place(), 0, 0, ""
    for kind, body in _records(stream, start):
        if kind in _ROLES and len(body) > 3:
            for line in header_texts(_string(body), sheet.title, ""):
                yield Paragraph(line, sheet.place(), _ROLES[kind])
        elif kind == _DRAWING:
            place = _anchor(body, sheet) or place
        elif kind == _OBJECT and len(body) >= 6:
            kind_of_object = struct.unpack_from("<H", body, 4)[0]
            if kind_of_object in _UNREAD:
                yield Observation(Notice.UNREAD_PART, place, _UNREAD[kind_of_object])
        elif kind == _TEXT_OBJECT and len(body) >= 12:
            wanted, text = struct.unpack_from("<H", body, 10)[0], ""
        elif kind == _CONTINUE and wanted and body:
            text += _characters(body[1:], wide=bool(body[0] & 1))
            if len(text) >= wanted:
                wanted = 0
                if kind_of_object != _NOTE and text.strip():
                    yield Paragraph(text.replace("\r\n", "\n").replace("\r", "\n"), place, "textbox")


def _anchor(body: bytes, sheet: Sheet) -> Place | None:
    """The cell under a shape's top left corner; None in a drawing record that only continues a shape."""
    at = body.rfind(_CLIENT_ANCHOR)
    if at < 0 or len(body) < at + 26:
        return None
    column, row = struct.unpack_from("<2xH2xH", body, at + len(_CLIENT_ANCHOR))
    return sheet.place(row + 1, column + 1)


def _string(body: bytes) -> str:
    """An XLUnicodeString."""
    length, flags = struct.unpack_from("<HB", body)
    return _characters(body[3 : 3 + length * (2 if flags & 1 else 1)], wide=bool(flags & 1))


def _characters(data: bytes, *, wide: bool) -> str:
    return data.decode("utf-16-le" if wide else "latin-1", "replace")
