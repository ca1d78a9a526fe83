"""Which power of a catalogue a name elsewhere means: a risk point's, a flow chart's, an earlier version's.

In: the powers of a catalogue, then codes and names as printed. Out: :class:`Match` when it is certain, :class:`Offer`
when a power may be meant and a person must say, None when none is like it. Refuses to guess: two powers that fit
equally well are an offer, never a match. Pure and deterministic; a name is compared only with the powers that share
its rarest pairs of characters.

    index = PowerIndex((Listed("k1", "取水许可证核发"),), vocabulary, unit="云溪县水利局")
    index.find(name="取水许可的审批")      # Match(keys=("k1",), name="取水许可证核发", how=How.FOLDED, score=1.0)
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from pipeline.matching.likeness import Kin, Likeness, likeness
from pipeline.matching.power_name import PowerName, power_name
from pipeline.text.normalization import fold
from pipeline.vocabulary import Vocabulary

_MOST_PARTS = 50  # powers that one text may name; what has more is no list of names
_PAIRS = 8  # rarest pairs of characters that lead to candidates
_POSTINGS = 400  # powers looked at for them: a pair that half the catalogue has tells nothing
_CANDIDATES = 16  # compared at most
_SHORTEST = 4  # characters of a sub-item that is a name by itself
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_JOINERS = re.compile("[、，,;；\n及和与]+")  # within names too: they part a text only where each part is a power


class How(StrEnum):
    """By what a match was found, the surest first."""

    CODE = "code"
    EXACT = "exact"
    FOLDED = "folded"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Listed:
    """A power of a catalogue. power_type: canonical, "" unless it is certain."""

    key: str
    name: str
    code: str = ""
    sub_item: str = ""
    power_type: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The power that is meant. keys: of its rows, one a row of sub-items or steps of discretion. score: 0–1."""

    keys: tuple[str, ...]
    name: str
    how: How
    score: float = 1.0

    @property
    def key(self) -> str | None:
        """Its key, None where it has several rows."""
        return self.keys[0] if len(self.keys) == 1 else None


@dataclass(frozen=True, slots=True)
class Offer:
    """The power that may be meant: for a person to say. tied: several powers are meant by the name, equally well."""

    keys: tuple[str, ...]
    name: str
    score: float
    tied: bool = False


Found: TypeAlias = Match | Offer | None


@dataclass(slots=True)
class _Entry:
    """A name of the catalogue with the rows that bear it. bare: read without the type that its row gives."""

    name: str
    read: PowerName
    bare: PowerName
    keys: list[str]

    def folded(self, read: PowerName, vocabulary: Vocabulary) -> bool:
        """Whether a name is this one printed differently."""
        return any(likeness(read, own, vocabulary).kin is Kin.FOLDED for own in (self.read, self.bare))


class PowerIndex:
    """The powers of one catalogue, to be found by code and name."""

    def __init__(self, powers: Iterable[Listed], vocabulary: Vocabulary, unit: str = "") -> None:
        """unit: whose catalogue it is; names may begin with it."""
        self._vocabulary, self._unit = vocabulary, unit
        self._entries: list[_Entry] = []
        self._by_name: dict[str, _Entry] = {}
        self._by_code: dict[str, list[_Entry]] = {}
        for power in powers:
            self._add(power)
        self._entries.sort(key=lambda entry: entry.name)  # so that the order of the catalogue decides nothing
        self._by_key: dict[str, list[_Entry]] = {}
        self._pairs: dict[str, list[int]] = {}
        # By identity of the name, which is kept: find and nearest ask for the same.
        self._alike: dict[int, tuple[PowerName, list[tuple[_Entry, Likeness]]]] = {}
        for turn, entry in enumerate(self._entries):
            for key in {entry.read.key, entry.bare.key}:
                self._by_key.setdefault(key, []).append(entry)
            for pair in _pairs(entry.read.core):
                self._pairs.setdefault(pair, []).append(turn)

    def find(self, code: str = "", name: str = "", power_type: str = "") -> Found:
        """The power that a code and a name mean; either may be "". power_type: of it, where the text around tells."""
        coded = self._by_code.get(_code(code), []) if code else []
        named = self._named(name, power_type) if fold(name) else None
        if len(coded) != 1:
            return named
        (entry,) = coded
        if named is None and fold(name) and self._like(name, power_type, entry).kin is Kin.DIFFERENT:
            return Offer(tuple(entry.keys), entry.name, 0.0)
        if isinstance(named, Match) and not set(named.keys) & set(entry.keys):
            return Offer(named.keys, named.name, named.score)  # code and name contradict each other
        return Match(tuple(entry.keys), entry.name, How.CODE)

    def find_each(self, text: str) -> tuple[tuple[str, Found], ...]:
        """The powers that a text means which may name several (取水许可、河道采砂许可), each with its part of it."""
        whole = self.find(name=text)
        if isinstance(whole, Match):
            return ((text, whole),)
        joined, parted = self._parts(_JOINERS, text), self._parts(_SEPARATORS, text)
        if joined and all(isinstance(each, Match) for _, each in joined):
            return joined
        return parted if any(isinstance(each, Match) for _, each in parted) else ((text, whole),)

    def nearest(self, name: str) -> Offer | None:
        """The power most like a name, however unlike; None where no word is shared."""
        return self._best(name, "", (Kin.DOUBTFUL, Kin.DIFFERENT))

    def _parts(self, separators: re.Pattern[str], text: str) -> tuple[tuple[str, Found], ...]:
        """The parts of a text, two or more, and what each means; the last may tell the act of all."""
        parts = [part.strip() for part in separators.split(text) if fold(part)]
        if not 2 <= len(parts) <= _MOST_PARTS:
            return ()
        last = power_name(parts[-1], self._vocabulary).act
        return tuple((part, self._part(part, last)) for part in parts)

    def _part(self, part: str, act: str) -> Found:
        found = self.find(name=part)
        return found if isinstance(found, Match) or not act else self.find(name=part, power_type=act) or found

    def _add(self, power: Listed) -> None:
        name = power.name or power.sub_item
        if not fold(name):
            return
        entry = self._entry(name, power)
        if code := _code(power.code):
            coded = self._by_code.setdefault(code, [])
            if entry not in coded:
                coded.append(entry)
        if power.sub_item and power.name:
            self._entry(f"{power.name}（{power.sub_item}）", power)
            if len(power.sub_item) >= _SHORTEST and power_name(power.sub_item, self._vocabulary).act:
                self._entry(power.sub_item, power)

    def _entry(self, name: str, power: Listed) -> _Entry:
        entry = self._by_name.get(fold(name))
        if entry is None:
            read, bare = (power_name(name, self._vocabulary, kind, self._unit) for kind in (power.power_type, ""))
            entry = self._by_name[fold(name)] = _Entry(name, read, bare, [])
            self._entries.append(entry)
        entry.keys.append(power.key)
        return entry

    def _named(self, name: str, power_type: str) -> Found:
        exact = self._by_name.get(fold(name))
        if exact is not None:
            return Match(tuple(exact.keys), exact.name, How.EXACT)
        read = power_name(name, self._vocabulary, power_type, self._unit)
        same = [entry for entry in self._by_key.get(read.key, ()) if entry.folded(read, self._vocabulary)]
        if same:
            return _one_of([(e, 1.0) for e in same], How.FOLDED)
        compared = self._compared(read)
        similar = [(entry, like.score) for entry, like in compared if like.kin is Kin.SIMILAR]
        if similar:
            return _one_of(similar, How.SIMILAR)
        return self._best(name, power_type, (Kin.DOUBTFUL,))

    def _best(self, name: str, power_type: str, kins: tuple[Kin, ...]) -> Offer | None:
        read = power_name(name, self._vocabulary, power_type, self._unit)
        for kin in kins:
            found = [(entry, like.score) for entry, like in self._compared(read) if like.kin is kin and like.score]
            if found:
                entry, score = max(found, key=lambda each: (each[1], each[0].name))
                return Offer(tuple(entry.keys), entry.name, score)
        return None

    def _like(self, name: str, power_type: str, entry: _Entry) -> Likeness:
        return likeness(power_name(name, self._vocabulary, power_type, self._unit), entry.read, self._vocabulary)

    def _compared(self, read: PowerName) -> list[tuple[_Entry, Likeness]]:
        """The powers that share rare pairs of characters with a name, and how alike they are."""
        known = self._alike.get(id(read))
        if known is None or known[0] is not read:
            found = [(entry, likeness(read, entry.read, self._vocabulary)) for entry in self._candidates(read)]
            known = self._alike[id(read)] = (read, found)
        return known[1]

    def _candidates(self, read: PowerName) -> list[_Entry]:
        pairs = sorted(_pairs(read.core) & self._pairs.keys(), key=lambda pair: (len(self._pairs[pair]), pair))
        shared: Counter[int] = Counter()
        for pair in pairs[:_PAIRS]:
            if shared and shared.total() + len(self._pairs[pair]) > _POSTINGS:
                break
            shared.update(self._pairs[pair][:_POSTINGS])
        least = sorted(shared.values(), reverse=True)[:_CANDIDATES][-1:]
        best = sorted((-count, turn) for turn, count in shared.items() if count >= least[0])[:_CANDIDATES]
        return [self._entries[turn] for _, turn in best]


def _one_of(found: Sequence[tuple[_Entry, float]], how: How) -> Match | Offer:
    """The best of those that fit; an offer where another fits as well."""
    ranked = sorted(found, key=lambda each: (-each[1], each[0].name))
    entry, score = ranked[0]
    tied = [each for each, other in ranked if other == score]
    keys = tuple(dict.fromkeys(entry.keys))
    if len(tied) > 1 and any(set(each.keys) != set(keys) for each in tied):
        return Offer(keys, entry.name, score, tied=True)
    return Match(keys, entry.name, how, score)


def _pairs(core: str) -> set[str]:
    return {one + other for one, other in pairwise(core)} or {core}


def _code(code: str) -> str:
    """A code for comparison: width, case and blanks aside."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()
