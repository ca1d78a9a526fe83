"""Number formats: the text that Excel shows, column by column of the format codes that registers use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.workbook.number_format import BUILT_IN, show_number, show_text

DAY = 45047  # 2023-05-01, a Monday


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12.0, "General", "12"),
        (123456789012345.0, "General", "123456789012345"),
        (110101199001011234.0, "General", "110101199001011000"),  # a number holds 15 digits
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "General", "0.333333333"),
        (10 / 3, "General", "3.333333333"),
        (0.000012345, "General", "1.2345E-05"),
        (-5.5, "General", "-5.5"),
        (1, "000", "001"),
        (20230001, "0000-0000", "2023-0001"),
        (13800138000, "000-0000-0000", "138-0013-8000"),
        (20, '0"个工作日"', "20个工作日"),
        (20, "0\\日", "20日"),
        (15, 'G/通用格式"天"', "15天"),
        (30, "@", "30"),
        (0.125, "0.0%", "12.5%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (0.5, "#.##", ".5"),
        (2.5, "0", "3"),
        (1200000, '0!.0,"万"', "120.0万"),
        (-5, "0_);(0)", "(5)"),
        (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        (-0.2, "0", "0"),
        (0, '0;-0;"无"', "无"),
        (0, "0;-0;;@", ""),
        (86, '[>=60]"合格";"不合格"', "合格"),
        (12345, "0.00E+00", "1.23E+04"),
        (DAY, 'yyyy"年"m"月"d"日"', "2023年5月1日"),
        (DAY, 'yyyy"年"m"月"', "2023年5月"),
        (DAY, "yyyy\\-mm\\-dd", "2023-05-01"),
        (DAY, BUILT_IN[14], "2023/5/1"),
        (DAY, BUILT_IN[57], "2023年5月"),
        (DAY, "[$-F800]dddd, mmmm dd, yyyy", "2023年5月1日"),
        (DAY, "[$-804]aaaa", "星期一"),
        (DAY, "[$-804]mmmm", "五月"),
        (DAY, "[$-409]mmm-yy", "May-23"),
        (DAY, 'm"月"', "5月"),
        (DAY, '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "二〇二三年五月一日"),
        (DAY, "[$-1E000804]yyyy年m月d日", "二〇二三年五月一日"),
        (DAY + 0.5, "h:mm:ss", "12:00:00"),
        (0.75, "h:mm AM/PM", "6:00 PM"),
        (0.75, '上午/下午h"时"mm"分"', "下午6时00分"),
        (1.5, "[h]:mm", "36:00"),
        (0.5 + 0.4 / 86400, "mm:ss.0", "00:00.4"),
        (60, "yyyy/m/d", "1900/2/29"),  # a day of Excel's calendar only
        (1, "yyyy/m/d", "1900/1/1"),
        (-1, "yyyy/m/d", "-1"),
        (123, "[DBNum1]General", "一百二十三"),
        (100205, "[DBNum1][$-804]General", "一十万〇二百〇五"),
        (100000000, "[DBNum2]General", "壹亿"),
        (1005, "[DBNum1]0", "一〇〇五"),
        (0.5, "# ?/?", "0.5"),  # fractions are shown by their value
    ],
)
def test_a_number_shows_as_in_excel(value: float, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


def test_days_may_count_from_1904_and_texts_have_a_section_of_their_own() -> None:
    assert show_number(DAY - 1462, "yyyy/m/d", from_1904=True) == "2023/5/1"
    assert show_text("甲", "0;-0;0;@号") == "甲号"
    assert show_text("甲", "000") == "甲"
    assert show_text("甲", ";;;") == ""


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.text(alphabet='0#?.,%;@"[]\\_*E+-ymdhs/年Ganrl!', max_size=20),
)
def test_no_code_and_no_number_raises(value: float, code: str) -> None:
    assert isinstance(show_number(value, code) + show_text("甲", code), str)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_keep_every_digit(value: int) -> None:
    assert show_number(float(value), "General") == str(value)
    assert show_number(float(value), "#,##0").replace(",", "") == str(value)
