"""Which rows of a catalogue are one and the same power.

A violation fills one to four rows, one for each step of discretion; a code or a department is printed once for several
rows in a merged cell. In: the records of a context. Out: :func:`items`, runs of records that state one power, and
:func:`same_cell`. Judges nothing: that a name stands twice is for pipeline/rules/catalogue.py to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from extractors.document import Place
from pipeline.identity.item import code_key
from pipeline.record import Field, Reading, Record
from pipeline.rules.context import RuleContext

Item: TypeAlias = tuple[Record, ...]

_CARRIED = Reading.FROM_MERGE | Reading.DITTO


def same_table(above: Record, below: Record) -> bool:
    """Whether two records come from one table of one file."""
    return above.table == below.table and above.file == below.file and above.register == below.register


def same_cell(context: RuleContext, above: Record, below: Record, name: str) -> bool:
    """Whether a record and the next one of its table have a field from one printed value: one merged cell, or 同上.

    A source names the covered position, not the corner of the merge, so two merged cells of the same text that touch
    cannot be told from one; they count as one.
    """
    upper, lower = context.field(above, name), context.field(below, name)
    if upper is None or lower is None or upper.text != lower.text or not same_table(above, below):
        return False
    return bool(lower.reading & _CARRIED) or (bool(lower.sources) and _places(upper) == _places(lower))


def printed_once(context: RuleContext, records: Sequence[Record], name: str) -> Iterator[Record]:
    """The records that print a field themselves: of those below one merged cell or one section row, the first."""
    above: Record | None = None
    for record in records:
        if above is None or not same_cell(context, above, record, name):
            yield record
        above = record


def _places(field: Field) -> list[Place]:
    return [source.place for source in field.sources]


def items(context: RuleContext) -> tuple[Item, ...]:
    """The powers of both catalogues, each with all the rows that state it, in reading order.

    Rows below one merged name are one power, unless their sub-items or their codes differ.
    """
    return context.once(_items)


def _items(context: RuleContext) -> tuple[Item, ...]:
    found: list[Item] = []
    for run in _name_runs(context, context.powers):
        codes = {code_key(context.text(record, "code")) for record in run} - {""}
        if len(codes) > 1:
            found.extend((record,) for record in run)
        else:
            found.extend(_by_sub_item(context, run))
    return tuple(found)


def _name_runs(context: RuleContext, records: Sequence[Record]) -> Iterator[list[Record]]:
    run: list[Record] = []
    for record in records:
        if run and not same_cell(context, run[-1], record, "name"):
            yield run
            run = []
        run.append(record)
    if run:
        yield run


def _by_sub_item(context: RuleContext, run: Sequence[Record]) -> Iterator[Item]:
    item: list[Record] = []
    for record in run:
        if item and context.text(item[-1], "sub_item") != context.text(record, "sub_item"):
            yield tuple(item)
            item = []
        item.append(record)
    yield tuple(item)
