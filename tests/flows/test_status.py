"""``zhiquan status`` at a glance, and the settings of a workspace."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.late_units import late_units, write_late_units
from pipeline.campaigns.schedule import SettingsError, Work, load_schedule, settings_template
from pipeline.workspace import Workspace, prepare
from tests.pipeline.submissions import catalogue, run

CAMPAIGN = """
batch = "第一批"
registers = ["职权目录"]
[deadlines]
submission = {past}
[[units]]
name = "云溪县文化局"
[[units]]
name = "云溪县水利局"
parent = "云溪县人民政府"
[[units]]
name = "云溪县林业局"
deadline = {ahead}
"""


def zhiquan(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.stderr
    return result


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    today = dt.date.today()
    given = prepare(tmp_path / "data")
    given.campaign.write_text(
        CAMPAIGN.format(past=today - dt.timedelta(days=3), ahead=today + dt.timedelta(days=9)), "utf-8"
    )
    catalogue(tmp_path / "inbox" / "县文化局" / "职权目录.xlsx", [("A1", "演出审批", "行政许可")])
    catalogue(tmp_path / "inbox" / "云溪县水务局" / "职权目录.xlsx", [("A1", "取水许可", "行政许可")])
    run(tmp_path / "inbox", given.root)
    return given


def test_the_worst_comes_first_with_sums_and_what_is_outstanding(place: Workspace) -> None:
    shown = zhiquan("status", "--workspace", place.root)
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("应报 3 个单位：未报送 2 个") and lines[0].endswith("逾期 1 个")
    units = [line.split()[0] for line in lines[2:6]]
    assert (units[0], units[1]) == ("云溪县水利局", "云溪县林业局") and set(units[2:]) == {"县文化局", "云溪县水务局"}
    past = str(dt.date.today() - dt.timedelta(days=3))
    assert lines[2].split()[1:] == ["未报送", past, "3", "0", "0", "0", "职权目录"]
    assert lines[6].startswith("合计（4 个单位）")
    (unexpected,) = shown.stderr.splitlines()
    assert "云溪县水务局" in unexpected and "云溪县水利局" in unexpected
    rows = json.loads(zhiquan("status", "--workspace", place.root, "--json").stdout)
    assert [row["单位"] for row in rows] == units
    assert {"单位", "状态", "期限", "逾期天数", "待报内容", "错误数", "审核期限"} <= set(rows[0])


def test_the_weekly_report_lists_who_is_late(place: Workspace) -> None:
    assert [(row["单位"], row["上级"], row["逾期天数"], row["待报内容"]) for row in late_units(place)] == [
        ("云溪县水利局", "云溪县人民政府", 3, "职权目录")
    ]
    target = write_late_units(place, dt.date(2026, 8, 3))
    assert target == place.reports / "每周通报" / "2026-08-03.xlsx" and target.stat().st_size > 1000
    assert late_units(Workspace(place.root / "none")) == []


def test_arriving_late_is_a_finding(place: Workspace) -> None:
    found = json.loads(zhiquan("findings", "--workspace", place.root, "--rule", "V05", "--json").stdout)
    assert {row["单位"] for row in found} == {"县文化局", "云溪县水务局"}
    assert all("逾期3天" in row["说明"] for row in found)


def test_init_writes_the_commented_settings(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "data")
    zhiquan("init", "--workspace", place.root)
    assert place.settings.read_text("utf-8") == settings_template()
    settings = load_schedule(place.settings)
    assert settings == load_schedule(tmp_path / "none")
    assert (settings.inbox, settings.watched, settings.port) == (None, True, 0)
    assert all(settings.crons[work] for work in Work)
    place.settings.write_text('inbox = "../收件"\n[schedules]\nsweep = ""', "utf-8")
    given = load_schedule(place.settings)
    assert (given.inbox, given.crons[Work.SWEEP]) == (place.root / "../收件", "")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("time_zone = 'Beijing'", 1, "time_zone", "Asia/Shanghai"),
        ("[schedules]\nsweep = 'hourly'", 2, "schedules.sweep", "五段"),
        ("[schedules]\nsweep = '99 * * * *'", 2, "schedules.sweep", "五段"),
        ("[schedules]\nweekly = '0 8 * * MON-'", 2, "schedules.weekly", "五段"),
        ("[schedules]\nweekly = '*/0 8 * * 1,'", 2, "schedules.weekly", "五段"),
        ("[schedules]\nhourly = '0 * * * *'", 2, "schedules.hourly", "weekly"),
        ("[watch]\nstill_seconds = -1", 2, "watch.still_seconds", "整数"),
        ("[page]\nport = 70000", 2, "page.port", "整数"),
        ("inbox = 5", 1, "inbox", "文字"),
        ("inbox = ", 1, "", "写法有误"),
    ],
)
def test_a_mistake_in_the_settings_names_file_line_and_key(
    text: str, line: int, key: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_schedule(path)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert str(path) in str(caught.value) and says in str(caught.value) and "设置文件" in str(caught.value)
    refused = CliRunner().invoke(app, ["serve", str(tmp_path), "--workspace", str(tmp_path)])
    assert refused.exit_code == 2
