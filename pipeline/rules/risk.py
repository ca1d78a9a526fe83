"""Family R: grades of risk points, who answers for them, declared totals, copied texts.

In: the risk registers of a unit. Out: hits about single risk points and about the totals that a table states. Who
answers is told by the words for posts (vocab/roles.csv); a bare name of a person tells nothing. Missing controls (R05)
and missing persons (R07) are requirements of the campaign and told by pipeline/rules/fields.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.record import Field, Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import printed_once, same_cell
from pipeline.rules.registry import Facts, Hit, Scope, on_record, others_named, records_with, rule
from pipeline.text.normalization import fold
from pipeline.values.grades import grade_distribution, grade_schemes
from pipeline.vocabulary import Vocabulary, derived

_RISKS = tuple(register for register in Register if register.of_risks)
_ANSWERING = ("responsible_person", "responsible_leader")
_COPIED = ("control_measures", "manifestation")


@rule("R01", over=records_with("risk_grade", among=_RISKS))
def no_grade(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A grade that is missing, or that the scheme does not have. A distribution (1中2低) is another fault."""
    for record in printed_once(context, records, "risk_grade"):
        found = context.field(record, "risk_grade")
        if found is None or Reading.UNREAD in found.reading:
            continue
        if not found.text or Reading.PLACEHOLDER in found.reading:
            yield on_record(context, record, "risk_grade", variant="placeholder" if found.text else "")
        elif grade_distribution(found.text, context.vocabulary) is None and not _in_scheme(context, found):
            yield on_record(context, record, "risk_grade", variant="unknown")


def _in_scheme(context: RuleContext, field: Field) -> bool:
    schemes = grade_schemes(field.text, context.vocabulary)
    wanted = context.campaign.grade_scheme
    return wanted in schemes if wanted else bool(schemes or field.value)


def _answerable(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.answerable:
        return Scope((), "not_required")
    scope = records_with("risk_grade", among=_RISKS)(context, code)
    records = tuple(r for r in scope.objects if any(context.field(r, name) is not None for name in _ANSWERING))
    return Scope(records, scope.not_run or ("" if records else "column_absent"))


@rule("R02", over=_answerable)
def unfit_to_answer(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A grade for which somebody of another level answers; silent where the cells do not say who that is."""
    wanted, joiner = dict(context.campaign.answerable), context.vocabulary.label("list.or")
    above: Record | None = None
    for record in records:
        above, last = record, above
        grade = context.field(record, "risk_grade")
        fit = wanted.get(grade.value) if grade is not None and isinstance(grade.value, int) else None
        if grade is None or fit is None or (last is not None and _carried_on(context, last, record)):
            continue
        found = _unfit(context, record, fit)
        if found is not None:
            name, variant = found
            yield on_record(
                context, record, name, variant=variant, facts={"grade": grade.text, "fit": joiner.join(fit)}
            )


def _carried_on(context: RuleContext, above: Record, record: Record) -> bool:
    """Whether grade and persons are those of the row above, in merged cells."""
    names = ["risk_grade", *(name for name in _ANSWERING if context.field(record, name) is not None)]
    return all(same_cell(context, above, record, name) for name in names)


def _unfit(context: RuleContext, record: Record, fit: tuple[str, ...]) -> tuple[str, str] | None:
    """The field that names the wrong level and the row of rules.csv that says so, None where nothing is wrong.

    The leader, where there is a column for one, stands above the person: a leader of too low a level is wrong whoever
    the person is. That all answer from above is certain only where each cell tells its level.
    """
    levels = {name: roles_named(context, record, name) for name in _ANSWERING if context.text(record, name)}
    if not levels or any(roles & set(fit) for roles in levels.values()):
        return None
    order = list(context.vocabulary.roles)
    ranks = [order.index(role) for role in fit]
    top = max(levels, key=_ANSWERING.index)
    if levels[top] and min(map(order.index, levels[top])) > max(ranks):
        return top, ""
    if all(roles and max(map(order.index, roles)) < min(ranks) for roles in levels.values()):
        return next(iter(levels)), "higher"
    return None


def roles_named(context: RuleContext, record: Record, name: str) -> set[str]:
    """The levels that a cell names; empty where one of its words may mean several levels."""
    pattern, role_of = _role_words(context.vocabulary)
    roles = {role_of[word] for word in pattern.findall(context.text(record, name))}
    return set() if "" in roles else roles


@derived
def _role_words(vocabulary: Vocabulary) -> tuple[re.Pattern[str], dict[str, str]]:
    role_of = {word: role for role, words in vocabulary.roles.items() for word in words}
    longest_first = sorted(role_of, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), role_of


def _repeatable(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.repeats.times:
        return Scope((), "not_required")
    return records_with(*_COPIED, among=_RISKS)(context, code)


@rule("R09", over=_repeatable)
def copied_text(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A text that several risk points print word for word; one cell that is merged over them is printed once."""
    policy = context.campaign.repeats
    for name in _COPIED:
        groups: dict[str, dict[str, Record]] = {}
        for record in printed_once(context, records, name):
            text = fold(context.text(record, name))
            if len(text) >= policy.shortest:
                # The same risk point in two registers, or twice, is one risk point.
                groups.setdefault(text, {}).setdefault(fold(context.text(record, "risk_point")), record)
        for group in groups.values():
            members = list(group.values())
            if len(members) >= policy.times:
                for record in members:
                    facts: Facts = {"others": others_named(context, members, record), "count": len(members)}
                    yield on_record(context, record, name, facts=facts)
