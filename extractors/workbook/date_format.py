"""A day count and the tokens of a date format → the date or time that the spreadsheet shows.

In: a serial number (days since 1900 or 1904, the time of day as its fraction) and format tokens. Out: text, or None for
a number that is no date (negative, beyond the year 9999). Source: ECMA-376 part 1, 18.8.31 and 18.17.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.chinese_numerals import each_digit, read_short

LAST_SERIAL = 2_958_466  # the day after 9999-12-31, counted from 1900
_DAYS_1904 = 1462  # by how much the 1904 count is behind
_WEEKDAYS = "一二三四五六日"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LONG_DATE = (("date", "yyyy"), ("literal", "年"), ("date", "m"), ("literal", "月"), ("date", "d"), ("literal", "日"))
_LONG_TIME = (("date", "h"), ("literal", ":"), ("date", "mm"), ("literal", ":"), ("date", "ss"))
_LONG_FORMS = {"F800": _LONG_DATE, "F400": _LONG_TIME}
_NUMERAL_SHAPES = {0x1E: 1, 0x1F: 2, 0x20: 3, 0x21: 1, 0x22: 2, 0x23: 3}  # simplified, traditional
Tokens = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A section of a format code, made ready once: minutes told from months, decimals of seconds counted."""

    tokens: Tokens
    numerals: int
    chinese: bool
    decimals: int

    @classmethod
    def of(cls, tokens: Tokens, locale: str, numerals: int) -> DateFormat:
        """The format of a section, or of the system's long date or time where its locale mark asks for that."""
        told = _tell_minutes(_LONG_FORMS.get(_system_form(locale), tokens))
        decimals = max((len(text.partition(".")[2]) for kind, text in told if kind == "date"), default=0)
        return cls(told, numerals, _is_chinese(locale), decimals)


@dataclass(frozen=True, slots=True)
class _Moment:
    """A serial taken apart. day 0 of January 1900 and its 29 February exist in Excel's calendar only."""

    year: int
    month: int
    day: int
    weekday: int
    seconds: float  # of the day
    total: float  # seconds since day 0

    @classmethod
    def of(cls, serial: float, digits: int) -> _Moment:
        total = round(serial * 86400, digits)
        days, seconds = divmod(total, 86400)
        count = int(days)
        if count in (0, 60):
            year, month, day = (1900, 1, 0) if count == 0 else (1900, 2, 29)
        else:
            found = date(1899, 12, 30 if count > 60 else 31) + timedelta(days=count)
            year, month, day = found.year, found.month, found.day
        return cls(year, month, day, (count + 5) % 7, seconds, total)


def numeral_style(locale: str) -> int:
    """The numerals, 1 to 3 as in [DBNum1], that the top byte of a locale number asks for: [$-1E000804]; else 0."""
    try:
        return _NUMERAL_SHAPES.get(int(locale, 16) >> 24, 0)
    except ValueError:
        return 0


def long_form(locale: str) -> bool:
    """Whether a locale mark asks for the system's long date or time: [$-F800], [$-x-sysdate] and the like."""
    return _system_form(locale) != ""


def show(value: float, form: DateFormat, *, from_1904: bool) -> str | None:
    """The text of a date or time; None for a number outside the calendar."""
    serial = value + _DAYS_1904 if from_1904 else value
    if not 0 <= serial < LAST_SERIAL:
        return None
    moment = _Moment.of(serial, form.decimals)
    return "".join(_words(moment, form.tokens, form.numerals, chinese=form.chinese))


def _system_form(locale: str) -> str:
    mark = locale.upper().lstrip("0")
    return {"F800": "F800", "X-SYSDATE": "F800", "F400": "F400", "X-SYSTIME": "F400"}.get(mark, "")


def _is_chinese(locale: str) -> bool:
    if locale.lower().startswith("zh"):
        return True
    try:
        return int(locale, 16) & 0x3FF == 0x04  # the primary language of a Windows locale number
    except ValueError:
        return False


def _tell_minutes(tokens: Tokens) -> Tokens:
    """The tokens with "m" told apart: after hours or before seconds it means minutes (kind "minute")."""
    told = [(kind, text.lower() if kind in ("date", "elapsed") else text) for kind, text in tokens]
    units = [i for i, (kind, _) in enumerate(told) if kind in ("date", "elapsed")]
    for place, i in enumerate(units):
        kind, text = told[i]
        if kind != "date" or text not in ("m", "mm"):
            continue
        before = told[units[place - 1]][1][0] if place else ""
        after = told[units[place + 1]][1][0] if place + 1 < len(units) else ""
        if before == "h" or after == "s":
            told[i] = ("minute", text)
    return tuple(told)


def _words(moment: _Moment, tokens: Tokens, numerals: int, *, chinese: bool) -> Iterator[str]:
    halved = any(kind == "halfday" for kind, _ in tokens)
    hour, minute = int(moment.seconds // 3600), int(moment.seconds % 3600 // 60)
    for kind, text in tokens:
        if kind == "date" and text[0] == "h":
            yield _padded((hour + 11) % 12 + 1 if halved else hour, text, numerals)
        elif kind == "date":
            yield _date_word(moment, text, numerals, chinese=chinese)
        elif kind == "minute":
            yield _padded(minute, text, numerals)
        elif kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
            yield str(int(moment.total // unit)).rjust(len(text), "0")
        elif kind == "halfday":
            yield text.split("/")[hour >= 12]
        elif kind in ("literal", "other", "sign", "digit") and text != "@":
            yield text


def _date_word(moment: _Moment, text: str, numerals: int, *, chinese: bool) -> str:
    letter, width = text[0], len(text)
    if letter == "e" or (letter == "y" and width > 2):
        return each_digit(f"{moment.year:04d}", numerals)
    if letter == "y":
        return each_digit(f"{moment.year % 100:02d}", numerals)
    if letter == "a":
        return ("星期" if width == 4 else "") + _WEEKDAYS[moment.weekday]
    if letter in "md" and width > 2:
        return _name(moment, letter, width, chinese=chinese)
    if letter == "s":
        whole, point, decimals = text.partition(".")
        seconds = moment.seconds % 60
        return (
            f"{seconds:0{len(whole) + 1 + len(decimals)}.{len(decimals)}f}"
            if point
            else _padded(int(seconds), text, numerals)
        )
    return _padded({"m": moment.month, "d": moment.day}[letter], text, numerals) if letter in "md" else ""


def _name(moment: _Moment, letter: str, width: int, *, chinese: bool) -> str:
    if letter == "m":
        name = _MONTHS[moment.month - 1]
        if chinese and width < 5:
            return f"{moment.month}月" if width == 3 else f"{read_short(moment.month, 1)}月"
        return {3: name[:3], 5: name[0]}.get(width, name)
    if chinese:
        return ("周" if width == 3 else "星期") + _WEEKDAYS[moment.weekday]
    return _DAYS[moment.weekday][:3] if width == 3 else _DAYS[moment.weekday]


def _padded(number: int, text: str, numerals: int) -> str:
    if numerals in (1, 2):
        return read_short(number, numerals)
    return each_digit(f"{number:0{min(2, len(text))}d}", numerals)
