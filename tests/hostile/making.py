"""What hostile files are made of: drawn files with a part written anew, packages, PDFs object by object."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.drawing.spec import Sheet, Text, grid

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFD = "http://www.ofdspec.org/2016"
ROWS = [
    ["序号", "权力编码", "职权名称", "职权类别", "行使依据", "承办机构"],
    ["1", "XK-1", "食品经营许可", "行政许可", "《食品安全法》第三十五条", "许可股"],
    ["2", "CF-1", "对未经许可经营食品的处罚", "行政处罚", "《食品安全法》第一百二十二条", "执法大队"],
]
SHEETS = (Sheet((Text("行政职权目录", "title"), grid(ROWS)), title="职权目录"),)
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
FAR = 1_000_000_000


@lru_cache
def drawn(suffix: str) -> bytes:
    """A small honest file."""
    from tests.builders import draw

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"drawn.{suffix}"
        draw(path, SHEETS)
        return path.read_bytes()


def repacked(package: bytes, part: str, write: Callable[[bytes], bytes]) -> bytes:
    """A package with one of its parts written anew."""
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        return packed({name: write(old.read(name)) if name == part else old.read(name) for name in old.namelist()})


def packed(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .zip of those parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zeros(name: str, megabytes: int, before: bytes = b"", fill: bytes = b"\0") -> bytes:
    """A .zip of one part that unpacks to so many megabytes of the same few bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        part.write(before)
        for _ in range(megabytes):
            part.write(fill * ((1 << 20) // len(fill)))
    return buffer.getvalue()


def word_body(body: str, doctype: str = "") -> bytes:
    """A .docx with that body."""
    xml = f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return repacked(drawn("docx"), "word/document.xml", lambda _: xml.encode())


def paragraph(text: str) -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(cells: str) -> str:
    """A table of one row of a Word document."""
    return f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"


def worksheet(body: str, doctype: str = "") -> bytes:
    """A .xlsx whose sheet has that content."""
    xml = f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{SPREADSHEET}">{body}</worksheet>'
    return repacked(drawn("xlsx"), "xl/worksheets/sheet1.xml", lambda _: xml.encode())


def sheet_cell(reference: str, value: str = "1") -> str:
    """The rows of a sheet that holds one cell."""
    row = "".join(c for c in reference if c.isdigit())
    return f'<sheetData><row r="{row}"><c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c></row></sheetData>'


def ofd_page(objects: str, resources: str = "", doctype: str = "") -> bytes:
    """An .ofd of one page with those objects."""
    from tests.builders import draw_ofd

    with TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.ofd"
        draw_ofd(path, SHEETS)
        drawn_file = path.read_bytes()
    page = (
        f'<?xml version="1.0"?>{doctype}<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer>{objects}</ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )
    res = f'<?xml version="1.0"?><ofd:Res xmlns:ofd="{OFD}">{resources}</ofd:Res>'
    drawn_file = repacked(drawn_file, "Doc_0/Pages/Page_0/Content.xml", lambda _: page.encode())
    return repacked(drawn_file, "Doc_0/DocumentRes.xml", lambda _: res.encode())


def pdf(*objects: str | bytes) -> bytes:
    """A PDF of those objects, the first being its catalogue; its cross-reference table is right."""
    data, offsets = [b"%PDF-1.7\n"], []
    at = len(data[0])
    for number, body in enumerate(objects, 1):
        offsets.append(at)
        data.append(b"%d 0 obj\n%s\nendobj\n" % (number, body if isinstance(body, bytes) else body.encode()))
        at += len(data[-1])
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return b"".join(data) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, rows, size, at)
    )


def stream(data: bytes, entries: str = "") -> bytes:
    """A compressed stream object."""
    compressed = zlib.compress(data, 9)
    return b"<</Length %d/Filter/FlateDecode %s>>stream\n%s\nendstream" % (
        len(compressed),
        entries.encode(),
        compressed,
    )


def one_page(content: bytes, media_box: str = "0 0 595 842", extra: str = "", *more: str | bytes) -> bytes:
    """A PDF of one page; ``more`` objects count from 5."""
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[{media_box}]/Contents 4 0 R {extra}>>"
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(content), *more)


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def compound(stream_name: str, content: bytes = b"") -> bytes:
    """A compound file with one stream of that name: an .xls, its directory entry renamed ([MS-CFB] 2.6.1)."""
    data = drawn("xls")
    entry = data.index("Workbook\0".encode("utf-16-le"))
    name = (stream_name + "\0").encode("utf-16-le")
    data = data[:entry] + name.ljust(64, b"\0") + struct.pack("<H", len(name)) + data[entry + 66 :]
    return data[:512] + content + data[512 + len(content) :]
