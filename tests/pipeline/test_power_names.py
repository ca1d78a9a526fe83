"""The type that a power's name tells, on names of many departments labelled by hand, and the powers that it joins."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.naming.power_type import named_type
from pipeline.naming.variants import core, joined_powers
from pipeline.vocabulary import load_vocabulary
from tests.benchmarks.power_names import NAMES, measure

WORDS = load_vocabulary()


def test_where_it_speaks_it_is_right() -> None:
    """Issue 3: at least 500 labelled names, precision at least 0.99 where the classifier speaks."""
    score = measure()
    assert score.names >= 500
    assert score.right / score.spoken >= 0.99, score.wrong
    assert score.left_possible / score.narrowed >= 0.99, score.ruled_out
    assert score.spoken / score.names >= 0.7, "silence is no skill"


def test_the_labels_are_types_and_no_name_stands_twice() -> None:
    with Path(NAMES).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["power_type"] for row in rows} <= {each.canonical for each in WORDS.power_types}
    assert len({row["name"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("name", "power_type"),
    [
        ("对取水行政许可的监督检查", "行政检查"),
        ("对行政处罚决定执行情况的监督检查", "行政检查"),
        ("行政处罚决定的强制执行", "行政强制"),
        ("对拒不缴纳罚款的加处罚款", "行政强制"),
        ("对未取得许可证从事经营的处罚", "行政处罚"),
        ("食品经营许可证延续（到期换证）", "行政许可"),
        ("扣押无道路运输证的车辆", "行政强制"),
        ("重大行政处罚决定备案", "其他行政权力"),
        ("强制免疫补助发放", "行政给付"),
    ],
)
def test_the_head_decides(name: str, power_type: str) -> None:
    found = named_type(name, WORDS)
    assert found is not None
    assert found.power_type == power_type
    assert name[found.start : found.end] == found.head


@pytest.mark.parametrize(
    "name",
    [
        "撤销取水许可",
        "取水许可（注销）",
        "行政许可的注销",
        "不予行政处罚",
        "水行政处罚自由裁量",
        "未办理变更登记",
        "拒不接受监督检查",
        "申请人民法院强制执行",
        "婚前医学检查",
        "公众聚集场所营业前消防安全检查",
        "机关采购审批",
        "取水" * 300 + "许可",
        "",
    ],
    ids=lambda name: name[:20],
)
def test_it_is_silent_where_the_head_does_not_tell(name: str) -> None:
    assert named_type(name, WORDS) is None


@pytest.mark.parametrize(
    ("name", "possible", "ruled_out"),
    [
        ("教师资格认定", "行政许可", "行政处罚"),
        ("取水许可证年检", "行政检查", "行政处罚"),
        ("城乡居民最低生活保障金审批", "行政给付", "行政强制"),
        ("对水工程的检查、处罚", "行政处罚", "行政许可"),
    ],
)
def test_a_head_of_several_types_only_rules_out(name: str, possible: str, ruled_out: str) -> None:
    found = named_type(name, WORDS)
    assert found is not None
    assert not found.power_type
    assert possible in found.possible
    assert ruled_out not in found.possible


def test_variants_have_one_core_and_stages_have_their_own() -> None:
    assert core("取水许可", WORDS) == core("取水许可证核发", WORDS) == core("取水 许可审批", WORDS) == "取水"
    assert core("对非法取水的处罚", WORDS) == core("非法取水行政处罚", WORDS)
    assert core("取水许可变更", WORDS) != core("取水许可延续", WORDS)


def test_joined_powers_are_told_as_printed() -> None:
    assert joined_powers("取水许可、河道采砂许可", WORDS) == ("取水许可", "河道采砂许可")
    assert joined_powers("对未经许可、擅自取水的处罚", WORDS) == ()
    assert joined_powers("参与和平利用监督检查", WORDS) == ()
