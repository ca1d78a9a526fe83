"""Family D: codes and names that stand twice in a unit's catalogue.

In: the powers of a unit, each with the rows that state it. Out: one hit for each member of a group, naming the others.
A code or a name that one power repeats on its rows is no duplicate, nor is one that a second copy of the file repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from pipeline.identity.item import code_key
from pipeline.record import Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.copies import independent
from pipeline.rules.items import Item, items, same_cell, same_table
from pipeline.rules.registry import Facts, Hit, on_record, others_named, records_with, rule
from pipeline.text.normalization import fold

Key: TypeAlias = tuple[str, ...]

_POWERS = (Register.POWERS, Register.POWERS_NOT_PUBLIC)
_STEPS = ("conditions", "fee_standard")  # columns that tell the rows of one violation apart, beside those without field


@rule("D01", over=records_with("code", among=_POWERS))
def repeated_code(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A code that several powers carry, in one catalogue or in two of the unit."""
    for group in _groups(context, _code_key, _same_code):
        # One power may carry its code on several rows: they differ in sub-item, other columns or catalogue.
        members = _each_power_once(context, group)
        if len(members) > 1:
            for record in members:
                facts: Facts = {"others": others_named(context, members, record), "count": len(members)}
                yield on_record(context, record, "code", facts=facts)


@rule("D02", over=records_with("name", among=_POWERS))
def repeated_name(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A name (with its sub-item) that stands twice in one category of one catalogue."""
    for group in _groups(context, _name_key, _steps_of_one):
        if len(group) > 1:
            for record in group:
                facts: Facts = {"others": others_named(context, group, record), "count": len(group)}
                yield on_record(context, record, "name", facts=facts)


def _groups(
    context: RuleContext,
    key_of: Callable[[RuleContext, Record], Key | None],
    continues: Callable[[RuleContext, Item, Item], bool],
) -> Iterator[list[Record]]:
    """Records of equal key, one for each run of items that continue each other, without copies of other files."""
    groups: dict[Key, list[Record]] = {}
    above: tuple[Key | None, Item] = (None, ())
    for item in items(context):
        key = key_of(context, item[0])
        if key is not None:
            carried = key == above[0] and same_table(above[1][-1], item[0]) and continues(context, above[1], item)
            if not carried:
                groups.setdefault(key, []).append(item[0])
        above = key, item
    for group in groups.values():
        if len(group) > 1:
            yield independent(context, group)


def _code_key(context: RuleContext, record: Record) -> Key | None:
    found = context.field(record, "code")
    if found is None or Reading.PLACEHOLDER in found.reading:
        return None
    code = code_key(found.text)
    return (code,) if code else None


def _same_code(context: RuleContext, above: Item, below: Item) -> bool:
    return same_cell(context, above[-1], below[0], "code")


def _name_key(context: RuleContext, record: Record) -> Key | None:
    name = context.field(record, "name")
    if name is None or not name.text or Reading.PLACEHOLDER in name.reading:
        return None
    kind = context.field(record, "power_type")
    category = str(kind.value or fold(kind.text)) if kind else ""
    return record.register.value, category, fold(name.text), fold(context.text(record, "sub_item"))


def _steps_of_one(context: RuleContext, above: Item, below: Item) -> bool:
    """Whether two neighbours have one merged name, or are rows of one violation with its name printed on each."""
    first, second = above[-1], below[0]
    if same_cell(context, first, second, "name"):
        return True
    codes = {_code_key(context, record) for record in (first, second)} - {None}
    return len(codes) < 2 and _steps(context, first) != _steps(context, second)


def _steps(context: RuleContext, record: Record) -> Key:
    other = (fold(each.text) for each in record.other)
    return (*(fold(context.text(record, name)) for name in _STEPS), *other)


def _each_power_once(context: RuleContext, group: list[Record]) -> list[Record]:
    """The first record of each power in a group: rows of one name are one power unless nothing tells them apart."""
    seen: dict[Key, int] = {}
    powers: dict[tuple[str, int], Record] = {}
    for record in group:
        name = fold(context.text(record, "name"))
        row = (name, record.register.value, context.text(record, "sub_item"), *_steps(context, record))
        seen[row] = seen.get(row, 0) + 1
        powers.setdefault((name, seen[row]), record)
    return list(powers.values())
