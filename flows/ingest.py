"""``zhiquan run`` as a Prefect flow: one task a submission to read, one a unit to load, one to publish, one to report.

In: INBOX and a workspace, or steps that the command line has already opened. Out: what happened, as flow run, task
runs and two artifacts on the Prefect API; the work itself is that of pipeline.intake. Refuses what open_intake
refuses.
Import it only when the environment is prepared (flows/quiet.py). Names of runs and artifacts hold units, file names and
counts, no cell text.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

from prefect import State, flow, get_client, tags, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.flow_engine import run_flow
from prefect.futures import PrefectFuture, wait
from prefect.runtime import task_run
from prefect.states import Crashed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import views
from flows.steps import Steps, Workers
from pipeline.intake.run import RunSummary
from pipeline.intake.taking_in import open_intake
from pipeline.workspace import Workspace

RETRIES = 2
RETRY_SECONDS = [1.0, 5.0]
# What a moment later may be otherwise: a busy share, too many open files, an interrupted call.
_TRANSIENT = frozenset(
    (errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ETIMEDOUT)
)
_UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_steps: ContextVar[Steps] = ContextVar("steps")


def _transient(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Whether a failure is worth another attempt: the system's passing ones, never the files' or our own."""
    error = state.data if isinstance(state.data, BaseException) else getattr(state.data, "result", None)
    return isinstance(error, OSError) and error.errno in _TRANSIENT


def _named() -> str:
    """The name of a task run: what it does, to which unit."""
    return f"{task_run.task_name} {next(iter(task_run.parameters.values()), '')}".strip()


_OPTIONS: dict[str, Any] = {
    "task_run_name": _named,
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": RETRIES,
    "retry_delay_seconds": RETRY_SECONDS,
    "retry_condition_fn": _transient,
}


@task(name="read", **_OPTIONS)
def read_submission(submission: str) -> int:
    """Read all files of one submission, each in a worker under limits; how many."""
    return _steps.get().read(submission)


@task(name="load", **_OPTIONS)
def load_unit(unit: str) -> None:
    """Check one unit and load it into the master database, in one transaction."""
    _steps.get().load(unit)


@task(name="publish", **_OPTIONS)
def publish() -> None:
    """Replace the copy of the warehouse that reviewers read."""
    _steps.get().publish()


@task(name="report", **_OPTIONS)
def report() -> int:
    """Write the reports to the units that were loaded; how many."""
    return len(_steps.get().report())


@flow(name="ingest", flow_run_name="ingest {inbox}", persist_result=False, validate_parameters=False)
def ingest(
    inbox: str,
    workspace: str,
    as_of: dt.date | None = None,
    jobs: int | None = None,
    report_wanted: bool = True,
    everyone: bool = False,
) -> RunSummary:
    """Take in what is new or changed in INBOX: read, check, load, publish, report.

    The parameters say it all; where the caller has opened the steps already (:func:`run_ingest`), those are taken.
    """
    if (steps := _steps.get(None)) is not None:
        return _ingest(steps)
    workers = Workers()
    place = Workspace(Path(workspace).absolute())
    with open_intake(Path(inbox), place.root, as_of=as_of, jobs=jobs, sandbox=workers, everyone=everyone) as intake:
        steps = Steps(intake, place, workers, jobs, lambda event: None, report=report_wanted)
        with _current(steps):
            return _ingest(steps)


def _ingest(steps: Steps) -> RunSummary:
    try:
        readings = [read_submission.submit(submission) for submission in steps.submissions]
        wait(readings)
        for reading in readings:
            reading.result()
        for unit in steps.units():
            load_unit(unit)
        publish()
        report()
    except BaseException as error:
        steps.stop(error)
        raise
    _describe(steps)
    return steps.summary()


def _describe(steps: Steps) -> None:
    """What a reviewer of the run wants to see without opening the warehouse."""
    summary = steps.summary()
    if not steps.workspace.published.exists():
        return  # nothing was ever handed in
    create_table_artifact(key="files", table=[dict(row) for row in views.files(steps.workspace)])
    found = views.findings_by_rule(steps.workspace)
    lines = [f"**{summary.run_id}** · {summary.as_of}", ""]
    lines += [_line(found[0]), _line(["---"] * len(found[0]))] if found else []
    lines += [_line(row.values()) for row in found]
    create_markdown_artifact(key="findings", markdown="\n".join(lines))


def _line(cells: Iterable[Any]) -> str:
    """A row of a table in Markdown."""
    return "| " + " | ".join(str(cell or "").replace("|", "\\|") for cell in cells) + " |"


def run_ingest(steps: Steps, inbox: Path, due: FlowRun | None = None) -> RunSummary:
    """The flow over steps that are open already; runs of this workspace that were killed are closed before.

    due: a run that is waiting to be done, claimed by the caller; else one is made.
    """
    place = str(steps.workspace.root)
    with _current(steps), tags(workspace_tag(steps.workspace)):
        close_killed_runs(steps.workspace, but=due)
        runner = cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=steps.jobs))
        ours = ingest.with_options(task_runner=runner)
        if due is not None:
            return cast(RunSummary, run_flow(ours, flow_run=due, parameters=dict(due.parameters)))
        as_of = steps.summary().as_of
        return ours(str(inbox), place, as_of, steps.jobs, steps.wants_report)


@contextmanager
def _current(steps: Steps) -> Iterator[None]:
    token = _steps.set(steps)
    try:
        yield
    finally:
        _steps.reset(token)


def workspace_tag(workspace: Workspace) -> str:
    """What marks the runs of a workspace on a server that others use as well."""
    digest = hashlib.sha256(f"{platform.node()}\0{workspace.root}".encode()).hexdigest()
    return f"workspace-{digest[:12]}"


def close_killed_runs(workspace: Workspace, but: FlowRun | None = None) -> int:
    """Mark runs of this workspace as crashed that still count as running, and their tasks; how many runs.

    We are its one writer, so whatever counts as running was killed; but: the one that is about to begin.
    """
    crashed: State[None] = Crashed(message="The process was killed.")
    ours = FlowRunFilterTags(all_=[workspace_tag(workspace)])
    runs = FlowRunFilter(tags=ours, state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY)))
    tasks = TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=_UNDER_WAY)))
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(flow_run_filter=runs)
        killed = [run for run in found if but is None or run.id != but.id]
        for run in killed:
            of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
            for each in client.read_task_runs(flow_run_filter=of_run, task_run_filter=tasks):
                client.set_task_run_state(each.id, crashed, force=True)
            client.set_flow_run_state(run.id, crashed, force=True)
    return len(killed)
