"""Family T: statutory and promised time limits.

In: the powers of a unit with the limits they print. Out: hits about promises that are too long and limits that cannot
be read. Only like units are compared: 60日 and 20个工作日 are never held against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.naming.power_type import named_type
from pipeline.record import Field, Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import same_cell
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, Scope, on_record, records_with, rule
from pipeline.text.numerals import NUMERAL
from pipeline.values.time_limits import TimeLimit, time_limit
from pipeline.vocabulary import Vocabulary, derived

_POWERS = (Register.POWERS, Register.POWERS_NOT_PUBLIC)
_COLUMNS = ("statutory_limit", "promised_limit")
_SHORT_UNITS = ("immediate", "hour", "minute")  # a promise within the day needs no shortening
_WORKING_DAY: Literal["working_day"] = "working_day"


class Pair(NamedTuple):
    """A power whose statutory and promised limits are of one unit, and both numbers."""

    record: Record
    unit: str
    statutory: float
    promised: float


@rule("T01", over=lambda context, code: _pairs(context, code))
def longer_than_statutory(context: RuleContext, code: str, pairs: tuple[Pair, ...]) -> Iterator[Hit]:
    """A promise beyond the statutory limit."""
    for pair in pairs:
        if pair.promised > pair.statutory:
            yield _about(context, pair)


@rule("T02", over=lambda context, code: _shortened(context, code))
def not_shortened(context: RuleContext, code: str, pairs: tuple[Pair, ...]) -> Iterator[Hit]:
    """A promise that falls short of the statutory limit by less than the campaign asks; fractions count as printed."""
    policy = context.campaign.limits
    for pair in pairs:
        if pair.unit in _SHORT_UNITS or pair.statutory <= policy.exempt_up_to or pair.promised > pair.statutory:
            continue
        if not _types(context, pair.record) & policy.power_types:
            continue
        allowed = (1 - policy.shortened_by) * Fraction(pair.statutory)
        if pair.promised > allowed:
            yield _about(context, pair, int(allowed))


@rule("T03", over=records_with(*_COLUMNS, among=_POWERS))
def unreadable_limit(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A limit that tells no number of days, or several without saying which is the whole."""
    for record in _fresh(context, records):
        for name in _COLUMNS:
            found = context.field(record, name)
            if found is None or not found.text or found.reading & (Reading.PLACEHOLDER | Reading.UNREAD):
                continue
            limit = _limit(context, record, name)
            if limit is not None and not limit.ambiguous:
                continue
            variant = "stages" if limit is not None else _unread(context, record, found.text)
            if variant is not None:
                yield on_record(context, record, name, variant=variant)


def _unread(context: RuleContext, record: Record, text: str) -> str | None:
    """The row of rules.csv for a text that states no limit, None where it need not."""
    words = context.vocabulary.rule_words
    if any(word in text for word in words["vague_limit"]):
        return ""
    if any(word in text for word in words["no_limit"]):
        return None
    on_application = {kind for each in context.campaign.required_by("M06") for kind in each.power_types}
    if any(word in text for word in words["lawful_limit"]):
        return "by_law" if category(context, record) in on_application else None
    if _has_number(text):
        return "unit"
    return "" if category(context, record) in on_application else None


def _has_number(text: str) -> bool:
    return any(character in NUMERAL or character.isdecimal() for character in text)


@rule("T04", over=lambda context, code: _licences(context, code))
def licence_without_statutory(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A licence for which no statutory limit is printed and that promises more than the licensing law allows."""
    words, policy = context.vocabulary.rule_words, context.campaign.limits
    for record in records:
        if context.text(record, "statutory_limit") and not _none(context.field(record, "statutory_limit")):
            continue
        limit = _limit(context, record, "promised_limit")
        if limit is None or limit.number is None or limit.unit != _WORKING_DAY:
            continue
        told = " ".join(each.text for each in record.fields)
        jointly = any(word in told for word in words["jointly"])
        allowed = policy.joint_licence_days if jointly else policy.licence_days
        if allowed and limit.number > allowed:
            yield on_record(context, record, "promised_limit", facts={"allowed": allowed})


def _types(context: RuleContext, record: Record) -> frozenset[str]:
    """The category of a power, or those that its name leaves possible where none is printed."""
    printed, named = category(context, record), named_type(context.text(record, "name"), context.vocabulary)
    if not printed:
        return named.possible if named is not None else frozenset()
    # One of the two is wrong, as C02 says; which, nobody knows yet.
    return frozenset() if named is not None and printed not in named.possible else frozenset((printed,))


def _about(context: RuleContext, pair: Pair, allowed: int = 0) -> Hit:
    statutory = context.text(pair.record, "statutory_limit")
    facts: Facts = {
        "statutory": statutory,
        "promised": context.text(pair.record, "promised_limit"),
        "allowed": allowed,
        "unit": context.vocabulary.label(f"limit_unit.{pair.unit}"),
    }
    return on_record(context, pair.record, "promised_limit", facts=facts)


def _pairs(context: RuleContext, code: str) -> Scope[Pair]:
    scope = _with_both(context, code)
    return Scope(context.once(_compared), scope.not_run)


def _shortened(context: RuleContext, code: str) -> Scope[Pair]:
    if not context.campaign.limits.shortened_by:
        return Scope((), "not_required")
    return _pairs(context, code)


def _licences(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.limits.licence_days:
        return Scope((), "not_required")
    scope = _with_both(context, code)
    licence = frozenset(context.vocabulary.rule_words["licence_type"])
    typed = ((record, _types(context, record)) for record in _fresh(context, scope.objects))
    return Scope(tuple(record for record, types in typed if types and types <= licence), scope.not_run)


def _with_both(context: RuleContext, code: str) -> Scope[Record]:
    scope = records_with("promised_limit", among=_POWERS)(context, code)
    if scope.not_run:
        return scope
    both = tuple(record for record in scope.objects if context.field(record, "statutory_limit") is not None)
    return Scope(both, "" if both else "column_absent")


def _compared(context: RuleContext) -> tuple[Pair, ...]:
    """The powers whose two limits are of one unit; a merged pair of cells counts once."""
    found = []
    for record in _fresh(context, _with_both(context, "").objects):
        statutory, promised = (_limit(context, record, name) for name in _COLUMNS)
        if statutory is None or promised is None or statutory.unit != promised.unit:
            continue
        if statutory.number is not None and promised.number is not None:
            found.append(Pair(record, statutory.unit, statutory.number, promised.number))
    return tuple(found)


def _fresh(context: RuleContext, records: tuple[Record, ...]) -> Iterator[Record]:
    """The records whose limits are not those of the row above, carried by merged cells."""
    above: Record | None = None
    for record in records:
        names = [name for name in _COLUMNS if context.field(record, name) is not None]
        if above is None or not names or not all(same_cell(context, above, record, name) for name in names):
            yield record
        above = record


def _limit(context: RuleContext, record: Record, name: str) -> TimeLimit | None:
    found = context.field(record, name)
    if found is None or not found.text:
        return None
    limit = _reader(context.vocabulary)(found.text)
    if limit is None and isinstance(found.value, float | int):
        # The heading says what the bare number counts.
        return TimeLimit(float(found.value), _WORKING_DAY, found.text, 0, len(found.text), float(found.value))
    return limit


@derived
def _reader(vocabulary: Vocabulary) -> Callable[[str], TimeLimit | None]:
    # A catalogue repeats a dozen limits thousands of times.
    return lru_cache(maxsize=4096)(lambda text: time_limit(text, vocabulary=vocabulary))


def _none(field: Field | None) -> bool:
    return field is None or not field.text or Reading.PLACEHOLDER in field.reading
