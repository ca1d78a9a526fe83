"""Flow charts in Word documents and workbooks: the same graph whatever notation they are drawn in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.document import Document, FlowChart, Notice
from extractors.word.reader import read_word
from extractors.workbook.reader import read_workbook
from tests.extractors.chart_markup import (
    LICENCE,
    LICENCE_EDGES,
    Arrow,
    Chart,
    Step,
    anchored,
    canvas,
    document,
    edges_of,
    freeform,
    group,
    loose,
    pict,
    placed,
    sheet_drawing,
    sheet_group,
    sheet_shape,
    size,
    smart_art,
    text_box,
    vml_group,
    vml_loose,
    wsp,
)
from tests.extractors.word_markup import SCHEMAS, cell, package, par, picture, row, table
from tests.extractors.workbook_parts import inline, patched, workbook_of

DRAWING = f"{SCHEMAS}/drawingml/2006"
TITLE = "行政许可流程图"
PENALTY = Chart(
    (
        Step("立案", 0, 0),
        Step("调查取证", 0, 60),
        Step("告知当事人陈述申辩权利", 0, 120, 120),
        Step("作出处罚决定", 0, 180),
    ),
    (Arrow(0, 1), Arrow(1, 2), Arrow(2, 3)),
)
Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*paragraphs: str, **parts: str) -> Document:
        path = package(tmp_path / "流程图.docx", "", document=document("".join(paragraphs)), **parts)
        return read_word(path, path.name)

    return read


def only(found: Document) -> FlowChart:
    (chart,) = found.charts
    return chart


def over_blank_paragraphs(runs: list[str], chart: Chart, every: int) -> list[str]:
    """Floating shapes hung on the paragraphs beside which they stand, a line pitch of 15.6 points apart."""
    places = [step.y for step in chart.steps] + [min(y for _, y in chart.ends(arrow)) for arrow in chart.arrows]
    lines: dict[int, list[str]] = {}
    for run, y in zip(runs, places, strict=True):
        line = int(y // 15.6) // every * every
        lines.setdefault(line, []).append(_raised(run, line * 15.6))
    return [par(*lines.get(line, ())) for line in range(max(lines) + 2)]


def _raised(run: str, points: float) -> str:
    """A floating shape that stands higher above its paragraph."""
    return re.sub(
        r'(relativeFrom="paragraph"><wp:posOffset>)(-?\d+)',
        lambda found: f"{found[1]}{int(found[2]) - round(points * 12700)}",
        run,
    )


WRITTEN = {
    "canvas whose connectors name their shapes": lambda: [par(TITLE), par(canvas(LICENCE))],
    "canvas by geometry": lambda: [par(TITLE), par(canvas(LICENCE, ids=False))],
    "floating canvas": lambda: [par(TITLE), par(canvas(LICENCE, inline=False))],
    "group": lambda: [par(TITLE), par(group(LICENCE))],
    "groups in groups, scaled": lambda: [par(TITLE), par(group(LICENCE, scale=0.7, depth=4))],
    "floating shapes on the title's paragraph": lambda: [par(TITLE, *loose(LICENCE))],
    "floating shapes on many paragraphs": lambda: [par(TITLE), *over_blank_paragraphs(loose(LICENCE), LICENCE, 1)],
    "floating shapes that name each other": lambda: [
        par(TITLE),
        *over_blank_paragraphs(loose(LICENCE, ids=True), LICENCE, 4),
    ],
    "Word 2003 canvas": lambda: [par(TITLE), par(vml_group(LICENCE))],
    "Word 2003 floating shapes": lambda: [par(TITLE), par(*vml_loose(LICENCE))],
}


@pytest.mark.parametrize("written", WRITTEN)
def test_one_chart_gives_one_graph_in_every_notation(read: Read, written: str) -> None:
    found = read(*WRITTEN[written]())
    chart = only(found)
    assert edges_of(chart) == LICENCE_EDGES
    assert [node.text for node in chart.nodes] == [step.text for step in LICENCE.steps if step.framed]
    assert {node.text: node.form for node in chart.nodes}["材料是否齐全"] == "flowChartDecision"
    assert (chart.title, found.margins, found.observations) == (TITLE, (), ())
    assert str(chart.place) in ("第1段", "第2段")


def test_lone_text_boxes_stay_margins(read: Read) -> None:
    unit = placed(wsp(Step("填报单位：云溪县水利局", 0, 0), 2), "Shape", 0, 0, 90, 30)
    day = placed(wsp(Step("填报日期：2010年5月", 0, 0), 3), "Shape", 200, 0, 90, 30)
    rule = pict('<v:line from="0,60pt" to="400pt,60pt" strokecolor="red"/>')
    old = pict(f'<v:rect style="width:90pt;height:30pt"><v:textbox>{text_box("旧框")}</v:textbox></v:rect>')
    found = read(par("职权目录", unit, day, rule), par("正文"), par(old))
    assert found.charts == ()
    assert [margin.text for margin in found.margins] == ["填报单位：云溪县水利局", "填报日期：2010年5月", "旧框"]


def test_a_lone_box_beside_a_chart_on_another_paragraph_stays_a_margin(read: Read) -> None:
    unit = placed(wsp(Step("填报单位：云溪县水利局", 0, 0), 2), "Shape", 0, 0, 90, 30)
    found = read(par("职权目录", unit), par(TITLE), par(canvas(PENALTY)))
    assert [margin.text for margin in found.margins] == ["填报单位：云溪县水利局"]
    assert len(only(found).nodes) == 4


def test_each_chart_has_the_title_above_it_and_repeated_ids_do_not_mix(read: Read) -> None:
    found = read(
        par("云溪县水利局"),
        par("流程图"),
        par(canvas(LICENCE)),
        par("附件2 行政处罚流程图"),
        par(canvas(PENALTY)),
        par("《取水许可》工作流程图", *loose(PENALTY, ids=True)),
        *[par() for _ in range(9)],
        par("水土保持补偿费征收流程图"),
        *over_blank_paragraphs(loose(PENALTY), PENALTY, 1),
    )
    assert [(chart.title, str(chart.place), len(chart.nodes), len(chart.edges)) for chart in found.charts] == [
        ("云溪县水利局流程图", "第3段", 7, 7),
        ("附件2 行政处罚流程图", "第5段", 4, 3),
        ("《取水许可》工作流程图", "第6段", 4, 3),
        ("水土保持补偿费征收流程图", "第17段", 4, 3),
    ]
    assert all(edge.start is not None and edge.end is not None for chart in found.charts for edge in chart.edges)


def test_titles_under_the_charts_are_theirs(read: Read) -> None:
    body = [par("以下为各项职权的运行图示。"), par(canvas(PENALTY)), par("图1 行政处罚流程图")]
    found = read(*body, par(canvas(LICENCE)), par("图2 行政许可流程图"))
    assert [chart.title for chart in found.charts] == ["图1 行政处罚流程图", "图2 行政许可流程图"]


def test_the_topmost_text_of_a_drawing_is_its_title(read: Read) -> None:
    titled = replace(
        PENALTY.moved(0, 60), steps=(*PENALTY.moved(0, 60).steps, Step("行政处罚流程图", 0, 0, 200, 24, framed=False))
    )
    chart = only(read(par("二、有关材料如下。"), par(canvas(titled))))
    assert (chart.title, chart.nodes[0].text, len(chart.edges)) == ("行政处罚流程图", "立案", 3)
    named = only(read(par("取水许可流程图"), par(canvas(titled))))
    assert named.title == "取水许可流程图"
    assert "行政处罚流程图" in [node.text for node in named.nodes]


def test_several_captioned_charts_in_one_drawing_are_several_charts(read: Read) -> None:
    first, second = PENALTY.moved(0, 40), PENALTY.moved(250, 40)
    both = Chart(
        (
            *first.steps,
            *second.steps,
            Step("行政处罚流程图", 0, 0, framed=False),
            Step("行政强制流程图", 250, 0, framed=False),
        ),
        (*first.arrows, *(replace(a, start=a.start + 4, end=a.end + 4) for a in second.arrows)),
    )
    found = read(par(canvas(both, ids=False)))
    assert sorted((chart.title, len(chart.nodes), len(chart.edges)) for chart in found.charts) == [
        ("行政处罚流程图", 4, 3),
        ("行政强制流程图", 4, 3),
    ]


def test_rules_of_old_files_say_which_shapes_a_connector_joins(read: Read) -> None:
    steps = [Step("受理", 0, 0), Step("审查", 200, 0), Step("决定", 400, 0)]
    at = "position:absolute;left:{:g};top:0;width:90;height:30"
    shapes = "".join(
        f'<v:rect id="步骤{key}" o:spid="_x0000_s{1030 + key}" style="{at.format(step.x)}">'
        f"<v:textbox>{text_box(step.text)}</v:textbox></v:rect>"
        for key, step in enumerate(steps)
    )
    far = "position:absolute;left:0;top:900;width:10;height:10"
    lines = "".join(
        f'<v:shape id="_x0000_s{1040 + key}" type="#_x0000_t32" o:connectortype="straight" style="{far}">'
        '<v:stroke endarrow="block"/></v:shape>'
        for key in range(2)
    )
    rule = (
        '<o:r id="V:Rule{0}" type="connector" idref="#_x0000_s{1}"><o:proxy start="" idref="#{2}" connectloc="3"/>'
        '<o:proxy end="" idref="#{3}" connectloc="1"/></o:r>'
    )
    rules = rule.format(1, 1040, "步骤0", "_x0000_s1031") + rule.format(2, 1041, "_x0000_s1031", "步骤2")
    drawn = f'<v:group style="width:500pt;height:100pt" coordsize="500,1000">{shapes}{lines}</v:group>'
    listed = f'<o:shapelayout v:ext="edit"><o:rules v:ext="edit">{rules}</o:rules></o:shapelayout>'
    found = read(par(pict(drawn)), settings=f"<w:shapeDefaults>{listed}</w:shapeDefaults>")
    assert edges_of(only(found)) == {("受理", "审查", ""), ("审查", "决定", "")}


def test_elbows_of_several_lines_and_branches_are_followed_to_their_ends(read: Read) -> None:
    def line(x0: float, y0: float, x1: float, y1: float, arrow: bool) -> str:
        head = '<v:stroke endarrow="block"/>' if arrow else ""
        ends = f'from="{x0}pt,{y0}pt" to="{x1}pt,{y1}pt"'
        return pict(f'<v:line style="position:absolute" {ends}>{head}</v:line>')

    steps = Chart(
        (
            Step("初审", 100, 0),
            Step("同意", 0, 90),
            Step("退回", 110, 90),
            Step("转办", 220, 90),
            Step("归档", 100, 180),
        ),
        (),
    )
    bar = [line(145, 30, 145, 60, False), line(45, 60, 265, 60, False)]
    drops = [line(x, 60, x, 90, True) for x in (45, 155, 265)]
    around = [line(265, 120, 265, 195, False), line(265, 195, 190, 195, True)]
    found = read(par("办理流程", *vml_loose(steps), *bar, *drops, *around))
    assert edges_of(only(found)) == {
        ("初审", "同意", ""),
        ("初审", "退回", ""),
        ("初审", "转办", ""),
        ("转办", "归档", ""),
    }


def test_drawn_lines_block_arrows_and_texts_laid_over_shapes(read: Read) -> None:
    steps = [Step("", 0, 0), Step("受理", 10, 5, 60, 20, framed=False), Step("审查", 0, 80), Step("决定", 200, 80)]
    arrow = Step("", 30, 35, 20, 40, "downArrow")
    path = freeform(50, ((90, 95), (145, 95), (145, 155), (245, 155), (245, 110)))
    shapes = "".join(wsp(step, key) for key, step in enumerate([*steps, arrow], 2))
    found = read(par(placed(f"<wpc:wpc>{shapes}{path}</wpc:wpc>", "Canvas", 0, 0, 400, 200)))
    assert edges_of(only(found)) == {("受理", "审查", ""), ("审查", "决定", "")}


def test_lines_that_libreoffice_calls_rectangles_are_lines(read: Read) -> None:
    def thin(key: int, x: float, y: float, w: float, h: float) -> str:
        bare = wsp(Step("", 0, 0, w, h, "rect"), key)
        headed = bare.replace("</a:ln>", '<a:tailEnd len="med" type="triangle" w="med"/></a:ln>')
        return placed(headed, "Shape", x, y, w, h, key=key)

    steps = loose(Chart((Step("受理", 0, 0), Step("审查", 0, 60), Step("决定", 200, 60)), ()))
    found = read(par("流程图", thin(20, 45, 30, 0.06, 30), thin(21, 90, 75, 110, 0.06), *steps))
    assert edges_of(only(found)) == {("受理", "审查", ""), ("审查", "决定", "")}


def test_arrowheads_decide_the_way(read: Read) -> None:
    steps = Chart((Step("申请", 0, 0), Step("受理", 200, 0), Step("补正", 0, 100), Step("复核", 200, 100)), ())
    stroke = '<v:line style="position:absolute" from="90pt,{y}pt" to="200pt,{y}pt"><v:stroke {heads}/></v:line>'
    lines = [
        stroke.format(y=15, heads='startarrow="block"'),
        stroke.format(y=115, heads='startarrow="block" endarrow="block"'),
    ]
    found = read(par(*vml_loose(steps), *map(pict, lines)))
    assert edges_of(only(found)) == {("受理", "申请", ""), ("补正", "复核", ""), ("复核", "补正", "")}


def test_a_chart_in_a_cell_is_a_chart_and_the_cell_keeps_its_text(read: Read) -> None:
    found = read(table(row(cell("办理程序"), cell(par(canvas(PENALTY))))))
    chart = only(found)
    assert (str(chart.place), len(chart.edges)) == ("表1 第1行第2列", 3)
    (shown,) = (each.text for each in found.tables[0].cells if each.column == 2)
    assert shown == "立案\n调查取证\n告知当事人陈述申辩权利\n作出处罚决定"


def test_a_page_break_and_a_table_end_a_chart(read: Read) -> None:
    brk = '<w:r><w:br w:type="page"/></w:r>'
    half = Chart(PENALTY.steps[:2], PENALTY.arrows[:1])
    found = read(par("甲流程图", *loose(half)), par(brk), par(*loose(half)), table(row("表")), par(*loose(half)))
    assert [(chart.title, len(chart.nodes)) for chart in found.charts] == [("甲流程图", 2), ("", 2), ("", 2)]


def test_smart_art_gives_its_steps_in_order(read: Read) -> None:
    def read_art(layout: str) -> Document:
        art, data = smart_art(layout, ("受理", "审查", "决定"), order=(3, 1, 2))
        return read(par("许可流程"), par(art), diagramData=data)

    found = read_art("process1")
    chart = only(found)
    assert (chart.title, [node.text for node in chart.nodes]) == ("许可流程", ["受理", "审查", "决定"])
    assert (edges_of(chart), found.margins) == ({("受理", "审查", ""), ("审查", "决定", "")}, ())
    assert edges_of(only(read_art("default"))) == set()
    cycle = {("受理", "审查", ""), ("审查", "决定", ""), ("决定", "受理", "")}
    assert edges_of(only(read_art("cycle2"))) == cycle


def test_a_picture_of_a_chart_is_no_graph_but_is_noticed(read: Read) -> None:
    found = read(par(TITLE), par(picture(4_000_000, 5_000_000)))
    assert found.charts == ()
    assert [(seen.notice, seen.text) for seen in found.observations] == [(Notice.UNREAD_PART, "picture")]


def test_a_document_of_charts_alone_is_read(read: Read) -> None:
    found = read(par(canvas(PENALTY)))
    assert (found.blocks, found.margins, len(found.charts)) == ((), (), 1)


def test_more_shapes_than_the_bound_are_told_and_stay_text(read: Read) -> None:
    many = Chart(tuple(Step(f"第{n}步", 0, 40 * n) for n in range(700)), tuple(Arrow(n, n + 1) for n in range(699)))
    found = read(par(canvas(many)))
    assert (found.charts, len(found.margins)) == ((), 700)
    assert [(seen.notice, seen.text) for seen in found.observations] == [(Notice.UNREAD_PART, "drawing")]


@pytest.mark.parametrize("value", ["1e999", "-99999999999999999999", "NaN", "宽", ""])
def test_hostile_coordinates_do_no_harm(read: Read, value: str) -> None:
    bad = re.sub(r'(?<=<a:off )x="\d+"', f'x="{value}"', canvas(PENALTY))
    assert len(only(read(par(bad))).edges) == 3  # the connectors name their shapes
    old = re.sub(r"left:\d+", f"left:{value}", vml_group(PENALTY))
    assert [node.text for node in only(read(par(old))).nodes]


def book(path: Path, cells: str, anchors: str) -> Document:
    types = f"{SCHEMAS}/officeDocument/2006/relationships"
    workbook_of(path, cells, after=f'<drawing xmlns:r="{types}" r:id="r1"/>')
    names = f'xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main"'
    relation = f'<Relationship Id="r1" Type="{types}/drawing" Target="../drawings/drawing1.xml"/>'
    listed = f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">{relation}</Relationships>'
    with zipfile.ZipFile(path) as parts:
        kinds = parts.read("[Content_Types].xml").decode()
    drawing = (
        '<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument'
    )
    patched(
        path,
        {
            "[Content_Types].xml": kinds.replace("</Types>", f"{drawing}</Types>"),
            "xl/worksheets/_rels/sheet1.xml.rels": listed,
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {names}>{anchors}</xdr:wsDr>",
        },
    )
    return read_workbook(path, path.name)


@pytest.mark.parametrize("ids", [True, False])
def test_a_chart_on_a_sheet(tmp_path: Path, ids: bool) -> None:
    cells = f'<row r="1">{inline("A1", TITLE)}</row><row r="40">{inline("A40", "注：以上均为工作日")}</row>'
    found = book(tmp_path / "a.xlsx", cells, sheet_drawing(LICENCE.moved(0, 40), ids=ids))
    chart = only(found)
    assert edges_of(chart) == LICENCE_EDGES
    assert (chart.title, str(chart.place), found.margins) == (TITLE, "Sheet!C3", ())


def test_a_grouped_chart_on_a_sheet_and_one_without_cells(tmp_path: Path) -> None:
    w, h = size(LICENCE)
    drawn = re.sub(
        r"</?xdr:(twoCellAnchor|clientData)/?>|<xdr:(from|to)>.*?</xdr:\2>", "", sheet_drawing(LICENCE, ids=False)
    )
    inner = sheet_group(drawn, (50, 50, w, h), (0, 0, w, h))
    grouped = sheet_group(inner, (10, 10, w / 2, h / 2), (50, 50, w, h))
    found = book(tmp_path / "a.xlsx", "", anchored(10, 10, w / 2, h / 2, grouped))
    assert (edges_of(only(found)), found.blocks) == (LICENCE_EDGES, ())


def test_text_boxes_on_a_sheet_that_no_line_joins_stay_margins(tmp_path: Path) -> None:
    boxes = [Step("填报单位：云溪县水利局", 0, 0, form="rect"), Step("填报人：张三", 200, 0, form="rect")]
    anchors = "".join(anchored(s.x, s.y, s.w, s.h, sheet_shape(s, key)) for key, s in enumerate(boxes, 2))
    found = book(tmp_path / "a.xlsx", f'<row r="5">{inline("A5", "甲")}</row>', anchors)
    assert found.charts == ()
    assert [margin.text for margin in found.margins] == ["填报单位：云溪县水利局", "填报人：张三"]
