"""Random merged tables that can be told from their rules alone.

Out: hypothesis strategies of :class:`tests.builders.Grid`. Each row and each column of such a grid has a printed cell
that begins there: without one, no reader could know of the row or column.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.builders import CellSpec, Grid

_CHINESE = (
    "行政许可处罚强制征收给付检查确认奖励裁决依据机构风险等级防控措施责任人第三十一条款项《》（）、，。：；〔〕①②"
)
_ASCII = "ABCXKLabc0123456789-/.%"
_lines = st.text(alphabet=_CHINESE, min_size=1, max_size=24) | st.text(alphabet=_ASCII, min_size=1, max_size=12)
printed = st.lists(_lines, min_size=1, max_size=3).map("\n".join)
texts = st.one_of(st.just(""), printed, printed, printed)


@st.composite
def merged_grids(draw: st.DrawFn, max_rows: int = 12, max_columns: int = 8) -> Grid:
    """A grid of 2 to ``max_rows`` rows and 2 to ``max_columns`` columns with random rectangular merges and blanks."""
    row_count = draw(st.integers(2, max_rows))
    column_count = draw(st.integers(2, max_columns))
    spans = _spans(draw, row_count, column_count)
    cells = [CellSpec(draw(texts), row, column, height, width) for (row, column), (height, width) in spans.items()]
    return Grid(tuple(_observable(draw, cells, row_count, column_count)), row_count, column_count, header_rows=0)


def _spans(draw: st.DrawFn, row_count: int, column_count: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Corners of a random tiling and the height and width of each tile."""
    rows_begun, columns_begun = set(range(1, row_count + 1)), set(range(1, column_count + 1))
    spans = {(row, column): (1, 1) for row in rows_begun for column in columns_begun}
    for _ in range(draw(st.integers(0, 8))):
        top, left = draw(st.integers(1, row_count)), draw(st.integers(1, column_count))
        height = draw(st.integers(1, min(4, row_count - top + 1)))
        width = draw(st.integers(1, min(4, column_count - left + 1)))
        covered = [(top + r, left + c) for r in range(height) for c in range(width)]
        if any(spans.get(place) != (1, 1) for place in covered):
            continue
        merged = {place: span for place, span in spans.items() if place not in covered} | {(top, left): (height, width)}
        if {row for row, _ in merged} == rows_begun and {column for _, column in merged} == columns_begun:
            spans = merged
    return dict(sorted(spans.items()))


def _observable(draw: st.DrawFn, cells: list[CellSpec], row_count: int, column_count: int) -> list[CellSpec]:
    """Print something where a row or a column would otherwise begin with blank cells only."""
    needed = [("row", number) for number in range(1, row_count + 1)]
    needed += [("column", number) for number in range(1, column_count + 1)]
    for side, number in needed:
        begun = [index for index, cell in enumerate(cells) if getattr(cell, side) == number]
        if not any(cells[index].text for index in begun):
            index = draw(st.sampled_from(begun))
            cell = cells[index]
            cells[index] = CellSpec(draw(printed), cell.row, cell.column, cell.row_span, cell.column_span)
    return cells
