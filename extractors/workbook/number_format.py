"""A stored number and its number format → the text that the spreadsheet shows.

In: a number and a format code (``000``, ``0"个工作日"``, ``yyyy"年"m"月"``, ``[DBNum1]General`` …), as .xlsx, .xls and
XML spreadsheets store them. Out: text. Refuses nothing: a code that is beyond it (fractions, damaged codes) shows the
number as General does, for a code can only change the looks of a number, not the number.
Source: ECMA-376 part 1, 18.8.30–31; built-in codes as a Chinese Excel shows them.

Padding (``_)``, ``*-``, ``?``) and colours are looks and give no text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from extractors.chinese_numerals import each_digit, read_out
from extractors.workbook import date_format

GENERAL = "General"
MAX_CODE = 1024  # characters; Excel itself takes 255
GENERAL_WIDTH = 11  # characters of a number with decimals that General shows, the point included
EXACT = 15  # digits that a stored number holds

_CONDITIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|[\\!](?P<escaped>.)"  # a Chinese Excel escapes with "!" too: 0!.0,"万"
    r"|(?P<padding>[_*].?)"
    r"|\[\$(?P<currency>[^\]-]*)(?:-(?P<locale>[^\]]*))?\]"
    r"|\[(?P<elapsed>h+|m+|s+)\]"
    r"|\[DBNum(?P<numerals>[1-3])\]"
    r"|\[(?P<test><=|>=|<>|<|>|=)(?P<limit>-?[\d.]+)\]"
    r"|(?P<bracket>\[[^\]]*\])"
    r"|(?P<general>General|G/通用格式)"
    r"|(?P<halfday>AM/PM|A/P|上午/下午)"
    r"|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|a{3,4}|e+|g+|b\d?)"
    r"|(?P<digit>[0#?])"
    r"|(?P<sign>[.,%/@])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format code between semicolons. tokens: (kind, text), kinds as the groups of ``_TOKEN``."""

    tokens: tuple[tuple[str, str], ...]
    test: tuple[str, float] | None = None
    numerals: int = 0  # 1–3: [DBNum1] to [DBNum3]
    date: date_format.DateFormat | None = None

    def has(self, *kinds: str) -> bool:
        """Whether a token of one of these kinds stands in the section."""
        return any(kind in kinds for kind, _ in self.tokens)


@lru_cache(maxsize=4096)
def show_number(value: float, code: str = GENERAL, *, from_1904: bool = False) -> str:
    """The text that a cell with this number and format code shows. from_1904: the workbook counts days from 1904."""
    if code == GENERAL or len(code) > MAX_CODE:
        return general(value)
    section, shown = _choose(_sections(code), value)
    if section is None:
        return general(value)
    if section.date is not None:
        text = date_format.show(value, section.date, from_1904=from_1904)
        return general(value) if text is None else text
    if section.has("general"):
        return _with_literals(section, general(shown))
    if ("sign", "/") in section.tokens and section.has("digit"):
        return general(value)  # fractions: the decimal number is the same value
    if not section.has("digit") and ("sign", "@") in section.tokens:
        return _with_literals(section, general(value))
    return _show_digits(section, shown)


def show_text(text: str, code: str) -> str:
    """The text that a cell with a text and a format code shows: the fourth section, or the text as it is."""
    if ("@" not in code and code.count(";") < 3) or len(code) > MAX_CODE:
        return text
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else next((s for s in sections if ("sign", "@") in s.tokens), None)
    return text if section is None else _with_literals(section, text)


def general(value: float) -> str:
    """A number as the format General shows it, whole numbers with all their digits instead of an exponent."""
    if value == 0:
        return "0"
    if abs(value) < 10**EXACT and value == int(value):
        return str(int(value))
    if abs(value) < 1e20 and value == int(value):
        return str(int(Decimal(f"{value:.{EXACT}g}")))
    if 1e-4 <= abs(value) < 1e11:
        decimals = max(0, GENERAL_WIDTH - 1 - len(str(int(abs(value)))))
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if decimals else text
    mantissa, _, exponent = f"{value:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[Section, ...]:
    sections: list[Section] = []
    tokens: list[tuple[str, str]] = []
    facts: dict[str, str] = {}
    for kind, text in (*_tokens(code), ("other", ";")):
        if kind == "other" and text == ";":
            sections.append(_section(tokens, facts))
            tokens, facts = [], {}
        elif kind in ("numerals", "test", "limit", "locale"):
            facts[kind] = text
        elif kind not in ("padding", "bracket"):
            tokens.append((kind, text))
    return tuple(sections)


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(code):
        for kind, text in match.groupdict().items():
            if text is not None and (text or kind == "quoted"):
                literal = kind in ("quoted", "escaped", "currency")
                yield ("literal" if literal else kind), text


def _section(tokens: list[tuple[str, str]], facts: dict[str, str]) -> Section:
    try:
        test = (facts["test"], float(facts["limit"])) if "test" in facts else None
    except ValueError:
        test = None
    locale = facts.get("locale", "")
    numerals = int(facts.get("numerals", 0)) or date_format.numeral_style(locale)
    is_date = date_format.long_form(locale) or any(kind in ("date", "elapsed", "halfday") for kind, _ in tokens)
    date = date_format.DateFormat.of(tokens, locale, numerals) if is_date else None
    return Section(tuple(tokens), test, numerals, date)


def _choose(sections: tuple[Section, ...], value: float) -> tuple[Section | None, float]:
    """The section for a number and the number that it shows: unsigned where the section stands for negatives."""
    numeric = sections[:3]
    if any(section.test for section in numeric):
        for section in numeric:
            if section.test is None or _CONDITIONS[section.test[0]](value, section.test[1]):
                negatives_only = section.test is not None and "<" in section.test[0] and section.test[1] <= 0
                return section, abs(value) if negatives_only else value
        return None, value
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value
    if value == 0 and len(numeric) > 2:
        return numeric[2], value
    return numeric[0], value


def _with_literals(section: Section, text: str) -> str:
    """The literals of a section around a text that stands for General or @."""
    shown = read_out(text, section.numerals) if section.numerals else text
    places = {("general", t) for t in ("General", "G/通用格式")}
    return "".join(
        shown if (kind, token) in places or kind == "general" or (kind, token) == ("sign", "@") else token
        for kind, token in section.tokens
        if kind in ("literal", "general", "sign", "other")
    )


def _show_digits(section: Section, value: float) -> str:
    shape = _Shape.of(section)
    try:
        number = Decimal(f"{abs(value):.{EXACT}g}").scaleb(2 * shape.percents - 3 * shape.scale)
        exponent = 0
        if shape.exponent and number:
            exponent = number.adjusted() - number.adjusted() % max(1, shape.whole)
            number = number.scaleb(-exponent)
        number = number.quantize(Decimal(1).scaleb(-shape.decimals), ROUND_HALF_UP)
    except InvalidOperation:
        return general(value)
    whole, _, fraction = format(number, "f").partition(".")
    text = "".join(_fill(section.tokens, shape, whole.lstrip("0"), fraction, exponent))
    sign = "-" if value < 0 and (number or not section.has("digit")) else ""
    return sign + (each_digit(text, section.numerals) if section.numerals else text)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the placeholders of a section ask for."""

    whole: int  # placeholders before the decimal point
    decimals: int
    percents: int
    scale: int  # trailing commas: thousands cut off
    grouped: bool
    exponent: bool

    @classmethod
    def of(cls, section: Section) -> _Shape:
        # Only placeholders, point, commas and the exponent sign decide the shape; literals may stand between them.
        signs = "".join(
            "E" if kind == "exponent" else text
            for kind, text in section.tokens
            if kind in ("digit", "exponent") or (text in (".", ",", "%") and kind == "sign")
        )
        mantissa = signs.partition("E")[0].replace("%", "")
        whole, _, decimals = mantissa.partition(".")
        inner = whole.rstrip(",")
        return cls(
            whole=sum(c in "0#?" for c in whole),
            decimals=sum(c in "0#?" for c in decimals),
            percents=signs.count("%"),
            scale=len(whole) - len(inner) + decimals.count(","),
            grouped="," in inner,
            exponent="E" in signs,
        )


def _fill(
    tokens: tuple[tuple[str, str], ...], shape: _Shape, whole: str, fraction: str, exponent: int
) -> Iterator[str]:
    """The section's text from left to right: each placeholder gives its digits, literals stand where they stand."""
    left, at, state = shape.whole, 0, "whole"
    for kind, text in tokens:
        if kind == "digit" and state == "whole":
            left -= 1
            first = left == shape.whole - 1
            yield _whole_digits(text, whole, left, first=first, grouped=shape.grouped)
        elif kind == "digit" and state == "fraction":
            rest = fraction[at:].rstrip("0")
            yield fraction[at] if rest or text == "0" else ""
            at += 1
        elif kind == "digit" and state == "exponent":
            state = "done"
            width = sum(k == "digit" for k, _ in tokens) - shape.whole - shape.decimals
            yield str(abs(exponent)).rjust(width, "0")
        elif (kind, text) == ("sign", "."):
            yield "" if state != "whole" else (whole if not shape.whole else "") + "."
            state = "fraction"
        elif kind == "exponent":
            state = "exponent"
            yield "E" + ("-" if exponent < 0 else "+" if text[1] == "+" else "")
        elif kind in ("literal", "other") or (kind, text) in (("sign", "%"), ("sign", "/")):
            yield text


def _whole_digits(placeholder: str, whole: str, left: int, *, first: bool, grouped: bool) -> str:
    """The digits of one placeholder with ``left`` more to its right; the first one takes all that is left over."""
    end = max(0, len(whole) - left)
    digits = whole[:end] if first else whole[max(0, end - 1) : end]
    if not digits and placeholder == "0":
        digits = "0"
    if not grouped or not digits:
        return digits
    marked = ""
    for offset, digit in enumerate(digits):
        position = len(digits) - 1 - offset + left
        marked += digit + ("," if position and position % 3 == 0 else "")
    return marked


_SHORT_DATE = "yyyy/m/d"
_YEAR_MONTH, _MONTH_DAY, _YEAR_MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_TIME, _TIME_SECONDS = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'

# Codes of the format numbers that a file need not spell out; those of dates as Excel shows them in China.
BUILT_IN: dict[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: "¥#,##0;¥-#,##0", 6: "¥#,##0;¥-#,##0", 7: "¥#,##0.00;¥-#,##0.00", 8: "¥#,##0.00;¥-#,##0.00",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: _SHORT_DATE, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: f"{_SHORT_DATE} h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _YEAR_MONTH_DAY,
    32: _TIME, 33: _TIME_SECONDS, 34: f"上午/下午{_TIME}", 35: f"上午/下午{_TIME_SECONDS}", 36: _YEAR_MONTH,
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 55: f"上午/下午{_TIME}",
    56: f"上午/下午{_TIME_SECONDS}", 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
