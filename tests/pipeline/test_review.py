"""A new day alone is no reason for another check; a day on which the law changes is, for the units that cite it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pipeline.intake.taking_in
from pipeline.intake.run import RunSummary
from pipeline.intake.taking_in import open_intake
from pipeline.law.statute import Change, Level, Repeal, Statute, Version
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.validity import next_change
from tests.pipeline.submissions import Here, catalogue, rows

CITING, OTHER = "云溪县文化局", "云溪县水利局"
LAW = "law-云溪管理法"


def statute(**more: Any) -> Statute:
    version = Version(dt.date(2020, 1, 1), dt.date(2020, 6, 1), True, Change.ADOPTED, structure="1 1 1", last=3)
    facts = {"vouched": dt.date(2026, 1, 1), "founded": True, "own": True, **more}
    return Statute(LAW, "云溪管理法", Level.LAW, versions=(version,), **facts)


@pytest.fixture
def repealed_in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library knows a law that ends on 1 May 2026."""
    library = StatuteLibrary(own=[statute(repeal=Repeal(since=dt.date(2026, 5, 1)))])
    monkeypatch.setattr("pipeline.law.workspace_library.library_of", lambda workspace: library)


def on_day(day: str, inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> RunSummary:
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls.fromisoformat(f"{day}T08:00:00")

    monkeypatch.setattr(pipeline.intake.taking_in, "dt", SimpleNamespace(datetime=Clock))
    here = Here()
    with open_intake(inbox, workspace, jobs=1, sandbox=lambda jobs: here, **more) as intake:
        intake.read_all()
        for files in intake.stale_units():
            intake.load(files)
        if intake.publish_due:
            intake.publish()
        assert not (here.read and day > "2026-03-01"), "nothing is read again"
        return intake.summary()


def test_a_law_that_ends_today_makes_new_findings_today_and_only_where_it_is_cited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repealed_in_may: None
) -> None:
    inbox, workspace = tmp_path / "inbox", tmp_path / "data"
    catalogue(inbox / CITING / "职权目录.xlsx", [("A1", "演出审批", "行政许可")], basis="《云溪管理法》第二条")
    catalogue(inbox / OTHER / "职权目录.xlsx", [("A1", "取水许可", "行政许可")], basis="根据有关规定")
    verdict = f"SELECT 核验结论, 核验日期 FROM 法律依据 WHERE 单位 = '{CITING}'"
    assert on_day("2026-03-01", inbox, workspace, monkeypatch).units_loaded == (CITING, OTHER)
    assert rows(workspace, verdict) == [("有效", dt.date(2026, 3, 1))]
    for day in ("2026-03-02", "2026-04-30"):
        assert not on_day(day, inbox, workspace, monkeypatch).worked
    assert on_day("2026-05-01", inbox, workspace, monkeypatch).units_loaded == (CITING,)
    assert rows(workspace, verdict) == [("已废止", dt.date(2026, 5, 1))]
    assert rows(workspace, f"SELECT 状态 FROM 问题清单 WHERE 规则 = 'L03' AND 单位 = '{CITING}'") == [("待整改",)]


def test_units_whose_files_were_taken_away_are_looked_at_on_request_and_stand_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repealed_in_may: None
) -> None:
    inbox, workspace = tmp_path / "inbox", tmp_path / "data"
    file = inbox / CITING / "职权目录.xlsx"
    catalogue(file, [("A1", "演出审批", "行政许可")], basis="《云溪管理法》第二条")
    (inbox / CITING / "附件.docx").write_bytes(b"PK\x03\x04 cut off")
    given = file.read_bytes()
    on_day("2026-03-01", inbox, workspace, monkeypatch)
    sources = "SELECT 文件名, 状态 FROM 来源文件 ORDER BY ALL"
    before = rows(workspace, sources)
    file.unlink()
    (inbox / CITING / "附件.docx").unlink()
    assert not on_day("2026-05-02", inbox, workspace, monkeypatch).worked, "absence says nothing"
    assert on_day("2026-05-02", inbox, workspace, monkeypatch, everyone=True).units_loaded == (CITING,)
    assert rows(workspace, "SELECT 核验结论 FROM 法律依据") == [("已废止",)]
    assert rows(workspace, sources) == before
    assert rows(workspace, "SELECT 版本, 隔离文件数 FROM 报送情况") == [(1, 1)]
    file.write_bytes(given)
    (inbox / CITING / "附件.docx").write_bytes(b"PK\x03\x04 cut off")
    again = on_day("2026-05-02", inbox, workspace, monkeypatch)
    assert (again.worked, again.quarantined, again.unchanged) == (False, 1, 2)


def test_the_next_change_is_early_rather_than_late() -> None:
    library = StatuteLibrary(own=[statute(repeal=Repeal(since=dt.date(2026, 5, 1)))])
    cited = [(LAW, "云溪管理法")]
    assert next_change(cited, library, (), dt.date(2020, 5, 31)) == dt.date(2020, 6, 1)
    assert next_change(cited, library, (), dt.date(2026, 4, 30)) == dt.date(2026, 5, 1)
    assert next_change(cited, library, (), dt.date(2040, 1, 1)) is None
    assert next_change([("", "从来没有的办法")], library, (), dt.date(2026, 1, 1)) is None
    assert next_change([("", "云溪管理法")], library, (), dt.date(2026, 4, 30)) == dt.date(2026, 5, 1)
