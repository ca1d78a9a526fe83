"""Which days are working days (工作日), by the State Council's yearly arrangement of holidays, and counting in them.

In: days; what a campaign adds to the calendar. Out: :class:`WorkingDays`. Refuses nothing: in a year whose arrangement
is not known only Saturdays and Sundays are free, and ``known`` says so. The arrangements are those of the package
chinesecalendar, which knows the years that had been announced when it was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import chinese_calendar

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@cache
def _announced() -> tuple[int, int]:
    """The first and the last year that the package knows."""
    days = chinese_calendar.holidays
    return min(days).year, max(days).year


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The calendar of a campaign.

    holidays, working: days that are free, or worked, whatever the arrangement says. complete: years whose holidays are
    all among these, though the package does not know them.
    """

    holidays: frozenset[dt.date] = frozenset()
    working: frozenset[dt.date] = frozenset()
    complete: frozenset[int] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        """Whether the offices work on a day."""
        if day in self.working or day in self.holidays:
            return day in self.working
        # Its tables, not its is_workday(), which looks for the first and the last year anew each time.
        if day in chinese_calendar.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in chinese_calendar.holidays

    @property
    def last_known(self) -> int:
        """The last year whose holidays are known."""
        return max(_announced()[1], *self.complete, 0)

    def known(self, year: int) -> bool:
        """Whether the holidays of a year are known, or only its weekends."""
        first, last = _announced()
        return first <= year <= last or year in self.complete

    def after(self, day: dt.date, count: int) -> dt.date:
        """The count-th working day after a day, which itself does not count; for 0 the day, or the next working one."""
        day = day if count else day - _DAY
        for _ in range(max(count, 1)):
            day += _DAY
            while not self.is_working(day):
                day += _DAY
        return day

    def days(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, bool]]:
        """Every day of a span, both ends included, and whether it is a working day."""
        day = first
        while day <= last:
            yield day, self.is_working(day)
            day += _DAY
