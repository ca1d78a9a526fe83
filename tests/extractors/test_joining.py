"""Parts of tables on single pages → whole tables: what is joined, and what must stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.document import Box, Cell
from extractors.geometry.joining import join_tables
from extractors.geometry.page_table import BottomText, PageTable

HEADER = ["序号", "部门", "职权名称", "行使依据"]
EDGES = (40.0, 80.0, 160.0, 300.0, 560.0)
CUT = BottomText(full=True, roomy=False)


def part(
    page: int,
    rows: Sequence[Sequence[str | None]],
    *,
    bottom: dict[int, BottomText] | None = None,
    edges: tuple[float, ...] = EDGES,
    **facts: object,
) -> PageTable:
    """A part from rows of texts; None continues the cell above, "<" the cell to the left."""
    cells: list[Cell] = []
    for r, row in enumerate(rows, start=1):
        for c, text in enumerate(row, start=1):
            if text is None or text == "<":
                continue
            height = 1
            while r - 1 + height < len(rows) and rows[r - 1 + height][c - 1] is None:
                height += 1
            width = 1
            while c - 1 + width < len(row) and row[c - 1 + width] == "<":
                width += 1
            box = Box(page, edges[c - 1], 20.0 * r, edges[c - 1 + width], 20.0 * (r + height))
            cells.append(Cell(text, r, c, height, width, (box,)))
    ends: dict[str, Any] = {"starts_page": page > 1, "ends_page": True, **facts}
    heights = tuple(20.0 * n for n in range(1, len(rows) + 2))
    return PageTable(page, 1, edges, heights, tuple(cells), bottom=bottom or {}, **ends)


OPEN = frozenset({1, 2})

FIRST = part(
    1, [HEADER, ["1", "法规科", "行政复议", "甲。"], ["2", None, "行政应诉", "乙。"], ["3", "执法科", "检查", "丙。"]]
)


def texts(parts: Sequence[PageTable]) -> list[list[tuple[int, int, int, str]]]:
    return [[(c.row, c.column, c.row_span, c.text) for c in t.cells] for t in join_tables(parts)]


def test_a_reprinted_header_is_kept_on_record_and_places_are_those_of_the_page() -> None:
    (table,) = join_tables([FIRST, part(2, [HEADER, ["4", "执法科", "处罚", "丁。"]])])
    assert table.row_count == 5
    assert [c.text for c in table.reprints] == HEADER
    assert all(c.boxes[0].page == 2 for c in table.reprints)
    assert str(table.place(5, 3)) == "第2页 表1 第2行第3列 [160,40,300,60]"


def test_a_header_misread_in_one_character_is_still_the_header() -> None:
    (table,) = join_tables(
        [FIRST, part(2, [["序号", "部门", "职杈名称", "行使依据"], ["4", "执法科", "处罚", "丁。"]])]
    )
    assert table.row_count == 5


def test_a_header_of_two_levels_is_reprinted_as_a_whole_and_equal_data_is_not() -> None:
    two = [["序号", "职权", "<", "依据"], [None, "名称", "类别", None]]
    first = part(1, [*two, ["1", "检查", "许可", "甲。"], ["2", "检查", "许可", "乙。"]])
    (table,) = join_tables([first, part(2, [*two, ["12", "检查", "许可", "甲。"]])])
    assert table.row_count == 5
    assert table.at(5, 1) == next(c for c in table.cells if c.text == "12")


def test_only_what_touches_and_agrees_is_joined() -> None:
    row = ["4", "执法科", "处罚", "丁。"]
    other = (40.0, 100.0, 200.0, 300.0, 560.0)
    five = (40.0, 80.0, 160.0, 300.0, 400.0, 560.0)
    assert len(join_tables([FIRST, part(2, [row], starts_page=False)])) == 2
    assert len(join_tables([FIRST, part(3, [row])])) == 2
    assert len(join_tables([FIRST, part(2, [row], edges=other)])) == 2
    assert len(join_tables([FIRST, part(2, [[*row, "无"]], edges=five)])) == 2
    wider = tuple(10 + edge * 1.02 for edge in EDGES)  # a scan of another scale, shifted
    assert len(join_tables([FIRST, part(2, [row], edges=wider)])) == 1


def test_a_row_cut_by_the_page_is_one_row() -> None:
    first = part(
        1,
        [
            HEADER,
            ["1", "科", "复议", "甲。"],
            ["2", "室", "应诉", "乙。"],
            ["3", "队", "检查", "依据第一条的规定，对违反"],
        ],
        bottom={1: BottomText(False, True), 4: CUT},
    )
    (table,) = join_tables([first, part(2, [HEADER, ["", "", "", "本法的行为处罚。"], ["4", "处", "征收", "丁。"]])])
    assert table.row_count == 5
    cell = table.at(4, 4)
    assert cell is not None
    assert cell.text == "依据第一条的规定，对违反\n本法的行为处罚。"
    assert [box.page for box in cell.boxes] == [1, 2]
    assert (table.rows[3].page, table.rows[4].page, table.rows[4].number) == (1, 2, 3)


def test_a_row_is_cut_where_the_key_columns_say_so_without_any_sentence() -> None:
    first = part(
        1,
        [HEADER, ["1", "科", "复议", "甲。"], ["2", "室", "应诉", "乙。"], ["3", "队", "检查", "丙。"]],
        bottom={4: CUT},
    )
    (table,) = join_tables([first, part(2, [["", "", "", "戊。"], ["4", "处", "征收", "丁。"]])])
    assert table.row_count == 5
    assert table.at(4, 4) == next(c for c in table.cells if c.text == "丙。\n戊。")


def test_two_true_rows_are_never_glued() -> None:
    long = "对违反本办法规定的行为给予的行政处罚"
    ends = {1: BottomText(False, False), 3: CUT, 4: CUT}
    first = part(
        1, [HEADER, ["1", "科", "复议", "甲。"], ["2", "室", "应诉", "乙。"], ["3", "队", long, long]], bottom=ends
    )
    assert join_tables([first, part(2, [["4", "队", long, long]])])[0].row_count == 5
    # a sub-row under a merged number: its own value in a column of single words
    graded = part(
        1,
        [
            HEADER,
            ["1", "轻", "复议", "甲。"],
            ["2", "轻", "应诉", "乙。"],
            ["3", "轻", "检查", long],
            [None, "重", None, long],
        ],
        bottom={2: BottomText(True, False), 4: CUT},
    )
    (table,) = join_tables([graded, part(2, [["", "轻", "", long], ["4", "轻", "征收", "丁。"]])])
    assert table.row_count == 7
    assert table.at(6, 1) == table.at(4, 1)


def test_a_merge_over_the_page_break_is_one_cell() -> None:
    first = part(
        1,
        [
            HEADER,
            ["1", "法规科", "复议", "甲。"],
            ["2", None, "应诉", "乙。"],
            ["3", "执法科", "检查", "丙。"],
            ["4", None, "处罚", "丁。"],
        ],
    )
    (table,) = join_tables(
        [first, part(2, [["5", "", "强制", "戊。"], ["6", None, "征收", "己。"], ["7", "办公室", "给付", "庚。"]])]
    )
    cell = table.at(7, 2)
    assert cell is not None
    assert (cell.text, cell.row, cell.row_span, [b.page for b in cell.boxes]) == ("执法科", 4, 4, [1, 2])


def test_text_printed_only_after_the_break_belongs_to_the_whole_merge() -> None:
    first = part(
        1,
        [
            HEADER,
            ["1", "法规科", "复议", "甲。"],
            ["2", None, "应诉", "乙。"],
            ["3", "", "检查", "丙。"],
            ["4", None, "处罚", "丁。"],
        ],
    )
    (table,) = join_tables([first, part(2, [["5", "执法科", "强制", "戊。"], ["6", None, "征收", "己。"]])])
    cell = table.at(4, 2)
    assert cell is not None
    assert (cell.text, cell.row_span) == ("执法科", 4)


def test_a_true_blank_stays_blank() -> None:
    first = part(
        1,
        [
            HEADER,
            ["1", "法规科", "复议", "甲。"],
            ["2", "", "应诉", "乙。"],
            ["3", "执法科", "检查", "丙。"],
            ["4", None, "处罚", "丁。"],
        ],
    )
    (table,) = join_tables([first, part(2, [["5", "", "强制", "戊。"], ["6", "", "征收", "己。"]])])
    blank = table.at(6, 2)
    assert blank is not None
    assert blank.empty


def test_a_series_of_forms_is_not_one_table() -> None:
    def form(page: int, name: str) -> PageTable:
        rows = [["事项名称", name], ["承办机构", "某局" + name], ["办理时限", "二十日"], ["收费依据", ""]]
        return part(page, rows, edges=(40.0, 140.0, 560.0))

    assert len(join_tables([form(1, "户外广告设置许可"), form(2, "临时占道许可")])) == 2


def test_a_part_whose_rows_are_all_merged_keeps_the_columns() -> None:
    (table,) = join_tables([FIRST, part(2, [["4", "执法科", "注：本行并列"]], edges=(40.0, 80.0, 160.0, 560.0))])
    assert [(c.column, c.column_span) for c in table.row_cells(5)] == [(1, 1), (2, 1), (3, 2)]


def test_merged_cells_that_a_page_break_cuts_are_one_whatever_their_text() -> None:
    above = part(1, [HEADER, ["1", "水政监察大", "检查", "甲。"]], open_bottom=OPEN)
    below = part(2, [["", "队", "处罚", "乙。"], ["2", "执法科", "强制", "丙。"]], open_top=OPEN)
    (cells,) = texts([above, below])
    assert [cell for cell in cells if cell[0] > 1] == [
        (2, 1, 2, "1"), (2, 2, 2, "水政监察大\n队"), (2, 3, 1, "检查"), (2, 4, 1, "甲。"),
        (3, 3, 1, "处罚"), (3, 4, 1, "乙。"),
        (4, 1, 1, "2"), (4, 2, 1, "执法科"), (4, 3, 1, "强制"), (4, 4, 1, "丙。"),
    ]  # fmt: skip


def test_a_cell_that_is_open_on_one_side_of_the_break_only_is_not_merged_by_it() -> None:
    above = part(1, [HEADER, ["1", "法规科", "检查", "甲。"]], open_bottom=OPEN)
    (cells,) = texts([above, part(2, [["2", "执法科", "处罚", "乙。"]])])
    assert all(height == 1 for _, _, height, _ in cells)
