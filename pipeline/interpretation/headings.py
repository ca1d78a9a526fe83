"""Which field a printed heading stands for.

In: the text of a heading (a column's, or a form's label) and a Vocabulary. Out: :class:`Match`. Exact and folded forms
are certain; a compound of known headings (承办科室及负责人), a known ending and a near spelling are doubtful and carry
the distance to the runner-up. Refuses nothing: what is not recognized is a Match without heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from rapidfuzz import fuzz

from pipeline.text.normalization import fold, to_simplified, tokenizer
from pipeline.vocabulary import Heading, Vocabulary

# Bounds of what counts as a heading at all; a longer text is prose.
LONGEST_HEADING = 24
LONGEST_LABEL = 3 * LONGEST_HEADING  # with its brackets and blanks
_REMEMBERED = 50_000  # texts of which is known whether they are headings
# Similarity (0–1) from which a near spelling is offered, and how far the best other field must lie behind it: one
# wrong character in four gives 0.75, and two headings of different fields often differ by one character.
NEAR = 0.74
MARGIN = 0.12
LONGEST_NARROWED = 14  # characters of a known heading with the words that narrow it
# A known heading after words that only narrow it: as good as known, but a leaf that is known itself goes before.
NARROWED = 0.99
# How sure a known ending is (行政处罚事项名称 ends with 事项名称): the head of a Chinese compound stands last.
ENDING = 0.9
SHORTEST_ENDING = 3
# A near spelling needs some letters to compare: with fewer, one character in common is half of the word.
SHORTEST_NEAR = 4

_BRACKETED = re.compile(r"[（(\[【〔<〈《][^（()）\]】〕>〉》]*[)）\]】〕>〉》]")
_FOOTNOTE = re.compile("[①-⑳*＊※★☆▲△]")
_JOINTS = re.compile(r"[及和与、/／,，或]|以及")


@dataclass(frozen=True, slots=True)
class Match:
    """What a printed heading was taken for.

    heading: None where nothing is near enough. score: 1 for exact and folded forms, else the similarity.
    runner_up: the nearest heading of another field, "" if none.
    """

    text: str
    heading: Heading | None
    score: float
    runner_up: str = ""

    @property
    def certain(self) -> bool:
        """The heading is known, in this very form or with words that only narrow it."""
        return self.heading is not None and self.score >= NARROWED

    @property
    def exact(self) -> bool:
        """The heading is known in this very form."""
        return self.heading is not None and self.score >= 1.0

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the heading stands for; empty for unknown ones and for those of 其他栏目."""
        return self.heading.fields if self.heading else ()

    def renamed(self, field: str) -> Match:
        """The same heading standing for another single field."""
        assert self.heading is not None
        return replace(self, heading=replace(self.heading, fields=(field,)))


class HeadingMatcher:
    """Matches headings of all register families against one vocabulary; remembers what it has seen.

    traditional: the document is in traditional script, its headings are converted before they are compared.
    """

    def __init__(self, vocabulary: Vocabulary, *, traditional: bool = False) -> None:
        self._vocabulary = vocabulary
        self._traditional = traditional
        self._tables: dict[str, dict[str, list[Heading]]] = {}
        for family, headings in vocabulary.headings.items():
            table: dict[str, list[Heading]] = {}
            for heading in headings:
                table.setdefault(fold(heading.text), []).append(heading)
            self._tables[family] = table
        self._modifiers = vocabulary.markers["heading_modifier"]
        self._foot_endings = vocabulary.markers["foot_ending"]
        # Nearly every text that is asked about is data: one look at its last character decides for most of them.
        known = {form[-1] for table in self._tables.values() for form in table} | set("0123456789一二三四五六七八九十")
        self._last_characters = known | {word[-1] for word in self._foot_endings}
        self._seen: dict[tuple[str, str], Match] = {}
        self._labels: dict[str, frozenset[str]] = {}

    @property
    def families(self) -> tuple[str, ...]:
        """The register families that the vocabulary has headings for."""
        return tuple(self._tables)

    def families_of(self, text: str) -> frozenset[str]:
        """The families in which the text is, for certain, a heading; empty for prose and for unknown headings."""
        if not text or len(text) > LONGEST_LABEL:
            return frozenset()
        found = self._labels.get(text)
        if found is None:
            if len(self._labels) > _REMEMBERED:
                self._labels.clear()
            forms = _forms(self._plain(text))
            found = frozenset(family for family in self._tables if self._certain(forms, family, SHORTEST_ENDING))
            self._labels[text] = found
        return found

    def is_field(self, text: str, field: str) -> bool:
        """The text is, for certain, a heading of that field in some family."""
        return any(self.match(text, family).fields == (field,) for family in self.families_of(text))

    def implies_value(self, text: str) -> bool:
        """The heading gives a value by itself (思想道德风险 is a kind of risk), so that it may be data as well."""
        matches = (self.match(text, family) for family in self.families_of(text))
        return any(match.heading is not None and match.heading.implies for match in matches)

    def match(self, text: str, family: str, present: Iterable[str] = ()) -> Match:
        """The heading of a family that the text stands for. present: folded headings of the same table."""
        key = (text, family)
        if key not in self._seen:
            forms = _forms(self._plain(text)) if 0 < len(text) <= LONGEST_LABEL else ()
            found = self._certain(forms, family) or self._doubtful(forms, family)
            self._seen[key] = replace(found, text=text)
        match = self._seen[key]
        if match.heading is not None:
            match = self._in_context(match, family, frozenset(present))
        return match

    def _plain(self, text: str) -> str:
        return to_simplified(text) if self._traditional else text

    def _in_context(self, match: Match, family: str, present: frozenset[str]) -> Match:
        """The reading of an ambiguous heading that fits the headings beside it."""
        assert match.heading is not None
        if not match.heading.without or not any(fold(word) in present for word in match.heading.without):
            return match
        for reading in self._tables[family].get(fold(match.heading.text), []):
            if reading.text == match.heading.text and not any(fold(word) in present for word in reading.without):
                return replace(match, heading=reading)
        return match

    def _certain(self, forms: _FormsOf, family: str, shortest: int = 2) -> Match | None:
        table = self._tables[family]
        for printed, folded in forms:
            if found := table.get(folded):
                # Of headings that differ by a mark only (科室负责人, 科室、负责人) the one printed is meant.
                return Match(printed, next((h for h in found if h.text == printed), found[0]), 1.0)
        if not forms:
            return None
        printed, folded = forms[-1]
        if _JOINTS.search(printed) and (compound := self._compound(printed, family)):
            return compound
        return self._modified(printed, folded, family, shortest)

    def _modified(self, printed: str, folded: str, family: str, shortest: int) -> Match | None:
        """A known heading after words that only narrow it (审批对象, 内设承办机构), or before a number (风险点2).

        shortest: of the known heading; a word like 人员 at the end makes a column's heading, but no label by itself. A
        heading that ends like a blank to sign (科室负责人意见) is known to be no field.
        """
        if len(folded) > LONGEST_NARROWED or folded[-1:] not in self._last_characters:
            return None
        if folded.endswith(self._foot_endings):
            return Match(printed, Heading(text=folded, family=family, fields=()), NARROWED)
        table = self._tables[family]
        stem = folded.rstrip("0123456789一二三四五六七八九十") if len(folded) > SHORTEST_ENDING else folded
        for start in range(0, len(stem) - shortest + 1):
            found = table.get(stem[start:])
            if found and (start or stem != folded) and self._narrows(stem[:start]):
                return Match(printed, found[0], NARROWED)
        return None

    def _narrows(self, text: str) -> bool:
        """The text consists of nothing but words that narrow a heading."""
        if not text:
            return True
        return any(text.startswith(word) and self._narrows(text[len(word) :]) for word in self._modifiers)

    def _compound(self, text: str, family: str) -> Match | None:
        """承办科室及负责人: every part is a known heading of a field of its own."""
        parts = [part for part in _JOINTS.split(text) if part.strip()]
        if not 1 < len(parts) <= 3:
            return None
        known = [self._tables[family].get(fold(part)) for part in parts]
        fields: list[str] = []
        for readings in known:
            if not readings or len(readings[0].fields) != 1 or readings[0].part:
                return None
            if readings[0].fields[0] not in fields:
                fields.append(readings[0].fields[0])
        return Match(text, Heading(text=fold(text), family=family, fields=tuple(fields)), 1.0)

    def _doubtful(self, forms: _FormsOf, family: str) -> Match:
        key = forms[-1][1] if forms else ""
        if not key or len(key) > LONGEST_HEADING:
            return Match(key, None, 0.0)
        best = self._ending(key, family) or self._nearest(key, family)
        return Match(key, best[0], best[1], best[2]) if best else Match(key, None, 0.0)

    def _ending(self, key: str, family: str) -> tuple[Heading, float, str] | None:
        for start in range(1, len(key) - SHORTEST_ENDING + 1):
            if found := self._tables[family].get(key[start:]):
                return found[0], ENDING, ""
        return None

    def _nearest(self, key: str, family: str) -> tuple[Heading, float, str] | None:
        if len(key) < SHORTEST_NEAR:
            return None
        cut = tokenizer(self._vocabulary)
        words = " ".join(sorted(cut.tokens(key)))
        best: dict[tuple[str, ...], tuple[float, Heading]] = {}
        for form, readings in self._tables[family].items():
            if abs(len(form) - len(key)) > max(2, len(key) // 2):
                continue
            score = fuzz.ratio(key, form) / 100
            if len(form) >= SHORTEST_NEAR:
                other = " ".join(sorted(cut.tokens(form)))
                score = max(score, 0.95 * fuzz.ratio(words, other) / 100)
            fields = readings[0].fields
            if len(key) >= SHORTEST_NEAR and not _same_head(key, form):
                continue  # 主管单位 is no 主管领导
            if score > best.get(fields, (0.0, None))[0]:
                best[fields] = (score, readings[0])
        ranked = sorted(best.values(), key=lambda item: -item[0])
        if not ranked or ranked[0][0] < NEAR:
            return None
        runner_up = ranked[1] if len(ranked) > 1 else None
        if runner_up and ranked[0][0] - runner_up[0] < MARGIN:
            return None
        return ranked[0][1], ranked[0][0], runner_up[1].text if runner_up else ""


def _same_head(key: str, form: str) -> bool:
    """One of the last two characters agrees: what a Chinese compound is stands last, what narrows it before."""
    return any(a == b for a, b in zip(key[-2:], form[-2:], strict=False))


_FormsOf: TypeAlias = tuple[tuple[str, str], ...]


def _forms(text: str) -> _FormsOf:
    """A heading without blanks and footnote marks, and the same without bracketed remarks; each with its folded key."""
    whole = "".join(_FOOTNOTE.sub("", text).split())
    bare = _BRACKETED.sub("", whole)
    found = [(whole, fold(whole))]
    if bare and bare != whole:
        found.append((bare, fold(bare)))
    return tuple(found)


def evidence(fields: Iterable[str], family: str, weights: Mapping[tuple[str, str], float]) -> float:
    """How much a set of fields speaks for a register family (vocab/evidence.csv); each field counts once."""
    return sum(weights.get((family, field), 0.0) for field in set(fields))
