"""Numbers as Chinese documents print them, and the markers that open an item of a list.

In: text, raw or normalized. Out: int (:func:`number`), or an :class:`ItemMarker` with its style and length.
Refuses nothing: what is no number is None. Digits are grammar, so they stand here and not in vocab/.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = {character: value for value, row in enumerate((
    "〇零○", "一壹弌", "二贰两貳弍", "三叁參叄弎", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖",
)) for character in row}  # fmt: skip
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十"}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN_SHAPE = re.compile(r"(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_BRACKETS = str.maketrans("", "", "()（）[]［］【】〔〕. 　")
_LONGEST = 24  # characters; a longer run of digits is a code, never a number

NUMERAL = "[0-9０-９" + "".join((*_DIGITS, *_SCALES, *_TENS, *_MYRIADS)) + "]"


def number(text: str) -> int | None:
    """The whole number that a text is, or None: 二○○九 → 2009, 一百三十三 → 133, Ⅳ → 4, ① → 1, (三) → 3, 廿 → 20.

    Surrounding brackets, blanks and full stops do not count. A decimal, a list or a word is None.
    """
    if not 0 < len(text) <= _LONGEST:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    if plain.isascii():
        return int(plain) if plain.isdigit() and "." not in text.strip(". ") else _roman(plain)
    for short, long in _TENS.items():
        plain = plain.replace(short, long)
    if all(character in _DIGITS for character in plain):
        return _digit_by_digit(plain)
    return _positional(plain)


def _digit_by_digit(text: str) -> int | None:
    # 二〇〇九 is read digit by digit; 二三 alone is an enumeration ("two or three"), not 23.
    if len(text) in (2, 3) and not any(_DIGITS[character] == 0 for character in text):
        return None
    return int("".join(str(_DIGITS[character]) for character in text)) if text else None


def _positional(text: str) -> int | None:
    """The value of a number written with 十 百 千 万 亿, or None where it is not well formed."""
    total = section = 0
    digit: int | None = None
    last_scale = last_myriad = 10**12
    for character in text:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
        elif character in _SCALES:
            scale = _SCALES[character]
            if scale >= last_scale or (digit is None and section):
                return None
            section, digit, last_scale = section + (1 if digit is None else digit) * scale, None, scale
        elif character in _MYRIADS:
            myriad = _MYRIADS[character]
            section += digit or 0
            if myriad >= last_myriad or not section:
                return None
            total, section, digit, last_scale, last_myriad = total + section * myriad, 0, None, 10**12, myriad
        else:
            return None
    return total + section + (digit or 0)


def _roman(text: str) -> int | None:
    text = text.upper()
    if not _ROMAN_SHAPE.fullmatch(text):
        return None
    values = [_ROMAN[letter] for letter in text]
    return sum(-v if v < next_ else v for v, next_ in zip(values, [*values[1:], 0], strict=True))


class MarkerStyle(StrEnum):
    """How an item of a list is marked, from the outermost usual level to the innermost."""

    ARTICLE = "article"  # 第一条
    CHINESE = "chinese"  # 一、
    CHINESE_BRACKET = "chinese bracket"  # （一）
    ARABIC = "arabic"  # 1. 1、
    ARABIC_BRACKET = "arabic bracket"  # （1） 1）
    CIRCLED = "circled"  # ①
    LETTER = "letter"  # A. a)
    WORDED = "worded"  # 一是 二是
    BULLET = "bullet"  # ● ——


@dataclass(frozen=True, slots=True)
class ItemMarker:
    """The marker at the head of a line. number: its value, 0 for a bullet. length: of marker and following blanks."""

    style: MarkerStyle
    number: int
    length: int


_CHINESE = "[一二三四五六七八九十百〇零]{1,4}"
# A bracketed number before 项, 款, 目 or another bracket of a list is a reference (第（三）、（四）项), not an item.
_NO_REFERENCE = r"(?!\s*(?:项|款|目|至|[、和及或][（(]))"
_MARKERS = tuple(
    (style, re.compile(pattern))
    for style, pattern in (
        (MarkerStyle.ARTICLE, rf"第({_CHINESE}|[0-9０-９]{{1,3}})[条章节]"),
        (MarkerStyle.CHINESE, rf"({_CHINESE})[、．.](?!{_CHINESE}[项款目条])"),
        (MarkerStyle.CHINESE_BRACKET, rf"(?:[（(]({_CHINESE})[）)]|([㈠-㈩])){_NO_REFERENCE}"),
        (MarkerStyle.ARABIC_BRACKET, rf"(?:[（(]?([0-9０-９]{{1,2}})[）)]|([⑴-⒇])){_NO_REFERENCE}"),
        (
            MarkerStyle.ARABIC,
            r"(?:([0-9０-９]{1,3})(?:[、]|[．.](?![0-9０-９]))|([⒈-⒛]))(?![0-9０-９]+[项款目条章节号])",
        ),
        (MarkerStyle.CIRCLED, r"([①-⑳❶-❿㊀-㊉])"),
        (MarkerStyle.LETTER, r"([A-Za-zＡ-Ｚａ-ｚ])(?:[、．]|[.)）](?=\s|[^\x00-\x7f]))"),
        (MarkerStyle.WORDED, r"([一二三四五六七八九十]{1,2})是(?=\S)"),
        (MarkerStyle.BULLET, r"()(?:[●•■◆▲►➢➤✓√☑☒☐□※◎]|[—–-]{1,2}\s|——(?=[^—\d]))"),
    )
)
_FILLED = {character: value for value, character in enumerate("❶❷❸❹❺❻❼❽❾❿", 1)}


def item_marker(line: str) -> ItemMarker | None:
    """The marker that a line begins with, or None: 一、 （一） 1. (1) ① A. 第一条 ●. Leading blanks are no part of it.

    1.5 is a decimal, （三）项 and 第（三）、（四）项 are references, 2009. is a year: none of these is a marker.
    """
    for style, pattern in _MARKERS:
        if match := pattern.match(line):
            return ItemMarker(style, _marker_number(style, match), _with_blanks(line, match.end()))
    return None


_DOTTED = re.compile(r"(\d{1,2})[.．](\d{1,2})(?![\d.．]*\d)[、.．]?\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class DottedMarker:
    """The marker of a sub-item, 2.1: the item and the sub-item in it. length: of marker and following blanks."""

    item: int
    sub_item: int
    length: int

    def follows(self, before: DottedMarker | None) -> bool:
        """Whether it is the next of a list: 1.1 first, 2.2 or 3.1 after 2.1."""
        if before is None:
            return (self.item, self.sub_item) == (1, 1)
        return (self.item, self.sub_item) in ((before.item, before.sub_item + 1), (before.item + 1, 1))


def dotted_marker(line: str) -> DottedMarker | None:
    """The 2.1 that a line begins with, or None. It may be a decimal: only a list that goes on tells."""
    match = _DOTTED.match(line)
    return DottedMarker(int(match[1]), int(match[2]), match.end()) if match else None


def _with_blanks(line: str, end: int) -> int:
    return len(line) - len(line[end:].lstrip(" 　\t"))


def _marker_number(style: MarkerStyle, match: re.Match[str]) -> int:
    printed = next((group for group in match.groups() if group), "")
    if style is MarkerStyle.LETTER:
        return ord(unicodedata.normalize("NFKC", printed).upper()) - 64
    return _FILLED.get(printed) or number(printed) or 0
