"""Typed values out of printed text: the counts that titles and section rows declare.

In: text, raw or normalized. Out: frozen values with their spans, or None. Refuses: to guess; a text that could mean two
things means None. Nothing here raises on any text.

Dates, time limits, grades, categories and packed cells have modules of their own and are offered here too.
"""

from __future__ import annotations

import re

from pipeline.text.numerals import NUMERAL, number
from pipeline.values.categories import placeholder, power_type, risk_kind
from pipeline.values.dates import PrintedDate, dates, serial_date
from pipeline.values.grades import GradeReading, grade, grade_distribution, grades_of_column, scheme_direction
from pipeline.values.packed import split_department_person, split_department_persons, split_fee
from pipeline.values.time_limits import LimitPart, Span, TimeLimit, split_limits, time_limit

__all__ = [
    "GradeReading",
    "LimitPart",
    "PrintedDate",
    "Span",
    "TimeLimit",
    "count_declared",
    "dates",
    "grade",
    "grade_distribution",
    "grades_of_column",
    "number",
    "placeholder",
    "power_type",
    "risk_kind",
    "scheme_direction",
    "serial_date",
    "split_department_person",
    "split_department_persons",
    "split_fee",
    "split_limits",
    "time_limit",
]

_COUNT = re.compile(
    rf"(?P<whole>(?:共计|合计|总计|累计|总数|共有)[\u4e00-\u9fff]{{0,8}}?|共|计)?\s*+[：:为]?\s*+(?:{NUMERAL}{{1,3}}\s*+[大小]?类\s*+[，,、]?\s*+)?"
    rf"(?<!第)(?P<count>{NUMERAL}{{1,6}})\s*+[大小]?(?P<unit>项|条|件|个|宗|种|类|$)"
)
_BRACKETED = re.compile(
    rf"[（(【\[]\s*(?:共计|合计|总计|共|计)?\s*[：:]?\s*({NUMERAL}{{1,6}})\s*(?:项|条|件|个|宗|种)?\s*[）)】\]]\s*$"
)
_SECTION_LENGTH = 80  # characters; a longer text is no title


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
