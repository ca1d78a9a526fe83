"""Which item of an earlier version is which item of this one: rounds of matching, the surest first.

In: the items known before and those of now, all of one family of one unit. Out: pairs of positions. Pure and
deterministic. Refuses to guess: what no round joins stays apart, and what a reviewer has told apart is never joined.

A renumbered catalogue must not shift the keys: a code joins only what names have left over, and only where codes last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from rapidfuzz import fuzz, process

from pipeline.identity.item import Item, traits_of

Pairs: TypeAlias = dict[int, int]  # position among those of now → position among the known
Apart: TypeAlias = Callable[[Item, Item], bool]
Key: TypeAlias = Callable[["_Side", int], Hashable | None]

_CODE, _NAME, _SUB_ITEM = 0, 1, 2
_POINT = 4  # of a risk: the risk point itself
# Of 1. Measured on names that were really changed and on pairs of one catalogue that are two powers: a template
# (对…的处罚) makes strangers alike, so the words that a catalogue repeats weigh less.
ALIKE = 0.6
_ALIKE_IN_PLACE = 0.34  # between neighbours that both match
_ALIKE_UNDER_OTHER_CODES = 0.8
_DISTINCT = 0.5
_FEW, _SOME = 2, 0.2  # codes that may change, in number and in part, before codes are no longer believed
_MOST_PAIRS = 4_000_000  # of names to compare with each other: 2,000 × 2,000


class _Side:
    """The items of one version with what they are compared by."""

    def __init__(self, family: str, items: Sequence[Item]) -> None:
        self.items = items
        self.traits = [traits_of(family, item) for item in items]
        self.free = set(range(len(items)))

    def order(self) -> list[int]:
        """The positions that are still free, in order."""
        return sorted(self.free)


def match(family: str, known: Sequence[Item], now: Sequence[Item], apart: Apart, *, sure: bool = False) -> Pairs:
    """Pairs of this version's and the known items. sure: only what names say, nothing by likeness or position."""
    matching = _Matching(_Side(family, known), _Side(family, now), apart)
    if family == "power":
        _match_powers(matching, sure=sure)
    else:
        _match_others(family, matching, sure=sure)
    return matching.pairs


class _Matching:
    """The state between the rounds: who is still free on either side."""

    def __init__(self, known: _Side, now: _Side, apart: Apart) -> None:
        self.known, self.now, self._apart = known, now, apart
        self.pairs: Pairs = {}

    def join(self, key: Key, unless: Callable[[int, int], bool] | None = None) -> None:
        """Join those of equal key, in order; None joins with nothing. unless: a veto on a pair."""
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for there in self.known.order():
            if (value := key(self.known, there)) is not None:
                waiting[value].append(there)
        for here in self.now.order():
            value = key(self.now, here)
            for there in waiting.get(value, ()) if value is not None else ():
                if self.may(there, here) and not (unless and unless(there, here)):
                    self.take(there, here)
                    waiting[value].remove(there)
                    break

    def may(self, there: int, here: int) -> bool:
        """No reviewer has told the two apart."""
        return not self._apart(self.known.items[there], self.now.items[here])

    def take(self, there: int, here: int) -> None:
        """Join two."""
        self.pairs[here] = there
        self.known.free.discard(there)
        self.now.free.discard(here)

    def join_in_place(self, alike: Callable[[int, int], bool]) -> None:
        """Join in order what stands between the same neighbours on both sides, as many here as there."""
        for there, here in list(self._gaps()):
            for t, h in zip(there, here, strict=True):
                if alike(t, h) and self.may(t, h):
                    self.take(t, h)

    def _gaps(self) -> Iterator[tuple[range, range]]:
        """Runs of free items between two joined neighbours (or the ends) that face each other."""
        partner = {there: here for here, there in self.pairs.items()}
        joined = [-1, *sorted(partner), len(self.known.items)]
        partner |= {-1: -1, len(self.known.items): len(self.now.items)}
        for above, below in pairwise(joined):
            there, here = range(above + 1, below), range(partner[above] + 1, partner[below])
            if there and len(there) == len(here) and self.now.free.issuperset(here):
                yield there, here


def _match_others(family: str, matching: _Matching, *, sure: bool) -> None:
    for key in _ROUNDS[family]:
        matching.join(key)
    if not sure and family in _TOLD_BY:
        told_by = _TOLD_BY[family]
        known, now = matching.known.traits, matching.now.traits
        matching.join_in_place(lambda t, h: alikeness(known[t][told_by], now[h][told_by]) >= ALIKE)
        _join_alike(matching, told_by, _SAME_HOLDER[family])


def _match_powers(matching: _Matching, *, sure: bool) -> None:
    known, now = matching.known, matching.now
    matching.join(_with_content)
    matching.join(lambda side, n: side.traits[n] if any(side.traits[n]) else None)
    matching.join(lambda side, n: side.traits[n][1:] if side.traits[n][_NAME] else None)
    changed, of = _codes_changed(matching)
    coded = changed <= max(_FEW, _SOME * of)  # else they were given anew, and say nothing

    def told_apart(there: int, here: int) -> bool:
        return coded and bool(known.traits[there][_CODE] and now.traits[here][_CODE])

    def strangers(there: int, here: int) -> bool:
        return bool(changed) and alikeness(known.traits[there][_NAME], now.traits[here][_NAME]) < _ALIKE_IN_PLACE

    if coded:
        matching.join(lambda side, n: side.traits[n][:2] if all(side.traits[n][:2]) else None)
        matching.join(lambda side, n: side.traits[n][::2] if side.traits[n][_CODE] else None, strangers)
    matching.join(lambda side, n: side.traits[n][_NAME] or None, unless=told_apart)
    if not sure:
        matching.join_in_place(
            lambda t, h: (
                known.traits[t][_SUB_ITEM] == now.traits[h][_SUB_ITEM]
                and alikeness(known.traits[t][_NAME], now.traits[h][_NAME])
                >= (_ALIKE_UNDER_OTHER_CODES if told_apart(t, h) else _ALIKE_IN_PLACE)
            )
        )
        _join_alike(matching, _NAME, (_SUB_ITEM,), told_apart)


def _codes_changed(matching: _Matching) -> tuple[int, int]:
    """Of the powers that kept their name, how many have another code, and how many have codes at all."""
    known, now = matching.known.traits, matching.now.traits
    both = [(known[t][_CODE], now[h][_CODE]) for h, t in matching.pairs.items() if known[t][_CODE] and now[h][_CODE]]
    return sum(before != after for before, after in both), len(both)


def alikeness(before: str, after: str) -> float:
    """How alike two names are, 0–1."""
    return fuzz.ratio(before, after) / 100


def _join_alike(
    matching: _Matching,
    told_by: int,
    alike: tuple[int, ...],
    unless: Callable[[int, int], bool] = lambda t, h: False,
) -> None:
    """Join the most alike of what is left, wherever it stands. told_by: the trait that is compared by likeness.

    alike: traits that must be the same. unless: a veto on a pair.
    """
    known, now = matching.known, matching.now
    there = [n for n in known.order() if known.traits[n][told_by]]
    here = [n for n in now.order() if now.traits[n][told_by]]
    if not there or not here or len(there) * len(here) > _MOST_PAIRS:
        return
    texts = [[side.traits[n][told_by] for n in free] for side, free in ((known, there), (now, here))]
    scores = process.cdist(texts[0], texts[1], scorer=fuzz.ratio, score_cutoff=100 * ALIKE)
    weigh = _Weights([side.traits[n][told_by] for side in (known, now) for n in range(len(side.items))])
    found = [(-float(scores[t, h]), there[t], here[h]) for t, h in zip(*scores.nonzero(), strict=True)]
    for _, t, h in sorted(found):
        before, after = known.traits[t], now.traits[h]
        if t not in known.free or h not in now.free or unless(t, h) or any(before[n] != after[n] for n in alike):
            continue
        if weigh.alikeness(before[told_by], after[told_by]) >= _DISTINCT and matching.may(t, h):
            matching.take(t, h)


class _Weights:
    """How much two names share of what tells a catalogue's names from each other: rare pairs of characters."""

    def __init__(self, names: Sequence[str]) -> None:
        self._counts = Counter(pair for name in set(names) for pair in _pairs_of(name))

    def alikeness(self, one: str, other: str) -> float:
        """Share of the common weight, 0–1."""
        ones, others = _pairs_of(one), _pairs_of(other)
        both = sum(self._weight(pair) for pair in ones & others)
        return 2 * both / sum(self._weight(pair) for side in (ones, others) for pair in side) if both else 0.0

    def _weight(self, pair: str) -> float:
        return 1 / max(1, self._counts[pair] - 1)  # the name before and the name after both hold it


def _pairs_of(name: str) -> set[str]:
    return {name[n : n + 2] for n in range(len(name) - 1)} or {name}


def _by(*positions: int, needed: int | None = None) -> Key:
    """A key of some traits; none where the needed one is blank."""

    def key(side: _Side, n: int) -> Hashable | None:
        traits = side.traits[n]
        if needed is not None and not traits[needed]:
            return None
        return tuple(traits[position] for position in positions)

    return key


def _with_content(side: _Side, n: int) -> Hashable | None:
    return (*side.traits[n], side.items[n].content)


# department, post, person, power, risk point, manifestation: a person may be followed by another, a text be mended.
_ROUNDS: dict[str, tuple[Key, ...]] = {
    "risk": (
        _with_content,
        _by(0, 1, 2, 3, 4, 5),
        _by(0, 1, 2, 3, 4, needed=_POINT),
        _by(0, 1, 3, 4, needed=_POINT),
        _by(1, 3, 4, needed=_POINT),
        _by(3, 4, needed=_POINT),
        _by(4, needed=_POINT),
    ),
    "statistics": (_with_content, _by(0, 1), _by(1, needed=1)),
    "post_power": (_with_content, _by(0, 1, 2, 3), _by(0, 1, 3, needed=3), _by(1, 3, needed=3), _by(2, 3, needed=3)),
}
_TOLD_BY = {"risk": _POINT, "post_power": 3}
_SAME_HOLDER = {"risk": (0, 1, 3), "post_power": (1,)}
