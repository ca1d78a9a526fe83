"""Flow charts from the file to the finding: what their titles name, and how much of each could be read."""

from __future__ import annotations

import datetime as dt
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pipeline.intake.taking_in
from extractors.document import ChartNode, Document, FlowChart, Notice, Observation, Paragraph, Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.interpretation.charts import chart_named_by, read_charts, titles
from pipeline.interpretation.secrecy import is_classified
from pipeline.record import Chart, ChartForm, FileState
from pipeline.submission import Result, SubmittedFile, process, read_file
from pipeline.vocabulary import load_vocabulary
from tests.builders import PageBreak, Sheet, Text, draw, grid
from tests.extractors.chart_markup import LICENCE, canvas, document, vml_group
from tests.extractors.word_markup import cell, package, par, picture, row, table
from tests.pipeline.submissions import rows, run

UNIT = "云溪县水利局"
WORDS = load_vocabulary()
PICTURE = picture(4_000_000, 5_000_000)
NAMES = {
    "附件2：云溪县水利局取水许可审批工作流程图": "云溪县水利局取水许可审批",
    "图3  河道采砂许可流程图": "河道采砂许可",
    "附图1-2 非法采砂处罚程序图": "非法采砂处罚",
    "(二)行政处罚流程图（一般程序）": "行政处罚",
    "《取水许可》流程图": "取水许可",
    "3、对非法采砂的处罚流程图": "对非法采砂的处罚",
    "取水许可外部流程图1": "取水许可",
    "取　水\n许可流程图": "取水许可",
    "流程图": "",
    "权力运行流程图": "",
    "一、行政许可办理流程": "行政许可",
    "其他行政权力流程图": "其他行政权力",
    "权力公开透明运行流程图": "",
    "二十四节气表演许可流程图": "二十四节气表演许可",
}


@pytest.mark.parametrize("title", NAMES)
def test_a_title_says_which_power_its_chart_is_of(title: str) -> None:
    assert titles(WORDS).name(title) == NAMES[title]


@pytest.mark.parametrize(
    "text",
    ["详见流程图。", "1.取水许可流程图……3", "取水许可流程图\t3", "流程图如下：", "取水许可", "图" * 80 + "流程图", ""],
)
def test_other_texts_are_no_titles(text: str) -> None:
    assert titles(WORDS).name(text) is None


def test_the_name_of_a_file_may_name_its_chart() -> None:
    assert chart_named_by("流程图/取水许可流程图.docx", WORDS) == "取水许可"
    assert chart_named_by("职权目录.docx", WORDS) is None


def charts(path: Path, name: str = "") -> list[tuple[str, str, ChartForm, int]]:
    reading = read_file(SubmittedFile(path, name or path.name), WORDS)
    return [(chart.title, chart.name, chart.form, len(chart.texts)) for chart in reading.charts]


def word(folder: Path, *paragraphs: str, name: str = "材料.docx") -> Path:
    return package(folder / name, "", document=document("".join(paragraphs)))


def test_drawn_charts_are_graphs_and_pictures_are_told_by_their_captions(tmp_path: Path) -> None:
    path = word(
        tmp_path,
        par("目　录"),
        par("取水许可流程图"),
        par("河道采砂许可流程图"),
        par("附件1 取水许可流程图"),
        par(canvas(LICENCE)),
        par("附件2 河道采砂许可流程图"),
        par(PICTURE),
        par("附件3 水事裁决流程图"),
        *(par(text) for text in ("申请", "↓", "受理 → 不予受理", "↓", "裁决")),
    )
    assert charts(path) == [
        ("附件1取水许可流程图", "取水许可", ChartForm.GRAPH, 7),
        ("附件2河道采砂许可流程图", "河道采砂许可", ChartForm.PICTURE, 0),
        ("附件3水事裁决流程图", "水事裁决", ChartForm.TEXT, 5),
    ]


def test_captions_under_pictures_are_theirs(tmp_path: Path) -> None:
    path = word(
        tmp_path, par(PICTURE), par("图1 取水许可流程图"), par("说明文字。"), par(PICTURE), par("图2 采砂许可流程图")
    )
    assert [(name, form) for _, name, form, _ in charts(path)] == [
        ("取水许可", ChartForm.PICTURE),
        ("采砂许可", ChartForm.PICTURE),
    ]


def test_the_only_chart_of_a_file_may_be_named_by_the_file(tmp_path: Path) -> None:
    path = word(tmp_path, par("流程图"), par(canvas(LICENCE)), name="a.docx")
    assert charts(path, "流程图/取水许可流程图.docx") == [("流程图", "取水许可", ChartForm.GRAPH, 7)]
    assert charts(path, "附件.docx") == [("流程图", "", ChartForm.GRAPH, 7)]


def test_a_pdf_gives_the_text_of_each_titled_page(tmp_path: Path) -> None:
    path = tmp_path / "流程图.pdf"
    steps = [Text(text) for text in ("申请人提出申请", "窗口受理", "局长审批（3个工作日）")]
    pages = (Text("取水许可流程图", "title"), *steps, PageBreak(), Text("河道采砂许可流程图", "title"), *steps[:2])
    draw(path, (Sheet(pages),))
    assert charts(path) == [
        ("取水许可流程图", "取水许可", ChartForm.TEXT, 3),
        ("河道采砂许可流程图", "河道采砂许可", ChartForm.TEXT, 2),
    ]


def test_a_sheet_with_arrows_between_its_cells_is_a_chart(tmp_path: Path) -> None:
    path = tmp_path / "流程图.xlsx"
    steps = grid([["受理"], ["↓"], ["审查"], ["↓"], ["决定"]])
    plain = grid([["序号", "流程"], ["1", "受理"]])
    draw(path, (Sheet((Text("取水许可流程图"), steps), title="取水"), Sheet((Text("办理流程"), plain), title="另")))
    assert charts(path) == [("取水许可流程图", "取水许可", ChartForm.TEXT, 5)]


def test_pictures_on_a_sheet_that_is_called_a_chart() -> None:
    seen = Observation(Notice.UNREAD_PART, Place(part="采砂许可流程图", row=2, column=1, sheet=True), "图片 1")
    (chart,) = read_charts(Document("a.xlsx", "xlsx", (), observations=(seen,)), WORDS)
    assert (chart.name, chart.form, str(chart.place)) == ("采砂许可", ChartForm.PICTURE, "采砂许可流程图!A2")


def test_a_mark_of_secrecy_in_a_drawing_counts() -> None:
    chart = FlowChart("流程图", Place(paragraph=1), (ChartNode("受理"), ChartNode("秘密★三年")))
    assert is_classified(Document("a.docx", "docx", (), charts=(chart,)), WORDS)
    open_chart = FlowChart("流程图", Place(paragraph=1), (ChartNode("受理"), ChartNode("保守国家秘密审查")))
    assert not is_classified(Document("a.docx", "docx", (Paragraph("甲", Place()),), charts=(open_chart,)), WORDS)


CATALOGUE = """
职权名称         | 职权类别 | 承诺时限
取水许可证核发   | 行政许可 | 3个工作日
河道采砂许可     | 行政许可 | 10个工作日
对非法取水的处罚 | 行政处罚 | -
对非法采砂的处罚 | 行政处罚 | -
"""


def submission(folder: Path, *files: Path) -> Result:
    rows = [[text.strip().replace("-", "") for text in line.split("|")] for line in CATALOGUE.strip().splitlines()]
    draw(folder / "职权目录.docx", (Sheet((Text(f"{UNIT}职权目录", "title"), grid(rows))),))
    submitted = [SubmittedFile(path, path.name) for path in (folder / "职权目录.docx", *files)]
    return process(UNIT, submitted, WORDS, load_campaign(), date(2026, 6, 30))


def found(result: Result) -> list[tuple[str, str, str]]:
    return [(f.code, f.subject_name, f.place) for f in result.findings if f.code.startswith("F")]


def test_charts_in_one_file_are_held_against_the_catalogue_in_another(tmp_path: Path) -> None:
    file = word(
        tmp_path,
        par(f"附件1：{UNIT}取水许可证核发流程图"),
        par(canvas(LICENCE)),
        par("采矿许可流程图"),
        par(vml_group(LICENCE)),
        par("行政处罚流程图"),
        par(PICTURE),
        name="流程图.docx",
    )
    result = submission(tmp_path, file)
    assert found(result) == [
        ("F01", "河道采砂许可", "表1 第3行第1列"),
        ("F02", "流程图.docx", "第2段"),
        ("F03", "取水许可证核发", "表1 第2行第3列"),
        ("F04", "流程图.docx", "第4段"),
    ]
    (reading,) = (each for each in result.files if each.name == "流程图.docx")
    assert (reading.state, reading.reason, dict(reading.facts)["charts"]) == (FileState.NO_REGISTER, "charts", "3")


def test_without_charts_nobody_is_accused(tmp_path: Path) -> None:
    result = submission(tmp_path)
    assert found(result) == []
    runs = {run.code: run.not_run for run in result.rule_runs}
    assert [runs[code] for code in ("F01", "F02", "F03", "F04")] == ["no_charts"] * 4


def test_a_chart_in_the_form_of_a_power_is_its_chart(tmp_path: Path) -> None:
    rows = [("职权名称", "取水许可"), ("职权类别", "行政许可"), ("承诺时限", "9个工作日")]
    form = table(*(row(cell(a), cell(b)) for a, b in rows), row(cell("办理程序"), cell(par(canvas(LICENCE)))))
    other = [("职权名称", "采砂许可"), ("职权类别", "行政许可"), ("承诺时限", "9个工作日"), ("办理程序", "受理、决定")]
    path = word(
        tmp_path, par("行政职权登记表"), form, par("行政职权登记表"), table(*(row(cell(a), cell(b)) for a, b in other))
    )
    result = process(UNIT, [SubmittedFile(path, path.name)], WORDS, load_campaign(), date(2026, 6, 30))
    assert len(result.records) == 2
    assert [(chart.name, chart.form) for chart in result.files[0].charts] == [("", ChartForm.GRAPH)]
    assert [each[:2] for each in found(result)] == [("F01", "采砂许可"), ("F02", "材料.docx")]


def test_charts_without_names_after_each_form_are_theirs_in_order(tmp_path: Path) -> None:
    def form(name: str, limit: str) -> str:
        rows = [("职权名称", name), ("职权类别", "行政许可"), ("承诺时限", limit)]
        return table(*(row(cell(a), cell(b)) for a, b in rows))

    drawn = par("附：流程图") + par(canvas(LICENCE))
    title = par("行政职权登记表")
    path = word(tmp_path, title, form("取水许可", "3个工作日"), drawn, title, form("采砂许可", "9个工作日"), drawn)
    result = process(UNIT, [SubmittedFile(path, path.name)], WORDS, load_campaign(), date(2026, 6, 30))
    assert [each[:2] for each in found(result) if each[0] != "F02"] == [("F03", "取水许可")]


def test_a_chart_that_does_not_follow_its_power_is_told_on_the_day_after_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, workspace = tmp_path / "inbox", tmp_path / "data"
    folder = inbox / UNIT
    folder.mkdir(parents=True)
    word(folder, par("取水许可流程图"), par(canvas(LICENCE)), name="流程图.docx")

    def on_day(day: str, department: str) -> list[tuple[str, ...]]:
        class Clock(dt.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Clock:
                return cls.fromisoformat(f"{day}T08:00:00")

        monkeypatch.setattr(pipeline.intake.taking_in, "dt", SimpleNamespace(datetime=Clock))
        catalogue = [
            ["职权名称", "职权类别", "承办机构"],
            ["取水许可", "行政许可", department],
            ["采砂许可", "行政许可", "河道股"],
        ]
        draw(folder / "职权目录.docx", (Sheet((Text(f"{UNIT}职权目录", "title"), grid(catalogue))),))
        run(inbox, workspace, as_of=None)
        return rows(workspace, "SELECT 对象名称, 来源位置 FROM 问题清单 WHERE 规则 = 'V04' AND 状态 = '待整改'")

    assert on_day("2026-01-05", "水资源股") == []
    assert on_day("2026-01-09", "行政审批股") == []
    assert on_day("2026-02-06", "行政审批股") == []
    assert on_day("2026-02-07", "行政审批股") == [("取水许可", "表1 第2行第1列")]
    word(folder, par("取水许可流程图"), par(vml_group(LICENCE)), name="流程图.docx")
    assert on_day("2026-02-09", "行政审批股") == []


def test_a_chart_is_a_plain_value() -> None:
    chart = Chart("流程图", "", Place(), ChartForm.GRAPH, ("受理",))
    assert chart == Chart("流程图", "", Place(), ChartForm.GRAPH, ("受理",)) and hash(chart)
