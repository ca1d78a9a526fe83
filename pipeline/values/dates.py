"""Dates as Chinese documents print them: 二○○九年六月二十三日, 2009年6月23日, 2009.6.23, 2009-06-23, 20090623.

In: text, raw or normalized. Out: :class:`PrintedDate`. Refuses: what is no day of the calendar, and the bare serial
number of a worksheet unless asked for (:func:`serial_date`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.text.numerals import number

_DIGIT = "[0-9０-９]"
_WRITTEN = "[〇○零一二三四五六七八九十]"
_DATE = re.compile(
    rf"(?<!{_DIGIT})(?P<year>(?:19|20|１９|２０){_DIGIT}{{2}}|[一二][〇○零九]{_WRITTEN}{{2}})\s*年\s*(?P<month>{_DIGIT}{{1,2}}|{_WRITTEN}{{1,3}})\s*月"
    rf"(?:\s*(?P<day>{_DIGIT}{{1,2}}|{_WRITTEN}{{1,3}})\s*[日号])?"
    rf"|(?<![0-9.\-/])(?P<year2>(?:19|20)[0-9]{{2}})(?P<sep>[-./])(?P<month2>[0-9]{{1,2}})(?P=sep)(?P<day2>[0-9]{{1,2}})(?![0-9]|[-./][0-9])"
    r"|(?<![0-9A-Za-z\-])(?P<year3>(?:19|20)[0-9]{2})(?P<month3>0[1-9]|1[0-2])(?P<day3>[0-3][0-9])(?![0-9A-Za-z\-])"
)
# Day 60 of a worksheet does not exist (29 February 1900), so days are counted from 30 December 1899.
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date and its half-open span in the text. day_known: False where only year and month are printed (day is 1)."""

    date: date
    start: int
    end: int
    day_known: bool = True

    @property
    def span(self) -> tuple[int, int]:
        """Half-open span in the text."""
        return self.start, self.end


def dates(text: str) -> tuple[PrintedDate, ...]:
    """Every date printed in a text, in order; 2009年6月 counts as a date whose day is not known."""
    return tuple(found for match in _DATE.finditer(text) if (found := _date(match)) is not None)


def _date(match: re.Match[str]) -> PrintedDate | None:
    suffix = next(s for s in ("", "2", "3") if match[f"year{s}"])
    year, month = number(match[f"year{suffix}"]), number(match[f"month{suffix}"])
    day_text = match[f"day{suffix}"]
    day = number(day_text) if day_text else 1
    try:
        return PrintedDate(date(year or 0, month or 0, day or 0), *match.span(), day_known=bool(day_text))
    except ValueError:  # 2009年13月45日 is printed, and is no date
        return None


def serial_date(text: str) -> date | None:
    """The day that a worksheet's serial number stands for (43959 → 2020-05-08), or None; only for columns of dates."""
    plain = text.strip().removesuffix(".0")
    if not re.fullmatch("[0-9]{5}", plain) or int(plain) not in _SERIALS:
        return None
    return _SERIAL_ORIGIN + timedelta(days=int(plain))
