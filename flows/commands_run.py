"""``zhiquan run``: the main job, and the summary that a reviewer reads afterwards.

In: INBOX and options. Out: the published warehouse, reports, a summary (tables, or one JSON document), the exit status.
Hashes first: where nothing changed, neither Prefect nor a reader is loaded. Where there is no Prefect API to be had,
the same work is done without one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from flows.console import complain, output, print_json, print_rows
from flows.options import (
    DEFAULT_WORKSPACE,
    AsOfOption,
    JobsOption,
    JsonOption,
    VerboseOption,
    WorkspaceOption,
    day,
    known,
    log_to_stderr,
    office_clock,
)
from flows.progress import RunProgress
from flows.wording import Exit, Stop, label, say
from pipeline.intake.run import RunSummary
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from flows.steps import Steps

_UNIT_COLUMNS = ("单位", "版本", "文件数", "隔离文件数", "职权数", "风险点数", "错误数", "警告数", "提示数", "状态")


def run(
    inbox: Annotated[Path, typer.Argument(metavar="INBOX", help=say("run.inbox"))],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of: AsOfOption = None,
    jobs: JobsOption = None,
    no_report: Annotated[bool, typer.Option("--no-report", help=say("run.no_report"))] = False,
    fail_on: Annotated[str | None, typer.Option("--fail-on", metavar="error|warning", help=say("run.fail_on"))] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take in what is new or changed in INBOX, check, load, report; print a summary."""
    log_to_stderr(verbose)
    if fail_on is not None:
        known(fail_on, ("error", "warning"), "usage.fail_on")
    if not inbox.is_dir():
        raise Stop(say("usage.no_inbox", path=inbox))
    place = Workspace(workspace.absolute())
    office_clock(place)
    with RunProgress() as progress, terminable():
        summary, server_lost = _worked(inbox, place, day(as_of), jobs, progress, report=not no_report)
    document = _document(place, summary)
    if as_json:
        print_json(document)
    else:
        _print_summary(place, summary, document)
    if server_lost:
        leave(_status(summary, fail_on))
    raise typer.Exit(_status(summary, fail_on))


def _worked(
    inbox: Path, place: Workspace, as_of: dt.date | None, jobs: int | None, progress: RunProgress, *, report: bool
) -> tuple[RunSummary, bool]:
    """Do what is due; the summary, and whether the Prefect API was lost meanwhile."""
    from flows.steps import Steps, Workers
    from pipeline.intake.taking_in import open_intake

    workers = Workers()
    with open_intake(inbox, place.root, as_of=as_of, jobs=jobs, progress=progress, sandbox=workers) as intake:
        if not intake.work_due:
            return intake.summary(), False
        progress.preparing()
        return with_or_without_server(Steps(intake, place, workers, jobs, progress, report=report), inbox)


def with_or_without_server(steps: Steps, inbox: Path) -> tuple[RunSummary, bool]:
    """Run the steps as a Prefect flow; and plainly, with one line to say so, where there is no Prefect API.

    Gives the summary, and whether the API was lost on the way. Raises what a step raises.
    """
    from flows.server import NoServer, prefect_api

    try:
        with prefect_api(steps.workspace.state / "prefect"):
            from flows.ingest import run_ingest

            return run_ingest(steps, inbox), False
    except NoServer as error:
        complain(say("run.no_server", detail=error))
        return steps.all(), False
    except Exception as error:
        if steps.failure is not None:
            raise steps.failure from error
        complain(say("run.server_lost", detail=type(error).__name__))
    return steps.all(), True


def leave(status: Exit) -> NoReturn:
    """End the process here and now: at its end Prefect waits minutes for the server that is gone.

    Everything is closed and published by then.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let a polite kill end the run as Ctrl-C does, with everything put away."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Callable[[int, Any], Any] | int | None = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _status(summary: RunSummary, fail_on: str | None) -> Exit:
    if fail_on and (summary.errors or (fail_on == "warning" and summary.warnings)):
        return Exit.FAIL_ON
    return Exit(summary.exit_status)


def _document(place: Workspace, summary: RunSummary) -> dict[str, Any]:
    """The summary by the names of the views' columns."""
    from flows import views

    published = place.published.exists()
    return {
        say("key.run"): {
            say("key.run_id"): summary.run_id,
            say("key.as_of"): summary.as_of,
            say("key.worked"): summary.worked,
            say("key.units"): summary.units,
            say("key.files"): summary.files,
            say("key.new"): summary.new,
            say("key.changed"): summary.changed,
            say("key.unchanged"): summary.unchanged,
            say("key.quarantined"): summary.quarantined,
            say("key.records"): summary.records,
            say("key.errors"): summary.errors,
            say("key.warnings"): summary.warnings,
            say("key.infos"): summary.infos,
        },
        say("key.loaded"): list(summary.units_loaded),
        say("key.status"): views.status(place) if published else [],
        say("key.quarantine"): views.quarantined(place) if published else [],
        say("key.left"): [
            {say("key.file_name"): each.name, say("key.reason"): label(f"left.{each.why}")} for each in summary.left
        ],
        say("key.warehouse"): str(place.published),
        say("key.reports"): str(place.reports),
    }


def _print_summary(place: Workspace, summary: RunSummary, document: dict[str, Any]) -> None:
    console = output()
    counts = {name: getattr(summary, name) for name in ("units", "files", "new", "changed", "unchanged")}
    console.print(say("run.counts", as_of=summary.as_of, **counts), soft_wrap=True)
    if not summary.worked:
        console.print(say("run.nothing_new"), soft_wrap=True)
    if document[say("key.status")]:
        print_rows(_UNIT_COLUMNS, document[say("key.status")], say("run.units"))
    if document[say("key.quarantine")]:
        console.print(say("run.quarantined", count=len(document[say("key.quarantine")])))
        for row in document[say("key.quarantine")]:
            console.print(f"  {row['单位'] or say('no_unit')}/{row['文件名']}：{row['原因']}", soft_wrap=True)
            console.print(f"    {row['整改建议'] or ''}", soft_wrap=True)
    if summary.left:
        console.print(say("run.left", count=len(summary.left)))
        for each in summary.left:
            console.print(f"  {each.name}：{label(f'left.{each.why}')}", soft_wrap=True)
    console.print(say("run.where", warehouse=place.published, reports=place.reports), soft_wrap=True)
    console.print(say("run.next"), soft_wrap=True)
