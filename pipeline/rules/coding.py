"""Family D, what a code and a serial number look like by themselves.

In: the powers of a unit. Out: hits about codes that do not follow the campaign's pattern and serial numbers that break
or repeat. A serial number is never a key, and a column that does not count rows is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from pipeline.identity.item import code_key
from pipeline.record import Reading, Record, Register, RemarkKind
from pipeline.rules.context import RuleContext
from pipeline.rules.items import printed_once
from pipeline.rules.registry import Hit, Scope, on_record, records_with, rule
from pipeline.text.normalization import fold
from pipeline.text.numerals import number

_POWERS = (Register.POWERS, Register.POWERS_NOT_PUBLIC)
_ORDERLY = 0.8  # part of the steps that must count on by one; a column of other numbers is no serial number
_FEW = 2  # irregular steps that a short table may have all the same


def _patterned(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.code_pattern:
        return Scope((), "not_required")
    return records_with("code", among=_POWERS)(context, code)


@rule("D03", over=_patterned)
def odd_code(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A code that the campaign's pattern does not match as a whole."""
    pattern = re.compile(context.campaign.code_pattern)
    for record in printed_once(context, records, "code"):
        found = context.field(record, "code")
        if found is None or not found.text or found.reading & (Reading.PLACEHOLDER | Reading.UNREAD):
            continue
        if not pattern.fullmatch(found.text) and not pattern.fullmatch(code_key(found.text)):
            yield on_record(context, record, "code")


@rule("D04", over=records_with("sequence", among=_POWERS))
def irregular_number(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A serial number that leaves out some, repeats one or goes back, where the column counts the powers.

    Numbering may begin anew anywhere, and with any number in another section.
    """
    for _, rows in groupby(records, key=lambda record: (record.register, record.file, record.table)):
        numbered = [
            (record, value)
            for record in printed_once(context, tuple(rows), "sequence")
            if (value := number(context.text(record, "sequence"))) is not None
        ]
        steps = [
            (below, one, other)
            for (above, one), (below, other) in pairwise(numbered)
            if above.section == below.section and not (one == other and _one_power(context, above, below))
        ]
        odd = [(record, one, other) for record, one, other in steps if other != one + 1 and (other != 1 or one == 1)]
        if len(odd) > max(_FEW, (1 - _ORDERLY) * len(steps)) or len(steps) < _FEW * len(odd):
            continue
        for record, one, other in odd:
            if not _blank_row_between(context, record, one, other):
                yield on_record(
                    context,
                    record,
                    "sequence",
                    variant="repeated" if other == one else "",
                    facts={"above": one, "expected": one + 1},
                )


def _one_power(context: RuleContext, above: Record, below: Record) -> bool:
    """Whether two rows state one power, so that its number may stand on both."""
    names = fold(context.text(above, "name")), fold(context.text(below, "name"))
    return names[0] == names[1] or not all(names)


def _blank_row_between(context: RuleContext, record: Record, one: int, other: int) -> bool:
    """Whether the numbers left out stand in rows without content, which another rule reports."""
    file = context.file(record.file)
    remarks = file.remarks if file is not None else ()
    quotes = {number(remark.quote) for remark in remarks if remark.kind is RemarkKind.BLANK_RECORD}
    return other > one and all(value in quotes for value in range(one + 1, min(other, one + len(quotes) + 2)))
