"""What the campaign says, as base tables beside the submissions: stages, units that must hand in, working days.

In: an open connection inside a transaction, the campaign. Out: the tables of 0006_calendar.sql, rewritten by each run;
when versions were returned and findings closed. Refuses nothing.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa

from pipeline.campaigns.campaign import Campaign
from pipeline.campaigns.deadlines import Deadline
from pipeline.campaigns.working_days import WorkingDays

# A deadline may count from any day on which something of this or a late campaign arrived.
_YEARS_BACK, _YEARS_AHEAD = 5, 2


def write_campaign(connection: duckdb.DuckDBPyConnection, campaign: Campaign, now: dt.datetime) -> None:
    """Replace what is known of the campaign by what it says now; the rows of other batches stay."""
    deadlines = campaign.deadlines
    connection.execute("DELETE FROM base.campaigns WHERE batch = ?", [campaign.batch])
    connection.execute(
        "INSERT INTO base.campaigns BY NAME SELECT ? AS batch, ? AS review_date, ? AS deadline, ? AS seen, "
        "? AS title, ? AS document, ? AS opening",
        [
            campaign.batch, campaign.review_date, deadlines.submission_day(), now,
            campaign.title or None, campaign.document or None, deadlines.opening,
        ],
    )  # fmt: skip
    for table in ("stages", "expected_units", "calendar"):
        connection.execute(f"DELETE FROM base.{table}")
    submission = deadlines.submission_day()
    stages = {
        "submission": Deadline(submission) if submission else None,
        "mending": deadlines.mending,
        "review": deadlines.review,
    }
    for stage, deadline in stages.items():
        if deadline is not None:
            connection.execute(
                "INSERT INTO base.stages VALUES (?, ?, ?, ?, ?)",
                [stage, deadline.day, deadline.count, deadline.working, str(deadline.after)],
            )
    _insert(connection, "expected_units", _expected(campaign))
    _insert(connection, "calendar", _calendar(deadlines.calendar, now.year))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """All rows at once: one by one, a city's units would take longer than the rest of a small run."""
    connection.register("campaign_rows", rows)
    connection.execute(f"INSERT INTO base.{table} SELECT * FROM campaign_rows")
    connection.unregister("campaign_rows")


def _expected(campaign: Campaign) -> pa.Table:
    units = campaign.expected.units
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "ordinal": pa.array(range(len(units)), pa.int32()),
            "unit": pa.array([unit.name for unit in units], pa.string()),
            "names": pa.array([list(unit.names) for unit in units], texts),
            "aliases": pa.array([list(unit.aliases) for unit in units], texts),
            "parent": pa.array([unit.parent or None for unit in units], pa.string()),
            "expected": pa.array([unit.expected for unit in units], pa.bool_()),
            "registers": pa.array([list(unit.registers) for unit in units], texts),
            "deadline": pa.array([unit.deadline for unit in units], pa.date32()),
        }
    )


def _calendar(calendar: WorkingDays, year: int) -> pa.Table:
    first, last = dt.date(year - _YEARS_BACK, 1, 1), dt.date(year + _YEARS_AHEAD, 12, 31)
    days, working = zip(*calendar.days(first, last), strict=True)
    numbers, number = [], 0
    for each in working:
        number += each
        numbers.append(number)
    known = [calendar.known(day.year) for day in days]
    return pa.table({"day": days, "working": working, "number": pa.array(numbers, pa.int32()), "known": known})


def put_return(connection: duckdb.DuckDBPyConnection, unit: str, version: int, returned: dt.date | None) -> None:
    """Remember when a version was returned; None: it was not."""
    connection.execute("DELETE FROM base.returns WHERE unit = ? AND version = ?", [unit, version])
    if returned is not None:
        connection.execute("INSERT INTO base.returns VALUES (?, ?, ?)", [unit, version, returned])


def note_closings(connection: duckdb.DuckDBPyConnection, unit: str, now: dt.datetime) -> None:
    """Remember when those findings of a unit were closed that have been closed now; one may be closed several times."""
    stands = (
        "(SELECT key FROM base.findings WHERE unit = $unit AND is_open "
        "AND version = (SELECT max(version) FROM base.submissions WHERE unit = $unit))"
    )
    connection.execute(
        "INSERT INTO base.closings SELECT f.unit, f.key, $now FROM ("
        "SELECT unit, key, max(last_seen) AS seen FROM base.findings "
        f"WHERE unit = $unit AND key NOT IN {stands} GROUP BY unit, key) f "
        "WHERE NOT EXISTS (SELECT 1 FROM base.closings c "
        "WHERE c.unit = f.unit AND c.key = f.key AND c.closed >= f.seen)",
        {"unit": unit, "now": now},
    )
