"""Sheets → digital PDF, drawn line by line so that every fault of real printouts can be asked for.

In: sheets and :class:`PdfOptions`. Out: a file with the same bytes each time. The font is the CID font STSong-Light,
which every viewer substitutes: no font file is read or embedded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.drawing.flow import Flow, Fragment, flow_grid
from tests.drawing.spec import SHORT, Grid, PageBreak, Sheet, Text

FONT = "STSong-Light"
_SIZES = {"title": 18.0, "heading": 12.0, "body": 10.5}


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """How a PDF is drawn. Sizes and distances in points.

    reprint_header: header rows again on each later page. split_rows: a page break may cut a row. rules: "all";
    "none"; "three" (only above, under the header and below); "open" (no outer verticals). fake_bold: each character
    drawn twice. rotated: the page is stored upright and shown turned by /Rotate 90.
    """

    page: tuple[float, float] = (A4[1], A4[0])
    margin: float = 36.0
    size: float = 9.0
    reprint_header: bool = True
    split_rows: bool = False
    rules: Literal["all", "none", "three", "open"] = "all"
    page_numbers: bool = True
    watermark: str = ""
    fake_bold: bool = False
    rotated: bool = False


def draw_pdf(path: Path, sheets: tuple[Sheet, ...], options: PdfOptions | None = None) -> None:
    """Draw the sheets under each other on as many pages as they need."""
    options = options or PdfOptions()
    draw_pages(Canvas(str(path), pagesize=options.page, invariant=1, pageCompression=1), sheets, options)


def draw_pages(canvas: Any, sheets: tuple[Sheet, ...], options: PdfOptions) -> None:
    """Draw the sheets on the pages of a canvas, reportlab's or one that does what is asked of it here."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    pen = _Pen(canvas, options)
    for sheet in sheets:
        for block in sheet.blocks:
            if isinstance(block, Text):
                pen.write(block)
            elif isinstance(block, Grid):
                pen.table(block)
            else:
                assert isinstance(block, PageBreak)
                pen.turn()
    pen.close()


def wrap(text: str, width: float, size: float) -> list[str]:
    """The lines of a text in a column of that width; Chinese may break between any two characters."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for character in paragraph:
            if line and pdfmetrics.stringWidth(line + character, FONT, size) > width:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


class _Pen:
    """The page being drawn and how far down it is filled; ``y`` counts from the top of the page as shown."""

    def __init__(self, canvas: Any, options: PdfOptions) -> None:
        self.options = options
        self.width, self.height = options.page
        self.canvas = canvas
        self.number = 0
        self._open()

    def _open(self) -> None:
        self.number += 1
        self.y = self.options.margin
        if self.options.rotated:
            self.canvas.setPageRotation(90)  # reportlab then swaps the sides of the stored page
            self.canvas.transform(0, 1, -1, 0, self.height, 0)
        if self.options.watermark:
            self._stamp(self.options.watermark)

    def _stamp(self, text: str) -> None:
        self.canvas.saveState()
        self.canvas.translate(self.width / 2, self.height / 2)
        self.canvas.rotate(35)
        self.canvas.setFillGray(0.85)
        self.canvas.setFont(FONT, 60)
        self.canvas.drawCentredString(0, 0, text)
        self.canvas.restoreState()

    def _finish(self) -> None:
        if self.options.page_numbers:
            self._print(f"— {self.number} —", self.width / 2 - 12, self.height - self.options.margin / 2, 9)
        self.canvas.showPage()

    def turn(self) -> None:
        """Start a new page."""
        self._finish()
        self._open()

    def close(self) -> None:
        """Finish the last page and write the file."""
        self._finish()
        self.canvas.save()

    def _print(self, text: str, x: float, baseline: float, size: float) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.height - baseline, text)
        if self.options.fake_bold:
            self.canvas.drawString(x + 0.25, self.height - baseline, text)

    def write(self, text: Text) -> None:
        """Write a paragraph, a title centred."""
        size, usable = _SIZES[text.style], self.width - 2 * self.options.margin
        for line in wrap(text.text, usable, size):
            if self.y + size * 1.5 > self.height - self.options.margin:
                self.turn()
            free = usable - pdfmetrics.stringWidth(line, FONT, size)
            x = self.options.margin + (free / 2 if text.style == "title" else 0)
            self._print(line, x, self.y + size, size)
            self.y += size * 1.5
        self.y += size * 0.4

    def table(self, grid: Grid) -> None:
        """Draw a table, on new pages where it does not fit."""
        options = self.options
        usable = self.width - 2 * options.margin
        edges = [options.margin]
        for share in grid.shares():
            edges.append(edges[-1] + share * usable)
        flow = Flow(
            top=options.margin,
            bottom=self.height - options.margin,
            start=self.y,
            leading=options.size * 1.35,
            pad=3.0,
            split_rows=options.split_rows,
            reprint=grid.header_rows if options.reprint_header else 0,
        )
        texts = {
            (cell.row, cell.column): wrap(
                cell.text, edges[cell.column - 1 + cell.column_span] - edges[cell.column - 1] - 8, options.size
            )
            for cell in grid.cells
        }
        for page, fragments in enumerate(flow_grid(grid, texts, flow)):
            if page:
                self.turn()
            for fragment in fragments:
                self._fragment(fragment, edges, flow, grid)
            self.y = max((fragment.bottom for fragment in fragments), default=self.y) + 10

    def _fragment(self, fragment: Fragment, edges: list[float], flow: Flow, grid: Grid) -> None:
        cell = fragment.cell
        left, right = edges[cell.column - 1], edges[cell.column - 1 + cell.column_span]
        for x0, y0, x1, y1 in self._rules(fragment, left, right, grid):
            self.canvas.setLineWidth(0.6)
            self.canvas.line(x0, self.height - y0, x1, self.height - y1)
        height = len(fragment.lines) * flow.leading
        free = fragment.bottom - fragment.top - height
        y = fragment.top + (free / 2 if fragment.whole else flow.pad)
        centred = len(cell.text) < SHORT and self.options.rules in ("all", "open")
        for line in fragment.lines:
            spare = right - left - pdfmetrics.stringWidth(line, FONT, self.options.size)
            x = left + (spare / 2 if centred else 4)
            self._print(line, x, y + self.options.size, self.options.size)
            y += flow.leading

    def _rules(
        self, fragment: Fragment, left: float, right: float, grid: Grid
    ) -> Iterator[tuple[float, float, float, float]]:
        top, bottom, kind = fragment.top, fragment.bottom, self.options.rules
        if kind in ("all", "open"):
            yield left, top, right, top
            yield left, bottom, right, bottom
            if kind == "all" or fragment.cell.column > 1:
                yield left, top, left, bottom
            if kind == "all" or fragment.cell.column + fragment.cell.column_span <= grid.column_count:
                yield right, top, right, bottom
        elif kind == "three":
            last_row = fragment.cell.row + fragment.cell.row_span - 1
            if fragment.cell.row == 1:
                yield left, top, right, top
            if last_row in (grid.header_rows, grid.row_count):
                yield left, bottom, right, bottom
