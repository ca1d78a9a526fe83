"""The BIFF records of an .xls worksheet that xlrd passes over: what is drawn, printed header and footer.

In: the file's bytes, a worksheet and its cells. Out: :class:`~extractors.workbook.xlsx_margins.Margins`. Refuses
nothing: a stream that does not hold together ends the walk, for the cells are read by another way.
Source: [MS-XLS] 2.4.28 (BoundSheet8), 2.4.136 (Header), 2.4.124 (Footer).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import xlrd.compdoc

from extractors.document import Notice, Observation, Paragraph
from extractors.drawing.shapes import Allowance
from extractors.workbook.sheet_grid import Sheet, SheetCell
from extractors.workbook.xls_charts import read_charts
from extractors.workbook.xls_drawing import CHART, NOTE, PICTURE, DrawingLayer, SheetObject, characters
from extractors.workbook.xlsx_margins import Margins, header_texts

_BOF, _EOF, _BOUND_SHEET, _HEADER, _FOOTER = 0x0809, 0x000A, 0x0085, 0x0014, 0x0015
_WORKSHEET = 0  # beside sheets that are charts or macros, which xlrd does not count
_ROLES = {_HEADER: "header", _FOOTER: "footer"}
_UNREAD = {PICTURE: "picture", CHART: "chart"}


class WorkbookRecords:
    """The Workbook stream of an .xls file, opened once for all its sheets. Only BIFF 8 keeps margins in this way."""

    def __init__(self, data: bytes) -> None:
        stream = _workbook_stream(data)
        self._stream = stream if _is_biff8(stream) else b""
        self._starts = [
            struct.unpack_from("<I", body)[0]
            for kind, body in _records(self._stream, 0)
            if kind == _BOUND_SHEET and len(body) > 8 and body[5] == _WORKSHEET
        ]

    def margins(self, source: Any, sheet: Sheet, cells: Sequence[SheetCell], allowance: Allowance) -> Margins:
        """The margins of one sheet. source: the sheet of xlrd. allowance: for the charts of all sheets together."""
        if source.number >= len(self._starts):
            return Margins((), ())
        layer = DrawingLayer()
        paragraphs: list[Paragraph] = []
        for kind, body in _records(self._stream, self._starts[source.number]):
            layer.take(kind, body)
            if kind in _ROLES and len(body) > 3:
                lines = header_texts(_string(body), sheet.title, "")
                paragraphs.extend(Paragraph(line, sheet.place(), _ROLES[kind]) for line in lines)
        found = read_charts(layer, source, sheet, cells, allowance)
        drawn = list(_drawn(layer, sheet, found.told if found is not None else frozenset()))
        if found is None:
            drawn.append(Observation(Notice.UNREAD_PART, sheet.place(), "drawing"))
        return Margins(
            (*paragraphs, *(each for each in drawn if isinstance(each, Paragraph))),
            tuple(each for each in drawn if isinstance(each, Observation)),
            tuple(found.charts) if found is not None else (),
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


def _drawn(layer: DrawingLayer, sheet: Sheet, told: Collection[SheetObject]) -> Iterator[Paragraph | Observation]:
    """Text boxes and what cannot be read. told: the objects whose texts charts tell."""
    for each in layer.objects:
        place = sheet.place(*each.cell) if each.cell is not None else sheet.place()
        if each.kind in _UNREAD:
            yield Observation(Notice.UNREAD_PART, place, _UNREAD[each.kind])
        if each.kind != NOTE and each not in told and each.text.strip():
            yield Paragraph(each.text, place, "textbox")


def _string(body: bytes) -> str:
    """An XLUnicodeString."""
    length, flags = struct.unpack_from("<HB", body)
    return characters(body[3 : 3 + length * (2 if flags & 1 else 1)], wide=bool(flags & 1))
