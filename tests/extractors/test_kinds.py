import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import open_document
from extractors.errors import (
    Damaged,
    Empty,
    Encrypted,
    NoTextLayer,
    OtherArchive,
    TooLarge,
    UnknownKind,
    WrongKind,
)
from extractors.kinds import Kind, kind_of
from tests.builders import Sheet, draw, grid

SHEETS = (Sheet((grid([["序号", "职权名称"], ["1", "食品经营许可"]]),), title="职权目录"),)
SPREADSHEET_2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<!-- 导出 -->\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
WORD_2003 = (
    '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'
)
FLAT_PACKAGE = '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>'
MHT = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"


def package(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def content_types(main: str) -> bytes:
    return package(
        ("[Content_Types].xml", f'<Types><Override PartName="/a/b.xml" ContentType="{main}"/></Types>'.encode()),
        ("a/b.xml", b"<x/>"),
    )


def drawn(suffix: str, tmp_path: Path) -> bytes:
    path = tmp_path / f"drawn.{suffix}"
    draw(path, SHEETS)
    return path.read_bytes()


def compound(stream: str, tmp_path: Path) -> bytes:
    """A compound file with one stream of that name: an .xls, its directory entry renamed ([MS-CFB] 2.6.1)."""
    data = drawn("xls", tmp_path)
    entry = data.index("Workbook\0".encode("utf-16-le"))
    name = (stream + "\0").encode("utf-16-le")
    return data[:entry] + name.ljust(64, b"\0") + struct.pack("<H", len(name)) + data[entry + 66 :]


BYTES = [
    (b"", Kind.EMPTY),
    (b"%PDF-1.7\n", Kind.PDF),
    (b"\xef\xbb\xbf\r\n" + b"x" * 1000 + b"%PDF-1.4\n", Kind.PDF),
    (b"{\\rtf1\\ansi", Kind.RTF),
    (b"\n{\\rtf1\\ansi", Kind.RTF),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind.PNG),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.JPG),
    (b"II*\0\x08\0\0\0", Kind.TIF),
    (b"MM\0*\0\0\0\x08", Kind.TIF),
    (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind.BMP),
    (b"Rar!\x1a\x07\x01\0", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c\0\x04", Kind.SEVEN_ZIP),
    (b"\x1f\x8b\x08\0", Kind.GZ),
    (b"MZ\x90\0\x03\0\0\0", Kind.EXE),
    (package(("readme.txt", b"x")), Kind.ZIP),
    (package(), Kind.ZIP),
    (package(("OFD.xml", b"<ofd:OFD/>"), ("Doc_0/Document.xml", b"")), Kind.OFD),
    (package(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"")), Kind.ODT),
    (package(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"")), Kind.ODS),
    (package(("mimetype", b"application/epub+zip")), Kind.ZIP),
    (package(("[Content_Types].xml", b"<damaged"), ("xl\\workbook.xml", b"")), Kind.XLSX),
    (content_types("application/vnd.ms-word.document.macroEnabled.main+xml"), Kind.DOCX),
    (content_types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), Kind.DOCX),
    (content_types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), Kind.XLSX),
    (content_types("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), Kind.XLSB),
    (content_types("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"), Kind.PPTX),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Kind.TORN_COMPOUND),
    (SPREADSHEET_2003.encode(), Kind.XML_WORKBOOK),
    (SPREADSHEET_2003.encode("utf-16"), Kind.XML_WORKBOOK),
    (WORD_2003.encode(), Kind.XML_DOCUMENT),
    (FLAT_PACKAGE.encode(), Kind.XML_DOCUMENT),
    (b'<?xml version="1.0"?><Workbook xmlns="urn:something-else"/>', Kind.XML),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Kind.XML),
    ("<!DOCTYPE html><!-- 目录 --><html><body>".encode("gb18030"), Kind.HTML),
    (b'\xef\xbb\xbf\r\n <html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>', Kind.HTML),
    (b"<table border=1><tr><td>1", Kind.HTML),
    ("<html><body>目录".encode("utf-16-le"), Kind.HTML),
    (MHT.encode(), Kind.MHT),
    (b"From: <Saved by WPS>\r\n" + MHT.encode(), Kind.MHT),
    (b"From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n", Kind.TEXT),
    ("序号,职权名称\r\n1,食品经营许可\r\n".encode("gb18030"), Kind.TEXT),
    ("序号\t职权名称\r\n".encode("utf-16"), Kind.TEXT),
    ("序號,職權名稱\r\n".encode("big5"), Kind.TEXT),
    ("1,<table>误留的标签</table>,x".encode(), Kind.TEXT),
    (b"BM,MZ\r\n1,2\r\n", Kind.TEXT),
    ("，".encode("gb18030") * 40_000 + b"\x81", Kind.TEXT),  # more than is looked at; cut inside a character
    (bytes(5000), Kind.UNKNOWN),
    (bytes(range(256)), Kind.UNKNOWN),
    (b"a,b\0\r\n", Kind.UNKNOWN),
    (b"\xef\xbb\xbf", Kind.TEXT),
    ("序号,职权名称\r\n".encode("gb18030") * 50 + b"\xff\r\n", Kind.TEXT),  # a field cut inside a character
]


@pytest.mark.parametrize(("data", "kind"), BYTES, ids=lambda v: v.value if isinstance(v, Kind) else v[:16].hex())
def test_kind_by_content(tmp_path, data, kind):
    path = tmp_path / "handed in.docx"  # a suffix says nothing
    path.write_bytes(data)
    assert kind_of(path) is kind


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "xls", "pdf", "csv"])
def test_drawn_file_is_known_whole_and_by_its_torn_beginning(tmp_path, suffix):
    path = tmp_path / "x"
    data = drawn(suffix, tmp_path)
    path.write_bytes(data)
    whole = kind_of(path)
    assert whole.value == {"csv": "txt"}.get(suffix, suffix)
    path.write_bytes(data[: len(data) * 3 // 5])
    assert kind_of(path) in ({Kind.TORN_COMPOUND} if suffix == "xls" else {whole})


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("WordDocument", Kind.DOC),
        ("Book", Kind.XLS),
        ("PowerPoint Document", Kind.PPT),
        ("EncryptedPackage", Kind.ENCRYPTED_OFFICE),
        ("Catalog", Kind.UNKNOWN),
    ],
)
def test_compound_file_by_its_streams(tmp_path, stream, kind):
    path = tmp_path / "x"
    path.write_bytes(compound(stream, tmp_path))
    assert kind_of(path) is kind


@given(
    start=st.sampled_from([data for data, _ in BYTES if data]), noise=st.binary(max_size=300), cut=st.integers(0, 999)
)
def test_kind_of_mangled_bytes_is_always_told(tmp_path_factory, start, noise, cut):
    at = len(start) * cut // 1000
    path = tmp_path_factory.getbasetemp() / "mangled"
    path.write_bytes(start[:at] + noise + start[at + len(noise) :])
    assert isinstance(kind_of(path), Kind)


def test_compound_file_mangled_anywhere_is_always_told(tmp_path):
    data = drawn("xls", tmp_path)
    path = tmp_path / "x"
    for at in range(8, 1536, 7):  # header, first sectors
        for value in (b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\x01\0\0\0"):
            path.write_bytes(data[:at] + value + data[at + 4 :])
            assert isinstance(kind_of(path), Kind)


@pytest.mark.parametrize(
    ("data", "reason", "facts"),
    [
        (b"", Empty, {}),
        (b"\0\0\0\x18ftypheic", NoTextLayer, {"found": "heic"}),
        (b"\x89PNG\r\n\x1a\n", Damaged, {}),
        (b"\xef\xbb\xbf", Empty, {}),
        (b"Rar!\x1a\x07\x01\0", OtherArchive, {"found": "rar"}),
        (package(("OFD.xml", b"")), Damaged, {}),
        (package(("a.txt", b"")), WrongKind, {"found": "zip"}),
        (b"MZ\x90\0", WrongKind, {"found": "exe"}),
        (bytes(99), UnknownKind, {"found": "unknown"}),
    ],
)
def test_what_is_not_read_is_refused_with_its_reason(tmp_path, data, reason, facts):
    path = tmp_path / "目录.docx"
    path.write_bytes(data)
    with pytest.raises(reason) as caught:
        open_document(path, "目录.docx")
    assert (type(caught.value), caught.value.facts) == (reason, facts)


def test_encrypted_file_is_refused(tmp_path):
    path = tmp_path / "目录.docx"
    path.write_bytes(compound("EncryptedPackage", tmp_path))
    with pytest.raises(Encrypted):
        open_document(path, "目录.docx")


def test_file_beyond_the_bound_is_refused_unread(tmp_path):
    path = tmp_path / "x.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate((200 << 20) + 1)
    with pytest.raises(TooLarge):
        open_document(path, "x.pdf")


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "xls", "pdf", "csv"])
@pytest.mark.parametrize("claimed", ["doc", "pdf", "xlsx"])
def test_mismatched_suffix_is_read_by_content(tmp_path, suffix, claimed):
    path = tmp_path / f"目录.{claimed}"
    path.write_bytes(drawn(suffix, tmp_path))
    document = open_document(path, path.name)
    assert (document.name, document.format) == (path.name, suffix)
    assert "食品经营许可" in [cell.text for table in document.tables for cell in table.cells]
