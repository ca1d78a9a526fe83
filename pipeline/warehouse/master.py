"""The master database: opened by the one writer, brought to the current schema, filled one submission a transaction.

In: Results with their :class:`~pipeline.warehouse.staging.HandIn`. Out: base tables in which every earlier version
stays, and the Chinese views over them. Refuses: a database made by a newer schema, or a damaged one
(:class:`WorkspaceUnusable`).
The caller holds the writer's lock (pipeline/workspace.py). Publishing is pipeline/warehouse/publish.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.finding import Finding, RuleRun
from pipeline.rules.city import CITY_RULES
from pipeline.submission import Result
from pipeline.vocabulary import Vocabulary
from pipeline.warehouse import staging
from pipeline.warehouse.city import CityTables, CityWork
from pipeline.warehouse.staging import HandIn
from pipeline.workspace import WorkspaceUnusable

_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")
# A transaction of the only writer fails for no other reason than a log that cannot be written.
_DISK_ERRORS = (
    duckdb.IOException, duckdb.FatalException, duckdb.SerializationException, duckdb.TransactionException, OSError,
)  # fmt: skip
_STAGED_TABLES = (
    "files", "file_tables", "record_fields", "citations", "findings", "rule_runs", *staging.FAMILY_TABLES.values(),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the pipeline as the warehouse records it. finished is None and state "running" until it ended."""

    run_id: str
    started: dt.datetime
    as_of: dt.date
    code: str
    vocabulary: str
    campaign: str
    state: str = "running"
    finished: dt.datetime | None = None
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What the campaign says of the batch: its name, its 基准日 and its last day of arrival."""

    name: str
    review_date: dt.date | None = None
    deadline: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CityResult:
    """What the rules across units found, how they ran by unit. compared: those whose number of powers was judged."""

    findings: tuple[Finding, ...]
    runs: tuple[tuple[str, RuleRun], ...]
    compared: frozenset[str]


class Warehouse:
    """The open master database. Use :func:`open_master`. Whatever it is asked may raise WorkspaceUnusable."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, vocabulary: Vocabulary) -> None:
        self._connection = connection
        self._path = path
        self._vocabulary = vocabulary
        self._city = CityTables(connection, self._insert)
        self._schemas: dict[str, pa.Schema] = {name: self._schema(name) for name in _STAGED_TABLES}

    def begin_run(self, run: Run, batch: Batch) -> None:
        """Record that a run has begun to write; runs that never ended are marked so."""
        with self._transaction():
            self._connection.execute("UPDATE base.runs SET state = 'interrupted' WHERE state = 'running'")
            self._connection.execute("DELETE FROM base.campaigns WHERE batch = ?", [batch.name])
            self._connection.execute(
                "INSERT INTO base.campaigns VALUES (?, ?, ?, ?)",
                [batch.name, batch.review_date, batch.deadline, run.started],
            )
            self._write_labels()
            self._put_run(run)

    def end_run(self, run: Run) -> None:
        """Record how a run ended."""
        with self._transaction():
            self._put_run(run)

    def load(self, result: Result, hand_in: HandIn, changed: frozenset[str]) -> None:
        """Load what a unit's submission gave, in one transaction: all of it or, after any failure, nothing.

        changed: families that are now made of other files; they become rows of ``hand_in.version``, the earlier rows
        stay. Another family keeps its version, and its rows too unless its files are now read differently.
        Loading the same twice is the same as once.
        """
        with self._transaction():
            self._put_submission(result, hand_in)
            hashes = {reading.name: reading.sha256 for reading in result.files}
            for family in staging.FAMILY_TABLES:
                self._put_register(result, hand_in, family, family in changed, hashes)
            self._put_citations(result)
            self._put_findings(result, hand_in)
            self._city.put_claims(result)

    def city_due(self) -> CityWork:
        """What the rules across units must look at since the last :meth:`put_city`."""
        with _usable(self._path):
            return self._city.due()

    def put_city(self, work: CityWork, result: CityResult, checked: dt.datetime) -> tuple[str, ...]:
        """Load what the rules across units found, in one transaction; the units whose findings changed."""
        with self._transaction():
            before = self._city.open_findings()
            self._city.close(work, result.compared)
            self._put_found(self._city.rows(result.findings, checked))
            self._city.put_runs(result.runs)
            self._city.done()
            after = self._city.open_findings()
        return tuple(sorted(unit for unit in before.keys() | after.keys() if before.get(unit) != after.get(unit)))

    def open_counts(self) -> dict[str, dict[str, int]]:
        """How many open findings each unit has, by severity (E W I); those without any are named too."""
        found: dict[str, dict[str, int]] = {}
        with _usable(self._path):
            rows = self._connection.execute(
                "SELECT u.unit, f.severity, count(f.key) FROM base.units u "
                "LEFT JOIN base.findings f ON f.unit = u.unit AND f.is_open GROUP BY ALL"
            ).fetchall()
        for unit, severity, count in rows:
            found.setdefault(unit, {})[severity or ""] = count
        return found

    def _put_submission(self, result: Result, hand_in: HandIn) -> None:
        unit, version = result.unit, hand_in.version
        for table in ("submissions", "files", "file_tables", "checks", "rule_runs"):
            self._connection.execute(f"DELETE FROM base.{table} WHERE unit = ? AND version = ?", [unit, version])
        self._connection.execute(
            "INSERT INTO base.submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                unit, version, hand_in.batch or None, hand_in.declared_date, hand_in.contact or None,
                hand_in.supplement, hand_in.received, hand_in.run_id,
            ],
        )  # fmt: skip
        self._connection.execute(
            "INSERT INTO base.checks VALUES (?, ?, ?, ?, ?)",
            [unit, version, hand_in.as_of, hand_in.checked, hand_in.run_id],
        )
        self._connection.execute("DELETE FROM base.units WHERE unit = ?", [unit])
        self._connection.execute("INSERT INTO base.units VALUES (?, NULL, NULL, NULL)", [unit])
        self._append("files", staging.file_rows(result, hand_in, self._vocabulary))
        self._append("file_tables", staging.file_table_rows(result, hand_in))
        self._append("rule_runs", staging.rule_run_rows(result, hand_in))

    def _put_register(
        self, result: Result, hand_in: HandIn, family: str, changed: bool, hashes: Mapping[str, str]
    ) -> None:
        records = staging.records_of(result, family)
        ((stands,),) = self._connection.execute(
            "SELECT max(version) FROM base.registers WHERE unit = ? AND family = ?", [result.unit, family]
        ).fetchall()
        if stands is None and not records:
            return
        version = hand_in.version if changed or stands is None else stands
        table = staging.FAMILY_TABLES[family]
        rows = staging.record_table(self._schemas[table], records, version, hashes, result.power_keys, self._vocabulary)
        fields = staging.field_table(self._schemas["record_fields"], family, records, version, hashes, self._vocabulary)
        content = staging.digest(rows) + staging.digest(fields)
        key = [result.unit, family, version]
        if self._connection.execute(
            "SELECT 1 FROM base.registers WHERE unit = ? AND family = ? AND version = ? AND digest = ?", [*key, content]
        ).fetchone():
            return
        self._connection.execute(f"DELETE FROM base.{table} WHERE unit = ? AND version = ?", [result.unit, version])
        for name in ("record_fields", "registers"):
            self._connection.execute(f"DELETE FROM base.{name} WHERE unit = ? AND family = ? AND version = ?", key)
        self._connection.execute("INSERT INTO base.registers VALUES (?, ?, ?, ?, ?)", [*key, content, hand_in.run_id])
        self._insert(table, rows)
        self._insert("record_fields", fields)

    def _put_citations(self, result: Result) -> None:
        """The verdicts of this check in place of those of the last, for the version of the catalogue that stands."""
        ((version,),) = self._connection.execute(
            "SELECT max(version) FROM base.registers WHERE unit = ? AND family = 'power'", [result.unit]
        ).fetchall()
        if version is None:
            return
        self._connection.execute("DELETE FROM base.citations WHERE unit = ? AND version = ?", [result.unit, version])
        self._append("citations", staging.citation_rows(result, version))

    def _put_findings(self, result: Result, hand_in: HandIn) -> None:
        """What was found again keeps its first sight; what was not found again is closed, and stays."""
        self._connection.execute(
            "UPDATE base.findings SET is_open = false WHERE unit = ? AND is_open AND code NOT IN (SELECT unnest(?))",
            [result.unit, list(CITY_RULES)],  # those stay until put_city looks at them again
        )
        self._put_found(staging.finding_rows(result, hand_in))

    def _put_found(self, rows: Iterable[staging.Row]) -> None:
        """Open findings; one that was there before keeps its first sight."""
        staged = staging.table_of(self._schemas["findings"], rows)
        with self._registered(staged) as name:
            self._connection.execute(
                "CREATE OR REPLACE TEMP TABLE found_again AS SELECT s.* REPLACE ("
                "coalesce(f.first_seen, s.first_seen) AS first_seen, "
                "coalesce(f.first_version, s.first_version) AS first_version) "
                f"FROM {name} s LEFT JOIN base.findings f ON f.unit = s.unit AND f.key = s.key"
            )
        self._connection.execute("DELETE FROM base.findings WHERE (unit, key) IN (SELECT unit, key FROM found_again)")
        self._connection.execute("INSERT INTO base.findings SELECT * FROM found_again")
        self._connection.execute("DROP TABLE found_again")

    def _put_run(self, run: Run) -> None:
        self._connection.execute("DELETE FROM base.runs WHERE run_id = ?", [run.run_id])
        self._connection.execute(
            "INSERT INTO base.runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                run.run_id, run.started, run.finished, run.state, run.as_of, run.code, run.vocabulary, run.campaign,
                None if run.counts is None else json.dumps(dict(run.counts)),
            ],
        )  # fmt: skip

    def _write_labels(self) -> None:
        self._connection.execute("DELETE FROM base.labels")
        rows = pa.table(
            {"key": list(self._vocabulary.labels), "label": list(self._vocabulary.labels.values())},
            schema=pa.schema([("key", pa.string()), ("label", pa.string())]),
        )
        self._insert("labels", rows)

    def checkpoint(self) -> None:
        """Fold the log into the file, so that the file alone is the database."""
        with _usable(self._path):
            self._connection.execute("CHECKPOINT")

    def _append(self, table: str, rows: Iterator[staging.Row]) -> None:
        self._insert(table, staging.table_of(self._schemas[table], rows))

    def _insert(self, table: str, rows: pa.Table) -> None:
        if rows.num_rows:
            with self._registered(rows) as name:
                self._connection.execute(f"INSERT INTO base.{table} SELECT * FROM {name}")

    @contextmanager
    def _registered(self, rows: pa.Table) -> Iterator[str]:
        self._connection.register("staged", rows)
        try:
            yield "staged"
        finally:
            self._connection.unregister("staged")

    def _schema(self, table: str) -> pa.Schema:
        """The Arrow schema of a base table, JSON as plain text."""
        fields = self._connection.execute(f"SELECT * FROM base.{table} LIMIT 0").to_arrow_table().schema
        return pa.schema([pa.field(f.name, f.type) for f in fields])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _usable(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            except duckdb.FatalException:
                raise  # the database is closed; what was not committed is not in it
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


@contextmanager
def open_master(path: Path, vocabulary: Vocabulary, now: dt.datetime) -> Iterator[Warehouse]:
    """The master database at ``path``, made or migrated as needed. Raises WorkspaceUnusable."""
    with _usable(path):
        connection = duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
    try:
        with _usable(path):
            _migrate(connection, path, now)
            warehouse = Warehouse(connection, path, vocabulary)
        yield warehouse
    finally:
        with _usable(path):
            connection.close()


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    """What the disk or a damaged file is to blame for, as WorkspaceUnusable."""
    try:
        yield
    except _DISK_ERRORS as error:
        raise WorkspaceUnusable(f"{path}: {error}") from error


def migrations() -> list[tuple[int, str]]:
    """The numbered migrations of pipeline/warehouse/sql in order, as (version, SQL)."""
    found = [
        (int(match[1]), entry.read_text("utf-8"))
        for entry in resources.files("pipeline.warehouse.sql").iterdir()
        if (match := _MIGRATION.fullmatch(entry.name))
    ]
    return sorted(found)


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path, now: dt.datetime) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS base")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS base.schema_version (version INTEGER, views VARCHAR, applied TIMESTAMP)"
    )
    row = connection.execute("SELECT version, views FROM base.schema_version ORDER BY version DESC LIMIT 1").fetchone()
    version, views = row or (0, None)
    known = migrations()
    if version > known[-1][0]:
        raise WorkspaceUnusable(f"{path}: schema {version} is newer than this program ({known[-1][0]})")
    sql = (resources.files("pipeline.warehouse.sql") / "views.sql").read_text("utf-8")
    wanted = hashlib.sha256(sql.encode()).hexdigest()
    due = [(number, text) for number, text in known if number > version]
    if not due and views == wanted:
        return
    connection.execute("BEGIN")
    for _, text in due:
        connection.execute(text)
    connection.execute(sql)
    connection.execute("DELETE FROM base.schema_version")
    connection.execute("INSERT INTO base.schema_version VALUES (?, ?, ?)", [known[-1][0], wanted, now])
    connection.execute("COMMIT")
