"""What the views say of deadlines, of units that must hand in, and of the progress by day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.campaigns.campaign import load_campaign
from pipeline.finding import Finding, Severity, Subject
from pipeline.record import FileReading, FileState, Record, Register
from pipeline.submission import Result
from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.master import Run, Warehouse, open_master
from pipeline.warehouse.staging import HandIn

NOW = dt.datetime(2026, 8, 20, 9)
CAMPAIGN = """
batch = "第一批"
registers = ["职权目录", "廉政风险"]
[deadlines]
opening = 2026-06-01
submission = 2026-07-31
mending = { working_days = 10 }
review = { days = 15, after = "arrival" }
[[units]]
name = "云溪县文化局"
parent = "云溪县人民政府"
[[units]]
name = "云溪县水利局"
registers = ["职权目录"]
deadline = 2026-08-14
[[units]]
name = "云溪县档案馆"
expected = false
"""
Rows = list[tuple[Any, ...]]


@pytest.fixture
def master(tmp_path: Path) -> Iterator[Warehouse]:
    (tmp_path / "campaign.toml").write_text(CAMPAIGN, "utf-8")
    with open_master(tmp_path / "master.duckdb", load_vocabulary(), NOW) as warehouse:
        warehouse.begin_run(Run("r1", NOW, NOW.date(), "c", "v", "p"), load_campaign(tmp_path / "campaign.toml"))
        yield warehouse


def ask(warehouse: Warehouse, sql: str) -> Rows:
    return warehouse._connection.execute(sql).fetchall()


def late(day: str) -> int:
    return max(0, (dt.date.today() - dt.date.fromisoformat(day)).days)


def hand_in(warehouse: Warehouse, unit: str, day: str, version: int, *families: str, errors: str = "") -> None:
    """A version of a unit that arrived on a day, with some registers, and one error a letter."""
    registers = {"power": Register.POWERS, "risk": Register.RISK}
    records = tuple(
        Record(registers[family], (), file=f"{family}.docx", unit=unit, key=f"{unit}{family}") for family in families
    )
    reading = FileReading("目录.docx", "abc", 1, FileState.LOADED, "docx", records=records)
    findings = tuple(
        Finding("M03", Severity.ERROR, unit, Subject.UNIT, unit, unit, "", "", "", "", None, "", "", "", letter)
        for letter in errors
    )
    received = dt.datetime.fromisoformat(f"{day}T10:00")
    arrived = HandIn(version, "r1", received, received, received.date(), "第一批")
    arrived = dataclasses.replace(arrived, returned=received.date() if errors else None)
    warehouse.load(Result(unit, (reading,), records, findings, ()), arrived, frozenset(families))


STATUS = "SELECT 单位, 状态, 期限, 逾期天数, 待报内容 FROM 报送情况 ORDER BY 单位"


def test_who_has_handed_in_nothing_is_shown_with_deadline_and_days_late(master: Warehouse) -> None:
    anything = load_vocabulary().label("outstanding.anything")
    assert anything
    assert ask(master, STATUS) == [
        ("云溪县文化局", "未报送", dt.date(2026, 7, 31), late("2026-07-31"), "职权目录、廉政风险"),
        ("云溪县档案馆", "未报送", None, None, None),
        ("云溪县水利局", "未报送", dt.date(2026, 8, 14), late("2026-08-14"), "职权目录"),
    ]
    assert ask(master, "SELECT * FROM 单位 ORDER BY 单位") == [
        ("云溪县文化局", None, "云溪县人民政府", True),
        ("云溪县档案馆", None, None, False),
        ("云溪县水利局", None, None, True),
    ]


def test_a_folder_under_an_alias_answers_and_keeps_its_name(master: Warehouse) -> None:
    hand_in(master, "县文化局", "2026-07-30", 1, "power")
    hand_in(master, "县林业局", "2026-07-30", 1, "power")
    assert ask(master, "SELECT * FROM 单位 ORDER BY 单位") == [
        ("云溪县档案馆", None, None, False),
        ("云溪县水利局", None, None, True),
        ("县文化局", "云溪县文化局", "云溪县人民政府", True),
        ("县林业局", None, None, False),
    ]
    rows = {row[0]: row for row in ask(master, STATUS)}
    assert rows["县文化局"] == ("县文化局", "已受理", dt.date(2026, 7, 31), late("2026-07-31"), "廉政风险")
    hand_in(master, "文化局", "2026-08-03", 1, "risk")  # the rest, in a folder of another name
    rows = {row[0]: row for row in ask(master, STATUS)}
    assert rows["县文化局"] == ("县文化局", "已受理", dt.date(2026, 7, 31), 3, None)
    assert rows["县林业局"] == ("县林业局", "已受理", dt.date(2026, 7, 31), 0, None)


def test_what_was_returned_has_the_deadline_for_mending_until_it_is_mended(master: Warehouse) -> None:
    hand_in(master, "云溪县水利局", "2026-08-17", 1, "power", errors="ab")
    mending = dt.date(2026, 8, 31)  # ten working days after a Monday
    sql = "SELECT 状态, 期限, 逾期天数, 待报内容, 退回日期, 审核期限 FROM 报送情况 WHERE 单位 = '云溪县水利局'"
    (row,) = ask(master, sql)
    assert row[:3] == ("待补正", mending, late("2026-08-31"))
    assert "2" in row[3] and row[4:] == (dt.date(2026, 8, 17), None)
    hand_in(master, "云溪县水利局", "2026-08-21", 2, "power")
    # Saturday, 5 September, is a day off: the office has until Monday.
    assert ask(master, sql) == [("已重报", dt.date(2026, 8, 14), 3, None, None, dt.date(2026, 9, 7))]


def test_what_came_before_the_campaign_began_counts_for_an_earlier_one(master: Warehouse) -> None:
    hand_in(master, "云溪县水利局", "2025-07-01", 1, "power")
    rows = {row[0]: row for row in ask(master, STATUS)}
    assert rows["云溪县水利局"][1:] == ("未报送", dt.date(2026, 8, 14), late("2026-08-14"), "职权目录")
    hand_in(master, "云溪县水利局", "2026-08-03", 2)  # a catalogue that did not change need not come again
    rows = {row[0]: row for row in ask(master, STATUS)}
    assert rows["云溪县水利局"][1:] == ("已重报", dt.date(2026, 8, 14), 0, None)


def test_the_progress_by_day(master: Warehouse) -> None:
    hand_in(master, "云溪县水利局", "2026-07-01", 1, "power", errors="ab")
    hand_in(master, "县文化局", "2026-07-03", 1, "power", errors="c")
    hand_in(master, "云溪县水利局", "2026-07-04", 2, "power", errors="b")
    hand_in(master, "云溪县水利局", "2026-07-05", 3, "power")
    rows = ask(master, "SELECT * FROM 进度")
    assert [str(row[0]) for row in rows] == [f"2026-07-0{day}" for day in (1, 2, 3, 4, 5)]
    # expected, handed in, without errors, submissions of the day, found, mended, open, open errors
    assert [row[1:] for row in rows] == [
        (2, 1, 0, 1, 2, 0, 2, 2),
        (2, 1, 0, 0, 0, 0, 2, 2),
        (2, 2, 0, 1, 1, 0, 3, 3),
        (2, 2, 0, 1, 0, 1, 2, 2),
        (2, 2, 1, 1, 0, 1, 1, 1),
    ]
    hand_in(master, "云溪县水利局", "2026-07-06", 4, "power", errors="a")  # the same comes back
    assert ask(master, "SELECT * FROM 进度")[-1][3:] == (0, 1, 0, 0, 2, 2)


def test_a_deadline_in_a_year_without_announced_holidays_says_so(master: Warehouse, tmp_path: Path) -> None:
    later = dt.datetime(2050, 8, 20, 9)
    (tmp_path / "later.toml").write_text(CAMPAIGN.replace("2026", "2050"), "utf-8")
    master.begin_run(Run("r2", later, later.date(), "c", "v", "p"), load_campaign(tmp_path / "later.toml"))
    hand_in(master, "云溪县水利局", "2050-08-15", 1, "power", errors="a")  # a Monday
    ((due, note),) = ask(master, "SELECT 期限, 期限说明 FROM 报送情况 WHERE 单位 = '云溪县水利局'")
    assert due == dt.date(2050, 8, 29) and "2050" in note
    assert ask(master, "SELECT DISTINCT 放假安排已知 FROM 工作日历") == [(False,)]


def test_what_a_reviewer_returned_has_the_deadline_for_mending_too(master: Warehouse) -> None:
    hand_in(master, "云溪县水利局", "2026-08-03", 1, "power")
    master._connection.execute(
        "INSERT INTO base.decisions BY NAME SELECT 1 AS number, 'unit' AS subject, '云溪县水利局' AS key, '' AS part, "
        "'return' AS decision, 1 AS version, TIMESTAMP '2026-08-17 10:00' AS decided"
    )
    sql = "SELECT 状态, 期限, 待报内容, 退回日期, 审核期限 FROM 报送情况 WHERE 单位 = '云溪县水利局'"
    ((state, due, outstanding, returned, review),) = ask(master, sql)
    assert (state, due, returned, review) == ("待补正", dt.date(2026, 8, 31), dt.date(2026, 8, 17), None)
    assert outstanding == load_vocabulary().label("outstanding.returned")
