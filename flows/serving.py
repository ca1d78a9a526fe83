"""``zhiquan serve`` at work: arrivals and due runs, done one after the other in this process, as the one writer.

In: a workspace, INBOX, settings, a Prefect API. Out: the same as ``zhiquan run`` gives, and lines that tell it. Refuses
nothing that INBOX holds: what goes wrong in one piece of work is told, and the next trigger comes all the same. Two
triggers for the same files do the work once: the second finds nothing to do. One that comes during the work waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import UUID

from filelock import FileLock, Timeout

from flows import views
from flows.commands_run import with_or_without_server
from flows.steps import Steps, Workers
from flows.watch import Watch
from flows.wording import Exit, Stop, label, say
from pipeline.campaigns.campaign import CampaignError
from pipeline.campaigns.schedule import Work
from pipeline.intake.run import ProgressEvent, RunSummary
from pipeline.intake.taking_in import Intake, open_intake
from pipeline.workspace import Workspace, WorkspaceBusy, WorkspaceUnusable

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

_ASK_SECONDS = 2.0  # between looks for due runs
_BUSY_SECONDS = 1.0  # between attempts while another process writes
_END_SECONDS = 4.0  # for what is being done when serve is to end; then it is left as it is, as by a kill
_LOST_SECONDS = 60.0  # without an answer, a server counts as gone


@contextmanager
def only_server(place: Workspace) -> Iterator[None]:
    """Be the one ``zhiquan serve`` of a workspace. Raises Stop, WorkspaceUnusable."""
    lock = FileLock(place.serving)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Stop(say("serve.twice", workspace=place.root), Exit.BUSY) from error
    except OSError as error:
        raise WorkspaceUnusable(f"{place.serving}: {error}") from error
    try:
        yield
    finally:
        lock.release()


class Stopped(Exception):
    """Serve is to end; what it does is left as it is."""


class Triggers:
    """What is to be done: an arrival, and at most one due run of each work. To be filled from any thread."""

    def __init__(self) -> None:
        self._arrived = False
        self._due: dict[Work, FlowRun] = {}
        self._ended = False
        self._changed = threading.Condition()

    def arrived(self) -> None:
        """Something in INBOX came to stand still."""
        with self._changed:
            self._arrived = True
            self._changed.notify()

    def add(self, runs: Mapping[Work, FlowRun]) -> None:
        """Runs whose time has come; one that waits already is replaced."""
        with self._changed:
            self._due.update(runs)
            self._changed.notify()

    def end(self) -> None:
        """Nothing more is to be done."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def next(self) -> tuple[Work, FlowRun] | None:
        """Wait for something to do: a due run, or None for an arrival, which goes first. Raises Stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._arrived or self._due or self._ended)
            if self._ended:
                raise Stopped
            if self._arrived:
                self._arrived = False
                return None
            work = next(iter(self._due))
            return work, self._due.pop(work)


class Clock:
    """Asks the Prefect API for due runs, in a thread of its own; a context manager. lost: why it gave up, "" if not."""

    def __init__(self, works: Mapping[UUID, Work], triggers: Triggers) -> None:
        self._works, self._triggers = works, triggers
        self.lost = ""
        self._taken: set[UUID] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def __enter__(self) -> Clock:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(_ASK_SECONDS / 2)

    def _run(self) -> None:
        from flows.deployments import due

        answered = time.monotonic()
        while not self._ending.wait(_ASK_SECONDS):
            try:
                runs = {work: run for work, run in due(self._works).items() if run.id not in self._taken}
            except Exception as error:  # of many kinds: the client's, the socket's, the server's
                if time.monotonic() - answered > _LOST_SECONDS:
                    self.lost = type(error).__name__
                    return
                continue
            answered = time.monotonic()
            self._taken.update(run.id for run in runs.values())
            if runs:
                self._triggers.add(runs)


class Serving:
    """One ``zhiquan serve``: does what comes, in a thread of its own; a context manager.

    In the main thread a signal would be raised inside whatever runs there, and not every library lets it through.
    """

    def __init__(
        self,
        place: Workspace,
        inbox: Path,
        jobs: int | None,
        watch: Watch,
        triggers: Triggers,
        tell: Callable[[str], None],
    ) -> None:
        """tell: a line for whoever looks on."""
        self.place, self.inbox, self.jobs, self.watch, self.tell = place, inbox, jobs, watch, tell
        self.triggers = triggers
        self._steps: Steps | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="work", daemon=True)

    def __enter__(self) -> Serving:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.triggers.end()
        if (steps := self._steps) is not None:
            steps.end(Stopped())
        self._thread.join(_END_SECONDS)

    def _work(self) -> None:
        _warm_up()
        while True:
            try:
                todo = self.triggers.next()
                self._do(*todo or (None, None))
            except Stopped:
                return
            except (CampaignError, WorkspaceUnusable, OSError) as error:
                self.tell(say("serve.failed", detail=error))
            except Exception as error:  # our own fault, or Prefect's: the next piece of work may go well
                if self._stopping.is_set():
                    return
                self.tell(say("serve.failed", detail=_where(error)))

    def _do(self, work: Work | None, run: FlowRun | None) -> None:
        from flows.deployments import claim, run_weekly

        if run is not None and not claim(run):
            return
        if work is Work.WEEKLY and run is not None:
            self.tell(say("serve.weekly", path=run_weekly(run, self.place)))
            return
        with self._patiently(everyone=work is Work.REVERIFY) as intake:
            if run is None and not intake.work_due:
                return
            before = time.monotonic()
            steps = Steps(intake.intake, self.place, intake.workers, self.jobs, _silent, report=True)
            with self._stoppable(steps):
                if run is None:
                    summary, _ = with_or_without_server(steps, self.inbox)
                else:
                    from flows.ingest import run_ingest

                    summary = run_ingest(steps, self.inbox, run)
        if summary.worked:
            self._tell_summary(work, summary, time.monotonic() - before)

    @contextmanager
    def _stoppable(self, steps: Steps) -> Iterator[None]:
        self._steps = steps
        try:
            if self._stopping.is_set():
                raise Stopped
            yield
        finally:
            self._steps = None

    @contextmanager
    def _patiently(self, *, everyone: bool) -> Iterator[_Opened]:
        """The opened intake, as soon as no other process writes."""
        workers = Workers()
        told = False
        while True:
            try:
                with open_intake(
                    self.inbox, self.place.root, jobs=self.jobs, sandbox=workers, everyone=everyone,
                    moving=self.watch.moving,
                ) as intake:  # fmt: skip
                    yield _Opened(intake, workers)
                    return
            except WorkspaceBusy:
                if not told:
                    self.tell(say("serve.waiting"))
                    told = True
            if self._stopping.wait(_BUSY_SECONDS):
                raise Stopped

    def _tell_summary(self, work: Work | None, summary: RunSummary, seconds: float) -> None:
        """A line a unit that was loaded; the files of which nobody knows the unit are told as such."""
        name = label(f"work.{work}") if work else say("serve.arrival")
        rows = {row["单位"]: row for row in views.status(self.place)}
        for unit in summary.units_loaded:
            self.tell(say("serve.unit", work=name, **_facts(rows[unit])))
        self.tell(say("serve.done", work=name, units=len(summary.units_loaded), seconds=f"{seconds:.1f}"))


@dataclass(frozen=True, slots=True)
class _Opened:
    """An opened intake and its workers."""

    intake: Intake
    workers: Workers

    @property
    def work_due(self) -> bool:
        return self.intake.work_due


def _warm_up() -> None:
    """Load what the first piece of work would load, while nobody waits for it."""
    import pipeline.reports.notice
    import pipeline.reports.overview
    import pipeline.warehouse.master  # noqa: F401
    from pipeline.law.workspace_library import shipped_library
    from pipeline.text.words import tokenizer
    from pipeline.vocabulary import load_vocabulary

    tokenizer(load_vocabulary())
    shipped_library()


def _facts(row: views.Row) -> dict[str, object]:
    """What a line tells of a unit, of its row in 报送情况."""
    return {
        "unit": row["单位"],
        "state": row["状态"],
        "errors": row["错误数"],
        "warnings": row["警告数"],
        "quarantined": row["隔离文件数"],
    }


def _where(error: Exception) -> str:
    """Kind and place of a failure, without its message, which may hold a name."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__}{place}"


def _silent(event: ProgressEvent) -> None:
    """Nobody looks at a progress bar."""
