"""The decisions of a workspace: every one that was ever made, in an SQLite file of its own.

In: decisions. Out: the same, in order. Written at any time, also while a run holds the warehouse; nothing is ever
changed or deleted, a later decision takes the place of an earlier one. Refuses a damaged or newer file
(WorkspaceUnusable).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.review.decision import Decision
from pipeline.state_file import open_state_file

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, key TEXT NOT NULL, unit TEXT NOT NULL,
    decision TEXT NOT NULL, part TEXT NOT NULL, decided TEXT NOT NULL, version INTEGER NOT NULL, comment TEXT NOT NULL,
    reviewer TEXT NOT NULL, other TEXT NOT NULL, judged TEXT NOT NULL
);
CREATE INDEX decisions_of_unit ON decisions (unit);
"""
_COLUMNS = "subject, key, unit, decision, part, decided, version, comment, reviewer, other, judged"
_WAIT_SECONDS = 30.0  # for another decision that is being written


class Decisions:
    """The open store. Use :func:`open_decisions`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, decisions: Iterable[Decision]) -> None:
        """Keep decisions, all or none; on the disk when this returns."""
        with self._connection:
            self._connection.executemany(
                f"INSERT INTO decisions ({_COLUMNS}) VALUES ({', '.join('?' * 11)})",
                [
                    (
                        each.subject, each.key, each.unit, each.decision, each.group,
                        each.decided.isoformat(timespec="microseconds"), each.version, each.comment, each.reviewer,
                        each.other, each.judged,
                    )
                    for each in decisions
                ],
            )  # fmt: skip

    @property
    def last(self) -> int:
        """The number of the last decision, 0 without any."""
        (number,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM decisions").fetchone()
        return int(number)

    def all(self, *, after: int = 0) -> tuple[Decision, ...]:
        """Every decision in order. after: only those behind this number."""
        return self._found("WHERE number > ? ORDER BY number", (after,))

    def of_unit(self, unit: str) -> tuple[Decision, ...]:
        """Every decision on a unit, its powers and its findings, in order."""
        return self._found("WHERE unit = ? ORDER BY number", (unit,))

    def _found(self, condition: str, values: tuple[Any, ...]) -> tuple[Decision, ...]:
        rows = self._connection.execute(f"SELECT {_COLUMNS}, number FROM decisions {condition}", values)
        return tuple(
            Decision(
                subject, key, unit, decision, group, dt.datetime.fromisoformat(decided), version, comment, reviewer,
                other, judged, number,
            )
            for subject, key, unit, decision, group, decided, version, comment, reviewer, other, judged, number in rows
        )  # fmt: skip


@contextmanager
def open_decisions(path: Path, *, make: bool = False) -> Iterator[Decisions]:
    """The decisions at ``path``. make: the file where there is none; else there are none. Raises WorkspaceUnusable."""
    in_memory = not make and not path.exists()
    with open_state_file(path, _SCHEMA_VERSION, wait_seconds=_WAIT_SECONDS, in_memory=in_memory) as (
        connection,
        version,
    ):
        _prepare(connection, version)
        yield Decisions(connection)


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    if version == 0:
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # another process may be making it, too
            if not connection.execute("PRAGMA user_version").fetchone()[0]:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    connection.execute("PRAGMA synchronous = FULL")
