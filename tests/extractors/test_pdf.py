"""PDFs drawn here → Document: the same grid whatever way the producer drew it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pytest
import tablers
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Notice, Place, Table
from extractors.errors import Damaged, Empty, Encrypted, TooLarge
from extractors.geometry.lines import Glyph
from extractors.geometry.page_content import Layer, PageContent, judge
from extractors.pdf import file as pdf_file
from extractors.pdf import page as pdf_page
from extractors.pdf.reader import read_pdf
from extractors.scan.pictures import PagePicture
from tests.extractors.pdf_drawing import FONT, WORDS, Drawing, random_cells, wrapped

HEADS = ["序号", "职权名称", "类别", "行使依据", "承办机构", "备注"]
SHARES = [0.06, 0.24, 0.1, 0.36, 0.14, 0.1]
A4 = (595.0, 842.0)
Side = Callable[[Drawing, float, float, float, float], None]


def words(rng: random.Random, least: int, most: int) -> str:
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def plain(text: str) -> str:
    return "".join(text.split())


def grid(table: Table) -> dict[tuple[int, int, int, int], str]:
    return {(c.row, c.column, c.row_span, c.column_span): plain(c.text) for c in table.cells}


class Catalogue:
    """A catalogue over several pages with running header, page numbers, and the header row on each page."""

    def __init__(self, path: Path, seed: int, pages: int = 2, size: tuple[float, float] = A4) -> None:
        self.rng = random.Random(seed)
        self.drawing = Drawing(path, size)
        self.pages = pages
        self.expected: dict[tuple[int, int], str] = {(1, c): h for c, h in enumerate(HEADS, start=1)}
        self.rows = 1
        width = size[0] - 80
        self.xs = [40.0]
        for share in SHARES:
            self.xs.append(self.xs[-1] + share * width)

    def values(self) -> list[str]:
        rng = self.rng
        kinds = ["行政许可", "行政处罚", "行政检查"]
        name, basis = words(rng, 4, 20), words(rng, 4, 50) + "。"
        return [str(self.rows), name, rng.choice(kinds), basis, words(rng, 2, 6) + "科", words(rng, 0, 3)]

    def draw(
        self,
        side: Side = Drawing.line,
        write: Callable[[Drawing, float, float, str], None] = Drawing.text,
        before: Callable[[Drawing, Sequence[float], Sequence[float]], None] | None = None,
    ) -> Path:
        drawing, (width, height) = self.drawing, self.drawing.size
        for page in range(1, self.pages + 1):
            drawing.text(width / 2 - 60, 28, "某市行政职权目录汇编", 8)
            drawing.text(width / 2 - 20, height - 20, f"第{page}页 共{self.pages}页", 8)
            if page == 1:
                drawing.text(width / 2 - 80, 55, "某市文化局职权目录", 16)
            ys = [70.0, 92.0]
            cells = [(1, c, 1, 1, h) for c, h in enumerate(HEADS, start=1)]
            while True:
                values = self.values()
                lines = [len(wrapped(v, self.xs[c + 1] - self.xs[c] - 6, 9)) for c, v in enumerate(values)]
                if ys[-1] + max(lines) * 11.25 + 6 > height - 60:
                    break
                self.rows += 1
                ys.append(ys[-1] + max(lines) * 11.25 + 6)
                for c, value in enumerate(values, start=1):
                    cells.append((len(ys) - 1, c, 1, 1, value))
                    self.expected[self.rows, c] = value
            if before:
                before(drawing, self.xs, ys)
            drawing.table(self.xs, ys, cells, side, 9, lambda x, y, text: write(drawing, x, y, text))
            drawing.page()
        return drawing.save()

    def check(self, document: Document) -> None:
        (table,) = document.tables
        assert {(c.row, c.column): plain(c.text) for c in table.cells} == self.expected
        assert [p.text for p in document.paragraphs] == ["某市文化局职权目录"]
        assert len(table.reprints) == len(HEADS) * (self.pages - 1)
        roles = [(m.role, m.text) for m in document.margins if m.role != "textbox"]
        assert roles.count(("header", "某市行政职权目录汇编")) == self.pages
        assert [text for role, text in roles if role == "footer"] == [
            f"第{n}页 共{self.pages}页" for n in range(1, self.pages + 1)
        ]


def bars(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    d.bar(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25)


def dashes(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    d.canvas.setDash(2, 2)
    d.line(x0, y0, x1, y1)
    d.canvas.setDash()


def dots(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    count = int(max(x1 - x0, y1 - y0) / 3)
    for n in range(count + 1):
        x, y = x0 + (x1 - x0) * n / count, y0 + (y1 - y0) * n / count
        d.bar(x - 0.4, y - 0.4, x + 0.4, y + 0.4)


def double(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    for shift in (-0.9, 0.9):
        dx, dy = (shift, 0.0) if x0 == x1 else (0.0, shift)
        d.line(x0 + dx, y0 + dy, x1 + dx, y1 + dy)


def gaps(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    dx, dy = (1.5, 0.0) if y0 == y1 else (0.0, 1.5)
    d.line(x0 + dx, y0 + dy, x1 - dx, y1 - dy)


def open_sides(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
    if x0 != x1 or 41 < x0 < d.size[0] - 41:
        d.line(x0, y0, x1, y1)


@pytest.mark.parametrize("side", [Drawing.line, bars, dashes, dots, double, gaps, open_sides])
@pytest.mark.parametrize("size", [A4, A4[::-1]], ids=["portrait", "landscape"])
def test_rules_however_drawn(tmp_path: Path, side: Side, size: tuple[float, float]) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=1, size=size)
    catalogue.check(read_pdf(catalogue.draw(side), "a.pdf"))


def test_no_rule_at_the_page_break(tmp_path: Path) -> None:
    """Rows that end at a break without a rule are still rows of their own when each has its number."""
    catalogue = Catalogue(tmp_path / "a.pdf", seed=2)
    ends: list[float] = []

    def side(d: Drawing, x0: float, y0: float, x1: float, y1: float) -> None:
        if y0 != y1 or y0 not in ends:
            d.line(x0, y0, x1, y1)

    catalogue.check(read_pdf(catalogue.draw(side, before=lambda d, xs, ys: ends.append(ys[-1])), "a.pdf"))


def bold(d: Drawing, x: float, y: float, text: str) -> None:
    for shift in (0.0, 0.3, 0.5):
        d.text(x + shift, y, text)


def shadow(d: Drawing, x: float, y: float, text: str) -> None:
    d.canvas.setFillGray(0.6)
    d.text(x + 1, y + 1, text)
    d.canvas.setFillGray(0)
    d.text(x, y, text)


@pytest.mark.parametrize("write", [bold, shadow])
def test_doubled_characters_are_read_once(tmp_path: Path, write: Callable[[Drawing, float, float, str], None]) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=3)
    catalogue.check(read_pdf(catalogue.draw(write=write), "a.pdf"))


def test_the_order_of_the_text_layer_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=4)
    held: list[tuple[float, float, str]] = []
    turn_page = catalogue.drawing.page

    def page() -> None:
        random.Random(0).shuffle(held)
        for x, y, text in held:
            catalogue.drawing.text(x, y, text)
        held.clear()
        turn_page()

    monkeypatch.setattr(catalogue.drawing, "page", page)
    catalogue.check(read_pdf(catalogue.draw(write=lambda d, x, y, text: held.append((x, y, text))), "a.pdf"))


@pytest.mark.parametrize("slant", [0, 45])
def test_a_watermark_is_no_text_of_the_table(tmp_path: Path, slant: int) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=5)

    def mark(d: Drawing, xs: Sequence[float], ys: Sequence[float]) -> None:
        d.canvas.saveState()
        d.canvas.setFillGray(0.8)
        d.canvas.translate(120, 400 if not slant else 250)
        d.canvas.rotate(slant)
        d.canvas.setFont(FONT, 46)
        d.canvas.drawString(0, 0, "内部资料请勿外传")
        d.canvas.restoreState()

    document = read_pdf(catalogue.draw(before=mark), "a.pdf")
    catalogue.check(document)
    assert ("textbox", "内部资料请勿外传") in [(m.role, m.text) for m in document.margins]


def test_fills_are_not_rules(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=6)

    def fill(d: Drawing, xs: Sequence[float], ys: Sequence[float]) -> None:
        d.canvas.setFillGray(0.85)
        for n in range(0, len(ys) - 1, 2):
            d.bar(xs[0] + 5, ys[n] + 4, xs[-1] - 5, ys[n + 1] - 4)
        d.canvas.setFillGray(0)

    catalogue.check(read_pdf(catalogue.draw(before=fill), "a.pdf"))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_page_as_displayed(tmp_path: Path, rotation: int) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=7)
    upright = read_pdf(catalogue.draw(), "a.pdf").tables[0].cells
    turned = tmp_path / "turned.pdf"
    with pikepdf.open(tmp_path / "a.pdf") as file:
        for page in file.pages:
            page.Rotate = rotation
        file.save(turned)
    document = read_pdf(turned, "a.pdf")
    catalogue.check(document)
    width, height = A4
    for before, after in zip(upright, document.tables[0].cells, strict=True):
        old, new = before.boxes[0], after.boxes[0]
        expected = {
            90: (height - old.y1, old.x0, height - old.y0, old.x1),
            180: (width - old.x1, height - old.y1, width - old.x0, height - old.y0),
            270: (old.y0, width - old.x1, old.y1, width - old.x0),
        }[rotation]
        assert (new.x0, new.y0, new.x1, new.y1) == pytest.approx(expected, abs=0.1)


def test_the_crop_box_is_the_page(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "a.pdf", seed=8)
    catalogue.draw()
    with pikepdf.open(tmp_path / "a.pdf", allow_overwriting_input=True) as file:
        for page in file.pages:
            page.MediaBox, page.CropBox = [-30, -20, 640, 900], [20, 10, 585, 835]
        file.save()
    document = read_pdf(tmp_path / "a.pdf", "a.pdf")
    catalogue.check(document)
    assert str(document.tables[0].place(1, 1)).endswith("[20,63,50.9,85]")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_any_merged_table_comes_back(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    rows, columns = rng.randint(2, 12), rng.randint(2, 8)
    xs = [40.0 + 64 * n for n in range(columns + 1)]
    ys = [60.0]
    for _ in range(rows):
        ys.append(ys[-1] + rng.choice([18.0, 28.0, 40.0]))
    cells = random_cells(rng, rows, columns, xs, ys)
    if len(cells) < 2 or not any(text for *_, text in cells):
        return
    drawing = Drawing(tmp_path_factory.mktemp("merged") / "a.pdf")
    drawing.table(xs, ys, cells)
    drawing.page()
    (table,) = read_pdf(drawing.save(), "a.pdf").tables
    across = sorted({c[1] for c in cells} | {c[1] + c[3] for c in cells})
    down = sorted({c[0] for c in cells} | {c[0] + c[2] for c in cells})
    assert grid(table) == {
        (
            down.index(r) + 1,
            across.index(c) + 1,
            down.index(r + rs) - down.index(r),
            across.index(c + cs) - across.index(c),
        ): text
        for r, c, rs, cs, text in cells
    }


def test_reading_order_places_and_odd_text(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf")
    drawing.text(60, 60, "一、上表")
    drawing.table([50, 75, 300], [80, 150, 190], [(1, 1, 1, 1, ""), (1, 2, 1, 1, "甲\n乙丙"), (2, 1, 1, 2, "合计 3.5")])
    for n, character in enumerate("竖写的"):
        drawing.text(58, 100 + 14 * n, character)
    drawing.text(60, 220, "二、下表⼀⺠豈")
    drawing.table(
        [50, 150, 300],
        [240, 260, 280],
        [
            (1, 1, 1, 1, "丙"),
            (1, 2, 1, 1, ""),
            (2, 1, 1, 2, "code-"),
        ],
    )
    drawing.text(160, 253, "two words", 9, "Helvetica")
    drawing.text(60, 320, "三、文末")
    drawing.page()
    document = read_pdf(drawing.save(), "a.pdf")
    assert [getattr(b, "text", None) or f"table {b.number}" for b in document.blocks] == [  # type: ignore[union-attr]
        "一、上表", "table 1", "二、下表⼀⺠豈", "table 2", "三、文末",
    ]  # fmt: skip
    first, second = document.tables
    assert [c.text for c in first.cells] == ["竖\n写\n的", "甲\n乙丙", "合计 3.5"]
    assert [c.text for c in second.cells] == ["丙", "two words", "code-"]
    assert str(second.place(2, 1)) == "第1页 表2 第2行第1列 [50,260,300,280]"
    assert Place.parse(str(second.place(2, 1))) == second.place(2, 1)


def test_text_that_runs_out_of_its_cell_stays_together_and_is_reported(tmp_path: Path) -> None:
    """A spreadsheet printed with fixed row heights: what does not fit stands across the next row."""
    drawing = Drawing(tmp_path / "a.pdf")
    xs, ys = [50.0, 102.0, 300.0], [80.0, 95.0, 110.0, 125.0, 140.0]
    codes = ["事项编码", "511A0138000000-511602000000-000-1", "511A0138000000-511602000000-000-2", "512C01"]
    drawing.table(xs, ys, [(r, c, 1, 1, "") for r in range(1, 5) for c in (1, 2)])
    for row, code in enumerate(codes):
        drawing.text(52, ys[row] + 11, code[:11])
        drawing.text(52, ys[row] + 22, code[11:22])
        drawing.text(52, ys[row] + 33, code[22:])
        drawing.text(104, ys[row] + 11, str(row))
    drawing.page()
    document = read_pdf(drawing.save(), "")
    (table,) = document.tables
    assert [plain(c.text) for c in table.cells] == [x for row, code in enumerate(codes) for x in (code, str(row))]
    assert [(o.notice, o.place.page) for o in document.observations] == [(Notice.UNREAD_CELL, 1)]


@pytest.mark.parametrize("ruled", [True, False], ids=["three lines", "no rules"])
@pytest.mark.parametrize("centred", [True, False])
def test_tables_without_rules(tmp_path: Path, ruled: bool, centred: bool) -> None:
    rng, drawing = random.Random(9), Drawing(tmp_path / "a.pdf")
    xs = [40.0, 75.0, 215.0, 280.0, 480.0, 555.0]
    expected = {(1, c): h for c, h in enumerate(HEADS[:5], start=1)}
    number = 0
    for _ in range(2):
        y, start = 70.0, True
        while y < 700:
            values = (
                HEADS[:5]
                if start
                else [str(number), words(rng, 4, 26), "行政许可", words(rng, 8, 60) + "。", words(rng, 3, 8)]
            )
            lines = [wrapped(v, xs[c + 1] - xs[c] - 8, 9) for c, v in enumerate(values)]
            height = max(map(len, lines)) * 11.5 + 7
            if ruled and start:
                drawing.line(xs[0], y, xs[-1], y)
                drawing.line(xs[0], y + height, xs[-1], y + height)
            for c, found in enumerate(lines):
                top = y + 3.5 + ((height - 7 - len(found) * 11.5) / 2 if centred else 0)
                for n, line in enumerate(found):
                    drawing.text(xs[c] + 4, top + 9 + n * 11.5, line)
            if not start:
                expected |= {(number + 1, c): v for c, v in enumerate(values, start=1)}
            number += 1 if not start or number == 0 else 0
            y, start = y + height, False
        if ruled:
            drawing.line(xs[0], y, xs[-1], y)
        drawing.page()
    (table,) = read_pdf(drawing.save(), "a.pdf").tables
    assert {(c.row, c.column): plain(c.text) for c in table.cells} == expected
    assert not table.ruled


@pytest.mark.parametrize("kind", ["paragraphs", "list", "two columns"])
def test_running_text_is_no_table(tmp_path: Path, kind: str) -> None:
    rng, drawing = random.Random(10), Drawing(tmp_path / "a.pdf")
    texts = []
    for x, width in ((50, 230), (310, 230)) if kind == "two columns" else ((50, 490),):
        y = 60.0
        for n in range(8):
            texts.append((f"{n + 1}. " if kind == "list" else "　　") + words(rng, 50, 120) + "。")
            for line in wrapped(texts[-1], width, 10.5):
                drawing.text(x, y, line, 10.5)
                y += 16
    drawing.page()
    document = read_pdf(drawing.save(), "a.pdf")
    assert document.tables == ()
    if kind != "two columns":
        assert [plain(p.text) for p in document.paragraphs] == [plain(text) for text in texts]


def page_of_text(path: Path) -> Path:
    drawing = Drawing(path)
    drawing.text(60, 60, "某市文化局职权目录" * 5)
    drawing.page()
    return drawing.save()


def test_what_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = page_of_text(tmp_path / "good.pdf")
    with pikepdf.open(good) as file:
        file.save(tmp_path / "user.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
        file.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(owner="a", user=""))
    assert read_pdf(tmp_path / "owner.pdf", "").paragraphs
    (tmp_path / "cut.pdf").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (tmp_path / "nothing.pdf").write_bytes(b"")
    pikepdf.new().save(tmp_path / "no pages.pdf")
    blank = Drawing(tmp_path / "blank.pdf")
    blank.page()
    blank.save()
    for name, error in {
        "user": Encrypted, "cut": Damaged, "nothing": Empty, "no pages": Empty, "blank": Empty,
    }.items():  # fmt: skip
        with pytest.raises(error):
            read_pdf(tmp_path / f"{name}.pdf", "")
    monkeypatch.setattr(pdf_file, "MAX_PAGES", 0)
    with pytest.raises(TooLarge):
        read_pdf(good, "")


def test_a_broken_page_and_a_note_are_reported_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pikepdf.open(page_of_text(tmp_path / "good.pdf")) as file:
        file.pages.append(file.pages[0])
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[9, 9, 90, 90])
        file.pages[0].Annots = file.make_indirect(pikepdf.Array([note]))
        file.save(tmp_path / "odd.pdf")
    parse = tablers.Document.get_page

    def get_page(document: tablers.Document, index: int) -> object:
        if index == 1:
            raise RuntimeError("PdfiumLibraryInternalError(FormatError)")
        return parse(document, index)

    def draw(path: Path, index: int) -> PagePicture:
        raise Damaged("cannot be drawn either")

    monkeypatch.setattr(tablers.Document, "get_page", get_page)
    monkeypatch.setattr("extractors.scan.reader.pdf_page", draw)
    document = read_pdf(tmp_path / "odd.pdf", "")
    assert len(document.paragraphs) == 1
    assert [(o.notice, o.place.page) for o in document.observations] == [
        (Notice.UNREAD_PART, 1),
        (Notice.UNREAD_PAGE, 2),
    ]


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("某市文化局职权目录" * 8, Layer.USABLE),
        ("No. 12-A (2021) Rules for the issue of permits" * 3, Layer.USABLE),
        ("\ue123\ue124职权目录" * 8, Layer.UNUSABLE),  # private use: the font has no map
        ("\ufffd\ufffd职权目录" * 8, Layer.UNUSABLE),
        ("Ð\xd0Êý¾Ý±àÂë" * 8, Layer.UNUSABLE),  # GB2312 read as Latin 1
        ("\"#$%&'()*+,-./:;<=>?@" * 8, Layer.UNUSABLE),  # numbers of glyphs taken for characters
        ("龘靐齉爩㐀㐁㐂㐃" * 12, Layer.UNUSABLE),  # a map that is shifted
        ("", Layer.BLANK),
    ],
)
def test_what_a_text_layer_is_worth(text: str, layer: Layer) -> None:
    assert judge(PageContent([Glyph(c, 0, 0, 9, 9) for c in text], [])) is layer


def test_a_page_beyond_the_bounds_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "MAX_CHARACTERS", 40)
    document = read_pdf(page_of_text(tmp_path / "a.pdf"), "")
    assert [o.notice for o in document.observations] == [Notice.TRUNCATED]
