"""Telephone numbers in a text.

In: text, raw or normalized. Out: :class:`Phone` with its span. Refuses days printed as eight digits. Never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.values.dates import dates

_PHONE = re.compile(
    r"(?<![0-9A-Za-z.])(?:"
    r"(?P<mobile>1[3-9][0-9]{9})"
    r"|(?P<free>[48]00[-—－ ]?[0-9]{3}[-—－ ]?[0-9]{4})"
    r"|(?P<area>[（(]?0[1-9][0-9]{1,2}[)）]?[-—－–  ]{0,2})?(?P<line>[2-9][0-9]{6,7})"
    r"(?P<extension>(?:[-—－转][0-9]{1,6})?)"
    r"|(?P<hotline>1[0-9]{4}|9[56][0-9]{3,4})"
    r")(?![0-9A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number, digits and hyphens only, and its half-open span in the text."""

    number: str
    start: int
    end: int


def phone_numbers(text: str) -> tuple[Phone, ...]:
    """Every telephone number in a text, in order, with its area code if printed: (021)69989023 → 021-69989023."""
    days = {date.span for date in dates(text)}
    return tuple(Phone(_digits(match), *match.span()) for match in _PHONE.finditer(text) if match.span() not in days)


def _digits(match: re.Match[str]) -> str:
    if not match["line"]:
        return re.sub(r"\D", "", match[0])
    area, extension = re.sub(r"\D", "", match["area"] or ""), re.sub(r"\D", "", match["extension"])
    return "-".join(part for part in (area, match["line"], extension) if part)
