"""Draws test documents: one description, every format, no package of the product.

In: :class:`Sheet` values (see tests/drawing/spec.py). Out: a file whose bytes depend on the description alone.
Refuses a suffix that it cannot draw.
"""

from __future__ import annotations

from pathlib import Path

from tests.drawing.html import draw_html
from tests.drawing.ofd import OfdOptions, draw_ofd
from tests.drawing.pdf import PdfOptions, draw_pdf
from tests.drawing.spec import Block, CellSpec, Grid, PageBreak, Sheet, Text, grid, grid_of_text
from tests.drawing.word import draw_docx
from tests.drawing.workbook import draw_csv, draw_xls, draw_xlsx
from tests.drawing.zipped import write_zip
from tests.hostile import HostileFile, hostile_files

__all__ = [
    "Block",
    "CellSpec",
    "Grid",
    "HostileFile",
    "OfdOptions",
    "PageBreak",
    "PdfOptions",
    "Sheet",
    "Text",
    "draw",
    "draw_csv",
    "draw_docx",
    "draw_html",
    "draw_ofd",
    "draw_pdf",
    "draw_xls",
    "draw_xlsx",
    "grid",
    "grid_of_text",
    "hostile_files",
    "write_zip",
]


def draw(path: Path, sheets: tuple[Sheet, ...], pdf: PdfOptions | None = None) -> None:
    """Draw the sheets in the format that the suffix of ``path`` names. Raises ValueError for any other suffix."""
    suffix = path.suffix
    if suffix == ".docx":
        draw_docx(path, sheets)
    elif suffix == ".xlsx":
        draw_xlsx(path, sheets)
    elif suffix == ".xls":
        draw_xls(path, sheets)
    elif suffix == ".csv":
        draw_csv(path, sheets)
    elif suffix == ".html":
        draw_html(path, sheets)
    elif suffix == ".pdf":
        draw_pdf(path, sheets, pdf)
    elif suffix == ".ofd":
        draw_ofd(path, sheets, pdf)
    else:
        raise ValueError(f"no drawing for {suffix!r}")
