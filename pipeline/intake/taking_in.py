"""take_in(): the one way from INBOX to the published warehouse, whoever calls it.

In: INBOX, a workspace, the review date. Out: :class:`RunSummary`, and progress as plain events. Refuses: a workspace
that another process writes to (WorkspaceBusy) or that cannot be used (WorkspaceUnusable), an INBOX that is no folder.
Here alone is the clock. A run killed at any moment leaves the published copy as it was; the next run does the rest and
ends where an undisturbed run would have.

For the flows the same in pieces: :func:`open_intake`, then ``to_read``, ``read``, ``stale_units``, ``load``,
``publish``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.archived import Archive
from pipeline.intake.code_version import checking_version
from pipeline.intake.gathering import Gathering, Item, UnitFiles
from pipeline.intake.inbox import survey
from pipeline.intake.joining import decisions_due
from pipeline.intake.ledger import Ledger, UnitState, open_ledger
from pipeline.intake.review import absent_units, review_of
from pipeline.intake.run import COUNTED, ProgressEvent, RunSummary, Settings, Stage, compared, counts_of, load_settings
from pipeline.intake.submitter import Submitter
from pipeline.intake.supersede import Entry, Standing, standing_readings, supersede
from pipeline.reading.cover import Cover, is_cover
from pipeline.record import FileReading
from pipeline.workspace import Workspace, WorkspaceUnusable, prepare, scratch_folder, writing

if TYPE_CHECKING:
    from pipeline.intake.versions import VersionLoader
    from pipeline.law.statutes import StatuteLibrary
    from pipeline.warehouse.master import Run, Warehouse
    from pipeline.warehouse.staging import HandIn

READ_SECONDS = 300.0  # one file; for pages that have to be recognized there is more (extractors/patience.py)
READ_MEGABYTES = 2048


def take_in(
    inbox: Path,
    workspace: Path,
    *,
    as_of: dt.date | None = None,
    jobs: int | None = None,
    report: Callable[[Workspace, tuple[str, ...]], object] | None = None,
    progress: Callable[[ProgressEvent], None] | None = None,
) -> RunSummary:
    """Take in what is new or changed in INBOX, check, load, publish, report.

    as_of: the review date, else the campaign's 基准日, else today. jobs: worker processes at most. report: writes the
    reports of the units that were loaded or whose findings changed, from the published copy.
    Raises WorkspaceBusy, WorkspaceUnusable, CampaignError, FileNotFoundError, NotADirectoryError.
    """
    with open_intake(inbox, workspace, as_of=as_of, jobs=jobs, progress=progress) as intake:
        intake.read_all()
        for files in intake.stale_units():
            intake.load(files)
        if intake.publish_due:
            intake.publish()
        summary = intake.summary()
        if report and summary.units_touched:
            report(prepare(workspace), summary.units_touched)
        return summary


@contextmanager
def open_intake(
    inbox: Path,
    workspace: Path,
    *,
    as_of: dt.date | None = None,
    jobs: int | None = None,
    progress: Callable[[ProgressEvent], None] | None = None,
    sandbox: Callable[[int], AbstractContextManager[Submitter]] | None = None,
    everyone: bool = False,
    moving: Callable[[], Collection[str]] = tuple,
) -> Iterator[Intake]:
    """Be the one writer, and learn what there is to do. sandbox: makes the workers (tests give their own).

    everyone: look at the units too whose files lie in INBOX no longer; else absence says nothing. moving: what in INBOX
    is still being copied.
    """
    place = prepare(workspace)
    with ExitStack() as stack:
        stack.enter_context(writing(place))
        ledger = stack.enter_context(open_ledger(place.ledger))
        if not place.master.exists() and ledger.versions():
            raise WorkspaceUnusable(f"{place.master}: missing; zhiquan rebuild makes it again")
        now = dt.datetime.now().replace(microsecond=0)
        settings = load_settings(place, as_of, now, jobs or os.cpu_count() or 1)
        intake = Intake(
            inbox, place, ledger, settings, stack, sandbox or open_workers, progress or _silent, everyone, moving()
        )
        try:
            yield intake
        finally:
            intake.close()


class Intake:
    """One run. Use :func:`open_intake`. ``read`` may be called from several threads, the rest from one at a time."""

    def __init__(
        self,
        inbox: Path,
        workspace: Workspace,
        ledger: Ledger,
        settings: Settings,
        stack: ExitStack,
        sandbox: Callable[[int], AbstractContextManager[Submitter]],
        progress: Callable[[ProgressEvent], None],
        everyone: bool = False,
        moving: Collection[str] = (),
    ) -> None:
        self._everyone = everyone
        # Microseconds keep the order of runs in the names of the snapshots.
        self.run_id = f"{dt.datetime.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
        self._workspace, self._ledger, self._settings = workspace, ledger, settings
        self._stack, self._warehouse_stack = stack, ExitStack()
        self._make_sandbox, self._progress = sandbox, progress
        self._lock = threading.RLock()
        self._sandbox: Submitter | None = None
        self._scratch: Path | None = None
        self._warehouse: Warehouse | None = None
        self._library: StatuteLibrary | None = None
        self._gathering = Gathering(workspace, ledger, settings.edition, self._scratch_folder)
        found = survey(inbox, workspace.root, moving)
        self._left = found.left
        self.to_read: list[Item] = self._gathering.settle(found)
        self._archive = Archive(workspace, ledger, settings.edition)
        self._loaded: list[str] = []
        self._changed: tuple[str, ...] = ()
        self._rows = 0
        self._stale: list[UnitFiles] | None = None
        self._before: dict[str, UnitState] = {}

    @property
    def work_due(self) -> bool:
        """There is something to read, to check or to publish."""
        return bool(self.to_read) or bool(self.stale_units()) or self.publish_due

    @property
    def publish_due(self) -> bool:
        """The published copy lags behind the master or the decisions, or is missing."""
        if self._ledger.publish_due:
            return True
        place = self._workspace
        return place.master.exists() and (not place.published.exists() or decisions_due(place, self._ledger))

    def read(self, item: Item) -> list[Item]:
        """Read one file; what an archive held is returned, to be read as well."""
        try:
            return self._gathering.read(item, self._workers())
        finally:
            with self._lock:
                self.to_read = [other for other in self.to_read if other is not item]

    def read_all(self) -> None:
        """Read all that is to be read, as many files at a time as there are workers."""
        done, total = 0, len(self.to_read)
        threads = ThreadPoolExecutor(self._settings.jobs)
        try:
            running: set[Future[list[Item]]] = {threads.submit(self.read, item) for item in tuple(self.to_read)}
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    inside = future.result()
                    running |= {threads.submit(self.read, item) for item in inside}
                    done, total = done + 1, total + len(inside)
                    self._progress(ProgressEvent(Stage.READING, done, total))
        finally:
            # Not waiting: after Ctrl-C it is the sandbox, left next, that ends what still runs.
            threads.shutdown(wait=False, cancel_futures=True)

    def stale_units(self) -> list[UnitFiles]:
        """The units whose result no longer follows from what they handed in and what holds now. Read first."""
        if self._stale is None or self.to_read:
            self._stale = [files for files in self._units() if self._is_stale(files)]
        return self._stale

    def _units(self) -> list[UnitFiles]:
        units = self._gathering.units()
        if self._everyone:
            here = {"", *(files.unit for files in units)}
            units += absent_units(self._ledger.units(), here, self._ledger.review)
        if all(files.unit for files in units) and self._state("").standing.entries:
            units.insert(0, UnitFiles("", (), ""))  # files without a unit that lie here no longer
        return units

    def _is_stale(self, files: UnitFiles) -> bool:
        known = self._state(files.unit).signature
        if known == self._signature(files, self._settings.as_of):
            return False
        last = None if self._settings.day_given else self._ledger.review(files.unit)
        return not (last and last.holds_on(self._settings.as_of) and known == self._signature(files, last.as_of))

    def _signature(self, files: UnitFiles, as_of: dt.date) -> str:
        return hashlib.sha256(f"{files.signature}\0{self._settings.checked_by(as_of)}".encode()).hexdigest()

    def _state(self, unit: str) -> UnitState:
        """A unit as it was when the run began."""
        if unit not in self._before:
            self._before[unit] = self._ledger.unit(unit)
        return self._before[unit]

    def load(self, files: UnitFiles) -> None:
        """Settle what stands for a unit now, check it, and load it in one transaction."""
        from pipeline.intake.versions import Version

        settings, old = self._settings, self._state(files.unit).standing
        cover, covers = self._cover(files)
        readings = _scoped(self._gathering.readings(files), cover)
        standing = old if files.absent else supersede(old, readings, covers)
        now = {(reading.name, reading.sha256): reading for reading in readings}
        stand = standing_readings(standing, lambda entry: now.get((entry.name, entry.sha256)) or self._earlier(entry))
        hand_in = self._hand_in(files.unit, old, standing, cover if covers else None)
        loaded = self._versions().load(Version(files.unit, old, standing, stand, hand_in))
        result = loaded.result
        self._ledger.keep_unit(
            files.unit,
            UnitState(
                self._signature(files, settings.as_of), standing, counts_of(result, stand if files.absent else readings)
            ),
            loaded.hand_in.to_json(),
            loaded.items,
        )
        self._ledger.keep_review(
            files.unit, review_of(files, result, self._statute_library(), settings.vocabulary, settings.as_of)
        )
        self._loaded.append(files.unit)
        self._rows += len(result.records)
        self._progress(ProgressEvent(Stage.LOADING, len(self._loaded), len(self.stale_units()), self._rows))

    def _hand_in(self, unit: str, old: Standing, standing: Standing, cover: Cover | None) -> HandIn:
        """How the version that stands was handed in: what a check repeats keeps its arrival, and its cover sheet."""
        from pipeline.warehouse.staging import HandIn

        settings = self._settings
        stored = self._ledger.hand_in(unit, standing.version) if standing.version == old.version else None
        said = cover or Cover()
        new = HandIn(
            standing.version, self.run_id, settings.started, settings.started, settings.as_of,
            said.batch or settings.campaign.batch, bool(said.batch), said.date,
            said.contact, bool(said.supplement), said.types,
        )  # fmt: skip
        if stored is None:
            return new
        before = HandIn.from_json(stored)
        if cover is None:
            batch = before.batch if before.batch_declared else settings.campaign.batch
            return replace(before, checked=settings.started, as_of=settings.as_of, batch=batch)
        return replace(new, run_id=before.run_id, received=before.received)

    def _cover(self, files: UnitFiles) -> tuple[Cover, frozenset[str]]:
        """What the cover sheet says, and the names of all cover sheets. Of several the first in order speaks."""
        names = [(item, name) for item, name in files.items if is_cover(item.name, self._settings.vocabulary)]
        found = [self._ledger.cover(item.sha256, self._settings.edition) for item, _ in names]
        first = next((cover for cover in found if cover is not None), Cover())
        return first, frozenset(name for _, name in names)

    def _earlier(self, entry: Entry) -> FileReading:
        """The reading of a file that stands and is not in INBOX now: cached, or read again from the archive."""
        return self._archive.reading(entry, self._workers, self._scratch_folder)

    def publish(self) -> None:
        """Settle what decisions and other units say, close the run, and replace the published copy by the master."""
        from pipeline.intake.settling import settle
        from pipeline.warehouse.publish import publish

        self._progress(ProgressEvent(Stage.PUBLISHING, 0, 1, self._rows))
        warehouse = self._master()
        settled = settle(self._workspace, warehouse, self._ledger, self._versions(), self._earlier, self._settings)
        self._changed = settled.changed
        counts = self._summed()
        finished = dt.datetime.now().replace(microsecond=0)
        warehouse.end_run(replace(self._run(), state="finished", finished=finished, counts=counts))
        warehouse.checkpoint()
        self.close()
        publish(self._workspace, self.run_id)
        self._ledger.end_run(self.run_id, finished.isoformat(timespec="seconds"), counts, settled.joined)
        self._progress(ProgressEvent(Stage.PUBLISHING, 1, 1, self._rows))

    def summary(self) -> RunSummary:
        """What the run did, from the ledger."""
        counts = self._summed()
        return RunSummary(
            run_id=self.run_id, as_of=self._settings.as_of, worked=bool(self._loaded), left=self._left,
            units_loaded=tuple(unit for unit in self._loaded if unit),
            units_touched=tuple(sorted({*self._loaded, *self._changed} - {""})),
            **{name: counts[name] for name in COUNTED},
        )  # fmt: skip

    def _summed(self) -> dict[str, int]:
        total: Counter[str] = Counter({name: 0 for name in COUNTED})
        for files in self._units():
            if files.absent:
                continue
            total["units"] += bool(files.unit and files.items)
            total.update(self._ledger.unit(files.unit).counts)
            total.update(compared(self._state(files.unit).standing, files))
        return dict(total)

    def close(self) -> None:
        """Close the master database; the rest is closed by :func:`open_intake`."""
        self._warehouse_stack.close()
        self._warehouse = None

    def _master(self) -> Warehouse:
        """The master database, opened and the run begun at the first need."""
        if self._warehouse is None:
            from pipeline.warehouse.master import open_master

            settings = self._settings
            self._ledger.begin_run(
                self.run_id, settings.started.isoformat(timespec="seconds"), settings.as_of.isoformat()
            )
            self._warehouse = self._warehouse_stack.enter_context(
                open_master(self._workspace.master, settings.vocabulary, settings.started)
            )
            self._warehouse.begin_run(self._run(), settings.campaign)
        return self._warehouse

    def _versions(self) -> VersionLoader:
        """What loads versions into the master database."""
        from pipeline.intake.versions import VersionLoader
        from pipeline.law.own_library import OwnLibrary

        place = self._workspace
        return VersionLoader(
            self._master(), self._ledger, place.decisions, self._settings, self._statute_library(),
            OwnLibrary(place.statutes),
        )  # fmt: skip

    def _run(self) -> Run:
        from pipeline.warehouse.master import Run

        settings = self._settings
        return Run(
            self.run_id, settings.started, settings.as_of, checking_version(), settings.vocabulary.digest,
            settings.campaign.digest,
        )  # fmt: skip

    def _statute_library(self) -> StatuteLibrary:
        """The statutes of the workspace, opened at the first need."""
        if self._library is None:
            from pipeline.law.workspace_library import library_of

            self._library = library_of(self._workspace)
        return self._library

    def _workers(self) -> Submitter:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = self._stack.enter_context(self._make_sandbox(self._settings.jobs))
            return self._sandbox

    def _scratch_folder(self) -> Path:
        with self._lock:
            if self._scratch is None:
                self._scratch = self._stack.enter_context(scratch_folder(self._workspace))
            return self._scratch


def _scoped(readings: Sequence[FileReading], cover: Cover) -> tuple[FileReading, ...]:
    """The readings with the scope that the cover sheet declares: it outweighs what a title says."""
    return tuple(
        replace(reading, supplement=_supplement(reading, cover)) if reading.records else reading for reading in readings
    )


def _supplement(reading: FileReading, cover: Cover) -> bool:
    if reading.name in cover.supplements:
        return True
    return reading.supplement if cover.supplement is None else cover.supplement


def open_workers(jobs: int) -> AbstractContextManager[Submitter]:
    """Worker processes that read files under limits; a context manager."""
    from extractors.patience import extra_seconds
    from extractors.sandbox import Sandbox
    from pipeline.reading.worker import prepare as prepare_worker

    return Sandbox(jobs, READ_SECONDS, READ_MEGABYTES, prepare_worker, extra_seconds)


def _silent(event: ProgressEvent) -> None:
    """No one wants to know."""
