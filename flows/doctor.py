"""What this machine has and lacks for zhiquan, each lack with what mends it.

In: the workspace that would be used. Out: :class:`Check` values in the order of a reader's questions. Refuses nothing
and changes nothing: a workspace that is not there is not made.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from extractors.office.program import office_program
from flows.wording import say
from pipeline.workspace import Workspace

_MEMORY_MEGABYTES = 4096  # two workers at their limit, and the system
_DISK_MEGABYTES = 2048


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. found: what there is. fix: what to do, "" where all is well. needed: a must."""

    name: str
    well: bool
    found: str
    fix: str = ""
    needed: bool = True


def checks(workspace: Path) -> Iterator[Check]:
    """Everything that decides whether zhiquan runs here."""
    place = Workspace(workspace.absolute())
    yield _python()
    yield from _packages()
    yield _tool("office", office_program() is not None)
    yield _tried("recognition", _recognition)
    yield _memory()
    yield _disk(place)
    yield _tried("writable", lambda: _writable(place))
    if place.marker.exists():
        yield _tried("layout", lambda: _layout(place))
    if place.campaign.exists():
        yield _tried("campaign", lambda: _campaign(place))
    yield _holidays(place)
    if place.settings.exists():
        yield _tried("settings", lambda: _settings(place))
    if place.published.exists():
        yield _tried("warehouse", lambda: _warehouse(place))
    yield _tried("worker", _worker)
    yield _tried("server", _server, needed=False)


def _python() -> Check:
    well = sys.version_info >= (3, 11)
    return Check(say("doctor.python"), well, platform.python_version(), "" if well else say("doctor.python.fix"))


def _packages() -> Iterator[Check]:
    """The installed libraries against the versions that were tested."""
    from packaging.requirements import Requirement

    for text in metadata.requires("zhiquan") or ():
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield Check(wanted.name, False, say("doctor.absent"), say("doctor.package.fix", package=wanted))
            continue
        well = wanted.specifier.contains(version, prereleases=True)
        fix = "" if well else say("doctor.package.fix", package=wanted)
        yield Check(wanted.name, well, version, fix, needed=False)


def _tool(key: str, there: bool) -> Check:
    found = say("doctor.there") if there else say("doctor.absent")
    return Check(say(f"doctor.{key}"), there, found, "" if there else say(f"doctor.{key}.fix"), needed=False)


def _memory() -> Check:
    if not hasattr(os, "sysconf"):
        return Check(say("doctor.memory"), True, say("doctor.unknown"), needed=False)
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    well = megabytes >= _MEMORY_MEGABYTES
    fix = "" if well else say("doctor.memory.fix", megabytes=_MEMORY_MEGABYTES)
    return Check(say("doctor.memory"), well, say("doctor.megabytes", number=megabytes), fix, needed=False)


def _disk(place: Workspace) -> Check:
    megabytes = shutil.disk_usage(_existing(place.root)).free >> 20
    well = megabytes >= _DISK_MEGABYTES
    fix = "" if well else say("doctor.disk.fix", megabytes=_DISK_MEGABYTES)
    return Check(say("doctor.disk"), well, say("doctor.megabytes", number=megabytes), fix, needed=False)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _tried(key: str, attempt: Callable[[], str], *, needed: bool = True) -> Check:
    """Whether something works; whatever it raises is the answer, not a failure of the doctor."""
    try:
        return Check(say(f"doctor.{key}"), True, attempt(), needed=needed)
    except Exception as error:
        told = str(error).strip() or type(error).__name__
        return Check(say(f"doctor.{key}"), False, told, say(f"doctor.{key}.fix"), needed)


def _writable(place: Workspace) -> str:
    folder = _existing(place.root)
    with tempfile.TemporaryFile(dir=folder) as stream:
        stream.write(b"\0")
    return str(place.root) if place.root.exists() else say("doctor.new", folder=place.root)


def _layout(place: Workspace) -> str:
    from pipeline.workspace import prepare

    prepare(place.root)
    return say("doctor.well")


def _campaign(place: Workspace) -> str:
    from pipeline.campaigns.campaign import load_campaign

    return load_campaign(place.campaign).batch


def _holidays(place: Workspace) -> Check:
    """Whether deadlines of this year can be counted in working days."""
    from pipeline.campaigns.campaign import CampaignError, load_campaign
    from pipeline.campaigns.working_days import WorkingDays

    try:
        calendar = load_campaign(place.campaign if place.campaign.exists() else None).deadlines.calendar
    except CampaignError:  # told by the check before
        calendar = WorkingDays()
    well = calendar.known(dt.date.today().year)
    found = say("doctor.calendar.known", year=calendar.last_known)
    return Check(say("doctor.calendar"), well, found, "" if well else say("doctor.calendar.fix"), needed=False)


def _settings(place: Workspace) -> str:
    from pipeline.campaigns.schedule import load_schedule

    inbox = load_schedule(place.settings).inbox
    return str(inbox) if inbox else say("doctor.well")


def _warehouse(place: Workspace) -> str:
    from flows import views

    return say("doctor.units", number=len(views.status(place)))


def _recognition() -> str:
    from extractors.scan.recognizer import network

    network()
    return say("doctor.there")


def _worker() -> str:
    from extractors.sandbox import Sandbox
    from pipeline.intake.taking_in import READ_MEGABYTES

    with Sandbox(1, 60.0, READ_MEGABYTES) as workers:
        workers.submit(os.getpid).result()
    return say("doctor.well")


def _server() -> str:
    from flows.quiet import given_server
    from flows.server import ask

    address = given_server()
    if not address:
        return say("doctor.server.own")
    ask(address)
    return address
