"""Numbers written in Chinese numerals, as the number formats [DBNum1] to [DBNum3] of a spreadsheet show them.

In: digits or a whole number. Out: text. Refuses nothing: what has no Chinese numeral stays as it is.
Source: ECMA-376 part 4, 18.8.31 (number formats), and what Excel prints.
"""

from __future__ import annotations

_DIGITS = {1: "〇一二三四五六七八九", 2: "零壹贰叁肆伍陆柒捌玖", 3: "０１２３４５６７８９"}
_TENS = {1: ("", "十", "百", "千"), 2: ("", "拾", "佰", "仟")}
_MYRIADS = ("", "万", "亿", "兆")


def each_digit(text: str, style: int) -> str:
    """Every ASCII digit replaced, the rest kept: 2023 → 二〇二三 (style 1), 贰零贰叁 (2), ２０２３ (3)."""
    return text.translate(str.maketrans("0123456789", _DIGITS[style])) if style in _DIGITS else text


def read_out(text: str, style: int) -> str:
    """A plain decimal number as it is read: 120 → 一百二十. Style 3, exponents, 17 digits and more: digit by digit."""
    whole, point, rest = text.lstrip("-").partition(".")
    if style not in _TENS or not whole.isdigit() or len(whole) > 4 * len(_MYRIADS):
        return each_digit(text, style)
    sign = "-" if text.startswith("-") else ""
    return sign + _read_whole(whole, style) + ("." if point else "") + each_digit(rest, style)


def read_short(number: int, style: int) -> str:
    """A month, day, hour …: as read out, but ten to nineteen without the leading one: 十二."""
    text = read_out(str(number), style)
    return text[1:] if style == 1 and 10 <= number < 20 else text


def _read_whole(digits: str, style: int) -> str:
    zero = _DIGITS[style][0]
    text, gap = "", False
    for offset, digit in enumerate(digits):
        position = len(digits) - 1 - offset
        if digit == "0":
            gap = bool(text)
        else:
            text += (zero if gap else "") + _DIGITS[style][int(digit)] + _TENS[style][position % 4]
            gap = False
        if position % 4 == 0 and digits[max(0, offset - 3) : offset + 1].strip("0"):
            text += _MYRIADS[position // 4]
    return text or zero
