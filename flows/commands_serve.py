"""``zhiquan serve``: take in what arrives, and work by the clock, until it is stopped.

In: INBOX (or the settings' own), a workspace. Out: the same as ``zhiquan run`` gives, at each arrival and by schedule;
lines on standard error that tell it, with the address of the page that shows runs and schedules. Refuses a second one
on the same workspace (exit status 4). Ctrl-C and a polite kill end it with status 0, and nothing half-loaded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
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


def serve(
    inbox: Annotated[Path | None, typer.Argument(metavar="INBOX", help=say("serve.inbox"))] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    jobs: JobsOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Take in what arrives in INBOX and work by the clock, until it is stopped."""
    from flows.commands_run import terminable
    from flows.serving import ServerLost, only_server
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
            _work(place, folder.absolute(), schedule, jobs, page, shared=shared)
    except KeyboardInterrupt:
        _tell(say("serve.stopped"))
    except ServerLost as error:
        raise Stop(say("serve.server_lost", detail=error), Exit.UNUSABLE) from error


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


def _work(place: Workspace, inbox: Path, schedule: Schedule, jobs: int | None, page: str, *, shared: bool) -> None:
    from flows.deployments import register, valid_cron
    from flows.ingest import close_killed_runs
    from flows.serving import Clock, Serving, Triggers, watching
    from pipeline.campaigns.schedule import load_schedule

    load_schedule(place.settings, valid_cron)
    close_killed_runs(place)
    works = register(schedule, place, inbox, shared=shared)
    triggers = Triggers()
    triggers.arrived()  # what came while nobody looked
    watch = watching(place, inbox, schedule, triggers)
    with watch or contextlib.nullcontext(), Clock(works, triggers):
        _tell(page)
        _tell(say("serve.watching" if watch else "serve.not_watching", inbox=inbox))
        for work, cron in schedule.crons.items():
            if cron:
                _tell(say(f"serve.scheduled.{work}", cron=cron))
        Serving(place, inbox, jobs, watch, _tell).work(triggers)


def _tell(line: str) -> None:
    complain(f"{dt.datetime.now():%H:%M:%S} {line}")
