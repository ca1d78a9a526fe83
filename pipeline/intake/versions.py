"""One version of a unit: read against the versions before it and what reviewers have ruled, checked, and loaded.

In: the readings that stand, how they were handed in, the ledger and the decisions. Out: the loaded warehouse, and the
items by which the next version is matched. A first run, a rerun, a rebuild and a decision all come here: so they all
give the same keys, changes and findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.campaigns.arrival import Arrival
from pipeline.identity.history import Background, Returned
from pipeline.identity.item import Item
from pipeline.intake.arrivals import arrival_of, returned
from pipeline.intake.ledger import Items, Ledger
from pipeline.intake.run import Settings
from pipeline.intake.supersede import FAMILIES, Entry, Standing, changed_families, standing_readings
from pipeline.law.own_library import OwnLibrary
from pipeline.law.statutes import StatuteLibrary
from pipeline.record import FileReading
from pipeline.review.decision import Decision, listing_of, rulings_of, standing
from pipeline.review.store import open_decisions
from pipeline.submission import Result, assemble

if TYPE_CHECKING:
    from pipeline.warehouse.master import Warehouse
    from pipeline.warehouse.staging import HandIn

_NEVER = float("inf")
_SUBJECTS = ("power", "risk")  # what is returned, and may come back unmended


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a unit to be loaded. before: what stood for the unit until then."""

    unit: str
    before: Standing
    standing: Standing
    readings: Sequence[FileReading]
    hand_in: HandIn


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a version gave. items: by which the next one is matched. hand_in: with the day of its return."""

    result: Result
    items: Items
    hand_in: HandIn


class VersionLoader:
    """Loads versions into one warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        ledger: Ledger,
        decisions: Path,
        settings: Settings,
        library: StatuteLibrary,
        own_library: OwnLibrary,
    ) -> None:
        """decisions: where the workspace keeps them."""
        self._warehouse, self._ledger, self._decisions = warehouse, ledger, decisions
        self._settings = settings
        self._libraries = (library, own_library)

    def load(self, version: Version, until: dt.datetime = dt.datetime.max, *, afresh: bool = False) -> Loaded:
        """Check a version and load it in one transaction. Raises WorkspaceUnusable.

        until: later decisions are not known yet. afresh: the keys that the version had are not looked at.
        """
        settings, unit, hand_in = self._settings, version.unit, version.hand_in
        changed = changed_families(version.before, version.standing)
        registers = self._ledger.items(unit)
        numbers = _numbers(registers, changed, hand_in.version)
        if afresh:
            registers = {
                family: earlier
                for family, held in registers.items()
                if (earlier := {v: items for v, items in held.items() if v < numbers[family]})
            }
        decided = [each for each in self._decided(unit) if each.decided <= until]
        files = {v: frozenset(item.sha256 for item in held) for v, held in registers.get("power", {}).items()}
        listing = listing_of(decided, files, numbers["power"])
        background = Background(
            registers,
            numbers,
            rulings_of(decided),
            listing,
            self._returned(unit, registers, numbers, decided),
            *self._standing_days(version),
        )
        result = assemble(
            unit, version.readings, settings.vocabulary, settings.campaign, hand_in.as_of, *self._libraries, background,
            self._arrival(version),
        )  # fmt: skip
        hand_in = returned(hand_in, result)
        self._warehouse.load(result, hand_in, changed)
        # A family that was never handed in until then has no version yet.
        families = [f for f in FAMILIES if f in result.items or min(registers.get(f, ()), default=_NEVER) <= numbers[f]]
        items = {family: (numbers[family], result.items.get(family, ())) for family in families}
        return Loaded(result, items, hand_in)

    def replay(
        self,
        unit: str,
        find: Callable[[Entry], FileReading],
        first: int = 0,
        last: float = _NEVER,
        until: dt.datetime = dt.datetime.max,
    ) -> Iterator[Result]:
        """Load versions of a unit again, one after the other. find: the reading of a file that stood.

        first, last: the first and last of them. until: later decisions are not known yet.
        """
        for version in self._versions(unit, find, first, last):
            yield self._loaded(version, until)

    def retell(self, unit: str, find: Callable[[Entry], FileReading]) -> Iterator[Result]:
        """Load all that happened to a unit in its order, the rulings of reviewers between its versions.

        What was found before a ruling and no more after it is then known as closed, as it was when it happened.
        """
        rulings = sorted({each.decided for each in self._decided(unit) if each.touches_listing})
        versions = list(self._versions(unit, find))
        ends = [version.hand_in.received for version in versions[1:]] + [dt.datetime.max]
        for version, end in zip(versions, ends, strict=True):
            begin = version.hand_in.received
            yield self._loaded(version, begin if rulings else dt.datetime.max, afresh=bool(rulings))
            for moment in (each for each in rulings if begin < each <= end):
                for _ in self.replay(unit, find, last=version.hand_in.version, until=moment):
                    pass

    def _versions(
        self, unit: str, find: Callable[[Entry], FileReading], first: int = 0, last: float = _NEVER
    ) -> Iterator[Version]:
        from pipeline.warehouse.staging import HandIn

        before = Standing()
        for _, stood, stored in self._ledger.versions(unit):
            if first <= stood.version <= last:
                yield Version(unit, before, stood, standing_readings(stood, find), HandIn.from_json(stored))
            before = stood

    def _loaded(self, version: Version, until: dt.datetime, *, afresh: bool = False) -> Result:
        loaded = self.load(version, until, afresh=afresh)
        self._ledger.keep_items(version.unit, loaded.items)
        return loaded.result

    def _arrival(self, version: Version) -> Arrival | None:
        """When the version at hand arrived, and those before it."""
        return arrival_of(version.unit, self._handed_in(version), self._settings.campaign)

    def _standing_days(self, version: Version) -> tuple[dict[int, date], dict[str, date]]:
        """The day on which each version arrived, and since when each file that stands has stood without a break."""
        handed_in = self._handed_in(version)
        days = {hand_in.version: hand_in.received.date() for _, hand_in in handed_in}
        since: dict[str, date] = {}
        standing_still = {entry.sha256 for entry in version.standing.entries}
        for then, hand_in in reversed(handed_in):
            standing_still &= {entry.sha256 for entry in then.entries}
            since |= dict.fromkeys(standing_still, hand_in.received.date())
        return days, since

    def _handed_in(self, version: Version) -> list[tuple[Standing, HandIn]]:
        """What stood and how it was handed in, up to the version at hand."""
        from pipeline.warehouse.staging import HandIn

        earlier = ((then, HandIn.from_json(data)) for _, then, data in self._ledger.versions(version.unit))
        before = [(then, known) for then, known in earlier if known.version < version.hand_in.version]
        return [*before, (version.standing, version.hand_in)]

    def _decided(self, unit: str) -> tuple[Decision, ...]:
        with open_decisions(self._decisions) as store:
            return store.of_unit(unit)

    def _returned(
        self,
        unit: str,
        registers: Mapping[str, Mapping[int, Sequence[Item]]],
        numbers: Mapping[str, int],
        decided: Sequence[Decision],
    ) -> tuple[Returned, ...] | None:
        """What the registers that were handed in again had been returned for, by the decisions of that time."""
        again = [
            family for family in _SUBJECTS if min(registers.get(family, ()), default=numbers[family]) < numbers[family]
        ]
        found: list[Returned] = []
        for family in again:
            then = [each for each in decided if each.subject == "finding" and each.version < numbers[family]]
            judged = {each.key: each.decision for each in standing(then) if each.group == "judgement"}
            found += [
                Returned(key, code)
                for key, code, severity in self._warehouse.findings_before(unit, numbers[family], family)
                if _was_returned(severity, judged.get(key))
            ]
        return tuple(found) if again else None


def _was_returned(severity: str, judged: str | None) -> bool:
    """An error that was not excused; anything else that a reviewer sent back."""
    return judged == "return" or (severity == "E" and judged not in ("explain", "waive"))


def _numbers(
    registers: Mapping[str, Mapping[int, Sequence[Item]]], changed: frozenset[str], version: int
) -> dict[str, int]:
    """By family the version that its register has when this version of the unit stands."""
    found = {}
    for family in FAMILIES:
        earlier = [each for each in registers.get(family, ()) if each <= version]
        found[family] = version if family in changed or not earlier else max(earlier)
    return found
