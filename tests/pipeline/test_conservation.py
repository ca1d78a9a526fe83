"""Whatever is printed under a register's headings is accounted for: nothing vanishes, nothing counts twice."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.record import FileState
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.builders import CellSpec, Grid, Sheet, Text, draw
from tests.strategies import merged_grids

POWERS = ("序号", "职权名称", "权力编码", "职权类别", "行使依据", "承办机构", "法定时限", "划转说明")
RISKS = ("序号", "风险点", "部门", "对应职权", "风险等级", "防控措施", "责任人", "备注")


def _below(headings: tuple[str, ...], body: Grid) -> Grid:
    head = [CellSpec(text, 1, column) for column, text in enumerate(headings[: body.column_count], 1)]
    rest = [CellSpec(c.text, c.row + 1, c.column, c.row_span, c.column_span) for c in body.cells]
    return Grid((*head, *rest), body.row_count + 1, body.column_count)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=merged_grids(),
    register=st.sampled_from([("职权目录", POWERS), ("内设部门廉政风险防控登记表", RISKS)]),
    suffix=st.sampled_from(["docx", "xlsx"]),
)
def test_every_printed_cell_is_accounted_for(body: Grid, register: tuple[str, tuple[str, ...]], suffix: str) -> None:
    title, headings = register
    table = _below(headings, body)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"报送表.{suffix}"
        draw(path, (Sheet((Text(f"云溪县水利局{title}", "title"), table)),))
        reading = read_file(SubmittedFile(path, path.name), load_vocabulary())
    printed = sum(bool(cell.text.strip()) for cell in table.cells) + (suffix == "xlsx")  # a sheet's title is a cell
    assert reading.state in (FileState.LOADED, FileState.NO_REGISTER)
    assert reading.cells == printed
    if reading.state is FileState.LOADED:
        assert reading.used_cells == printed
