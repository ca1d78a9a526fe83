"""Numbers in every script that a register prints, and the markers of items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.numerals import MarkerStyle, item_marker, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二○○九", 2009), ("二〇〇九", 2009), ("十二", 12), ("一百三十三", 133), ("两", 2), ("廿三", 23), ("１２", 12),
        ("12", 12), ("壹拾贰", 12), ("①", 1), ("⑳", 20), ("Ⅳ", 4), ("IV", 4), ("iv", 4), ("(三)", 3), ("㈠", 1),
        ("⒈", 1), ("一百零五", 105), ("三万五千", 35000), ("二千万", 20_000_000), ("3.", 3),
        ("二三", None), ("1.5", None), ("十十", None), ("万", None), ("一甲", None), ("IIII", None), ("", None),
        ("9" * 25, None),
    ],
)  # fmt: skip
def test_reads_a_number(text: str, value: int | None) -> None:
    assert number(text) == value


def written(value: int) -> str:
    """The number in Chinese, up to 9999."""
    digits, text, gap = "〇一二三四五六七八九", "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, scale)
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + name
            gap = False
        else:
            gap = True
    return text


@given(st.integers(1, 9999))
def test_reads_back_what_is_written(value: int) -> None:
    assert number(written(value)) == value
    assert number(str(value)) == value


@given(st.text(max_size=12))
def test_never_raises_on_any_text(text: str) -> None:
    found = item_marker(text)
    assert found is None or 0 < found.length <= len(text)
    assert (number(text) or 0) >= 0


@pytest.mark.parametrize(
    ("line", "style", "value", "rest"),
    [
        ("一、行政许可", MarkerStyle.CHINESE, 1, "行政许可"),
        ("（十二）申请", MarkerStyle.CHINESE_BRACKET, 12, "申请"),
        ("㈢申请", MarkerStyle.CHINESE_BRACKET, 3, "申请"),
        ("1. 申请", MarkerStyle.ARABIC, 1, "申请"),
        ("2、申请", MarkerStyle.ARABIC, 2, "申请"),
        ("１２．申请", MarkerStyle.ARABIC, 12, "申请"),
        ("(3)申请", MarkerStyle.ARABIC_BRACKET, 3, "申请"),
        ("4）申请", MarkerStyle.ARABIC_BRACKET, 4, "申请"),
        ("⑤申请", MarkerStyle.CIRCLED, 5, "申请"),
        ("❻申请", MarkerStyle.CIRCLED, 6, "申请"),
        ("B.申请", MarkerStyle.LETTER, 2, "申请"),
        ("第十条 申请", MarkerStyle.ARTICLE, 10, "申请"),
        ("● 申请", MarkerStyle.BULLET, 0, "申请"),
        ("——申请", MarkerStyle.BULLET, 0, "申请"),
    ],
)
def test_finds_the_marker_of_an_item(line: str, style: MarkerStyle, value: int, rest: str) -> None:
    found = item_marker(line)
    assert found is not None
    assert (found.style, found.number, line[found.length :]) == (style, value, rest)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "1.5倍罚款",
            "（三）项规定",
            "（三）、（四）项",
            "(2019)第3号",
            "2009.6.23",
            "三、四项",
            "1、2项",
            "27、28号",
        ),
        *("A级", "一般", "——", "-5", ""),
    ],
)
def test_takes_no_decimal_reference_or_date_for_a_marker(line: str) -> None:
    assert item_marker(line) is None
