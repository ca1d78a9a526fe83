"""The files of INBOX as cached readings: hashed, unpacked, read where they have not been read yet, grouped by unit.

In: INBOX, the ledger, a sandbox when there is something to read. Out: :class:`UnitFiles`, one a unit. Refuses nothing
of what units hand in: what cannot be read becomes a quarantined reading. Each file read is archived at once, unless
it is classified.
"""

from __future__ import annotations

import errno
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extractors.content_hash import sha256_of
from extractors.entry_names import DistinctNames
from extractors.errors import Unreadable
from pipeline.intake import originals
from pipeline.intake.conversions import Conversions, edition_of
from pipeline.intake.inbox import Survey, names_in_archive, unit_of_archive
from pipeline.intake.ledger import ArchivedMember, Known, Ledger
from pipeline.intake.submitter import Submitter
from pipeline.intake.supersede import DUPLICATE
from pipeline.record import FileReading, FileState
from pipeline.workspace import Workspace, WorkspaceUnusable

_WORKSPACE_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
CLASSIFIED = "classified"
NO_UNIT = "no_unit"
CHANGED = "changed"
UNREACHABLE = "unreachable"
# What the machine, the moment or the limits were to blame for: tried again at each run.
PASSING = frozenset(("timed_out", "out_of_memory", "worker_died", "needs_tool", CHANGED, UNREACHABLE))


@dataclass(frozen=True, slots=True)
class Item:
    """A submitted file. path: where its bytes lie, None where there are none to read. unit: "" straight under INBOX.

    archive: it was unpacked from one; its name there comes after the archive's.
    """

    path: Path | None
    sha256: str
    size: int
    unit: str
    name: str
    archive: bool = False


@dataclass(frozen=True, slots=True)
class UnitFiles:
    """The files of one unit, under names that differ, and ``signature`` of their names, bytes and states.

    absent: the unit's files lie in INBOX no longer; what it handed in stands.
    """

    unit: str
    items: tuple[tuple[Item, str], ...]  # the item, and the name it has in the unit's folder
    signature: str
    absent: bool = False


class Gathering:
    """The files of one INBOX in one run. ``read`` may be called from several threads."""

    def __init__(self, workspace: Workspace, ledger: Ledger, edition: str, scratch: Callable[[], Path]) -> None:
        """edition: of the code and the vocabulary by which files are read. scratch: a folder for unpacked files."""
        self._workspace = workspace
        self._ledger = ledger
        self._edition = edition
        self._scratch = scratch
        self._conversions = Conversions(scratch)
        self._found: list[Item] = []

    def settle(self, survey: Survey) -> list[Item]:
        """Hash everything; what is still to be read. Costs the hashing and nothing else where all is known."""
        waiting: list[Item] = []
        for incoming in survey.files:
            try:
                sha256, size = sha256_of(incoming.path), incoming.path.stat().st_size
            except OSError:
                self._cannot_open(incoming.unit, incoming.name)
                continue
            waiting += self._place(Item(incoming.path, sha256, size, incoming.unit, incoming.name))
        self._expect(waiting)
        return waiting

    def read(self, item: Item, sandbox: Submitter) -> list[Item]:
        """Read one file under the sandbox's limits and keep what it gave. Returns what an archive held, to be read."""
        from pipeline.reading.worker import CoverSheet, Unpacked, open_submitted, quarantined

        if item.path is None:
            raise ValueError(f"{item.sha256}: no bytes to read")
        into = Path(tempfile.mkdtemp(dir=self._scratch()))
        try:
            beforehand = self._conversions.of(item.path, item.name, sandbox)
            outcome = sandbox.submit(open_submitted, item.path, item.name, into, beforehand).result()
        except Unreadable as problem:
            outcome = quarantined(item.name, item.sha256, item.size, problem)
        except OSError as error:
            if error.errno in _WORKSPACE_FULL:
                raise WorkspaceUnusable(f"{into}: {error}") from error
            outcome = _quarantine(item.name, item.sha256, item.size, UNREACHABLE)
        if isinstance(outcome, Unpacked):
            return self._unpacked(item, outcome)
        if isinstance(outcome, CoverSheet):
            self._ledger.keep_cover(item.sha256, self._edition, outcome.cover)
            outcome = outcome.reading
        self._keep(item, outcome)
        self._found.append(item)
        return []

    def _place(self, item: Item) -> list[Item]:
        """Settle a file that needs no reading; else return it."""
        members = self._ledger.archive(item.sha256, self._edition)
        if members is None:
            known = self._known(item)
            if known is None or (known.reason in PASSING and item.path is not None):
                return [item]
            self._found.append(item)
            return []
        inside = self._inside(item, members, {})
        known_inside = [self._known(each) for each in inside]
        if item.path is not None and any(known is None or known.reason in PASSING for known in known_inside):
            return [item]
        self._found += inside
        return []

    def _unpacked(self, archive: Item, unpacked: Any) -> list[Item]:
        members = [ArchivedMember(m.name, m.sha256, m.size, m.reason, m.facts) for m in unpacked.members]
        paths = {m.name: m.path for m in unpacked.members if m.path is not None}
        self._ledger.keep_archive(archive.sha256, self._edition, members)
        waiting: list[Item] = []
        for item, member in zip(self._inside(archive, members, paths), members, strict=True):
            if item.path is None:
                reading = _quarantine(item.name, item.sha256, member.size, member.reason, member.facts)
                self._remember(reading)
            waiting += self._place(item)
        self._expect(waiting)
        return waiting

    def _expect(self, waiting: Iterable[Item]) -> None:
        self._conversions.expect((item.path, item.name) for item in waiting if item.path is not None)

    def _inside(self, archive: Item, members: Iterable[ArchivedMember], paths: dict[str, Path]) -> list[Item]:
        """The files of an archive. Straight under INBOX it stands for its unit's folder, else for a folder there."""
        listed = list(members)
        unit, before = archive.unit, f"{archive.name}/"
        names = tuple(member.name for member in listed)
        if not unit:
            unit, before = unit_of_archive(archive.name), ""
            names = names_in_archive(unit, names)
        return [
            Item(paths.get(member.name), member.sha256, member.size, unit, before + name, archive=True)
            for member, name in zip(listed, names, strict=True)
        ]

    def _cannot_open(self, unit: str, name: str) -> None:
        stand_in = hashlib.sha256(f"{UNREACHABLE}\0{unit}\0{name}".encode()).hexdigest()
        if self._known(Item(None, stand_in, 0, unit, name)) is None:
            self._remember(_quarantine(name, stand_in, 0, UNREACHABLE))
        self._found.append(Item(None, stand_in, 0, unit, name))

    def _keep(self, item: Item, reading: FileReading) -> None:
        """Archive the file, then cache what it gave, under the hash that it had when the run began."""
        if reading.sha256 and reading.sha256 != item.sha256:
            reading = _quarantine(item.name, item.sha256, item.size, CHANGED)
        elif reading.reason not in (CLASSIFIED, UNREACHABLE) and item.path is not None:
            try:
                originals.keep(self._workspace, item.path, item.sha256)
            except originals.Changed:
                reading = _quarantine(item.name, item.sha256, item.size, CHANGED)
        self._remember(replace(reading, sha256=item.sha256))

    def _known(self, item: Item) -> Known | None:
        return self._ledger.known(item.sha256, item.name, edition_of(self._edition, item.name))

    def _remember(self, reading: FileReading) -> None:
        self._ledger.keep_reading(reading, edition_of(self._edition, reading.name))

    def units(self) -> list[UnitFiles]:
        """All files by unit, ordered; those whose unit nobody can tell come first, under ""."""
        groups: dict[str, list[tuple[Item, Known]]] = {}
        for item in self._found:
            known = self._known(item)
            if known is None:
                raise LookupError(f"{item.sha256}: read and not cached")
            groups.setdefault(item.unit or known.unit, []).append((item, known))
        return [_unit_files(unit, groups[unit]) for unit in sorted(groups)]

    def readings(self, files: UnitFiles) -> tuple[FileReading, ...]:
        """The readings of a unit's files. The same bytes a second time are no second catalogue."""
        first: dict[str, str] = {}
        return tuple(self._reading(item, name, first, files.unit) for item, name in files.items)

    def _reading(self, item: Item, name: str, first: dict[str, str], unit: str) -> FileReading:
        reading = self._ledger.reading(item.sha256, item.name, edition_of(self._edition, item.name))
        if reading is None:
            raise LookupError(f"{item.sha256}: read and not cached")
        if reading.state is not FileState.QUARANTINED:
            if not unit:
                return _quarantine(name, item.sha256, item.size, NO_UNIT)
            if item.sha256 in first:
                return duplicate(reading, name, (("other", first[item.sha256]),))
            first[item.sha256] = name
        return renamed(reading, name)


def duplicate(reading: FileReading, name: str, facts: tuple[tuple[str, str], ...]) -> FileReading:
    """The same bytes under a second name: said, and not counted again."""
    return FileReading(
        name, reading.sha256, reading.size, FileState.NO_REGISTER, reading.format, reading.pages, DUPLICATE, facts
    )


def renamed(reading: FileReading, name: str) -> FileReading:
    """The same reading under another name."""
    if reading.name == name:
        return reading
    records = tuple(replace(record, file=name) for record in reading.records)
    return replace(reading, name=name, records=records)


def _unit_files(unit: str, found: list[tuple[Item, Known]]) -> UnitFiles:
    """A folder and an archive of one unit may hold the same name twice: the same file is one, another gets a number."""
    taken = DistinctNames()
    seen: set[tuple[str, str]] = set()
    items: list[tuple[Item, str]] = []
    digest = hashlib.sha256(unit.encode())
    for item, known in sorted(found, key=lambda each: (each[0].name, each[0].sha256)):
        if (item.name, item.sha256) in seen:
            continue
        seen.add((item.name, item.sha256))
        name = taken.take(item.name)
        items.append((item, name))
        by = edition_of("", item.name)
        digest.update("\0".join(("", name, item.sha256, known.state, known.reason, by)).encode())
    return UnitFiles(unit, tuple(items), digest.hexdigest())


def _quarantine(name: str, sha256: str, size: int, reason: str, facts: tuple[tuple[str, str], ...] = ()) -> FileReading:
    return FileReading(name, sha256, size, FileState.QUARANTINED, reason=reason, facts=facts)
