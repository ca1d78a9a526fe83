"""What is kept of all units for the rules across them: their claims, what is due, and the findings.

In: claims with each load, findings and rule runs of a comparison. Out: :class:`CityWork`, what the next comparison must
look at: the loaded units' claims and all that bear their signatures. Refuses nothing; the caller (Warehouse) holds the
transaction. A comparison that never came about stays due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.finding import Finding, RuleRun
from pipeline.rules.city import CITY_RULES, Claim
from pipeline.submission import Result
from pipeline.warehouse import staging

# Of the latest version: those of earlier ones are history.
_STANDING = "is_open AND (unit, version) IN (SELECT unit, version FROM base.latest_submissions)"


@dataclass(frozen=True, slots=True)
class CityWork:
    """units: loaded since the last one. claims: all units' of the signatures concerned. counts: powers a unit."""

    units: frozenset[str]
    claims: tuple[Claim, ...]
    counts: Mapping[str, int]


class CityTables:
    """The tables of the comparison in the open master database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, insert: Callable[[str, pa.Table], None]) -> None:
        """insert: appends rows to a base table."""
        self._connection = connection
        self._insert = insert
        self._schema = connection.execute("SELECT * FROM base.claims LIMIT 0").to_arrow_table().schema

    def put_claims(self, result: Result) -> None:
        """Replace a unit's claims; it and the signatures of both become due. In the transaction of the load."""
        unit = result.unit
        due = (
            "INSERT INTO base.city_due (SELECT unit, signature FROM base.claims WHERE unit = $1 UNION SELECT $1, '') "
            "EXCEPT SELECT unit, signature FROM base.city_due"
        )
        self._connection.execute(due, [unit])
        self._connection.execute("DELETE FROM base.claims WHERE unit = ?", [unit])
        self._insert("claims", staging.table_of(self._schema, staging.claim_rows(result)))
        self._connection.execute(due, [unit])

    def due(self) -> CityWork:
        """What the next comparison must look at."""
        units = self._connection.execute("SELECT DISTINCT unit FROM base.city_due").fetchall()
        claims = self._connection.execute(
            "SELECT * EXCLUDE (ordinal) FROM base.claims WHERE signature <> '' "
            "AND signature IN (SELECT signature FROM base.city_due) ORDER BY unit, ordinal"
        ).fetchall()
        counts = self._connection.execute("SELECT unit, count(*) FROM base.claims GROUP BY unit").fetchall()
        made = tuple(_claim(*row) for row in claims)
        return CityWork(frozenset(unit for (unit,) in units), made, dict(counts))

    def close(self, work: CityWork, compared: Iterable[str]) -> None:
        """Close the findings that the comparison looked at again. compared: units whose number of powers it judged."""
        units = pa.table({"unit": pa.array(sorted(work.units), pa.string())})
        keys = pa.table(
            {
                "unit": pa.array([claim.unit for claim in work.claims], pa.string()),
                "key": pa.array([claim.key for claim in work.claims], pa.string()),
            }
        )
        counted = pa.table({"unit": pa.array(sorted(compared), pa.string())})
        for name, table in (("due_units", units), ("due_keys", keys), ("counted_units", counted)):
            self._connection.register(name, table)
        self._connection.execute(
            f"UPDATE base.findings SET is_open = false WHERE {_STANDING} AND code = 'D05' AND ("
            "unit IN (SELECT unit FROM due_units) OR (unit, subject_key) IN (SELECT unit, key FROM due_keys))"
        )
        self._connection.execute(
            f"UPDATE base.findings SET is_open = false WHERE {_STANDING} AND code = 'S02' AND "
            "(unit IN (SELECT unit FROM due_units) OR unit IN (SELECT unit FROM counted_units))"
        )
        for name in ("due_units", "due_keys", "counted_units"):
            self._connection.unregister(name)

    def rows(self, findings: Sequence[Finding], checked: object) -> list[staging.Row]:
        """Rows of base.findings, each under batch and version of its unit's latest submission."""
        latest = {
            unit: (batch, version)
            for unit, batch, version in self._connection.execute(
                "SELECT s.unit, s.batch, s.version FROM base.submissions s "
                "JOIN base.latest_submissions l ON l.unit = s.unit AND l.version = s.version"
            ).fetchall()
        }
        return [
            staging.finding_row(finding, finding.fingerprint, (*latest[finding.unit], checked), ordinal)
            for ordinal, finding in enumerate(findings)
        ]

    def put_runs(self, runs: Sequence[tuple[str, RuleRun]]) -> None:
        """Tell how the rules ran, in place of "not on a unit alone". A rule that the batch switched off stays so."""
        told = {
            "unit": pa.array([unit for unit, _ in runs], pa.string()),
            "code": pa.array([run.code for _, run in runs], pa.string()),
            "objects": pa.array([run.objects for _, run in runs], pa.int32()),
            "not_run": pa.array([run.not_run or None for _, run in runs], pa.string()),
        }
        self._connection.register("told", pa.table(told))
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE ran AS SELECT t.*, l.version, count(f.key) AS hits FROM told t "
            "JOIN base.latest_submissions l ON l.unit = t.unit "
            "LEFT JOIN base.findings f ON f.is_open AND f.unit = t.unit AND f.version = l.version AND f.code = t.code "
            "GROUP BY ALL"
        )
        self._connection.execute(
            "UPDATE base.rule_runs r SET objects = ran.objects, not_run = ran.not_run, hits = ran.hits FROM ran "
            "WHERE r.unit = ran.unit AND r.code = ran.code AND r.version = ran.version "
            "AND r.not_run IS DISTINCT FROM 'switched_off'"
        )
        self._connection.execute("DROP TABLE ran")
        self._connection.unregister("told")

    def done(self) -> None:
        """Nothing is due any more."""
        self._connection.execute("DELETE FROM base.city_due")

    def open_findings(self) -> dict[str, frozenset[tuple[str, str]]]:
        """Key and message of the open findings of these rules, by unit."""
        found: dict[str, set[tuple[str, str]]] = {}
        rows = self._connection.execute(
            f"SELECT unit, key, message FROM base.findings WHERE {_STANDING} AND code IN (SELECT unnest(?))",
            [list(CITY_RULES)],
        ).fetchall()
        for unit, key, message in rows:
            found.setdefault(unit, set()).add((key, message))
        return {unit: frozenset(each) for unit, each in found.items()}


def _claim(*row: Any) -> Claim:
    values: list[Any] = [tuple(each) if isinstance(each, list) else each for each in row]
    return Claim(*values)
