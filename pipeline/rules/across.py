"""R03, R04, R06 and N03: what the registers of one unit say of each other.

In: the catalogues and the risk registers of a unit. Out: hits about powers without risk points, risk points of powers
that the catalogue does not have, grades that do not fit who handles a power, and powers that are public and not public.
Refuses to accuse by likeness: a doubtful name is a hint with the power that may be meant, and a risk point of the
unit's inner business (财务, 人事), of a step (受理) or of a whole kind of powers (行政处罚权) names no unlisted power.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.matching.power_index import How, Match, Offer, PowerIndex
from pipeline.matching.power_name import kind_named, power_name, telling
from pipeline.record import Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import items, printed_once
from pipeline.rules.meant_powers import listed, meant, power_index, power_keys
from pipeline.rules.naming import category, no_power
from pipeline.rules.registry import Facts, Hit, Scope, on_record, others_named, records_with, rule
from pipeline.rules.risk import roles_named
from pipeline.text.normalization import fold

_RISKS = tuple(register for register in Register if register.of_risks)
_UNREAD = Reading.PLACEHOLDER | Reading.UNREAD
_HALF = 0.5  # of the powers that a column names must be known before another one counts as unlisted for certain
_WORTH_NAMING = 0.4  # a power that shares less of its words with the one sought is no help to the unit
_TELLING = 3  # characters of a power's object by which a risk point's text speaks of it
_TEXTS = ("risk_point", "manifestation", "power_name", "post")


def _named(context: RuleContext, code: str) -> Scope[Record]:
    """The risk points that say which power they belong to; of a merged cell the first."""
    scope = records_with("power_name", among=_RISKS)(context, code)
    if scope.not_run or not context.powers:
        return Scope((), scope.not_run or "register_absent")
    printed = (r for r in printed_once(context, scope.objects, "power_name") if context.text(r, "power_name"))
    records = tuple(r for r in printed if not _reading(context, r, "power_name") & _UNREAD)
    return Scope(records, "" if records else "column_absent")


@rule("R04", over=_named)
def unlisted_power(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power that risk points name and the catalogue does not have: told once a name, at the first of them."""
    columns: dict[tuple[str, Register], list[Record]] = {}
    groups: dict[str, list[Record]] = {}
    for record in records:
        text = context.text(record, "power_name")
        columns.setdefault((record.file, record.register), []).append(record)
        groups.setdefault(fold(text), []).append(record)
    sure = {column for column, printed in columns.items() if _column_of_powers(context, printed)}
    for name, group in groups.items():
        record = group[0]
        found = _unlisted(context, context.text(record, "power_name"))
        if found is None:
            continue
        variant, facts = found
        if variant in ("", "near") and (record.file, record.register) not in sure:
            variant = "unsure"
        hit = on_record(context, record, "power_name", variant=variant, facts={**facts, "count": len(group)})
        # Which of the risk points comes first may change; the name is what is unlisted.
        yield replace(hit, identity=name)


def _column_of_powers(context: RuleContext, records: Sequence[Record]) -> bool:
    """Whether a column certainly names powers and not steps or business: its heading or its cells say so.

    records: those of one register in one file, so that forms, one a table, are looked at together.
    """
    words = context.vocabulary.match_words
    telling_words, others = (tuple(word for _, word in words[each]) for each in ("power_heading", "no_power_heading"))
    tables = {record.table: context.table(record) for record in records}.values()
    for header in (fold(header) for table in tables if table for header in table.headers):
        if any(word in header for word in telling_words) and not any(word in header for word in others):
            return True
    texts = {context.text(record, "power_name") for record in records}
    known = {text for text in texts if any(isinstance(part, Match) for _, part in meant(context)[text])}
    judged = known | {text for text in texts if _names_power(context, text)}
    return len(known) >= _HALF * len(judged)


def _unlisted(context: RuleContext, text: str) -> tuple[str, Facts] | None:
    """The row of rules.csv and the facts for a name that the catalogue does not have; None where nothing is wrong."""
    parts = meant(context)[text]
    missing = [(part, found) for part, found in parts if not isinstance(found, Match)]
    for part, found in missing:
        kind = _kind(context, part)
        if kind:
            # The printed name of a type, of which the catalogue has no power at all.
            if kind not in _kinds_listed(context) and fold(part).removesuffix("权") == kind:
                return "kind", {"kind": kind, "part": part}
        elif isinstance(found, Offer):
            # A name that several powers fit is listed, whichever is meant.
            if power_name(part, context.vocabulary).act and not found.tied:
                return "doubtful", {"nearest": found.name, "part": part}
        elif _names_power(context, part):
            near = power_index(context).nearest(part)
            if near is None or near.score < _WORTH_NAMING:
                return "", {"part": part}
            return "near", {"nearest": near.name, "part": part}
    return None


def _names_power(context: RuleContext, text: str) -> bool:
    """Whether a text names a power towards the outside: an act on an object, not the unit's inner business."""
    words, read = context.vocabulary.match_words, power_name(text, context.vocabulary)
    if _kind(context, text) or not telling(read, context.vocabulary):
        return False
    inner = any(word in text for _, word in words["internal"])
    outward = not inner and read.act in {word for _, word in words["external"]}
    return outward or read.act in context.vocabulary.rule_words["penalty_type"]


def _kind(context: RuleContext, text: str) -> str:
    return kind_named(text, context.vocabulary)


def _kinds_listed(context: RuleContext) -> frozenset[str]:
    return context.once(_acts_listed)


def _acts_listed(context: RuleContext) -> frozenset[str]:
    names = (power_name(context.text(record, "name"), context.vocabulary).act for record in context.powers)
    return frozenset((*names, *(category(context, record) for record in context.powers)))


@dataclass(frozen=True, slots=True)
class _Covered:
    """What risk points look at: keys of powers, whole kinds of them, and the folded text of those of no known power."""

    keys: frozenset[str]
    kinds: frozenset[str]
    text: str
    certain: bool


def _to_cover(context: RuleContext, code: str) -> Scope[Record]:
    if not context.powers or not context.risks:
        return Scope((), "register_absent")
    return Scope(tuple(item[0] for item in items(context)), "" if context.once(_covered).certain else "no_power_named")


@rule("R03", over=_to_cover)
def power_without_risk(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power that no risk point means, offers, comprises in a kind or speaks of."""
    covered = context.once(_covered)
    rows = {item[0].key: [record.key for record in item] for item in items(context)}
    for record in records:
        name = context.text(record, "name")
        if not name or _reading(context, record, "name") & _UNREAD or no_power(context, record) is not None:
            continue
        if covered.keys & set(rows[record.key]):
            continue
        read = power_name(name, context.vocabulary, category(context, record), context.unit)
        if {read.act, category(context, record)} & covered.kinds:
            continue
        if not (len(read.core) >= _TELLING and read.core in covered.text):
            yield on_record(context, record, "name")


def _covered(context: RuleContext) -> _Covered:
    keys: set[str] = set()
    kinds: set[str] = set()
    certain = False
    for parts in meant(context).values():
        for part, found in parts:
            keys.update(found.keys if found else ())
            kinds.add(_kind(context, part))
            certain = certain or isinstance(found, Match)
    # 行政处罚权 means every penalty, and 取水许可 every sub-item of it.
    names = {fold(context.text(r, "name")) for r in context.powers if r.key in keys} - {""}
    keys.update(r.key for r in context.powers if fold(context.text(r, "name")) in names)
    # A risk point whose power is known speaks of no other one.
    unknown = (record for record in context.risks if record.key not in power_keys(context))
    texts = (context.text(record, name) for record in unknown for name in _TEXTS)
    return _Covered(frozenset(keys), frozenset(kinds - {""}), fold("\n".join(texts)), certain)


def _led(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.across.led_directly.roles:
        return Scope((), "not_required")
    return records_with("risk_grade", among=_RISKS)(context, code)


@rule("R06", over=_led)
def graded_too_low(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """The mildest grade for a power of the campaign's kinds that a main leader handles directly."""
    policy, powers = context.campaign.across.led_directly, {record.key: record for record in context.powers}
    for record in records:
        grade = context.field(record, "risk_grade")
        if grade is None or grade.value != policy.mildest:
            continue
        name = context.text(record, "power_name")
        parts = meant(context).get(name, ())
        power = next((powers[key] for _, part in parts if isinstance(part, Match) for key in part.keys), None)
        acts = {power_name(name, context.vocabulary).act} | ({category(context, power)} if power else set())
        if not acts & policy.power_types and not any(word in name for word in policy.names):
            continue
        who = _main_leader(context, record, ("position", "post", "responsible_person"), policy.roles)
        if not who and power is not None:
            who = _main_leader(context, power, ("person_in_charge", "post"), policy.roles)
        if who:
            yield on_record(context, record, "risk_grade", facts={"who": who, "power": name})


def _main_leader(context: RuleContext, record: Record, names: tuple[str, ...], roles: frozenset[str]) -> str:
    """The text that names a main leader and nobody else as the one who handles it, "" without one."""
    for name in names:
        found = roles_named(context, record, name)
        if found and found <= roles:
            return context.text(record, name)
    return ""


@rule("N03", over=records_with("name", among=(Register.POWERS_NOT_PUBLIC,)))
def public_and_not(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power of both catalogues, by its name; each of the two rows is told, and names the other."""
    public = context.of(Register.POWERS)
    index = PowerIndex((listed(context, record) for record in public), context.vocabulary, context.unit)
    by_key = {record.key: record for record in public}
    told: set[str] = set()
    for record in printed_once(context, records, "name"):
        power = listed(context, record)
        whole = f"{power.name}（{power.sub_item}）" if power.sub_item else power.name
        found = index.find(name=whole, power_type=power.power_type)
        if not isinstance(found, Match) or found.how is How.SIMILAR:
            continue
        others = [by_key[key] for key in found.keys]
        yield on_record(context, record, "name", facts=_other(context, others[0], record))
        for other in others[:1]:
            if other.key not in told:
                told.add(other.key)
                yield on_record(context, other, "name", variant="public", facts=_other(context, record, other))


def _other(context: RuleContext, named: Record, than: Record) -> Facts:
    return {"other": others_named(context, (named, than), than)}


def _reading(context: RuleContext, record: Record, name: str) -> Reading:
    found = context.field(record, name)
    return found.reading if found is not None else Reading.PLAIN
