"""The steps of one run, for whoever calls them: the Prefect flow, or plainly one after the other.

In: an open :class:`pipeline.intake.taking_in.Intake`. Out: files read, units loaded, the warehouse published,
reports written; progress as the events of pipeline.intake.run. What a step cannot do it raises, and notes it in
``failure``: so the caller can tell a failure of the work from one of the machinery around it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager

from flows.reporting import UnitReports, write_city_overview, write_reports
from pipeline.intake.gathering import Item
from pipeline.intake.run import ProgressEvent, RunSummary, Stage
from pipeline.intake.submitter import Submitter
from pipeline.intake.taking_in import Intake, open_workers
from pipeline.workspace import Workspace


class Workers:
    """Makes the sandbox of a run, and can end it at once when the run is interrupted."""

    def __init__(self) -> None:
        self._sandbox: AbstractContextManager[Submitter] | None = None

    def __call__(self, jobs: int) -> AbstractContextManager[Submitter]:
        """The sandbox, for open_intake."""
        self._sandbox = open_workers(jobs)
        return self._sandbox

    def stop(self, why: BaseException) -> None:
        """Kill the workers, whatever they do; what waits for them ends with CancelledError."""
        if self._sandbox is not None:
            self._sandbox.__exit__(type(why), why, why.__traceback__)


class Steps:
    """One run in steps. ``read`` may be called from several threads, the rest from one at a time."""

    def __init__(
        self,
        intake: Intake,
        workspace: Workspace,
        workers: Workers,
        jobs: int | None,
        progress: Callable[[ProgressEvent], None],
        *,
        report: bool,
    ) -> None:
        """workspace: that of the intake. jobs: files to read at a time. report: whether reports are wanted."""
        self.intake, self.workspace, self.wants_report = intake, workspace, report
        self.jobs = jobs or os.cpu_count() or 1
        self._failures: dict[str, BaseException] = {}
        self._loaded: set[str] = set()
        self._workers, self._progress = workers, progress
        self._lock = threading.Lock()
        self._stopped: BaseException | None = None
        self._done, self._total = 0, len(intake.to_read)
        self._waiting: dict[str, list[Item]] = {}
        for item in intake.to_read:
            self._waiting.setdefault(item.unit or item.name, []).append(item)

    @property
    def failure(self) -> BaseException | None:
        """What a step raised that has not succeeded since."""
        return next(iter(self._failures.values()), None)

    @property
    def submissions(self) -> tuple[str, ...]:
        """What is still to be read: the names of units, and of archives and files straight under INBOX."""
        return tuple(self._waiting)

    def read(self, submission: str) -> int:
        """Read all files of a submission; how many. Called again it reads what it had not."""
        with self._noting(f"read {submission}"):
            waiting, count = self._waiting.get(submission, []), 0
            with ThreadPoolExecutor(self.jobs) as threads:
                running: dict[Future[list[Item]], Item] = {threads.submit(self._read, item): item for item in waiting}
                try:
                    while running:
                        for future in wait(running, return_when=FIRST_COMPLETED).done:
                            item = running.pop(future)
                            inside = future.result()
                            waiting.remove(item)
                            waiting.extend(inside)
                            running |= {threads.submit(self._read, each): each for each in inside}
                            self._tell_read(len(inside))
                            count += 1
                except BaseException as error:
                    for future in running:
                        future.cancel()
                    if not isinstance(error, Exception):
                        self._workers.stop(error)
                    raise
            self._waiting.pop(submission, None)
            return count

    def _read(self, item: Item) -> list[Item]:
        return self.intake.read(item)

    def _tell_read(self, more: int) -> None:
        with self._lock:
            self._done += 1
            self._total += more
            self._progress(ProgressEvent(Stage.READING, self._done, self._total))

    def units(self) -> tuple[str, ...]:
        """The units to load, when all is read."""
        self.intake.to_read = []
        return tuple(files.unit for files in self.intake.stale_units() if files.unit not in self._loaded)

    def load(self, unit: str) -> None:
        """Check a unit and load it, in one transaction."""
        with self._noting(f"load {unit}"):
            (files,) = (files for files in self.intake.stale_units() if files.unit == unit)
            self.intake.load(files)
            self._loaded.add(unit)

    def publish(self) -> None:
        """Replace the copy that reviewers read, where it lags behind."""
        with self._noting("publish"):
            if self.intake.publish_due:
                self.intake.publish()

    def report(self) -> tuple[UnitReports, ...]:
        """Write the reports of the units loaded or concerned, and the overview; none where none are wanted."""
        with self._noting("report"):
            touched = self.summary().units_touched
            if not self.wants_report or not touched:
                return ()
            write_city_overview(self.workspace)
            return write_reports(self.workspace, sorted(touched))

    def summary(self) -> RunSummary:
        """What the run did so far."""
        return self.intake.summary()

    def stop(self, why: BaseException) -> None:
        """End the workers at once: the run is interrupted."""
        self._workers.stop(why)

    def end(self, why: BaseException) -> None:
        """End the workers from another thread: the step under way ends as it can, and none begins any more."""
        self._stopped = why
        self._workers.stop(why)

    def all(self) -> RunSummary:
        """Everything that is left to do, one step after the other."""
        for submission in self.submissions:
            self.read(submission)
        for unit in self.units():
            self.load(unit)
        self.publish()
        self.report()
        return self.summary()

    @contextmanager
    def _noting(self, step: str) -> Iterator[None]:
        if self._stopped is not None:
            raise self._stopped
        try:
            yield
        except BaseException as error:
            self._failures[step] = error
            raise
        self._failures.pop(step, None)
