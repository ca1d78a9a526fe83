"""The statute library: which statute a title or an order names, its versions, articles and end.

In: the facts that ship with the package and the workspace's own library, which wins. Out: :class:`StatuteLibrary`
with :class:`Match` for a title, and :class:`~pipeline.law.timeline.Standing` for a day. Refuses nothing: what is not
known is a :class:`Match` of kind UNKNOWN.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pipeline.law.orders import PRESIDENT, Order, parse_order, same_order
from pipeline.law.statute import Article, Level, Statute, Version
from pipeline.law.statute_data import Alias, Facts, shipped_facts
from pipeline.law.statute_titles import (
    STATE,
    NearTitles,
    folded,
    literal,
    version_tail,
    without_misspelt_state,
    without_state,
)
from pipeline.law.timeline import Stage, Standing, stages, standing
from pipeline.text.words import tokenizer
from pipeline.vocabulary import load_vocabulary

_REMEMBERED = 100_000  # titles and standings kept; a library serves one run or one command


class MatchKind(StrEnum):
    """How a printed title leads to a statute."""

    EXACT = "exact"  # the official title
    SHORT = "short"  # the official title without 中华人民共和国
    ALIAS = "alias"  # a usual abbreviation, or the order in place of the title
    OLD_NAME = "old name"  # the title before an amendment changed it
    INCOMPLETE = "incomplete"  # without 暂行 or （试行）
    ADDED_STATE = "added state"  # with a 中华人民共和国 that the title does not have
    MISSPELT = "misspelt"  # one character wrong, missing or too many, and certainly a slip
    AMBIGUOUS = "ambiguous"  # several statutes have the name
    UNKNOWN = "unknown"  # not in the library; ``title`` may name the nearest that is

    @property
    def wrong(self) -> bool:
        """The title is identified and not written as it is."""
        return self in _WRONG


_WRONG = frozenset((MatchKind.OLD_NAME, MatchKind.INCOMPLETE, MatchKind.ADDED_STATE, MatchKind.MISSPELT))
_KINDS = {"short": MatchKind.ALIAS, "old": MatchKind.OLD_NAME, "incomplete": MatchKind.INCOMPLETE}


@dataclass(frozen=True, slots=True)
class Match:
    """What a printed title leads to.

    statute_id, title: of the statute meant and its official title; with UNKNOWN the id is "" and the title that of the
    nearest known one, or "". year, note: of a remark on the version inside the title (《…（2019年修正）》).
    others: ids of the other statutes of the name.
    """

    kind: MatchKind
    statute_id: str = ""
    title: str = ""
    year: int | None = None
    note: str = ""
    others: tuple[str, ...] = ()


class StatuteLibrary:
    """Statutes by title, order and id.

    facts: what ships with the package, unless others are given. own: the workspace's own statutes; one of the same id
    replaces the shipped one. cut: cuts a text into words; the product's own tokenizer unless another is given.
    """

    def __init__(
        self,
        facts: Facts | None = None,
        own: Iterable[Statute] = (),
        cut: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        self._facts = facts if facts is not None else shipped_facts()
        self._cut = cut or _cut
        self._own = {statute.id: statute for statute in own}
        self._by_key: dict[str, list[tuple[str, MatchKind]]] = defaultdict(list)
        self._index()
        official = {key: named[0][0] for key, named in self._by_key.items() if named[0][1] is MatchKind.EXACT}
        local = frozenset(key for key, each in official.items() if each.startswith(_OF_PLACES))
        self._near = NearTitles(official, local, self._cut, load_vocabulary().citation_words["alike"])
        self._orders: Mapping[tuple[str, int], list[tuple[Order, str]]] | None = None
        self._owners: dict[str, tuple[str, ...]] = {}
        self._matches: dict[str, Match] = {}
        self._standings: dict[tuple[str, date], Standing] = {}

    def _index(self) -> None:
        for each, title in self._facts.titles():
            self._by_key[folded(title)].append((each, MatchKind.EXACT))
        for statute in self._own.values():
            self._by_key[folded(statute.title)] = [(statute.id, MatchKind.EXACT)]
        for alias in self._facts.aliases:
            self._add_alias(alias)

    def _add_alias(self, alias: Alias) -> None:
        key = folded(alias.name)
        # An official title of its own is never another one's second name.
        if not any(kind is MatchKind.EXACT for _, kind in self._by_key.get(key, ())):
            self._by_key[key].append((alias.statute_id, _KINDS[alias.kind]))

    def with_own(self, own: Iterable[Statute]) -> StatuteLibrary:
        """A library of the same shipped facts with these statutes of the workspace."""
        return StatuteLibrary(self._facts, own, self._cut)

    @property
    def built(self) -> date:
        """The day on which the shipped facts were collected."""
        return self._facts.built

    @property
    def digest(self) -> str:
        """Version of the shipped facts."""
        return self._facts.digest

    def statutes(self) -> Iterator[Statute]:
        """Every statute, the workspace's own first."""
        yield from self._own.values()
        for each, _ in self._facts.titles():
            if each not in self._own and (found := self._facts.get(each)) is not None:
                yield found

    def get(self, statute_id: str) -> Statute | None:
        """The statute of that id, or None."""
        return self._own.get(statute_id) or self._facts.get(statute_id)

    def find(self, title: str) -> Match:
        """The statute that a printed title names."""
        found = self._matches.get(title)
        if found is None:
            if len(self._matches) >= _REMEMBERED:
                self._matches.clear()
            found = self._matches[title] = self._find(literal(title))
        return found

    def _find(self, plain: str) -> Match:
        if (found := self._known(plain)) is not None:
            return found
        tail = version_tail(plain)
        if tail is not None and (found := self._known(tail.title)) is not None:
            return replace(found, year=tail.year, note=tail.kind)
        if (unstated := without_misspelt_state(plain)) and (found := self._known(unstated)) and not found.kind.wrong:
            return replace(found, kind=MatchKind.MISSPELT)
        near = self._near.nearest(without_state(tail.title if tail else plain))
        if near is None:
            return Match(MatchKind.UNKNOWN)
        best = self._known(near.key)
        if best is None or best.kind is MatchKind.AMBIGUOUS or best.kind.wrong:
            return Match(MatchKind.UNKNOWN)
        statute = self.get(best.statute_id)
        if near.certain and statute is not None and statute.level is not None:
            return replace(best, kind=MatchKind.MISSPELT, year=tail.year if tail else None)
        return Match(MatchKind.UNKNOWN, title=best.title)

    def _known(self, plain: str) -> Match | None:
        candidates = self._by_key.get(without_state(plain), ())
        if not candidates:
            return None
        ids = list(dict.fromkeys(each for each, _ in candidates))
        exact = [each for each in ids if literal(self._title(each)) == plain]
        if len(exact) == 1:
            ids = exact
        chosen, kind = ids[0], next(kind for each, kind in candidates if each == ids[0])
        title = self._title(chosen)
        if len(ids) > 1:
            return Match(MatchKind.AMBIGUOUS, chosen, title, others=tuple(ids[1:]))
        if kind is MatchKind.EXACT:
            statute = self.get(chosen)
            kind = _spelling(plain, literal(title), gone=statute is not None and statute.level is None)
        return Match(kind, chosen, title)

    def _title(self, statute_id: str) -> str:
        statute = self.get(statute_id)
        return statute.title if statute is not None else ""

    def find_order(self, text: str) -> tuple[str, ...]:
        """Ids of the statutes that an order promulgated or amended; presidential orders need a date and give none."""
        found = self._owners.get(text)
        if found is None:
            if len(self._owners) >= _REMEMBERED:
                self._owners.clear()
            found = self._owners[text] = self._owners_of(parse_order(text))
        return found

    def _owners_of(self, order: Order | None) -> tuple[str, ...]:
        if order is None or not order.issuer or order.issuer == PRESIDENT:
            return ()
        if self._orders is None:
            self._orders = self._order_index()
        known = self._orders.get((order.kind, order.number), ())
        return tuple(dict.fromkeys(each for other, each in known if same_order(order, other)))

    def _order_index(self) -> dict[tuple[str, int], list[tuple[Order, str]]]:
        """Kind and number → the orders that carry them, with their statutes; without the body an order names none."""
        index: dict[tuple[str, int], list[tuple[Order, str]]] = {}
        for each, printed in self._all_orders():
            known = parse_order(printed)
            if known is not None and known.issuer:
                index.setdefault((known.kind, known.number), []).append((known, each))
        return index

    def _all_orders(self) -> Iterator[tuple[str, str]]:
        yield from ((each, order) for each, order in self._facts.orders() if each not in self._own)
        yield from ((statute.id, order) for statute in self._own.values() for _, order in statute.orders)

    def standing(self, statute_id: str, as_of: date) -> Standing:
        """The statute of that id on a day. Raises KeyError for an id that the library does not have."""
        key = (statute_id, as_of)
        found = self._standings.get(key)
        if found is None:
            statute = self.get(statute_id)
            if statute is None:
                raise KeyError(statute_id)
            if len(self._standings) >= _REMEMBERED:
                self._standings.clear()
            found = self._standings[key] = standing(statute, as_of)
        return found

    def stages(self, statute_id: str) -> tuple[Stage, ...]:
        """The stages of a statute in order. Raises KeyError for an id that the library does not have."""
        statute = self.get(statute_id)
        if statute is None:
            raise KeyError(statute_id)
        return stages(statute)

    def version_on(self, statute_id: str, as_of: date) -> Version | None:
        """The version in force on a day, or None where no text or date of it is known. Raises KeyError."""
        stage = self.standing(statute_id, as_of).stage
        return stage.version if stage else None

    @staticmethod
    def article(version: Version, number: int, suffix: int | None = None) -> Article | None:
        """The shape of an article (第一百三十三条之一: 133, 1), or None where the version has none of that number."""
        return version.articles.get((number, suffix or 0))


_OF_PLACES = (f"{Level.LOCAL_REGULATION.value}-", f"{Level.LOCAL_RULE.value}-", "gone-")


def _spelling(plain: str, title: str, *, gone: bool) -> MatchKind:
    """How a literal title that differs from the official one by 中华人民共和国 at most is written."""
    if plain == title:
        return MatchKind.EXACT
    # A title known only from the clause that repealed it may have been shortened there.
    if gone or title.count(STATE) > plain.count(STATE):
        return MatchKind.SHORT
    return MatchKind.ADDED_STATE


def _cut(text: str) -> tuple[str, ...]:
    return tokenizer(load_vocabulary()).tokens(text)
