"""Workbooks: what the clerk sees is read, what is hidden is told, what is broken is refused by name."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from pathlib import Path

import pytest
import python_calamine
import xlwt
from openpyxl import Workbook
from openpyxl.comments import Comment

from extractors.document import Document, Notice, Table
from extractors.errors import Damaged, Empty, Encrypted, NoTextLayer, TooLarge, Unreadable, WrongKind
from extractors.workbook.reader import read_workbook
from tests.extractors.workbook_parts import MAIN, SHEET, biff5, inline, patched, sheet_xml, workbook_of

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/"


def read(path: Path) -> Document:
    return read_workbook(path, path.name)


def only(document: Document) -> Table:
    (table,) = document.tables
    return table


def texts(table: Table) -> dict[str, str]:
    return {str(table.place(c.row, c.column)).partition("!")[2]: c.text for c in table.cells if not c.empty}


def noticed(document: Document) -> set[tuple[Notice, str, str]]:
    return {(o.notice, str(o.place), o.text) for o in document.observations}


def test_each_sheet_is_a_table_with_its_own_rows_and_columns(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "职权目录"
    book.active["C12"] = "许可"
    book.create_sheet("空表")
    book.create_sheet("风险点")["A2"] = "高"
    book.save(tmp_path / "a.xlsx")
    document = read(tmp_path / "a.xlsx")
    first, second = document.tables
    assert (first.number, first.part, second.number, second.part) == ("1", "职权目录", "3", "风险点")
    assert (first.row_count, first.column_count) == (12, 3)
    assert str(first.place(12, 3)) == "职权目录!C12"
    assert document.format == "xlsx"


def _torture(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["编码", "时限", "日期", "比例", "数", "合并", None])
    sheet.append([1, 20, datetime.date(2023, 5, 1), 0.125, 123456789012345, "甲", None])
    for column, code in zip("ABCD", ("000", '0"个工作日"', 'yyyy"年"m"月"d"日"', "0.0%"), strict=True):
        sheet[f"{column}2"].number_format = code
    sheet.append([True, "001", datetime.datetime(2023, 5, 1, 8, 30), 1234567.891, 12.0, None, None])
    sheet["C3"].number_format, sheet["D3"].number_format = "yyyy/m/d h:mm", "#,##0.00"
    sheet.merge_cells("F2:G3")
    sheet["A3"].comment = Comment("核对", "张三")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.oddHeader.center.text = "&A"
    sheet.oddFooter.left.text = "&P"
    book.create_sheet("底稿")["B1"] = "旧"
    book["底稿"].sheet_state = "veryHidden"
    book.save(path)


def _torture_xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet")

    def styled(code: str) -> xlwt.XFStyle:
        style = xlwt.XFStyle()
        style.num_format_str = code
        return style

    for column, text in enumerate(("编码", "时限", "日期", "比例", "数", "合并")):
        sheet.write(0, column, text)
    codes = ("000", '0"个工作日"', 'yyyy"年"m"月"d"日"', "0.0%", "General")
    for column, (value, code) in enumerate(zip((1, 20, 45047, 0.125, 123456789012345), codes, strict=True)):
        sheet.write(1, column, value, styled(code))
    sheet.write_merge(1, 2, 5, 6, "甲")
    for column, (value, code) in enumerate(
        (
            (True, "General"),
            ("001", "@"),
            (45047 + 8.5 / 24, "yyyy/m/d h:mm"),
            (1234567.891, "#,##0.00"),
            (12.0, "General"),
        )
    ):
        sheet.write(2, column, value, styled(code))
    sheet.row(2).hidden = True
    sheet.col(1).hidden = True
    sheet.header_str, sheet.footer_str = b"&C&A", b"&P"
    book.add_sheet("底稿").write(0, 1, "旧")
    book.get_sheet(1).visibility = 2
    book.save(str(path))


@pytest.mark.parametrize(("suffix", "make"), [("xlsx", _torture), ("xls", _torture_xls)])
def test_cells_read_as_shown_and_hidden_things_are_told(tmp_path: Path, suffix: str, make: object) -> None:
    path = tmp_path / f"a.{suffix}"
    make(path)  # type: ignore[operator]
    document = read(path)
    table = document.tables[0]
    shown = texts(table)
    assert [shown[f"{c}2"] for c in "ABCDEF"] == ["001", "20个工作日", "2023年5月1日", "12.5%", "123456789012345", "甲"]
    assert [shown[f"{c}3"] for c in "ABCDE"] == ["TRUE", "001", "2023/5/1 8:30", "1,234,567.89", "12"]
    merged = table.at(3, 6)
    assert merged is not None and (merged.row, merged.column, merged.row_span, merged.text) == (2, 6, 2, "甲")
    assert [row.hidden for row in table.rows] == [False, False, True] and table.hidden_columns == {2}
    assert document.tables[1].hidden and texts(document.tables[1]) == {"B1": "旧"}
    assert noticed(document) >= {
        (Notice.HIDDEN_ROWS, "Sheet!A3", "3"),
        (Notice.HIDDEN_COLUMNS, "Sheet!B1", "B"),
        (Notice.HIDDEN_SHEET, "底稿!", "底稿"),
    }
    margins = {(p.role, p.text, str(p.place)) for p in document.margins}
    assert [p.text for p in document.margins if p.role == "footer"] == []  # page numbers alone
    assert ("header", "Sheet", "Sheet!") in margins
    if suffix == "xlsx":
        assert ("comment", "核对", "Sheet!A3") in margins


@pytest.mark.parametrize("seed", range(6))
def test_an_independent_reader_finds_the_same_values_and_merges(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    book = Workbook()
    sheet = book.active
    for _ in range(60):
        sheet.cell(chance.randint(3, 25), chance.randint(2, 12), chance.choice(["许可\n处罚", 12, "001", " 前", 3.5]))
    sheet["B3"] = "首"
    anchors = [(r, c) for r in range(3, 22, 4) for c in range(2, 10, 4) if chance.random() < 0.6]
    for row, column in anchors:
        sheet.cell(row, column, "合")
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column + 2)
    sheet["L26"] = "尾"
    path = tmp_path / "a.xlsx"
    book.save(path)
    with path.open("rb") as stream:
        other = python_calamine.CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0)
        values = other.to_python(skip_empty_area=False)
        merges = {
            (top + 1, left + 1, low + 1, right + 1) for (top, left), (low, right) in other.merged_cell_ranges or ()
        }
    table = only(read(path))
    expected = {
        (r, c): f"{value:g}" if isinstance(value, float) else value
        for r, line in enumerate(values, 1)
        for c, value in enumerate(line, 1)
        if value != ""
    }
    assert {(c.row, c.column): c.text for c in table.cells if not c.empty} == expected
    spans = {(c.row, c.column, c.row + c.row_span - 1, c.column + c.column_span - 1) for c in table.cells}
    assert {span for span in spans if span[:2] != span[2:]} == merges


def test_formulas_show_cached_values_and_never_calculated_ones_are_unread(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1&amp;""</f><v>甲</v></c>'
        '<c r="C1"><f>SUM(A1)</f></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1" t="str"><f>""</f><v></v></c>'
        '<c r="F1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
    )
    document = read(workbook_of(tmp_path / "a.xlsx", rows))
    cells = {c.column: (c.text, c.unread) for c in only(document).cells}
    assert cells == {
        1: ("2", ""),
        2: ("甲", ""),
        3: ("=SUM(A1)", "formula"),
        4: ("#DIV/0!", "error value"),
        6: ("", "picture"),
    }
    assert {(n, p) for n, p, _ in noticed(document)} == {(Notice.UNREAD_CELL, f"Sheet!{c}1") for c in "CDF"}


def test_strings_keep_runs_and_line_breaks_without_readings_and_escapes(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>行政</t></r><r><rPr><b/></rPr><t> 许可</t></r>'
        '<rPh sb="0" eb="1"><t>xing</t></rPh></is></c>'
        '<c r="B1" t="str"><v>一_x000D_\n二_x005F_x0041_</v></c>'
        '<c t="inlineStr"><is><t>\'001</t></is></c><c r="E1" t="s"><v>99</v></c></row>'
    )
    table = only(read(workbook_of(tmp_path / "a.xlsx", rows)))
    assert texts(table)["A1"] == "行政 许可"
    assert texts(table)["B1"] == "一\n二_x0041_"
    assert texts(table)["C1"] == "'001"
    unknown = table.at(1, 5)
    assert unknown is not None and unknown.unread == "missing string"


def test_text_under_a_merge_or_blanked_by_its_format_is_not_lost(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["甲", "甲", "首"])
    sheet.append(["压住", 7, "末"])
    sheet["B2"].number_format = ";;;"
    book.save(tmp_path / "a.xlsx")
    merged = (
        '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells><mergeCells><mergeCell ref="C1:C2"/></mergeCells>'
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        xml = package.read(SHEET).decode().replace("</sheetData>", f"</sheetData>{merged}")
    document = read(patched(tmp_path / "a.xlsx", {SHEET: xml}))
    assert {(n, p, t) for n, p, t in noticed(document) if n is Notice.HIDDEN_TEXT} == {
        (Notice.HIDDEN_TEXT, "Sheet!C2", "末"),  # differs from the corner of its merge; B1 is a copy of A1
        (Notice.HIDDEN_TEXT, "Sheet!B2", "7"),
    }


def test_hidden_by_zero_size_by_default_and_by_filter(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"{more}>{inline(f"A{n}", f"行{n}")}{inline(f"D{n}", "丁")}</row>'
        for n, more in ((1, ""), (2, ' ht="0" customHeight="1"'), (3, ' hidden="true"'), (5, ' hidden="1"'), (9, ""))
    )
    before = '<sheetFormatPr defaultRowHeight="14" zeroHeight="1"/><cols><col min="3" max="16384" width="0"/></cols>'
    document = read(workbook_of(tmp_path / "a.xlsx", rows, before))
    table = only(document)
    assert [row.number for row in table.rows if row.hidden] == [2, 3, 4, 5, 6, 7, 8]
    assert table.hidden_columns == {3, 4}
    assert noticed(document) == {
        (Notice.HIDDEN_ROWS, "Sheet!A2", "2-3,5"),
        (Notice.HIDDEN_COLUMNS, "Sheet!D1", "D"),
    }


def test_text_boxes_pictures_and_threads_are_in_the_margins(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "a.xlsx", f'<row r="1">{inline("A1", "甲")}</row>')
    anchor = "<xdr:from><xdr:col>2</xdr:col><xdr:row>4</xdr:row></xdr:from>"
    lines = "<a:p><a:r><a:t>流程</a:t></a:r><a:br/><a:r><a:t>图</a:t></a:r></a:p><a:p><a:r><a:t>尾</a:t></a:r></a:p>"
    shape = f"<xdr:txBody>{lines}</xdr:txBody>"
    picture = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="扫描件"/></xdr:nvPicPr></xdr:pic>'
    namespaces = f'xmlns:xdr="{DRAWING}spreadsheetDrawing" xmlns:a="{DRAWING}main"'
    relation = '<Relationship Id="r{0}" Type="{1}/{2}" Target="{3}"/>'
    relations = (
        relation.format(1, REL, "drawing", "../drawings/drawing1.xml")
        + relation.format(2, REL, "comments", "/xl/comments1.xml")
        + relation.format(3, REL, "threadedComment", "../threads.xml")
    )
    patched(
        path,
        {
            "xl/worksheets/_rels/sheet1.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {namespaces}><xdr:oneCellAnchor>{anchor}"
            f"<xdr:grpSp><xdr:sp>{shape}</xdr:sp></xdr:grpSp></xdr:oneCellAnchor>"
            f"<xdr:twoCellAnchor>{anchor}{picture}</xdr:twoCellAnchor></xdr:wsDr>",
            "xl/comments1.xml": f'<comments xmlns="{MAIN}"><commentList>'
            '<comment ref="B2"><text><t>[Threaded comment]</t></text></comment>'
            '<comment ref="C3"><text><r><t>便</t></r><r><t>笺</t></r></text></comment></commentList></comments>',
            "xl/threads.xml": '<T xmlns="x"><threadedComment ref="B2"><text>请核</text></threadedComment></T>',
        },
    )
    document = read(path)
    assert [(p.role, p.text, str(p.place)) for p in document.margins] == [
        ("textbox", "流程\n图\n尾", "Sheet!C5"),
        ("comment", "请核", "Sheet!B2"),
        ("comment", "便笺", "Sheet!C3"),
    ]
    assert noticed(document) == {(Notice.UNREAD_PART, "Sheet!C5", "扫描件")}


def test_strict_and_prefixed_files_with_odd_part_names_are_read(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<R><Relationship Id="a" Type="{strict}/officeDocument" Target="/XL/Book.xml"/></R>',
        "xl/book.xml": f'<x:workbook xmlns:x="{main}" xmlns:r="{strict}"><x:sheets>'
        '<x:sheet name="表" sheetId="1" r:id="b"/></x:sheets></x:workbook>',
        "xl\\_rels\\book.xml.rels": f'<R><Relationship Id="b" Type="{strict}/worksheet" Target="S.xml"/></R>',
        "xl/s.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row>'
        '<x:c t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c><x:c t="d"><x:v>2023-05-01</x:v></x:c>'
        "<x:c><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>",
    }
    path = tmp_path / "a.xls"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert texts(only(read(path))) == {"A1": "甲", "B1": "45047", "C1": "3"}


@pytest.mark.parametrize("code_page", [936, None])
def test_an_excel_95_stream_is_read(tmp_path: Path, code_page: int | None) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(biff5({(0, 0): "职权名称", (2, 1): "许可"}, code_page=code_page))
    document = read(path)
    assert (document.format, texts(only(document))) == ("xls", {"A1": "职权名称", "B3": "许可"})


def test_a_million_empty_styled_rows_cost_nothing_and_nothing_between_them_is_lost(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(2, 60_000))
    more = blank.replace('r="', 'r="9').replace('r="9A', 'r="A9')
    rows = f'<row r="1">{inline("B1", "首")}</row>{blank}<row r="70000">{inline("C70000", "中")}</row>{more}'
    path = workbook_of(tmp_path / "a.xlsx", rows, '<dimension ref="A1:XFD1048576"/>')
    table = only(read(path))
    assert texts(table) == {"B1": "首", "C70000": "中"}
    assert table.row_count == 2 and [row.number for row in table.rows] == [1, 70000]


def test_what_lies_far_outside_is_cut_off_and_told(tmp_path: Path) -> None:
    rows = f'<row r="1">{inline("A1", "甲")}{inline("XFD1", "远")}</row>'
    merge = '<mergeCells><mergeCell ref="A1:XFC1048576"/></mergeCells>'
    document = read(workbook_of(tmp_path / "a.xlsx", rows, after=merge))
    assert (only(document).column_count, texts(only(document))) == (1, {"A1": "甲"})
    assert noticed(document) == {(Notice.TRUNCATED, "Sheet!XFD1", "远")}


def _encrypted_package() -> bytes:
    name = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + name + bytes(500)


def _encrypted_xls() -> bytes:
    plain = biff5({(0, 0): "甲"})
    first = 4 + plain[2]
    return plain[:first] + b"\x2f\x00\x04\x00\x01\x02\x03\x04" + plain[first:]


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * (33 * 2**20))
    return stream.getvalue()


def _package(part: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(part, "<x/>")
        package.writestr("_rels/.rels", f'<R><Relationship Id="a" Type="{REL}/officeDocument" Target="{part}"/></R>')
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Empty),
        (b"PK", Damaged),
        (b"PK\x03\x04" + bytes(200), Damaged),
        (b"plain text, no workbook", WrongKind),
        (_encrypted_package(), Encrypted),
        (_encrypted_xls(), Encrypted),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(900), WrongKind),
        (_bomb(), TooLarge),
        (_package("word/document.xml"), WrongKind),
        (_package("content.xml"), WrongKind),
        (_package("xl/workbook.bin"), WrongKind),
        (biff5({(0, 0): "甲"})[:-30], Damaged),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_reason(tmp_path: Path, data: bytes, reason: type[Unreadable]) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(reason) as caught:
        read(path)
    assert type(caught.value) is reason


def test_workbooks_without_text_and_too_much_of_it(tmp_path: Path) -> None:
    with pytest.raises(Empty):
        read(workbook_of(tmp_path / "a.xlsx", '<row r="1"><c r="A1" s="0"/></row>'))
    strings = "".join(f'<row r="{n}">{"<c><v>1</v></c>" * 10_001}</row>' for n in range(1, 52))
    with pytest.raises(TooLarge):
        read(workbook_of(tmp_path / "b.xlsx", strings))
    merges = "".join(f'<mergeCell ref="A{n}:ZZ900"/>' for n in range(1, 900))
    corner = f'<row r="900">{inline("ZZ900", "角")}</row>'
    with pytest.raises(TooLarge):
        read(workbook_of(tmp_path / "c.xlsx", corner, after=f"<mergeCells>{merges}</mergeCells>"))
    chart = read_only_picture(tmp_path / "d.xlsx")
    with pytest.raises(NoTextLayer):
        read(chart)


def read_only_picture(path: Path) -> Path:
    relation = f'<Relationships><Relationship Id="r1" Type="{REL}/drawing" Target="/xl/d.xml"/></Relationships>'
    drawing = f'<x:wsDr xmlns:x="{DRAWING}spreadsheetDrawing"><x:absoluteAnchor><x:pic/></x:absoluteAnchor></x:wsDr>'
    return patched(workbook_of(path, ""), {"xl/worksheets/_rels/sheet1.xml.rels": relation, "xl/d.xml": drawing})


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    path = workbook_of(tmp_path / "a.xlsx", "")
    rows = f'<row r="1">{inline("A1", "甲&x;乙")}</row>'
    doctype = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    patched(path, {SHEET: doctype + sheet_xml(rows)})
    assert "机密" not in "".join(texts(only(read(path))).values())


@pytest.mark.parametrize("make", [_torture, _torture_xls])
def test_damage_anywhere_raises_nothing_but_a_refusal(tmp_path: Path, make: object) -> None:
    whole = tmp_path / "whole"
    make(whole)  # type: ignore[operator]
    data = whole.read_bytes()
    chance, outcomes = random.Random(7), set()
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 4, 30))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path = tmp_path / "broken"
        path.write_bytes(bytes(broken[: chance.choice((len(broken), chance.randrange(1, len(broken))))]))
        try:
            outcomes.add(type(read(path)))
        except Unreadable as refused:
            outcomes.add(type(refused))
    assert Document in outcomes and Damaged in outcomes
