"""What is settled by where ink and white are: widths, dashes, pairs, item numbers; and what is doubted."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.scan.belonging import ReadLine, without_spots
from extractors.scan.doubts import doubted
from extractors.scan.glyph_pairs import agreeing
from extractors.scan.glyph_shapes import SUSPECTED, Sign, settled
from extractors.scan.ink import InkBox, ink_boxes
from extractors.scan.line_marks import UNREAD, lone_bar, unread_mark, with_tails
from extractors.scan.paper import clean, skew
from extractors.scan.recognizer import is_usual
from extractors.scan.rule_lines import rule_lines
from extractors.scan.text_lines import Strip, cell_lines, usual_height
from tests.drawing.picture import skewed

SIZE = 20  # pixels of a character


def line(text: str, narrow: str = "") -> list[Sign]:
    """Signs set as a printer sets them: Chinese ones and their punctuation one size wide, ``narrow`` and Latin half."""
    signs, x = [], 0.0
    for character in text:
        half = character in narrow or (character.isascii())
        width = SIZE / 2 if half else SIZE
        left, right = {"（": (0.6, 0.95), "）": (0.05, 0.4)}.get(
            character, (0.05, 0.4) if not half and character in "，：；。" else (0.08, 0.92)
        )
        box = InkBox(round(x + left * width), 2, round(x + right * width), 18)
        signs.append(Sign(character.translate(str.maketrans("（），：；", "(),:;")), x + width / 2, 0.99, box))
        x += width
    return signs


def text(signs: list[Sign]) -> str:
    return "".join(sign.text for sign in signs)


@pytest.mark.parametrize(
    "printed", ["取水许可（市级）的审批，依法办理；当场办结：立即", "取水许可(市级)的审批", "共3项(含1项)、5万元"]
)
def test_signs_are_as_wide_as_they_are_printed(printed: str) -> None:
    (read,) = agreeing([settled(line(printed), SIZE)])
    assert text(read) == printed


def test_a_bracket_at_the_end_of_a_line_is_as_wide_as_its_partner() -> None:
    first, second = line("（取水"), line("许可）")
    above, below = agreeing([settled(first, SIZE), settled(second, SIZE)])
    assert text(above + below) == "（取水许可）"


def test_a_ring_is_a_full_stop_and_a_zero_a_zero() -> None:
    ring = Sign("0", 110, 0.9, InkBox(102, 12, 109, 18))
    assert text(settled([*line("依法办理"), ring], SIZE)).endswith("。")
    assert text(settled(line("共20项"), SIZE)) == "共20项"


def test_quotation_marks_open_and_close_by_turns() -> None:
    (read,) = agreeing([line("实行“双人双岗“审核")])
    assert text(read) == "实行“双人双岗”审核"
    assert read[7].confidence <= SUSPECTED


def test_item_numbers_are_circled_like_their_neighbours() -> None:
    (read,) = agreeing([line("①公开办事；2接受监督；③定期轮岗")])
    assert text(read) == "①公开办事；②接受监督；③定期轮岗".replace("；", ";")
    (read,) = agreeing([line("3日内办结")])
    assert text(read) == "3日内办结"


def test_what_lost_its_partner_or_stands_beside_a_gap_is_doubted() -> None:
    (read,) = doubted([line("第《水法》（一条")], SIZE)
    assert [sign.text for sign in read if sign.confidence <= SUSPECTED] == ["("]
    figures = [
        Sign(c, 10 * n + (8 if n > 3 else 0), 0.99, InkBox(10 * n, 2, 10 * n + 9, 18)) for n, c in enumerate("05701234")
    ]
    (read,) = doubted([figures], SIZE)
    assert [sign.text for sign in read if sign.confidence <= SUSPECTED] == ["0", "1"]


def test_a_chinese_character_that_is_gone_leaves_a_doubt_and_words_set_apart_do_not() -> None:
    signs = [sign for sign in line("依照水法第四十八条第一款的规定办理") if sign.text != "一"]
    (read,) = doubted([signs], SIZE)
    assert [sign.text for sign in read if sign.confidence <= SUSPECTED] == ["第", "款"]
    names = [sign for sign in line("张三、李四、王五、赵六、孙七") if sign.text != "、"]
    (read,) = doubted([names], SIZE)
    assert min(sign.confidence for sign in read) > SUSPECTED


def bar(width: int, swelling: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    picture = np.full((30, 60), 255, np.uint8)
    picture[14:16, 20 : 20 + width] = 0
    picture[14 - swelling : 16, 20 + width - 3 : 20 + width] = 0
    return picture


def test_a_lone_stroke_is_a_dash_or_the_numeral_by_its_shape_and_never_sure() -> None:
    dash, numeral = lone_bar(bar(20, 0), [], SIZE), lone_bar(bar(20, 3), [], SIZE)
    assert dash is not None and (dash.text, dash.confidence) == ("—", SUSPECTED)
    assert numeral is not None and (numeral.text, numeral.confidence) == ("一", SUSPECTED)
    character = bar(20, 0)
    character[8:22, 28:31] = 0
    assert lone_bar(character, [Sign("十", 30, 0.9)], SIZE) is None


@pytest.mark.parametrize(("width", "gaps", "dash"), [(20, 1, True), (20, 4, False), (5, 1, False), (40, 1, False)])
def test_a_level_stroke_in_crumbs_is_no_letters(width: int, gaps: int, dash: bool) -> None:
    crumbs = bar(width, 0)
    for x in range(20, 20 + width, gaps + 2):
        crumbs[14:16, x : x + gaps] = 255
    letters = [Sign("N", 24, 0.3), Sign("H", 32, 0.4)]
    read = lone_bar(crumbs, letters, SIZE)
    assert (read is not None and read.text == "—") is dash


@pytest.mark.parametrize(
    ("tail", "confidence", "after", "meant"),
    [
        (3, 0.9, "（", "；"),
        (0, 0.9, "（", "："),
        (3, 0.99, "（", "："),  # believed
        (3, 0.9, "“", "："),
    ],
)
def test_a_colon_the_lower_mark_of_which_has_a_tail_is_a_semicolon(
    tail: int, confidence: float, after: str, meant: str
) -> None:
    picture = np.full((24, 60), 255, np.uint8)
    picture[6:9, 20:23] = picture[15:18, 20:23] = 0
    picture[18 : 18 + tail, 21:23] = 0
    signs = [Sign("：", 21, confidence, InkBox(20, 6, 23, 18 + tail)), Sign(after, 40, 0.99, InkBox(36, 2, 44, 20))]
    (read, _) = with_tails(picture, signs)
    assert read.text == meant and (read.confidence <= SUSPECTED) is (meant == "；")


@pytest.mark.parametrize(("sign", "top", "meant"), [(".", 14, "，"), ("·", 14, "，"), ("·", 8, "·")])
def test_a_low_point_between_characters_is_a_comma_that_lost_its_tail(sign: str, top: int, meant: str) -> None:
    before, after = line("甲"), [Sign("乙", 50, 0.99, InkBox(42, 2, 58, 18))]
    read = settled([*before, Sign(sign, 24, 0.9, InkBox(22, top, 25, top + 3)), *after], SIZE)
    assert read[1].text == meant


def test_a_brace_is_the_bracket_that_its_partner_is() -> None:
    (read,) = agreeing([line("国发{1987）")])
    assert text(read) in ("国发（1987）", "国发(1987)") and read[2].confidence <= SUSPECTED
    (read,) = agreeing([line("国发（1987}")])
    assert text(read) in ("国发（1987）", "国发(1987)") and read[-1].confidence <= SUSPECTED


def test_a_letter_too_narrow_for_itself_is_the_bracket_that_it_looks_like() -> None:
    bracket, letter = Sign("C", 5, 0.9, InkBox(3, 2, 8, 18)), Sign("C", 5, 0.9, InkBox(0, 2, 12, 18))
    assert text(settled([bracket], SIZE)) == "（" and text(settled([letter], SIZE)) == "C"
    assert text(settled([bracket, Sign("3", 15, 0.9, InkBox(12, 2, 20, 18))], SIZE)) == "C3"


def test_a_quotation_mark_at_the_end_closes_and_one_after_a_colon_opens() -> None:
    (read,) = agreeing([line("不予许可。“。")])
    assert text(read) == "不予许可。”。"
    (read,) = agreeing([line("规定”：”不予许可”")])
    assert text(read).replace(":", "：") == "规定“：“不予许可”"


def test_a_spot_by_itself_is_no_text_but_a_mark_below_the_beginning_of_a_line_is() -> None:
    above = ReadLine(Strip(100, 20, 400, 40), 95, line("不予许可"), SIZE)
    mark = Sign("。", 5, 0.6, InkBox(5, 12, 12, 18))
    last = ReadLine(Strip(100, 52, 107, 58), 95, [mark], SIZE)
    spot = ReadLine(Strip(300, 52, 307, 58), 295, [mark], SIZE)
    crumb = ReadLine(Strip(600, 52, 607, 58), 595, [Sign("1", 5, 0.99, InkBox(5, 12, 7, 18))], SIZE)
    figure = ReadLine(Strip(700, 50, 707, 66), 695, [Sign("1", 5, 0.99, InkBox(5, 2, 9, 17))], SIZE)
    dash = ReadLine(Strip(800, 50, 808, 52), 795, [Sign("-", 5, 0.6, InkBox(5, 12, 13, 14))], SIZE)
    no_dash = ReadLine(Strip(900, 50, 902, 62), 895, [Sign("一", 5, 0.2, InkBox(5, 2, 7, 14))], SIZE)
    assert without_spots([above, last, spot, crumb, figure, dash, no_dash]) == [above, last, figure, dash]


def test_print_that_gives_no_character_is_marked_and_dust_is_not() -> None:
    blot = np.full((30, 60), 255, np.uint8)
    blot[6:24:2, 20:40] = 0
    mark = unread_mark(blot, SIZE)
    assert mark is not None and (mark.text, mark.confidence) == (UNREAD, 0.0)
    dust = np.full((30, 60), 255, np.uint8)
    dust[6, 20] = dust[20, 50] = 0
    assert unread_mark(dust, SIZE) is None


def test_ink_belongs_to_the_character_beside_it() -> None:
    picture = np.full((20, 60), 255, np.uint8)
    picture[4:16, 2:18] = picture[12:16, 22:26] = picture[4:16, 42:58] = 0
    assert ink_boxes(picture, [10, 25, 50]) == [InkBox(2, 4, 18, 16), InkBox(22, 12, 26, 16), InkBox(42, 4, 58, 16)]
    assert ink_boxes(picture, []) == []


@pytest.mark.parametrize(
    ("character", "usual"), [("毁", True), ("毀", False), ("①", True), ("（", True), ("の", False), ("7", True)]
)
def test_usual_characters_are_those_of_simplified_documents(character: str, usual: bool) -> None:
    assert is_usual(character) is usual


def ruled() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    page = np.full((400, 600), 255, np.uint8)
    for y in (50, 150, 350):
        page[y : y + 2, 40:560] = 0
    for x in (40, 300, 558):
        page[50:352, x : x + 2] = 0
    page[90:92, 60:90] = page[80:100, 74:76] = 0  # a character
    return page


def test_rules_are_found_and_strokes_are_not() -> None:
    rules, mask = rule_lines(ruled(), 2.0)
    assert sorted((rule.horizontal, int(rule.at)) for rule in rules) == [
        (False, 20), (False, 150), (False, 279), (True, 25), (True, 75), (True, 175),
    ]  # fmt: skip
    assert mask[51, 300] == 1 and mask[90, 70] == 0


@pytest.mark.parametrize("degrees", [-1.7, -0.3, 0.0, 2.0])
def test_the_skew_is_measured_and_taken_out(degrees: float) -> None:
    page = skewed(ruled(), degrees)
    assert skew(page, 2.0) == pytest.approx(-degrees, abs=0.06)
    level = clean(page, 2.0)
    corner = level.to_picture @ (0.0, 0.0, 1.0)
    assert (abs(corner[0]) < 30 and abs(corner[1]) < 30) and abs(skew(level.grey, 2.0)) < 0.06


def test_strokes_above_each_other_are_one_line_and_touching_lines_are_two() -> None:
    ink = np.zeros((120, 200), np.uint8)
    ink[10:12, 20:40] = ink[24:26, 18:42] = 1  # 二
    ink[50:70, 20:40] = ink[72:92, 20:40] = 1
    ink[60:80, 30] = 1  # they touch
    lines = cell_lines(ink, 20.0, 2.0)
    assert (lines[0].y0, lines[0].y1) == (10, 26)
    assert len(lines) == 3
    assert usual_height(ink, 2.0) == 18.0  # too few to tell: type of nine points
