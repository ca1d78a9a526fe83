"""The rules across units from INBOX to the views: who is told, when it goes, and that nothing is left out."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import pipeline.intake.city
import pipeline.intake.settling
from pipeline.intake.ledger import open_ledger
from pipeline.intake.rebuild import rebuild
from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.master import open_master
from pipeline.workspace import prepare
from tests.pipeline.submissions import Here, Power, catalogue, risks, rows, run

WATER, LAND, FARM = "云溪县水利局", "云溪县自然资源局", "云溪县农业农村局"
SAND = ("S1", "河道采砂许可", "行政许可")
RIVALS = "SELECT 单位, 对象名称 FROM 问题清单 WHERE 规则 = 'D05' AND 状态 = '待整改' ORDER BY ALL"
CITY = "SELECT * EXCLUDE (报送批次) FROM 问题清单 WHERE 规则 IN ('D05', 'S02') ORDER BY ALL"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "data"


def hand_in(inbox: Path, unit: str, *powers: Power) -> None:
    catalogue(inbox / unit / "职权目录.xlsx", powers)


def three_units(inbox: Path) -> None:
    hand_in(inbox, WATER, ("A1", "取水许可", "行政许可"), SAND)
    hand_in(inbox, LAND, ("B1", "采矿许可证核发", "行政许可"), ("B2", "河道采砂许可证核发", "行政许可"))
    hand_in(inbox, FARM, ("C1", "农药经营许可", "行政许可"))


def counted(workspace: Path, unit: str, rule: str = "D05") -> Sequence[tuple[Any, ...]]:
    return rows(
        workspace, f"SELECT 对象数, 命中数, 未执行原因 FROM 规则执行情况 WHERE 单位 = '{unit}' AND 规则 = '{rule}'"
    )


def test_each_claimant_is_told_and_the_rule_says_how_it_ran(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    summary = run(inbox, workspace)
    assert rows(workspace, RIVALS) == [(WATER, "河道采砂许可"), (LAND, "河道采砂许可证核发")]
    ((message, place, field),) = rows(
        workspace, f"SELECT 说明, 来源位置, 字段 FROM 问题清单 WHERE 规则 = 'D05' AND 单位 = '{WATER}'"
    )
    assert f"{LAND}“河道采砂许可证核发”" in message
    assert (place, field) == ("Sheet1!C4", "职权名称")
    assert counted(workspace, WATER) == [(2, 1, None)]
    assert counted(workspace, FARM) == [(1, 0, None)]
    assert counted(workspace, WATER, "S02") == [(0, 0, "没有可以相互比较的内容")]
    told = rows(workspace, "SELECT sum(错误数), sum(警告数), sum(提示数) FROM 报送情况")
    assert told == [(summary.errors, summary.warnings, summary.infos)]


def test_a_unit_that_hands_in_nothing_is_told_too(inbox: Path, workspace: Path) -> None:
    hand_in(inbox, WATER, SAND)
    run(inbox, workspace)
    assert rows(workspace, RIVALS) == []
    first = rows(workspace, f"SELECT 首次发现 FROM 问题清单 WHERE 单位 = '{WATER}'")
    hand_in(inbox, LAND, SAND)
    summary = run(inbox, workspace)
    assert summary.units_loaded == (LAND,)
    assert summary.units_touched == (WATER, LAND)
    assert [unit for unit, _ in rows(workspace, RIVALS)] == [WATER, LAND]
    assert counted(workspace, WATER) == [(1, 1, None)]
    assert set(first) <= set(rows(workspace, f"SELECT 首次发现 FROM 问题清单 WHERE 单位 = '{WATER}'"))


def test_it_goes_with_its_cause_and_comes_back_as_the_same(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    run(inbox, workspace)
    keys = rows(workspace, "SELECT 单位, 问题键, 首次发现 FROM 问题清单 WHERE 规则 = 'D05' ORDER BY ALL")
    hand_in(inbox, LAND, ("B1", "采矿许可证核发", "行政许可"))
    summary = run(inbox, workspace)
    assert rows(workspace, RIVALS) == []
    assert summary.units_touched == (WATER, LAND)
    assert counted(workspace, WATER) == [(2, 0, None)]
    states = rows(workspace, "SELECT DISTINCT 状态 FROM 问题清单 WHERE 规则 = 'D05'")
    assert states == [("已整改",)]
    three_units(inbox)
    run(inbox, workspace)
    assert len(rows(workspace, RIVALS)) == 2
    again = rows(workspace, "SELECT 单位, 问题键, 首次发现 FROM 问题清单 WHERE 规则 = 'D05' ORDER BY ALL")
    assert again == keys


def test_a_finding_that_names_another_claimant_is_the_same_finding(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    run(inbox, workspace)
    keys = rows(workspace, f"SELECT 问题键 FROM 问题清单 WHERE 规则 = 'D05' AND 单位 = '{WATER}'")
    hand_in(inbox, FARM, SAND)
    run(inbox, workspace)
    ((key, message),) = rows(workspace, f"SELECT 问题键, 说明 FROM 问题清单 WHERE 规则 = 'D05' AND 单位 = '{WATER}'")
    assert (key,) in keys
    assert FARM in message
    assert len(rows(workspace, RIVALS)) == 3


def test_units_loaded_one_by_one_end_as_units_loaded_at_once(inbox: Path, tmp_path: Path) -> None:
    three_units(inbox)
    run(inbox, tmp_path / "at_once")
    for unit in (FARM, LAND, WATER):
        piece = tmp_path / "pieces"
        piece.mkdir(exist_ok=True)
        (inbox / unit).rename(piece / unit)
        run(piece, tmp_path / "one_by_one")
    columns = "* EXCLUDE (首次发现, 最近发现)"
    found = [
        rows(tmp_path / name, f"SELECT {columns} FROM 问题清单 ORDER BY ALL") for name in ("at_once", "one_by_one")
    ]
    assert found[0] == found[1] != []
    ran = [rows(tmp_path / name, "SELECT * FROM 规则执行情况 ORDER BY ALL") for name in ("at_once", "one_by_one")]
    assert ran[0] == ran[1]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_killed_around_the_comparison_leaves_it_due(
    inbox: Path, workspace: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_units(inbox)
    check = pipeline.intake.settling.check_city

    def killed(*args: Any) -> tuple[str, ...]:
        if moment == "after":
            check(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.intake.settling, "check_city", killed)
    with pytest.raises(KeyboardInterrupt):
        run(inbox, workspace)
    monkeypatch.undo()
    summary = run(inbox, workspace, workers=Here())
    assert summary.units_loaded == ()
    assert len(rows(workspace, RIVALS)) == 2
    told = rows(workspace, "SELECT sum(错误数), sum(警告数), sum(提示数) FROM 报送情况")
    assert told == [(summary.errors, summary.warnings, summary.infos)]


def test_only_what_bears_a_changed_signature_is_compared(
    inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_units(inbox)
    run(inbox, workspace)
    seen: list[set[tuple[str, str]]] = []
    rivals = pipeline.intake.city.rival_claims

    def watched(claims: Any, *args: Any) -> Any:
        claims = tuple(claims)
        seen.append({(claim.unit, claim.name) for claim in claims})
        return rivals(claims, *args)

    monkeypatch.setattr(pipeline.intake.city, "rival_claims", watched)
    hand_in(inbox, FARM, ("C1", "农药经营许可", "行政许可"), ("C2", "取水许可证核发", "行政许可"))
    run(inbox, workspace)
    assert seen == [{(FARM, "农药经营许可"), (FARM, "取水许可证核发"), (WATER, "取水许可")}]


def test_a_rebuild_ends_with_the_same_findings(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    run(inbox, workspace)
    hand_in(inbox, FARM, SAND)
    run(inbox, workspace)
    columns = "* EXCLUDE (首次发现, 最近发现)"
    before = rows(workspace, f"SELECT {columns} FROM 问题清单 WHERE 状态 = '待整改' ORDER BY ALL")
    ran = rows(workspace, "SELECT * FROM 规则执行情况 ORDER BY ALL")
    rebuild(workspace, sandbox=lambda jobs: Here())
    assert rows(workspace, f"SELECT {columns} FROM 问题清单 WHERE 状态 = '待整改' ORDER BY ALL") == before
    assert rows(workspace, "SELECT * FROM 规则执行情况 ORDER BY ALL") == ran
    assert len(rows(workspace, RIVALS)) == 3


def test_a_batch_that_does_not_ask_closes_what_was_found(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    run(inbox, workspace)
    prepare(workspace).campaign.write_text('batch = "二"\nrules_off = ["D05"]\n', encoding="utf-8")
    run(inbox, workspace)
    assert rows(workspace, RIVALS) == []
    assert counted(workspace, WATER) == [(0, 0, "本批次不做这项检查")]
    assert counted(workspace, WATER, "S02") == [(0, 0, "本批次没有这项要求")]


def test_a_township_with_far_fewer_powers_than_its_like(inbox: Path, workspace: Path) -> None:
    names = [f"{what}补贴发放" for what in ("水稻", "柑橘", "油茶", "生猪", "肉牛", "鱼塘")]
    for town in ("城关镇", "白石镇", "河口镇", "青山乡", "龙潭乡"):
        powers = [(f"{n}", name, "行政给付") for n, name in enumerate(names[: 1 if town == "龙潭乡" else 6])]
        hand_in(inbox, f"{town}人民政府", *powers)
    run(inbox, workspace)
    few = "SELECT 单位, 对象类型, 严重程度 FROM 问题清单 WHERE 规则 = 'S02' AND 状态 = '待整改'"
    assert rows(workspace, few) == [("龙潭乡人民政府", "单位", "提示")]
    assert rows(workspace, RIVALS) == []
    assert counted(workspace, "白石镇人民政府", "S02") == [(1, 0, None)]
    hand_in(inbox, "龙潭乡人民政府", *((str(n), name, "行政给付") for n, name in enumerate(names)))
    run(inbox, workspace)
    assert rows(workspace, few) == []


def test_the_ledger_counts_what_other_units_changed(inbox: Path, workspace: Path) -> None:
    hand_in(inbox, WATER, SAND)
    run(inbox, workspace)
    with open_ledger(prepare(workspace).ledger) as ledger:
        before = ledger.unit(WATER).counts["warnings"]
    hand_in(inbox, LAND, SAND)
    run(inbox, workspace)
    with open_ledger(prepare(workspace).ledger) as ledger:
        assert ledger.unit(WATER).counts["warnings"] == before + 1
    shutil.rmtree(inbox / WATER)
    hand_in(inbox, LAND, ("B1", "采矿许可证核发", "行政许可"))
    run(inbox, workspace)
    with open_ledger(prepare(workspace).ledger) as ledger:
        assert ledger.unit(WATER).counts["warnings"] == before


def test_a_unit_without_any_open_finding_is_counted_too(inbox: Path, workspace: Path) -> None:
    three_units(inbox)
    run(inbox, workspace)
    with open_master(prepare(workspace).master, load_vocabulary(), dt.datetime.now()) as master:
        master._connection.execute("UPDATE base.findings SET is_open = false WHERE unit = ?", [WATER])
        counts = master.open_counts()
    assert WATER not in counts
    assert sum(counts[LAND].values()) > 0
    with open_ledger(prepare(workspace).ledger) as ledger:
        assert ledger.unit(WATER).counts["warnings"] > 0
        ledger.keep_counts(counts, {"errors": 0, "warnings": 0, "infos": 0})
        assert ledger.unit(WATER).counts["warnings"] == 0


def test_a_risk_point_is_linked_anew_when_the_catalogue_changes(inbox: Path, workspace: Path) -> None:
    hand_in(inbox, WATER, ("A1", "取水许可证核发", "行政许可"))
    risks(inbox / WATER / "风险点.xlsx", [("股长", "审批不公")], powers=["取水许可的审批"])
    linked = "SELECT r.版本, p.职权名称 FROM 风险点 r LEFT JOIN 职权目录 p USING (职权键)"
    run(inbox, workspace)
    assert rows(workspace, linked) == [(1, "取水许可证核发")]
    hand_in(inbox, WATER, ("A2", "渔业捕捞许可", "行政许可"))
    run(inbox, workspace)
    assert rows(workspace, linked) == [(1, None)]
