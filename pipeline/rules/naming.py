"""Family C: categories and names.

In: the powers of a unit, each with the rows that state it. Out: hits about the printed category or the name. A name
that does not tell its type is never held against its category.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import process as nearest

from pipeline.naming.power_type import named_type
from pipeline.naming.variants import core, joined_powers
from pipeline.record import Field, Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.copies import independent
from pipeline.rules.items import items, printed_once
from pipeline.rules.registry import Facts, Hit, on_record, others_named, records_with, rule
from pipeline.text.normalization import fold
from pipeline.values.categories import power_type
from pipeline.values.time_limits import time_limit
from pipeline.vocabulary import Vocabulary

_POWERS = (Register.POWERS, Register.POWERS_NOT_PUBLIC)
_NEAREST = 60  # percent: a category less like the printed one is not offered
_LONGEST_LIMIT = 20  # characters of a cell that is a time limit and nothing else
_SENTENCES = 2  # a name of so many sentences is a text
_TEXT = 60  # characters from which sentences make a name a text


@rule("C01", over=records_with("power_type", among=_POWERS))
def unknown_category(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A printed category that the taxonomy does not have. A type code that cannot be decoded is told once a table."""
    codes_told: set[tuple[str, int]] = set()
    for record in printed_once(context, records, "power_type"):
        found = context.field(record, "power_type")
        if found is None or not _printed(found) or category(context, record):
            continue
        if fold(found.text).isalnum() and fold(found.text).isascii():
            table = record.file, record.table
            if table not in codes_told:
                codes_told.add(table)
                yield on_record(context, record, "power_type", variant="code")
            continue
        accepted = context.campaign.power_types
        joiner = context.vocabulary.label("list.and")
        close = nearest.extractOne(found.text, accepted, score_cutoff=_NEAREST)
        facts: Facts = {"nearest": close[0] if close else "", "accepted": joiner.join(accepted)}
        yield on_record(context, record, "power_type", variant="near" if close else "", facts=facts)


@rule("C02", over=records_with("power_type", among=_POWERS))
def contradicting_category(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A category that the name rules out."""
    accepted = set(context.campaign.power_types)
    for item in items(context):
        record = item[0]
        printed, name = category(context, record), context.text(record, "name")
        if not printed or not name or Reading.UNREAD in _reading(context.field(record, "name")):
            continue
        found = named_type(name, context.vocabulary)
        if found is None or printed in found.possible or not found.possible & accepted:
            continue
        told = found.power_type if found.power_type in accepted else ""
        facts: Facts = {"head": found.head, "type": told, "printed": printed}
        yield on_record(context, record, "power_type", variant="" if told else "narrowed", facts=facts)


@rule("C03", over=records_with("name", among=_POWERS))
def not_a_power(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A name that is a slogan, a duty, a clause for all the rest, or a whole text."""
    for record in printed_once(context, records, "name"):
        sort = no_power(context, record)
        if sort is not None:
            longest = context.campaign.longest_name
            yield on_record(context, record, "name", variant=sort, facts={"longest": longest})


def _placeholder(context: RuleContext, record: Record) -> bool:
    return bool(_reading(context.field(record, "name")) & (Reading.PLACEHOLDER | Reading.UNREAD))


def _of_another_column(name: str, vocabulary: Vocabulary) -> bool:
    """A code, a number or a time limit, which stands where the name should."""
    if not any(character.isalpha() and not character.isascii() for character in name):
        return True
    limit = time_limit(name, vocabulary=vocabulary) if len(name) <= _LONGEST_LIMIT else None
    return limit is not None and limit.span == (0, len(name))


def no_power(context: RuleContext, record: Record) -> str | None:
    """The row of rules.csv that says what the name is instead, None for a name."""
    name, words = context.text(record, "name"), context.vocabulary.rule_words
    if name and not _placeholder(context, record) and _of_another_column(name, context.vocabulary):
        return "misplaced"
    if any(phrase in name for phrase in words["catch_all"]):
        return "catch_all"
    slogan, duty = (next((word for word in words[sort] if name.startswith(word)), "") for sort in ("slogan", "duty"))
    # 落实惠农补贴发放 begins like a slogan and names a power all the same.
    if any(named_type(name.removeprefix(opening), context.vocabulary) for opening in ("", slogan, duty)):
        return None
    if slogan:
        return ""
    if duty and category(context, record) not in ("", *words["duty_type"]):
        return "duty"
    sentences = [part for part in name.split("。") if part.strip()]
    longest = context.campaign.longest_name
    if (longest and len(name) > longest) or (len(name) > _TEXT and len(sentences) >= _SENTENCES):
        return "long"
    return None


@rule("C04", over=records_with("code", among=_POWERS))
def several_powers(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """One item, with one code, whose name joins several powers."""
    joiner, label = context.vocabulary.label("list.and"), context.vocabulary.label("item.named")
    for item in items(context):
        record = item[0]
        if not context.text(record, "code") or context.text(record, "sub_item"):
            continue
        parts = joined_powers(context.text(record, "name"), context.vocabulary)
        if parts:
            listed = joiner.join(label.format(name=part) for part in parts)
            yield on_record(context, record, "name", facts={"parts": listed, "count": len(parts)})


@rule("C05", over=records_with("name", among=_POWERS))
def name_variants(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """Names of one category that differ only in words like 核发, 审批 or 的: they seem to mean one power."""
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for item in items(context):
        record = item[0]
        alike = core(context.text(record, "name"), context.vocabulary)
        kind = category(context, record)
        if len(alike) > 1 and kind:
            key = kind, alike, fold(context.text(record, "sub_item"))
            groups.setdefault(key, []).append(record)
    for group in groups.values():
        members = _one_a_name(context, independent(context, group)) if len(group) > 1 else []
        if len(members) > 1:
            for record in members:
                yield on_record(context, record, "name", facts={"others": others_named(context, members, record)})


def _one_a_name(context: RuleContext, group: list[Record]) -> list[Record]:
    """The first record of each name: a name that stands twice is D02."""
    first: dict[str, Record] = {}
    for record in group:
        first.setdefault(fold(context.text(record, "name")), record)
    return list(first.values())


def category(context: RuleContext, record: Record) -> str:
    """The canonical category of a power, "" where none is printed or the campaign does not accept it."""
    found = context.field(record, "power_type")
    if found is None:
        return ""
    accepted = context.campaign.power_types
    if not found.value and found.text:
        # A bare code is decoded by the systems that the campaign names, which reading the file does not know.
        systems = context.campaign.taxonomies
        read = (power_type(found.text, context.vocabulary, system) for system in systems)
        return next((each for each in read if each in accepted), "")
    return str(found.value) if found.value in accepted else ""


def _printed(field: Field) -> bool:
    """Something stands there that is meant as a category."""
    return bool(field.text) and not field.reading & (Reading.PLACEHOLDER | Reading.UNREAD)


def _reading(field: Field | None) -> Reading:
    return field.reading if field is not None else Reading.PLAIN
