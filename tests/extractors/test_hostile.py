"""Files made to harm: each is read or ends in a reason, in a worker under limits, and its neighbours are read.

Each file is drawn by a function of its own, whose name says what is wrong with it.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors import open_document
from extractors.archive import Member, unpack
from extractors.document import Document
from extractors.errors import Damaged, Empty, TooLarge, UnknownKind, Unreadable, UnsafeArchive
from extractors.sandbox import Sandbox
from tests.builders import Sheet, draw, grid

SECONDS = 30
MEGABYTES = 1024
SHEETS = (Sheet((grid([["序号", "职权名称"], ["1", "食品经营许可"]]),), title="职权目录"),)
SECRET = "the password file of this machine"

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


@pytest.fixture(scope="module")
def box():
    with Sandbox(jobs=1, seconds=SECONDS, megabytes=MEGABYTES) as running:
        yield running


def drawn(suffix: str, folder: Path) -> bytes:
    path = folder / f"drawn.{suffix}"
    draw(path, SHEETS)
    data = path.read_bytes()
    path.unlink()
    return data


def repacked(office: bytes, part: str, write: Callable[[bytes], bytes]) -> bytes:
    """An Office file with one of its parts written anew."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, write(data) if name == part else data)
    return buffer.getvalue()


def word_body(folder: Path, body: str, doctype: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return repacked(drawn("docx", folder), "word/document.xml", lambda _: xml.encode())


def worksheet(folder: Path, body: str, doctype: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{SPREADSHEET}">{body}</worksheet>'
    return repacked(drawn("xlsx", folder), "xl/worksheets/sheet1.xml", lambda _: xml.encode())


def sheet_cell(reference: str, value: str = "1") -> str:
    row = "".join(c for c in reference if c.isdigit())
    return f'<sheetData><row r="{row}"><c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c></row></sheetData>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(cells: str) -> str:
    return f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"


def pdf(*objects: str | bytes) -> bytes:
    """A PDF of those objects, the first being its catalogue; its cross-reference table is right."""
    data, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body if isinstance(body, bytes) else body.encode())
    start = len(data)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        rows,
        size,
        start,
    )


def stream(data: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<</Length %d/Filter/FlateDecode %s>>stream\n%s\nendstream" % (len(packed), entries.encode(), packed)


def one_page(content: bytes, media_box: str = "0 0 595 842", extra: str = "") -> bytes:
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[{media_box}]/Contents 4 0 R {extra}>>"
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(content))


def no_bytes(folder: Path) -> bytes:
    return b""


def only_nul(folder: Path) -> bytes:
    return bytes(100_000)


def random_bytes(folder: Path) -> bytes:
    return random.Random(7).randbytes(100_000)


def picture_named_docx(folder: Path) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">L4sLLBBBBB", 13, b"IHDR", 1 << 30, 1 << 30, 8, 2, 0, 0, 0)


def docx_cut_off(folder: Path) -> bytes:
    return drawn("docx", folder)[:-400]


def xlsx_cut_off(folder: Path) -> bytes:
    return drawn("xlsx", folder)[:-400]


def xls_cut_off(folder: Path) -> bytes:
    return drawn("xls", folder)[:2000]


def pdf_cut_off(folder: Path) -> bytes:
    return drawn("pdf", folder)[:700]


def docx_without_its_document(folder: Path) -> bytes:
    return repacked(drawn("docx", folder), "word/document.xml", lambda _: b"")


def docx_of_laughs(folder: Path) -> bytes:
    return word_body(folder, paragraph("&a11;"), LAUGHS)


def xlsx_of_laughs(folder: Path) -> bytes:
    return worksheet(folder, sheet_cell("A1", "&a11;"), LAUGHS)


def html_of_laughs(folder: Path) -> bytes:
    return f'<?xml version="1.0"?>{LAUGHS}<html><table><tr><td>&a11;</td></tr></table></html>'.encode()


def xml_workbook_of_laughs(folder: Path) -> bytes:
    book = "<Worksheet><Table><Row><Cell><Data>&a11;</Data></Cell></Row></Table></Worksheet>"
    return (
        f'<?xml version="1.0"?>{LAUGHS}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">{book}</Workbook>'
    ).encode()


def docx_that_unpacks_to_half_a_gigabyte(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(drawn("docx", folder))) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
        with new.open("word/document.xml", "w") as part:
            part.write(f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>'.encode())
            for _ in range(512):
                part.write(b"a" * (1 << 20))
            part.write(b"</w:t></w:r></w:p></w:body></w:document>")
    return buffer.getvalue()


def docx_of_nested_tables(folder: Path) -> bytes:
    body = paragraph("x")
    for _ in range(3000):
        body = word_table(f"<w:tc>{body}<w:p/></w:tc>")
    return word_body(folder, body)


def docx_with_a_cell_of_a_thousand_million_columns(folder: Path) -> bytes:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>{paragraph("x")}</w:tc>'
    return word_body(folder, word_table(f'<w:trPr><w:gridBefore w:val="1000000000"/></w:trPr>{cell}'))


def xlsx_with_a_cell_in_the_last_corner(folder: Path) -> bytes:
    return worksheet(folder, '<dimension ref="A1:XFD1048576"/>' + sheet_cell("XFD1048576"))


def xlsx_with_two_far_cells(folder: Path) -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return worksheet(folder, sheet_cell("A1").replace("</sheetData>", far))


def xlsx_merged_as_a_whole(folder: Path) -> bytes:
    return worksheet(folder, sheet_cell("A1") + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


def html_with_a_cell_of_a_thousand_million_rows(folder: Path) -> bytes:
    cell = "<td colspan=1000000000 rowspan=1000000000>x</td>"
    return f"<html><table><tr>{cell}</tr><tr>{cell}</tr></table></html>".encode()


def html_of_nested_tables(folder: Path) -> bytes:
    return b"<html>" + b"<table><tr><td>x" * 20_000


def csv_of_one_endless_line(folder: Path) -> bytes:
    return b"a,b\r\n" + b'"x' * (10 << 20)


def csv_of_a_million_columns(folder: Path) -> bytes:
    return (b"," * 1_000_000 + b"\r\n") * 3


def pdf_whose_page_tree_is_a_ring(folder: Path) -> bytes:
    ring = "<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>"
    return pdf("<</Type/Catalog/Pages 2 0 R>>", ring, ring.replace("3 0 R", "2 0 R"))


def pdf_that_claims_a_thousand_million_pages(folder: Path) -> bytes:
    return one_page(b"").replace(b"/Count 1>>", b"/Count 1000000000>>")


def pdf_of_a_page_as_large_as_a_country(folder: Path) -> bytes:
    return one_page(b"0 0 1e9 1e9 re S", media_box="0 0 1000000000 1000000000")


def pdf_whose_content_unpacks_to_half_a_gigabyte(folder: Path) -> bytes:
    return one_page(b"0 0 m 9 9 l S\n" * (38 << 20))


def pdf_of_a_million_rules(folder: Path) -> bytes:
    return one_page(b"".join(b"%d %d m %d %d l S\n" % (n % 595, n % 842, n % 311, n % 177) for n in range(1_000_000)))


def pdf_that_draws_itself(folder: Path) -> bytes:
    form = stream(b"/F Do /F Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>")
    page = one_page(b"/F Do", extra="/Resources<</XObject<</F 5 0 R>>>>")
    return page.replace(b"xref\n0 5", b"5 0 obj\n" + form + b"\nendobj\nxref\n0 5")


REASONS: dict[Callable[[Path], bytes], tuple[type[Unreadable], ...]] = {
    no_bytes: (Empty,),
    only_nul: (UnknownKind,),
    random_bytes: (UnknownKind,),
    picture_named_docx: (TooLarge, Damaged),
    docx_cut_off: (Damaged,),
    xlsx_cut_off: (Damaged,),
    xls_cut_off: (Damaged,),
    docx_without_its_document: (Damaged, Empty),
    pdf_whose_page_tree_is_a_ring: (Unreadable,),
    docx_that_unpacks_to_half_a_gigabyte: (Unreadable,),
}
READ_OR_REFUSED: tuple[Callable[[Path], bytes], ...] = (
    pdf_cut_off,
    docx_of_laughs,
    xlsx_of_laughs,
    html_of_laughs,
    xml_workbook_of_laughs,
    docx_of_nested_tables,
    docx_with_a_cell_of_a_thousand_million_columns,
    xlsx_with_a_cell_in_the_last_corner,
    xlsx_with_two_far_cells,
    xlsx_merged_as_a_whole,
    html_with_a_cell_of_a_thousand_million_rows,
    html_of_nested_tables,
    csv_of_one_endless_line,
    csv_of_a_million_columns,
    pdf_that_claims_a_thousand_million_pages,
    pdf_of_a_page_as_large_as_a_country,
    pdf_whose_content_unpacks_to_half_a_gigabyte,
    pdf_of_a_million_rules,
    pdf_that_draws_itself,
)


def texts(document: Document) -> list[str]:
    cells = [cell.text for table in document.tables for cell in table.cells]
    return [*cells, *(paragraph.text for paragraph in (*document.paragraphs, *document.margins))]


@pytest.mark.parametrize("make", REASONS, ids=lambda make: make.__name__)
def test_file_ends_in_its_reason(box, tmp_path, make):
    path = tmp_path / "目录.docx"
    path.write_bytes(make(tmp_path))
    with pytest.raises(REASONS[make]):
        box.submit(open_document, path, path.name).result()


@pytest.mark.parametrize("make", READ_OR_REFUSED, ids=lambda make: make.__name__)
def test_file_is_read_or_ends_in_a_reason(box, tmp_path, make):
    path = tmp_path / "目录.docx"
    path.write_bytes(make(tmp_path))
    try:
        document = box.submit(open_document, path, path.name).result()
    except Unreadable:
        return
    assert isinstance(document, Document)
    assert sum(map(len, texts(document))) < 64 << 20, "more text than the file can hold"


@pytest.mark.parametrize(("suffix", "make"), [("docx", word_body), ("xlsx", worksheet)])
def test_file_of_this_machine_is_not_drawn_in(box, tmp_path, suffix, make):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    doctype = f'<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'
    body = paragraph("&secret;") if suffix == "docx" else sheet_cell("A1", "&secret;")
    path = tmp_path / f"目录.{suffix}"
    path.write_bytes(make(tmp_path, body, doctype))
    try:
        document = box.submit(open_document, path, path.name).result()
    except Unreadable:
        return
    assert not any(SECRET in text for text in texts(document))


def nested_bomb(path: Path) -> None:
    """Ten archives of ten archives of a hundred megabytes of zeros."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.csv", "w") as zeros:
        for _ in range(100):
            zeros.write(bytes(1 << 20))
    for _ in range(2):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", inner.getvalue())
        inner = outer
    path.write_bytes(inner.getvalue())


def quine(path: Path) -> None:
    """An archive whose second entry overlaps the first, as in archives that hold themselves."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.zip", b"PK\x05\x06" + bytes(18))
        archive.writestr("b.csv", b"x")
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
    path.write_bytes(buffer.getvalue())


@pytest.mark.parametrize("make", [nested_bomb, quine])
def test_archive_unpacks_within_bounds(box, tmp_path, make):
    path = tmp_path / "市交通局.zip"
    make(path)
    into = tmp_path / "into"
    members: tuple[Member, ...] = box.submit(unpack, path, into).result()
    assert members and all(isinstance(member.problem, UnsafeArchive | Damaged | Empty) for member in members)
    assert list(into.iterdir()) == []


def test_good_file_among_hostile_ones_is_read(tmp_path):
    makes = [docx_of_laughs, docx_of_nested_tables, pdf_whose_page_tree_is_a_ring, random_bytes]
    with Sandbox(jobs=2, seconds=SECONDS, megabytes=MEGABYTES) as box:
        futures = []
        for number, make in enumerate(makes):
            for name, data in ((f"{number}.bad", make(tmp_path)), (f"{number}.good", drawn("docx", tmp_path))):
                path = tmp_path / name
                path.write_bytes(data)
                futures.append((path.suffix, box.submit(open_document, path, name)))
        good = [future.result() for suffix, future in futures if suffix == ".good"]
    assert all("食品经营许可" in texts(document) for document in good) and len(good) == len(makes)
