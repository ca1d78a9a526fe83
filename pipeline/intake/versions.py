"""One version of a unit: read against the versions before it and what reviewers have ruled, checked, and loaded.

In: the readings that stand, how they were handed in, the ledger and the decisions. Out: the loaded warehouse, and the
items by which the next version is matched. A first run, a rerun, a rebuild and a decision all come here: so they all
give the same keys, changes and findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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

    def load(self, version: Version) -> Loaded:
        """Check a version and load it in one transaction. Raises WorkspaceUnusable."""
        settings, unit, hand_in = self._settings, version.unit, version.hand_in
        changed = changed_families(version.before, version.standing)
        registers = self._ledger.items(unit)
        numbers = _numbers(registers, changed, hand_in.version)
        with open_decisions(self._decisions) as store:
            decided = store.of_unit(unit)
        background = Background(
            registers,
            numbers,
            rulings_of(decided),
            listing_of(decided),
            self._returned(unit, registers, numbers, decided),
        )
        result = assemble(
            unit, version.readings, settings.vocabulary, settings.campaign, hand_in.as_of, *self._libraries, background,
            self._arrival(version),
        )  # fmt: skip
        hand_in = returned(hand_in, result)
        self._warehouse.load(result, hand_in, changed)
        families = [family for family in FAMILIES if family in registers or family in result.items]
        items = {family: (numbers[family], result.items.get(family, ())) for family in families}
        return Loaded(result, items, hand_in)

    def replay(self, unit: str, find: Callable[[Entry], FileReading]) -> Iterable[Result]:
        """Load every version of a unit again, one after the other. find: the reading of a file that stood."""
        from pipeline.warehouse.staging import HandIn

        before = Standing()
        for _, standing_then, stored in self._ledger.versions(unit):
            readings = standing_readings(standing_then, find)
            loaded = self.load(Version(unit, before, standing_then, readings, HandIn.from_json(stored)))
            self._ledger.keep_items(unit, loaded.items)
            before = standing_then
            yield loaded.result

    def _arrival(self, version: Version) -> Arrival | None:
        """When the version at hand arrived, and those before it."""
        from pipeline.warehouse.staging import HandIn

        earlier = ((then, HandIn.from_json(data)) for _, then, data in self._ledger.versions(version.unit))
        before = [(then, known) for then, known in earlier if known.version < version.hand_in.version]
        return arrival_of(version.unit, [*before, (version.standing, version.hand_in)], self._settings.campaign)

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
