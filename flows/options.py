"""The options that several commands share, and how their texts become values.

In: what the user typed. Out: values. Refuses, as :class:`~flows.wording.Stop` in Chinese: a wrong date, an INBOX or a
file that is not there, an unknown unit or rule.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from flows.wording import Stop, nearest, say
from pipeline.campaigns.schedule import live_in, load_schedule
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace

WorkspaceOption: TypeAlias = Annotated[
    Path, typer.Option("--workspace", envvar="ZHIQUAN_WORKSPACE", metavar="DIR", help=say("option.workspace"))
]
DEFAULT_WORKSPACE = Path("zhiquan-data")
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help=say("option.json"))]
AsOfOption: TypeAlias = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=say("option.as_of"))]
JobsOption: TypeAlias = Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help=say("option.jobs"))]
VerboseOption: TypeAlias = Annotated[bool, typer.Option("--verbose", help=say("option.verbose"))]


def log_to_stderr(verbose: bool) -> None:
    """Log warnings, or also what is going on, to standard error."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def day(text: str | None) -> dt.date | None:
    """The date of a text like 2026-06-30."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise Stop(say("usage.date", text=text)) from None


def moment(text: str | None) -> dt.datetime | None:
    """The moment of a text like 2026-06-30 (the end of that day) or 2026-06-30 09:30."""
    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise Stop(say("usage.moment", text=text)) from None
    if found.tzinfo is not None:
        found = found.astimezone().replace(tzinfo=None)
    whole_day = len(text.strip()) <= len("2026-06-30")
    return dt.datetime.combine(found.date(), dt.time.max) if whole_day else found


def existing(path: Path) -> Path:
    """A path that is there."""
    if not path.exists():
        raise Stop(say("usage.no_file", path=path))
    return path


def known(name: str, names: Iterable[str], key: str) -> str:
    """A name that is one of the known ones; else the sentence ``key`` with the nearest."""
    listed = list(names)
    if name not in listed:
        raise Stop(say(key, name=name, hint=nearest(name, listed)))
    return name


def rule(code: str) -> str:
    """A rule code, in whatever case it was typed."""
    codes = load_vocabulary().rules
    return known(code.strip().upper(), codes, "usage.rule")


def office_clock(place: Workspace) -> None:
    """Let the days of this command be those of the office, where the workspace says where that is. SettingsError."""
    if place.settings.exists():
        live_in(load_schedule(place.settings).time_zone)


def published(workspace: Path) -> Workspace:
    """A workspace with something to ask."""
    place = Workspace(workspace.absolute())
    if not place.published.exists():
        raise Stop(say("no_warehouse", path=place.published))
    office_clock(place)
    return place
