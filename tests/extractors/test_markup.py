"""HTML, MHT and XML Spreadsheet 2003, as export programs save them under .xls and .doc."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from extractors.document import Document, Notice, Paragraph, Table
from extractors.errors import Damaged, Empty, TooLarge, Unreadable, WrongKind
from extractors.markup.reader import read_markup

EXCEL = "urn:schemas-microsoft-com:office:excel"
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def read(folder: Path, data: bytes | str) -> Document:
    path = folder / "a.xls"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_markup(path, "a.xls")


def spans(table: Table) -> set[tuple[str, int, int, int, int]]:
    return {(c.text, c.row, c.column, c.row_span, c.column_span) for c in table.cells}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_paragraphs_and_tables_follow_each_other(tmp_path: Path, encoding: str) -> None:
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>标签</title></head>'
        "<body><h1>权力<br>清单</h1>填报\n  单位<b>：</b>某局<p>第一&nbsp;段</p><table><caption>表题</caption>"
        "<tr><th>序号<td>1</table><script>var x='脚本'</script>中间<table><tr><td>二</table>"
        "<pre>一\n  二</pre>朱镕基</body></html>"
    )
    document = read(tmp_path, page.encode(encoding))
    assert document.format == "html"
    assert [b.text if isinstance(b, Paragraph) else b.number for b in document.blocks] == [
        *("权力\n清单", "填报 单位：某局", "第一\u00a0段", "表题", "1", "中间", "2", "一\n  二", "朱镕基"),
    ]
    assert document.paragraphs[0].role == "heading"
    assert str(document.tables[1].place(1, 1)) == "表2 第1行第1列"


def test_spans_are_laid_out_as_in_browsers_and_never_overlap(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<table><tfoot><tr><td>脚<td>注</tfoot>"
        "<tbody><tr><td rowspan=0>甲<td>乙<td rowspan=2>丙<td>丁</tr><tr><td colspan=9>戊</tr></tbody>"
        "<tr><td rowspan=99 colspan=x>己<td colspan=99>庚</tr></table>",
    )
    (table,) = document.tables
    assert spans(table) == {
        ("甲", 1, 1, 2, 1),
        ("乙", 1, 2, 1, 1),
        ("丙", 1, 3, 2, 1),
        ("丁", 1, 4, 1, 1),
        ("戊", 2, 2, 1, 1),  # cut before 丙, which hangs down
        ("己", 3, 1, 1, 1),  # cut at the end of its rows
        ("庚", 3, 2, 1, 3),
        ("脚", 4, 1, 1, 1),
        ("注", 4, 2, 1, 1),
    }


def test_lines_hidden_parts_and_tables_inside_cells(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<style>td.x1, .gone {display: none}</style><table>"
        "<tr><td>一<br>二<p>三</p>四<span style='DISPLAY:none'>藏</span><td class=gone>密</tr>"
        "<tr style='display:none'><td>行<td></tr>"
        "<tr><td>前<table><tr><td>内<td><table><tr><td>深</table></table>后<td><img alt=公章></tr></table>",
    )
    (table,) = document.tables
    first, nested = table.at(1, 1), table.at(3, 1)
    assert first is not None and first.text == "一\n二\n三\n四"
    assert [row.hidden for row in table.rows] == [False, True, False]
    assert nested is not None and (nested.text, nested.tables[0].number) == ("前后", "1.1")
    deep = nested.tables[0].at(1, 2)
    assert deep is not None and deep.tables[0].number == "1.1.1" and deep.tables[0].cells[0].text == "深"
    assert {(o.notice, str(o.place), o.text) for o in document.observations} == {
        (Notice.HIDDEN_TEXT, "表1 第1行第1列", "藏"),
        (Notice.HIDDEN_TEXT, "表1 第1行第2列", "密"),
        (Notice.HIDDEN_ROWS, "表1 第2行", "2"),
        (Notice.UNREAD_PART, "表1 第3行第2列", "公章"),
    }


def test_a_table_that_only_arranges_the_page_is_opened_up(tmp_path: Path) -> None:
    document = read(tmp_path, "<table><tr><td><p>题</p><table><tr><td>真<td>表</table></td></tr></table>")
    assert [p.text for p in document.paragraphs] == ["题"]
    assert spans(document.tables[0]) == {("真", 1, 1, 1, 1), ("表", 1, 2, 1, 1)}


def test_an_xml_workbook_reads_like_a_workbook(tmp_path: Path) -> None:
    document = read(tmp_path, _xml_workbook().encode("gb18030"))
    (table,) = document.tables
    assert (document.format, table.part, table.hidden, table.hidden_columns) == ("xml", "清单", True, {2, 3})
    assert {(str(table.place(c.row, c.column)), c.text, c.row_span, c.column_span, c.unread) for c in table.cells} == {
        ("清单!A1", "朱镕\n题", 1, 2, ""),
        ("清单!C1", "三", 1, 1, ""),
        ("清单!A4", "007", 2, 1, ""),
        ("清单!D4", "2023年5月1日", 1, 1, ""),
        ("清单!B5", "#REF!", 1, 1, "error value"),
        ("清单!C5", "", 1, 1, "formula"),
        ("清单!D5", "粗体", 1, 1, ""),
    }
    assert [row.number for row in table.rows if row.hidden] == [4]
    assert [(p.role, p.text, str(p.place)) for p in document.margins] == [("comment", "注", "清单!D4")]


def test_every_page_of_an_mht_file_is_read(tmp_path: Path) -> None:
    header = base64.b64encode("<p>页眉</p>".encode("gbk")).decode()
    parts = (
        ("a.htm", "utf-8", "quoted-printable", "<p>=E6=96=87</p><table><tr><td>a=3Db</table>"),
        ("a.files/header.htm", "gb2312", "base64", header),
        ("a.files/sheet002.htm", "us-ascii", "7bit", "<table><tr><td>&#20108;</table>"),
    )
    body = "".join(
        f'--b\nContent-Location: file:///{place}\nContent-Type: text/html; charset="{charset}"\n'
        f"Content-Transfer-Encoding: {coding}\n\n{text}\n"
        for place, charset, coding, text in parts
    )
    document = read(tmp_path, f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n{body}--b--\n')
    assert document.format == "mht"
    assert [(t.number, t.cells[0].text) for t in document.tables] == [("1", "a=b"), ("2", "二")]
    assert [p.text for p in document.paragraphs] == ["文"]
    assert [(p.role, p.text) for p in document.margins] == [("header", "页眉")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (" \n", Empty),
        ("<html><body><table><tr><td>&#32;</table></body></html>", Empty),
        ('<?xml version="1.0"?><invoice><a/></invoice>', WrongKind),
        (f'<Workbook xmlns="{SPREADSHEET}"><Worksheet>', Damaged),
        (f'<Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}"/>', Empty),
        ("<html>" + "<table>" + "<tr><td>甲" * 100_001, TooLarge),
        ("<table><tr>" + "<td rowspan=60000 colspan=900>甲" + "<tr>" * 60_000, TooLarge),
        ("<html>\0</html>", Damaged),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_reason(tmp_path: Path, data: str, reason: type[Unreadable]) -> None:
    with pytest.raises(reason):
        read(tmp_path, data)


@pytest.mark.parametrize("root", ["html", "workbook"])
def test_entities_are_not_resolved(tmp_path: Path, root: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    doctype = f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    page = (
        f"{doctype}<html><p>甲&x;</p></html>" if root == "html" else doctype + _xml_workbook("&x;").partition("?>")[2]
    )
    document = read(tmp_path, page)
    assert "机密" not in repr(document)


def test_deep_nesting_ends_and_is_told(tmp_path: Path) -> None:
    document = read(tmp_path, "<table><tr><td>甲<td>" * 400 + "乙")
    assert document.tables[0].cells[0].text == "甲"
    assert [o.notice for o in document.observations] == [Notice.TRUNCATED] * 2  # tables in tables, elements in elements


def _xml_workbook(more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="GB2312"?>\n<Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}" '
        f'xmlns:x="{EXCEL}"><Styles><Style ss:ID="a"><NumberFormat ss:Format="000"/></Style><Style ss:ID="b" '
        'ss:Parent="a"/><Style ss:ID="c"><NumberFormat ss:Format="Long Date"/></Style></Styles>'
        '<Worksheet ss:Name="清单"><Table><Column/><Column ss:Span="1" ss:Hidden="1"/>'
        f'<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">朱镕&#10;题{more}</Data></Cell>'
        '<Cell><Data ss:Type="String">三</Data></Cell></Row>'
        '<Row ss:Index="4" ss:Hidden="1"><Cell ss:StyleID="b" ss:MergeDown="1"><Data ss:Type="Number">7</Data></Cell>'
        '<Cell ss:Index="4" ss:StyleID="c"><Data ss:Type="DateTime">2023-05-01T00:00:00.000</Data>'
        "<Comment><ss:Data>注</ss:Data></Comment></Cell></Row>"
        '<Row><Cell ss:Index="2"><Data ss:Type="Error">#REF!</Data></Cell><Cell ss:Formula="=A1"/>'
        '<Cell><ss:Data ss:Type="String" xmlns="h"><B>粗</B>体</ss:Data></Cell></Row></Table>'
        "<x:WorksheetOptions><x:Visible>SheetVeryHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"
    )
