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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Finding, RuleRun
from pipeline.review.decision import Decision, rulings_of
from pipeline.rules.city import CITY_RULES
from pipeline.submission import Result
from pipeline.vocabulary import Vocabulary
from pipeline.warehouse import staging
from pipeline.warehouse.campaign_tables import note_closings, put_return, write_campaign
from pipeline.warehouse.changes import Withdrawn, change_rows
from pipeline.warehouse.city import CityTables, CityWork
from pipeline.warehouse.sql import views_sql
from pipeline.warehouse.staging import HandIn
from pipeline.workspace import WorkspaceUnusable

_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")
# A transaction of the only writer fails for no other reason than a log that cannot be written.
_DISK_ERRORS = (
    duckdb.IOException, duckdb.FatalException, duckdb.SerializationException, duckdb.TransactionException, OSError,
)  # fmt: skip
_STAGED_TABLES = (
    "files", "file_tables", "record_fields", "citations", "findings", "rule_runs", "changes", "withdrawn", "decisions",
    *staging.FAMILY_TABLES.values(),
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

    def begin_run(self, run: Run, campaign: Campaign) -> None:
        """Record that a run has begun to write; runs that never ended are marked so."""
        with self._transaction():
            self._connection.execute("UPDATE base.runs SET state = 'interrupted' WHERE state = 'running'")
            write_campaign(self._connection, campaign, run.started)
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
        Loading the same twice is the same as once, and an earlier version may be loaded again, too.
        """
        with self._transaction():
            self._put_submission(result, hand_in)
            hashes = {reading.name: reading.sha256 for reading in result.files}
            for family in staging.FAMILY_TABLES:
                self._put_register(result, hand_in, family, family in changed, hashes)
            self._put_citations(result, hand_in)
            self._put_findings(result.unit, result.findings, hand_in)
            note_closings(self._connection, result.unit, hand_in.checked)
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

    def _put_submission(self, result: Result, hand_in: HandIn) -> None:
        unit, version = result.unit, hand_in.version
        for table in ("submissions", "files", "file_tables", "checks"):
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
        put_return(self._connection, unit, version, hand_in.returned)
        self._append("files", staging.file_rows(result, hand_in, self._vocabulary))
        self._append("file_tables", staging.file_table_rows(result, hand_in))
        self._put_rule_runs(result, hand_in)

    def _put_rule_runs(self, result: Result, hand_in: HandIn) -> None:
        """How the rules ran. Of those across units put_city tells; what it told of this version before stays told."""
        of_version = [result.unit, hand_in.version]
        across = [run.code for run in result.rule_runs if run.code in CITY_RULES and run.not_run != "switched_off"]
        self._connection.execute(
            "DELETE FROM base.rule_runs WHERE unit = ? AND version = ? AND code NOT IN (SELECT unnest(?))",
            [*of_version, across],
        )
        kept = self._connection.execute("SELECT code FROM base.rule_runs WHERE unit = ? AND version = ?", of_version)
        told = {code for (code,) in kept.fetchall()}
        runs = [run for run in result.rule_runs if run.code not in told]
        self._append("rule_runs", staging.rule_run_rows(result.unit, runs, hand_in))

    def _put_register(
        self, result: Result, hand_in: HandIn, family: str, changed: bool, hashes: Mapping[str, str]
    ) -> None:
        records = staging.records_of((*result.records, *result.withdrawn), family)
        ((stands,),) = self._connection.execute(
            "SELECT max(version) FROM base.registers WHERE unit = ? AND family = ? AND version <= ?",
            [result.unit, family, hand_in.version],
        ).fetchall()
        if stands is None and not records:
            return
        version = hand_in.version if changed or stands is None else stands
        table = staging.FAMILY_TABLES[family]
        rows = staging.record_table(self._schemas[table], records, version, hashes, result.power_keys, self._vocabulary)
        fields = staging.field_table(self._schemas["record_fields"], family, records, version, hashes, self._vocabulary)
        content = staging.digest(rows) + staging.digest(fields)
        if version == hand_in.version:
            self._put_changes(result, family, version, rows)
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

    def _put_changes(self, result: Result, family: str, version: int, rows: pa.Table) -> None:
        """What a version of a register changed against the one before. rows: of the version."""
        key, table = [result.unit, family, version], staging.FAMILY_TABLES[family]
        self._connection.execute("DELETE FROM base.changes WHERE unit = ? AND family = ? AND version = ?", key)
        ((previous,),) = self._connection.execute(
            "SELECT max(version) FROM base.registers WHERE unit = ? AND family = ? AND version < ?", key
        ).fetchall()
        before = None
        if previous is not None:
            found = self._connection.execute(
                f"SELECT * FROM base.{table} WHERE unit = ? AND version = ? ORDER BY ordinal", [result.unit, previous]
            )
            before = found.to_arrow_table().to_pylist()
        earlier = self._connection.execute(
            "SELECT key FROM base.withdrawn WHERE unit = ? AND family = ? AND version = ?",
            [result.unit, family, previous],
        ).fetchall()
        withdrawn = Withdrawn(
            frozenset(record.key for record in staging.records_of(result.withdrawn, family)),
            frozenset(key for (key,) in earlier),
        )
        self._connection.execute("DELETE FROM base.withdrawn WHERE unit = ? AND family = ? AND version = ?", key)
        self._append("withdrawn", ((*key, each) for each in sorted(withdrawn.now)))
        changes = change_rows(family, before, rows.to_pylist(), withdrawn, self._vocabulary)
        head = (result.unit, family, version, version if previous is None else previous)
        self._append("changes", ((*head, ordinal, *change) for ordinal, change in enumerate(changes)))

    def _put_citations(self, result: Result, hand_in: HandIn) -> None:
        """The verdicts of this check in place of those of the last, for the version of the catalogue that stands."""
        ((version,),) = self._connection.execute(
            "SELECT max(version) FROM base.registers WHERE unit = ? AND family = 'power' AND version <= ?",
            [result.unit, hand_in.version],
        ).fetchall()
        if version is None:
            return
        self._connection.execute("DELETE FROM base.citations WHERE unit = ? AND version = ?", [result.unit, version])
        self._append("citations", staging.citation_rows(result, version))

    def _put_findings(self, unit: str, findings: Iterable[Finding], hand_in: HandIn) -> None:
        """What was found again keeps its first sight; what the last check of this version found alone is closed."""
        self._connection.execute(
            "UPDATE base.findings SET is_open = false WHERE unit = ? AND version = ? AND is_open "
            "AND code NOT IN (SELECT unnest(?))",
            [unit, hand_in.version, list(CITY_RULES)],  # those stay until put_city looks at them again
        )
        self._put_found(staging.finding_rows(findings, hand_in))

    def _put_found(self, rows: Iterable[staging.Row]) -> None:
        """Open findings; one that was there before keeps its first sight."""
        staged = staging.table_of(self._schemas["findings"], rows)
        with self._registered(staged) as name:
            self._connection.execute(
                "CREATE OR REPLACE TEMP TABLE found_again AS "
                f"SELECT s.* REPLACE (coalesce(f.first_seen, s.first_seen) AS first_seen) FROM {name} s LEFT JOIN ("
                f"SELECT s.unit, s.key, min(f.first_seen) AS first_seen FROM {name} s "
                "JOIN base.findings f ON f.unit = s.unit AND f.key = s.key AND f.version <= s.version GROUP BY ALL"
                ") f ON f.unit = s.unit AND f.key = s.key"
            )
        self._connection.execute(
            "DELETE FROM base.findings WHERE (unit, version, key) IN (SELECT unit, version, key FROM found_again)"
        )
        self._connection.execute("INSERT INTO base.findings SELECT * FROM found_again")
        self._connection.execute("DROP TABLE found_again")

    def findings_before(self, unit: str, version: int, subject: str) -> list[tuple[str, str, str]]:
        """Key, code and severity of what stood against a unit's powers or risk points before a version of it."""
        return self._connection.execute(
            "SELECT key, code, severity FROM base.findings WHERE unit = ? AND subject = ? AND is_open AND version = "
            "(SELECT max(version) FROM base.submissions WHERE unit = ? AND version < ?) ORDER BY ordinal",
            [unit, subject, unit, version],
        ).fetchall()

    def open_counts(self) -> dict[str, dict[str, int]]:
        """By unit how many findings of each gravity are open, decisions considered."""
        rows = self._connection.execute(
            "SELECT unit, count(*) FILTER (severity = 'E'), count(*) FILTER (severity = 'W'), "
            "count(*) FILTER (severity = 'I') FROM base.known_findings WHERE state = 'finding.open' GROUP BY unit"
        ).fetchall()
        return {unit: {"errors": e, "warnings": w, "infos": i} for unit, e, w, i in rows}

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        """Put the decisions of the workspace, all of them, in the place of those that were here."""
        same = rulings_of(decisions).same
        with self._transaction():
            self._connection.execute("DELETE FROM base.decisions")
            self._append("decisions", staging.decision_rows(decisions, self._vocabulary, same))

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
    sql = views_sql()
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
