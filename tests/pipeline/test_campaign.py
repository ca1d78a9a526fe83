"""The campaign file: what the default asks for, and how each mistake in a file is told."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from pipeline.campaigns.campaign import CampaignError, Condition, load_campaign, template
from pipeline.record import Register

DEFAULT = template()


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "批次.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_default_asks_for_what_the_plans_list() -> None:
    campaign = load_campaign()
    asked = {(r.rule, register, r.fields) for r in campaign.requirements for register in r.registers}
    assert ("M04", Register.POWERS, ("department", "exercising_body")) in asked
    assert {fields for rule, register, fields in asked if rule == "M07"} == {
        ("disclosure_form",),
        ("disclosure_scope",),
        ("disclosure_time",),
    }
    not_public = {fields for _, register, fields in asked if register is Register.POWERS_NOT_PUBLIC}
    assert not_public == {("name",), ("power_type",), ("non_disclosure_reason",)}
    licences, others = campaign.required_by("M06")
    assert (licences.power_types, licences.placeholder_answers) == ({"行政许可"}, False)
    assert (others.power_types, others.placeholder_answers) == ({"行政确认", "行政给付", "行政裁决", "行政奖励"}, True)
    assert len(campaign.power_types) == 14
    assert (campaign.review_date, campaign.submission_day("甲局")) == (None, None)
    assert pickle.loads(pickle.dumps(campaign)) == campaign


def test_the_template_is_the_default(tmp_path: Path) -> None:
    assert load_campaign(written(tmp_path, template())) == load_campaign()
    assert template().count("#") > 20


def test_a_file_of_the_city_is_read(tmp_path: Path) -> None:
    text = '\ufeffbatch = "二〇二六年第一批"\r\nreview_date = 2026-06-30\r\nrules_off = ["M10"]\r\n'
    text += '[codes]\r\npattern = "XK-\\\\d{3}"\r\n'
    campaign = load_campaign(written(tmp_path, text))
    assert (campaign.batch, campaign.review_date) == ("二〇二六年第一批", date(2026, 6, 30))
    assert (sorted(campaign.rules_off), campaign.code_pattern) == (["M10"], r"XK-\d{3}")
    assert campaign.requirements == ()
    assert campaign.digest != load_campaign().digest


@pytest.mark.parametrize(
    ("wrong", "right", "key", "says"),
    [
        ('batch = "默认批次"', 'bach = "默认批次"', "batch", "缺少设置项“batch”"),
        ("rules_off = []", "rules_of = []", "rules_of", "rules_off"),
        ("rules_off = []", 'rules_off = ["M9"]', "rules_off", "M09"),
        ("rules_off = []", 'rules_off = "M09"', "rules_off", "一组文字"),
        ("# submission = 2026-07-31 ", 'submission = "7月31日" ', "deadlines.submission", "应当是日期"),
        ("# submission = 2026-07-31 ", "submission = 2026年7月31日 ", "", "写法有误"),
        ("# submission = 2026-07-31 ", "submission = 2026-07-31T00:00:00 ", "deadlines.submission", "应当是日期"),
        ("# submission = 2026-07-31 ", "submission = { working_days = 9 } # ", "deadlines.submission", "opening"),
        (
            "# mending = { working_days = 10,",
            "mending = { working_days = -1,",
            "deadlines.mending.working_days",
            "整数",
        ),
        ("# mending = { working_days = 10,", "mending = { weeks = 1,", "deadlines.mending", "大于 0"),
        (
            '# review = { working_days = 20, after = "arrival"',
            'review = { days = 20, after = "mending"',
            "deadlines.review.after",
            "arrival",
        ),
        ("holidays = [] ", "holidays = [1] ", "calendar.holidays", "一组日期"),
        ("complete_years = [] ", 'complete_years = ["2027"] ', "calendar.complete_years", "一组整数"),
        ('registers = ["职权目录", "廉政风险"]', 'registers = ["职权总目录"]', "registers", "职权目录"),
        ('contact = ""', 'phone = ""', "office.phone", "name"),
        ('fields = ["职权类别"]', 'fields = ["职权类型"]', "required.fields", "职权类别"),
        ('placeholder = "gap"', 'placeholder = "none"', "required.placeholder", "answer、gap"),
        ("amount = true", 'amount = "是"', "required.when.amount", "true（是）或 false（否）"),
        ('equals = ["是", "有"]', 'exactly = ["是"]', "required.when.exactly", "equals"),
        ('pattern = ""', 'pattern = "["', "codes.pattern", "正则表达式"),
        ('scheme = ""', 'scheme = "没有的写法"', "grades.scheme", "没有的写法"),
        ('taxonomies = ["*"]', "taxonomies = [1]", "power_types.taxonomies", "一组文字"),
        ("[grades]", "[grades.more]", "grades.more", "不认识"),
        ("[codes]", "[[codes]]", "codes", "[codes]"),
        ('shortened_by = "1/3"', 'shortened_by = "三分之一"', "limits.shortened_by", "分数"),
        ('shortened_by = "1/3"', 'shortened_by = "4/3"', "limits.shortened_by", "小于 1"),
        ("joint_licence_days = 45", "joint_licence_days = -45", "limits.joint_licence_days", "整数"),
        ("longest = 200", "longest = -1", "names.longest", "整数"),
        ('1 = ["主要领导"]', '1 = ["局长"]', "grades.answerable.1", "主要领导"),
        ("[repeats]", "[repeat]", "repeat", "repeats"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(wrong: str, right: str, key: str, says: str, tmp_path: Path) -> None:
    assert DEFAULT.count(wrong) == 1
    path = written(tmp_path, DEFAULT.replace(wrong, right))
    with pytest.raises(CampaignError) as caught:
        load_campaign(path)
    error = caught.value
    printed = DEFAULT.replace(wrong, right).splitlines()
    assert error.file == str(path)
    assert error.key == key
    # A key that is missing stands nowhere: the section that lacks it is told, here the top of the file.
    assert error.line == (1 if key == "batch" else next(n for n, text in enumerate(printed, 1) if right in text))
    assert says in str(error)
    assert str(path) in str(error)
    assert f"第{error.line}行" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.line, again.key) == (str(error), error.line, error.key)


def test_a_file_that_is_no_utf8_or_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"第2行.*UTF-8"):
        load_campaign(written(tmp_path, 'title = ""\nbatch = "第一批"\n'.encode("gb18030")))
    with pytest.raises(CampaignError, match="打不开"):
        load_campaign(tmp_path / "没有.toml")


@pytest.mark.parametrize(
    ("text", "charged"),
    [
        ("每证10元", True),
        ("3.5万元", True),
        ("工本费十元", True),
        ("按0.5%计收", True),
        ("按规定收费", True),
        ("是", True),
        ("工本费5元，其余不收费", True),
        ("不收费", False),
        ("本项不收费，无需缴纳任何费用", False),
        ("免费", False),
        ("0元", False),
        ("0.00元", False),
        ("否", False),
        ("", False),
        ("见财政部2015年第3号公告", False),
    ],
)
def test_when_a_fee_is_charged(text: str, charged: bool) -> None:
    (requirement,) = load_campaign().required_by("M08")
    assert isinstance(requirement.when, Condition)
    assert requirement.when.holds(text) is charged
