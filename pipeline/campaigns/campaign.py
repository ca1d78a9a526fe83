"""What a batch (批次) asks of the units: the campaign profile, read from a TOML file.

In: a TOML file, or none for the profile that ships with the package. Out: :class:`Campaign`, frozen and picklable.
Refuses: an unknown key, field, rule or register and a value of the wrong type, each with a :class:`CampaignError` that
names file, line and key in the words of the person who edits the file.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib import resources
from pathlib import Path

from pipeline.campaigns.across import AcrossPolicy, across_policy
from pipeline.campaigns.deadlines import Deadlines, read_deadlines
from pipeline.campaigns.expected import ExpectedUnits, read_units
from pipeline.campaigns.profile import Profile, ProfileError, Section
from pipeline.record import Register
from pipeline.vocabulary import Vocabulary, load_vocabulary

_DEFAULT = resources.files("vocab") / "campaigns" / "default.toml"
_FAMILIES = ("power", "risk", "statistics", "post_power")  # what a unit may be asked to hand in
# Normalized text: digits and % are half-width.
_AMOUNT = re.compile(
    r"(?P<number>[\d,]{0,15}\.?\d{1,9}|[一二三四五六七八九十百千万两]{1,12})\s?[余多]?[百千万亿]?\s?[元%‰]"
)


class CampaignError(ProfileError):
    """A campaign file is wrong. ``file``, ``line`` (None when it cannot be opened) and ``key`` tell where."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a requirement holds: what the text of ``field`` says.

    amount: it names an amount of money or a rate above zero. contains: it has one of these words, after those of
    ``without`` are taken out (不收费 holds 收费). equals: it is one of these words and nothing else.
    """

    field: str
    amount: bool = False
    contains: tuple[str, ...] = ()
    equals: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def holds(self, text: str) -> bool:
        """Whether the text makes the requirement apply."""
        if self.amount and any(_above_zero(match["number"]) for match in _AMOUNT.finditer(text)):
            return True
        if text.strip() in self.equals:
            return True
        for phrase in self.without:
            text = text.replace(phrase, "")
        return any(word in text for word in self.contains)


def _above_zero(number: str) -> bool:
    return bool(re.search(r"[1-9一二三四五六七八九十百千万两]", number))


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field that each record of some registers must fill; the rule ``rule`` reports where it does not.

    fields: one filled field of these is enough; the first is the one that a finding names. power_types: only for
    records of these canonical types, empty for all. when: only for records of which the condition holds. column: the
    table must have a column for it (its absence is M00); False where a table may leave the column out.
    placeholder_answers: 无 — / is an answer; False where it is a gap.
    """

    rule: str
    registers: frozenset[Register]
    fields: tuple[str, ...]
    power_types: frozenset[str] = frozenset()
    when: Condition | None = None
    column: bool = True
    placeholder_answers: bool = False


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """What the batch asks of time limits; zero stands for a demand that it does not make.

    shortened_by: the part of the statutory limit by which a promise must fall short of it, for powers of the types
    ``power_types``. exempt_up_to: statutory
    limits up to this many units need not be shortened. licence_days, joint_licence_days: working days that a licence
    without a statutory limit of its own may take, decided by one body or by several together.
    """

    shortened_by: Fraction
    power_types: frozenset[str]
    exempt_up_to: int
    licence_days: int
    joint_licence_days: int


@dataclass(frozen=True, slots=True)
class SecrecyPolicy:
    """Which reasons keep a power from being public.

    grounds: words that name a lawful one, empty where the batch does not check reasons. without: phrases that hold
    such a word and name none (不涉及国家秘密). insufficient: words of reasons that never suffice alone.
    """

    grounds: tuple[str, ...]
    without: tuple[str, ...]
    insufficient: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """When a text counts as copied: ``times`` risk points have it, 0 for unchecked; ``shortest`` in characters."""

    times: int
    shortest: int


@dataclass(frozen=True, slots=True)
class ChartPolicy:
    """What the batch asks of flow charts (流程图).

    asked: of every power: "no", "yes", or "if_any" for units that hand in charts. power_types: whose powers need one,
    empty for all. elements: what a chart without one of the seven elements is: "no" (not looked at), "hint", "yes" (a
    fault), or "unless_by_law" (a fault, but a hint where a law prescribes the procedure). by_law: types of such powers.
    renewed_within: working days in which a chart must follow a change of its power, 0 for any.
    """

    asked: str
    power_types: frozenset[str]
    elements: str
    by_law: frozenset[str]
    renewed_within: int


@dataclass(frozen=True, slots=True)
class Office:
    """Who reviews and signs (落款): its name, and whom units may ask (persons, telephone); "" where it is not said."""

    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """The profile of one batch.

    batch: 批次, the name stored with each submission. title: its full title. document: the document (文号) that orders
    it. office: who reviews. review_date: 基准日, None for the day of the run. deadlines: of its stages. expected: who
    must hand in what. rules_off: codes of rules that this batch does not ask for.
    taxonomies: names in power_types.csv whose bare type codes hold here, beside "*". power_types: the canonical types
    that a catalogue of this batch may use. grade_scheme: scheme in grades.csv, "" where each document tells its own.
    code_pattern: regular expression that a whole power code must match, "" for none. answerable: grade → the roles
    (vocab/roles.csv) of which one must answer for it; empty where the batch does not say. longest_name: characters
    that a power's name may have, 0 for any. doubtful_below: confidence in percent below which a recognized field is
    told. across: the checks across registers and units. digest: SHA-256 of the file.
    """

    batch: str
    title: str
    document: str
    office: Office
    review_date: date | None
    deadlines: Deadlines
    expected: ExpectedUnits
    requirements: tuple[Requirement, ...]
    rules_off: frozenset[str]
    taxonomies: tuple[str, ...]
    power_types: tuple[str, ...]
    grade_scheme: str
    code_pattern: str
    answerable: tuple[tuple[int, tuple[str, ...]], ...]
    longest_name: int
    limits: LimitPolicy
    secrecy: SecrecyPolicy
    repeats: RepeatPolicy
    charts: ChartPolicy
    doubtful_below: int
    across: AcrossPolicy
    digest: str

    def submission_day(self, unit: str) -> date | None:
        """The last day for handing in, for the unit whose folder has this name; None without a deadline."""
        known = self.expected.of(unit)
        return (known.deadline if known else None) or self.deadlines.submission_day()

    def required_by(self, rule: str) -> tuple[Requirement, ...]:
        """The requirements that a rule reports on, in the order of the file."""
        return tuple(requirement for requirement in self.requirements if requirement.rule == rule)


def template() -> str:
    """The shipped default with its comments, for a new workspace to start from."""
    return _DEFAULT.read_text(encoding="utf-8")


def load_campaign(path: Path | None = None, vocabulary: Vocabulary | None = None) -> Campaign:
    """The campaign of a file, or the shipped default for None. Raises CampaignError; a missing file is one too."""
    words = vocabulary or load_vocabulary()
    source = path or _DEFAULT
    try:
        data = source.read_bytes()
    except OSError as error:
        detail = words.label("campaign.unreachable").format(file=source, detail=error.strerror or error)
        raise CampaignError(detail, str(source), None, "") from error
    return _campaign(Profile(str(source), data, words.labels, CampaignError).root(), words, data)


def _campaign(root: Section, words: Vocabulary, data: bytes) -> Campaign:
    placeholder = root.section("placeholders")
    powers, grades, names = root.section("power_types"), root.section("grades"), root.section("names")
    recognition = root.section("recognition")
    answers = frozenset(_fields(placeholder, "answers", words, {c.family for c in words.columns.values()}))
    campaign = Campaign(
        batch=root.text("batch"),
        title=root.text("title", ""),
        document=root.text("document", ""),
        office=_office(root.section("office")),
        review_date=root.day("review_date"),
        deadlines=read_deadlines(root.section("deadlines"), root.section("calendar")),
        expected=read_units(root, {words.label(f"family.{name}"): name for name in _FAMILIES}),
        requirements=tuple(r for each in root.sections("required") for r in _requirements(each, words, answers)),
        rules_off=frozenset(_known(root, "rules_off", words.rules)),
        taxonomies=_known(powers, "taxonomies", {t.taxonomy for t in words.power_types} | {"*"}),
        power_types=_known(powers, "accepted", {t.canonical for t in words.power_types}),
        grade_scheme=_grade_scheme(grades, words),
        code_pattern=_pattern(root.section("codes")),
        answerable=_answerable(grades.section("answerable"), words),
        longest_name=names.whole("longest", 0),
        limits=_limits(root.section("limits"), words),
        secrecy=_secrecy(root.section("secrecy")),
        repeats=_repeats(root.section("repeats")),
        charts=_charts(root.section("charts"), words),
        doubtful_below=recognition.whole("doubtful_below", 95),
        across=across_policy(root, words, _known),
        digest=hashlib.sha256(data).hexdigest(),
    )
    for section in (placeholder, powers, grades, names, recognition, root):
        section.finish()
    return campaign


def _office(section: Section) -> Office:
    office = Office(section.text("name", ""), section.text("contact", ""))
    section.finish()
    return office


def _requirements(section: Section, words: Vocabulary, answers: frozenset[str]) -> Iterator[Requirement]:
    """One requirement, or one a field where the file says need = "each"."""
    registers = frozenset(Register(r) for r in _known(section, "registers", [r.value for r in Register if r.family]))
    families = {register.family for register in registers}
    fields = _fields(section, "fields", words, families)
    need = section.choice("need", ("any", "each"), "any")
    placeholder = section.choice("placeholder", ("answer", "gap", "by_field"), "by_field")
    rule = _known_one(section, "rule", words.rules)
    power_types = frozenset(_known(section, "power_types", {t.canonical for t in words.power_types}))
    column = section.flag("column", True)
    when = _condition(section, words, families)
    section.finish()
    for group in [(field,) for field in fields] if need == "each" else [fields]:
        counts = all(field in answers for field in group) if placeholder == "by_field" else placeholder == "answer"
        yield Requirement(rule, registers, group, power_types, when, column, counts)


def _condition(section: Section, words: Vocabulary, families: Collection[str]) -> Condition | None:
    when = section.section("when")
    if not when:
        return None
    (field,) = _fields(when, "field", words, families, one=True)
    condition = Condition(
        field, when.flag("amount", False), when.words("contains"), when.words("equals"), when.words("without")
    )
    when.finish()
    return condition


def _fields(
    section: Section, key: str, words: Vocabulary, families: Collection[str], *, one: bool = False
) -> tuple[str, ...]:
    """Field identifiers; the file may give the view column (职权名称) or the identifier (name)."""
    names: dict[str, str] = {}
    for (family, field), column in words.columns.items():
        if family in families:
            names |= {field: field, column.column: field}
    given = (_known_one(section, key, names),) if one else _known(section, key, names)
    return tuple(names[name] for name in given)


def _known(section: Section, key: str, known: Collection[str]) -> tuple[str, ...]:
    values = section.words(key)
    for value in values:
        _check(section, key, value, known)
    return values


def _known_one(section: Section, key: str, known: Collection[str]) -> str:
    return _check(section, key, section.text(key), known)


def _check(section: Section, key: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        near = difflib.get_close_matches(value, list(known), n=3, cutoff=0.5) or sorted(known)[:40]
        raise section.error(key, "campaign.unknown_value", value=value, known="、".join(near))
    return value


def _grade_scheme(section: Section, words: Vocabulary) -> str:
    scheme = section.text("scheme", "")
    return _check(section, "scheme", scheme, {grade.scheme for grade in words.grades} | {""})


def _answerable(section: Section, words: Vocabulary) -> tuple[tuple[int, tuple[str, ...]], ...]:
    known = {role for role in words.roles if role}
    found = ((grade, _known(section, str(grade), known)) for grade in (1, 2, 3))
    answerable = tuple((grade, roles) for grade, roles in found if roles)
    section.finish()
    return answerable


def _limits(section: Section, words: Vocabulary) -> LimitPolicy:
    policy = LimitPolicy(
        shortened_by=section.fraction("shortened_by"),
        power_types=frozenset(_known(section, "power_types", {t.canonical for t in words.power_types})),
        exempt_up_to=section.whole("exempt_up_to", 1),
        licence_days=section.whole("licence_days", 0),
        joint_licence_days=section.whole("joint_licence_days", 0),
    )
    section.finish()
    return policy


def _secrecy(section: Section) -> SecrecyPolicy:
    policy = SecrecyPolicy(section.words("grounds"), section.words("without"), section.words("insufficient"))
    section.finish()
    return policy


def _repeats(section: Section) -> RepeatPolicy:
    policy = RepeatPolicy(section.whole("times", 0), section.whole("shortest", 0))
    section.finish()
    return policy


def _charts(section: Section, words: Vocabulary) -> ChartPolicy:
    types = {each.canonical for each in words.power_types}
    policy = ChartPolicy(
        asked=section.choice("asked", ("no", "if_any", "yes"), "no"),
        power_types=frozenset(_known(section, "power_types", types)),
        elements=section.choice("elements", ("no", "hint", "unless_by_law", "yes"), "no"),
        by_law=frozenset(_known(section, "by_law", types)),
        renewed_within=section.whole("renewed_within", 0),
    )
    section.finish()
    return policy


def _pattern(section: Section) -> str:
    pattern = section.text("pattern", "")
    section.finish()
    try:
        re.compile(pattern)
    except re.error as error:
        raise section.error("pattern", "campaign.bad_pattern", detail=error) from error
    return pattern
