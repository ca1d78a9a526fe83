"""Flow charts as the records that Excel 97 to 2003 writes, put into the stream of a worksheet that xlwt makes.

In: steps and arrows in points, on cells of the size that xlwt gives them. Out: bytes of a bare BIFF 8 stream.
Source: [MS-ODRAW] 2.2, [MS-XLS] 2.4.181 (Obj), 2.4.329 (TxO).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import xlwt

from tests.extractors.chart_markup import SHAPE_TYPES, Arrow, Chart, Step

COLUMN, ROW = 42.0, 12.75  # points, of a cell without a size of its own
DRAWING, OBJECT, TEXT, CONTINUE = 0xEC, 0x5D, 0x1B6, 0x3C
DG, SPGR, SP, SOLVER = 0xF002, 0xF003, 0xF004, 0xF005
AUTO_SHAPE, NOTE, PICTURE = 0x1E, 0x19, 0x08
HIDDEN = {0x3BF: 0x20002}
UNFRAMED = {0x1BF: 0x100000, 0x1FF: 0x80000}
ARROW_HEAD = {0x1D1: 1}
FIRST = 1025  # the id of the first shape


@dataclass(frozen=True)
class Between:
    """Records that stand between two parts of the drawing."""

    data: bytes


Items = tuple[bytes | Between, ...]


@dataclass(frozen=True)
class Place:
    """Where a shape lies, in points; inside a group in units of its own."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Cells:
    """The sizes of columns and rows, in points, that are not those of all; 0 where they are hidden."""

    columns: Mapping[int, float]
    rows: Mapping[int, float]


PLAIN = Cells({}, {})


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def art(kind: int, body: bytes, instance: int = 0, version: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | version, kind, len(body)) + body


def container(kind: int, items: Sequence[bytes | Between]) -> Items:
    length = sum(len(item) for item in items if isinstance(item, bytes))
    return struct.pack("<HHI", 15, kind, length), *items


def table(values: Mapping[int, int], arrays: Mapping[int, bytes] | None = None) -> bytes:
    arrays = arrays or {}
    rows = [*values.items(), *((key | 0x8000, len(data)) for key, data in arrays.items())]
    body = b"".join(struct.pack("<HI", key, value & 0xFFFFFFFF) for key, value in rows) + b"".join(arrays.values())
    return art(0xF00B, body, len(rows), 3)


def client_anchor(place: Place, cells: Cells = PLAIN) -> bytes:
    corners = []
    for x, y in ((place.x0, place.y0), (place.x1, place.y1)):
        corners += [*_cell(x, cells.columns, COLUMN, 1024), *_cell(y, cells.rows, ROW, 256)]
    return art(0xF010, struct.pack("<9H", 0, *corners))


def _cell(at: float, sizes: Mapping[int, float], default: float, parts: int) -> tuple[int, int]:
    index = 0
    while at > (size := sizes.get(index, default)):
        at, index = at - size, index + 1
    return index, round(at / size * parts)


def child_anchor(place: Place) -> bytes:
    return art(0xF00F, struct.pack("<4i", *(round(each) for each in (place.x0, place.y0, place.x1, place.y1))))


def shape(
    kind: int,
    key: int,
    anchor: bytes,
    values: Mapping[int, int] | None = None,
    *,
    text: str | Sequence[str] = "",
    flags: int = 0xA00,
    arrays: Mapping[int, bytes] | None = None,
    object_kind: int = AUTO_SHAPE,
) -> Items:
    """One shape with its object and text, several texts being the pieces of one."""
    head = shape_head(kind, key, flags)
    items: list[bytes | Between] = [head + table(values or {}, arrays) + anchor + art(0xF011, b"")]
    items.append(Between(object_record(object_kind, key)))
    if text:
        pieces = (text,) if isinstance(text, str) else text
        items += [art(0xF00D, b""), Between(text_records(pieces))]
    return container(SP, items)


def shape_head(kind: int, key: int, flags: int) -> bytes:
    return art(0xF00A, struct.pack("<2I", key, flags), kind, 2)


def object_record(kind: int, key: int) -> bytes:
    return record(OBJECT, struct.pack("<6H", 0x15, 0x12, kind, key & 0xFFFF, 0x6011, 0))


def text_records(pieces: Sequence[str]) -> bytes:
    """A text object whose characters stand in as many continuations as there are pieces."""
    units = sum(len(piece.encode("utf-16-le")) // 2 for piece in pieces)
    found = record(TEXT, struct.pack("<6x2x2xHHI", units, 16, 0))
    for piece in pieces:
        wide = any(ord(character) > 255 for character in piece)
        data = piece.encode("utf-16-le" if wide else "latin-1")
        found += record(CONTINUE, bytes([wide]) + data)
    return found + record(CONTINUE, struct.pack("<8H", 0, 0, 0, 0, units, 0, 0, 0))


def step_shape(step: Step, key: int, anchor: bytes, *, flags: int = 0xA00) -> Items:
    kind = int(SHAPE_TYPES.get(step.form, "202"))
    return shape(kind, key, anchor, {} if step.framed else UNFRAMED, text=step.text, flags=flags)


def arrow_shape(place: Place, key: int, anchor: bytes, *, bent: bool = False, flags: int = 0xA00) -> Items:
    """A straight arrow or the elbow of chart_markup: up from the top of one shape and left to the side of another."""
    flips = 0x80 if bent else (0x40 if place.x1 < place.x0 else 0) | (0x80 if place.y1 < place.y0 else 0)
    values = {**ARROW_HEAD, **({0x04: 90 << 16} if bent else {})}
    return shape(33 if bent else 32, key, anchor, values, flags=flags | 0x100 | flips)


def chart_shapes(chart: Chart, *, cells: Cells = PLAIN, first: int = FIRST, inside: float = 0) -> Items:
    """The steps and then the arrows. inside: so many units of a group a point, 0 where they lie on the sheet."""
    items: list[bytes | Between] = []
    flags = 0xA02 if inside else 0xA00

    def anchor(place: Place) -> bytes:
        x0, x1 = sorted((place.x0, place.x1))
        y0, y1 = sorted((place.y0, place.y1))
        if inside:
            return child_anchor(Place(x0 * inside, y0 * inside, x1 * inside, y1 * inside))
        return client_anchor(Place(x0, y0, x1, y1), cells)

    for key, step in enumerate(chart.steps, first):
        items += step_shape(step, key, anchor(Place(step.x, step.y, step.x + step.w, step.y + step.h)), flags=flags)
    for key, arrow in enumerate(chart.arrows, first + len(chart.steps)):
        place = _ends(chart, arrow)
        items += arrow_shape(place, key, anchor(place), bent=arrow.bent, flags=flags)
    return tuple(items)


def _ends(chart: Chart, arrow: Arrow) -> Place:
    (x0, y0), (x1, y1) = chart.ends(arrow)
    return Place(x0, y0, x1, y1)


def group(members: Items, inner: Place, anchor: bytes, key: int = 2000, *, hidden: bool = False) -> Items:
    """A group. inner: what its coordinates call the rectangle that its anchor gives."""
    coordinates = art(0xF009, struct.pack("<4i", *(round(v) for v in (inner.x0, inner.y0, inner.x1, inner.y1))), 0, 1)
    own = coordinates + shape_head(0, key, 0x201) + table(HIDDEN if hidden else {}) + anchor + art(0xF011, b"")
    return container(SPGR, [*container(SP, [own, Between(object_record(0, key))]), *members])


def rules(chart: Chart, first: int = FIRST) -> bytes:
    """Which shapes each arrow joins."""
    found = b""
    for index, arrow in enumerate(chart.arrows):
        keys = first + arrow.start, first + arrow.end, first + len(chart.steps) + index
        found += art(0xF012, struct.pack("<6I", 2 * index + 2, *keys, 2, 0), 0, 1)
    return art(SOLVER, found, len(chart.arrows), 15)


def drawing(shapes: Items, solver: bytes = b"") -> Items:
    """The drawing of a worksheet."""
    patriarch = art(0xF009, bytes(16), 0, 1) + shape_head(0, FIRST - 1, 5)
    layer = container(SPGR, [*container(SP, [patriarch]), *shapes])
    return container(DG, [art(0xF008, struct.pack("<2I", 1, 1025), 1), *layer, solver])


def records(items: Items, *, limit: int = 8224, resumed: int = DRAWING) -> bytes:
    """The records of a drawing. limit: bytes of one; resumed: what its parts behind the first are written as."""
    found, waiting = b"", b""
    kind = DRAWING
    for item in (*items, Between(b"")):
        if isinstance(item, bytes):
            waiting += item
            continue
        for start in range(0, len(waiting), limit):
            found += record(CONTINUE if start else kind, waiting[start : start + limit])
            kind = resumed
        found, waiting = found + item.data, b""
    return found


def worksheet(
    drawn: bytes,
    texts: Mapping[tuple[int, int], str],
    *,
    title: str = "Sheet1",
    cells: Cells = PLAIN,
    chart_sheet_before: bool = False,
) -> bytes:
    """A stream of one worksheet with cells (row and column from 0) and drawing records."""
    book = xlwt.Workbook(encoding="utf-8")
    if chart_sheet_before:
        book.add_sheet("图表")
    sheet = book.add_sheet(title)
    for (row, column), text in texts.items():
        sheet.write(row, column, text)
    for index, points in cells.columns.items():
        sheet.col(index).width, sheet.col(index).hidden = round(points / 0.75 / 7 * 256), not points
    for index, points in cells.rows.items():
        sheet.row(index).height, sheet.row(index).height_mismatch = round(points * 20), True
        sheet.row(index).hidden = not points
    stream = book.get_biff_data()
    if chart_sheet_before:
        at = next(start for kind, start in _heads(stream) if kind == 0x85)
        stream = stream[: at + 9] + b"\x02" + stream[at + 10 :]
    end = len(stream) - 4  # before the EOF record
    return stream[:end] + drawn + stream[end:]


def _heads(stream: bytes) -> Iterator[tuple[int, int]]:
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, position
        position += 4 + length
