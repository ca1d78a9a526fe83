"""When ``zhiquan serve`` works by itself: the settings file of a workspace.

In: a TOML file, or none for the settings that ship with the package. Out: :class:`Schedule`. Refuses: an unknown key, a
value of the wrong type, a cron line or a time zone that is none, each with a :class:`SettingsError` that names file,
line and key. Settings are no part of the campaign: to change them changes no finding.
"""

from __future__ import annotations

import os
import re
import time
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path

from pipeline.campaigns.profile import Profile, ProfileError, Section
from pipeline.vocabulary import load_vocabulary

_DEFAULT = resources.files("vocab") / "settings.toml"
_HIGHEST_PORT = 65535
_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, day of the week
_CRON_PART = re.compile(r"(?:\*|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>\d{1,2}))?")


class SettingsError(ProfileError):
    """A settings file is wrong. ``file``, ``line`` and ``key`` tell where."""


class Work(StrEnum):
    """What is done by the clock; keys of the settings and of vocab/labels.csv (``work.…``)."""

    SWEEP = "sweep"  # take in what lies in INBOX
    REVERIFY = "reverify"  # check every unit by the law of today
    WEEKLY = "weekly"  # report the units that are late


@dataclass(frozen=True, slots=True)
class Schedule:
    """The settings of a workspace.

    inbox: None where it is not set. time_zone: of cron lines and of dates of arrival, "" for the machine's. crons: by
    work, "" for never. watched: whether arrivals are noticed at once; still_seconds: how long a file must not have
    changed; polling: look by ourselves where the system does not tell. port: of the page, 0 for a free one.
    """

    inbox: Path | None
    time_zone: str
    crons: Mapping[Work, str]
    watched: bool
    still_seconds: int
    polling: bool
    port: int


def settings_template() -> str:
    """The shipped settings with their comments, for a new workspace to start from."""
    return _DEFAULT.read_text(encoding="utf-8")


def load_schedule(path: Path) -> Schedule:
    """The settings of a file, or the shipped ones where it does not exist. Raises SettingsError, OSError."""
    source = path if path.exists() else _DEFAULT
    words = load_vocabulary()
    root = Profile(str(source), source.read_bytes(), words.labels, SettingsError, kind="settings").root()
    watch, crons, page = root.section("watch"), root.section("schedules"), root.section("page")
    inbox = root.text("inbox", "")
    found = Schedule(
        inbox=(path.parent / inbox) if inbox else None,
        time_zone=_time_zone(root),
        crons={work: _cron(crons, work) for work in Work},
        watched=watch.flag("enabled", True),
        still_seconds=watch.whole("still_seconds", 3),
        polling=watch.flag("polling", False),
        port=page.whole("port", 0),
    )
    if found.port > _HIGHEST_PORT:
        raise page.error("port", "campaign.want_number")
    for section in (watch, crons, page, root):
        section.finish()
    return found


def _time_zone(root: Section) -> str:
    name = root.text("time_zone", "")
    if name and name not in zoneinfo.available_timezones():
        raise root.error("time_zone", "settings.unknown_zone", value=name)
    return name


def _cron(section: Section, work: Work) -> str:
    line = section.text(work, "")
    fields = line.split()
    if line and not (len(fields) == len(_CRON) and all(map(_is_cron_field, fields, _CRON))):
        raise section.error(work, "settings.bad_cron", value=line)
    return line


def _is_cron_field(text: str, limits: tuple[int, int]) -> bool:
    """Whether a field is a list of numbers, spans and steps within its limits: ``*/15``, ``1-5``, ``8,20``."""
    parts = [_CRON_PART.fullmatch(part) for part in text.split(",")]
    numbers = [int(each) for part in parts if part for each in part.group("first", "last") if each]
    steps = [int(part["step"]) for part in parts if part and part["step"]]
    return all(parts) and all(limits[0] <= each <= limits[1] for each in numbers) and all(steps)


def live_in(time_zone: str) -> None:
    """Let the clock of this process be that of the office. Without effect for "", and on Windows."""
    if time_zone and hasattr(time, "tzset"):
        os.environ["TZ"] = time_zone
        time.tzset()
