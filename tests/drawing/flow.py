"""How a table's rows fall on pages: which rectangle of which cell holds which lines on which page.

In: a grid, the wrapped lines of its cells and the measures of the page. Out: a list of fragments a page. A merged cell
cut by a page break goes on as a second fragment, its text flows on where it is longer than the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.drawing.spec import CellSpec, Grid

Lines = Mapping[tuple[int, int], list[str]]


@dataclass(frozen=True, slots=True)
class Flow:
    """Measures in points from the top of the page.

    start: where the table begins on its first page. reprint: header rows that stand again on every later page.
    """

    top: float
    bottom: float
    start: float
    leading: float
    pad: float
    split_rows: bool
    reprint: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """The part of a cell on one page, with the lines printed in it; whole: the cell has no other part."""

    cell: CellSpec
    top: float
    bottom: float
    lines: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row, or the part of a row that stands on one page."""

    page: int
    row: int
    top: float
    bottom: float


def flow_grid(grid: Grid, texts: Lines, flow: Flow) -> list[list[Fragment]]:
    """The fragments of each page. Rows grow until every line of every cell has room."""
    lines_of_row = {row: 1 for row in range(1, grid.row_count + 1)}
    while True:
        strips = _strips(grid, lines_of_row, flow)
        pages, short = _fragments(grid, texts, flow, strips)
        if not short:
            return pages
        for row, missing in short.items():
            lines_of_row[row] += missing


def _height(row: int, lines_of_row: Mapping[int, int], flow: Flow) -> float:
    return lines_of_row[row] * flow.leading + 2 * flow.pad


def _strips(grid: Grid, lines_of_row: Mapping[int, int], flow: Flow) -> list[_Strip]:
    header = sum(_height(row, lines_of_row, flow) for row in range(1, flow.reprint + 1))
    strips: list[_Strip] = []
    page, y = 0, flow.start
    for row in range(1, grid.row_count + 1):
        left = lines_of_row[row]
        while left:
            fit = int((flow.bottom - y - 2 * flow.pad + 0.01) / flow.leading)
            fresh = y == flow.top + header
            taken = left if left <= fit else max(fit, 1) if fresh or (flow.split_rows and fit >= 2) else 0
            if taken:
                bottom = y + taken * flow.leading + 2 * flow.pad
                strips.append(_Strip(page, row, y, bottom))
                y, left = bottom, left - taken
            if left:
                page, y = page + 1, flow.top + header
    return strips


def _fragments(
    grid: Grid, texts: Lines, flow: Flow, strips: list[_Strip]
) -> tuple[list[list[Fragment]], dict[int, int]]:
    pages: list[list[Fragment]] = [[] for _ in range(strips[-1].page + 1)]
    short: dict[int, int] = {}
    for cell in grid.cells:
        own = [s for s in strips if cell.row <= s.row < cell.row + cell.row_span]
        lines = list(texts[cell.row, cell.column]) if cell.text else []
        for page in sorted({s.page for s in own}):
            top = min(s.top for s in own if s.page == page)
            bottom = max(s.bottom for s in own if s.page == page)
            room = int((bottom - top - 2 * flow.pad + 0.01) / flow.leading)
            whole = own[0].page == own[-1].page
            pages[page].append(Fragment(cell, top, bottom, tuple(lines[:room]), whole))
            lines = lines[room:]
        if lines:
            last = cell.row + cell.row_span - 1
            short[last] = max(short.get(last, 0), len(lines))
    for page in range(1, len(pages)):
        pages[page][:0] = _reprint(grid, pages[0], flow)
    return pages, short


def _reprint(grid: Grid, first: list[Fragment], flow: Flow) -> list[Fragment]:
    shift = flow.top - flow.start
    return [
        Fragment(f.cell, f.top + shift, f.bottom + shift, f.lines, True) for f in first if f.cell.row <= flow.reprint
    ]
