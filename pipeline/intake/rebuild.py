"""rebuild(): the warehouse again, from the archived originals and the ledger, when the database is lost or doubted.

In: a workspace with its originals and ledger. Out: a new master database with every version of every unit, published.
Refuses what it cannot make whole: an original that is gone (WorkspaceUnusable); the old database then stays.
Versions are checked by the rules, vocabulary and campaign of today, on the review date that was theirs.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.intake.archived import Archive
from pipeline.intake.city import check_city
from pipeline.intake.gathering import Submitter
from pipeline.intake.ledger import open_ledger
from pipeline.intake.run import ProgressEvent, Settings, Stage, findings_counted, load_settings
from pipeline.intake.supersede import Entry, Standing, changed_families, standing_readings
from pipeline.intake.taking_in import open_workers
from pipeline.law.own_library import OwnLibrary
from pipeline.law.workspace_library import library_of
from pipeline.record import FileReading
from pipeline.submission import assemble
from pipeline.warehouse.master import Batch, Run, Warehouse, open_master
from pipeline.warehouse.publish import publish
from pipeline.warehouse.staging import HandIn
from pipeline.workspace import Workspace, move_into_place, prepare, scratch_folder, writing


def rebuild(
    workspace: Path,
    *,
    jobs: int | None = None,
    progress: Callable[[ProgressEvent], None] | None = None,
    sandbox: Callable[[int], AbstractContextManager[Submitter]] = open_workers,
) -> int:
    """Build and publish the warehouse again; how many versions it holds. Raises WorkspaceBusy, WorkspaceUnusable."""
    place = prepare(workspace)
    with ExitStack() as stack:
        stack.enter_context(writing(place))
        ledger = stack.enter_context(open_ledger(place.ledger))
        settings = load_settings(place, None, dt.datetime.now().replace(microsecond=0), jobs or os.cpu_count() or 1)
        scratch = stack.enter_context(scratch_folder(place))
        workers = cache(lambda: stack.enter_context(sandbox(settings.jobs)))
        archive = Archive(place, ledger, settings.edition)
        run, campaign = _run(settings), settings.campaign
        versions = ledger.versions()
        ledger.begin_run(run.run_id, settings.started.isoformat(), settings.as_of.isoformat())
        built = scratch / "master.duckdb"
        with open_master(built, settings.vocabulary, settings.started) as warehouse:
            warehouse.begin_run(run, Batch(campaign.batch, campaign.review_date, campaign.deadline))
            loaded = _replay(
                warehouse, place, versions, settings, lambda entry: archive.reading(entry, workers, lambda: scratch)
            )
            for done, rows in enumerate(loaded, 1):
                if progress:
                    progress(ProgressEvent(Stage.LOADING, done, len(versions), rows))
            check_city(warehouse, settings.vocabulary, campaign, _last_checked(versions, settings.started))
            ledger.count_findings(findings_counted(warehouse.open_counts()))
            warehouse.end_run(run)
            warehouse.checkpoint()
        # A log that a killed writer left belongs to the old database and must never meet the new one.
        place.master.with_name(f"{place.master.name}.wal").unlink(missing_ok=True)
        move_into_place(built, place.master)
        publish(place, run.run_id)
        ledger.end_run(run.run_id, settings.started.isoformat(), {})
    return len(versions)


def _replay(
    warehouse: Warehouse,
    place: Workspace,
    versions: Iterable[tuple[str, Standing, dict[str, Any]]],
    settings: Settings,
    find: Callable[[Entry], FileReading],
) -> Iterator[int]:
    """Load one version after the other; yields how many records each has."""
    before: dict[str, Standing] = {}
    library, own = library_of(place), OwnLibrary(place.statutes)
    for unit, standing, stored in versions:
        hand_in = HandIn.from_json(stored)
        readings = standing_readings(standing, find)
        result = assemble(unit, readings, settings.vocabulary, settings.campaign, hand_in.as_of, library, own)
        warehouse.load(result, hand_in, changed_families(before.get(unit, Standing()), standing))
        before[unit] = standing
        yield len(result.records)


def _last_checked(versions: Iterable[tuple[str, Standing, dict[str, Any]]], now: dt.datetime) -> dt.datetime:
    """When units were last compared: with the latest check of any of them."""
    return max((HandIn.from_json(stored).checked for _, _, stored in versions), default=now)


def _run(settings: Settings) -> Run:
    return Run(
        f"{settings.started:%Y%m%dT%H%M%S%f}-rebuild", settings.started, settings.as_of, settings.edition,
        settings.vocabulary.digest, settings.campaign.digest, "finished", settings.started,
    )  # fmt: skip
