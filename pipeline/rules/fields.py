"""Family M, with N01, R05 and R07: fields that the campaign requires and a record leaves blank.

In: the requirements of the campaign, the records and the columns of their tables. Out: M00 about a table that has no
such column, the others about the records of those that have one. A value that the layout carries once for many rows
counts for each of them; what could not be read is not missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from pipeline.campaigns.campaign import Requirement
from pipeline.record import Field, Reading, Record, Register, TableReading
from pipeline.rules.context import RuleContext
from pipeline.rules.items import Item, items, same_cell
from pipeline.rules.registry import Hit, Scope, in_file, on_record, rule

Group: TypeAlias = tuple[str | int, ...]

_CODES = (*(f"M{number:02}" for number in range(1, 12)), "N01", "R05", "R07")


class Demand(NamedTuple):
    """A requirement on one power or risk point: the rows that state it, and the field that a finding names.

    group: the tables that are judged together, see :func:`_group`. field: "" where none of the group has a column.
    """

    requirement: Requirement
    item: Item
    group: Group
    field: str


@rule("M00", over=lambda context, code: _tables(context))
def absent_column(context: RuleContext, code: str, tables: tuple[Group, ...]) -> Iterator[Hit]:
    """A table without a column that at least one of its records would have to fill: one hit a table and column."""
    told: set[tuple[Group, tuple[str, ...]]] = set()
    for demand in context.once(_demands):
        requirement = demand.requirement
        if demand.field or not requirement.column or (demand.group, requirement.fields) in told:
            continue
        told.add((demand.group, requirement.fields))
        record = demand.item[0]
        file, table = context.file(record.file), context.table(record)
        if file is None or table is None:
            continue
        tables_judged = len(context.once(_groups)[demand.group])
        yield in_file(
            file,
            table.place,
            name=requirement.fields[0],
            register=record.register,
            variant="forms" if tables_judged > 1 else "",
            facts={"columns": _column_names(context, record.register, requirement.fields), "count": tables_judged},
        )


@rule(*_CODES, over=lambda context, code: _required(context, code))
def missing_field(context: RuleContext, code: str, demands: tuple[Demand, ...]) -> Iterator[Hit]:
    """A power none of whose rows fills the field. A blank merged cell over several powers is one hit.

    Two requirements that one blank cell fails are one hit, too.
    """
    above: Demand | None = None  # the demand before, when it was not met
    told: set[tuple[int, str]] = set()
    for demand in demands:
        if any(_met(context, record, demand.requirement) for record in demand.item):
            above = None
            continue
        gap = id(demand.item[0]), demand.field
        if gap not in told and (above is None or not _same_gap(context, above, demand)):
            told.add(gap)
            yield _gap(context, demand)
        above = demand


def _gap(context: RuleContext, demand: Demand) -> Hit:
    record = demand.item[0]
    found = context.field(record, demand.field)
    columns = _column_names(context, record.register, demand.requirement.fields)
    variant = "placeholder" if found is not None and found.text else ""
    return on_record(context, record, demand.field, variant=variant, facts={"columns": columns})


def _met(context: RuleContext, record: Record, requirement: Requirement) -> bool:
    """Whether one of the fields is filled; 无 answers for all of them only where none is left blank."""
    found = [field for name in requirement.fields if (field := context.field(record, name)) is not None]
    if any(_filled(field) for field in found):
        return True
    return requirement.placeholder_answers and bool(found) and all(Reading.PLACEHOLDER in f.reading for f in found)


def _filled(field: Field) -> bool:
    """Whether something stands there: unread text does, and so does a value that was derived."""
    if field.reading is not Reading.PLAIN:
        if Reading.UNREAD in field.reading:
            return True
        if Reading.PLACEHOLDER in field.reading:
            return False
    return bool(field.text) or field.value is not None


def _same_gap(context: RuleContext, above: Demand, below: Demand) -> bool:
    same = above.requirement is below.requirement
    return same and same_cell(context, above.item[-1], below.item[0], below.field)


def _required(context: RuleContext, code: str) -> Scope[Demand]:
    requirements = context.campaign.required_by(code)
    if not requirements:
        return Scope((), "not_required")
    registers = {register for requirement in requirements for register in requirement.registers}
    if not any(context.of(register) for register in registers):
        return Scope((), "register_absent")
    demands = [demand for demand in context.once(_demands) if demand.requirement.rule == code]
    judged = tuple(demand for demand in demands if demand.field)
    told_apart = any(_can_tell(context, requirement) for requirement in requirements)
    return Scope(judged, "" if judged or (told_apart and not demands) else "column_absent")


def _can_tell(context: RuleContext, requirement: Requirement) -> bool:
    """Whether some table shows to which records the requirement applies: its column of power types, or of fees."""
    asked = {"power_type"} if requirement.power_types else set()
    asked |= {requirement.when.field} if requirement.when else set()
    columns = context.once(_group_columns)
    return any(asked <= columns[group] for group in columns if group[0] in requirement.registers)


def _tables(context: RuleContext) -> Scope[Group]:
    if not context.campaign.requirements:
        return Scope((), "not_required")
    groups = tuple(dict.fromkeys(demand.group for demand in context.once(_demands)))
    asked = {register for requirement in context.campaign.requirements for register in requirement.registers}
    return Scope(groups, "" if any(context.of(register) for register in asked) else "register_absent")


def _demands(context: RuleContext) -> tuple[Demand, ...]:
    """Every requirement with every power or risk point that it applies to, in the order of the campaign's file."""
    stated = context.once(_stated)
    columns = context.once(_group_columns)
    return tuple(
        Demand(requirement, item, group, _column(requirement, columns[group]))
        for requirement in context.campaign.requirements
        for register in sorted(requirement.registers)
        for group, stated_items in stated.get(register, {}).items()
        for item in stated_items
        if _applies(context, requirement, item)
    )


def _stated(context: RuleContext) -> dict[Register, dict[Group, list[Item]]]:
    """The powers, and the single records of the other registers, of the files at hand, by their table group."""
    single = ((record,) for record in context.records if not record.register.of_powers)
    found: dict[Register, dict[Group, list[Item]]] = {}
    for item in (*items(context), *single):
        if context.table(item[0]) is not None:
            groups = found.setdefault(item[0].register, {})
            groups.setdefault(_group(context, item[0]), []).append(item)
    return found


def _applies(context: RuleContext, requirement: Requirement, item: Item) -> bool:
    if requirement.power_types and not any(_power_type(context, record) in requirement.power_types for record in item):
        return False
    when = requirement.when
    return when is None or any(when.holds(context.text(record, when.field)) for record in item)


def _power_type(context: RuleContext, record: Record) -> str:
    found = context.field(record, "power_type")
    return str(found.value or found.text) if found else ""


def _column(requirement: Requirement, columns: frozenset[str]) -> str:
    """The first of the fields that the tables of a group have a column for, "" for none."""
    for name in requirement.fields:
        if name in columns:
            return name
    return ""


def _group(context: RuleContext, record: Record) -> Group:
    """The tables to judge together: a list stands alone; the forms of a file, one item a form, go together.

    Where a unit hands in one form a file, its forms go together over the files: a label that no form has is told once.
    """
    table = context.table(record)
    if table is None or not table.form:
        return record.register, record.file, record.table
    several = context.once(_form_counts).get((record.register, record.file), 0) > 1
    return (record.register, record.file) if several else (record.register,)


def _form_counts(context: RuleContext) -> dict[tuple[Register, str], int]:
    forms: dict[tuple[Register, str], set[int]] = {}
    for record in context.records:
        table = context.table(record)
        if table is not None and table.form:
            forms.setdefault((record.register, record.file), set()).add(record.table)
    return {key: len(tables) for key, tables in forms.items()}


def _groups(context: RuleContext) -> dict[Group, dict[tuple[str, int], TableReading]]:
    """The tables of each group."""
    found: dict[Group, dict[tuple[str, int], TableReading]] = {}
    for record in context.records:
        table = context.table(record)
        if table is not None:
            found.setdefault(_group(context, record), {})[record.file, record.table] = table
    return found


def _group_columns(context: RuleContext) -> dict[Group, frozenset[str]]:
    """The fields that at least one table of the group has a column, label or section row for.

    A table that carries records of a second register (risk points in a catalogue) lists only the columns of the first;
    for the other, its records tell.
    """
    found: dict[Group, set[str]] = {}
    for record in context.records:
        table = context.table(record)
        if table is not None:
            columns = found.setdefault(_group(context, record), set())
            columns.update(context.columns(record))
            if table.register is record.register:
                columns.update(table.columns)
    return {group: frozenset(columns) for group, columns in found.items()}


def _column_names(context: RuleContext, register: Register, names: Sequence[str]) -> str:
    words = context.vocabulary
    columns = (words.column(register.family, name) for name in names)
    return words.label("list.or").join(words.label("item.named").format(name=column) for column in columns)
