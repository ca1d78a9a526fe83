"""The drawing layer of an .xls worksheet: its OfficeArt stream with the objects and texts that stand between its parts.

In: the records of the worksheet, one by one. Out: :class:`DrawingLayer`. Refuses nothing: what is cut off is short.
Source: [MS-XLS] 2.4.181 (Obj), 2.4.170 (MsoDrawing), 2.4.329 (TxO), 2.4.58 (Continue), 2.5.193
(OfficeArtClientAnchorSheet).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

_CONTINUE, _DRAWING, _OBJECT, _TEXT_OBJECT = 0x003C, 0x00EC, 0x005D, 0x01B6
_CLIENT_ANCHOR = b"\x00\x00\x10\xf0\x12\x00\x00\x00"  # head of the OfficeArtClientAnchorSheet record, 18 bytes follow
NOTE, PICTURE, CHART = 0x19, 0x08, 0x05  # object types
# Groups, lines, rectangles, ovals, arcs, text boxes, polygons and what only OfficeArt knows; no controls.
SHAPES: Final = frozenset({0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x09, 0x1E})


@dataclass(slots=True, eq=False)
class SheetObject:
    """An object of the drawing layer. cell: row and column from 1 under its anchor, or the last before it; or None."""

    kind: int
    cell: tuple[int, int] | None
    pieces: list[str] = field(default_factory=list)  # of its text

    @property
    def text(self) -> str:
        """What stands in it, "" for nothing."""
        return "".join(self.pieces).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(slots=True)
class DrawingLayer:
    """The drawing records of one worksheet, taken in the order of the file."""

    objects: list[SheetObject] = field(default_factory=list)
    _art: bytearray = field(default_factory=bytearray)
    _ends: list[int] = field(default_factory=list)  # how long the stream was when each object came
    _cell: tuple[int, int] | None = None
    _open: bool = False  # the last record that is no continuation is of the drawing
    _characters: int = 0  # still to come of the text of the last object, in units of UTF-16
    _runs: int = 0  # bytes still to come that say how this text looks

    @property
    def art(self) -> bytes:
        """The OfficeArt stream."""
        return bytes(self._art)

    def take(self, kind: int, body: bytes) -> None:
        """Take one record of the worksheet; those of other matters end what was open."""
        if kind == _CONTINUE:
            self._go_on(body)
            return
        self._open = kind in (_DRAWING, _OBJECT, _TEXT_OBJECT)
        self._characters = self._runs = 0
        if kind == _DRAWING:
            self._art += body
            self._cell = _anchored_cell(body) or self._cell
        elif kind == _OBJECT and len(body) >= 6:
            self._add(struct.unpack_from("<H", body, 4)[0])
        elif kind == _TEXT_OBJECT and len(body) >= 14 and self.objects:
            self._characters, self._runs = struct.unpack_from("<2H", body, 10)

    def within(self, start: int, end: int) -> SheetObject | None:
        """The object whose records came behind the first byte of a part of the stream and no later than its last."""
        index = bisect_right(self._ends, start)
        return self.objects[index] if index < len(self._ends) and self._ends[index] <= end else None

    def _add(self, kind: int) -> None:
        self.objects.append(SheetObject(kind, self._cell))
        self._ends.append(len(self._art))

    def _go_on(self, body: bytes) -> None:
        """A continuation: of a text, then of how it looks; where there is nothing left of these, of the drawing."""
        if self._characters and body:
            wide = bool(body[0] & 1)
            piece = body[1 : 1 + self._characters * (2 if wide else 1)]
            self._characters -= len(piece) // 2 if wide else len(piece)
            self.objects[-1].pieces.append(characters(piece, wide=wide))
        elif self._runs:
            self._runs = max(0, self._runs - len(body))
        elif self._open:
            self._art += body


def _anchored_cell(body: bytes) -> tuple[int, int] | None:
    """The cell under a shape's top left corner; None in a drawing record that only continues a shape."""
    at = body.rfind(_CLIENT_ANCHOR)
    if at < 0 or len(body) < at + 26:
        return None
    column, row = struct.unpack_from("<2xH2xH", body, at + len(_CLIENT_ANCHOR))
    return row + 1, column + 1


def characters(data: bytes, *, wide: bool) -> str:
    """The text of characters of two bytes or of one."""
    return data.decode("utf-16-le" if wide else "latin-1", "replace")
