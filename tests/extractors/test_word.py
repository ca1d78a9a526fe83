"""Word tables as grids, and documents of other producers."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Cell, Notice, Observation, Place
from extractors.word.reader import read_word
from tests.extractors.word_markup import (
    CONTINUE,
    NAMESPACES,
    RESTART,
    SCHEMAS,
    STRICT,
    cell,
    grid,
    package,
    par,
    reader,
    row,
    span,
    table,
    texts,
    width,
)


@pytest.fixture
def read(tmp_path: Path):
    return reader(tmp_path)


def test_merges_and_rows_that_begin_late_or_end_early(read) -> None:
    found = read(
        table(
            row(cell("单位", properties=RESTART), cell("事项", properties=span(2)), "备注"),
            row(cell(properties=CONTINUE), "名称", "编码", "无"),
            row("甲", properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="2"/>'),
            grid=(1000, 1000, 1000, 1000),
        )
    ).tables[0]
    assert grid(found) == [["单位", "事项", "事项", "备注"], ["单位", "名称", "编码", "无"], ["-", "甲", "-", "-"]]
    assert found.at(2, 1) == Cell("单位", 1, 1, row_span=2)
    assert str(found.place(3, 2)) == "表1 第3行第2列"


def test_a_merge_that_continues_nothing_begins_a_cell_and_keeps_its_text(read) -> None:
    found = read(
        table(
            row("序号", "名称"),
            row(cell("一", properties=CONTINUE), "甲"),
            row(cell(properties=CONTINUE), "乙"),
            row(cell(properties=CONTINUE + span(2))),  # another width: no part of the merge above
        )
    ).tables[0]
    assert grid(found) == [["序号", "名称"], ["一", "甲"], ["一", "乙"], ["", ""]]


def test_text_under_a_merge_is_hidden_text_unless_it_repeats_what_is_shown(read) -> None:
    document = read(
        table(
            row(cell("局", properties=RESTART), "甲"),
            row(cell("局", properties=CONTINUE), "乙"),
            row(cell("另", properties=CONTINUE), "丙"),
        )
    )
    assert document.observations == (Observation(Notice.HIDDEN_TEXT, Place(table="1", row=3, column=1), "另"),)


def test_horizontal_merge_of_old_documents(read) -> None:
    merged = [cell("标题", properties='<w:hMerge w:val="restart"/>'), cell(properties='<w:hMerge w:val="continue"/>')]
    assert grid(read(table(row(*merged, "备注"), row("一", "二", "三"))).tables[0]) == [
        ["标题", "标题", "备注"],
        ["一", "二", "三"],
    ]


def test_edges_dragged_by_a_hair_are_one_column_but_a_real_narrow_cell_stays(read) -> None:
    crooked = table(
        row(cell("a", properties=span(2)), cell("b"), grid_free := cell("c")),
        row(cell("d"), cell("e", properties=span(2)), grid_free),
        grid=(2000, 60, 1940, 1000),
    )
    assert grid(read(crooked).tables[0]) == [["a", "b", "c"], ["d", "e", "c"]]
    narrow = table(row("a", "|", "b"), row(cell("c", properties=span(2)), "d"), grid=(2000, 60, 1940))
    assert grid(read(narrow).tables[0]) == [["a", "|", "b"], ["c", "c", "d"]]


def test_grid_columns_at_which_no_cell_begins_are_folded_away(read) -> None:
    folded = table(
        row(cell("a", properties=span(3)), cell("b", properties=span(2))),
        row(cell("c", properties=span(3)), cell("d", properties=span(2))),
        grid=(500, 700, 800, 900, 900),
    )
    assert grid(read(folded).tables[0]) == [["a", "b"], ["c", "d"]]


def test_rows_without_spans_are_placed_by_their_widths_only_when_these_reach_across(read) -> None:
    data = [row(*(cell(t, properties=width(1000)) for t in "abcd"))]
    title = row(cell("标题", properties=width(4000)))
    halves = row(cell("左", properties=width(2050)), cell("右", properties=width(1950)))
    short = row(cell("短", properties=width(1000)))
    assert grid(read(table(title, halves, *data, short)).tables[0]) == [
        ["标题"] * 4,
        ["左", "左", "右", "右"],
        ["a", "b", "c", "d"],
        ["短", "-", "-", "-"],
    ]


@pytest.mark.parametrize("columns", [(), (900,), (0, 0, 0)])
def test_missing_short_and_empty_grids(read, columns: tuple[int, ...]) -> None:
    found = read(table(row("a", "b", "c"), row(cell("d", properties=span(2)), "e"), grid=columns)).tables[0]
    assert grid(found) == [["a", "b", "c"], ["d", "d", "e"]]


def test_nested_tables_are_the_cells_own_and_their_text_stands_once(read) -> None:
    inner = table(row("材料", "份数"), row("申请表", cell("2", table(row("深")))))
    control = f"<w:sdt><w:sdtContent>{table(row('又'))}</w:sdtContent></w:sdt>"
    document = read(table(row("外")) + table(row("申请材料", cell("见下表", inner, "完", control))) + table(row("后")))
    assert [found.number for found in document.tables] == ["1", "2", "3"]
    outer = document.tables[1].at(1, 2)
    assert outer is not None and outer.text == "见下表\n完"
    assert [(t.number, grid(t)) for t in outer.tables] == [
        ("2.1", [["材料", "份数"], ["申请表", "2"]]),
        ("2.2", [["又"]]),
    ]
    assert [t.number for t in outer.tables[0].cells[3].tables] == ["2.1.1"]
    assert str(outer.tables[0].place(2, 1)) == "表2.1 第2行第1列"


def test_two_adjacent_tables_stay_two(read) -> None:
    same = table(row("a", "b"), grid=(1000, 1000))
    assert [block.number for block in read(same + same).blocks] == ["1", "2"]  # type: ignore[union-attr]


def test_the_strict_schema_reads_like_the_transitional(tmp_path: Path) -> None:
    body = par("标题") + table(row(cell("a", properties=RESTART), "b"), row(cell(properties=CONTINUE), "c"))
    strict = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    for old, new in STRICT.values():
        strict = strict.replace(f"{SCHEMAS}/{old}", f"http://purl.oclc.org/ooxml/{new}")
    document = read_word(package(tmp_path / "strict.docx", "", document=strict), "strict.docx")
    assert texts(document) == ["标题"]
    assert grid(document.tables[0]) == [["a", "b"], ["a", "c"]]


def test_a_document_of_python_docx(tmp_path: Path) -> None:
    written = docx.Document()
    written.add_heading("职权目录", 1)
    added = written.add_table(3, 3)
    added.cell(0, 0).merge(added.cell(1, 1)).text = "合并"
    added.cell(2, 2).text = "末"
    written.save(str(tmp_path / "p.docx"))
    document = read_word(tmp_path / "p.docx", "p.docx")
    assert [(p.text, p.role) for p in document.paragraphs] == [("职权目录", "heading")]
    assert grid(document.tables[0])[1:] == [["合并", "合并", ""], ["", "", "末"]]
    assert document.name == "p.docx" and document.format == "docx"


@st.composite
def word_rows(draw: st.DrawFn) -> list[list[tuple[int, str]]]:
    """Rows of (span, part in a vertical merge), as careless programs write them: no sum need be right."""
    part = st.sampled_from(["", RESTART, CONTINUE])
    return draw(st.lists(st.lists(st.tuples(st.integers(1, 3), part), min_size=1, max_size=5), min_size=1, max_size=6))


@given(rows=word_rows(), columns=st.lists(st.integers(0, 2000), max_size=8))
@settings(max_examples=150, deadline=None)
def test_whatever_the_spans_no_text_is_lost_and_no_cell_covers_another(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[tuple[int, str]]], columns: list[int]
) -> None:
    marked = [[(count, part, f"{r}/{c}") for c, (count, part) in enumerate(cells)] for r, cells in enumerate(rows)]
    body = table(
        *(row(*(cell(text, properties=span(count) + part) for count, part, text in cells)) for cells in marked),
        grid=tuple(columns),
    )
    document = reader(tmp_path_factory.mktemp("word"))(body)
    found = document.tables[0]
    told = [each.text for each in found.cells] + [seen.text for seen in document.observations]
    assert sorted(told) == sorted(text for cells in marked for _, _, text in cells)
    covered = [
        (r, c)
        for each in found.cells
        for r in range(each.row, each.row + each.row_span)
        for c in range(each.column, each.column + each.column_span)
    ]
    assert len(covered) == len(set(covered))
    assert all(r <= found.row_count and c <= found.column_count for r, c in covered)
    assert {c for each in found.cells for c in [each.column]} == set(range(1, found.column_count + 1))
