"""Keys over versions. A case is a catalogue before and after, "code | name | sub-item"; a letter names a power."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity.history import Background, Listing
from pipeline.identity.item import Item, item_of
from pipeline.identity.keys import Past, Rulings, assign_keys, identity_of
from pipeline.record import Field, Record, Register

POWER = ("code", "name", "sub_item")
RISK = ("department", "post", "person", "power_name", "risk_point", "manifestation")


def record(texts: Sequence[str], register: Register = Register.POWERS, **more: str) -> Record:
    names = POWER if register.of_powers else RISK
    fields = [Field(name, text, text) for name, text in zip(names, texts, strict=False)]
    return Record(register, (*fields, *(Field(name, text, text) for name, text in more.items())))


def table(text: str, register: Register = Register.POWERS) -> tuple[list[str], list[Record]]:
    """Letters and records of "A: code | name | sub-item" lines."""
    letters, records = [], []
    for line in text.strip().splitlines():
        letter, _, cells = line.strip().partition(":")
        letters.append(letter)
        records.append(record([cell.strip().removeprefix("-") for cell in cells.split("|")], register))
    return letters, records


def keyed(records: Sequence[Record], *before: Sequence[Record], rulings: Rulings | None = None) -> list[str]:
    """The keys of records after versions that have keys already, the last one first."""
    items = [tuple(item_of(each) for each in version) for version in before]
    past = Past((), items[0] if items else (), tuple(item for version in items[1:] for item in version))
    family = records[0].register.family if records else "power"
    return [each.key for each in assign_keys("甲局", records, {family: past}, rulings or Rulings())]


def named(records: Sequence[Record]) -> list[Record]:
    return list(assign_keys("甲局", records))


CASES = {
    "a corrected code": ("A: 1 | 取水许可\nB: 2 | 采砂许可", "A: 7 | 取水许可\nB: 2 | 采砂许可"),
    "a corrected name": ("A: 1 | 取水许可\nB: 2 | 采砂许可", "A: 1 | 取用水资源许可\nB: 2 | 采砂许可"),
    "codes where there were none": ("A: | 取水许可\nB: | 采砂许可", "A: 1 | 取水许可\nB: 2 | 采砂许可"),
    "moved rows": (
        "A: 1 | 取水许可\nB: 2 | 采砂许可\nC: 3 | 水事裁决",
        "C: 3 | 水事裁决\nA: 1 | 取水许可\nB: 2 | 采砂许可",
    ),
    "renumbered after a row was taken out": (
        "A: 1 | 取水许可\nB: 2 | 河道采砂许可\nC: 3 | 水工程检查\nD: 4 | 水事裁决",
        "B: 1 | 河道采砂许可\nC: 2 | 水工程检查\nD: 3 | 水事裁决",
    ),
    "renumbered after a row was put in": (
        "A: 1 | 取水许可\nB: 2 | 河道采砂许可\nC: 3 | 水工程检查",
        "A: 1 | 取水许可\n+: 2 | 排污口审批\nB: 3 | 河道采砂许可\nC: 4 | 水工程检查",
    ),
    "two codes that were exchanged": ("A: 1 | 取水许可\nB: 2 | 采砂许可", "A: 2 | 取水许可\nB: 1 | 采砂许可"),
    "a rename without code, in its place": (
        "A: | 取水许可\nB: | 水事纠纷裁决\nC: | 水工程检查",
        "A: | 取水许可\nB: | 水事争议的裁决\nC: | 水工程检查",
    ),
    "a rename without code that moved": (
        "A: | 取水许可\nB: | 水事纠纷裁决\nC: | 水工程检查",
        "A: | 取水许可\nC: | 水工程检查\n+: | 防汛物资储备\nB: | 水事纠纷的裁决",
    ),
    "a full change of names under the old codes": (
        "A: 1 | 演出审批\nB: 2 | 文物认定",
        "A: 1 | 演艺活动许可\nB: 2 | 可移动文物的确认",
    ),
    "one taken out, another put in elsewhere": (
        "A: 1 | 取水许可\nB: 2 | 采砂许可\nC: 3 | 水事裁决",
        "A: 1 | 取水许可\nC: 3 | 水事裁决\n+: 9 | 防洪评价审批",
    ),
    "names of one pattern are not one power": (
        "A: | 取水许可\nB: | 对非法取水的处罚\nC: | 水事裁决\nD: | 对拒缴水资源费的处罚\nE: | 对毁坏堤防的处罚",
        "A: | 取水许可\nC: | 水事裁决\nD: | 对拒缴水资源费的处罚\nE: | 对毁坏堤防的处罚\n+: | 对非法采砂的处罚",
    ),
    "another power under another code in its place": (
        "A: CF-1 | 对非法取水的处罚\nB: CF-2 | 对毁坏堤防的处罚",
        "A: CF-1 | 对非法取水的处罚\n+: CF-7 | 对违规捕捞的处罚",
    ),
    "rows of one power stay apart": (
        "A: 1 | 对非法取水的处罚\nB: 1 | 对非法取水的处罚\nC: 2 | 取水许可",
        "C: 2 | 取水许可\nA: 1 | 对非法取水的处罚\nB: 1 | 对非法取水的处罚\n+: 1 | 对非法取水的处罚",
    ),
    "a corrected sub-item": (
        "A: 1 | 取水许可 | 新办\nB: 1 | 取水许可 | 延续",
        "A: 1 | 取水许可 | 新申请\nB: 1 | 取水许可 | 延续",
    ),
    "a power that is split into sub-items": ("A: 1 | 取水许可", "A: 1 | 取水许可 | 新办\n+: 1 | 取水许可 | 延续"),
    "hyphens tell codes apart": ("A: 1-11 | 取水许可\nB: 11-1 | 采砂许可", "B: 11-1 | 河道采砂\nA: 1-11 | 取水的许可"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_power_keeps_its_key(case: str) -> None:
    before, after = CASES[case]
    letters, first = table(before)
    known = named(first)
    key_of = {letter: each.key for letter, each in zip(letters, known, strict=True)}
    expected, second = table(after)
    keys = keyed(second, known)
    letter_of = {key: letter for letter, key in key_of.items()}
    assert [letter_of.get(key, "+") for key in keys] == expected
    assert len(set(keys)) == len(keys)


def test_rows_told_apart_by_other_columns_keep_their_keys_when_they_move() -> None:
    light, grave = (record(("1", "对非法取水的处罚"), remarks=text) for text in ("较轻", "较重"))
    known = named([light, grave])
    assert keyed([grave, light], known) == [known[1].key, known[0].key]


def test_a_power_that_comes_back_has_its_old_key() -> None:
    _, both = table("A: 1 | 取水许可\nB: 2 | 采砂许可")
    first = named(both)
    second = [first[0]]
    assert keyed(both, second, first) == [each.key for each in first]


def test_a_new_power_under_a_name_that_was_given_up_is_another() -> None:
    _, old = table("A: 1 | 取水许可\nB: 2 | 水事裁决")
    first = named(old)
    _, renamed = table("A: 1 | 取用水资源许可\nB: 2 | 水事裁决")
    keys = keyed(renamed, first)
    second = [Record(r.register, r.fields, key=key) for r, key in zip(renamed, keys, strict=True)]
    _, third = table("A: 1 | 取用水资源许可\nB: 2 | 水事裁决\nC: 3 | 取水许可")
    again = keyed(third, second, first)
    assert again[:2] == [first[0].key, first[1].key]
    assert again[2] not in again[:2]


def test_read_again_by_other_rules_a_version_keeps_its_keys() -> None:
    _, before = table("A: | 取水许可\nB: | 水事裁决")
    _, after = table("A: | 取水许可（含延续）\nB: | 水事裁决")
    own = tuple(item_of(each) for each in named(before))
    keys = [each.key for each in assign_keys("甲局", after, {"power": Past(own=own)})]
    assert keys == [item.key for item in own]


def test_a_reviewer_tells_two_apart_or_joins_them_for_good() -> None:
    _, before = table("A: | 取水许可\nB: | 水事纠纷裁决")
    first = named(before)
    _, after = table("A: | 取水许可\nB: | 水事争议裁决")
    (_, taken) = keyed(after, first)
    assert taken == first[1].key
    apart = Rulings(apart=frozenset({(taken, identity_of("power", item_of(after[1])))}))
    (_, fresh) = keyed(after, first, rulings=apart)
    assert fresh not in {each.key for each in first}
    _, other = table("A: | 取水许可\nB: | 防汛物资储备")
    (_, new) = keyed(other, first)
    joined = Rulings(same={new: first[1].key})
    assert keyed(other, first, rulings=joined) == [each.key for each in first]


RISKS = {
    "another person": ("A: 股 | 股长 | 甲 | 取水 | 审批不公 | 收礼", "A: 股 | 股长 | 乙 | 取水 | 审批不公 | 收礼"),
    "a text that is mended in its place": (
        "A: 股 | 股长 | | 取水 | 审批不公 |\nB: 股 | 股长 | | 采砂 | 收受礼金 |",
        "A: 股 | 股长 | | 取水 | 审批不公正 |\nB: 股 | 股长 | | 采砂 | 收受礼金 |",
    ),
    "one more and one less": (
        "A: 股 | 股长 | | 取水 | 审批不公 |\nB: 股 | 股长 | | 采砂 | 收受礼金 |",
        "+: 股 | 科员 | | 采砂 | 现场勘验不实 |\nA: 股 | 股长 | | 取水 | 审批不公 |",
    ),
    "one text copied to many": (
        "A: 股 | 股长 | | 取水 | 廉洁 |\nB: 股 | 科员 | | 取水 | 廉洁 |\nC: 室 | 主任 | | | 廉洁 |",
        "C: 室 | 主任 | | | 廉洁 |\nB: 股 | 科员 | | 取水 | 廉洁 |\nA: 股 | 股长 | | 取水 | 廉洁 |",
    ),
}


@pytest.mark.parametrize("case", RISKS)
def test_a_risk_point_keeps_its_key(case: str) -> None:
    before, after = RISKS[case]
    letters, first = table(before, Register.RISK_POST)
    known = named(first)
    letter_of = {each.key: letter for letter, each in zip(letters, known, strict=True)}
    expected, second = table(after, Register.RISK_POST)
    assert [letter_of.get(key, "+") for key in keyed(second, known)] == expected


_texts = st.sampled_from(["", "1", "2", "3", "取水许可", "取水的许可", "采砂许可", "对非法采砂的处罚", "水事裁决"])
_records = st.lists(st.tuples(_texts, _texts, _texts).map(record), max_size=8)


@settings(max_examples=150, deadline=None)
@given(_records, _records, st.randoms(use_true_random=False))
def test_keys_are_distinct_repeatable_and_do_not_mind_the_order(
    before: list[Record], after: list[Record], chance: random.Random
) -> None:
    known = named(before)
    keys = keyed(after, known)
    assert len(set(keys)) == len(after)
    assert keyed(after, known) == keys
    assert sorted(keyed(before, known)) == sorted(each.key for each in known)
    shuffled = list(known)
    chance.shuffle(shuffled)
    assert sorted(keyed(shuffled, known)) == sorted(each.key for each in known)
    by_key = {each.key: each.fields for each in known}
    for each, key in zip(shuffled, keyed(shuffled, known), strict=True):
        assert by_key[key] == each.fields


def history(*versions: str, listing: Listing | None = None) -> tuple[list[str], set[str]]:
    """Names of the powers that are gone and of those that were added, after versions of a catalogue."""
    held: dict[int, tuple[Item, ...]] = {}
    names: dict[str, str] = {}
    for number, text in enumerate(versions, 1):
        background = Background({"power": held}, {"power": number}, listing=listing or Listing())
        records = background.keyed("甲局", table(text)[1])
        held = {**held, number: tuple(item_of(each) for each in records)}
        names |= {each.key: each.text("name") for each in records}
    found = background.history(held[number])
    return [each.item.name for each in found.gone or ()], {names[key] for key in found.added or ()}


def test_what_vanished_stays_missing_until_it_is_back() -> None:
    first, second = "A: 1 | 取水许可\nB: 2 | 采砂许可", "A: 1 | 取水许可"
    assert history(first, second) == (["采砂许可"], set())
    assert history(first, second, second + "\nC: 3 | 水事裁决") == (["采砂许可"], {"水事裁决"})
    assert history(first, second, first) == ([], set())


def test_a_first_version_has_no_history() -> None:
    found = Background({}, {"power": 1}).history(())
    assert (found.gone, found.added, found.returned) == (None, None, None)


NAMES = list(
    dict.fromkeys(
        row["name"] for row in csv.DictReader((Path(__file__).parent / "power_names.csv").open(encoding="utf-8"))
    )
)
# How units reword a name.
REWORDED = (
    ("行为", ""), ("的", ""), ("处罚", "行政处罚"), ("审批", "许可"), ("核发", "发放"), ("检查", "监督检查"),
    ("许可", "审批"), ("备案", "登记备案"), ("、", "及"), ("单位", "组织"), ("管理", "监督管理"),
)  # fmt: skip


def reworded(name: str, chance: random.Random) -> str:
    fitting = [(old, new) for old, new in REWORDED if old in name]
    if fitting and chance.random() < 0.7:
        return name.replace(*chance.choice(fitting), 1)
    place = chance.randrange(len(name))
    return name[:place] + chance.choice(("有关", "本市", "相关")) + name[place:]


@pytest.mark.parametrize("codes", ["none", "lasting", "given anew"])
def test_of_many_renames_few_are_missed_and_fewer_are_made_up(codes: str) -> None:
    """Catalogues of 60 real names: five vanish, five are new, five are reworded, at times all rows are shuffled."""
    chance = random.Random(7)
    renames = found = wrong = trials = 0
    for _ in range(40):
        before = chance.sample(NAMES, 60)
        known = named([record((f"X{n}" if codes != "none" else "", name)) for n, name in enumerate(before)])
        key_of = {each.text("name"): each.key for each in known}
        gone, changed = set(before[:5]), set(before[5:10])
        pairs = [(name, reworded(name, chance) if name in changed else name) for name in before if name not in gone]
        new = [(name, name) for name in chance.sample([name for name in NAMES if name not in before], 5)]
        rows = [(f"X{before.index(old)}" if codes == "lasting" else "", old, now) for old, now in pairs]
        for old, now in new:
            rows.insert(chance.randrange(len(rows) + 1), (f"N{now}" if codes == "lasting" else "", old, now))
        chance.shuffle(rows) if chance.random() < 0.3 else None
        if codes == "given anew":
            rows = [(f"X{n}", old, now) for n, (_, old, now) in enumerate(rows)]
        for (_, old, now), key in zip(rows, keyed([record((code, now)) for code, _, now in rows], known), strict=True):
            trials += 1
            renames += old in changed and now != old
            found += old in changed and now != old and key == key_of[old]
            wrong += key in key_of.values() and key != key_of.get(old)
    assert renames > 150
    assert found / renames >= 0.95
    assert wrong / trials <= 0.002
