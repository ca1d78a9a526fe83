"""The Word reader on packages written element by element, as Word, WPS and careless programs write them."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import docx
import pytest

from extractors import word_package, word_story
from extractors.document import Cell, Document, Notice, Observation, Place, Table
from extractors.errors import Damaged, Empty, Encrypted, NoTextLayer, TooLarge, Unreadable, WrongKind
from extractors.word import read_word

SCHEMAS = "http://schemas.openxmlformats.org"
NAMESPACES = (
    f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" '
    f'xmlns:r="{SCHEMAS}/officeDocument/2006/relationships" '
    f'xmlns:mc="{SCHEMAS}/markup-compatibility/2006" '
    f'xmlns:wp="{SCHEMAS}/drawingml/2006/wordprocessingDrawing" '
    f'xmlns:a="{SCHEMAS}/drawingml/2006/main" '
    f'xmlns:dgm="{SCHEMAS}/drawingml/2006/diagram" '
    f'xmlns:m="{SCHEMAS}/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = (
    f'<Types xmlns="{SCHEMAS}/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPE}"/></Types>'
)
STRICT = {
    "wordprocessingml": ("wordprocessingml/2006/main", "wordprocessingml/main"),
    "officeDocument": ("officeDocument/2006/relationships", "officeDocument/relationships"),
}


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(r if r.startswith('<') else run(r) for r in runs)}</w:p>"


def cell(*content: str, properties: str = "") -> str:
    inner = "".join(c if c.startswith("<w:") and not c.startswith("<w:r>") else par(c) for c in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner or par()}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(c if c.startswith("<w:") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str, grid: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr/>{f'<w:tblGrid>{columns}</w:tblGrid>' if grid else ''}{''.join(rows)}</w:tbl>"


def span(count: int) -> str:
    return f'<w:gridSpan w:val="{count}"/>'


def width(twips: int) -> str:
    return f'<w:tcW w:w="{twips}" w:type="dxa"/>'


def numbered(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


RESTART, CONTINUE = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def package(path: Path, body: str, *, document: str = "", **parts: str) -> Path:
    """Write a package; ``parts`` are further parts by relationship type (``header_1`` → type header), without their root."""
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "comments": "comments"}
    roots |= {"header": "hdr", "footer": "ftr", "settings": "settings"}
    relations, files = [], {}
    for name, content in parts.items():
        kind = name.partition("_")[0]
        root = roots.get(kind)
        files[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{content}</w:{root}>" if root else content
        relations.append(
            f'<Relationship Id="{name}" Type="{SCHEMAS}/officeDocument/2006/relationships/{kind}" Target="{name}.xml"/>'
        )
    listed = f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">%s</Relationships>'
    main = f'<Relationship Id="x" Type="{SCHEMAS}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    files |= {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": listed % main,
        "word/document.xml": document or f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": listed % "".join(relations),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def read(tmp_path: Path):
    def _read(body: str, **parts: str) -> Document:
        return read_word(package(tmp_path / "a.docx", body, **parts), "a.docx")

    return _read


def grid(found: Table) -> list[list[str]]:
    """Every position of the grid with the text of the cell that covers it; "-" where none does."""
    return [
        [covering.text if (covering := found.at(r, c)) else "-" for c in range(1, found.column_count + 1)]
        for r in range(1, found.row_count + 1)
    ]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


# Tables as grids


def test_merges_and_rows_that_begin_late_or_end_early(read) -> None:
    found = read(
        table(
            row(cell("单位", properties=RESTART), cell("事项", properties=span(2)), "备注"),
            row(cell(properties=CONTINUE), "名称", "编码", "无"),
            row("甲", properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="2"/>'),
            grid=(1000, 1000, 1000, 1000),
        )
    ).tables[0]
    assert grid(found) == [["单位", "事项", "事项", "备注"], ["单位", "名称", "编码", "无"], ["-", "甲", "-", "-"]]
    assert found.at(2, 1) == Cell("单位", 1, 1, row_span=2)
    assert str(found.place(3, 2)) == "表1 第3行第2列"


def test_a_merge_that_continues_nothing_begins_a_cell_and_keeps_its_text(read) -> None:
    found = read(
        table(
            row("序号", "名称"),
            row(cell("一", properties=CONTINUE), "甲"),
            row(cell(properties=CONTINUE), "乙"),
            row(cell(properties=CONTINUE + span(2))),  # another width: no part of the merge above
        )
    ).tables[0]
    assert grid(found) == [["序号", "名称"], ["一", "甲"], ["一", "乙"], ["", ""]]


def test_text_under_a_merge_is_hidden_text_unless_it_repeats_what_is_shown(read) -> None:
    document = read(
        table(
            row(cell("局", properties=RESTART), "甲"),
            row(cell("局", properties=CONTINUE), "乙"),
            row(cell("另", properties=CONTINUE), "丙"),
        )
    )
    assert document.observations == (Observation(Notice.HIDDEN_TEXT, Place(table="1", row=3, column=1), "另"),)


def test_horizontal_merge_of_old_documents(read) -> None:
    merged = [cell("标题", properties='<w:hMerge w:val="restart"/>'), cell(properties='<w:hMerge w:val="continue"/>')]
    assert grid(read(table(row(*merged, "备注"), row("一", "二", "三"))).tables[0]) == [
        ["标题", "标题", "备注"],
        ["一", "二", "三"],
    ]


def test_edges_dragged_by_a_hair_are_one_column_but_a_real_narrow_cell_stays(read) -> None:
    crooked = table(
        row(cell("a", properties=span(2)), cell("b"), grid_free := cell("c")),
        row(cell("d"), cell("e", properties=span(2)), grid_free),
        grid=(2000, 60, 1940, 1000),
    )
    assert grid(read(crooked).tables[0]) == [["a", "b", "c"], ["d", "e", "c"]]
    narrow = table(row("a", "|", "b"), row(cell("c", properties=span(2)), "d"), grid=(2000, 60, 1940))
    assert grid(read(narrow).tables[0]) == [["a", "|", "b"], ["c", "c", "d"]]


def test_grid_columns_at_which_no_cell_begins_are_folded_away(read) -> None:
    folded = table(
        row(cell("a", properties=span(3)), cell("b", properties=span(2))),
        row(cell("c", properties=span(3)), cell("d", properties=span(2))),
        grid=(500, 700, 800, 900, 900),
    )
    assert grid(read(folded).tables[0]) == [["a", "b"], ["c", "d"]]


def test_rows_without_spans_are_placed_by_their_widths_only_when_these_reach_across(read) -> None:
    data = [row(*(cell(t, properties=width(1000)) for t in "abcd"))]
    title = row(cell("标题", properties=width(4000)))
    halves = row(cell("左", properties=width(2050)), cell("右", properties=width(1950)))
    short = row(cell("短", properties=width(1000)))
    assert grid(read(table(title, halves, *data, short)).tables[0]) == [
        ["标题"] * 4,
        ["左", "左", "右", "右"],
        ["a", "b", "c", "d"],
        ["短", "-", "-", "-"],
    ]


@pytest.mark.parametrize("columns", [(), (900,), (0, 0, 0)])
def test_missing_short_and_empty_grids(read, columns: tuple[int, ...]) -> None:
    found = read(table(row("a", "b", "c"), row(cell("d", properties=span(2)), "e"), grid=columns)).tables[0]
    assert grid(found) == [["a", "b", "c"], ["d", "d", "e"]]


def test_nested_tables_are_the_cells_own_and_their_text_stands_once(read) -> None:
    inner = table(row("材料", "份数"), row("申请表", cell("2", table(row("深")))))
    control = f"<w:sdt><w:sdtContent>{table(row('又'))}</w:sdtContent></w:sdt>"
    document = read(table(row("外")) + table(row("申请材料", cell("见下表", inner, "完", control))) + table(row("后")))
    assert [found.number for found in document.tables] == ["1", "2", "3"]
    outer = document.tables[1].at(1, 2)
    assert outer is not None and outer.text == "见下表\n完"
    assert [(t.number, grid(t)) for t in outer.tables] == [
        ("2.1", [["材料", "份数"], ["申请表", "2"]]),
        ("2.2", [["又"]]),
    ]
    assert [t.number for t in outer.tables[0].cells[3].tables] == ["2.1.1"]
    assert str(outer.tables[0].place(2, 1)) == "表2.1 第2行第1列"


def test_two_adjacent_tables_stay_two(read) -> None:
    same = table(row("a", "b"), grid=(1000, 1000))
    assert [block.number for block in read(same + same).blocks] == ["1", "2"]  # type: ignore[union-attr]


# Tracked changes, content controls, wrappers


def test_tracked_changes_are_read_as_accepted(read) -> None:
    change = 'w:id="1" w:author="x" w:date="2024-01-01T00:00:00Z"'
    mark = f"<w:rPr><w:del {change}/></w:rPr>"
    document = read(
        par(
            "行政",
            f"<w:ins {change}>{run('许可')}</w:ins>",
            f"<w:del {change}><w:r><w:delText>处罚</w:delText></w:r></w:del>",
        )
        + par(f"<w:moveFrom {change}>{run('移走')}</w:moveFrom>", f"<w:moveTo {change}>{run('移来')}</w:moveTo>")
        + par("上半", properties=mark)
        + par("下半")
        + table(
            row("删", "除", properties=f"<w:del {change}/>"),
            row("增", "加", properties=f"<w:ins {change}/>"),
            row("留", cell("删格", properties=f"<w:cellDel {change}/>"), "下"),
        )
        + table(row("整表删去", properties=f"<w:del {change}/>"))
        + par("断尾", properties=mark)
        + table(row("后"))
        + par("尾")
    )
    assert texts(document) == ["行政许可", "移来", "上半下半", "断尾", "尾"]
    assert [(t.number, grid(t)) for t in document.tables] == [("1", [["增", "加"], ["留", "下"]]), ("2", [["后"]])]


def test_controls_and_wrappers_around_rows_cells_paragraphs_and_runs(read) -> None:
    def control(content: str, properties: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    wrapped = f"<w:customXml w:element='r'>{control(row('乙', control(cell('丙'))))}</w:customXml>"
    inline = par(
        f'<w:hyperlink r:id="h">{run("链接")}</w:hyperlink>',
        f'<w:smartTag w:element="t"><w:smartTagPr/>{run("标记")}</w:smartTag>',
        control(run("控件")),
        f'<w:fldSimple w:instr="DATE">{run("今天")}</w:fldSimple>',
    )
    prompt = control(par("单击此处输入文字"), "<w:showingPlcHdr/>")
    document = read(
        control(inline)
        + table(
            row("甲", cell(prompt)),
            wrapped,
            row("丁", control(cell("选择"), "<w:showingPlcHdr/>")),
        )
    )
    assert texts(document) == ["链接标记控件今天"]
    assert grid(document.tables[0]) == [["甲", ""], ["乙", "丙"], ["丁", ""]]
    assert [(str(o.place), o.text) for o in document.observations] == [
        ("表1 第1行第2列", "单击此处输入文字"),
        ("表1 第3行第2列", "选择"),
    ]


def test_fields_show_their_result_and_a_broken_field_swallows_nothing(read) -> None:
    def char(kind: str, inner: str = "") -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'

    def code(text: str) -> str:
        return f"<w:r><w:instrText>{text}</w:instrText></w:r>"

    nested = char("begin") + code("DATE") + char("separate") + run("内") + char("end")
    box = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
    choice = "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='高'/><w:listEntry w:val='低'/></w:ddList></w:ffData>"
    document = read(
        par(char("begin") + code("IF ") + nested + code(" = 1") + char("separate") + run("外") + char("end"))
        + par(char("begin", box) + code("FORMCHECKBOX") + char("end") + char("begin", choice) + char("end"))
        + par(char("begin") + code("eq \\o\\ac(") + code("○") + code(",12)") + char("end") + run("项"))
        + par("约", char("begin") + code("EQ \\f(1,3)") + char("end"))
        + par(char("begin") + code("REF x") + run("不可丢"))
        + par(char("end") + run("照读"))
    )
    assert texts(document) == ["外", "☒低", "⑫项", "约1/3", "不可丢", "照读"]


def test_an_equation_field_nobody_knows_is_reported(read) -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>EQ \\i(1,2,3)</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
    document = read(par("和", field))
    assert document.observations == (Observation(Notice.UNREAD_PART, Place(paragraph=1), "EQ \\i(1,2,3)"),)


def test_characters_that_are_elements_and_symbol_fonts(read) -> None:
    def symbol(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    wingdings = '<w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/>'
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('chuan')}</w:rt><w:rubyBase>{run('川')}</w:rubyBase></w:ruby></w:r>"
    fraction = (
        "<m:oMath><m:f><m:num><m:r><m:t>2</m:t></m:r></m:num><m:den><m:r><m:t>3</m:t></m:r></m:den></m:f></m:oMath>"
    )
    document = read(
        par("<w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t><w:noBreakHyphen/><w:softHyphen/><w:cr/></w:r>")
        + par(
            symbol("Wingdings", "F0FE"), symbol("Wingdings", "F0A8"), symbol("Wingdings", "F0FC"), symbol("X", "4E00")
        )
        + par(run("R", wingdings), run("是", wingdings), run("\uf0a3", wingdings), run("R"))
        + par(ruby, fraction)
        + par("<w:r><w:t>\n  甲\n  乙\n</w:t></w:r>")
    )
    assert texts(document) == ["一\n二\t三-\n", "☑□✓一", "☑是□R", "川2/3", "甲   乙"]


# Text boxes, notes, headers, hidden things, pictures


def box(text: str) -> str:
    content = f"<w:txbxContent>{text}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def test_text_boxes_stand_once_in_the_margin_or_in_their_cell(read) -> None:
    old = f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{par('旧框')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    document = read(
        par("正文")
        + par(box(par("申请") + par("受理")), old, box(table(row("框中表"))))
        + table(row(cell(par("名称", box(par("补记")))), cell(par(box(par("独框"))))))
    )
    assert texts(document) == ["正文"]
    assert [(m.role, str(m.place), m.text) for m in document.margins] == [
        ("textbox", "文本框 第2段", "申请\n受理"),
        ("textbox", "文本框 第2段", "旧框"),
    ]
    assert [grid(found) for found in document.tables] == [[["框中表"]], [["名称\n补记", "独框"]]]


def test_headers_notes_and_comments_are_margins_at_their_anchors(read) -> None:
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header_1"/>'
        '<w:headerReference w:type="first" r:id="header_2"/><w:footerReference w:type="default" r:id="footer_1"/></w:sectPr>'
    )
    document = read(
        par("正文", '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + table(row("甲", cell(par("乙", '<w:r><w:commentReference w:id="0"/></w:r>'))))
        + section,
        header_1=par("市文化局") + table(row("左", "右")),
        header_2=par("首页不同未启用"),
        footer_1=par("第1页"),
        footnotes=f'<w:footnote w:type="separator" w:id="0">{par("线")}</w:footnote><w:footnote w:id="2">{par("注文")}</w:footnote>'
        f'<w:footnote w:id="3">{par("无人引用")}</w:footnote>',
        comments=f'<w:comment w:id="0">{par("待核")}</w:comment>',
    )
    assert texts(document) == ["正文"]
    assert [(m.role, str(m.place), m.text) for m in document.margins] == [
        ("header", "页眉 第1段", "市文化局"),
        ("header", "页眉 第2段", "左"),
        ("header", "页眉 第3段", "右"),
        ("footer", "页脚 第1段", "第1页"),
        ("footnote", "脚注 第1段", "注文"),
        ("comment", "批注 表1 第1行第2列", "待核"),
    ]
    assert all(Place.parse(str(margin.place)) == margin.place for margin in document.margins)


def test_hidden_runs_and_rows_are_recorded_and_not_printed(read) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="I"><w:basedOn w:val="H"/></w:style>'
        '<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    document = read(
        par(
            "见",
            run("暗", "<w:vanish/>"),
            run("字符样式", '<w:rStyle w:val="C"/>'),
            run("又见", '<w:vanish w:val="0"/>'),
        )
        + par("段落样式", run("显", '<w:vanish w:val="0"/>'), properties='<w:pStyle w:val="I"/>')
        + table(row("甲"), row(cell(par("乙", run("密", "<w:vanish/>"))), properties="<w:hidden/>")),
        styles=styles,
    )
    assert texts(document) == ["见又见", "显"]
    assert grid(document.tables[0]) == [["甲"], ["乙"]]
    assert [r.hidden for r in document.tables[0].rows] == [False, True]
    assert [(o.notice, str(o.place), o.text) for o in document.observations] == [
        (Notice.HIDDEN_TEXT, "第1段", "暗字符样式"),
        (Notice.HIDDEN_TEXT, "第2段", "段落样式"),
        (Notice.HIDDEN_TEXT, "表1 第2行第1列", "密"),
        (Notice.HIDDEN_ROWS, "表1 第2行", ""),
    ]


def picture(across: int, down: int) -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{across}" cy="{down}"/><a:graphic><a:blip r:embed="i"/></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def test_pictures_and_objects_that_may_hold_text_are_reported_once_with_their_place(read) -> None:
    ole = '<w:r><w:object><v:shape><v:imagedata r:id="i"/></v:shape><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    vml = '<w:r><w:pict><v:shape style="width:{}pt;height:{}pt"><v:imagedata r:id="i"/></v:shape></w:pict></w:r>'
    document = read(
        par("图", picture(3_000_000, 2_000_000), picture(5_000_000, 20_000), picture(200_000, 200_000))
        + table(row("甲", cell(par(ole, vml.format(300, 200), vml.format(8, 8)))))
    )
    assert [(o.notice, str(o.place), o.text) for o in document.observations] == [
        (Notice.UNREAD_PART, "第1段", "picture"),
        (Notice.UNREAD_PART, "表1 第1行第2列", "Excel.Sheet.12"),
        (Notice.UNREAD_PART, "表1 第1行第2列", "picture"),
    ]


def test_smart_art_and_word_art_are_text_boxes(read) -> None:
    drawing = '<w:r><w:drawing><a:graphic><dgm:relIds r:dm="diagramData"/></a:graphic></w:drawing></w:r>'
    art = '<w:r><w:pict><v:shape><v:textpath string="内部资料"/></v:shape></w:pict></w:r>'
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    points = point.format("受理") + point.format("审查")
    document = read(
        par("流程", drawing, art),
        diagramData=f"<dgm:dataModel {NAMESPACES}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>",
    )
    assert [m.text for m in document.margins] == ["内部资料", "受理\n审查"]


# Headings and list numbers


def test_headings_and_the_numbers_of_paragraphs(read) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="a9"><w:name w:val="条标题"/><w:basedOn w:val="2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="lvl"><w:name w:val="x"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    )
    style = '<w:pStyle w:val="{}"/>'
    document = read(
        par("一", properties=style.format("2"))
        + par()
        + par("二", properties=style.format("a9"))
        + table(row("表"))
        + par("三", properties=style.format("lvl"))
        + par("四", properties='<w:outlineLvl w:val="0"/>')
        + par("五", properties=style.format("lvl") + '<w:outlineLvl w:val="9"/>'),
        styles=styles,
    )
    assert [(p.text, p.role, p.place.paragraph) for p in document.paragraphs] == [
        ("一", "heading", 1),
        ("二", "heading", 3),
        ("三", "heading", 4),
        ("四", "heading", 5),
        ("五", "body", 6),
    ]


def level(index: int, number_format: str, text: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(key: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: int, abstract_key: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract_key}"/>{overrides}</w:num>'


def test_list_numbers_count_in_document_order_through_cells(read) -> None:
    numbering = abstract(0, level(0, "decimal", "%1", '<w:suff w:val="nothing"/>')) + num(1, 0)
    auto = cell(par(properties=numbered(1)))
    merged = cell(par(properties=numbered(1)), properties=RESTART)
    covered = cell(par(properties=numbered(1)), properties=CONTINUE)
    document = read(
        table(row("序号", "名称"), row(auto, "甲"), row(merged, "乙"), row(covered, "丙"), row(auto, "丁"))
        + par("后", properties=numbered(1)),
        numbering=numbering,
    )
    assert grid(document.tables[0]) == [["序号", "名称"], ["1", "甲"], ["2", "乙"], ["2", "丙"], ["3", "丁"]]
    assert texts(document) == ["4后"]


def test_levels_restart_and_lists_of_one_kind_count_on_unless_told_to_restart(read) -> None:
    numbering = (
        abstract(
            0,
            level(0, "chineseCountingThousand", "%1、", '<w:suff w:val="nothing"/>'),
            level(1, "decimal", "%1.%2", '<w:isLgl/><w:suff w:val="space"/>'),
            level(2, "decimal", "(%3)", '<w:lvlRestart w:val="0"/>'),
        )
        + num(1, 0)
        + num(2, 0)
        + num(3, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    )
    order = [(1, 0), (1, 1), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (3, 0), (3, 0), (3, 1), (0, 0)]
    document = read("".join(par("x", properties=numbered(*entry)) for entry in order), numbering=numbering)
    assert texts(document) == [
        "一、x", "1.1 x", "1.2 x", "(1) x", "二、x", "2.1 x", "(2) x", "一、x", "二、x", "2.1 x", "x",
    ]  # fmt: skip


def test_numbers_of_styles_and_of_numbering_styles(read) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        abstract(0, level(0, "decimal", "第%1章"), level(1, "decimal", "%1.%2", '<w:pStyle w:val="H2"/>'))
        + '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        + abstract(2, level(0, "upperLetter", "%1)"))
        + num(1, 0)
        + num(4, 1)
        + num(5, 2)
    )
    document = read(
        par("总则", properties='<w:pStyle w:val="H1"/>')
        + par("范围", properties='<w:pStyle w:val="H2"/>')
        + par("无号", properties='<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + par("甲", properties=numbered(4)),
        styles=styles,
        numbering=numbering,
    )
    assert texts(document) == ["第1章 总则", "1.1 范围", "无号", "A) 甲"]


@pytest.mark.parametrize(
    ("number_format", "numbers", "printed"),
    [
        ("decimalZero", (1, 12), "01 12"),
        ("chineseCounting", (9, 10, 11, 20, 99), "九 十 十一 二十 九十九"),
        (
            "chineseCountingThousand",
            (10, 21, 101, 110, 1010, 12345),
            "十 二十一 一百零一 一百一十 一千零一十 一万二千三百四十五",
        ),
        ("japaneseCounting", (10, 101, 120), "十 百一 百二十"),
        ("chineseLegalSimplified", (10, 25), "壹拾 贰拾伍"),
        ("ideographDigital", (7, 10, 25), "七 一〇 二五"),
        ("ideographTraditional", (1, 10, 11), "甲 癸 11"),
        ("upperRoman", (4, 9, 44), "IV IX XLIV"),
        ("lowerRoman", (3,), "iii"),
        ("upperLetter", (1, 26, 27), "A Z AA"),
        ("lowerLetter", (2, 28), "b bb"),
        ("decimalEnclosedCircle", (1, 20, 21), "① ⑳ ㉑"),
        ("decimalEnclosedParen", (1, 20, 21), "⑴ ⒇ 21"),
        ("decimalFullWidth", (12,), "１２"),
        ("none", (3,), ""),
        ("neverHeardOf", (3,), "3"),
    ],
)
def test_number_formats(read, number_format: str, numbers: tuple[int, ...], printed: str) -> None:
    lists = [
        abstract(n, level(0, number_format, "%1", '<w:suff w:val="nothing"/>', start=n)) + num(n, n) for n in numbers
    ]
    document = read(
        "".join(par("|", properties=numbered(n)) for n in numbers),
        numbering="".join(lists),
    )
    assert " ".join(text.removesuffix("|") for text in texts(document)) == printed


def test_bullets_are_printed_but_not_the_decoration_of_symbol_fonts(read) -> None:
    wingdings = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
    numbering = "".join(
        abstract(n, level(0, "bullet", text, font)) + num(n, n)
        for n, text, font in ((1, "●", ""), (2, "\uf06c", wingdings), (3, "\uf0fc", wingdings))
    )
    document = read("".join(par("x", properties=numbered(n)) for n in (1, 2, 3)), numbering=numbering)
    assert texts(document) == ["● x", "x", "✓ x"]


# Other producers


def test_the_strict_schema_reads_like_the_transitional(tmp_path: Path) -> None:
    body = par("标题") + table(row(cell("a", properties=RESTART), "b"), row(cell(properties=CONTINUE), "c"))
    strict = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    for old, new in STRICT.values():
        strict = strict.replace(f"{SCHEMAS}/{old}", f"http://purl.oclc.org/ooxml/{new}")
    document = read_word(package(tmp_path / "strict.docx", "", document=strict), "strict.docx")
    assert texts(document) == ["标题"]
    assert grid(document.tables[0]) == [["a", "b"], ["a", "c"]]


def test_a_document_of_python_docx(tmp_path: Path) -> None:
    written = docx.Document()
    written.add_heading("职权目录", 1)
    added = written.add_table(3, 3)
    added.cell(0, 0).merge(added.cell(1, 1)).text = "合并"
    added.cell(2, 2).text = "末"
    written.save(str(tmp_path / "p.docx"))
    document = read_word(tmp_path / "p.docx", "p.docx")
    assert [(p.text, p.role) for p in document.paragraphs] == [("职权目录", "heading")]
    assert grid(document.tables[0])[1:] == [["合并", "合并", ""], ["", "", "末"]]
    assert document.name == "p.docx" and document.format == "docx"


# What is refused


def _packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


DOCUMENT_TYPE = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {NAMESPACES}><w:body/></w:document>'
BROKEN: dict[str, tuple[bytes, type[Unreadable]]] = {
    "no bytes": (b"", Empty),
    "cut off": (_packed(word__document_xml=NAMESPACES.encode())[:-40], Damaged),
    "no main part": (_packed(word__styles_xml=b"<a/>"), Damaged),
    "malformed": (_packed(word__document_xml=b"<w:document><w:body>"), Damaged),
    "not a document": (_packed(word__document_xml=b"<html/>"), WrongKind),
    "no body": (_packed(word__document_xml=f"<w:document {NAMESPACES}/>".encode()), Damaged),
    "empty part": (_packed(word__document_xml=b""), Damaged),
    "text": ("职权目录".encode(), WrongKind),
    "entities": (_packed(word__document_xml=DOCUMENT_TYPE.encode()), Damaged),
}


@pytest.mark.parametrize("what", BROKEN)
def test_every_way_of_being_broken_has_its_error(tmp_path: Path, what: str) -> None:
    content, error = BROKEN[what]
    (tmp_path / "broken.docx").write_bytes(content)
    with pytest.raises(error):
        read_word(tmp_path / "broken.docx", "broken.docx")


def test_any_cut_and_any_flipped_byte_is_read_or_refused(tmp_path: Path) -> None:
    good = package(tmp_path / "good.docx", table(row("甲", "乙")) * 20, styles="").read_bytes()
    path = tmp_path / "bad.docx"
    for position in range(0, len(good), 7):
        for content in (good[:position], good[:position] + bytes([good[position] ^ 0xFF]) + good[position + 1 :]):
            path.write_bytes(content)
            try:
                assert isinstance(read_word(path, "bad.docx"), Document)
            except Unreadable:
                continue


def compound_file(stream: str) -> bytes:
    """An empty compound file ([MS-CFB]) with one stream: header, one sector of allocation table, one of directory."""
    free, end, table_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = struct.pack(
        "<8s16x5H6x10I", bytes.fromhex("d0cf11e0a1b11ae1"), 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
    )
    allocation = struct.pack("<128I", table_sector, end, *[free] * 126)

    def entry(name: str, kind: int, child: int) -> bytes:
        encoded = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII36xIQ", encoded, len(encoded) + 2 if name else 0, kind, 1, free, free, child, end, 0
        )

    directory = entry("Root Entry", 5, 1) + entry(stream, 2, free) + entry("", 0, free) * 2
    return header + struct.pack("<108I", *[free] * 108) + allocation + directory


def test_encrypted_packages(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", par("x"))
    content = bytearray(path.read_bytes())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 4
    for encrypted in (content, compound_file("EncryptedPackage")):
        path.write_bytes(encrypted)
        with pytest.raises(Encrypted):
            read_word(path, "a.docx")
    path.write_bytes(compound_file("WordDocument"))
    with pytest.raises(WrongKind):
        read_word(path, "a.docx")


def test_nothing_printed_and_pictures_only(read) -> None:
    with pytest.raises(Empty):
        read(par() + table(row("", "")))
    with pytest.raises(NoTextLayer):
        read(
            par(picture(5_000_000, 7_000_000)) + '<w:sectPr><w:headerReference r:id="header_1"/></w:sectPr>',
            header_1=par("局"),
        )


def test_a_document_that_only_wraps_another_format(read) -> None:
    with pytest.raises(WrongKind):
        read('<w:altChunk r:id="x"/>' + par())
    beside = read(par("见附件") + '<w:altChunk r:id="x"/>')
    assert beside.observations == (Observation(Notice.UNREAD_PART, Place(paragraph=2), "altChunk"),)


def test_bounds(read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bounded:
        bounded.setattr(word_package, "MAX_PART_BYTES", 20_000)
        with pytest.raises(TooLarge):
            read(par("长" * 20_000))
    with monkeypatch.context() as bounded:
        bounded.setattr(word_package, "MAX_PACKAGE_BYTES", 20_000)
        with pytest.raises(TooLarge):
            read(par("x"), theme="x" * 20_000)
    with monkeypatch.context() as bounded:
        bounded.setattr(word_story, "MAX_GRID_POSITIONS", 8)
        with pytest.raises(TooLarge):
            read(table(row("a", "b", "c")) * 3)
    with pytest.raises(TooLarge):
        read(table(row(*(cell("x", properties=span(10**9)) for _ in range(20)))))


def test_depth_is_refused_not_crashed_on(read) -> None:
    deep = par("底")
    for _ in range(1500):
        deep = f"<w:sdt><w:sdtContent>{deep}</w:sdtContent></w:sdt>"
    with pytest.raises(Unreadable):
        read(deep)
