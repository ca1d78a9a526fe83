"""The workbook that goes back to a unit, and the one way to write rows to a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import TextBlock

from pipeline.campaigns.campaign import load_campaign
from pipeline.record import FINDINGS_WORKBOOK, FileState
from pipeline.reports.spreadsheet import write_csv, write_xlsx
from pipeline.reports.workbook import write_findings_workbook
from pipeline.submission import SubmittedFile, process
from pipeline.vocabulary import load_vocabulary

FORMULAS = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1", "\r=1+1", "#N/A"]
SUBMISSION = {
    "报送批次": "2026年度",
    "版本": 2,
    "报送时间": dt.datetime(2026, 3, 20, 9, 30),
    "核查基准日": dt.date(2026, 6, 30),
    "期限": dt.date(2026, 7, 31),
}


def finding(key: str, **values: object) -> dict[str, object]:
    """A row of 问题清单."""
    row: dict[str, object] = {
        "问题键": key,
        "规则": "M03",
        "严重程度": "错误",
        "单位": "市水利局",
        "对象类型": "职权",
        "对象名称": "取水许可",
        "字段": "行使依据",
        "来源文件": "目录.docx",
        "来源位置": "表1 第2行第5列",
        "原文": None,
        "说明": "“取水许可”没有填写行使依据。",
        "整改建议": "请填写。",
        "规则依据": "宁城监〔2009〕35号",
        "状态": "待整改",
        "审核意见": None,
    }
    return {**row, **values}


def written(tmp_path: Path, *findings: Mapping[str, object], **facts: Any) -> Any:
    path = tmp_path / "整改清单.xlsx"
    write_findings_workbook(path, "市水利局", findings, **facts)
    return load_workbook(path)


def column(page: Any, heading: str) -> list[object]:
    number = next(cell.column for cell in page[1] if cell.value == heading)
    return [page.cell(row, number).value for row in range(2, page.max_row + 1)]


def all_text(page: Any) -> str:
    return "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)


def test_the_list_is_sorted_by_gravity_then_file_then_place(tmp_path: Path) -> None:
    places = ["表10 第1行第1列", "表2 第10行第1列", "表2 第9行第12列", "表2 第9行第2列", ""]
    rows = [
        finding("hint", 严重程度="提示", 来源文件="甲.docx"),
        finding("warning", 严重程度="警告", 来源文件="甲.docx"),
        finding("later file", 来源文件="目录.xlsx", 来源位置="登记表!B2"),
        *(finding(place or "whole", 来源位置=place or None) for place in places),
    ]
    listed = written(tmp_path, *rows)["整改清单"]
    assert column(listed, "问题键") == ["whole", *reversed(places[:-1]), "later file", "warning", "hint"]
    assert column(listed, "序号") == list(range(1, 9))
    assert column(listed, "来源位置")[0] == "整个文件"


def test_the_list_is_good_to_work_with(tmp_path: Path) -> None:
    row = finding("k1", 来源位置="第3页 表1 第5行第3列 [1,2.5,3,4]", 原文="依" * 900, 审核意见="请核实")
    page = written(tmp_path, row, finding("k2"))["整改清单"]
    headings = "序号 严重程度 规则标题 对象 字段 来源文件 来源位置 原文 问题说明 整改建议 依据 单位答复 审核意见 问题键"
    assert [cell.value for cell in page[1]] == headings.split()
    assert [column(page, name)[1] for name in ("规则标题", "来源位置", "审核意见")] == [
        "缺少行使依据",
        "第3页 表1 第5行第3列",
        "请核实",
    ]
    assert str(column(page, "原文")[1]).startswith("依" * 200)
    assert len(str(column(page, "原文")[1])) < 300
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A2", "A1:N3", "$1:$1")
    assert (page.page_setup.orientation, int(page.page_setup.paperSize), page.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert [page.column_dimensions[letter].hidden for letter in "AMN"] == [False, False, True]
    assert all(cell.alignment.wrap_text for cell in page[2])
    choices = page.data_validations.dataValidation
    assert [(str(choice.sqref), choice.type, choice.showErrorMessage) for choice in choices] == [
        ("L2:L3", "list", False),
        ("M2:M3", "list", False),
    ]
    assert ["已整改" in choices[0].formula1, "予以豁免" in choices[1].formula1] == [True, True]
    assert all(len(choice.formula1) < 256 for choice in choices)  # longer, and Excel calls the file damaged


@pytest.mark.parametrize(
    ("quote", "span"),
    [
        ("《水法》第一百条、《防洪法》第八条", (0, 8)),
        ("=《水法》第一百条", (1, 9)),
        ("《水法》第一百条", None),
        ("依据" * 300 + "《水法》第一百条" + "等" * 300, (600, 608)),
    ],
)
def test_the_part_at_fault_is_marked_in_the_quote(tmp_path: Path, quote: str, span: tuple[int, int] | None) -> None:
    start, end = span or (None, None)
    path = tmp_path / "整改清单.xlsx"
    write_findings_workbook(path, "市水利局", [finding("1", 原文=quote, 起=start, 止=end)])
    page = load_workbook(path, rich_text=True).worksheets[0]
    (cell,) = [page.cell(2, each.column) for each in page[1] if each.value == "原文"]
    marked = [str(part) for part in cell.value if isinstance(part, TextBlock)] if span else []
    assert marked == ([quote[slice(*span)]] if span else [])
    assert cell.data_type == "s"
    assert len(str(cell.value)) <= 320


def test_the_guide_counts_what_the_list_shows(tmp_path: Path) -> None:
    rows = [finding("a"), finding("b"), finding("c", 规则="M10", 严重程度="提示"), finding("d", 状态="已整改")]
    book = written(tmp_path, *rows, submission=SUBMISSION)
    assert len(column(book["整改清单"], "问题键")) == 3
    shown = [[cell.value for cell in row if cell.value is not None] for row in book["说明"].iter_rows()]
    for line in (
        ["单位", "市水利局"],
        ["报送批次", "2026年度"],
        ["期限", "2026年7月31日"],
        ["错误", "须整改，整改后重新报送。", 2],
        ["警告", "请整改；不需整改的，请说明理由。", 0],
        ["合计", 3],
        ["M03", "缺少行使依据", "错误", 2],
        ["M10", "缺少监督电话", "提示", 1],
    ):
        assert line in shown
    text = all_text(book["说明"])
    assert "2026年7月31日前重新报送" in text
    assert "另有1个" in text


def test_a_clean_unit_is_told_so(tmp_path: Path) -> None:
    book = written(tmp_path, finding("old", 状态="已整改"), submission=SUBMISSION)
    assert all("未发现问题" in all_text(page) for page in book)
    assert "取水许可" not in all_text(book["整改清单"])


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_the_workbook_is_computed(tmp_path: Path, text: str) -> None:
    row = {name: text for name in finding("k") if name not in ("状态", "严重程度")}
    path = tmp_path / "out.xlsx"
    write_findings_workbook(path, text, [{**row, "严重程度": text, "状态": None}], submission={"报送批次": text})
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if re.search(rb"<f[ >]", archive.read(name))]
    cells = [cell for page in load_workbook(path) for row in page.iter_rows() for cell in row]
    same = [cell for cell in cells if cell.value == text]
    assert len(same) > 8
    assert all(cell.data_type in "sn" and (cell.quotePrefix or text[0] == "#") for cell in same)


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [finding(str(n), 来源位置=f"表1 第{n}行第1列") for n in range(1, 30)]
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_findings_workbook(one, "市水利局", rows, submission=SUBMISSION)
    write_findings_workbook(two, "市水利局", rows[::-1], submission=SUBMISSION)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.xlsx", "2.xlsx"]


def test_a_returned_workbook_is_not_taken_for_a_register(tmp_path: Path) -> None:
    path = tmp_path / "整改清单.xlsx"
    write_findings_workbook(path, "市水利局", [finding(str(n)) for n in range(9)], submission=SUBMISSION)
    file = SubmittedFile(path, path.name)
    result = process("市水利局", [file], load_vocabulary(), load_campaign(), dt.date(2026, 6, 30))
    (reading,) = result.files
    assert (reading.state, reading.reason, reading.records) == (FileState.NO_REGISTER, FINDINGS_WORKBOOK, ())
    assert {found.code for found in result.findings if found.file} == set()


VALUES: list[object] = [
    None, 7, -1.5, True, Decimal("2.50"), dt.date(2026, 6, 30), dt.datetime(2026, 6, 30, 9, 5), "−", "-", "001", "",
    12345678901234567890, float("nan"), dt.date(1899, 1, 1), ["甲", 1], {"备注": "乙"}, "a\x00b\x0bc\ud800", "x_x0041_",
]  # fmt: skip


def test_rows_keep_their_sorts_of_values_in_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    write_xlsx(path, [f"列{n}" for n in range(len(VALUES))], [VALUES])
    page = load_workbook(path).worksheets[0]
    assert [cell.value for cell in page[2]] == [
        None, 7, -1.5, True, 2.5, dt.datetime(2026, 6, 30), dt.datetime(2026, 6, 30, 9, 5), "−", "-", "001", None,
        "12345678901234567890", "nan", "1899-01-01", '["甲", 1]', '{"备注": "乙"}', "abc", "x_x005F_x0041_",
    ]  # fmt: skip
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:R2")


def test_rows_keep_their_sorts_of_values_in_csv() -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["列", "=列"], [[value, -3] for value in VALUES])
    heading, *rows = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert heading == ["列", "'=列"]
    assert [first for first, _ in rows] == [
        "", "7", "-1.5", "true", "2.50", "2026-06-30", "2026-06-30 09:05:00", "−", "-", "001", "",
        "12345678901234567890", "nan", "1899-01-01", '["甲", 1]', '{"备注": "乙"}', "abc", "x_x0041_",
    ]  # fmt: skip
    assert {second for _, second in rows} == {"-3"}


@given(st.text(max_size=12) | st.sampled_from(FORMULAS) | st.sampled_from([" =1+1", "\n=1+1", "＝1+1", "-12"]))
def test_no_text_becomes_a_formula(text: str) -> None:
    stream, book = io.StringIO(newline=""), io.BytesIO()
    write_csv(stream, [text], [[text]])
    write_xlsx(book, [text], [[text]])
    for line in csv.reader(io.StringIO(stream.getvalue(), newline="")):
        for value in line:
            assert not re.match(r"\s*[=+\-@＝＋－＠].", value, re.DOTALL)
    for row in load_workbook(book).worksheets[0].iter_rows():
        for cell in row:
            assert isinstance(cell, Cell)
            assert cell.data_type in ("s", "n")


@pytest.mark.parametrize("rows", [[["a"]], [["a", "b", "c"]]])
def test_a_row_of_another_width_is_refused(rows: list[list[object]]) -> None:
    with pytest.raises(ValueError, match="row 1 has"):
        write_xlsx(io.BytesIO(), ["甲", "乙"], rows)
    with pytest.raises(ValueError, match="row 1 has"):
        write_csv(io.StringIO(), ["甲", "乙"], rows)


def test_a_text_longer_than_a_cell_is_cut_visibly(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "long.xlsx", ["文"], [["长" * 40_000], ["𠀀" * 20_000]])
    cut, wide = (row[0].value for row in load_workbook(tmp_path / "long.xlsx").worksheets[0].iter_rows(min_row=2))
    assert cut == "长" * 32_766 + "…"
    assert wide == "𠀀" * 16_383 + "…"
