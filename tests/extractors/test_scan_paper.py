"""Pictures of pages as files hold them → clean, flat paper with whole rules."""

from __future__ import annotations

import io
import random
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from extractors.geometry.rules import Rule
from extractors.scan.bending import bend_of
from extractors.scan.direction import Direction, line_direction
from extractors.scan.glyph_shapes import Sign
from extractors.scan.ink import InkBox, ink_boxes
from extractors.scan.line_reading import read_line
from extractors.scan.loose_text import loose_blocks
from extractors.scan.page import read_page
from extractors.scan.paper import clean
from extractors.scan.pictures import PagePicture, pdf_page
from extractors.scan.placing import open_rooms, placed
from extractors.scan.recognizer import Character
from extractors.scan.rule_lines import rule_lines
from extractors.scan.text_lines import Strip, cell_lines, crumbled_lines, usual_height
from extractors.scan.worn_print import is_crumbled, is_thin
from extractors.scan.worn_rules import are_worn, closed_rules, without_crumbs
from tests.drawing.font import SIMPLIFIED, noto_sans
from tests.drawing.picture import Picture, Sheet, Style, compressed, curled, draw, faxed, noisy, photographed, skewed

SCALE = 200 / 72
TEXTS = ("取水许可（市级）", "《水法》第四十八条第一款；《取水许可和水资源费征收管理条例》第十四条。", "水政监察大队")


def register(dpi: int = 200, rules: str = "all") -> Picture:
    """A table of five rows under its headings."""
    cells = [(1, c, 1, 1, head) for c, head in enumerate(("职权名称", "行使依据", "承办机构"), 1)]
    cells += [(r, c, 1, 1, text) for r in range(2, 7) for c, text in enumerate(TEXTS, 1)]
    style = Style(
        noto_sans(), SIMPLIFIED, 9.0, (500.0, 300.0), margin=24.0, heaviness=400, dpi=dpi, leading=1.2, rules=rules
    )
    return draw(Sheet([0.3, 0.45, 0.25], cells, 1, ("云溪县水利局职权目录",)), style).pages[0]


def noise(width: int, height: int) -> Picture:
    bits = np.random.default_rng(1).random((height, width)) < 0.5
    return np.where(bits, 0, 255).astype(np.uint8)


def scanned_pdf(path: Path, page: Picture, dpi: float, turned: int = 0, margin: float = 0.0) -> Path:
    """A PDF of one picture of one bit a pixel."""
    stream = io.BytesIO()
    Image.fromarray(page).convert("1", dither=Image.Dither.NONE).save(stream, "PDF", resolution=dpi)
    with pikepdf.open(stream) as file:
        sheet = file.pages[0]
        x0, y0, x1, y1 = (float(value) for value in sheet.MediaBox)
        sheet.MediaBox = pikepdf.Array([x0 - margin, y0 - 2 * margin, x1 + margin, y1 + margin])
        if turned:
            sheet.Rotate = turned
        file.save(path)
    return path


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("margin", [0.0, 17.3])
@pytest.mark.parametrize(("width", "height", "dpi"), [(877, 620, 150), (1169, 827, 200), (867, 1146, 204)])
def test_a_picture_is_drawn_pixel_by_pixel(
    tmp_path: Path, width: int, height: int, dpi: float, turned: int, margin: float
) -> None:
    page = noise(width, height)
    shown = np.rot90(page, -turned // 90)
    picture = pdf_page(scanned_pdf(tmp_path / "a.pdf", page, dpi, turned, margin), 0)
    assert picture.scale * 72 == pytest.approx(dpi, abs=0.05)
    found = cv2.matchTemplate(picture.pixels, np.ascontiguousarray(shown), cv2.TM_SQDIFF_NORMED)
    assert float(found.min()) < 1e-4  # by way of Fourier transforms


def test_the_finest_of_the_layers_of_a_scan_tells_its_resolution(tmp_path: Path) -> None:
    path = scanned_pdf(tmp_path / "a.pdf", noise(1240, 827), 300)
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        page = file.pages[0]
        fine = next(iter(page.get_images().values()))
        coarse = file.make_stream(
            bytes(310 * 206), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=310, Height=206,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        page.Resources.XObject = pikepdf.Dictionary(Back=coarse, Text=fine)
        width, height = (float(value) for value in page.MediaBox[2:])
        place = f"{width} 0 0 {height} 0 0 cm".encode()
        page.Contents = file.make_stream(b"q " + place + b" /Back Do Q q " + place + b" /Text Do Q")
        file.save(path)
    assert pdf_page(path, 0).scale * 72 == pytest.approx(300, abs=0.1)


@pytest.mark.parametrize("quality", [92, 60, 30])
def test_one_bit_a_pixel_is_told_even_after_jpeg(quality: int) -> None:
    bits = faxed(register(), random.Random(1), 160)
    assert clean(bits, SCALE).bits and clean(compressed(bits, quality), SCALE).bits
    assert not clean(register(), SCALE).bits and not clean(compressed(register(), quality), SCALE).bits


@pytest.mark.parametrize("rules", ["all", "none"])
def test_the_direction_of_lines_is_told_by_the_whites(rules: str) -> None:
    page = register(rules=rules)
    _, mask = rule_lines(page, SCALE)
    ink = ((page < 200) & (cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0)).astype(np.uint8)
    size = usual_height(ink, SCALE)
    assert line_direction(ink, size) is Direction.ACROSS
    assert line_direction(np.ascontiguousarray(np.rot90(ink)), size) is Direction.DOWN
    assert line_direction(np.zeros_like(ink), size) is Direction.UNCLEAR


def worn(length: int, seed: int, left: float) -> Picture:
    """A level rule of one pixel of which this share is left."""
    ink = np.zeros((60, length), np.uint8)
    ink[30, 20 : length - 20] = np.random.default_rng(seed).random(length - 40) < left
    return ink


def test_a_rule_that_a_threshold_has_broken_is_drawn_through() -> None:
    ink = worn(600, 1, 0.6)
    closed = closed_rules(ink, SCALE)
    assert closed[29:32, 40:560].any(axis=0).mean() > 0.99 > 0.7 > ink[29:32, 40:560].any(axis=0).mean()
    assert not closed[:28].any() and not closed[33:].any()
    assert are_worn([Rule(True, 30 / SCALE, 10.0, 200.0)], ink, SCALE)
    whole = cv2.dilate(closed, np.ones((2, 1), np.uint8))
    assert not are_worn([Rule(True, 30 / SCALE, 10.0, 200.0)], np.asarray(whole, dtype=np.uint8), SCALE)


def test_where_all_rules_are_a_pixel_thick_others_may_be_gone() -> None:
    ink = np.zeros((100, 600), np.uint8)
    rules = [Rule(True, y / SCALE, 10.0, 200.0) for y in (20, 40, 60)]
    ink[[20, 40, 60], 20:560] = 1
    assert are_worn(rules, ink, SCALE)
    ink[[41, 61], 20:560] = 1
    assert not are_worn(rules, ink, SCALE)


def test_signs_that_stand_in_a_column_are_no_broken_rule() -> None:
    ink = np.zeros((60, 600), np.uint8)
    for x in range(20, 580, 45):  # the tips of brackets at the beginning of lines, seen from the side
        ink[28:31, x : x + 24] = 1
    assert (closed_rules(ink, SCALE) == ink).all()


def test_print_in_crumbs_is_known() -> None:
    whole = (faxed(register(150), random.Random(1), 190) < 128).astype(np.uint8)
    crumbs = whole & (np.random.default_rng(1).random(whole.shape) < 0.55)
    assert not is_crumbled(whole, 19.0)
    assert is_crumbled(crumbs.astype(np.uint8), 19.0)


def test_type_whose_level_strokes_are_a_pixel_thick_is_known() -> None:
    thin = np.zeros((40, 60), np.uint8)
    thin[4:30:6, 4:50] = 1
    thin[4:30, 20:23] = 1
    assert is_thin(thin)
    assert not is_thin(cv2.dilate(thin, np.ones((2, 1), np.uint8)))
    assert not is_thin(np.zeros((40, 60), np.uint8))


def ruled(gap: tuple[int, int] | None = None) -> Picture:
    """Two columns under one rule of 600 pixels, which may lack a part."""
    page = np.full((300, 700), 255, np.uint8)
    for y in (50, 150, 250):
        page[y : y + 2, 50:650] = 0
    for x in (50, 350, 648):
        page[50:252, x : x + 2] = 0
    if gap:
        page[40:60, gap[0] : gap[1]] = 255
    return page


def test_a_rule_of_which_a_seal_took_a_part_is_whole() -> None:
    rules, _ = rule_lines(ruled((310, 330)), 2.0)  # ten points
    assert any(rule.horizontal and 150 <= rule.start <= 157 and rule.end >= 163 for rule in rules)


def test_a_gap_between_two_tables_stays() -> None:
    page = np.vstack([ruled(), ruled()[40:]])  # their upright rules end at level ones, at one place each
    page[252:310] = 255
    page[306:308, 50:650] = 0
    page[306:320, 50:52] = page[306:320, 350:352] = page[306:320, 648:650] = 0
    rules, _ = rule_lines(page[:, :], 8.0)  # at eight pixels a point the white between them is seven points
    upright = [rule for rule in rules if not rule.horizontal]
    assert all(rule.end <= 32 or rule.start >= 37 for rule in upright)


def test_flat_paper_has_no_bend() -> None:
    assert bend_of((register() < 200).astype(np.uint8), SCALE) is None
    assert bend_of(np.zeros((400, 600), np.uint8), SCALE) is None


@pytest.mark.parametrize("kind", ["curled", "photographed"])
def test_a_bent_page_is_flattened_and_its_places_are_led_back(kind: str) -> None:
    page = register()
    bent = curled(page, random.Random(2), 0.02) if kind == "curled" else photographed(page, random.Random(2))
    paper = clean(bent, SCALE)
    assert paper.bend is not None
    rules, _ = rule_lines(paper.grey, SCALE)
    level = [rule for rule in rules if rule.horizontal]
    assert len(level) == 7 and all(rule.end - rule.start > 440 for rule in level)
    upright = [rule for rule in rules if not rule.horizontal and rule.end - rule.start > 100]
    for rule in level[1:-1]:
        for other in upright:
            x, y = paper.in_picture(other.at * SCALE, rule.at * SCALE)
            near = bent[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4]
            assert near.min() < 110 < bent[round(y) - 12, round(x) - 12]  # the rules cross there in the picture


def test_a_comma_that_hangs_out_of_its_cell_stays_in_it() -> None:
    comma = Sign("，", 95.0, 0.99, InkBox(92, 20, 97, 28))
    before = Sign("定", 80.0, 0.99, InkBox(70, 4, 90, 26))
    strip = Strip(70, 0, 97, 28)
    (_, hung) = placed([before, comma], strip, 0, 24.0, 1.0, (0.0, 100.0))
    assert hung.x1 == 100.0
    (_, free) = placed([before, comma], strip, 0, 24.0, 1.0, (0.0, 500.0))
    assert free.x1 > 110.0


def test_a_line_beside_another_keeps_a_white_before_it() -> None:
    left, right, below = Strip(10, 0, 90, 20), Strip(95, 1, 200, 20), Strip(10, 30, 200, 50)
    rooms = open_rooms([left, right, below], 20.0)
    assert rooms[left][1] < right.x0 - 0.3 * 20
    assert rooms[right][1] == rooms[below][1] == float("inf")


def test_a_mark_set_off_belongs_to_the_line_before_it_and_dust_to_none() -> None:
    ink = np.zeros((200, 500), np.uint8)
    for row, y in enumerate(range(20, 180, 40)):
        ink[y : y + 20, 20:200] = 1
        ink[y : y + 20, 230:330] = 1
        if row == 2:
            ink[y + 14 : y + 20, 212:217] = 1  # a comma
            ink[y + 9, 420] = 1
    lines = [line for block in loose_blocks(ink, 20.0, 2.0) for line in block]
    assert sorted((line.x0, line.x1) for line in lines) == [(20, 200)] * 3 + [(20, 217)] + [(230, 330)] * 4


def test_a_character_without_ink_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.full((36, 60), 255, np.uint8)
    picture[6:30, 30:40] = 0
    read = [Character("又", 8.0, 0.9, "", 0.0), Character("1", 35.0, 0.999, "", 0.0)]
    monkeypatch.setattr("extractors.scan.line_reading.recognize", lambda line, squeeze=1.0: read)
    (sign,) = read_line(picture, 24.0)
    assert sign.text == "1" and sign.confidence <= 0.9


def test_thin_hyphens_have_ink() -> None:
    line = np.full((30, 60), 255, np.uint8)
    line[6:24, 8:16] = line[6:24, 44:52] = 20
    line[14:16, 26:34] = 186  # less than a pixel thick, on the border of two
    boxes = ink_boxes(line, [12.0, 30.0, 48.0])
    assert boxes == [InkBox(8, 6, 16, 24), InkBox(26, 14, 34, 16), InkBox(44, 6, 52, 24)]


def test_a_narrow_figure_leaves_no_white_before_a_wide_one() -> None:
    signs = [
        Sign(text, x, 0.99, InkBox(x0, 6, x1, 22))
        for text, x, x0, x1 in (("1", 26.0, 21, 26), ("1", 39.0, 34, 39), ("A", 54.0, 45, 55))
    ]
    glyphs = list(placed(signs, Strip(21, 6, 55, 22), 0, 21.0, 1.0, (0.0, 100.0)))
    assert all(after.x0 - before.x1 < 1 for before, after in pairwise(glyphs))


@pytest.mark.parametrize("dpi", [300, 200])
def test_grey_paper_drawn_in_dots_is_grey_again(dpi: int) -> None:
    page = register(dpi)
    grey = np.minimum(page, 236).astype(np.uint8)
    dots = np.asarray(Image.fromarray(grey).convert("1").convert("L"), dtype=np.uint8)
    paper = clean(dots, dpi / 72)
    assert not paper.bits
    blank = cv2.erode(page, np.ones((9, 9), np.uint8)) > 250  # farther from ink than it is softened
    assert (paper.grey[blank] < 200).mean() < 0.01 < (dots[blank] == 0).mean()
    assert not clean(np.where(page < 128, 0, 255).astype(np.uint8), dpi / 72).seals
    assert clean(faxed(page, random.Random(1), 190), dpi / 72).bits  # specks are no screen


def test_crumbs_of_rules_along_a_cell_are_no_text_of_it() -> None:
    cell = np.zeros((60, 200), np.uint8)
    cell[20:40, 30:160] = 1
    text = cell.copy()
    cell[4:12, 0:2] = cell[30:34, 199] = cell[58:60, 50:70] = 1
    cell[45:50, 190:195] = 1  # a comma close to the rule
    text[45:50, 190:195] = 1
    assert np.array_equal(without_crumbs(cell, 2.0), text)


def test_crumbs_that_stand_together_are_what_is_left_of_a_character_and_specks_are_not() -> None:
    cell = np.zeros((60, 100), np.uint8)
    for x in (40, 43, 45, 48, 51):  # a dash
        cell[30, x] = 1
    for x, y in ((70, 24), (72, 26), (71, 29), (70, 32), (73, 33)):  # a figure
        cell[y, x] = 1
    assert cell_lines(cell, 20.0, 2.0) == []
    assert sorted(crumbled_lines(cell, 20.0, 2.0)) == [Strip(40, 30, 52, 31), Strip(70, 24, 74, 34)]
    specks = np.zeros((60, 100), np.uint8)
    for x, y in ((10, 12), (30, 50), (44, 31), (61, 30), (80, 8)):
        specks[y, x] = 1
    assert crumbled_lines(specks, 20.0, 2.0) == []


def framed(height: int, levels: tuple[int, ...]) -> Picture:
    """Level rules from side to side of a table, and its two sides."""
    page = np.full((height, 700), 255, np.uint8)
    for y in levels:
        page[y : y + 2, 50:650] = 0
    for x in (50, 648):
        page[levels[0] : levels[-1] + 2, x : x + 2] = 0
    return page


def test_a_stroke_of_a_title_in_line_with_a_column_is_no_part_of_its_rule() -> None:
    page = framed(400, (50, 150, 180, 300))
    page[50:152, 200:202] = page[180:302, 200:202] = 0  # a column above and below the row of the title
    page[157:174, 200:202] = page[162:164, 190:214] = 0  # the title's character over it
    rules = [rule for rule in rule_lines(page, 2.0)[0] if not rule.horizontal and 95 < rule.at < 105]
    assert sorted((round(rule.start), round(rule.end)) for rule in rules) == [(26, 77), (91, 152)]


def test_a_bracket_that_leads_from_rule_to_rule_is_no_column() -> None:
    page = framed(200, (50, 72, 94, 116))
    for top in (50, 72, 94):
        page[top : top + 24, 300:302] = page[top + 6 : top + 18, 296:298] = 0  # the two strokes of 《
        cv2.rectangle(page, (310, top + 4), (326, top + 18), 0, 1)
    assert sorted(round(rule.at) for rule in rule_lines(page, 2.0)[0] if not rule.horizontal) == [25, 324]


def test_what_lies_along_the_edge_of_the_picture_is_known_on_a_level_page_too(tmp_path: Path) -> None:
    page = skewed(register(), 2.0)
    height, width = page.shape
    page[height - 6 :, width // 3 : width // 2] = 90  # a shadow along the lower edge of the sheet
    page[height - 9 : height - 4, width // 3 + 20 : width // 3 + 60] = 0
    read = read_page(PagePicture(page, SCALE, SCALE))
    assert all(glyph.y1 < read.height - 30 for glyph in read.glyphs)


def test_a_piece_of_the_ring_of_a_seal_belongs_to_it_though_print_cuts_it_off() -> None:
    sheet = np.full((500, 500, 3), 235, np.uint8)
    cv2.circle(sheet, (250, 250), 120, (70, 60, 200), 6)
    for x in (180, 320):
        cv2.circle(sheet, (x, 347), 6, (20, 20, 20), -1)  # print where the ring slants
    paper = clean(sheet, 150 / 72)
    ((_, y0, _, y1),) = paper.seals
    assert y0 < 130 and y1 > 370
    assert (paper.grey[360:380, 200:300] > 200).all()


def test_a_stroke_of_a_seal_leaves_no_shadow() -> None:
    sheet = np.full((500, 500, 3), 235, np.uint8)
    sheet[100:102, 50:450] = 30
    cv2.circle(sheet, (250, 250), 120, (70, 60, 200), 5)
    cv2.putText(sheet, "SEAL", (200, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (120, 110, 210), 1)
    paper = clean(compressed(noisy(sheet, random.Random(3), 8.0), 60), 150 / 72)
    assert paper.seals
    inside = paper.grey[140:360, 130:370]
    assert (inside < 200).mean() < 0.001


def test_a_stroke_that_leads_from_rule_to_rule_in_a_row_as_low_as_text_is_no_rule() -> None:
    page = framed(300, (50, 74, 160, 250))
    for x in range(80, 180, 22):  # characters of nine points
        cv2.rectangle(page, (x, 200), (x + 18, 218), 0, 1)
    page[50:76, 300:302] = page[60:62, 292:310] = page[68:70, 294:308] = 0  # a character that touches both rules
    page[74:162, 400:402] = page[110:130, 404:430] = 0  # a rule with text close to it
    upright = sorted(round(rule.at) for rule in rule_lines(page, 2.0)[0] if not rule.horizontal)
    assert upright == [25, 200, 324]
