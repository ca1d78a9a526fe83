"""Tables that no rules, or not all rules, are drawn in: rows and columns by white space, and nothing glued."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics

from extractors.document import Document, Notice
from extractors.pdf.reader import read_pdf
from tests.extractors.pdf_drawing import FONT, WORDS, Drawing, wrapped

SIZE, PITCH, GAP, PAD = 9.0, 12.2, 9.0, 3.0
XS = [40.0, 76.0, 220.0, 420.0, 490.0, 555.0]
HEADS = ["序号", "职权名称", "行使依据", "承办机构", "责任岗位"]

Cell = tuple[int, int, int, int, str]
"""Row, column, row span, column span, text."""


def words(rng: random.Random, least: int, most: int) -> str:
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def plain(text: str) -> str:
    return "".join(text.split())


def catalogue(seed: int, *, two_levels: bool, serials: bool) -> list[Cell]:
    """A header, section rows, and rows of cells of different heights."""
    rng = random.Random(seed)
    cells: list[Cell] = [(1, c, 1, 1, head) for c, head in enumerate(HEADS, start=1)]
    if two_levels:
        cells = [(1, c, 2, 1, head) for c, head in enumerate(HEADS[:3], start=1)]
        cells += [(1, 4, 1, 2, "责任分工"), (2, 4, 1, 1, "承办机构"), (2, 5, 1, 1, "责任岗位")]
    row = cells[-1][0]
    for section in "一二":
        row += 1
        cells.append((row, 1, 1, 5, f"{section}、行政许可事项（共3项）"))
        for n in range(1, 4):
            row += 1
            first = str(n) if serials else words(rng, 2, 3)
            values = [first, words(rng, 4, 30), words(rng, 6, 60) + "。", words(rng, 3, 9), words(rng, 2, 4)]
            cells += [(row, c, 1, 1, value) for c, value in enumerate(values, start=1)]
    return cells


@dataclass(frozen=True)
class Look:
    rules: str
    align: str = "left"
    middle: bool = False


def lines_of(cell: Cell) -> list[str]:
    return wrapped(cell[4], XS[cell[1] - 1 + cell[3]] - XS[cell[1] - 1] - GAP, SIZE)


def edges(cells: list[Cell]) -> list[float]:
    ys = [90.0]
    for row in range(1, max(cell[0] for cell in cells) + 1):
        most = max(len(lines_of(cell)) for cell in cells if cell[0] == row and cell[2] == 1)
        ys.append(ys[-1] + most * PITCH + 2 * PAD)
    return ys


def draw(path: Path, cells: list[Cell], look: Look) -> Document:
    drawing, ys = Drawing(path), edges(cells)
    header = max(cell[0] + cell[2] - 1 for cell in cells if cell[0] == 1)
    if look.rules == "shading":
        drawing.canvas.setFillGray(0.85)
        for n in range(1, len(ys) - 1, 2):
            drawing.bar(XS[0], ys[n], XS[-1], ys[n + 1])
        drawing.canvas.setFillGray(0)
    level = {
        "three": [ys[0], ys[header], ys[-1]],
        "rows": [ys[0], *ys[header:]],
        "columns": [ys[0], ys[header], ys[-1]],
    }
    for y in level.get(look.rules, []):
        drawing.line(XS[0], y, XS[-1], y)
    if look.rules == "columns":
        for x in XS:
            drawing.line(x, ys[0], x, ys[-1])
    for cell in cells:
        row, column, rows, columns, _ = cell
        left, right, top, bottom = XS[column - 1], XS[column - 1 + columns], ys[row - 1], ys[row - 1 + rows]
        lines = lines_of(cell)
        y = top + ((bottom - top - len(lines) * PITCH) / 2 if look.middle or rows > 1 else PAD)
        align = "centre" if columns == 2 else "left" if columns == 5 else look.align
        for n, line in enumerate(lines):
            spare = right - left - pdfmetrics.stringWidth(line, FONT, SIZE)
            x = left + {"left": GAP / 2, "centre": spare / 2, "right": spare - GAP / 2}[align]
            drawing.text(x, y + SIZE + n * PITCH, line, SIZE)
    drawing.text(200, 60, "某市文化局职权目录", 16)
    drawing.page()
    return read_pdf(drawing.save(), "")


def looks() -> Iterator[Look]:
    for rules in ("none", "three", "rows", "columns", "shading"):
        for align in ("left", "centre", "right"):
            for middle in (False, True):
                yield Look(rules, align, middle)


@pytest.mark.parametrize("serials", [True, False], ids=["numbered", "not numbered"])
@pytest.mark.parametrize("look", tuple(looks()), ids=lambda look: f"{look.rules}-{look.align}-{look.middle}")
def test_rows_and_columns_are_those_that_a_reader_sees(tmp_path: Path, look: Look, serials: bool) -> None:
    cells = catalogue(3, two_levels=False, serials=serials)
    document = draw(tmp_path / "a.pdf", cells, look)
    (table,) = document.tables
    assert {(c.row, c.column, c.row_span, plain(c.text)) for c in table.cells if not c.empty} == {
        (row, column, rows, text) for row, column, rows, _, text in cells
    }
    assert all(table.at(row, 5) is table.at(row, 1) for row, _, _, columns, _ in cells if columns == 5)
    assert [p.text for p in document.paragraphs] == ["某市文化局职权目录"]
    assert document.observations == ()


@pytest.mark.parametrize("rules", ["none", "three", "rows", "shading"])
def test_a_heading_over_two_columns_keeps_them_apart(tmp_path: Path, rules: str) -> None:
    cells = catalogue(5, two_levels=True, serials=True)
    (table,) = draw(tmp_path / "a.pdf", cells, Look(rules)).tables
    found = {(c.row, c.column, c.row_span, c.column_span, plain(c.text)) for c in table.cells}
    assert found == set(cells)


def test_numbers_in_a_later_column_part_the_rows_and_what_is_merged_before_them_is_reported(tmp_path: Path) -> None:
    rows = [["类别", "序号", "职权名称", "承办机构", "岗位"]]
    rows += [["行政许可" if n == 2 else "", str(n), f"第{n}项职权的名称", "市场管理股", "股长"] for n in range(1, 4)]
    cells = [(r, c, 1, 1, text) for r, row in enumerate(rows, start=1) for c, text in enumerate(row, start=1) if text]
    document = draw(tmp_path / "a.pdf", cells, Look("none"))
    (table,) = document.tables
    assert {(c.row, c.column, plain(c.text)) for c in table.cells} == {(r, c, text) for r, c, _, _, text in cells}
    assert [(o.notice, o.place.page) for o in document.observations] == [(Notice.UNREAD_CELL, 1)]


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("ruled", [True, False], ids=["between rules", "no rules"])
def test_running_text_in_columns_is_no_table(tmp_path: Path, columns: int, ruled: bool) -> None:
    rng, drawing = random.Random(11), Drawing(tmp_path / "a.pdf")
    width = 500 / columns - 20
    for column in range(columns):
        y = 70.0
        for _ in range(6):
            for line in wrapped("　　" + words(rng, 60, 110) + "。", width, 10.5):
                drawing.text(50 + column * 500 / columns, y, line, 10.5)
                y += 16
    if ruled:
        drawing.line(50, 50, 540, 50)
        drawing.line(50, 800, 540, 800)
    drawing.page()
    assert read_pdf(drawing.save(), "").tables == ()


def test_a_numbered_list_with_wide_whites_is_no_table(tmp_path: Path) -> None:
    rng, drawing, y = random.Random(12), Drawing(tmp_path / "a.pdf"), 70.0
    for n in range(1, 9):
        drawing.text(50, y, f"{n}.", 10.5)
        for line in wrapped(words(rng, 30, 80) + "。", 440, 10.5):
            drawing.text(80, y, line, 10.5)
            y += 16
    drawing.page()
    assert read_pdf(drawing.save(), "").tables == ()


def open_table(drawing: Drawing, top: float, xs: list[float], rows: list[list[str]]) -> float:
    """A table without sides; a row of one text stands over the whole width. Returns the height of its end."""
    drawing.line(xs[0], top, xs[-1], top)
    for row in rows:
        for x, text in zip(xs, row, strict=False):
            drawing.text(x + 4, top + 14, text)
        if len(row) > 1:
            for x in xs[1:-1]:
                drawing.line(x, top, x, top + 20)
        top += 20
        drawing.line(xs[0], top, xs[-1], top)
    return top


def test_a_row_over_the_whole_width_does_not_part_a_table_without_sides(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf")
    rows = [
        ["本表由办公室填写"],
        HEADS[:3],
        ["一、行政许可"],
        ["1", "甲", "乙"],
        ["二、行政处罚"],
        ["三、行政检查"],
        ["2", "丙", "丁"],
    ]
    open_table(drawing, 80, [50.0, 120.0, 300.0, 500.0], rows)
    drawing.page()
    (table,) = read_pdf(drawing.save(), "").tables
    assert [[c.text for c in table.row_cells(n)] for n in range(1, table.row_count + 1)] == rows
    assert table.ruled


def test_tables_without_sides_with_other_columns_stay_apart(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf")
    end = open_table(drawing, 80, [50.0, 120.0, 300.0, 500.0], [HEADS[:3], ["1", "甲", "乙"]])
    drawing.text(60, end + 18, "附表二")
    open_table(drawing, end + 30, [50.0, 200.0, 350.0, 500.0], [HEADS[2:], ["2", "丙", "丁"]])
    drawing.page()
    document = read_pdf(drawing.save(), "")
    assert [(t.row_count, t.column_count) for t in document.tables] == [(2, 3), (2, 3)]
    assert [p.text for p in document.paragraphs] == ["附表二"]


def test_a_column_that_is_blank_on_the_next_page_keeps_its_place(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf")
    expected = set()
    rows = [HEADS, *([str(n), f"第{n}项职权", f"《种子法》第{n}条", "种子股", "股长"] for n in range(1, 80))]
    y = 60.0
    for number, row in enumerate(rows, start=1):
        if number == 41:
            drawing.page()
            y = 60.0
        for column, (x, text) in enumerate(zip(XS, row, strict=False), start=1):
            if column != 4 or number <= 40:
                drawing.text(x, y, text)
                expected.add((number, column, text))
        y += 18
    drawing.page()
    (table,) = read_pdf(drawing.save(), "").tables
    assert {(c.row, c.column, c.text) for c in table.cells} == expected
    assert {c.column_span for c in table.cells} == {1}


def test_texts_that_fill_their_column_and_signs_that_hang_over_it_run_into_no_other(tmp_path: Path) -> None:
    """Between full columns there is half a size of white, and a full stop set beyond its line lies over the next."""
    texts = [
        ("序号", "职权名称", "承办机构"),
        ("1", "取水许可的审批和监督", "水政科"),
        ("2", "河道采砂许可", "河道科"),
        ("3", "水土保持方案审批事项。", "水保科"),
        ("4", "城市供水检查", "供水科"),
        ("5", "水库大坝安全鉴定审定", "建管科"),
    ]
    drawing, second, third = Drawing(tmp_path / "a.pdf"), 80.0, 80.0 + 10 * SIZE + 0.45 * SIZE
    for n, row in enumerate(texts):
        for x, text in zip((50.0, second, third), row, strict=True):
            drawing.text(x, 90 + 20 * n, text, SIZE)
    drawing.page()
    (table,) = read_pdf(drawing.save(), "a.pdf").tables
    assert [tuple(plain(cell.text) for cell in table.cells if cell.row == n) for n in range(1, 7)] == texts
