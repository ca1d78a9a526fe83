"""rebuild(): the warehouse again, from the archived originals and the ledger, when the database is lost or doubted.

In: a workspace with its originals and ledger. Out: a new master database with every version of every unit, published.
Refuses what it cannot make whole: an original that is gone (WorkspaceUnusable); the old database then stays.
Versions are checked by the rules, vocabulary and campaign of today, on the review date that was theirs; what reviewers
have decided is joined as it stands.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

from pipeline.intake.archived import Archive
from pipeline.intake.ledger import open_ledger
from pipeline.intake.run import ProgressEvent, Settings, Stage, load_settings
from pipeline.intake.settling import settle
from pipeline.intake.submitter import Submitter
from pipeline.intake.supersede import Standing
from pipeline.intake.taking_in import open_workers
from pipeline.intake.versions import VersionLoader
from pipeline.law.own_library import OwnLibrary
from pipeline.law.workspace_library import library_of
from pipeline.warehouse.master import Run, open_master
from pipeline.warehouse.publish import publish
from pipeline.warehouse.staging import HandIn
from pipeline.workspace import move_into_place, prepare, scratch_folder, writing


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
        run = _run(settings)
        versions = ledger.versions()
        ledger.begin_run(run.run_id, settings.started.isoformat(), settings.as_of.isoformat())
        built = scratch / "master.duckdb"
        with open_master(built, settings.vocabulary, settings.started) as warehouse:
            warehouse.begin_run(run, settings.campaign)
            loader = VersionLoader(
                warehouse, ledger, place.decisions, settings, library_of(place), OwnLibrary(place.statutes)
            )
            find = partial(archive.reading, workers=workers, scratch=lambda: scratch)
            results = (
                result
                for unit in dict.fromkeys(unit for unit, _, _ in versions)
                for result in loader.retell(unit, find)
            )
            for done, result in enumerate(results, 1):
                if progress:
                    progress(ProgressEvent(Stage.LOADING, done, len(versions), len(result.records)))
            settled = settle(
                place, warehouse, ledger, loader, find, settings,
                replayed=True, checked=_last_checked(versions, settings.started),
            )  # fmt: skip
            warehouse.end_run(run)
            warehouse.checkpoint()
        # A log that a killed writer left belongs to the old database and must never meet the new one.
        place.master.with_name(f"{place.master.name}.wal").unlink(missing_ok=True)
        move_into_place(built, place.master)
        publish(place, run.run_id)
        ledger.end_run(run.run_id, settings.started.isoformat(), {}, settled.joined)
    return len(versions)


def _last_checked(versions: Iterable[tuple[str, Standing, dict[str, Any]]], now: dt.datetime) -> dt.datetime:
    """When units were last compared: with the latest check of any of them."""
    return max((HandIn.from_json(stored).checked for _, _, stored in versions), default=now)


def _run(settings: Settings) -> Run:
    return Run(
        f"{settings.started:%Y%m%dT%H%M%S%f}-rebuild", settings.started, settings.as_of, settings.edition,
        settings.vocabulary.digest, settings.campaign.digest, "finished", settings.started,
    )  # fmt: skip
