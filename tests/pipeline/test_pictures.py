"""Pictures of doubtful cells: cut from the archived original, laid into the findings workbook beside the text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image, ImageDraw

from extractors.content_hash import sha256_of
from extractors.document import Box, Place
from pipeline.intake import originals
from pipeline.intake.pictures import MOST, pictures_of_doubt
from pipeline.reports.workbook import write_findings_workbook
from pipeline.workspace import Workspace
from tests.pipeline.submissions import Here

SCAN = "扫描件.png"
BLUE, GREEN = (20, 60, 220), (20, 160, 60)


def doubt(key: str, box: Box | None, file: str = SCAN, rule: str = "X02") -> dict[str, Any]:
    place = Place(page=box.page if box else 1, table="1", row=2, column=1, box=box)
    return {"问题键": key, "规则": rule, "严重程度": "警告", "来源文件": file, "来源位置": str(place), "状态": "待整改"}


@pytest.fixture
def archived(tmp_path: Path) -> tuple[Workspace, dict[str, str]]:
    """A workspace that keeps one scan of 200 dots an inch: a blue and a green field."""
    page = Image.new("RGB", (1654, 2339), "white")
    drawing = ImageDraw.Draw(page)
    drawing.rectangle((300, 300, 700, 380), fill=BLUE)
    drawing.rectangle((300, 600, 700, 680), fill=GREEN)
    path = tmp_path / SCAN
    page.save(path, dpi=(200, 200))
    workspace = Workspace(tmp_path / "data")
    originals.keep(workspace, path, sha256_of(path))
    return workspace, {SCAN: sha256_of(path)}


def points(*pixels: int) -> Box:
    return Box(1, *(value * 72 / 200 for value in pixels))


def test_each_doubtful_cell_has_the_picture_of_its_place(archived: tuple[Workspace, dict[str, str]]) -> None:
    workspace, hashes = archived
    rows = [
        doubt("蓝", points(300, 300, 700, 380)),
        doubt("绿", points(300, 600, 700, 680)),
        doubt("无位置", None),
        doubt("另一文件", points(300, 300, 700, 380), file="目录.docx"),
        doubt("另一规则", points(300, 300, 700, 380), rule="M03"),
    ]
    found = pictures_of_doubt(workspace, rows, hashes, Here)
    assert set(found) == {"蓝", "绿"}
    for key, colour in (("蓝", BLUE), ("绿", GREEN)):
        picture = Image.open(io.BytesIO(found[key])).convert("RGB")
        assert picture.getpixel((picture.width // 2, picture.height // 2)) == colour


def test_no_worker_is_started_without_need_and_no_picture_stops_the_report(
    archived: tuple[Workspace, dict[str, str]],
) -> None:
    workspace, hashes = archived
    assert pictures_of_doubt(workspace, [doubt("无位置", None)], hashes, lambda: pytest.fail("started")) == {}
    beyond = doubt("页外", Box(1, 5000, 5000, 5100, 5100))
    assert pictures_of_doubt(workspace, [beyond], hashes, Here) == {}
    assert pictures_of_doubt(workspace, [doubt("没有原件", points(0, 0, 9, 9))], {SCAN: "0" * 64}, Here) == {}


def test_the_number_of_pictures_is_bounded(archived: tuple[Workspace, dict[str, str]]) -> None:
    workspace, hashes = archived
    rows = [doubt(str(number), points(300, 300, 320, 320)) for number in range(MOST + 5)]
    assert len(pictures_of_doubt(workspace, rows, hashes, Here)) == MOST


def test_the_workbook_shows_the_picture_in_its_row_and_no_column_without_one(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (1200, 300), BLUE).save(stream, "PNG")
    rows = [doubt("甲", None), doubt("乙", None)]
    for pictures in ({}, {"乙": stream.getvalue()}):
        path = tmp_path / "清单.xlsx"
        write_findings_workbook(path, "甲局", rows, pictures=pictures)
        page = load_workbook(path).worksheets[0]
        headings = [cell.value for cell in page[1]]
        assert ("原件图片" in headings) == bool(pictures)
        assert headings[-1] == "问题键"
        assert len(page._images) == len(pictures)
    (image,) = page._images
    row = image.anchor._from.row + 1
    assert (page.cell(row, len(headings)).value, image.anchor._from.col) == ("乙", headings.index("原件图片"))
    assert (image.anchor.ext.width, image.anchor.ext.height) == (280 * 9525, 70 * 9525)  # EMU a pixel
    assert page.row_dimensions[row].height >= 70 * 72 / 96
