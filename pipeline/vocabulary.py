"""The only reader of vocab/: checks the data, freezes it into one Vocabulary.

In: the CSV, TSV and TXT files of the package ``vocab`` (or of another directory, for tests). Out: :class:`Vocabulary`.
Refuses: a malformed file, with :class:`VocabularyError` naming file and line; our own data being wrong is loud.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, wraps
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")
_RANK_FINDINGS = ("cannot", "doubtful", "one_year")
_VERB_PLACES = ("end", "start", "tail", "stage", "veto", "violation")


class VocabularyError(Exception):
    """A file of vocab/ is wrong; the message names file, line and column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a register family and the view column it fills; kind tells how its text is read."""

    family: str
    field: str
    column: str
    kind: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed heading and the field(s) it stands for in a register family.

    fields: several when one column carries several fields, none for a heading that is known and has no field of its
    own. rank: of several columns for one field the lowest rank wins. part: the piece of the field that the column
    holds ("title" or "article" of a legal basis), "" for the whole. without: the row holds only where none of these
    headings stands in the same table. implies: a field and the value that the heading itself gives it.
    """

    text: str
    family: str
    fields: tuple[str, ...]
    rank: int = 1
    part: str = ""
    without: frozenset[str] = frozenset()
    implies: tuple[str, str] | None = None

    @property
    def other(self) -> bool:
        """Known, but kept in 其他栏目."""
        return not self.fields


@dataclass(frozen=True, slots=True)
class RegisterTitle:
    """Words in a title that tell the kind of register; heavier rows win. ``unless`` words veto the row."""

    words: tuple[str, ...]
    register: str
    weight: int
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerType:
    """A printed power type (or type code of one taxonomy) and its canonical 职权类别. taxonomy "*" holds in all."""

    taxonomy: str
    label: str
    canonical: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A printed grade of a scheme: 1 the gravest to 3; colour is the warning colour it stands for, "" if none."""

    scheme: str
    label: str
    grade: int
    colour: str


@dataclass(frozen=True, slots=True)
class NameVerb:
    """A word of power names and what it says of the power's type (vocab/name_verbs.csv).

    place: "end" or "start" of the name where it is the head; "tail" and "stage" may follow the head; "veto" and
    "violation" turn its meaning. power_type: the type that the head means, "" where it does not say. also: types that
    it serves as well; a head with neither says nothing. near: endings of the text before it (of the whole name, for a
    start), one of which is needed; empty for any.
    """

    word: str
    place: str
    power_type: str
    also: frozenset[str]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleVariant:
    """What a rule says of one sort of hit, where its hits differ in severity or wording; "" is the usual sort."""

    variant: str
    severity: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """Wording, severity and basis of a rule (vocab/rules.csv). Messages are templates with {named} places.

    variants: other sorts of hits of the same rule; what their rows leave blank is as in the row of the rule.
    bad_example, good_example: what the rule finds and what it lets pass, as a unit would print it.
    """

    code: str
    severity: str
    title: str
    message: str
    advice: str
    basis: str
    bad_example: str = ""
    good_example: str = ""
    variants: tuple[RuleVariant, ...] = ()

    def wording(self, variant: str = "") -> RuleVariant:
        """Severity, message and advice of one sort of hit. Raises KeyError for one that has no row."""
        if not variant:
            return RuleVariant("", self.severity, self.message, self.advice)
        for known in self.variants:
            if known.variant == variant:
                return known
        raise KeyError(f"{self.code} {variant}")


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What a clerk reads for a file that cannot be taken (vocab/unreadable.csv); templates with {named} places."""

    code: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class RankLimit:
    """What an instrument of some rank cannot create (vocab/powers_of_instruments.csv); what has no row is not judged.

    power: canonical 职权类别, "*" for those without rows of their own. measure: a list ``measure.…`` of rule_words.csv,
    "" where the name of the power tells none, "*" whatever it tells, "fee" for charging for it. level: value of
    :class:`pipeline.law.statute.Level`. finding: "cannot", "doubtful", or "one_year" for what lapses a year after it
    was issued. since, until: half-open span in which the clause holds.
    """

    power: str
    measure: str
    level: str
    finding: str
    since: date
    until: date
    clause: str


@dataclass(frozen=True, slots=True)
class DecisionWord:
    """What may be decided of a finding, a power or a unit (vocab/decisions.csv), and how reviewers write it.

    group: a later decision takes the place of an earlier one of its group. needs: "comment"; "reason", a comment or
    the unit's answer; "other", the key of another power; "" for nothing.
    """

    decision: str
    subject: str
    group: str
    label: str
    aliases: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words the pipeline knows, frozen. digest changes whenever any of the data does."""

    digest: str
    columns: Mapping[tuple[str, str], Column]
    headings: Mapping[str, tuple[Heading, ...]]  # family → headings
    register_titles: tuple[RegisterTitle, ...]
    evidence: Mapping[tuple[str, str], float]  # (family, field) → how much its column speaks for the family
    power_types: tuple[PowerType, ...]
    grades: tuple[Grade, ...]
    risk_kinds: Mapping[str, str]
    placeholders: Mapping[str, str]  # text → "none" | "ditto" | "blank"
    numeral_lookalikes: Mapping[str, str]  # signs that recognition reads for a numeral → the numeral
    confusables: tuple[tuple[str, str], ...]  # (wrong, right), certain wherever they stand
    user_words: tuple[str, ...]
    markers: Mapping[str, tuple[str, ...]]  # named lists of words for interpretation (vocab/markers.csv)
    rules: Mapping[str, RuleText]
    reasons: Mapping[str, ReasonText]
    labels: Mapping[str, str]  # machine key → what a user reads (vocab/labels.csv)
    value_words: Mapping[str, tuple[str, ...]]  # named lists of words that values are read by (vocab/value_words.csv)
    name_like_words: frozenset[str]  # words that begin with a surname and are no name
    name_verbs: tuple[NameVerb, ...]  # the words by which a power's name tells its type
    rule_words: Mapping[str, tuple[str, ...]]  # named lists of words that rules judge by (vocab/rule_words.csv)
    roles: Mapping[str, tuple[str, ...]]  # who may answer for a risk, the highest first → printed words; "" for unsure
    citation_words: Mapping[str, tuple[str, ...]]  # named lists of words that citations are read by
    match_words: Mapping[str, tuple[tuple[str, str], ...]]  # list → (group, word): how names of powers are compared
    rank_limits: tuple[RankLimit, ...]  # what the rank of an instrument forbids it to create
    decisions: tuple[DecisionWord, ...]

    def column(self, family: str, field: str) -> str:
        """The view column (职权名称 …) of a field. Raises KeyError for an unknown field."""
        return self.columns[family, field].column

    def label(self, key: str) -> str:
        """What a user reads for a machine key; the key itself is never shown, a missing one is our fault: KeyError."""
        return self.labels[key]


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """The vocabulary that ships with the package, read once a process. Raises VocabularyError."""
    return read_vocabulary(resources.files("vocab"))


def read_vocabulary(folder: Traversable) -> Vocabulary:
    """The vocabulary of a folder with the files of vocab/. Raises VocabularyError, naming file and line."""
    source = _Source(folder)
    columns = {(c.family, c.field): c for c in source.each("columns.csv", _column)}
    headings: dict[str, list[Heading]] = {}
    for heading in source.each("fields.csv", _heading(columns)):
        headings.setdefault(heading.family, []).append(heading)
    return Vocabulary(
        columns=MappingProxyType(columns),
        headings=MappingProxyType({family: tuple(rows) for family, rows in headings.items()}),
        register_titles=tuple(source.each("registers.csv", _register_title)),
        evidence=MappingProxyType(
            dict(source.each("evidence.csv", lambda row: ((row["family"], row["field"]), float(row["weight"]))))
        ),
        power_types=tuple(source.each("power_types.csv", _power_type)),
        grades=tuple(source.each("grades.csv", _grade)),
        risk_kinds=source.mapping("risk_kinds.csv", "label", "canonical"),
        placeholders=source.mapping("placeholders.csv", "text", "kind"),
        numeral_lookalikes=source.mapping("numeral_lookalikes.csv", "sign", "numeral"),
        confusables=tuple(source.each("confusables.tsv", lambda row: (row["wrong"], row["right"]))),
        user_words=source.lines("user_words.txt"),
        markers=source.lists("markers.csv", "list", "word"),
        rules=MappingProxyType(_rules(source)),
        reasons=MappingProxyType({r.code: r for r in source.each("unreadable.csv", _reason)}),
        labels=source.mapping("labels.csv", "key", "label"),
        value_words=source.lists("value_words.csv", "list", "word"),
        name_like_words=frozenset(source.lines("name_like_words.txt")),
        name_verbs=tuple(source.each("name_verbs.csv", _name_verb)),
        rule_words=source.lists("rule_words.csv", "list", "word"),
        roles=source.lists("roles.csv", "role", "word"),
        citation_words=source.lists("citation_words.csv", "list", "word"),
        match_words=source.groups("match_words.csv", "list", ("group", "word")),
        rank_limits=tuple(source.each("powers_of_instruments.csv", _rank_limit)),
        decisions=tuple(source.each("decisions.csv", _decision_word)),
        digest=source.digest(),
    )


def derived(build: Callable[[Vocabulary], T]) -> Callable[[Vocabulary], T]:
    """What is computed from a vocabulary, kept until another vocabulary is asked for (a process uses one)."""
    held: list[tuple[Vocabulary, T]] = []

    @wraps(build)
    def get(vocabulary: Vocabulary) -> T:
        # By identity: a vocabulary holds mappings and so has no hash.
        for known, value in tuple(held):
            if known is vocabulary:
                return value
        value = build(vocabulary)
        held[:] = [(vocabulary, value)]
        return value

    return get


class _Source:
    """Reads the files of one vocabulary folder and remembers their bytes for the digest."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self._hash = hashlib.sha256()

    def digest(self) -> str:
        return self._hash.hexdigest()

    def text(self, name: str) -> str:
        try:
            data = (self._folder / name).read_bytes()
            self._hash.update(name.encode() + b"\0" + data)
            return data.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise VocabularyError(f"vocab/{name}: {error}") from error

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        reader = csv.DictReader(io.StringIO(self.text(name)), delimiter="\t" if name.endswith(".tsv") else ",")
        for row in reader:
            if None in row or None in row.values():
                raise VocabularyError(f"vocab/{name}:{reader.line_num}: wrong number of columns")
            yield reader.line_num, {key: value.strip() for key, value in row.items()}

    def each(self, name: str, build: Callable[[dict[str, str]], T]) -> Iterator[T]:
        for line, row in self.rows(name):
            try:
                yield build(row)
            except (KeyError, ValueError) as error:
                raise VocabularyError(f"vocab/{name}:{line}: {error!r}") from error

    def mapping(self, name: str, key: str, value: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for k, v in self.each(name, lambda row: (row[key], row[value])):
            if k in found:
                raise VocabularyError(f"vocab/{name}: {k!r} stands twice")
            found[k] = v
        return MappingProxyType(found)

    def lists(self, name: str, key: str, value: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for k, v in self.each(name, lambda row: (row[key], row[value])):
            found.setdefault(k, []).append(v)
        return MappingProxyType({k: tuple(v) for k, v in found.items()})

    def groups(self, name: str, key: str, values: tuple[str, str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for k, first, second in self.each(name, lambda row: (row[key], row[values[0]], row[values[1]])):
            found.setdefault(k, []).append((first, second))
        return MappingProxyType({k: tuple(v) for k, v in found.items()})

    def lines(self, name: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip() and line[0] != "#")


def _column(row: dict[str, str]) -> Column:
    return Column(row["family"], row["field"], row["column"], row["kind"])


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split("|") if word)


def _heading(columns: Mapping[tuple[str, str], Column]) -> Callable[[dict[str, str]], Heading]:
    def build(row: dict[str, str]) -> Heading:
        fields = tuple(f for f in row["field"].split("+") if f and f != "other")
        for field in fields:
            if (row["family"], field) not in columns:
                raise ValueError(f"{field!r} is no field of {row['family']!r}")
        implied = row["implies"].partition("=")
        return Heading(
            text=row["heading"],
            family=row["family"],
            fields=fields,
            rank=int(row["rank"] or 1),
            part=row["part"],
            without=frozenset(_words(row["without"])),
            implies=(implied[0], implied[2]) if implied[1] else None,
        )

    return build


def _register_title(row: dict[str, str]) -> RegisterTitle:
    return RegisterTitle(_words(row["words"]), row["register"], int(row["weight"]), _words(row["unless"]))


def _power_type(row: dict[str, str]) -> PowerType:
    return PowerType(row["taxonomy"], row["label"], row["canonical"])


def _grade(row: dict[str, str]) -> Grade:
    grade = int(row["grade"])
    if grade not in (1, 2, 3):
        raise ValueError(f"grade {grade} is not 1, 2 or 3")
    return Grade(row["scheme"], row["label"], grade, row["colour"])


def _name_verb(row: dict[str, str]) -> NameVerb:
    if row["place"] not in _VERB_PLACES:
        raise ValueError(f"place {row['place']!r} is none of {', '.join(_VERB_PLACES)}")
    also = frozenset(_words(row["also"]))
    return NameVerb(row["word"], row["place"], row["power_type"], also, _words(row["near"]))


def _rank_limit(row: dict[str, str]) -> RankLimit:
    if row["finding"] not in _RANK_FINDINGS:
        raise ValueError(f"finding {row['finding']!r} is none of {', '.join(_RANK_FINDINGS)}")
    since = date.fromisoformat(row["since"])
    until = date.fromisoformat(row["until"]) if row["until"] else date.max
    return RankLimit(row["power"], row["measure"], row["level"], row["finding"], since, until, row["clause"])


def _decision_word(row: dict[str, str]) -> DecisionWord:
    if row["needs"] not in ("", "comment", "reason", "other"):
        raise ValueError(f"needs {row['needs']!r} is not comment, reason, other or blank")
    return DecisionWord(
        row["decision"], row["subject"], row["group"], row["label"], _words(row["aliases"]), row["needs"]
    )


def _rules(source: _Source) -> dict[str, RuleText]:
    """The rules by code, in the order of the file; a row with a variant belongs to the rule above it."""
    found: dict[str, RuleText] = {}

    def add(row: dict[str, str]) -> RuleText:
        code, variant, severity = row["code"], row["variant"], row["severity"]
        if severity not in (("E", "W", "I", "") if variant else ("E", "W", "I")):
            raise ValueError(f"severity {severity!r} is not E, W or I")
        if not variant:
            title, message, advice, basis = row["title"], row["message"], row["advice"], row["basis"]
            return RuleText(code, severity, title, message, advice, basis, row["bad_example"], row["good_example"])
        main = found[code]
        more = RuleVariant(
            variant, severity or main.severity, row["message"] or main.message, row["advice"] or main.advice
        )
        return replace(main, variants=(*main.variants, more))

    for rule in source.each("rules.csv", add):
        if rule.code in found and not rule.variants:
            raise VocabularyError(f"vocab/rules.csv: {rule.code} stands twice")
        found[rule.code] = rule
    return found


def _reason(row: dict[str, str]) -> ReasonText:
    return ReasonText(row["code"], row["reason"], row["advice"])
