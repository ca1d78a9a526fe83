"""R08: the totals that a risk register states, against each other and against its rows.

In: the tables of risk points with their titles, section rows and declared totals. Out: one hit for each statement that
does not hold. Clerks count rows, points or serial numbers; whichever of them agrees is accepted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.record import FileReading, Record, TableReading
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import Facts, Hit, Scope, clipped, in_file, rule
from pipeline.text.normalization import fold
from pipeline.values.typed import count_declared, grade_distribution

_PIECES = re.compile(r"[，,、；;：:（）()。\s]+|其中")
# Keys of TableReading.declared that count risk points, all of them and those of a grade; the others count powers.
_ALL, _GRADES = "risk", ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Statement:
    """A table and what it states: the number of risk points, None for none, and how many of each grade."""

    file: FileReading
    table: TableReading
    index: int
    quote: str
    total: int | None
    grades: Mapping[int, int]


@rule("R08", over=lambda context, code: _statements(context))
def false_totals(context: RuleContext, code: str, statements: tuple[Statement, ...]) -> Iterator[Hit]:
    """A total that its own parts do not make up, or that the rows do not bear out."""
    for stated in statements:
        parts = sum(stated.grades.values())
        if stated.total is not None and len(stated.grades) > 1 and parts != stated.total:
            yield _hit(context, stated, "", {"declared": stated.total, "sum": parts})
            continue
        scopes = _scopes(context, stated)
        if stated.total is not None and not any(stated.total in _ways(context, scope) for scope in scopes):
            yield _hit(context, stated, "rows", {"declared": stated.total, "read": len(scopes[0])})
        elif stated.grades and not any(_bears_out(context, stated.grades, scope) for scope in scopes):
            yield _hit(context, stated, "grades", {"read": _graded(context, scopes[0])})


def _hit(context: RuleContext, stated: Statement, variant: str, facts: Facts) -> Hit:
    table, label = stated.table, context.vocabulary.label
    what = label("item.named").format(name=clipped(stated.quote)) if stated.quote else label("risk.register")
    said: Facts = {"what": what, **facts}
    return in_file(stated.file, table.place, stated.quote, register=table.register, variant=variant, facts=said)


def _graded(context: RuleContext, records: Sequence[Record]) -> str:
    """How many rows have each grade, the gravest first, by the word that they print for it."""
    printed: dict[int, str] = {}
    for record in records:
        field = context.field(record, "risk_grade")
        if field is not None and isinstance(field.value, int):
            printed.setdefault(field.value, field.text)
    counts, label = _by_grade(context, records), context.vocabulary.label
    told = (label("risk.graded").format(grade=printed[grade], count=counts[grade]) for grade in sorted(counts))
    return label("list.and").join(told)


def _statements(context: RuleContext) -> Scope[Statement]:
    found = []
    tables = [(f, n, t) for f in context.files for n, t in enumerate(f.tables) if t.register.of_risks]
    for file, index, table in tables:
        declared = dict(table.declared)
        grades = {int(key): count for key, count in declared.items() if key in _GRADES} or _printed_grades(
            context, table
        )
        total = declared.get(_ALL, count_declared(table.title))
        if not grades and _names_grade(context, table.title):
            total = None  # 高风险点（3个） counts those of one grade
        if total is not None or grades:
            found.append(Statement(file, table, index, table.title, total, grades))
    return Scope(tuple(found), "" if found else "register_absent" if not tables else "nothing_to_compare")


def _printed_grades(context: RuleContext, table: TableReading) -> dict[int, int]:
    """The numbers by grade in a title: 共7个，高2中3低2."""
    grades: dict[int, int] = {}
    for piece in _PIECES.split(table.title):
        for grade, count in (grade_distribution(piece, context.vocabulary) or {}).items():
            grades[grade] = grades.get(grade, 0) + count
    return grades


def _names_grade(context: RuleContext, title: str) -> bool:
    return any(len(grade.label) > 1 and grade.label in title for grade in context.vocabulary.grades)


def _scopes(context: RuleContext, stated: Statement) -> tuple[Sequence[Record], ...]:
    """The rows that a statement may mean: of its table, or of all tables of the file under that register."""
    of_file = [r for r in context.risks if r.file == stated.file.name and r.register is stated.table.register]
    return [r for r in of_file if r.table == stated.index], of_file


def _ways(context: RuleContext, records: Sequence[Record]) -> set[int]:
    points = {(fold(context.text(r, "power_name")), fold(context.text(r, "risk_point"))) for r in records}
    numbers = {context.text(r, "sequence") for r in records} - {""}
    return {len(records), len(points), *({len(numbers)} if numbers else ())}


def _by_grade(context: RuleContext, records: Sequence[Record]) -> Counter[int]:
    found = (context.field(record, "risk_grade") for record in records)
    return Counter(field.value for field in found if field is not None and isinstance(field.value, int))


def _bears_out(context: RuleContext, grades: Mapping[int, int], records: Sequence[Record]) -> bool:
    """Whether the rows have these numbers; rows without a readable grade leave it open."""
    counts = _by_grade(context, records)
    return sum(counts.values()) < len(records) or all(counts[grade] == count for grade, count in grades.items())
