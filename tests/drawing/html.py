"""Sheets → .html, the page that many office systems export under the name of a workbook."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.drawing.spec import CellSpec, Grid, Sheet, Text


def draw_html(path: Path, sheets: tuple[Sheet, ...]) -> None:
    """Draw the sheets under each other, merges as rowspan and colspan."""
    body: list[str] = []
    for sheet in sheets:
        for block in sheet.blocks:
            if isinstance(block, Text):
                body.append(f"<p>{escape(block.text)}</p>")
            elif isinstance(block, Grid):
                body.append(_table(block))
    page = f'<html><head><meta charset="utf-8"></head><body>{"".join(body)}</body></html>'
    path.write_text(page, encoding="utf-8")


def _table(grid: Grid) -> str:
    rows = (
        "".join(_cell(cell) for cell in sorted(grid.cells, key=lambda cell: cell.column) if cell.row == row)
        for row in range(1, grid.row_count + 1)
    )
    return f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _cell(cell: CellSpec) -> str:
    text = escape(cell.text).replace("\n", "<br>")
    return f"<td rowspan={cell.row_span} colspan={cell.column_span}>{text}</td>"
