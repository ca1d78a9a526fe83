"""Draws ruled tables into PDFs for the tests, with reportlab's built-in CID font: no font file is needed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
WORDS = "对违反规定的行政许可处罚检查确认奖励裁决依据中华人民共和国法条例办法第一二三四五六七八九十款项局科室责任人"

GridCell = tuple[int, int, int, int, str]
"""Row, column, row span, column span (1-based) and text."""


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text in a column; "\\n" begins a new line."""
    lines: list[str] = []
    for piece in text.split("\n"):
        line = ""
        for character in piece:
            if line and pdfmetrics.stringWidth(line + character, FONT, size) > width:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


@dataclass
class Drawing:
    """A PDF being drawn; y runs downwards from the top of the page."""

    path: Path
    size: tuple[float, float] = (595.0, 842.0)
    canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        self.canvas = Canvas(str(self.path), pagesize=self.size, invariant=1)

    def text(self, x: float, y: float, text: str, size: float = 9.0, font: str = FONT) -> None:
        """Draw one line; y is its baseline."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.size[1] - y, text)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.line(x0, self.size[1] - y0, x1, self.size[1] - y1)

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A filled rectangle."""
        self.canvas.rect(x0, self.size[1] - y1, x1 - x0, y1 - y0, stroke=0, fill=1)

    def page(self) -> None:
        self.canvas.showPage()

    def save(self) -> Path:
        self.canvas.save()
        return self.path

    def table(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        cells: Iterable[GridCell],
        rule: Callable[[Drawing, float, float, float, float], None] | None = None,
        size: float = 9.0,
        write: Callable[[float, float, str], None] | None = None,
    ) -> None:
        """Draw each cell's four sides by ``rule`` and its wrapped text."""
        for row, column, rows, columns, text in cells:
            x0, x1 = xs[column - 1], xs[column - 1 + columns]
            y0, y1 = ys[row - 1], ys[row - 1 + rows]
            for side in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                (rule or Drawing.line)(self, *side)
            lines = wrapped(text, x1 - x0 - 6, size) if text else []
            top = y0 + (y1 - y0 - len(lines) * size * 1.25) / 2
            for n, line in enumerate(lines):
                (write or self._write(size))(x0 + 3, top + n * size * 1.25 + size, line)

    def _write(self, size: float) -> Callable[[float, float, str], None]:
        return lambda x, y, text: self.text(x, y, text, size)


def random_cells(
    rng: random.Random, rows: int, columns: int, xs: Sequence[float], ys: Sequence[float]
) -> list[GridCell]:
    """A random tiling of the grid by merged cells, with text that fits each."""
    free = {(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1)}
    cells: list[GridCell] = []
    for r in range(1, rows + 1):
        for c in range(1, columns + 1):
            if (r, c) not in free:
                continue
            height = width = 1
            if rng.random() < 0.25:
                while (r, c + width) in free and rng.random() < 0.4:
                    width += 1
                while rng.random() < 0.4 and all((r + height, c + k) in free for k in range(width)):
                    height += 1
            free -= {(r + i, c + j) for i in range(height) for j in range(width)}
            cells.append(
                (r, c, height, width, random_text(rng, xs[c - 1 + width] - xs[c - 1], ys[r - 1 + height] - ys[r - 1]))
            )
    return cells


def random_text(rng: random.Random, width: float, height: float, size: float = 9.0) -> str:
    """Chinese text, a number, a code or nothing, that fits a cell."""
    room = max(1, int((width - 6) // size)) * max(1, int((height - 3) // (size * 1.25)))
    kind = rng.random()
    if kind < 0.1:
        return ""
    if kind < 0.2:
        return str(rng.randrange(1, 99))
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(1, max(1, room - 1))))
