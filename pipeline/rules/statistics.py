"""S01: the unit's own 职权统计表 against its catalogue.

In: the counts by type, and by department where the table has one, and the powers of both catalogues. Out: one hit for
each count that no way of counting the catalogue gives, and for each type that the statistics leave out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.record import Field, Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.copies import independent
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, Scope, rule
from pipeline.text.normalization import fold
from pipeline.text.numerals import number
from pipeline.values.typed import count_declared

_DEPARTMENTS = ("department", "exercising_body")


@dataclass(frozen=True, slots=True)
class Count:
    """What the statistics state for one type, and the rows of the catalogue that it should be the count of.

    records: of the statistics, the first of which a finding points to; empty for a type that they leave out. powers: of
    both catalogues.
    """

    kind: str
    department: str
    stated: int
    records: tuple[Record, ...]
    powers: tuple[Record, ...]


@rule("S01", over=lambda context, code: context.once(_counts))
def false_statistics(context: RuleContext, code: str, counts: tuple[Count, ...]) -> Iterator[Hit]:
    """A count that differs from the catalogue, by rows, items or names, with or without the powers not public."""
    for count in counts:
        public = [r for r in count.powers if r.register is Register.POWERS]
        if count.stated in _ways(context, count.powers) | _ways(context, public):
            continue
        left_out = not count.records
        variant = "left_out" if left_out else "department" if count.department else ""
        facts: Facts = {
            "type": count.kind,
            "department": count.department,
            "stated": count.stated,
            "read": len(_items(context, count.powers)),
        }
        record = count.records[0] if count.records else context.of(Register.POWER_STATISTICS)[0]
        found = None if left_out else context.field(record, "count")
        yield _hit(context, record, found, variant, facts)


def _hit(context: RuleContext, record: Record, found: Field | None, variant: str, facts: Facts) -> Hit:
    """A hit at the printed count, or at the whole table for a type that has none."""
    table = context.table(record)
    place = found.sources[0].place if found and found.sources else table.place if table else record.place
    # The record is neither a power nor a risk point, so the file is what the finding is about.
    identity = f"{record.key}{facts['type']}"
    quote = found.raw if found else ""
    return Hit(context.file(record.file), record.register, "count", place, quote, None, identity, variant, facts)


def _counts(context: RuleContext) -> Scope[Count]:
    stated = [record for record in context.of(Register.POWER_STATISTICS) if _kind(context, record)]
    powers = independent(context, context.powers)
    if not context.of(Register.POWER_STATISTICS):
        return Scope((), "register_absent")
    supplements = {file.name for file in context.files if file.supplement}
    incomplete = any(r.file in supplements or not category(context, r) for r in powers)
    if not stated or not powers or incomplete:
        return Scope((), "nothing_to_compare")
    by_department = _by_department(context, stated, powers)
    return Scope(tuple(by_department or _by_type(context, stated, powers)))


def _by_department(context: RuleContext, stated: Sequence[Record], powers: Sequence[Record]) -> list[Count]:
    """One count a line of the statistics, where every department of theirs is one of the catalogue; else none."""
    column = next((name for name in _DEPARTMENTS if all(context.text(r, name) for r in powers)), "")
    named = [record for record in stated if context.text(record, "department")]
    known = {fold(context.text(record, column)) for record in powers} if column else set()
    if not named or {fold(context.text(record, "department")) for record in named} != known:
        return []
    counts = []
    for record in named:
        if _number(context, record) is None:
            continue
        kind, department = _kind(context, record), context.text(record, "department")
        same = [p for p in powers if category(context, p) == kind and fold(context.text(p, column)) == fold(department)]
        counts.append(Count(kind, department, _number(context, record) or 0, (record,), tuple(same)))
    return counts


def _by_type(context: RuleContext, stated: Sequence[Record], powers: Sequence[Record]) -> list[Count]:
    """One count a type, summed over the departments; a type that only the catalogue has is stated as none."""
    lines = [record for record in stated if context.text(record, "department")]
    lines = lines if lines else list(stated)
    kinds = dict.fromkeys([*(_kind(context, r) for r in lines), *(category(context, p) for p in powers)])
    counts = []
    for kind in kinds:
        records = tuple(record for record in lines if _kind(context, record) == kind)
        numbers = [_number(context, record) for record in records]
        if None in numbers:
            continue  # a count that cannot be read leaves the sum open
        total = sum(filter(None, numbers))
        same = tuple(power for power in powers if category(context, power) == kind)
        counts.append(Count(kind, "", total, records, same))
    return counts


def _kind(context: RuleContext, record: Record) -> str:
    return category(context, record)


def _number(context: RuleContext, record: Record) -> int | None:
    """The printed count (3, 三, 3项); a sign for none is 0, a blank tells nothing."""
    found = context.field(record, "count")
    if found is None or not found.text:
        return None
    if Reading.PLACEHOLDER in found.reading:
        return 0
    plain = number(found.text)
    return count_declared(found.text) if plain is None else plain


def _items(context: RuleContext, powers: Sequence[Record]) -> set[tuple[str, str, str]]:
    names = ("name", "code", "sub_item")
    return {(texts[0], texts[1], texts[2]) for r in powers for texts in [[context.text(r, name) for name in names]]}


def _ways(context: RuleContext, powers: Sequence[Record]) -> set[int]:
    """The numbers by which a clerk may count powers: rows, items, main items, names."""
    items = _items(context, powers)
    main = {(name, code) for name, code, _ in items}
    return {len(powers), len(items), len(main), len({name for name, _ in main})}
