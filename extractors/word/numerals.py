"""Writes a list number the way a w:numFmt asks for.

In: a number and the name of a number format. Out: the characters that Word prints. Refuses nothing: a number that a
format has no sign for is printed in Arabic digits, as Word does.

Source: ECMA-376 part 1, 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from extractors.chinese_numerals import in_words

_HAN_DIGITS: Final = "〇一二三四五六七八九"
_FORMAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_HEAVENLY_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_EARTHLY_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAX_REPEATS: Final = 30
_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def numeral(number: int, number_format: str) -> str:
    """The printed form of ``number`` in a w:numFmt such as "chineseCounting"; unknown formats print Arabic digits."""
    write = _WRITERS.get(number_format)
    return str(number) if write is None or number < 0 else write(number)


def padded(number: int, pattern: str) -> str:
    """The printed form in a custom format, which is given by its first members: "001, 002, 003, …"."""
    first = pattern.split(",")[0].strip()
    return str(number).zfill(len(first)) if first.isdigit() else str(number)


def circled(number: int) -> str:
    """① to ㊿, or Arabic digits beyond."""
    for first, last, code in ((0, 0, 0x24EA), (1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return str(number)


def _roman(number: int) -> str:
    if not 0 < number < 10_000:
        return str(number)
    signs = []
    for size, sign in _ROMAN:
        count, number = divmod(number, size)
        signs.append(sign * count)
    return "".join(signs)


def _letters(number: int) -> str:
    """A … Z, AA, BB …: Word repeats the letter, it does not count on to AB."""
    repeats, index = divmod(number - 1, len(_LETTERS))
    return _LETTERS[index] * (repeats + 1) if 0 <= repeats < _MAX_REPEATS else str(number)


def _digits(number: int) -> str:
    return "".join(_HAN_DIGITS[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    """一 … 九十九, then digit by digit with 〇."""
    return in_words(number, _HAN_DIGITS, "十百千", drop_leading_one=True) if number < 100 else _digits(number)


def _thousands(number: int) -> str:
    return in_words(number, "零" + _HAN_DIGITS[1:], "十百千", drop_leading_one=True)


def _japanese(number: int) -> str:
    """As the thousands, but without 零 and without 一 before 百 and 千."""
    words = in_words(number, "零" + _HAN_DIGITS[1:], "十百千", drop_leading_one=True)
    return words.replace("零", "").replace("一百", "百").replace("一千", "千") or "〇"


def _formal(number: int) -> str:
    return in_words(number, _FORMAL_DIGITS, "拾佰仟", drop_leading_one=False)


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _from_block(first: int, count: int) -> Callable[[int], str]:
    """Signs that stand one after another in Unicode from ``first``."""
    return lambda number: chr(first + number - 1) if 1 <= number <= count else str(number)


def _from_signs(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


_WRITERS: Final[dict[str, Callable[[int], str]]] = {
    "none": lambda _: "",
    "bullet": lambda _: "",  # a level that prints a sign has no number for the levels below it
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": _from_block(0x2474, 20),
    "decimalEnclosedFullstop": _from_block(0x2488, 20),
    "numberInDash": lambda number: f"- {number} -",
    "ordinal": _ordinal,
    "hex": lambda number: f"{number:X}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": _japanese,
    "chineseLegalSimplified": _formal,
    "ideographTraditional": _from_signs(_HEAVENLY_STEMS),
    "ideographZodiac": _from_signs(_EARTHLY_BRANCHES),
    "ideographEnclosedCircle": _from_block(0x3280, 10),
}
