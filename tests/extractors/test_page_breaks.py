"""Merged cells that a spreadsheet prints over a page break, digital and scanned → one cell with its text once."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from extractors import open_document
from extractors.document import Document
from tests.extractors.pdf_drawing import Drawing

XS = (50.0, 90.0, 220.0, 400.0, 545.0)
BREAK = 300.0
"""Where the print area of the first page ends, in points from the top; that of the second begins at TOP."""
TOP = 60.0
LINE = 14.0
BASIS = (
    "《水法》第四十八条：直接取用",
    "水资源的单位和个人，应当按照",
    "国家取水许可制度申请领取取水",
    "许可证并缴纳水资源费。",
)
UPPER = ("首次申请。", "变更申请。")
LOWER = ("延续申请。", "注销申请。")


def clipped(drawing: Drawing, y0: float, y1: float, x: float, y: float, text: str) -> None:
    """Draw a line of which only what lies between two heights shows."""
    canvas, height = drawing.canvas, drawing.size[1]
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(XS[0], height - y1, XS[-1] - XS[0], y1 - y0)
    canvas.clipPath(path, stroke=0, fill=0)
    drawing.text(x, y, text)
    canvas.restoreState()


def merged(drawing: Drawing, y0: float, y1: float, middle: float) -> None:
    """The merged cells of a page from top to bottom of its print area: three uprights, no level rule, whole texts."""
    for n, lines in enumerate((("1",), ("取水许可",), BASIS)):
        drawing.line(XS[n], y0, XS[n], y1)
        for m, line in enumerate(lines):
            clipped(drawing, y0, y1, XS[n] + 4, middle + (m - len(lines) / 2) * LINE + 9, line)
    drawing.line(XS[3], y0, XS[3], y1)


def spreadsheet(path: Path, cut: float) -> Path:
    """Two pages of a table, its second row merged over four lines; cut: points of it on the first page."""
    drawing = Drawing(path)
    drawing.text(220, 45, "云溪县水利局职权目录", 14)
    drawing.table(
        XS, (TOP, TOP + 20), [(1, c, 1, 1, t) for c, t in enumerate(("序号", "职权名称", "行使依据", "备注"), 1)]
    )
    start = TOP + 20
    middle = start + cut
    step = (BREAK - start) / 2
    merged(drawing, start, BREAK, middle)
    for n, text in enumerate(UPPER):
        drawing.table(XS[3:], (start + n * step, start + (n + 1) * step), [(1, 1, 1, 1, text)])
    drawing.line(XS[0], start, XS[-1], start)
    drawing.page()
    end = TOP + 200
    merged(drawing, TOP, end, TOP + middle - BREAK)
    for n, text in enumerate(LOWER):
        drawing.table(XS[3:], (TOP + n * 100, TOP + (n + 1) * 100), [(1, 1, 1, 1, text)])
    drawing.line(XS[0], end, XS[-1], end)
    drawing.table(
        XS, (end, end + 24), [(1, c, 1, 1, t) for c, t in enumerate(("2", "河道采砂许可", "《河道管理条例》", "无"), 1)]
    )
    drawing.text(50, end + 60, "填表说明：本表由各股室填写。")
    return drawing.save()


def scanned(path: Path, source: Path) -> Path:
    with pypdfium2.PdfDocument(source) as document:
        first, *others = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
    first.save(path, save_all=True, append_images=others, resolution=200)
    return path


def read(path: Path) -> Document:
    return open_document(path, path.name)


@pytest.mark.parametrize("scan", [False, True], ids=["digital", "scanned"])
@pytest.mark.parametrize("cut", [60.0, 220.0, 330.0], ids=["text before the break", "text over it", "text behind it"])
def test_a_merged_cell_over_a_page_break_is_one(tmp_path: Path, cut: float, scan: bool) -> None:
    path = spreadsheet(tmp_path / "a.pdf", cut)
    document = read(scanned(tmp_path / "b.pdf", path) if scan else path)
    (table,) = document.tables
    cells = {(c.row, c.column): (c.row_span, "".join(c.text.split())) for c in table.cells if c.row > 1}
    assert cells == {
        (2, 1): (4, "1"),
        (2, 2): (4, "取水许可"),
        (2, 3): (4, "".join(BASIS)),
        **{(row, 4): (1, text) for row, text in enumerate((*UPPER, *LOWER), 2)},
        **{(6, c): (1, t) for c, t in enumerate(("2", "河道采砂许可", "《河道管理条例》", "无"), 1)},
    }
    assert ["".join(p.text.split()) for p in document.paragraphs] == [
        "云溪县水利局职权目录",
        "填表说明：本表由各股室填写。",
    ]


@pytest.mark.parametrize("cut", [215.0, 218.0, 220.0, 222.0, 224.0])
def test_a_line_cut_by_the_break_is_read_from_both_its_parts_on_a_scan(tmp_path: Path, cut: float) -> None:
    document = read(scanned(tmp_path / "b.pdf", spreadsheet(tmp_path / "a.pdf", cut)))
    (table,) = document.tables
    (basis,) = [cell for cell in table.cells if (cell.row, cell.column) == (2, 3)]
    assert "".join(basis.text.split()) == "".join(BASIS)
    assert basis.confidence < 0.95
    whole = [box for box in basis.boxes if box.y1 > box.y0]
    assert {box.page for box in whole} == {1, 2}
