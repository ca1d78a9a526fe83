"""The letter that goes back to a unit, and the overview of all units."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from openpyxl import load_workbook

from pipeline.campaigns.campaign import load_campaign
from pipeline.record import FileState
from pipeline.reports.notice import must_mend, write_notice
from pipeline.reports.overview import write_overview
from pipeline.submission import SubmittedFile, process
from pipeline.vocabulary import load_vocabulary
from tests.pipeline.test_reports import FORMULAS, all_text, finding

UNIT = "市水利局"
DAY = dt.date(2026, 4, 7)
SUBMISSION: dict[str, object] = {
    "单位": UNIT,
    "报送批次": "2026年度",
    "版本": 2,
    "报送时间": dt.datetime(2026, 3, 20, 9, 30),
    "文件数": 3,
    "隔离文件数": 0,
    "职权数": 12,
    "风险点数": 5,
    "状态": "待补正",
    "期限": dt.date(2026, 7, 31),
    "逾期天数": 0,
    "核查基准日": dt.date(2026, 6, 30),
}


def letter(tmp_path: Path, *findings: dict[str, object], **facts: Any) -> Any:
    path = tmp_path / "通知.docx"
    write_notice(path, UNIT, findings, **{"submission": SUBMISSION, "date": DAY, **facts})
    return Document(str(path))


def lines(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]


def test_a_notice_counts_words_and_asks_in_order(tmp_path: Path) -> None:
    rows = [
        finding("k1", 规则="M10", 严重程度="提示"),
        *(finding(f"e{n}", 来源位置=f"表1 第{n}行第5列", 说明=f"第{n}项没有填写行使依据。") for n in range(2, 5)),
        finding("k2", 规则="D01", 说明="编码重复。"),
        finding("k3", 规则="D02", 严重程度="警告"),
        finding("k4", 状态="已整改", 说明="早已改好。"),
    ]
    told = lines(letter(tmp_path, *reversed(rows), office="市法制办"))
    assert told[0] == "关于整改报送材料有关问题的通知"
    assert told[1] == "市水利局："
    assert told[2].startswith("你单位2026年3月20日报送的材料（2026年度，第2次报送）收悉。")
    assert "登记职权12项、风险点5个" in told[2]
    assert "发现问题6个，其中错误4个、警告1个、提示1个" in told[2]
    assert told[3:8] == [
        "一、主要问题",
        "（一）错误4个。须整改，整改后重新报送。",
        "1. 缺少行使依据（3处）。如：第2项没有填写行使依据。",
        "2. 权力编码重复。编码重复。",
        "（二）警告1个。请整改；不需整改的，请说明理由。",
    ]
    assert any("请于2026年7月31日前" in line for line in told)
    assert "附件：核查问题明细表（共6条）" in told
    assert told[told.index("市法制办") + 1] == "2026年4月7日"
    assert "早已改好" not in "".join(told)


@pytest.mark.parametrize(
    ("deadline", "told"),
    [
        (dt.date(2026, 4, 7), "请于2026年4月7日前"),
        (dt.date(2026, 4, 6), "报送期限（2026年4月6日）已过"),
        (None, "请在收到本通知后抓紧整改"),
    ],
)
def test_the_deadline_is_asked_for_while_it_can_be_met(tmp_path: Path, deadline: dt.date | None, told: str) -> None:
    text = "\n".join(lines(letter(tmp_path, finding("k"), submission={**SUBMISSION, "期限": deadline})))
    assert told in text


def test_the_attachment_lists_every_open_finding_under_a_head_that_repeats(tmp_path: Path) -> None:
    rows = [finding(str(n), 来源位置=f"表1 第{n}行第5列") for n in range(2, 42)]
    rows.append(finding("whole", 来源位置=None, 说明="两行\n说明"))
    (table,) = letter(tmp_path, *rows).tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[0] == ["序号", "程度", "问题", "对象", "来源文件和位置", "问题说明", "整改建议"]
    assert texts[1][:6] == ["1", "错误", "缺少行使依据", "取水许可", "目录.docx\n整个文件", "两行\n说明"]
    assert [row[4] for row in texts[2:]] == [f"目录.docx\n表1 第{n}行第5列" for n in range(2, 42)]
    repeated = [row for row in table._tbl.tr_lst if row.trPr.find(qn("w:tblHeader")) is not None]
    assert repeated == [table._tbl.tr_lst[0]]


def test_the_page_is_that_of_an_official_letter(tmp_path: Path) -> None:
    document = letter(tmp_path, finding("k"))
    first, second = document.sections
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (first.orientation, second.orientation) == (WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE)
    grid = first._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    runs = list(document.element.body.iter(qn("w:r")))
    assert runs and all(run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs)
    body = next(run for run in runs if "收悉" in run.text)
    settings = body.rPr
    assert settings.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert (settings.sz.get(qn("w:val")), settings.find(qn("w:spacing")).get(qn("w:val"))) == ("32", "-4")
    for footer in (first.footer, first.even_page_footer):
        (number,) = footer._element.iter(qn("w:fldSimple"))
        assert number.get(qn("w:instr")) == "PAGE"
        assert "".join(piece.text for piece in footer._element.iter(qn("w:t"))) == "— 1 —"


def test_a_clean_unit_gets_a_short_letter_without_objections(tmp_path: Path) -> None:
    rows = [finding("old", 状态="已整改")]
    assert not must_mend(rows)
    document = letter(tmp_path, *rows)
    told = lines(document)
    assert told[0] == "关于报送材料的审查意见函" and len(told) < 10
    assert "未发现需要整改的问题，对所报材料没有不同意见" in told[2]
    assert "有1个已经整改" in told[3]
    assert (len(document.tables), len(document.sections)) == (0, 1)


def test_hints_alone_are_attached_to_a_letter_without_objections(tmp_path: Path) -> None:
    rows = [finding("hint", 严重程度="提示")]
    assert not must_mend(rows) and must_mend([*rows, finding("w", 严重程度="警告")])
    document = letter(tmp_path, *rows)
    assert any("另有提示1个（见附件）" in line for line in lines(document))
    assert len(document.tables[0].rows) == 2


def test_where_nothing_was_registered_nothing_is_approved(tmp_path: Path) -> None:
    text = "\n".join(lines(letter(tmp_path, submission={**SUBMISSION, "职权数": 0, "风险点数": 0})))
    assert "没有读出职权目录或者廉政风险登记的内容" in text
    assert "没有不同意见" not in text


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    text = '{ HYPERLINK "http://x" }<w:fldSimple w:instr="DDE"/>&amp;{unit}\x00\ud800\ufffe'
    row: dict[str, object] = dict.fromkeys(finding("k"), text)
    path = tmp_path / "out.docx"
    write_notice(path, text, [{**row, "状态": None, "严重程度": "错误"}], submission={"报送批次": text}, office=text)
    document = Document(str(path))
    kept = '{ HYPERLINK "http://x" }<w:fldSimple w:instr="DDE"/>&amp;{unit}'
    assert document.tables[0].cell(1, 3).text == kept
    assert kept in "\n".join(lines(document))
    assert not list(document.element.body.iter(qn("w:fldSimple"), qn("w:instrText"), qn("w:hyperlink")))


def test_the_same_findings_give_the_same_letter(tmp_path: Path) -> None:
    rows = [finding(str(n), 来源位置=f"表1 第{n}行第1列") for n in range(1, 30)]
    one, two = tmp_path / "1.docx", tmp_path / "2.docx"
    write_notice(one, UNIT, rows, submission=SUBMISSION, date=DAY)
    write_notice(two, UNIT, rows[::-1], submission=SUBMISSION, date=DAY)
    assert one.read_bytes() == two.read_bytes()
    assert "2026年6月30日" in lines(letter(tmp_path, *rows, date=None))  # the review date, where no date is given


def counted(unit: str | None, rule: str, severity: str, hits: int) -> dict[str, object]:
    return {"单位": unit, "规则": rule, "严重程度": severity, "命中数": hits}


COUNTS = [
    counted("甲局", "M10", "提示", 9),
    counted("甲局", "M03", "错误", 1),
    counted("乙局", "M03", "错误", 2),
    counted("乙局", "D02", "警告", 3),
    counted(None, "X01", "错误", 1),
]
UNITS = [{**SUBMISSION, "单位": unit} for unit in ("甲局", "乙局", "丙局")]


def test_the_overview_sets_units_against_rules_worst_first(tmp_path: Path) -> None:
    path = tmp_path / "总览.xlsx"
    write_overview(path, UNITS, COUNTS)
    book = load_workbook(path)
    assert book.sheetnames == ["各单位", "图表", "各规则", "单位与规则"]
    matrix = [[cell.value for cell in row] for row in book["单位与规则"].iter_rows(min_row=2)]
    assert matrix == [
        ["单位", "待办问题数", "M03 缺少行使依据", "X01 文件不能读取", "D02 职权名称重复", "M10 缺少监督电话"],
        ["乙局", 5, 2, None, 3, None],
        ["甲局", 10, 1, None, None, 9],
        ["未分单位", 1, None, 1, None, None],
        ["丙局", 0, None, None, None, None],
        ["合计", 16, 3, 1, 3, 9],
    ]
    units = [[cell.value for cell in row] for row in book["各单位"].iter_rows(min_row=2)]
    assert [row[0] for row in units] == ["单位", "乙局", "甲局", "未分单位", "丙局", "合计"]
    assert units[1][7:11] == [2, 3, 0, 5] and units[-1][7:11] == [4, 3, 9, 16]
    rules = [[cell.value for cell in row] for row in book["各规则"].iter_rows(min_row=3)]
    assert rules[0] == ["缺少行使依据", "M03", "错误", 3, 2]
    for page in (book["各单位"], book["各规则"], book["单位与规则"]):
        assert (page.freeze_panes, page.print_title_rows) == ("B3", "$1:$2")


def test_the_charts_show_the_numbers_of_the_sheets(tmp_path: Path) -> None:
    path = tmp_path / "总览.xlsx"
    write_overview(path, UNITS, COUNTS)
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2)]
    shown = [re.findall(r"<(?:c:)?f>([^<]+)</", chart) for chart in charts]
    assert shown[0][:3] == ["'各单位'!H2", "'各单位'!$A$3:$A$5", "'各单位'!$H$3:$H$5"]  # 丙局 has nothing to show
    assert shown[1] == ["'各规则'!D2", "'各规则'!$A$3:$A$6", "'各规则'!$D$3:$D$6"]


def test_an_overview_without_problems_says_so(tmp_path: Path) -> None:
    path = tmp_path / "总览.xlsx"
    write_overview(path, UNITS, [])
    book = load_workbook(path)
    assert all("都没有待办的问题" in all_text(book[name]) for name in ("图表", "各规则"))


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_the_overview_is_computed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "总览.xlsx"
    write_overview(path, [{**SUBMISSION, "单位": text, "状态": text}], [counted(text, text, text, 1)])
    cells = [cell for page in load_workbook(path) for row in page.iter_rows() for cell in row]
    same = [cell for cell in cells if cell.value == text]
    assert len(same) > 4
    assert all(cell.data_type in "sn" and (cell.quotePrefix or text[0] == "#") for cell in same)


def test_the_order_of_rows_does_not_change_the_overview(tmp_path: Path) -> None:
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_overview(one, UNITS, COUNTS)
    write_overview(two, UNITS[::-1], COUNTS[::-1])
    assert one.read_bytes() == two.read_bytes()


def test_what_the_office_wrote_is_not_taken_for_a_register(tmp_path: Path) -> None:
    notice, opinion, overview = (tmp_path / name for name in ("整改通知书.docx", "审查意见函.docx", "总览.xlsx"))
    write_notice(notice, UNIT, [finding(str(n)) for n in range(9)], submission=SUBMISSION, date=DAY)
    write_notice(opinion, UNIT, [], submission=SUBMISSION, date=DAY)
    write_overview(overview, UNITS, COUNTS)
    files = [SubmittedFile(path, path.name) for path in (notice, opinion, overview)]
    result = process(UNIT, files, load_vocabulary(), load_campaign(), DAY)
    assert [(reading.state, reading.records) for reading in result.files] == 3 * [(FileState.NO_REGISTER, ())]
