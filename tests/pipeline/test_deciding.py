"""Decisions: kept at once, shown at once, told row by row when they are not; they outlive whatever is done again."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import pipeline.intake.run
from extractors import open_document
from flows.reporting import write_reports
from pipeline.intake.deciding import Outcome, Request, decide, publish_decisions
from pipeline.intake.rebuild import rebuild
from pipeline.review.returned_workbook import NotTheWorkbook, returned_rows
from pipeline.review.store import open_decisions
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable, prepare, writing
from tests.builders import Sheet, Text, draw, grid
from tests.pipeline.submissions import Here, Power, catalogue, everything, rows, run

UNIT = "云溪县文化局"
POWERS: list[Power] = [("A1", "营业性演出审批", "行政许可"), ("A2", "文物修缮审批", ""), ("A3", "娱乐场所许可", "")]
STATES = "SELECT 对象名称, 状态, 审核意见, 审核人 FROM 问题清单 WHERE 规则 = 'M02' ORDER BY ALL"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    catalogue(tmp_path / "inbox" / UNIT / "职权目录.docx", POWERS)
    return tmp_path / "inbox"


@pytest.fixture
def workspace(tmp_path: Path, inbox: Path) -> Path:
    run(inbox, tmp_path / "data")
    return tmp_path / "data"


def decided(workspace: Path, *requests: Request, reviewer: str = "李某") -> Outcome:
    return decide(workspace, requests, reviewer, sandbox=lambda jobs: Here())


def finding(workspace: Path, name: str, rule: str = "M02") -> str:
    ((key,),) = rows(workspace, f"SELECT 问题键 FROM 问题清单 WHERE 规则 = '{rule}' AND 对象名称 = '{name}'")
    return str(key)


def power(workspace: Path, name: str) -> str:
    ((key,),) = rows(workspace, f"SELECT 职权键 FROM 职权目录 WHERE 职权名称 = '{name}'")
    return str(key)


def waived(workspace: Path) -> Outcome:
    return decided(workspace, Request(finding(workspace, "文物修缮审批"), "豁免", "类别由省厅统一"))


WAIVED = [
    ("娱乐场所许可", "待整改", None, None),
    ("文物修缮审批", "已豁免", "类别由省厅统一", "李某"),
]


def test_a_decision_is_seen_at_once_and_counts_no_more(workspace: Path) -> None:
    before = rows(workspace, "SELECT 错误数 FROM 报送情况")
    outcome = waived(workspace)
    assert (len(outcome.kept), outcome.refused, outcome.published) == (1, (), True)
    assert rows(workspace, STATES) == WAIVED
    assert rows(workspace, "SELECT 错误数 FROM 报送情况") == [(before[0][0] - 1,)]
    assert rows(workspace, "SELECT 决定, 审核人, 效力 FROM 审核记录") == [("已豁免", "李某", "有效")]
    assert len(list((workspace / "snapshots").iterdir())) == 1, "a decision is no run"


def test_decisions_outlive_reruns_other_words_other_rows_and_another_format(
    inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waived(workspace)
    decided(workspace, Request(power(workspace, "营业性演出审批"), "确认"))
    keys = set(rows(workspace, "SELECT 问题键, 状态 FROM 问题清单"))
    assert not run(inbox, workspace).worked
    words = dataclasses.replace(load_vocabulary(), digest="other words")
    monkeypatch.setattr(pipeline.intake.run, "load_vocabulary", lambda: words)
    assert run(inbox, workspace).worked
    assert set(rows(workspace, "SELECT 问题键, 状态 FROM 问题清单")) == keys
    for name in ("职权目录.xlsx", "定稿.pdf", "定稿.docx"):
        for path in (inbox / UNIT).iterdir():
            path.unlink()
        extra = [("A0", "艺术品经营许可", "行政许可")] if name == "定稿.docx" else []
        catalogue(inbox / UNIT / name, [*extra, *reversed(POWERS)])
        assert run(inbox, workspace).worked
        assert rows(workspace, STATES) == WAIVED, name
        assert set(rows(workspace, "SELECT 问题键, 状态 FROM 问题清单 WHERE 规则 <> 'V03'")) == keys, name
        assert rows(workspace, "SELECT 职权名称 FROM 职权目录 WHERE 审核结论 = '确认'") == [("营业性演出审批",)]
    before = everything(workspace)
    rebuild(workspace, sandbox=lambda jobs: Here())
    assert everything(workspace) == before


def test_while_another_writes_a_decision_is_kept_and_the_writer_shows_it(inbox: Path, workspace: Path) -> None:
    with writing(prepare(workspace)):
        outcome = waived(workspace)
    assert (len(outcome.kept), outcome.published) == (1, False)
    assert rows(workspace, STATES)[1][1] == "待整改"
    assert run(inbox, workspace).worked is False
    assert rows(workspace, STATES) == WAIVED, "the next run publishes what was decided"
    assert publish_decisions(prepare(workspace))


def test_a_decision_of_the_moment_before_publishing_is_taken_along(
    inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.intake import settling

    join, catalogued = settling.join_decisions, list(POWERS)

    def late(*args: Any, **more: Any) -> int:
        assert not waived(workspace).published
        return join(*args, **more)

    monkeypatch.setattr(settling, "join_decisions", late)
    monkeypatch.setattr("pipeline.intake.deciding._WAIT_SECONDS", 0.0)
    catalogue(inbox / UNIT / "职权目录.docx", [*catalogued, ("A4", "艺术品经营许可", "行政许可")])
    run(inbox, workspace)
    assert ("文物修缮审批", "已豁免", "类别由省厅统一", "李某") in rows(workspace, STATES)


def test_requests_that_cannot_be_kept_are_refused_one_by_one(workspace: Path) -> None:
    good, key = finding(workspace, "文物修缮审批"), power(workspace, "文物修缮审批")
    outcome = decided(
        workspace,
        Request("0000", "豁免", "x"),
        Request(good, "豁免"),
        Request(good, "好的"),
        Request(key, "豁免", "x"),
        Request(key, "拆分"),
        Request(key, "合并"),
        Request(key, "合并", "", power(workspace, "娱乐场所许可")),
        Request(key, "撤销"),
        Request(UNIT, "审核通过"),
        Request(good, "已说明", "另文说明"),
    )
    assert [each.decision for each in outcome.kept] == ["explain"]
    assert len(outcome.refused) == 9
    assert all(each.reason and "{" not in each.reason for each in outcome.refused)
    assert "已说明、已豁免" in outcome.refused[2].reason
    assert rows(workspace, STATES)[1][1] == "已说明"


def test_a_later_decision_takes_the_place_of_an_earlier_one_and_can_be_revoked(workspace: Path) -> None:
    waived(workspace)
    key = finding(workspace, "文物修缮审批")
    assert waived(workspace).kept == (), "said twice is said once"
    decided(workspace, Request(key, "退回，继续整改"), reviewer="王某")
    assert rows(workspace, STATES)[1] == ("文物修缮审批", "待整改", "退回", "王某")
    decided(workspace, Request(key, "撤销"))
    assert rows(workspace, STATES)[1] == ("文物修缮审批", "待整改", None, None)
    assert [row[0] for row in rows(workspace, "SELECT 效力 FROM 审核记录 ORDER BY 记录号")] == ["已撤销"] * 3


def test_all_powers_confirmed_is_passed_and_a_change_undoes_it(inbox: Path, workspace: Path) -> None:
    catalogue(inbox / UNIT / "职权目录.docx", [(code, name, "行政许可") for code, name, _ in POWERS])
    run(inbox, workspace)
    keys = [key for (key,) in rows(workspace, "SELECT 职权键 FROM 职权目录")]
    errors = rows(workspace, "SELECT 问题键 FROM 问题清单 WHERE 严重程度 = '错误' AND 状态 = '待整改'")
    decided(workspace, *(Request(key, "豁免", "本批次不要求") for (key,) in errors))
    assert rows(workspace, "SELECT 状态 FROM 报送情况") == [("已重报",)]
    decided(workspace, *(Request(key, "确认") for key in keys))
    assert rows(workspace, "SELECT 状态 FROM 报送情况") == [("审核通过",)]
    catalogue(
        inbox / UNIT / "职权目录.docx",
        [("A1", "营业性演出许可", "行政许可"), *((c, n, "行政许可") for c, n, _ in POWERS[1:])],
    )
    run(inbox, workspace)
    assert rows(workspace, "SELECT 状态 FROM 报送情况") == [("已重报",)]
    assert rows(workspace, "SELECT 职权名称 FROM 职权目录 WHERE 审核结论 IS NULL") == [("营业性演出许可",)]
    assert rows(workspace, "SELECT DISTINCT 效力, 对象名称 FROM 审核记录 WHERE 效力 = '已失效'") == [
        ("已失效", "营业性演出许可")
    ]


def workbook_of(workspace: Path) -> Path:
    (written,) = write_reports(Workspace(workspace), [UNIT])
    return written.findings


def fill(path: Path, change: Any) -> None:
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)


def columns(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[1]}


def requests_of(path: Path) -> list[Request]:
    read = returned_rows(open_document(path, path.name), load_vocabulary())
    return [Request(each.key, each.decision, each.comment, "", each.answer, f"第{each.row}行") for each in read]


def test_the_workbook_comes_back_sorted_cut_and_filled_in(workspace: Path) -> None:
    path = workbook_of(workspace)
    told: dict[str, tuple[str, str]] = {}

    def change(page: Any) -> None:
        at = columns(page)
        lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
        assert len(lines) > 3
        kept = list(reversed(lines[1:]))
        page.delete_rows(2, page.max_row)
        page.insert_rows(1)
        page.cell(1, 1, "市局审核稿")
        texts = ["予以豁免：编码待全市统一", "说明理由成立", "没问题", "退回，继续整改"]
        for number, line in enumerate(kept, 3):
            text = texts[number - 3] if number - 3 < len(texts) else ""
            line[at["审核意见"] - 1] = text or None
            line[at["单位答复"] - 1] = "不需整改：以省厅目录为准" if number == 4 else None
            if number == 6:
                line[at["问题键"] - 1] = "edited"
            for column, value in enumerate(line, 1):
                page.cell(number, column, value)
            told[str(line[at["问题键"] - 1])] = (text, f"第{number}行")
        page.row_dimensions[4].hidden = True

    fill(path, change)
    keys = list(told)
    outcome = decided(workspace, *requests_of(path))
    assert {(each.key, each.decision, each.comment) for each in outcome.kept} == {
        (keys[0], "waive", "编码待全市统一"),
        (keys[1], "explain", ""),
        (keys[1], "answer", "不需整改：以省厅目录为准"),
    }
    assert [(each.request.source, each.request.key) for each in outcome.refused] == [
        ("第5行", keys[2]),
        ("第6行", "edited"),
    ]
    assert rows(workspace, f"SELECT 状态, 单位答复 FROM 问题清单 WHERE 问题键 = '{keys[1]}'") == [
        ("已说明", "不需整改：以省厅目录为准")
    ]
    assert decided(workspace, *requests_of(path)).kept == (), "read in twice it says nothing new"


def test_a_finding_that_was_sent_back_is_listed_with_the_decision(workspace: Path) -> None:
    key = finding(workspace, "文物修缮审批")
    decided(workspace, Request(key, "退回", "请补齐"))
    path = workbook_of(workspace)
    assert [(each.decision, each.comment) for each in requests_of(path) if each.key == key] == [("退回", "请补齐")]
    assert decided(workspace, *requests_of(path)).kept == ()


def test_another_workbook_is_not_the_findings(tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    draw(path, (Sheet((Text("目录", "title"), grid([["职权名称"], ["许可"]]))),))
    with pytest.raises(NotTheWorkbook):
        returned_rows(open_document(path, path.name), load_vocabulary())


KILLED = """
import os, signal, sys
from pathlib import Path
import pipeline.intake.settling, pipeline.warehouse.publish
from pipeline.intake.deciding import Request, decide

def die(*args, **values):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(*{"joining": (pipeline.intake.settling, "join_decisions", die),
          "copying": (pipeline.warehouse.publish, "move_into_place", die)}[sys.argv[3]])
decide(Path(sys.argv[1]), [Request(sys.argv[2], "豁免", "类别由省厅统一")], "李某")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize("moment", ["joining", "copying"])
def test_killed_while_publishing_a_decision_is_not_lost(inbox: Path, workspace: Path, moment: str) -> None:
    root = str(Path(__file__).parents[2])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(workspace), finding(workspace, "文物修缮审批"), moment],
        env={**os.environ, "PYTHONPATH": root}, cwd=root, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert rows(workspace, STATES)[1][1] == "待整改"
    run(inbox, workspace)
    assert rows(workspace, STATES) == WAIVED


def test_a_damaged_or_newer_store_is_refused_and_stays(inbox: Path, workspace: Path) -> None:
    waived(workspace)
    path = workspace / "decisions.sqlite"
    whole = path.read_bytes()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(WorkspaceUnusable, match="decisions"):
        run(inbox, workspace)
    path.write_bytes(whole)
    with open_decisions(path) as store:
        store._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceUnusable, match="99"):
        run(inbox, workspace)
