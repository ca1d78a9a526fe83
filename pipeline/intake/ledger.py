"""The run ledger and the cache of file readings: what was read, what stands for each unit, which runs there were.

In: hashes, readings, standings. Out: the same, by key. SQLite beside the warehouse, so that learning that nothing
changed needs neither DuckDB nor a reader. The ledger may lag behind the warehouse after a crash, never run ahead of
it: what it does not know is done again, with the same result. Refuses a damaged or newer ledger (WorkspaceUnusable).
"""

from __future__ import annotations

import datetime as dt
import json
import pickle
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.identity.item import Item
from pipeline.intake.supersede import Standing
from pipeline.reading.cover import Cover
from pipeline.record import FileReading, FileState
from pipeline.state_file import open_state_file

_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE runs (run_id TEXT PRIMARY KEY, started TEXT, finished TEXT, state TEXT, as_of TEXT, counts TEXT);
CREATE TABLE readings (
    sha256 TEXT, name TEXT, edition TEXT, unit TEXT, state TEXT, reason TEXT, reading BLOB,
    PRIMARY KEY (sha256, name)
) WITHOUT ROWID;
CREATE TABLE archives (sha256 TEXT PRIMARY KEY, edition TEXT, members TEXT) WITHOUT ROWID;
CREATE TABLE covers (sha256 TEXT PRIMARY KEY, edition TEXT, cover TEXT) WITHOUT ROWID;
CREATE TABLE versions (
    unit TEXT, version INTEGER, standing TEXT, hand_in TEXT, PRIMARY KEY (unit, version)
) WITHOUT ROWID;
CREATE TABLE units (unit TEXT PRIMARY KEY, signature TEXT, standing TEXT, counts TEXT) WITHOUT ROWID;
CREATE TABLE flags (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_SINCE_2 = """
CREATE TABLE items (
    unit TEXT, family TEXT, version INTEGER, items BLOB, PRIMARY KEY (unit, family, version)
) WITHOUT ROWID;
CREATE TABLE joined (name TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
"""
# Made in whatever ledger lacks it: without an entry a unit is checked again, which fills it.
_REVIEWS = """
CREATE TABLE IF NOT EXISTS reviews (unit TEXT PRIMARY KEY, files TEXT, as_of TEXT, until TEXT) WITHOUT ROWID
"""
_PUBLISH_DUE = "publish due"
_DECISIONS = "decisions"
Items: TypeAlias = Mapping[str, tuple[int, Sequence[Item]]]  # by family: the version of the register, what it holds


@dataclass(frozen=True, slots=True)
class Known:
    """The part of a cached reading that tells whose file it is and whether it was taken in."""

    unit: str
    state: FileState
    reason: str


@dataclass(frozen=True, slots=True)
class ArchivedMember:
    """A file inside an archive: its name there, its hash, or why it has no bytes (reason and facts)."""

    name: str
    sha256: str
    size: int = 0
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitState:
    """What is known of a unit: ``signature`` of all that its last result depends on, what stands, and its counts."""

    signature: str = ""
    standing: Standing = field(default_factory=Standing)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """The last check of a unit. files: signature of its files. until: the first day it may be wrong, None for never."""

    files: str
    as_of: dt.date
    until: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether a check by the law of this day would say the same."""
        return self.as_of <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as ``zhiquan status --runs`` shows it. Times are local, ISO 8601."""

    run_id: str
    started: str
    finished: str
    state: str
    as_of: str
    counts: Mapping[str, int]


class Ledger:
    """The open ledger, usable from several threads. Use :func:`open_ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def known(self, sha256: str, name: str, edition: str) -> Known | None:
        """What is known of a file under an edition of code and vocabulary, without its content."""
        row = self._one(
            "SELECT unit, state, reason FROM readings WHERE sha256 = ? AND name = ? AND edition = ?",
            (sha256, name, edition),
        )
        return Known(row[0], FileState(row[1]), row[2]) if row else None

    def reading(self, sha256: str, name: str, edition: str) -> FileReading | None:
        """The cached reading of a file under an edition."""
        row = self._one(
            "SELECT reading FROM readings WHERE sha256 = ? AND name = ? AND edition = ?", (sha256, name, edition)
        )
        if row is None:
            return None
        reading: FileReading = pickle.loads(zlib.decompress(row[0]))
        return reading

    def keep_reading(self, reading: FileReading, edition: str) -> None:
        """Cache a reading; of each file only the latest edition is kept."""
        blob = zlib.compress(pickle.dumps(reading, pickle.HIGHEST_PROTOCOL), 1)
        self._write(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?)",
            (reading.sha256, reading.name, edition, reading.unit, reading.state.value, reading.reason, blob),
        )

    def archive(self, sha256: str, edition: str) -> tuple[ArchivedMember, ...] | None:
        """What an archive held when it was unpacked under an edition; None when it was not."""
        row = self._one("SELECT members FROM archives WHERE sha256 = ? AND edition = ?", (sha256, edition))
        if row is None:
            return None
        return tuple(
            ArchivedMember(name, sha, size, reason, tuple((key, value) for key, value in facts))
            for name, sha, size, reason, facts in json.loads(row[0])
        )

    def keep_archive(self, sha256: str, edition: str, members: Iterable[ArchivedMember]) -> None:
        """Remember what an archive held."""
        rows = [[m.name, m.sha256, m.size, m.reason, m.facts] for m in members]
        self._write("INSERT OR REPLACE INTO archives VALUES (?, ?, ?)", (sha256, edition, json.dumps(rows)))

    def cover(self, sha256: str, edition: str) -> Cover | None:
        """What a cover sheet said when it was read under an edition."""
        row = self._one("SELECT cover FROM covers WHERE sha256 = ? AND edition = ?", (sha256, edition))
        return Cover.from_json(json.loads(row[0])) if row else None

    def keep_cover(self, sha256: str, edition: str, cover: Cover) -> None:
        """Remember what a cover sheet said."""
        self._write("INSERT OR REPLACE INTO covers VALUES (?, ?, ?)", (sha256, edition, json.dumps(cover.to_json())))

    def unit(self, unit: str) -> UnitState:
        """What is known of a unit; an empty state for one that is not."""
        row = self._one("SELECT signature, standing, counts FROM units WHERE unit = ?", (unit,))
        if row is None:
            return UnitState()
        return UnitState(row[0], Standing.from_json(json.loads(row[1])), json.loads(row[2]))

    def keep_unit(self, unit: str, state: UnitState, hand_in: Mapping[str, Any], items: Items) -> None:
        """Remember a unit, how its version was handed in (plain data) and its items, after the warehouse has it."""
        standing = json.dumps(state.standing.to_json())
        with self._lock, self._connection:
            self._put_items(unit, items)
            self._connection.execute(
                "INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?)",
                (unit, state.signature, standing, json.dumps(dict(state.counts))),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?)",
                (unit, state.standing.version, standing, json.dumps(dict(hand_in))),
            )

    def keep_items(self, unit: str, items: Items) -> None:
        """Remember the items of a unit's registers, after the warehouse has them."""
        with self._lock, self._connection:
            self._put_items(unit, items)

    def _put_items(self, unit: str, items: Items) -> None:
        for family, (version, held) in items.items():
            blob = zlib.compress(json.dumps([item.to_json() for item in held], ensure_ascii=False).encode(), 1)
            self._connection.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", (unit, family, version, blob))

    def items(self, unit: str) -> dict[str, dict[int, tuple[Item, ...]]]:
        """The items of every version of a unit's registers, by family and version."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT family, version, items FROM items WHERE unit = ?", (unit,)
            ).fetchall()
        found: dict[str, dict[int, tuple[Item, ...]]] = {}
        for family, version, blob in rows:
            listed = json.loads(zlib.decompress(blob))
            found.setdefault(family, {})[version] = tuple(Item.from_json(each) for each in listed)
        return found

    def units(self) -> tuple[str, ...]:
        """Every unit that ever handed in; "" stands for the files whose unit nobody can tell."""
        with self._lock:
            return tuple(unit for (unit,) in self._connection.execute("SELECT unit FROM units ORDER BY unit"))

    def review(self, unit: str) -> Review | None:
        """The last check of a unit."""
        row = self._one("SELECT files, as_of, until FROM reviews WHERE unit = ?", (unit,))
        if row is None:
            return None
        return Review(row[0], dt.date.fromisoformat(row[1]), dt.date.fromisoformat(row[2]) if row[2] else None)

    def keep_review(self, unit: str, review: Review) -> None:
        """Remember a check, after :meth:`keep_unit`."""
        until = review.until.isoformat() if review.until else None
        self._write(
            "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?)",
            (unit, review.files, review.as_of.isoformat(), until),
        )

    def hand_in(self, unit: str, version: int) -> dict[str, Any] | None:
        """How a version of a unit was handed in, as plain data."""
        row = self._one("SELECT hand_in FROM versions WHERE unit = ? AND version = ?", (unit, version))
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found

    def versions(self, unit: str | None = None) -> tuple[tuple[str, Standing, dict[str, Any]], ...]:
        """Every version of every unit (or of one) in order: unit, what stood, how it was handed in."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT unit, standing, hand_in FROM versions WHERE ?1 IS NULL OR unit = ?1 ORDER BY unit, version",
                (unit,),
            ).fetchall()
        return tuple((unit, Standing.from_json(json.loads(s)), json.loads(h)) for unit, s, h in rows)

    @property
    def joined_decisions(self) -> int:
        """The number of the last decision that the published warehouse shows."""
        row = self._one("SELECT number FROM joined WHERE name = ?", (_DECISIONS,))
        return int(row[0]) if row else 0

    def keep_joined_decisions(self, number: int) -> None:
        """Remember up to which decision the published warehouse shows them."""
        self._write("INSERT OR REPLACE INTO joined VALUES (?, ?)", (_DECISIONS, number))

    def keep_counts(self, counts: Mapping[str, Mapping[str, int]], otherwise: Mapping[str, int]) -> None:
        """Remember counts of all units, ``otherwise`` of those that are not named; other counts of a unit stay."""
        with self._lock, self._connection:
            for unit, text in self._connection.execute("SELECT unit, counts FROM units").fetchall():
                held = json.loads(text)
                if (now := {**held, **counts.get(unit, otherwise)}) != held:
                    self._connection.execute("UPDATE units SET counts = ? WHERE unit = ?", (json.dumps(now), unit))

    def begin_run(self, run_id: str, started: str, as_of: str) -> None:
        """Open a run, close those that were killed, and note that the published copy is about to be out of date."""
        with self._lock, self._connection:
            self._connection.execute("UPDATE runs SET state = 'interrupted' WHERE state = 'running'")
            self._connection.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, '', 'running', ?, '{}')", (run_id, started, as_of)
            )
            self._connection.execute("INSERT OR IGNORE INTO flags VALUES (?)", (_PUBLISH_DUE,))

    def end_run(self, run_id: str, finished: str, counts: Mapping[str, int], joined: int) -> None:
        """Close a run that has published. joined: the number of the last decision that the publication shows."""
        with self._lock, self._connection:
            self._connection.execute(
                "UPDATE runs SET state = 'finished', finished = ?, counts = ? WHERE run_id = ?",
                (finished, json.dumps(dict(counts)), run_id),
            )
            self._connection.execute("DELETE FROM flags WHERE name = ?", (_PUBLISH_DUE,))
            self._connection.execute("INSERT OR REPLACE INTO joined VALUES (?, ?)", (_DECISIONS, joined))

    @property
    def publish_due(self) -> bool:
        """A run wrote to the master database and ended before it published."""
        return self._one("SELECT 1 FROM flags WHERE name = ?", (_PUBLISH_DUE,)) is not None

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs, the latest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT run_id, started, finished, state, as_of, counts FROM runs ORDER BY run_id DESC"
            ).fetchall()
        return tuple(
            RunRecord(run_id, started, finished, state, as_of, json.loads(counts))
            for run_id, started, finished, state, as_of, counts in rows
        )

    def _one(self, sql: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return row

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        with self._lock, self._connection:
            self._connection.execute(sql, values)


@contextmanager
def open_ledger(path: Path) -> Iterator[Ledger]:
    """The ledger at ``path``, made if it is not there. Raises WorkspaceUnusable."""
    with open_state_file(path, _SCHEMA_VERSION, wait_seconds=10, any_thread=True) as (connection, version):
        _prepare(connection, version)
        yield Ledger(connection)


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    if version < _SCHEMA_VERSION:
        missing = _SINCE_2 if version else _SCHEMA + _SINCE_2
        connection.executescript(f"BEGIN; {missing} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;")
    connection.execute(_REVIEWS)
