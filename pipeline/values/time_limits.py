"""Time limits as they are printed: 20个工作日, 六十日, 即时办结, 法定20日承诺13日.

In: text, raw or normalized. Out: :class:`TimeLimit` and :class:`LimitPart`. Refuses: to convert one unit into another
(60日 has no working days) and to add up the limits of several stages: such a text is ambiguous, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.text.numerals import number
from pipeline.values.categories import placeholder
from pipeline.values.dates import dates
from pipeline.vocabulary import Vocabulary, derived, load_vocabulary

Span = tuple[int, int]
Unit = Literal["working_day", "day", "week", "month", "year", "hour", "minute", "immediate"]

_WORKING_DAY = "(?:法定)?(?:工作日|工作天|个工日)"
_UNITS: tuple[tuple[str, Unit], ...] = (
    (_WORKING_DAY, "working_day"),
    ("(?:自然|日历|公历)?[日天]", "day"),
    ("星期|周(?![年岁])", "week"),
    ("月", "month"),
    ("年(?!度)", "year"),
    ("(?:工作)?(?:小时|钟头)", "hour"),
    ("分钟", "minute"),
)
_AMOUNT = r"(?:[0-9０-９]{1,6}(?:[.．][0-9０-９]{1,3})?|[一二两三四五六七八九十百零〇廿]{1,8}|半)"
_UNIT = "|".join(f"(?P<{name}>{pattern})" for pattern, name in _UNITS)
_STROKE = re.compile("[/／]")  # between two limits, or the two labels of a heading
_QUANTITY = re.compile(
    rf"(?<![0-9０-９.．第每上当同月])(?:(?P<low>{_AMOUNT})\s*(?:个)?\s*(?:{_WORKING_DAY}|[日天])?\s*(?:[-—~～－至到]|——)\s*)?"
    rf"(?P<amount>{_AMOUNT})\s*(?P<each>个)?\s*(?P<half>半)?\s*[（(]?(?:{_UNIT})(?P<tail>半)?"
)
_UNIT_FIRST = re.compile(rf"(?P<working_day>工作日)\s*[：:]?\s*(?P<amount>{_AMOUNT})\s*个?(?![0-9０-９年月日时个.])")
_MONTH_DAY = re.compile(
    r"[0-9０-９一二三四五六七八九十]{1,3}月(?:[0-9０-９一二三四五六七八九十]{1,3}[日号]|份|[上中下]旬|底|初)"
)
_CLAUSE_END = re.compile("[，。；;,\n]")
_LONGEST_YEARS = 100  # 2009年 is a date
_LONGEST_TEXT = 4000  # characters; a longer text is no time limit


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit. number: in ``unit``; the upper end of a range, whose lower end is ``low``; None when immediate.

    start, end: half-open span of it in ``text``. working_days: only where 工作日 is printed. ambiguous: the text states
    several limits that do not say which is the whole; number and working_days are None then.
    """

    number: float | None
    unit: Unit
    text: str
    start: int
    end: int
    working_days: float | None = None
    low: float | None = None
    ambiguous: bool = False

    @property
    def span(self) -> Span:
        """Half-open span in ``text``."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class _Words:
    immediate: re.Pattern[str]
    extension: re.Pattern[str]
    overall: re.Pattern[str]
    breakdown: re.Pattern[str]
    label: re.Pattern[str]


@derived
def _words(vocabulary: Vocabulary) -> _Words:
    def any_of(name: str) -> str:
        return "|".join(sorted(map(re.escape, vocabulary.value_words[name]), key=len, reverse=True))

    label = rf"(?:(?P<statutory>{any_of('statutory')})|(?P<promised>{any_of('promised')}))"
    return _Words(
        immediate=re.compile(any_of("immediate")),
        extension=re.compile(any_of("extension")),
        overall=re.compile(rf"(?:{any_of('overall')})[^，。；;,\n]{{0,8}}$"),
        breakdown=re.compile(any_of("breakdown")),
        label=re.compile(label + r"\s*(?:[：:为是]|不超过|在)*\s*"),
    )


def time_limit(text: str, *, unit: Unit | None = None, vocabulary: Vocabulary | None = None) -> TimeLimit | None:
    """The time limit that a text states, or None where it states none (无, 不限) or none that can be read.

    unit: what a bare number counts, where the heading says so (法定时限（工作日）). Extensions (可延长10日) do not
    count; a stated whole (共20个工作日，其中…) goes before its stages.
    """
    if not text or len(text) > _LONGEST_TEXT:
        return None
    words = _words(vocabulary or load_vocabulary())
    found = [limit for limit in _limits(text, words) if not words.extension.search(_clause_before(text, limit.start))]
    if not found:
        return _bare(text, unit)
    if len({(limit.number, limit.low, limit.unit) for limit in found}) == 1:
        return found[0]
    return _whole(text, found, words) or TimeLimit(
        None, found[0].unit, text, found[0].start, found[-1].end, ambiguous=True
    )


def _limits(text: str, words: _Words) -> Iterator[TimeLimit]:
    """Every limit in the text, in order; dates are none."""
    taken = [date.span for date in dates(text)] + [match.span() for match in _MONTH_DAY.finditer(text)]
    spots = sorted(
        [*_QUANTITY.finditer(text), *_UNIT_FIRST.finditer(text), *words.immediate.finditer(text)],
        key=lambda match: match.start(),
    )
    at = 0
    for match in spots:
        if match.start() < at or any(start < match.end() and match.start() < end for start, end in taken):
            continue
        limit = _immediate(match) if match.re is words.immediate else _limit(match)
        if limit is not None:
            at = limit.end
            yield limit


def _immediate(match: re.Match[str]) -> TimeLimit:
    return TimeLimit(None, "immediate", match.string, match.start(), match.end())


def _limit(match: re.Match[str]) -> TimeLimit | None:
    parts = match.groupdict()
    unit: Unit = next(name for _, name in _UNITS if parts.get(name))
    amount, low = _amount(parts["amount"]), _amount(parts.get("low") or "")
    if amount is None or (unit == "year" and amount >= _LONGEST_YEARS):
        return None
    # 3月 is March, 3个月 three months; 二月 likewise.
    if unit == "month" and not parts["each"] and parts["amount"] != "半":
        return None
    if parts.get("half") or parts.get("tail"):
        amount += 0.5
    end = match.end() + (match.string[match.end() : match.end() + 1] in ("）", ")") and _opens_bracket(match[0]))
    return TimeLimit(amount, unit, match.string, match.start(), end, amount if unit == "working_day" else None, low)


def _opens_bracket(text: str) -> bool:
    return "（" in text or "(" in text


def _amount(text: str) -> float | None:
    if text == "半":
        return 0.5
    plain = text.replace("．", ".")
    if re.fullmatch(r"[0-9０-９]{1,6}\.[0-9０-９]{1,3}", plain):
        return float(plain)
    value = number(text) if text else None
    return None if value is None else float(value)


def _clause_before(text: str, start: int) -> str:
    return _CLAUSE_END.split(text[max(0, start - 24) : start])[-1]


def _bare(text: str, unit: Unit | None) -> TimeLimit | None:
    plain = text.strip()
    amount = _amount(plain) if unit else None
    if unit is None or amount is None:
        return None
    start = text.index(plain)
    return TimeLimit(amount, unit, text, start, start + len(plain), amount if unit == "working_day" else None)


def _whole(text: str, found: list[TimeLimit], words: _Words) -> TimeLimit | None:
    """The limit that is said to be the whole, or the only one before 其中."""
    overall = [limit for limit in found if words.overall.search(text[max(0, limit.start - 12) : limit.start])]
    if len(overall) == 1:
        return overall[0]
    if split := words.breakdown.search(text):
        before = [limit for limit in found if limit.end <= split.start()]
        return before[0] if len(before) == 1 else None
    return None


@dataclass(frozen=True, slots=True)
class LimitPart:
    """One of the limits that a cell carries together: which, and the half-open span of its text without its label."""

    kind: Literal["statutory", "promised"]
    start: int
    end: int


def split_limits(text: str, vocabulary: Vocabulary | None = None, heading: str = "") -> tuple[LimitPart, ...]:
    """The statutory and the promised limit of a cell that carries both with their labels: 法定20日承诺13日.

    Empty unless each label stands once and has a limit (or 无) after it, and no limit stands without one (20/13). Where
    the heading itself prints the pattern (法定/承诺), a cell of two limits with a stroke between them follows it.
    """
    if len(text) > _LONGEST_TEXT:
        return ()
    vocabulary = vocabulary or load_vocabulary()
    labels = list(_words(vocabulary).label.finditer(text))
    kinds = {match.lastgroup for match in labels}
    if not labels and heading:
        return _by_heading(text, heading, vocabulary)
    if len(labels) != len(kinds) or not labels or time_limit(text[: labels[0].start()], vocabulary=vocabulary):
        return ()
    ends = [match.start() for match in labels[1:]] + [len(text)]
    parts = []
    for label, end in zip(labels, ends, strict=True):
        start, stop = _bared(text, label.end(), end)
        value = text[start:stop]
        if time_limit(value, vocabulary=vocabulary) is None and placeholder(value, vocabulary) != "none":
            return ()
        parts.append(LimitPart("statutory" if label["statutory"] else "promised", start, stop))
    return tuple(parts)


def _by_heading(text: str, heading: str, vocabulary: Vocabulary) -> tuple[LimitPart, ...]:
    """20个工作日/10个工作日 under a heading that has one stroke, between its two labels."""
    labels = list(_words(vocabulary).label.finditer(heading))
    strokes, cuts = list(_STROKE.finditer(heading)), list(_STROKE.finditer(text))
    if len(labels) != 2 or labels[0].lastgroup == labels[1].lastgroup or len(strokes) != 1 or len(cuts) != 1:
        return ()
    if not labels[0].start() < strokes[0].start() < labels[1].start():
        return ()
    spans = (_bared(text, 0, cuts[0].start()), _bared(text, cuts[0].end(), len(text)))
    for start, stop in spans:
        value = text[start:stop]
        if time_limit(value, vocabulary=vocabulary) is None and placeholder(value, vocabulary) != "none":
            return ()
    return tuple(
        LimitPart("statutory" if label["statutory"] else "promised", start, stop)
        for label, (start, stop) in zip(labels, spans, strict=True)
    )


def _bared(text: str, start: int, end: int) -> Span:
    """The span without the stops after it and without brackets around the whole of it."""
    value = text[start:end].rstrip(" \t\n　，,；;。、/|（(")
    if value[:1] in ("（", "(") and value[-1:] in ("）", ")"):
        return start + 1, start + len(value) - 1
    return start, start + len(value)
