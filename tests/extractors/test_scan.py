"""Pictures of pages → Document: the same grid that was drawn, whatever the scanner did to the page."""

from __future__ import annotations

import io
import random
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from extractors import open_document
from extractors.document import Box, Document, Notice, Observation, Place, Table
from extractors.errors import Damaged, Empty, TooLarge
from extractors.scan import picture_of
from extractors.scan.recognizer import network, recognize
from tests.drawing.font import SIMPLIFIED, noto_sans
from tests.drawing.picture import (
    BLUE,
    Picture,
    Sheet,
    Style,
    compressed,
    curled,
    draw,
    edged,
    faxed,
    noisy,
    photographed,
    resized,
    screened,
    skewed,
    stamped,
)
from tests.extractors.pdf_drawing import Drawing

DPI = 200
STRIP = (430.0, 140.0)
SLIP = (480.0, 300.0)  # points: a page that is read in a second
CELLS = [
    (1, 1, 2, 1, "序号"), (1, 2, 2, 1, "职权名称"), (1, 3, 1, 2, "办理时限"), (1, 5, 2, 1, "行使依据"),
    (2, 3, 1, 1, "法定"), (2, 4, 1, 1, "承诺"),
    (3, 1, 1, 5, "一、行政许可（共2项）"),
    (4, 1, 1, 1, "1"), (4, 2, 1, 1, "取水许可（市级）"), (4, 3, 1, 1, "45日"), (4, 4, 2, 1, "20个工作日"),
    (4, 5, 1, 1, "《取水许可和水资源费征收管理条例》（2017年修正）第十四条；《水法》第四十八条第一款"),
    (5, 1, 1, 1, "2"), (5, 2, 1, 1, "河道采砂许可(县级)"), (5, 3, 1, 1, "—"),
    (5, 5, 1, 1, "①《河道管理条例》第二十五条：“必须报经批准”；②《水法》第三十九条。"),
]  # fmt: skip
SHARES = [0.09, 0.25, 0.12, 0.16, 0.38]


def style(**changes: object) -> Style:
    settings: dict[str, object] = {"size": 9.0, "page": SLIP, "margin": 24.0, "heaviness": 400, "dpi": DPI} | changes
    return Style(noto_sans(), SIMPLIFIED, **settings)  # type: ignore[arg-type]


def catalogue(**changes: object) -> list[Picture]:
    sheet = Sheet(SHARES, list(CELLS), 2, ("云溪县水利局职权目录", "填报日期：2024年3月5日"))
    return draw(sheet, style(**changes)).pages


def saved(path: Path, pages: list[Picture], dpi: int = DPI) -> Path:
    images = [Image.fromarray(page if page.ndim == 2 else page[:, :, ::-1].copy()) for page in pages]
    more = {"save_all": True, "append_images": images[1:]} if len(images) > 1 else {}
    images[0].save(path, dpi=(dpi, dpi), **more)
    return path


def plain(text: str) -> str:
    return "".join(text.split())


def grid(table: Table) -> dict[tuple[int, int, int, int], str]:
    return {(c.row, c.column, c.row_span, c.column_span): plain(c.text) for c in table.cells if not c.empty}


TRUTH = {(r, c, rs, cs): text for r, c, rs, cs, text in CELLS}


def read(path: Path) -> Document:
    return open_document(path, path.name)


DEGRADATIONS: dict[str, Callable[[Picture], Picture]] = {
    "clean": lambda page: page,
    "askew, noise, jpeg": lambda page: compressed(noisy(skewed(page, 1.7), random.Random(1), 8.0)),
    "seal over the text": lambda page: stamped(page, random.Random(3), DPI, noto_sans(), SIMPLIFIED),
    "dark edges": lambda page: edged(page, random.Random(2), DPI),
    "blue seal": lambda page: stamped(page, random.Random(3), DPI, noto_sans(), SIMPLIFIED, BLUE),
    "photograph": lambda page: compressed(photographed(page, random.Random(4))),
    "bent": lambda page: curled(page, random.Random(2), 0.02),
    "grey paper in dots": lambda page: screened(page, random.Random(6)),
    "one bit": lambda page: faxed(page, random.Random(5), 190),
}


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_grid_is_the_one_drawn(tmp_path: Path, name: str) -> None:
    document = read(saved(tmp_path / "a.png", [DEGRADATIONS[name](page) for page in catalogue()]))
    (table,) = document.tables
    assert grid(table) == TRUTH
    assert [plain(p.text) for p in document.paragraphs] == ["云溪县水利局职权目录", "填报日期：2024年3月5日"]
    assert (document.format, document.pages, document.observations) == ("png", 1, ())


def test_every_character_has_a_confidence_and_a_place(tmp_path: Path) -> None:
    (page,) = catalogue()
    document = read(saved(tmp_path / "a.png", [page]))
    for block in (*document.tables[0].cells, *document.paragraphs):
        assert len(block.confidences) == len(block.text)
        assert all(0 <= c <= 1 for c in block.confidences)
        assert all(c < 1 for c, t in zip(block.confidences, block.text, strict=True) if not t.isspace())
    for cell in document.tables[0].cells:
        assert cell.confidence == min(cell.confidences, default=1.0)
        (box,) = cell.boxes
        assert 24 - 2 < box.x0 < box.x1 < SLIP[0] - 24 + 2


OPEN = [
    ("序号", "职权名称", "行使依据", "承办机构"),
    ("1", "取水许可", "《水法》第四十八条：“直接从江河、湖泊取用水资源的，应当申请领取取水许可证。”", "水政科"),
    ("2", "河道采砂许可", "《河道管理条例》（2018年修正）第二十五条", "河道管理科"),
    ("3", "水土保持方案审批", "《水土保持法》第二十五条；《水土保持法实施条例》第十四条第（二）项。", "水保科"),
    ("4", "城市供水单位检查", "《城市供水条例》第七条", "水政科"),
    ("5", "水库大坝安全鉴定审定", "《水库大坝安全管理条例》第二十二条：“建立大坝定期安全检查、鉴定制度。”", "建管科"),
]


@pytest.mark.parametrize(("rules", "leading", "hang"), [("three", 1.15, "hang"), ("none", 1.3, "pull")])
def test_tables_without_rules_between_cells_are_read_column_by_column(
    tmp_path: Path, rules: str, leading: float, hang: str
) -> None:
    cells = [(r, c, 1, 1, text) for r, row in enumerate(OPEN, 1) for c, text in enumerate(row, 1)]
    sheet = Sheet([0.09, 0.28, 0.48, 0.15], cells, 1, ("云溪县水利局职权目录",))
    (page,) = draw(sheet, style(rules=rules, leading=leading, hang=hang, padding=2.5)).pages
    document = read(saved(tmp_path / "a.png", [noisy(page, random.Random(4))]))
    (table,) = document.tables
    assert grid(table) == {(r, c, rs, cs): text for r, c, rs, cs, text in cells}
    assert [plain(p.text) for p in document.paragraphs] == ["云溪县水利局职权目录"]


def test_a_seal_on_a_photograph_costs_no_more_than_what_it_covers(tmp_path: Path) -> None:
    pages = [photographed(DEGRADATIONS["seal over the text"](page), random.Random(4)) for page in catalogue()]
    (table,) = read(saved(tmp_path / "a.png", pages)).tables
    assert len(TRUTH.items() & grid(table).items()) >= len(TRUTH) - 2


@pytest.mark.parametrize("kind", ["photograph", "bent"])
def test_the_picture_of_a_cell_of_a_bent_page_shows_the_cell(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path / "a.png", [DEGRADATIONS[kind](page) for page in catalogue()])
    table = read(path).tables[0]
    for text in ("河道采砂许可(县级)", "取水许可（市级）"):
        (box,) = next(cell.boxes for cell in table.cells if plain(cell.text) == text)
        (tmp_path / "cell.png").write_bytes(picture_of(path, box))
        line = np.asarray(Image.open(tmp_path / "cell.png").convert("L"))
        found = "".join(character.text for character in recognize(line[12:-12, 12:-12]))
        assert sum(found.count(character) > 0 for character in text) >= len(text) - 2


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_on_its_side_is_read_and_boxes_are_as_displayed(tmp_path: Path, turns: int) -> None:
    (page,) = catalogue()
    table = read(saved(tmp_path / "a.png", [np.ascontiguousarray(np.rot90(page, turns))])).tables[0]
    assert grid(table) == TRUTH
    upright = read(saved(tmp_path / "b.png", [page])).tables[0].cells[0].boxes[0]
    (width, height), box = SLIP, table.cells[0].boxes[0]
    expected = {
        1: (upright.y0, width - upright.x1, upright.y1, width - upright.x0),
        2: (width - upright.x1, height - upright.y1, width - upright.x0, height - upright.y0),
        3: (height - upright.y1, upright.x0, height - upright.y0, upright.x1),
    }[turns]
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx(expected, abs=1.5)


def rows(first: int, last: int) -> list[tuple[int, int, int, int, str]]:
    names = [
        "取水许可",
        "河道采砂许可",
        "水土保持方案审批",
        "占用农业灌溉水源审批",
        "城市供水单位检查",
        "水利工程质量监督检查",
    ]
    cells = [(1, c, 1, 1, head) for c, head in enumerate(("序号", "事项名称", "承办机构"), 1)]
    for row, number in enumerate(range(first, last + 1), 2):
        values = (str(number), names[number - 1], "水政监察大队")
        cells += [(row, c, 1, 1, value) for c, value in enumerate(values, 1)]
    return cells


def two_pages() -> list[Picture]:
    return [draw(Sheet([0.15, 0.5, 0.35], rows(first, first + 2), 1), style(page=STRIP)).pages[0] for first in (1, 4)]


def test_a_table_over_two_pages_is_one_and_its_header_once(tmp_path: Path) -> None:
    document = read(saved(tmp_path / "a.tif", two_pages()))
    (table,) = document.tables
    assert [plain(table.at(row, 1).text) for row in range(1, 8)] == ["序号", *"123456"]  # type: ignore[union-attr]
    assert [plain(cell.text) for cell in table.reprints] == ["序号", "事项名称", "承办机构"]
    assert [row.page for row in table.rows] == [1, 1, 1, 1, 2, 2, 2]
    assert document.pages == 2


def test_dirt_after_a_table_does_not_part_it_from_the_next_page(tmp_path: Path) -> None:
    first, second = (page.copy() for page in two_pages())
    height, width = first.shape
    for x in range(width // 2, width // 2 + 60, 7):  # scattered crumbs, as of a seal or of dust on the glass
        first[height - 60 + x % 5 : height - 57 + x % 5, x : x + 4] = 60
    (table,) = read(saved(tmp_path / "a.tif", [first, second])).tables
    assert {row.page for row in table.rows} == {1, 2}


def test_a_blank_cell_of_a_page_in_crumbs_is_not_surely_blank(tmp_path: Path) -> None:
    sheet = Sheet((0.5, 0.5), [(r, c, 1, 1, "取水许可" if c == 1 else "") for r in range(1, 9) for c in (1, 2)], 1, ())
    (page,), (thin,) = (draw(sheet, style(heaviness=heaviness)).pages for heaviness in (400, 300))
    for name, picture, sure in (("a", page, True), ("b", faxed(thin, random.Random(1), 120), False)):
        table = read(saved(tmp_path / f"{name}.png", [picture])).tables[0]
        assert {cell.confidence >= 0.95 for cell in table.cells if cell.empty} == {sure}


def test_a_threshold_within_the_noise_of_the_paper_loses_no_table_and_is_told(tmp_path: Path) -> None:
    (page,) = catalogue(weight=1.0)
    grain = np.random.default_rng(8).normal(0, 20, page.shape)
    dots = np.where(page - np.abs(grain) < 235, 0, 255).astype(np.uint8)
    assert 0.25 < np.mean(dots[page == 255] == 0) < 0.5
    document = read(saved(tmp_path / "a.png", [dots]))
    (table,) = document.tables
    assert {(c.row, c.column, c.row_span, c.column_span) for c in table.cells} >= TRUTH.keys()
    believed = [c for c in table.cells if c.confidence >= 0.95]
    assert all(plain(c.text) == TRUTH[c.row, c.column, c.row_span, c.column_span] for c in believed)
    assert sum(plain(c.text) == TRUTH.get((c.row, c.column, c.row_span, c.column_span)) for c in table.cells) > 10
    assert document.observations == (Observation(Notice.UNREAD_CELL, Place(page=1)),)


def test_a_heading_in_a_narrow_column_is_read_beside_its_other_character(tmp_path: Path) -> None:
    sheet = Sheet(
        (0.05, 0.95),
        [(1, 1, 1, 1, "序号"), (1, 2, 1, 1, "职权名称"), (2, 1, 1, 1, "1"), (2, 2, 1, 1, "取水许可")],
        1,
        (),
    )
    (page,) = draw(sheet, style(size=9.0)).pages
    table = read(saved(tmp_path / "a.png", [faxed(page, random.Random(1), 190)])).tables[0]
    (head,) = [cell for cell in table.cells if (cell.row, cell.column) == (1, 1)]
    assert head.text == "序\n号"


def test_a_header_that_is_misread_on_the_second_page_is_still_the_header(tmp_path: Path) -> None:
    first, second = (page.copy() for page in two_pages())
    second[int(24 / 72 * DPI) + 6 : int(24 / 72 * DPI) + 40, 500:520] = 255  # a stroke of it is lost
    document = read(saved(tmp_path / "a.tif", [first, second]))
    (table,) = document.tables
    assert [plain(table.at(row, 1).text) for row in range(1, 8)] == ["序号", *"123456"]  # type: ignore[union-attr]
    assert len(table.reprints) == 3


def pdf_of(path: Path, page: Picture, size: tuple[float, float]) -> None:
    drawing = Drawing(path, size)
    stream = io.BytesIO()
    Image.fromarray(page).save(stream, "png")
    from reportlab.lib.utils import ImageReader

    stream.seek(0)
    drawing.canvas.drawImage(ImageReader(stream), 0, 0, *size)
    drawing.page()
    drawing.save()


def test_digital_and_scanned_pages_of_one_file_make_one_table(tmp_path: Path) -> None:
    size = STRIP
    digital = Drawing(tmp_path / "digital.pdf", size)
    xs = [24 + share * (STRIP[0] - 48) for share in (0, 0.15, 0.65, 1)]
    digital.table(xs, [24, 42, 60, 78, 96], rows(1, 3))
    digital.page()
    digital.save()
    pdf_of(tmp_path / "scan.pdf", two_pages()[1], size)
    with pikepdf.open(tmp_path / "digital.pdf") as file, pikepdf.open(tmp_path / "scan.pdf") as scan:
        file.pages.extend(scan.pages)
        file.save(tmp_path / "mixed.pdf")
    document = read(tmp_path / "mixed.pdf")
    (table,) = document.tables
    assert [plain(table.at(row, 1).text) for row in range(1, 8)] == ["序号", *"123456"]  # type: ignore[union-attr]
    assert [bool(table.at(row, 2).confidences) for row in range(1, 8)] == [False] * 4 + [True] * 3  # type: ignore[union-attr]
    assert document.observations == ()


def test_text_laid_invisibly_over_a_scan_is_not_believed(tmp_path: Path) -> None:
    size = STRIP
    pdf_of(tmp_path / "scan.pdf", two_pages()[0], size)
    with pikepdf.open(tmp_path / "scan.pdf") as file:
        page = file.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources.Font = pikepdf.Dictionary(F9=font)
        page.contents_add(b"BT 3 Tr /F9 9 Tf 50 50 Td (" + b"recognized text " * 9 + b") Tj ET")
        file.save(tmp_path / "layer.pdf")
    (table,) = read(tmp_path / "layer.pdf").tables
    assert plain(table.at(2, 2).text) == "取水许可"  # type: ignore[union-attr]


def test_a_picture_of_a_table_on_a_digital_page_is_read(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf", (520.0, 300.0))
    drawing.text(40, 40, "关于报送水利局职权目录的说明，详见下表，共三项，请予审核。此页其余部分为扫描件。")
    stream = io.BytesIO()
    Image.fromarray(resized(two_pages()[0], 1.0)).save(stream, "png")
    from reportlab.lib.utils import ImageReader

    stream.seek(0)
    drawing.canvas.drawImage(ImageReader(stream), 50, 100, *STRIP)
    drawing.page()
    document = read(drawing.save())
    (table,) = document.tables
    assert plain(table.at(3, 2).text) == "河道采砂许可"  # type: ignore[union-attr]
    assert document.paragraphs[0].confidences == ()
    assert table.cells[0].boxes[0].x0 == pytest.approx(50 + 24, abs=2)


def test_the_picture_of_a_cell(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", catalogue())
    cell = next(c for c in read(path).tables[0].cells if "采砂" in c.text)
    picture = Image.open(io.BytesIO(picture_of(path, cell.boxes[0])))
    box = cell.boxes[0]
    assert picture.width == pytest.approx((box.x1 - box.x0 + 6) * DPI / 72, abs=3)
    whole = Image.open(io.BytesIO(picture_of(path, Box(1, 0, 0, 5000, 5000))))
    assert max(whole.size) <= 1600
    with pytest.raises(Damaged):
        picture_of(path, Box(1, 5000, 5000, 5010, 5010))
    with pytest.raises(Damaged):
        picture_of(path, Box(3, 0, 0, 10, 10))


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    network.cache_clear()
    assert read(saved(tmp_path / "a.png", [two_pages()[0]])).tables


def test_what_is_no_page_says_why(tmp_path: Path) -> None:
    blank = np.full((400, 300), 255, np.uint8)
    with pytest.raises(Empty):
        read(saved(tmp_path / "blank.png", [blank]))
    data = saved(tmp_path / "a.png", two_pages()[:1]).read_bytes()
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 3])
    with pytest.raises(Damaged):
        read(tmp_path / "cut.png")
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    with pytest.raises(TooLarge):
        read(tmp_path / "bomb.png")


def test_a_page_on_which_nothing_can_be_made_out_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("page", "line_reading"):
        monkeypatch.setattr(f"extractors.scan.{module}.recognize", lambda line, squeeze=1.0: [])
    document = read(saved(tmp_path / "a.tif", two_pages()))
    assert [(o.notice, o.place.page) for o in document.observations] == [
        (Notice.UNREAD_PAGE, 1), (Notice.UNREAD_PAGE, 2),
    ]  # fmt: skip
