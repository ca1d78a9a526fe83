"""The deadlines of a batch: by when units hand in and mend, and by when the office has reviewed.

In: the tables [deadlines] and [calendar] of a campaign file. Out: :class:`Deadlines`, which give dates. Refuses, as the
profile's error: a deadline that is neither a date nor a number of days after something, or after something that its
stage does not follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.campaigns.profile import Section
from pipeline.campaigns.working_days import WorkingDays

_ONE_DAY = dt.timedelta(days=1)


class Event(StrEnum):
    """From what a number of days counts. The values stand in campaign files and in the warehouse."""

    OPENING = "opening"  # the day on which the batch begins
    SUBMISSION = "submission"  # the last day for handing in
    MENDING = "mending"  # the last day for handing in again
    ARRIVAL = "arrival"  # the day on which a unit's material was received
    RETURN = "return"  # the day on which it was sent back for mending


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a stage: ``day``, or else ``count`` days (working ones or all) after ``after``."""

    day: dt.date | None = None
    count: int = 0
    working: bool = True
    after: Event = Event.SUBMISSION

    def falls_on(self, events: Mapping[Event, dt.date | None], calendar: WorkingDays) -> dt.date | None:
        """The date, None where what it counts from has not happened. A last day that is a holiday moves on."""
        if self.day is not None:
            return self.day
        start = events.get(self.after)
        if start is None:
            return None
        if self.working:
            return calendar.after(start, self.count)
        return calendar.after(start + dt.timedelta(days=self.count), 0)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The stages of a batch, None for one without a deadline.

    opening: the first day; what arrived before belongs to earlier batches, None for no such day. submission: units hand
    in. mending: they hand in again after a return (补正). review: the office has reviewed (审核).
    """

    opening: dt.date | None = None
    submission: Deadline | None = None
    mending: Deadline | None = None
    review: Deadline | None = None
    calendar: WorkingDays = field(default_factory=WorkingDays)

    def submission_day(self) -> dt.date | None:
        """The last day for handing in, for a unit without an extension."""
        return self.submission.falls_on(self._fixed(None), self.calendar) if self.submission else None

    def mending_day(self, returned: dt.date | None, submission: dt.date | None = None) -> dt.date | None:
        """The last day for handing in again what was returned on a day. submission: the unit's own extension."""
        if self.mending is None:
            return None
        return self.mending.falls_on({**self._fixed(submission), Event.RETURN: returned}, self.calendar)

    def _fixed(self, submission: dt.date | None) -> dict[Event, dt.date | None]:
        opening: dict[Event, dt.date | None] = {Event.OPENING: self.opening}
        if submission is None and self.submission is not None:
            submission = self.submission.falls_on(opening, self.calendar)
        return {**opening, Event.SUBMISSION: submission}

    def certain(self, day: dt.date) -> bool:
        """Whether a date that was counted in working days rests on known holidays, not on weekends alone."""
        return self.calendar.known(day.year)

    @property
    def counts_working_days(self) -> bool:
        """Whether any stage is counted in days, and so depends on the calendar."""
        return any(each is not None and each.day is None for each in (self.submission, self.mending, self.review))


def read_deadlines(stages: Section, calendar: Section) -> Deadlines:
    """The deadlines of a campaign file. Raises the profile's error."""
    free, worked = frozenset(calendar.days("holidays")), frozenset(calendar.days("working_days"))
    if both := sorted(free & worked):
        raise calendar.error("working_days", "campaign.both_holiday_and_working", day=both[0])
    days = WorkingDays(free, worked, frozenset(calendar.numbers("complete_years")))
    calendar.finish()
    opening = stages.day("opening")
    submission = _deadline(stages, "submission", (Event.OPENING,) if opening else ())
    fixed = (Event.SUBMISSION,) if submission else ()
    mending = _deadline(stages, "mending", (Event.RETURN, *fixed))
    found = Deadlines(
        opening,
        submission,
        mending,
        _deadline(stages, "review", (Event.ARRIVAL, *fixed, *((Event.MENDING,) if mending else ()))),
        days,
    )
    stages.finish()
    return found


def _deadline(stages: Section, key: str, follows: tuple[Event, ...]) -> Deadline | None:
    if not stages.is_table(key):
        day = stages.day(key)
        return None if day is None else Deadline(day)
    counted = stages.section(key)
    if not follows:
        raise stages.error(key, "campaign.no_opening")
    working, plain = counted.whole("working_days", 0), counted.whole("days", 0)
    if bool(working) == bool(plain):
        raise stages.error(key, "campaign.want_deadline")
    after = Event(counted.choice("after", tuple(follows), follows[0]))
    counted.finish()
    return Deadline(None, working or plain, bool(working), after)
