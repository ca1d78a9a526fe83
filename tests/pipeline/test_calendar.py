"""The campaign's calendar: working days, deadlines of the stages, and which folder answers for which unit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.campaigns.campaign import Campaign, CampaignError, load_campaign
from pipeline.campaigns.expected import short_forms
from pipeline.campaigns.working_days import WorkingDays


def campaign(folder: Path, text: str) -> Campaign:
    path = folder / "campaign.toml"
    path.write_text(f'batch = "第一批"\n{text}', "utf-8")
    return load_campaign(path)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-09-24", 1, "2026-09-28"),  # the Mid-Autumn holiday is the 25th to the 27th
        ("2026-09-30", 1, "2026-10-08"),  # National Day
        ("2026-09-30", 3, "2026-10-10"),  # Saturday the 10th is worked in exchange
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-07-31", 10, "2026-08-14"),
        ("2026-08-01", 1, "2026-08-03"),  # counting from a Saturday
        ("2026-08-01", 0, "2026-08-03"),
        ("2026-08-03", 0, "2026-08-03"),
    ],
)
def test_working_days_are_counted_by_the_calendar_of_the_state_council(start: str, count: int, last: str) -> None:
    assert WorkingDays().after(dt.date.fromisoformat(start), count) == dt.date.fromisoformat(last)


def test_a_year_that_is_not_announced_has_weekends_only_and_says_so() -> None:
    plain = WorkingDays()
    new_year = dt.date(2050, 1, 3)  # a Monday
    assert plain.is_working(new_year) and not plain.is_working(dt.date(2050, 1, 1)) and not plain.known(2050)
    told = WorkingDays(frozenset({new_year}), frozenset({dt.date(2050, 1, 8)}), frozenset({2050}))
    assert not told.is_working(new_year) and told.is_working(dt.date(2050, 1, 8)) and told.known(2050)
    assert plain.known(2026) and plain.known(2004) and not plain.known(2003)


def test_what_the_campaign_says_goes_before_the_calendar() -> None:
    local = WorkingDays(holidays=frozenset({dt.date(2026, 8, 3)}), working=frozenset({dt.date(2026, 8, 8)}))
    assert local.after(dt.date(2026, 7, 31), 1) == dt.date(2026, 8, 4)
    assert local.after(dt.date(2026, 8, 7), 1) == dt.date(2026, 8, 8)


def test_stages_are_dates_or_days_after_something(tmp_path: Path) -> None:
    found = campaign(
        tmp_path,
        "[deadlines]\nopening = 2026-06-01\nsubmission = { working_days = 10, after = 'opening' }\n"
        "mending = { days = 5 }\nreview = { working_days = 3, after = 'mending' }\n",
    ).deadlines
    assert found.submission_day() == dt.date(2026, 6, 15)
    assert found.mending_day(dt.date(2026, 6, 15)) == dt.date(2026, 6, 22)  # the 20th is a Saturday, the 19th a holiday
    assert found.mending_day(None) is None
    assert found.counts_working_days
    fixed = campaign(
        tmp_path, "[deadlines]\nsubmission = 2026-07-31\nmending = { working_days = 5, after = 'submission' }"
    )
    assert fixed.deadlines.mending_day(None) == dt.date(2026, 8, 7)
    assert fixed.deadlines.mending_day(None, dt.date(2026, 8, 7)) == dt.date(2026, 8, 14)
    assert campaign(tmp_path, "").deadlines.submission_day() is None


UNITS = """
registers = ["职权目录", "廉政风险"]
[deadlines]
submission = 2026-07-31
[[units]]
name = "云溪县文化局"
aliases = ["文广新局"]
parent = "云溪县人民政府"
[[units]]
name = "云溪县水利局"
registers = ["职权目录"]
deadline = 2026-08-14
[[units]]
name = "云溪市水利局"
expected = false
"""


def test_a_folder_is_known_by_name_alias_or_a_short_form_that_is_nobody_elses(tmp_path: Path) -> None:
    read = campaign(tmp_path, UNITS)
    known = {name: unit.name for name in ("云溪县文化局", "文广新局", "县文化局", "文化局", "县水利局", "市水利局")
             if (unit := read.expected.of(name))}  # fmt: skip
    assert known == {
        "云溪县文化局": "云溪县文化局", "文广新局": "云溪县文化局", "县文化局": "云溪县文化局",
        "文化局": "云溪县文化局", "县水利局": "云溪县水利局", "市水利局": "云溪市水利局",
    }  # fmt: skip
    assert read.expected.of("水利局") is None, "two units could be meant"
    assert read.expected.of("文溪县文化局") is None
    culture, water, _ = read.expected.units
    assert (culture.registers, water.registers) == (("power", "risk"), ("power",))
    assert (read.submission_day("文化局"), read.submission_day("县水利局"), read.submission_day("林业局")) == (
        dt.date(2026, 7, 31), dt.date(2026, 8, 14), dt.date(2026, 7, 31),
    )  # fmt: skip


def test_short_forms_leave_out_the_place() -> None:
    assert short_forms("云溪县市场监督管理局") == ("县市场监督管理局", "市场监督管理局")
    assert short_forms("市场监督管理局") == () and short_forms("城关镇人民政府") == ()


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[[units]]\naliases = []", 2, "units.name"),
        ("[[units]]\nname = '甲局'\n[[units]]\nname = '乙局'\naliases = ['甲局']", 4, "units"),
        ("[[units]]\nname = '甲局'\nregister = []", 4, "units.register"),
        ("[calendar]\nholidays = [2026-08-03]\nworking_days = [2026-08-03]", 4, "calendar.working_days"),
        ("[deadlines]\nmending = { working_days = 1, days = 1 }", 3, "deadlines.mending"),
    ],
)
def test_a_mistake_names_file_line_and_key(text: str, line: int, key: str, tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as caught:
        campaign(tmp_path, text)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert "campaign.toml" in str(caught.value)
