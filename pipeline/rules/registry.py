"""The one place where rules are registered and run, and where a hit becomes a finding.

In: a :class:`~pipeline.rules.context.RuleContext`. Out: findings and one :class:`~pipeline.finding.RuleRun` a rule, in
the order of vocab/rules.csv. Refuses: a code without function, or a function without a row in rules.csv.

To add a rule: a function under ``@rule(code, over=…)``, a row in vocab/rules.csv, a case file tests/rules/<code>.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from extractors.document import Place
from pipeline.finding import Finding, RuleRun, Severity, Subject, fingerprint
from pipeline.identity.history import Gone
from pipeline.record import FileReading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.vocabulary import Vocabulary, VocabularyError

T = TypeVar("T")
Facts: TypeAlias = Mapping[str, str | int]
NO_FACTS: Facts = MappingProxyType({})

_QUOTED = 60  # characters of a cell that a message repeats; the finding's ``quote`` has all of them
_BREAKS = re.compile(r"\s+")
_BROKEN = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")  # a line of Chinese that the cell broke is one line
_LISTED = 5  # members of a group that a message names one by one


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a rule found; made by :func:`on_record`, :func:`in_file`, :func:`on_file` or :func:`on_unit`.

    subject: the record or file it is about, a power that is gone, None for the unit. register: whose columns ``field``
    belongs to. identity: what tells the subject from others over resubmissions. variant: row of rules.csv to speak
    with. facts: the {named} places of its templates.
    """

    subject: Record | FileReading | Gone | None
    register: Register
    field: str
    place: Place
    quote: str
    span: tuple[int, int] | None
    identity: str
    variant: str
    facts: Facts


def on_record(
    context: RuleContext,
    record: Record,
    name: str = "",
    *,
    quote: str | None = None,
    span: tuple[int, int] | None = None,
    variant: str = "",
    facts: Facts = NO_FACTS,
) -> Hit:
    """A hit about a record, at the place of its field ``name`` and quoting what stands there."""
    found = context.field(record, name) if name else None
    place = found.sources[0].place if found and found.sources else record.place
    said = (found.raw if found else "") if quote is None else quote
    return Hit(record, record.register, name, place, said, span, record.key, variant, facts)


def in_file(
    file: FileReading,
    place: Place,
    quote: str = "",
    *,
    name: str = "",
    register: Register = Register.NONE,
    variant: str = "",
    facts: Facts = NO_FACTS,
) -> Hit:
    """A hit about something inside a file. The file's name is no part of its identity: resubmissions are renamed."""
    return Hit(file, register, name, place, quote, None, "", variant, facts)


def on_file(file: FileReading, quote: str = "", *, variant: str = "", facts: Facts = NO_FACTS) -> Hit:
    """A hit about a file as a whole."""
    return Hit(file, Register.NONE, "", Place(), quote, None, file.name, variant, facts)


def on_unit(context: RuleContext, quote: str = "", *, variant: str = "", facts: Facts = NO_FACTS) -> Hit:
    """A hit about the unit's submission as a whole."""
    return Hit(None, Register.NONE, "", Place(), quote, None, context.unit, variant, facts)


@dataclass(frozen=True, slots=True)
class Scope(Generic[T]):
    """What a rule has to look at. not_run: why it cannot run (``not_run.*`` in labels.csv), "" when it can."""

    objects: tuple[T, ...]
    not_run: str = ""


def records_with(*names: str, among: Iterable[Register]) -> Callable[[RuleContext, str], Scope[Record]]:
    """The records of some registers whose table has one of the columns ``names`` (any, without names)."""
    registers = tuple(among)

    def scope(context: RuleContext, code: str) -> Scope[Record]:
        records = context.of(*registers)
        if not records:
            return Scope((), "register_absent")
        if names:
            records = context.having(registers, names)
        return Scope(records, "" if records else "column_absent")

    return scope


Over: TypeAlias = Callable[[RuleContext, str], Scope[T]]
Check: TypeAlias = Callable[[RuleContext, str, tuple[T, ...]], Iterator[Hit]]

_RULES: dict[str, Callable[[RuleContext], tuple[tuple[Hit, ...], RuleRun]]] = {}


def rule(*codes: str, over: Over[T]) -> Callable[[Check[T]], Check[T]]:
    """Registers a check under its code, or under each code of a kind; it gets the code and the objects of ``over``."""

    def register(check: Check[T]) -> Check[T]:
        for code in codes:
            if code in _RULES:
                raise ValueError(f"two rules under the code {code}")
            _RULES[code] = partial(_run, code, over, check)
        return check

    return register


def rule_codes() -> frozenset[str]:
    """The codes of all registered rules."""
    return frozenset(_RULES)


def run_rules(context: RuleContext) -> tuple[tuple[Finding, ...], tuple[RuleRun, ...]]:
    """All findings of all rules, and how each rule ran. Raises VocabularyError when rules.csv and the rules differ."""
    texts = context.vocabulary.rules
    if different := rule_codes() ^ texts.keys():
        raise VocabularyError(f"vocab/rules.csv and pipeline/rules differ in {', '.join(sorted(different))}")
    findings = context.findings
    findings.clear()
    runs: list[RuleRun] = []
    seen: dict[str, int] = {}
    for code in texts:
        if code in context.campaign.rules_off:
            runs.append(RuleRun(code, 0, 0, "switched_off"))
            continue
        hits, run = _RULES[code](context)
        findings.extend(_finding(context, code, hit, seen) for hit in hits)
        runs.append(run)
    return tuple(findings), tuple(runs)


def _run(code: str, over: Over[T], check: Check[T], context: RuleContext) -> tuple[tuple[Hit, ...], RuleRun]:
    scope = over(context, code)
    if scope.not_run:
        return (), RuleRun(code, 0, 0, scope.not_run)
    hits = tuple(check(context, code, scope.objects))
    return hits, RuleRun(code, len(scope.objects), len(hits))


def _finding(context: RuleContext, code: str, hit: Hit, seen: dict[str, int]) -> Finding:
    """The finding of a hit. ``seen`` counts equal fingerprints: the second of a kind gets "-2", in reading order."""
    words = context.vocabulary
    wording = words.rules[code].wording(hit.variant)
    kind, key, name, file = _subject(context, hit)
    column = words.column(hit.register.family, hit.field) if hit.field else ""
    place = str(hit.place)
    facts: Facts = {
        "unit": context.unit,
        "file": file,
        "place": readable(hit.place) or words.label("place.whole_file"),
        "column": column,
        "quote": clipped(hit.quote),
        "item": item_name(context, hit.subject) if isinstance(hit.subject, Record) else name,
        **hit.facts,
    }
    identity = fingerprint(context.unit, hit.register.value, code, hit.identity, column, hit.quote)
    seen[identity] = count = seen.get(identity, 0) + 1
    return Finding(
        code=code,
        severity=Severity(wording.severity),
        unit=context.unit,
        subject=kind,
        subject_key=key,
        subject_name=name,
        field=column,
        file=file,
        place=place,
        quote=hit.quote,
        span=hit.span,
        message=filled(context, wording.message, facts),
        advice=filled(context, wording.advice, facts),
        basis=words.rules[code].basis,
        fingerprint=identity if count == 1 else f"{identity}-{count}",
    )


class _Told(dict[str, str | int]):
    """Facts for a template, with a word for those that nobody told."""

    def __init__(self, facts: Facts, unknown: str) -> None:
        super().__init__(facts)
        self._unknown = unknown

    def __missing__(self, key: str) -> str:
        return self._unknown


def filled(context: RuleContext, template: str, facts: Facts) -> str:
    """A sentence of vocab/ with its {named} places filled.

    A fact that the reader of the file did not know reads as unknown: the unit gets its finding all the same.
    """
    return spoken(context.vocabulary, template, facts)


def spoken(vocabulary: Vocabulary, template: str, facts: Facts) -> str:
    """The same where there is no context: the checks across units."""
    return template.format_map(_Told(facts, vocabulary.label("facts.unknown")))


def _subject(context: RuleContext, hit: Hit) -> tuple[Subject, str, str, str]:
    """Kind, key, name and file of what a hit is about."""
    subject = hit.subject
    if isinstance(subject, Record):
        if subject.register.of_risks:
            return Subject.RISK, subject.key, context.text(subject, "risk_point"), subject.file
        return Subject.POWER, subject.key, context.text(subject, "name"), subject.file
    if isinstance(subject, Gone):  # its file and place are those of an earlier version: nothing stands there now
        return Subject.POWER, subject.item.key, subject.item.name, ""
    if isinstance(subject, FileReading):
        return Subject.FILE, subject.name, subject.name, subject.name
    return Subject.UNIT, context.unit, context.unit, ""


def item_name(context: RuleContext, record: Record) -> str:
    """What a message calls a record: its quoted name, else its serial number, else just "this row"."""
    words = context.vocabulary
    name = context.text(record, "risk_point" if record.register.of_risks else "name")
    if name:
        return words.label("item.named").format(name=clipped(name))
    if number := context.text(record, "sequence"):
        return words.label("item.numbered").format(number=clipped(number))
    return words.label("item.unnamed")


def others_named(context: RuleContext, group: Sequence[Record], than: Record) -> str:
    """The other members of a group, for a message to one of them: names and places, the first few of many."""
    words = context.vocabulary
    count = len(group) - 1
    listed = []
    # The first few only: each member of a group of n asks, and listing all would be n².
    for record in islice((record for record in group if record is not than), _LISTED):
        place = readable(record.place) if record.file == than.file else f"{record.file} {readable(record.place)}"
        listed.append(words.label("item.placed").format(item=item_name(context, record), place=place.strip()))
    text = words.label("list.and").join(listed)
    return words.label("list.more").format(listed=text, count=count) if count > _LISTED else text


def readable(place: Place) -> str:
    """A place as a message tells it: without the rectangle on the page, which nobody can look up."""
    return str(place if place.box is None else replace(place, box=None))


def clipped(text: str) -> str:
    """A cell's text as a message repeats it: on one line, a long one cut with an ellipsis."""
    line = _BREAKS.sub(" ", _BROKEN.sub("", text.strip()))
    return line if len(line) <= _QUOTED else line[:_QUOTED] + "…"
