"""Numbers written in Chinese numerals, as Word's lists and the number formats [DBNum1] to [DBNum3] of Excel show them.

In: digits or a whole number. Out: text. Refuses nothing: what has no Chinese numeral stays as it is.
Source: ECMA-376 part 1, 17.18.59 (ST_NumberFormat) and part 4, 18.8.31 (number formats), and what Office prints.
"""

from __future__ import annotations

_DIGITS = {1: "〇一二三四五六七八九", 2: "零壹贰叁肆伍陆柒捌玖", 3: "０１２３４５６７８９"}
_UNITS = {1: "十百千", 2: "拾佰仟"}
_MYRIADS = ((10**12, "兆"), (10**8, "亿"), (10**4, "万"))
_LONGEST = 16  # digits; a longer number is read digit by digit


def each_digit(text: str, style: int) -> str:
    """Every ASCII digit replaced, the rest kept: 2023 → 二〇二三 (style 1), 贰零贰叁 (2), ２０２３ (3)."""
    return text.translate(str.maketrans("0123456789", _DIGITS[style])) if style in _DIGITS else text


def read_out(text: str, style: int) -> str:
    """A plain decimal number as it is read: 120 → 一百二十. Style 3, exponents, 17 digits and more: digit by digit."""
    whole, point, rest = text.lstrip("-").partition(".")
    if style not in _UNITS or not whole.isdigit() or len(whole) > _LONGEST:
        return each_digit(text, style)
    sign = "-" if text.startswith("-") else ""
    return sign + in_words(int(whole), _DIGITS[style], _UNITS[style]) + ("." if point else "") + each_digit(rest, style)


def read_short(number: int, style: int) -> str:
    """A month, day, hour …: as read out, but ten to nineteen without the leading one: 十二."""
    return (
        in_words(number, _DIGITS[style], _UNITS[style], drop_leading_one=style == 1)
        if style in _UNITS
        else (each_digit(str(number), style))
    )


def in_words(number: int, digits: str, units: str, *, drop_leading_one: bool = False) -> str:
    """A whole number below 10^16 in words. digits: the signs of 0 to 9; units: those of 10, 100, 1000.

    drop_leading_one: ten to nineteen begin with the ten itself (十二), as in lists.
    """
    if number == 0:
        return digits[0]
    for size, sign in _MYRIADS:
        if number >= size:
            upper, lower = divmod(number, size)
            head = in_words(upper, digits, units, drop_leading_one=drop_leading_one) + sign
            gap = digits[0] if 0 < lower < size // 10 else ""
            return head + gap + (in_words(lower, digits, units) if lower else "")
    words = ""
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            words += digits[digit] + (units[power - 1] if power else "")
        elif words and not words.endswith(digits[0]):
            words += digits[0]
    words = words.rstrip(digits[0])
    short = drop_leading_one and words.startswith(digits[1] + units[0])
    return words.removeprefix(digits[1]) if short else words
