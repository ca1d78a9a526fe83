"""``zhiquan serve``: take in what arrives, and work by the clock, until it is stopped.

In: INBOX (or the settings' own), a workspace. Out: the same as ``zhiquan run`` gives, at each arrival and by schedule;
lines on standard error that tell it, with the address of the page that shows runs and schedules. Refuses a second one
on the same workspace (exit status 4). Ctrl-C and a polite kill end it with status 0, and nothing half-loaded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import complain
from flows.options import DEFAULT_WORKSPACE, JobsOption, VerboseOption, WorkspaceOption, log_to_stderr
from flows.wording import Exit, Stop, say

if TYPE_CHECKING:
    from pipeline.campaigns.schedule import Schedule
    from pipeline.workspace import Workspace

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOK_SECONDS, _SAY_SECONDS = 0.2, 1.0


def serve(
    inbox: Annotated[Path | None, typer.Argument(metavar="INBOX", help=say("serve.inbox"))] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    jobs: JobsOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Take in what arrives in INBOX and work by the clock, until it is stopped."""
    from flows.commands_run import leave, terminable
    from flows.server import say_all_events
    from flows.serving import only_server
    from pipeline.campaigns.schedule import live_in, load_schedule
    from pipeline.workspace import prepare

    log_to_stderr(verbose)
    place = prepare(workspace)
    schedule = load_schedule(place.settings)
    folder = inbox or schedule.inbox
    if folder is None:
        raise Stop(say("serve.no_inbox", path=place.settings))
    if not folder.is_dir():
        raise Stop(say("usage.no_inbox", path=folder))
    live_in(schedule.time_zone)
    try:
        with terminable(), only_server(place), _server(place, schedule) as (page, shared):
            lost = _work(place, folder.absolute(), schedule, jobs, page, shared=shared)
            say_all_events(_SAY_SECONDS)
    except KeyboardInterrupt:  # while it started
        lost = ""
    _tell(say("serve.server_lost", detail=lost) if lost else say("serve.stopped"))
    leave(Exit.UNUSABLE if lost else Exit.DONE)


@contextlib.contextmanager
def _server(place: Workspace, schedule: Schedule) -> Iterator[tuple[str, bool]]:
    """A Prefect API: the one that the user named, else our own. Gives what to tell of its page, and if it is shared."""
    from flows.own_server import own_server, password_of
    from flows.quiet import given_server, prepare_environment
    from flows.server import NoServer, ask

    home = place.state / "prefect"
    prepare_environment(home)
    try:
        if address := given_server():
            ask(address)
            yield say("serve.page.given", address=address.removesuffix("/api")), True
            return
        _tell(say("serve.starting"))
        with own_server(home, schedule.port, password_of(home)) as address:
            yield say("serve.page", address=address.removesuffix("/api"), password=password_of(home)), False
    except NoServer as error:
        raise Stop(say("serve.no_server", detail=error), Exit.UNUSABLE) from error


def _work(place: Workspace, inbox: Path, schedule: Schedule, jobs: int | None, page: str, *, shared: bool) -> str:
    """Serve until a signal comes, or until there is no server any more; why not, "" for the signal."""
    from flows.deployments import register
    from flows.ingest import close_killed_runs
    from flows.serving import Clock, Serving, Triggers
    from flows.watch import Watch

    close_killed_runs(place)
    works = register(schedule, place, inbox, shared=shared)
    triggers = Triggers()
    watch = Watch(inbox, place.root, schedule.still_seconds, triggers.arrived, polling=schedule.polling)
    serving = Serving(place, inbox, jobs, watch, triggers, _tell)
    clock = Clock(works, triggers)
    with _signalled() as stopped, watch if schedule.watched else contextlib.nullcontext(), clock, serving:
        triggers.arrived()  # what came while nobody looked
        _tell(page)
        _tell(say("serve.watching" if schedule.watched else "serve.not_watching", inbox=inbox))
        for work, cron in schedule.crons.items():
            if cron:
                _tell(say(f"serve.scheduled.{work}", cron=cron))
        while not (stopped or clock.lost):
            time.sleep(_LOOK_SECONDS)
    return "" if stopped else clock.lost


@contextlib.contextmanager
def _signalled() -> Iterator[list[int]]:
    """A list that holds the signals which asked us to end. Nothing is raised: it could be raised anywhere."""
    asked: list[int] = []
    before = {each: signal.signal(each, lambda number, _: asked.append(number)) for each in _SIGNALS}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _tell(line: str) -> None:
    complain(f"{dt.datetime.now():%H:%M:%S} {line}")
