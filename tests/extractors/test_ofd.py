"""OFD: what its pages draw, in the ways that producers draw it; what is not text; what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from extractors import open_document
from extractors.document import Document, Notice
from extractors.errors import Damaged, Empty
from extractors.ofd import drawing, package
from extractors.ofd.numbers import Matrix, box_of, distances, matrix_of, seen, subpaths
from extractors.patience import SECONDS_A_PAGE, extra_seconds
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.builders import OfdOptions, PdfOptions, Sheet, Text, draw_ofd, grid
from tests.drawing.ofd import path_object, text_object
from tests.extractors import test_scan
from tests.golden_case import Case, differences, load_cases, rows_of
from tests.hostile.making import OFD, ofd_page, packed, repacked

ROWS = [["序号", "职权名称", "承办机构"], *([str(n), f"第{n}项经营许可证核发", "许可股"] for n in range(1, 60))]
SHEETS = (Sheet((Text("行政职权目录", "title"), grid(ROWS))),)
WAYS = {
    "filled": OfdOptions(rules="filled", runs=False),
    "one path": OfdOptions(rules="one path"),
    "scaled": OfdOptions(scaled=True),
    "composite": OfdOptions(composite=True),
    "plain names": OfdOptions(namespace="", absolute=True),
    "older namespace": OfdOptions(namespace="http://www.ofdspec.org"),
}


def document_of(tmp_path: Path, data: bytes) -> Document:
    path = tmp_path / "a.ofd"
    path.write_bytes(data)
    return open_document(path, "a.ofd")


def text(
    content: str, attributes: str = "", code: str = 'X="0" Y="4"', boundary: str = "10 10 100 10", size: float = 4
) -> str:
    return (
        f'<ofd:TextObject Boundary="{boundary}" Size="{size}" {attributes}>'
        f"<ofd:TextCode {code}>{content}</ofd:TextCode></ofd:TextObject>"
    )


def printed(tmp_path: Path, objects: str, resources: str = "") -> list[str]:
    return [p.text for p in document_of(tmp_path, ofd_page(objects, resources)).paragraphs]


# What is drawn.


@pytest.mark.parametrize("case", [c for c in load_cases() if "pdf" in c.formats][::6], ids=lambda case: case.name)
@pytest.mark.parametrize("way", WAYS)
def test_a_case_reads_as_expected_however_it_is_drawn(case: Case, way: str, tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    files = []
    for file in case.files:
        path = tmp_path / f"{file.name}.ofd"
        draw_ofd(path, file.sheets, case.pdf, WAYS[way])
        files.append(SubmittedFile(path, path.name))
    assert differences(case.expected, rows_of([read_file(file, vocabulary) for file in files], vocabulary)) == []


def test_a_table_goes_on_over_pages_under_the_head_of_a_template(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    draw_ofd(path, SHEETS, None, OfdOptions(template="云溪县行政权力事项"))
    document = open_document(path, "a.ofd")
    assert document.format == "ofd" and (document.pages or 0) > 2
    (table,) = document.tables
    assert table.row_count == len(ROWS)
    assert {row.page for row in table.rows} == set(range(1, (document.pages or 0) + 1))
    heads = [m for m in document.margins if m.role == "header"]
    assert {m.text for m in heads} == {"云溪县行政权力事项"} and len(heads) == document.pages


def test_places_are_points_from_the_top_left_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    draw_ofd(path, SHEETS)
    (table,) = open_document(path, "a.ofd").tables
    box = table.cells[0].boxes[0]
    assert (box.page, round(box.x0), round(table.cells[2].boxes[0].x1)) == (1, 36, 806)
    assert str(table.place(1, 1)).startswith("第1页 表1 第1行第1列 [36")


@pytest.mark.parametrize(
    ("objects", "wanted"),
    [
        (text("职权目录", code='X="0" Y="4" DeltaX="g 3 4"'), ["职权目录"]),
        (text("职权目录", code='X="0" Y="4" DeltaX="4 4"'), ["职权目录"]),  # the last distance holds on
        (text("职权目录"), ["职权目录"]),  # no distance is told
        (text("ABC-12", code='X="0" Y="4" DeltaX="2.4 2.4 2.4 1.4 2.2"'), ["ABC-12"]),
        (text("职权", 'CTM="0.3527 0 0 0.3527 0 0"', 'X="0" Y="11" DeltaX="11"', size=11), ["职权"]),
        (text("职权", 'HScale="0.5"', 'X="0" Y="4" DeltaX="2"'), ["职权"]),
        (text("权") + text("职", boundary="6 10 4 4"), ["职权"]),  # the place counts, not the order
        (text("\u00a4\u00a4职权目录编制说明书及其附件全文如下所列" + "事项" * 30), []),  # characters without a code
        (text("甲") + text("乙", 'Visible="false"') + text("丙", 'Alpha="0"'), ["甲"]),
        (f"<ofd:PageBlock><ofd:PageBlock>{text('套')}</ofd:PageBlock></ofd:PageBlock>", ["套"]),
        ('<ofd:TextObject CTM="1 0 0 1 30 30"><ofd:TextCode>无尺寸</ofd:TextCode></ofd:TextObject>', ["无尺寸"]),
    ],
)
def test_characters_come_to_stand_where_they_are_drawn(tmp_path: Path, objects: str, wanted: list[str]) -> None:
    if not wanted:
        with pytest.raises(Damaged):
            printed(tmp_path, objects)
    else:
        assert printed(tmp_path, objects) == wanted


def test_text_down_the_page_and_on_its_side(tmp_path: Path) -> None:
    down = text("县农业局", 'ReadDirection="90"', 'X="0" Y="4" DeltaY="g 3 5"', "150 20 10 60")
    assert printed(tmp_path, down) == ["县农业局"]
    turned = text("侧面", 'CTM="0 1 -1 0 0 0"', 'X="0" Y="4" DeltaX="4"', "150 20 10 60")
    assert printed(tmp_path, text("正面的文字") + turned) == ["正面的文字", "侧面"]


def test_a_composite_is_placed_with_what_is_in_it(tmp_path: Path) -> None:
    unit = (
        '<ofd:CompositeGraphicUnit ID="7"><ofd:Content>'
        f"{text('部件', boundary='1 1 50 10')}</ofd:Content></ofd:CompositeGraphicUnit>"
    )
    placed = '<ofd:CompositeObject ResourceID="7" Boundary="{} 50 50 10" CTM="1 0 0 1 {} 0"/>'
    document = document_of(tmp_path, ofd_page(placed.format(20, 60), unit))
    box = document.paragraphs[0].place.box
    assert box is not None and round(box.x0) == round((20 + 60 + 1) * drawing.POINTS_A_MM)


@pytest.mark.parametrize(
    ("attributes", "ruled"),
    [
        ('LineWidth="0.2"', True),
        ('Stroke="false" Fill="false"', False),
        ('Alpha="0"', False),
        ('DrawParam="9"', False),  # a style that draws in white
    ],
)
def test_only_rules_that_are_seen_make_a_table(tmp_path: Path, attributes: str, ruled: bool) -> None:
    lines = [f"M 20 {y} L 120 {y}" for y in (20, 30, 40)] + [f"M {x} 20 L {x} 40" for x in (20, 70, 120)]
    rules = "".join(
        f'<ofd:PathObject Boundary="0 0 210 297" {attributes}><ofd:AbbreviatedData>{line}</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
        for line in lines
    )
    cells = "".join(text("某项职权", boundary=f"{x} {y} 40 8") for x in (25, 75) for y in (22, 32))
    style = '<ofd:DrawParam ID="9"><ofd:StrokeColor Value="255 255 255"/></ofd:DrawParam>'
    document = document_of(tmp_path, ofd_page(rules + cells, style))
    assert [table.row_count for table in document.tables if table.ruled] == ([2] if ruled else [])


# What is not text of the page.


def test_a_watermark_is_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    draw_ofd(path, SHEETS, PdfOptions(watermark="内部资料"))
    document = open_document(path, "a.ofd")
    assert [m.text for m in document.margins if m.role == "textbox"] == ["内部资料"]
    assert "内部资料" not in "".join(cell.text for table in document.tables for cell in table.cells)


def test_text_at_a_slant_is_a_mark(tmp_path: Path) -> None:
    slanted = text("样本", 'CTM="0.8 0.6 -0.6 0.8 0 0"', 'X="0" Y="4" DeltaX="4"')
    document = document_of(tmp_path, ofd_page(text("正文", boundary="10 90 100 10") + slanted))
    assert [p.text for p in document.paragraphs] == ["正文"]
    assert [m.text for m in document.margins] == ["样本"]


PICTURE = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="1"/>'


def scanned(objects: str, picture: bytes, file: str = "scan.png") -> bytes:
    """An .ofd of one page that shows a picture, of 480 × 300 points."""
    media = f'<ofd:MultiMedia ID="1" Type="Image"><ofd:MediaFile>{file}</ofd:MediaFile></ofd:MultiMedia>'
    buffer = io.BytesIO(repacked(ofd_page(objects, media), "Doc_0/DocumentRes.xml", in_folder))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(f"Doc_0/Res/{file}", picture)
    return buffer.getvalue()


def in_folder(resources: bytes) -> bytes:
    return resources.replace(b"<ofd:Res ", b'<ofd:Res BaseLoc="Res" ')


PLACED = '<ofd:ImageObject Boundary="10 20 169.33 105.83" ResourceID="1" CTM="169.33 0 0 105.83 0 0"/>'


@pytest.mark.parametrize("over", ["", text("1"), text("识别出来的文字" * 10, 'Fill="false"')])
def test_a_page_that_is_a_picture_is_recognized(tmp_path: Path, over: str) -> None:
    picture = test_scan.saved(tmp_path / "scan.png", test_scan.catalogue()).read_bytes()
    document = document_of(tmp_path, scanned(PLACED + over, picture))
    (table,) = document.tables
    assert test_scan.grid(table) == test_scan.TRUTH
    box = table.cells[0].boxes[0]
    assert (document.format, document.observations) == ("ofd", ())
    assert (box.x0, box.y0) == pytest.approx((10 * drawing.POINTS_A_MM + 24, 20 * drawing.POINTS_A_MM + 90), abs=40)
    assert 0 < table.cells[0].confidence < 1


def test_pages_that_are_pictures_get_more_time(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(
        packed({"OFD.xml": "<OFD/>", **{f"Res/{n}.PNG": bytes(20_000) for n in range(5)}, "Res/logo.png": b""})
    )
    assert extra_seconds(path) == 4 * SECONDS_A_PAGE


@pytest.mark.parametrize("picture", [b"", b"no picture"])
def test_a_picture_that_cannot_be_decoded_or_is_missing_is_damage(tmp_path: Path, picture: bytes) -> None:
    with pytest.raises(Damaged):
        document_of(tmp_path, scanned(PLACED, picture))
    with pytest.raises(Damaged):
        document_of(tmp_path, ofd_page(PLACED))


def test_a_page_among_others_that_cannot_be_read_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    draw_ofd(path, SHEETS)
    page = f'<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer>{PICTURE}</ofd:Layer></ofd:Content></ofd:Page>'
    data = repacked(path.read_bytes(), "Doc_0/Pages/Page_1/Content.xml", lambda _: page.encode())
    data = repacked(data, "Doc_0/Pages/Page_2/Content.xml", lambda old: old[: len(old) // 2])
    document = document_of(tmp_path, data)
    assert sorted((seen.notice, seen.place.page) for seen in document.observations) == [
        (Notice.UNREAD_PAGE, 2),
        (Notice.UNREAD_PAGE, 3),
    ]


def test_a_note_is_read_and_its_strokes_are_no_rules(tmp_path: Path) -> None:
    data = ofd_page(text("正文", boundary="10 90 100 10"))
    entry = '<ofd:Page PageID="100"><ofd:FileLoc>n.xml</ofd:FileLoc></ofd:Page>'
    listing = f'<ofd:Annotations xmlns:ofd="{OFD}">{entry}</ofd:Annotations>'
    strokes = "".join(path_object(line) for line in ("M 0 0 L 50 0", "M 0 9 L 50 9", "M 0 0 L 0 9", "M 50 0 L 50 9"))
    note = (
        f'<ofd:PageAnnot xmlns:ofd="{OFD}"><ofd:Annot Type="Path"><ofd:Appearance Boundary="30 150 60 10">'
        f"{text('批注文字', boundary='0 0 60 10')}{strokes.replace('<', '<ofd:').replace('<ofd:/', '</ofd:')}"
        '</ofd:Appearance></ofd:Annot><ofd:Annot Visible="false"><ofd:Appearance Boundary="0 0 9 9">'
        f"{text('看不见')}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    )
    data = repacked(data, "Doc_0/Annots/Annotations.xml", lambda _: listing.encode())
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("Doc_0/Annots/n.xml", note)
    document = document_of(tmp_path, buffer.getvalue())
    assert [p.text for p in document.paragraphs] == ["正文", "批注文字"] and document.tables == ()


def test_attached_files_are_noted(tmp_path: Path) -> None:
    data = repacked(
        ofd_page(text("正文")),
        "Doc_0/Document.xml",
        lambda xml: xml.replace(b"</ofd:Pages>", b"</ofd:Pages><ofd:Attachments>A.xml</ofd:Attachments>"),
    )
    assert Notice.UNREAD_PART in [seen.notice for seen in document_of(tmp_path, data).observations]


# What is refused, and bounds.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ofd_page(""), Empty),
        (packed({"OFD.xml": "<OFD/>"}), Damaged),
        (packed({"OFD.xml": "<OFD><DocBody><DocRoot>a.xml</DocRoot></DocBody></OFD>"}), Damaged),
        (packed({"OFD.xml": "<OFD><DocBody><DocRoot>a.xml</DocRoot></DocBody></OFD>", "a.xml": "<Document/>"}), Empty),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, data: bytes, reason: type[Exception]) -> None:
    with pytest.raises(reason):
        document_of(tmp_path, data)


@pytest.mark.parametrize("bound", ["MAX_CHARACTERS", "MAX_OBJECTS"])
def test_a_page_beyond_the_bounds_is_cut_off_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(drawing, bound, 4)
    document = document_of(tmp_path, ofd_page(text("一二") + text("三四", boundary="10 30 9 9") + text("五") * 3))
    assert Notice.TRUNCATED in [seen.notice for seen in document.observations]


def test_parts_are_found_beside_and_from_the_root(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    draw_ofd(path, SHEETS)
    with package.Package(path) as opened:
        assert opened.place("Doc_0/Document.xml", "Pages/Page_0/Content.xml") == "Doc_0/Pages/Page_0/Content.xml"
        assert opened.place("Doc_0/Document.xml", "/Doc_0/PublicRes.xml") == "Doc_0/PublicRes.xml"
        assert opened.place("Doc_0/Document.xml", "Doc_0/PublicRes.xml") == "Doc_0/PublicRes.xml"
        assert not opened.place("Doc_0/Document.xml", "../../../etc/passwd").startswith("..")


# Numbers.


def test_numbers_are_held_to_what_a_page_can_hold() -> None:
    assert distances("2 g 3 4 1", 9) == [2, 4, 4, 4, 1]
    assert distances("g 1000000000 4", 3) == [4, 4, 4]
    assert distances("g -5 4 g", 3) == []
    assert box_of("0 0 210 297") == (0, 0, 210, 297)
    assert box_of("0 0 0 297") is box_of("1 2 3") is box_of("x") is box_of(None) is None
    assert matrix_of("1 2 3") == Matrix()
    assert Matrix(2, 0, 0, 2, 1, 1).after(Matrix(1, 0, 0, 1, 10, 20)).at(1, 1) == (23, 43)
    unseen = ("255 255 255", None), ("#FF #FF #FF", None), ("0", "0"), ("0 0 0 0", None)
    assert not any(seen(*colour, 250) for colour in unseen)
    assert all(seen(*colour, 250) for colour in (("0", None), (None, "255"), ("255 0 0", None), ("0 0 0 255", None)))


def test_paths_are_cut_where_a_new_part_begins() -> None:
    found = list(subpaths("M 0 0 L 5 0 L 5 5 C M 9 9 Q 1 1 2 2 L 3 3", 100))
    assert found == [([(0, 0), (5, 0), (5, 5), (0, 0)], 0), ([(9, 9), (2, 2), (3, 3)], 1)]
    assert list(subpaths("M 0 0 L 1 1 Z Z", 100)) == [([(0, 0), (1, 1)], 0)]
    assert sum(len(points) for points, _ in subpaths("M 0 0 " + "L 1 1 " * 100, 10)) == 11


def test_text_object_of_the_drawing_is_one(tmp_path: Path) -> None:
    drawn = text_object("职权", 100, 100, 12, OfdOptions()).replace("<", "<ofd:").replace("<ofd:/", "</ofd:")
    (paragraph,) = document_of(tmp_path, ofd_page(drawn)).paragraphs
    box = paragraph.place.box
    assert paragraph.text == "职权" and box is not None and (round(box.x0), round(box.x1)) == (100, 124)
