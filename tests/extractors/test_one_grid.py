"""The same table, drawn as Word, Excel and ruled PDF, is read as one and the same grid."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from extractors import open_document
from extractors.document import Table
from tests.builders import Grid, PdfOptions, Sheet, draw, grid
from tests.strategies import merged_grids

SUFFIXES = ("docx", "xlsx", "xls", "pdf")
# One sheet of paper takes any of the random tables; tables over several pages have tests of their own below.
BIG = PdfOptions(page=(2400.0, 3300.0))
Shape = tuple[int, int, frozenset[tuple[int, int, int, int, str]]]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _drawn(table: Grid) -> Shape:
    cells = {(c.row, c.column, c.row_span, c.column_span, _squeezed(c.text)) for c in table.cells}
    return table.row_count, table.column_count, frozenset(cell for cell in cells if cell[4])


def _read(table: Table) -> Shape:
    cells = {(c.row, c.column, c.row_span, c.column_span, _squeezed(c.text)) for c in table.cells if not c.empty}
    return table.row_count, table.column_count, frozenset(cells)


def _tables(table: Grid, suffix: str, options: PdfOptions) -> tuple[Table, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"表.{suffix}"
        draw(path, (Sheet((table,)),), options)
        return open_document(path, path.name).tables


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=merged_grids())
def test_any_merged_table_is_read_as_drawn(suffix: str, table: Grid) -> None:
    found = _tables(table, suffix, BIG)
    assert [_read(t) for t in found] == [_drawn(table)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    table=merged_grids(max_columns=5),
    options=st.builds(
        PdfOptions,
        page=st.just(BIG.page),
        rotated=st.booleans(),
        fake_bold=st.booleans(),
        watermark=st.sampled_from(["", "征求意见稿"]),
        size=st.sampled_from([7.5, 9.0, 12.0]),
        rules=st.sampled_from(["all", "open"]),
    ),
)
def test_the_way_a_pdf_is_printed_changes_nothing(table: Grid, options: PdfOptions) -> None:
    assume(options.rules != "open" or not _may_be_two_tables(table))
    found = _tables(table, "pdf", options)
    assert [_read(t) for t in found] == [_drawn(table)]


def _may_be_two_tables(table: Grid) -> bool:
    """Whether a row over the whole width is blank or parts rows of other columns: without sides, nothing joins them."""
    whole = [cell for cell in table.cells if cell.column_span == table.column_count]
    edges: list[set[int]] = [set()]
    for row in range(1, table.row_count + 1):
        own = {c.column for c in table.cells if c.row <= row < c.row + c.row_span} - {1}
        if own:
            edges[-1] |= own
        elif edges[-1]:
            edges.append(set())
    edges = [edge for edge in edges if edge]
    return any(not cell.text for cell in whole) or any(not (a <= b or b <= a) for a in edges for b in edges)


LONG = grid(
    [
        ["序号", "职权名称", "依据", "<"],
        ["^", "^", "法律", "条款"],
        *(
            [str(n), f"第{n}项职权" if n % 3 == 1 else "^", "《种子法》规定的内容较长，要占好几行。" * 3, f"第{n}条"]
            for n in range(1, 25)
        ),
    ],
    header_rows=2,
    widths=[1, 2, 4, 2],
)


@pytest.mark.parametrize("reprint_header", [True, False])
@pytest.mark.parametrize("split_rows", [True, False])
def test_a_table_over_several_pages_is_one_table(reprint_header: bool, split_rows: bool) -> None:
    options = PdfOptions(page=(500.0, 360.0), reprint_header=reprint_header, split_rows=split_rows)
    found = _tables(LONG, "pdf", options)
    assert [_read(t) for t in found] == [_drawn(LONG)]
    pages = {row.page for row in found[0].rows}
    assert len(pages) > 3
    assert len(found[0].reprints) == (5 * (len(pages) - 1) if reprint_header else 0)
