"""Typed values out of printed text: sums of money, telephone numbers, declared counts, section titles, and the others.

In: text, raw or normalized. Out: frozen values with their spans, or None. Refuses: to guess; a text that could mean two
things means None. Nothing here raises on any text.

Dates, time limits, grades, categories and packed cells have modules of their own and are offered here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.text.numerals import NUMERAL, item_marker, leading_number, number
from pipeline.values.categories import placeholder, power_type, risk_kind
from pipeline.values.dates import PrintedDate, dates, serial_date
from pipeline.values.grades import GradeReading, grade, grade_distribution, grades_of_column, scheme_direction
from pipeline.values.packed import split_department_person, split_department_persons, split_fee
from pipeline.values.time_limits import LimitPart, Span, TimeLimit, split_limits, time_limit

__all__ = [
    "GradeReading",
    "LimitPart",
    "Money",
    "Phone",
    "PrintedDate",
    "SectionTitle",
    "Span",
    "TimeLimit",
    "count_declared",
    "dates",
    "grade",
    "grade_distribution",
    "grades_of_column",
    "leading_number",
    "money",
    "number",
    "phone_numbers",
    "placeholder",
    "power_type",
    "risk_kind",
    "scheme_direction",
    "section_title",
    "serial_date",
    "split_department_person",
    "split_department_persons",
    "split_fee",
    "split_limits",
    "time_limit",
]

_MONEY = re.compile(
    r"(?<![0-9.０-９])(?P<digits>[0-9０-９][0-9０-９,，]{0,15}(?:[.．][0-9０-９]{1,4})?)\s*(?P<scale>[十百千万亿]{0,2})元"
    r"|(?P<written>[一二两三四五六七八九十百千万亿零〇壹贰叁肆伍陆柒捌玖拾佰仟]{1,16})元"
)
_MONEY_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_PHONE = re.compile(
    r"(?<![0-9A-Za-z.])(?:"
    r"(?P<mobile>1[3-9][0-9]{9})"
    r"|(?P<free>[48]00[-—－ ]?[0-9]{3}[-—－ ]?[0-9]{4})"
    r"|(?P<area>[（(]?0[1-9][0-9]{1,2}[)）]?[-—－–  ]{0,2})?(?P<line>[2-9][0-9]{6,7})"
    r"(?P<extension>(?:[-—－转][0-9]{1,6})?)"
    r"|(?P<hotline>1[0-9]{4}|9[56][0-9]{3,4})"
    r")(?![0-9A-Za-z])"
)
_COUNT = re.compile(
    rf"(?P<whole>(?:共计|合计|总计|累计|总数|共有)[\u4e00-\u9fff]{{0,8}}?|共|计)?\s*+[：:为]?\s*+(?:{NUMERAL}{{1,3}}\s*+[大小]?类\s*+[，,、]?\s*+)?"
    rf"(?<!第)(?P<count>{NUMERAL}{{1,6}})\s*+[大小]?(?P<unit>项|条|件|个|宗|种|类|$)"
)
_BRACKETED = re.compile(
    rf"[（(【\[]\s*(?:共计|合计|总计|共|计)?\s*[：:]?\s*({NUMERAL}{{1,6}})\s*(?:项|条|件|个|宗|种)?\s*[）)】\]]\s*$"
)
_CLOSING_COUNT = re.compile(
    rf"[（(，,、：: 　]*(?:共计|合计|总计|共有|共)\s*[：:]?\s*{NUMERAL}{{1,6}}\s*[大小]?[项条件个宗种][）)]?$"
    rf"|[，,：: 　]+{NUMERAL}{{1,6}}\s*项$"
)
_SECTION_LENGTH = 80  # characters; a longer text is no title


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in yuan and its half-open span in the text."""

    yuan: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number, digits and hyphens only, and its half-open span in the text."""

    number: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """一、行政许可(12项) → 1, 行政许可, 12. start, end: half-open span of the title proper in the text."""

    number: int | None
    title: str
    count: int | None
    start: int
    end: int


def money(text: str) -> tuple[Money, ...]:
    """Every sum of money in a text, in order: 二千元以上二万元以下 gives 2000 and 20000; 0.5万元 gives 5000."""
    return tuple(Money(yuan, *match.span()) for match in _MONEY.finditer(text) if (yuan := _yuan(match)) is not None)


def _yuan(match: re.Match[str]) -> float | None:
    if match["written"]:
        value = number(match["written"])
        return None if value is None else float(value)
    scale = _MONEY_SCALES.get(match["scale"])
    digits = re.sub("[,，]", "", match["digits"]).replace("．", ".")
    return None if scale is None else round(float(digits) * scale, 4)


def phone_numbers(text: str) -> tuple[Phone, ...]:
    """Every telephone number in a text, in order, with its area code if printed: (021)69989023 → 021-69989023."""
    days = {date.span for date in dates(text)}
    return tuple(Phone(_phone(match), *match.span()) for match in _PHONE.finditer(text) if match.span() not in days)


def _phone(match: re.Match[str]) -> str:
    if not match["line"]:
        return re.sub(r"\D", "", match[0])
    area, extension = re.sub(r"\D", "", match["area"] or ""), re.sub(r"\D", "", match["extension"])
    return "-".join(part for part in (area, match["line"], extension) if part)


def count_declared(text: str) -> int | None:
    """The number of items that a title, a section row or a total declares: (12项), 共12项, 合计：12; else None.

    Of several numbers the one called the whole counts (共37项：许可12项…); without such a word several mean None.
    """
    if match := _BRACKETED.search(text[-_SECTION_LENGTH:]):
        return number(match[1])
    found = [match for match in _COUNT.finditer(text[: 4 * _SECTION_LENGTH]) if match["whole"] or _only(match)]
    whole = [match for match in found if match["whole"]]
    if len(whole or found) != 1:
        return None
    return number((whole or found)[0]["count"])


def _only(match: re.Match[str]) -> bool:
    """Nothing but the count stands in its bracket, or in the text."""
    ahead = match.string[: match.start("count")]
    before, after = ahead.rstrip(), match.string[match.end() :].lstrip()
    if not match["unit"]:
        return False
    if before != ahead and not after:
        return match["unit"] == "项"  # 行政许可 12项
    return (not before or before[-1] in "（(【[：:") and (not after or after[0] in "）)】]，,；;。")


def section_title(text: str) -> SectionTitle | None:
    """A section row taken apart: its number, the title proper, the count it declares. None for no title at all."""
    plain = text.strip()
    if not plain or len(plain) > _SECTION_LENGTH or "\n" in plain:
        return None
    start = text.index(plain)
    marker = item_marker(plain)
    head = marker.length if marker else 0
    tail = match.start() if (match := _trailing_count(plain)) else len(plain)
    title = plain[head:tail].strip(" 　：:、，,")
    if not title:
        return None
    at = start + plain.index(title, head)
    return SectionTitle(marker.number if marker else None, title, count_declared(plain[head:]), at, at + len(title))


def _trailing_count(text: str) -> re.Match[str] | None:
    return _BRACKETED.search(text) or _CLOSING_COUNT.search(text)
