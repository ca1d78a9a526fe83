"""Files that have to be recognized get time by the page, other files none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from extractors.patience import MOST_PAGES, SECONDS_A_PAGE, extra_seconds
from tests.extractors.pdf_drawing import Drawing


def test_scans_get_time_by_the_page(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((900, 700), shade, np.uint8)) for shade in (250, 251, 252)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "a.png")
    assert extra_seconds(tmp_path / "a.tif", "name", tmp_path) == 2 * SECONDS_A_PAGE
    assert extra_seconds(tmp_path / "a.pdf") == 2 * SECONDS_A_PAGE
    assert extra_seconds(tmp_path / "a.png") == 0


def test_other_files_and_what_is_no_file_get_none(tmp_path: Path) -> None:
    drawing = Drawing(tmp_path / "a.pdf")
    for _ in range(3):
        drawing.text(60, 60, "职权目录")
        drawing.page()
    assert extra_seconds(drawing.save()) == 0
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7\n1 0 obj")
    assert extra_seconds(tmp_path / "torn.pdf") == 0
    assert extra_seconds(tmp_path / "missing.pdf") == 0
    assert extra_seconds("no path") == 0
    assert MOST_PAGES * SECONDS_A_PAGE < 2 * 3600  # a file that lies about its pages holds a worker no longer
