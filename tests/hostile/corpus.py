"""The corpus: one function a file. The order is that of the formats; nothing depends on it."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.making import (
    FAR,
    LAUGHS,
    OFD,
    SPREADSHEET,
    WORD,
    compound,
    drawn,
    ofd_page,
    one_page,
    packed,
    paragraph,
    pdf,
    png,
    repacked,
    sheet_cell,
    stream,
    word_body,
    word_table,
    worksheet,
    zeros,
)

LOADED, NO_REGISTER = "loaded", "no_register"
SECRET = "the password file of this machine"
SECRET_FILE = "secret.txt"  # beside the working folder of whoever reads the corpus; its address fills {secret}
_TEXT = (
    '<ofd:TextObject Boundary="10 10 100 10" Size="4"><ofd:TextCode X="0" Y="4"{}>{}</ofd:TextCode></ofd:TextObject>'
)
_PATH = '<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>'
TOO_MUCH = ("too_large", "out_of_memory", "timed_out", "damaged", "unsafe_archive")


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file: its name without suffix, which says what is wrong with it; its suffix; the outcomes that are right.

    In its bytes ``{secret}`` stands for the address of a file that must not be drawn in.
    """

    name: str
    suffix: str
    make: Callable[[], bytes]
    outcomes: tuple[str, ...]


_FILES: list[HostileFile] = []


def hostile_files() -> tuple[HostileFile, ...]:
    """All of them."""
    return tuple(_FILES)


def _file(suffix: str, *outcomes: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def registered(make: Callable[[], bytes]) -> Callable[[], bytes]:
        _FILES.append(HostileFile(make.__name__, suffix, make, outcomes))
        return make

    return registered


# Nothing, noise, and what is not what its name says.


@_file("docx", "empty")
def no_bytes() -> bytes:
    return b""


@_file("docx", "unknown_kind")
def only_nul() -> bytes:
    return bytes(100_000)


@_file("xls", "unknown_kind")
def random_bytes() -> bytes:
    return random.Random(7).randbytes(100_000)


@_file("docx", "wrong_kind")
def program_named_docx() -> bytes:
    return b"MZ\x90\0\x03\0\0\0" + bytes(500)


@_file("xlsx", LOADED)
def docx_named_xlsx() -> bytes:
    return drawn("docx")


@_file("pdf", LOADED)
def xls_named_pdf() -> bytes:
    return drawn("xls")


@_file("zip", "other_archive")
def rar_named_zip() -> bytes:
    return b"Rar!\x1a\x07\x01\0" + bytes(100)


@_file("7z", "other_archive")
def seven_zip() -> bytes:
    return b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(100)


@_file("tar.gz", "other_archive")
def gzip_of_zeros() -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(compressor.compress(bytes(1 << 20)) for _ in range(64)) + compressor.flush()


# Cut off in the middle.


@_file("docx", "damaged")
def docx_cut_off() -> bytes:
    return drawn("docx")[:-400]


@_file("xlsx", "damaged")
def xlsx_cut_off() -> bytes:
    return drawn("xlsx")[:-400]


@_file("xls", "damaged")
def xls_cut_off() -> bytes:
    return drawn("xls")[:2000]


@_file("pdf", "damaged", "empty", NO_REGISTER, LOADED)
def pdf_cut_off() -> bytes:
    return drawn("pdf")[:700]


@_file("ofd", "damaged")
def ofd_cut_off() -> bytes:
    return drawn("ofd")[:-200]


@_file("zip", "damaged")
def zip_cut_off() -> bytes:
    return packed({"目录.csv": "序号,职权名称\n1,食品经营许可\n" * 50})[:-80]


@_file("mht", "empty", "damaged", NO_REGISTER)
def mht_cut_off() -> bytes:
    return b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n"


@_file("doc", "damaged")
def doc_whose_directory_is_lost() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@_file("png", "no_text_layer", "damaged")
def png_cut_off() -> bytes:
    return png(100, 100, zlib.compress(bytes(30_100)))[:60]


# Locked.


@_file("docx", "encrypted")
def docx_with_a_password() -> bytes:
    return compound("EncryptedPackage")


@_file("pdf", "encrypted")
def pdf_with_a_password() -> bytes:
    import pikepdf

    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn("pdf"))) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    return locked.getvalue()


@_file("zip", "encrypted")
def zip_with_a_password() -> bytes:
    data = bytearray(packed({"目录.csv": "序号,职权名称\n"}, zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    return bytes(data)


@_file("doc", "encrypted", "needs_tool")
def doc_with_a_password() -> bytes:
    return compound("WordDocument", b"\xec\xa5\xc1\0" + bytes(6) + b"\0\x01" + bytes(20))


@_file("ofd", "encrypted")
def ofd_with_encrypted_parts() -> bytes:
    return packed({"OFD.xml": "<OFD/>", "Encryptions.xml": "<Encryptions/>"})


# Entities.


@_file("docx", "damaged")
def docx_of_laughs() -> bytes:
    return word_body(paragraph("&a11;"), LAUGHS)


@_file("xlsx", "damaged", "empty")
def xlsx_of_laughs() -> bytes:
    return worksheet(sheet_cell("A1", "&a11;"), LAUGHS)


@_file("html", "wrong_kind", NO_REGISTER)
def html_of_laughs() -> bytes:
    return f'<?xml version="1.0"?>{LAUGHS}<html><table><tr><td>&a11;</td></tr></table></html>'.encode()


@_file("xls", "wrong_kind", "damaged", "empty")
def xml_workbook_of_laughs() -> bytes:
    book = "<Worksheet><Table><Row><Cell><Data>&a11;</Data></Cell></Row></Table></Worksheet>"
    return (
        f'<?xml version="1.0"?>{LAUGHS}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">{book}</Workbook>'
    ).encode()


@_file("svg", "wrong_kind")
def svg_of_laughs() -> bytes:
    return f'<?xml version="1.0"?>{LAUGHS}<svg xmlns="http://www.w3.org/2000/svg"><text>&a11;</text></svg>'.encode()


@_file("ofd", "damaged")
def ofd_of_laughs() -> bytes:
    return ofd_page(
        '<ofd:TextObject Size="4"><ofd:TextCode X="9" Y="9">&amp;a11;</ofd:TextCode></ofd:TextObject>', "", LAUGHS
    )


@_file("docx", "damaged")
def docx_that_asks_for_a_file_of_this_machine() -> bytes:
    return word_body(paragraph("&secret;"), '<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret}">]>')


@_file("xlsx", "damaged", "empty")
def xlsx_that_asks_for_a_file_of_this_machine() -> bytes:
    return worksheet(sheet_cell("A1", "&secret;"), '<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret}">]>')


@_file("rtf", NO_REGISTER, LOADED, "damaged", "empty", "needs_tool")
def rtf_that_asks_for_a_file_of_this_machine() -> bytes:
    return b'{\\rtf1\\ansi {\\field{\\*\\fldinst INCLUDETEXT "{secret}"}{\\fldrslt old}} x\\par}'


# Bombs.


@_file("docx", *TOO_MUCH)
def docx_that_unpacks_to_half_a_gigabyte() -> bytes:
    start = f'<w:document xmlns:w="{WORD}"><w:body>'.encode()
    bomb = zeros("word/document.xml", 512, start, b"<w:p/>  ")
    with zipfile.ZipFile(io.BytesIO(drawn("docx"))) as old:
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                if name != "word/document.xml":
                    new.writestr(name, old.read(name))
    return buffer.getvalue()


@_file("xlsx", NO_REGISTER, *TOO_MUCH)
def xlsx_whose_shared_strings_unpack_to_half_a_gigabyte() -> bytes:
    buffer = io.BytesIO(
        zeros("xl/sharedStrings.xml", 512, f'<sst xmlns="{SPREADSHEET}">'.encode(), b"<si><t/></si>   ")
    )
    with zipfile.ZipFile(io.BytesIO(drawn("xlsx"))) as old, zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                data = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    data = (
                        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                        b'<row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
                    )
                new.writestr(name, data)
    return buffer.getvalue()


@_file("ofd", *TOO_MUCH)
def ofd_whose_page_unpacks_to_half_a_gigabyte() -> bytes:
    with zipfile.ZipFile(io.BytesIO(drawn("ofd"))) as old:
        buffer = io.BytesIO(
            zeros("Doc_0/Pages/Page_0/Content.xml", 512, b"<Page><Content><Layer>", b"<PageBlock/>    ")
        )
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                if not name.endswith("Page_0/Content.xml"):
                    new.writestr(name, old.read(name))
    return buffer.getvalue()


@_file("zip", *TOO_MUCH)
def zip_of_a_gigabyte_of_zeros() -> bytes:
    return zeros("目录.csv", 1024)


@_file("zip", *TOO_MUCH)
def zip_of_zips_of_zips_of_zeros() -> bytes:
    data = zeros("zeros.csv", 100)
    for _ in range(2):
        data = packed({f"{number}.zip": data for number in range(10)})
    return data


@_file("zip", "damaged", "unsafe_archive", "empty")
def zip_that_holds_itself() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.zip", b"PK\x05\x06" + bytes(18))
        archive.writestr("b.csv", b"x")
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
    return buffer.getvalue()


@_file("zip", "unsafe_archive")
def zip_of_twenty_thousand_entries() -> bytes:
    return packed({f"{number}.csv": b"" for number in range(20_000)}, zipfile.ZIP_STORED)


@_file("png", "no_text_layer", "too_large", "damaged", "out_of_memory")
def png_of_sixty_thousand_by_sixty_thousand() -> bytes:
    return png(60_000, 60_000, zlib.compress(bytes(32 << 20), 9))


@_file("tif", "no_text_layer", "too_large", "damaged", "timed_out", "empty")
def tiff_of_a_hundred_thousand_pages() -> bytes:
    def page(at: int, last: bool) -> bytes:
        tags = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
        entries = b"".join(struct.pack("<HHLL", *tag) for tag in tags)
        size = 2 + len(entries) + 4
        return struct.pack("<H", len(tags)) + entries + struct.pack("<L", 0 if last else at + size)

    data, at = [b"II*\0", struct.pack("<L", 8)], 8
    for number in range(100_000):
        data.append(page(at, number == 99_999))
        at += len(data[-1])
    return b"".join(data)


@_file("tif", "no_text_layer", "too_large", "damaged", "timed_out", "empty")
def tiff_whose_last_page_is_its_first() -> bytes:
    tags = [(256, 3, 1, 1), (257, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
    entries = b"".join(struct.pack("<HHLL", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<LH", 8, len(tags)) + entries + struct.pack("<L", 8)


# Names in archives.


@_file("zip", "unsafe_archive")
def zip_whose_entries_climb_out() -> bytes:
    return packed({name: "x" for name in ("../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\..\\evil.csv")})


@_file("zip", "unsafe_archive")
def zip_of_links() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, target in (("目录.csv", "/etc/passwd"), ("夹", "..")):
            link = zipfile.ZipInfo(name)
            link.create_system, link.external_attr = 3, 0o120777 << 16
            archive.writestr(link, target)
    return buffer.getvalue()


@_file("zip", NO_REGISTER, "empty", "unsafe_archive")
def zip_whose_entries_have_names_that_no_system_allows() -> bytes:
    names = (
        "一\n二.csv",
        "三\r\t\x07.csv",
        "长" * 20_000 + ".csv",
        "con.csv",
        "a:b?.csv",
        "x.csv ",
        ".csv",
        "深/" * 300 + "x.csv",
    )
    return packed({name: f"{number},甲\n" for number, name in enumerate(names)})


@_file("zip", NO_REGISTER)
def zip_of_equal_names() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile says what is wrong with it
        for number in range(50):
            archive.writestr(f"{number % 10}目录.csv", f"{number},甲\n")
    return buffer.getvalue()


@_file("zip", "other_archive")
def zip_that_holds_other_archives() -> bytes:
    return packed({"a.rar": b"Rar!\x1a\x07\x01\0" + bytes(20), "b.7z": b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(20)})


# Word and what LibreOffice reads.


@_file("docx", "damaged", "empty")
def docx_without_its_document() -> bytes:
    return repacked(drawn("docx"), "word/document.xml", lambda _: b"")


@_file("docx", "damaged", "too_large", NO_REGISTER)
def docx_of_nested_tables() -> bytes:
    body = paragraph("x")
    for _ in range(3000):
        body = word_table(f"<w:tc>{body}<w:p/></w:tc>")
    return word_body(body)


@_file("docx", "damaged", "too_large", NO_REGISTER)
def docx_of_elements_nested_a_hundred_thousand_deep() -> bytes:
    return word_body("<w:p>" + "<w:ins>" * 100_000 + "</w:ins>" * 100_000 + "</w:p>")


@_file("docx", "too_large", "damaged", NO_REGISTER)
def docx_with_a_cell_of_a_thousand_million_columns() -> bytes:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{FAR}"/></w:tcPr>{paragraph("x")}</w:tc>'
    return word_body(word_table(f'<w:trPr><w:gridBefore w:val="{FAR}"/></w:trPr>{cell}'))


@_file("docx", "too_large", "damaged", NO_REGISTER)
def docx_with_a_cell_of_two_to_the_31_columns() -> bytes:
    return word_body(word_table(f'<w:tc><w:tcPr><w:gridSpan w:val="{1 << 31}"/></w:tcPr>{paragraph("x")}</w:tc>'))


@_file("docx", "too_large", NO_REGISTER)
def docx_of_a_million_paragraphs() -> bytes:
    return word_body("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_000_000)


@_file("doc", "damaged", "worker_died", "empty", "needs_tool", NO_REGISTER)
def doc_of_noise() -> bytes:
    return compound("WordDocument", b"\xec\xa5\xc1\0" + bytes(20) + random.Random(3).randbytes(3000))


@_file("rtf", "damaged", "worker_died", "empty", "timed_out", "needs_tool", NO_REGISTER)
def rtf_of_a_million_groups() -> bytes:
    return b"{\\rtf1" + b"{" * 1_000_000 + b"x" + b"}" * 1_000_000 + b"}"


@_file("odt", "damaged", "empty", "needs_tool", NO_REGISTER)
def odt_of_laughs() -> bytes:
    root = '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
    body = f'<?xml version="1.0"?>{LAUGHS}{root}'
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": body})


# Sheets.


@_file("xlsx", "too_large", NO_REGISTER)
def xlsx_with_a_cell_in_the_last_corner() -> bytes:
    return worksheet('<dimension ref="A1:XFD1048576"/>' + sheet_cell("XFD1048576"))


@_file("xlsx", NO_REGISTER, "too_large")
def xlsx_with_two_far_cells() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return worksheet(sheet_cell("A1").replace("</sheetData>", far))


@_file("xlsx", NO_REGISTER, "too_large")
def xlsx_merged_as_a_whole() -> bytes:
    return worksheet(sheet_cell("A1") + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@_file("xlsx", NO_REGISTER, "too_large", "empty")
def xlsx_of_a_million_phantom_rows() -> bytes:
    rows = "".join(f'<row r="{row}" s="1"><c r="A{row}" s="1"/></row>' for row in range(1, 1_048_577))
    return worksheet(f"<sheetData>{rows}</sheetData>")


@_file("xls", "damaged", "empty", "out_of_memory")
def xls_of_noise() -> bytes:
    return compound("Workbook", struct.pack("<HHHH", 0x809, 16, 0x600, 5) + random.Random(5).randbytes(3000))


@_file("xls", "damaged", "too_large", NO_REGISTER)
def xml_workbook_with_a_row_beyond_all_rows() -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="a"><Table>'
        f'<Row ss:Index="{FAR}"><Cell ss:MergeAcross="{FAR}"><Data ss:Type="String">x</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    ).encode()


@_file("csv", NO_REGISTER, *TOO_MUCH)
def csv_of_one_endless_line() -> bytes:
    return b"a,b\r\n" + b'"x' * (10 << 20)


@_file("csv", NO_REGISTER, "empty", *TOO_MUCH)
def csv_of_a_million_columns() -> bytes:
    return (b"," * 1_000_000 + b"\r\n") * 3


# Pages in markup.


@_file("html", NO_REGISTER, "too_large")
def html_with_a_cell_of_a_thousand_million_rows() -> bytes:
    cell = f"<td colspan={FAR} rowspan={FAR}>x</td>"
    return f"<html><table><tr>{cell}</tr><tr>{cell}</tr></table></html>".encode()


@_file("html", NO_REGISTER, "too_large", "damaged")
def html_of_nested_tables() -> bytes:
    return b"<html>" + b"<table><tr><td>x" * 20_000


@_file("html", NO_REGISTER, *TOO_MUCH)
def html_of_a_million_cells() -> bytes:
    return b"<html><table>" + (b"<tr>" + b"<td>x</td>" * 1000 + b"</tr>") * 1000 + b"</table></html>"


@_file("mht", "empty", "too_large", "damaged", NO_REGISTER)
def mht_of_parts_in_parts() -> bytes:
    head = b"MIME-Version: 1.0\r\n"
    body = b"".join(b"Content-Type: multipart/related; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    return head + body


# PDF.


@_file("pdf", "damaged", "empty")
def pdf_whose_page_tree_is_a_ring() -> bytes:
    ring = "<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>"
    return pdf("<</Type/Catalog/Pages 2 0 R>>", ring, ring.replace("3 0 R", "2 0 R"))


@_file("pdf", "damaged", "empty", "too_large")
def pdf_that_claims_a_thousand_million_pages() -> bytes:
    return one_page(b"").replace(b"/Count 1>>", b"/Count 1000000000>>")


@_file("pdf", "damaged", "empty")
def pdf_whose_tables_of_objects_refer_to_each_other() -> bytes:
    data = one_page(b"")
    start = data.index(b"xref\n0")
    return data.replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Prev %d>>" % start)


@_file("pdf", "damaged", "empty", *TOO_MUCH)
def pdf_of_a_million_objects() -> bytes:
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>", *["null"] * 1_000_000)


@_file("pdf", "empty", "damaged", NO_REGISTER)
def pdf_of_a_page_as_large_as_a_country() -> bytes:
    return one_page(b"0 0 1e9 1e9 re S", media_box="0 0 1000000000 1000000000")


@_file("pdf", "empty", "worker_died", *TOO_MUCH)
def pdf_whose_content_unpacks_to_half_a_gigabyte() -> bytes:
    return one_page(b"0 0 m 9 9 l S\n" * (38 << 20))


@_file("pdf", "empty", "worker_died", *TOO_MUCH)
def pdf_of_four_hundred_thousand_rules() -> bytes:
    return one_page(b"".join(b"%d %d m %d %d l S\n" % (n % 595, n % 842, n % 311, n % 177) for n in range(400_000)))


@_file("pdf", "empty", "worker_died", *TOO_MUCH)
def pdf_that_draws_itself() -> bytes:
    form = stream(b"/F Do /F Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>")
    return one_page(b"/F Do", "0 0 595 842", "/Resources<</XObject<</F 5 0 R>>>>", form)


@_file("pdf", "empty", "no_text_layer", *TOO_MUCH)
def pdf_of_a_picture_of_sixty_thousand_by_sixty_thousand() -> bytes:
    picture = stream(
        bytes(32 << 20), "/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    return one_page(b"595 0 0 842 0 0 cm /F Do", "0 0 595 842", "/Resources<</XObject<</F 5 0 R>>>>", picture)


# OFD.

_TEXT = (
    '<ofd:TextObject Boundary="10 10 100 10" Size="4"><ofd:TextCode X="0" Y="4"{}>{}</ofd:TextCode></ofd:TextObject>'
)


@_file("ofd", "empty", *TOO_MUCH)
def ofd_that_draws_itself() -> bytes:
    twice = '<ofd:CompositeObject ResourceID="7"/>' * 2
    unit = f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{twice}</ofd:Content></ofd:CompositeGraphicUnit>'
    return ofd_page(twice, unit)


@_file("ofd", NO_REGISTER)
def ofd_whose_characters_stand_a_thousand_million_times_apart() -> bytes:
    return ofd_page(_TEXT.format(f' DeltaX="g {FAR} {FAR}" DeltaY="g {FAR} 1e308"', "职权目录"))


@_file("ofd", "empty", NO_REGISTER, *TOO_MUCH)
def ofd_of_four_hundred_thousand_strokes() -> bytes:
    data = " ".join(f"M {n % 210} {n % 297} L {n % 97} {n % 89}" for n in range(400_000))
    return ofd_page(
        f'<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'
    )


@_file("ofd", "empty", "damaged", NO_REGISTER)
def ofd_of_numbers_that_are_none() -> bytes:
    return ofd_page(
        '<ofd:TextObject Boundary="nan inf -1e999 x" CTM="nan nan nan nan nan nan" Size="inf">'
        '<ofd:TextCode X="nan" Y="-inf" DeltaX="g g g">职权</ofd:TextCode></ofd:TextObject>'
        + _PATH.format("M nan 1 L B A 3 C C C Z")
    )


@_file("ofd", *TOO_MUCH)
def ofd_of_a_hundred_thousand_pages() -> bytes:
    pages = '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>' * 100_000
    xml = f'<ofd:Document xmlns:ofd="{OFD}"><ofd:CommonData/><ofd:Pages>{pages}</ofd:Pages></ofd:Document>'
    return repacked(drawn("ofd"), "Doc_0/Document.xml", lambda _: xml.encode())


@_file("ofd", "damaged", "too_large", NO_REGISTER, "empty")
def ofd_of_blocks_nested_a_hundred_thousand_deep() -> bytes:
    return ofd_page("<ofd:PageBlock>" * 100_000 + "</ofd:PageBlock>" * 100_000)
