"""What became of the items of a unit's registers over its versions.

In: the items of every version (:class:`Item`) as pipeline/intake/ledger.py keeps them, and what reviewers have ruled.
Out: the keys of a version's records, and :class:`History` for the rules. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from pipeline.identity.item import Item, item_of, traits_of
from pipeline.identity.keys import NO_RULINGS, Past, Rulings, assign_keys
from pipeline.record import Record

Versions: TypeAlias = Mapping[int, Sequence[Item]]  # the items of one register by the version that replaced it


@dataclass(frozen=True, slots=True)
class Gone:
    """A power that the catalogue had up to a version, and has no longer."""

    item: Item
    last: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A finding that the unit was told of before it handed in the register again. identity: its fingerprint."""

    identity: str
    code: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A reviewer has said that a power is no longer listed. version: of the catalogue that was judged.

    sha256: the file that listed it then, "" where none did any more. stands: that file has stood ever since.
    """

    version: int
    sha256: str = ""
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Which powers reviewers know to be no longer listed. excused: keys that may be missing for other reasons."""

    withdrawn: Mapping[str, Withdrawal] = field(default_factory=lambda: MappingProxyType({}))
    excused: frozenset[str] = frozenset()

    def withdraws(self, key: str, sha256: str) -> bool:
        """A power is withdrawn as that file lists it; another file that lists it brings it back."""
        found = self.withdrawn.get(key)
        return found is not None and found.stands and found.sha256 == sha256

    def excuses(self, item: Item, last: int) -> bool:
        """An item that stood last in a version may be missing."""
        found = self.withdrawn.get(item.key)
        withdrawn = found is not None and (last <= found.version or found.sha256 == item.sha256)
        return withdrawn or item.key in self.excused


@dataclass(frozen=True, slots=True)
class History:
    """What the rules need to know of earlier versions; None where the unit has handed in only one.

    gone: powers of earlier versions that are missing now, and of which no reviewer has said why. added: keys of powers
    that the first version did not have. returned: what the version before was returned for, of the registers that
    were handed in again. adjusted: by key the day on which a power arrived with another body, post, limit or procedure
    than before. stood_since: by SHA-256 the day since which a file has stood.
    """

    gone: tuple[Gone, ...] | None = None
    added: frozenset[str] | None = None
    returned: tuple[Returned, ...] | None = None
    adjusted: Mapping[str, date] | None = None
    stood_since: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Background:
    """All that a version of a unit is read against.

    registers: every version of each family. versions: which version of each family is being read. returned: None
    where nothing was handed in again. days: on which each version arrived. stood_since: by SHA-256 the day since which
    a file that stands has stood.
    """

    registers: Mapping[str, Versions] = field(default_factory=lambda: MappingProxyType({}))
    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rulings: Rulings = NO_RULINGS
    listing: Listing = Listing()
    returned: tuple[Returned, ...] | None = None
    days: Mapping[int, date] = field(default_factory=lambda: MappingProxyType({}))
    stood_since: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))

    def keyed(self, unit: str, records: Iterable[Record]) -> tuple[Record, ...]:
        """The records with their keys."""
        pasts = {family: past_of(held, self.versions[family]) for family, held in self.registers.items()}
        return assign_keys(unit, records, pasts, self.rulings)

    def history(self, items: Sequence[Item]) -> History:
        """What became of the unit's powers. items: those of the version that is read."""
        held = self.registers.get("power", {})
        earlier = {version: held[version] for version in sorted(held) if version < self.versions["power"]}
        if not earlier:
            return History(returned=self.returned)
        adjusted = _adjusted({**earlier, self.versions["power"]: items}, self.days)
        return History(
            _gone(earlier, items, self.listing), _added(earlier, items), self.returned, adjusted, self.stood_since
        )


def items_of(records: Iterable[Record], hashes: Mapping[str, str]) -> dict[str, tuple[Item, ...]]:
    """What is kept of a version, by family. hashes: SHA-256 by file name."""
    found: dict[str, list[Item]] = {}
    for record in records:
        found.setdefault(record.register.family, []).append(item_of(record, hashes.get(record.file, "")))
    return {family: tuple(items) for family, items in found.items()}


def past_of(versions: Versions, version: int) -> Past:
    """What a version of a register is matched with."""
    before = sorted((each for each in versions if each < version), reverse=True)
    previous = tuple(versions[before[0]]) if before else ()
    seen = {item.key for item in previous}
    gone: list[Item] = []
    for each in before[1:]:
        late = [item for item in versions[each] if item.key not in seen]
        gone += late
        seen |= {item.key for item in late}
    return Past(tuple(versions.get(version, ())), previous, tuple(gone))


def _gone(earlier: Versions, items: Sequence[Item], listing: Listing) -> tuple[Gone, ...]:
    """The powers of earlier versions that are missing, as they stood last.

    A power that fills several rows is not missing while one of them is there, and is missing once.
    """
    present = {item.key for item in items}
    names = {traits_of("power", item)[1:] for item in items if item.name}
    found: dict[tuple[str, ...], Gone] = {}
    seen: set[str] = set()
    for version in sorted(earlier, reverse=True):
        for item in earlier[version]:
            if item.key in seen:
                continue
            seen.add(item.key)
            traits = traits_of("power", item)
            here = item.key in present or traits[1:] in names
            if not here and item.name and not listing.excuses(item, version):
                found.setdefault(traits, Gone(item, version))
    return tuple(found.values())


def _added(earlier: Versions, items: Sequence[Item]) -> frozenset[str]:
    """The keys of the powers that the first version did not have, under any name."""
    first = earlier[min(earlier)]
    known = {item.key for item in first}
    names = {traits_of("power", item)[1:] for item in first if item.name}
    return frozenset(item.key for item in items if item.key not in known and traits_of("power", item)[1:] not in names)


def _adjusted(versions: Versions, days: Mapping[int, date]) -> dict[str, date]:
    """The day of the last version in which what a chart shows of a power was another than in the one before."""
    last: dict[str, str] = {}
    found: dict[str, date] = {}
    for version in sorted(versions):
        for item in versions[version]:
            if last.get(item.key, item.shown) != item.shown and version in days:
                found[item.key] = days[version]
            last[item.key] = item.shown
    return found
