"""Which of a unit's readings stand: what a new submission replaces, and what it leaves alone.

In: what stood before (:class:`Standing`) and the readings of the files that the unit has handed in now. Out: what
stands now, and the readings cut down to it. Pure. A full submission replaces each register that it holds; a supplement
adds, and replaces what it names again; a register that does not occur stays, and so do flow charts; files with neither
are those of the latest submission that has any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.record import FINDINGS_WORKBOOK, FileReading, FileState, Record, Register

DUPLICATE = "duplicate"  # the reason of a file whose bytes the unit also handed in under another name
_ASIDE = frozenset((DUPLICATE, FINDINGS_WORKBOOK))  # belongs to no register and makes no room for anything
FAMILIES = ("power", "risk", "statistics", "post_power")
_LOOSE = "none"  # the family of files that hold neither register nor chart: reports
_CHARTS = "chart"  # of files that hold flow charts, beside registers or alone


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that stands, and for which families; one that stands for none goes with the next submission.

    reason, facts: why it was not taken in, where it was not.
    """

    name: str
    sha256: str
    families: tuple[str, ...] = ()
    supplement: bool = False
    cover: bool = False
    size: int = 0
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The files that stand for a unit, oldest first, and the number of its version."""

    version: int = 0
    entries: tuple[Entry, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data; :meth:`from_json` is the inverse."""
        return {
            "version": self.version,
            "entries": [
                [
                    e.name,
                    e.sha256,
                    list(e.families),
                    e.supplement,
                    e.cover,
                    e.size,
                    e.reason,
                    [list(f) for f in e.facts],
                ]
                for e in self.entries
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Standing:
        """What :meth:`to_json` wrote. Raises KeyError, ValueError."""
        entries = (
            Entry(name, sha256, tuple(families), supplement, cover, size, reason, tuple((k, v) for k, v in facts))
            for name, sha256, families, supplement, cover, size, reason, facts in data["entries"]
        )
        return cls(int(data["version"]), tuple(entries))

    def files_of(self, family: str) -> frozenset[str]:
        """The hashes of the files that make up a register."""
        return frozenset(e.sha256 for e in self.entries if family in e.families)


def supersede(old: Standing, handed_in: Sequence[FileReading], covers: frozenset[str] = frozenset()) -> Standing:
    """What stands after a submission. ``covers``: names of its cover sheets.

    The version goes up when the unit handed in bytes that did not stand before, or left out a file of a register that
    it hands in again. The same bytes under other names, or read by other rules, are the same version.
    """
    now = [_entry(reading, reading.name in covers) for reading in handed_in]
    replaced = {family for entry in now if not entry.supplement for family in entry.families}
    kept: list[Entry] = []
    for entry in old.entries:
        again = next((e for e in now if e.sha256 == entry.sha256), None)
        families = tuple(f for f in entry.families if f not in replaced)
        if again is None and families:
            kept.append(replace(entry, families=families))
        elif again is not None and again.supplement and entry.supplement and families:
            kept.append(again)  # handed in once more: it keeps its turn among the supplements
            now.remove(again)
    entries = (*kept, *(e for e in now if not e.supplement), *(e for e in now if e.supplement))
    handed = {reading.sha256 for reading in handed_in}
    told = {reading.sha256 for reading in handed_in if reading.reason != FINDINGS_WORKBOOK}  # an answer is no version
    fresh = told - {entry.sha256 for entry in old.entries}
    left_out = any(replaced & set(entry.families) - {_LOOSE} for entry in old.entries if entry.sha256 not in handed)
    return Standing(old.version + bool(fresh or left_out), entries)


def changed_families(old: Standing, new: Standing) -> frozenset[str]:
    """The registers of a new version that are made of other files than those of the version before."""
    if new.version == old.version:
        return frozenset()
    return frozenset(family for family in FAMILIES if old.files_of(family) != new.files_of(family))


def _entry(reading: FileReading, cover: bool) -> Entry:
    families = {record.register.family for record in reading.records}
    families |= {table.register.family for table in reading.tables if table.records}
    if reading.state is FileState.NO_REGISTER and not cover and reading.reason not in _ASIDE:
        families = {_LOOSE} if not reading.charts else set()
    if reading.charts:
        families.add(_CHARTS)
    return Entry(
        reading.name, reading.sha256, tuple(sorted(families - {""})), reading.supplement, cover,
        reading.size, reading.reason,
        reading.facts,
    )  # fmt: skip


def standing_readings(standing: Standing, find: Callable[[Entry], FileReading]) -> tuple[FileReading, ...]:
    """The readings of what stands, without the registers and records that later files replaced.

    find: the reading of an entry (from the cache, or of its archived original).
    """
    readings = [_cut_to_families(find(entry), entry) for entry in standing.entries]
    for position, entry in enumerate(standing.entries):
        if entry.supplement:
            named = _Named(readings[position])
            readings[:position] = [named.leave(earlier) for earlier in readings[:position]]
    return tuple(readings)


def _cut_to_families(reading: FileReading, entry: Entry) -> FileReading:
    """Only the registers for which the file still stands; its other tables stay listed, as no register."""
    if reading.charts and not {_CHARTS, _LOOSE} & set(entry.families):
        reading = replace(reading, charts=())
    records = tuple(r for r in reading.records if r.register.family in entry.families)
    if len(records) == len(reading.records):
        return reading
    tables = tuple(
        table if table.register.family in (*entry.families, "") else replace(table, register=Register.NONE, records=0)
        for table in reading.tables
    )
    return replace(reading, records=records, tables=tables)


class _Named:
    """What a supplement names. A power is told by its code where both have one, else its name; a chart by its title."""

    def __init__(self, reading: FileReading) -> None:
        self._charts = {chart.title for chart in reading.charts} - {""}
        self._rows: set[tuple[str, ...]] = set()
        self._codes: set[tuple[str, str]] = set()
        self._names: set[tuple[str, str]] = set()
        self._uncoded_names: set[tuple[str, str]] = set()
        for record in reading.records:
            if not record.register.of_powers:
                self._rows.add(_identity(record))
                continue
            code, name, sub_item = (record.text(field) for field in ("code", "name", "sub_item"))
            self._names.add((name, sub_item))
            if code:
                self._codes.add((code, sub_item))
            else:
                self._uncoded_names.add((name, sub_item))

    def leave(self, reading: FileReading) -> FileReading:
        """The earlier reading without the records and charts that are named again."""
        charts = tuple(chart for chart in reading.charts if chart.title not in self._charts)
        if len(charts) < len(reading.charts):
            reading = replace(reading, charts=charts)
        records = tuple(record for record in reading.records if not self._again(record))
        return reading if len(records) == len(reading.records) else replace(reading, records=records)

    def _again(self, record: Record) -> bool:
        if not record.register.of_powers:
            return _identity(record) in self._rows
        code, name, sub_item = (record.text(field) for field in ("code", "name", "sub_item"))
        if not code:
            return bool(name) and (name, sub_item) in self._names
        return (code, sub_item) in self._codes or (bool(name) and (name, sub_item) in self._uncoded_names)


_IDENTITY = {
    "risk": ("department", "post", "person", "power_name", "risk_point"),
    "statistics": ("department", "power_type"),
    "post_power": ("department", "post", "person", "power_name"),
}


def _identity(record: Record) -> tuple[str, ...]:
    fields = _IDENTITY.get(record.register.family, ())
    return (record.register.value, *(record.text(name) for name in fields))
