"""What a Word document prints: changes, controls, fields, symbols, boxes, notes, hidden things and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.document import Notice, Observation, Place
from tests.extractors.word_markup import (
    NAMESPACES,
    box,
    cell,
    grid,
    par,
    picture,
    reader,
    row,
    run,
    table,
    texts,
)


@pytest.fixture
def read(tmp_path: Path):
    return reader(tmp_path)


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
    entries = "<w:listEntry w:val='高'/><w:listEntry w:val='低'/>"
    choice = f"<w:ffData><w:ddList><w:result w:val='1'/>{entries}</w:ddList></w:ffData>"
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
    instruction = "<w:instrText>EQ \\i(1,2,3)</w:instrText>"
    field = f'<w:r><w:fldChar w:fldCharType="begin"/>{instruction}<w:fldChar w:fldCharType="end"/></w:r>'
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
        + par(run("R", wingdings), run("R是", wingdings), run("\uf0a3", wingdings), run("R"))
        + par(ruby, fraction)
        + par("<w:r><w:t>\n  甲\n  乙\n</w:t></w:r>")
    )
    assert texts(document) == ["一\n二\t三-\n", "☑□✓一", "☑☑是□R", "川2/3", "甲   乙"]


def test_text_boxes_stand_once_in_the_margin_or_in_their_cell(read) -> None:
    content = f"<w:txbxContent>{par('旧框')}</w:txbxContent>"
    old = f"<w:r><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></w:r>"
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
        '<w:headerReference w:type="first" r:id="header_2"/>'
        '<w:footerReference w:type="default" r:id="footer_1"/></w:sectPr>'
    )
    document = read(
        par("正文", '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + table(row("甲", cell(par("乙", '<w:r><w:commentReference w:id="0"/></w:r>'))))
        + section,
        header_1=par("市文化局") + table(row("左", cell(par("右", picture(2_000_000, 900_000))))),
        header_2=par("首页不同未启用"),
        footer_1=par("第1页"),
        footnotes=f'<w:footnote w:type="separator" w:id="0">{par("线")}</w:footnote>'
        f'<w:footnote w:id="2">{par("注文")}</w:footnote>'
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
    assert [str(seen.place) for seen in document.observations] == ["页眉 表1 第1行第2列"]
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


def test_pictures_and_objects_that_may_hold_text_are_reported_once_with_their_place(read) -> None:
    preview = '<v:shape><v:imagedata r:id="i"/></v:shape>'
    ole = f'<w:r><w:object>{preview}<o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
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
