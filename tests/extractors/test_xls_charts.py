"""Flow charts in .xls workbooks: the graph is that of the same chart in an .xlsx, and no record can do harm."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.document import Document, FlowChart, Notice
from extractors.workbook.reader import read_workbook
from tests.extractors.chart_markup import (
    LICENCE,
    LICENCE_EDGES,
    Arrow,
    Chart,
    Step,
    edges_of,
    sheet_drawing,
    size,
)
from tests.extractors.test_charts import PENALTY, TITLE, book
from tests.extractors.workbook_parts import inline
from tests.extractors.xls_records import (
    ARROW_HEAD,
    CONTINUE,
    FIRST,
    HIDDEN,
    NOTE,
    PICTURE,
    UNFRAMED,
    Cells,
    Items,
    Place,
    arrow_shape,
    chart_shapes,
    child_anchor,
    client_anchor,
    drawing,
    group,
    records,
    rules,
    shape,
    step_shape,
    worksheet,
)
from tests.office_files import converted_by_office, needs_office

CELLS = {(0, 0): TITLE, (60, 0): "注：以上均为工作日"}
LOWERED = LICENCE.moved(0, 40)
PENALTY_EDGES = {
    ("立案", "调查取证", ""),
    ("调查取证", "告知当事人陈述申辩权利", ""),
    ("告知当事人陈述申辩权利", "作出处罚决定", ""),
}
Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(drawn: bytes, texts: dict[tuple[int, int], str] = CELLS, **more: object) -> Document:
        path = tmp_path / "流程图.xls"
        path.write_bytes(worksheet(drawn, texts, **more))  # type: ignore[arg-type]
        return read_workbook(path, path.name)

    return read


def only(found: Document) -> FlowChart:
    (chart,) = found.charts
    return chart


def whole(chart: Chart) -> Place:
    return Place(0, 0, *size(chart))


def grouped(chart: Chart, depth: int) -> Items:
    """The chart in groups, drawn at half the size of their coordinates, which are 20 a point."""
    w, h = size(chart)
    inner = Place(0, 0, w * 20, h * 20)
    found = chart_shapes(chart, inside=20)
    for key in range(2000, 2000 + depth - 1):
        found = group(found, inner, child_anchor(inner), key)
    return group(found, inner, client_anchor(Place(10, 40, 10 + w / 2, 40 + h / 2)), 2999)


WRITTEN = {
    "connectors that name their shapes": lambda: records(drawing(chart_shapes(LOWERED), rules(LOWERED))),
    "by geometry": lambda: records(drawing(chart_shapes(LOWERED))),
    "a group": lambda: records(drawing(grouped(LICENCE, 1))),
    "groups in groups": lambda: records(drawing(grouped(LICENCE, 4), rules(LICENCE))),
    "long records continued": lambda: records(drawing(chart_shapes(LOWERED)), limit=50),
    "the drawing continued behind objects": lambda: records(drawing(chart_shapes(LOWERED)), resumed=CONTINUE),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_one_chart_gives_the_graph_of_the_newer_format(read: Read, tmp_path: Path, written: str) -> None:
    rows = f'<row r="1">{inline("A1", TITLE)}</row>'
    newer = only(book(tmp_path / "新.xlsx", rows, sheet_drawing(LOWERED)))
    found = read(WRITTEN[written]())
    chart = only(found)
    assert edges_of(chart) == LICENCE_EDGES
    assert (chart.title, chart.nodes, chart.edges) == (newer.title, newer.nodes, newer.edges)
    assert (chart.place.part, chart.place.row, found.margins, found.observations) == ("Sheet1", 4, (), ())
    assert [cell.text for cell in found.tables[0].cells] == list(CELLS.values())


def test_rules_say_which_shapes_a_connector_joins_wherever_it_lies(read: Read) -> None:
    steps = chart_shapes(replace(PENALTY, arrows=()))
    far = Place(400, 400, 410, 410)
    lines = [arrow_shape(far, FIRST + 4 + index, client_anchor(far)) for index in range(3)]
    drawn = drawing((*steps, *(item for line in lines for item in line)), rules(PENALTY))
    assert edges_of(only(read(records(drawn)))) == PENALTY_EDGES


def test_cells_of_their_own_size_are_measured(read: Read) -> None:
    """The arrows end narrow and hidden columns and rows away from the steps, too far on cells of the usual size."""
    cells = Cells({2: 6.0, 4: 0.0, 5: 0.0}, {3: 2.0, 4: 2.0, 7: 0.0, 8: 0.0})
    steps = Chart((Step("受理", 0, 0, 84, 38.25), Step("审查", 132.5, 0, 84, 38.25), Step("退回", 0, 68, 84, 30)), ())
    places = (Place(90, 15, 132, 15), Place(45, 42.25, 45, 67.75))
    lines = [arrow_shape(place, 3000 + n, client_anchor(place, cells)) for n, place in enumerate(places)]
    drawn = records(drawing((*chart_shapes(steps, cells=cells), *(item for line in lines for item in line))))
    assert edges_of(only(read(drawn, cells=cells))) == {("受理", "审查", ""), ("受理", "退回", "")}
    assert read(drawn).charts == ()


def test_titles_are_those_of_the_sheet_or_the_drawing(read: Read) -> None:
    drawn = records(drawing(chart_shapes(PENALTY.moved(0, 60))))
    assert only(read(drawn, {}, title="行政处罚")).title == "行政处罚"
    lettering = {0xC0: "取水许可流程图\0".encode("utf-16-le")}  # WordArt has no text object
    title = shape(136, 3000, client_anchor(Place(0, 0, 200, 20)), arrays=lettering)
    drawn = records(drawing((*chart_shapes(PENALTY.moved(0, 60)), *title)))
    assert (only(read(drawn)).title, len(only(read(drawn)).nodes)) == ("取水许可流程图", 4)


def test_a_text_is_put_together_from_its_continuations(read: Read) -> None:
    pieces = ("受理", "ABC\r\n", "𠮷审查\r", "ok")
    items = shape(202, 3000, client_anchor(Place(0, 0, 90, 30)), text=pieces)
    (margin,) = read(records(drawing(items))).margins
    assert (margin.text, margin.role, str(margin.place)) == ("受理ABC\n𠮷审查\nok", "textbox", "Sheet1!A1")


def test_lone_text_boxes_notes_and_pictures_are_as_before(read: Read) -> None:
    boxes = [Step("填报单位：云溪县水利局", 0, 0, form="rect"), Step("填报人：张三", 200, 30, form="rect")]
    note = shape(202, 3000, client_anchor(Place(0, 90, 50, 120)), HIDDEN, text="核对", object_kind=NOTE)
    photo = shape(75, 3001, client_anchor(Place(0, 90, 50, 120)), object_kind=PICTURE)
    found = read(records(drawing((*chart_shapes(Chart(tuple(boxes), ())), *note, *photo))))
    assert found.charts == ()
    assert [(margin.text, str(margin.place)) for margin in found.margins] == [
        ("填报单位：云溪县水利局", "Sheet1!A1"),
        ("填报人：张三", "Sheet1!E3"),
    ]
    assert [(seen.notice, seen.text, str(seen.place)) for seen in found.observations] == [
        (Notice.UNREAD_PART, "picture", "Sheet1!A8")
    ]


def test_what_is_hidden_or_no_shape_is_no_part_of_a_chart(read: Read) -> None:
    at = client_anchor(Place(200, 60, 290, 90))
    extra = (
        *shape(202, 3000, at, text="核对", object_kind=NOTE),
        *shape(75, 3001, at, object_kind=PICTURE),
        *shape(109, 3002, at, HIDDEN, text="暗框"),
        *group(step_shape(Step("暗组", 0, 0), 3003, child_anchor(whole(PENALTY))), whole(PENALTY), at, hidden=True),
    )
    found = read(records(drawing((*chart_shapes(PENALTY), *extra))))
    assert [node.text for node in only(found).nodes] == [step.text for step in PENALTY.steps]
    assert [margin.text for margin in found.margins] == ["暗框", "暗组"]


def points_array(points: list[tuple[int, int]], *, halved: bool) -> bytes:
    data = b"".join(struct.pack("<2h" if halved else "<2i", *point) for point in points)
    return struct.pack("<3H", len(points), len(points), 0xFFF0 if halved else 8) + data


@pytest.mark.parametrize("halved", [True, False])
@pytest.mark.parametrize("counted", [True, False])
def test_drawn_lines_and_block_arrows_are_connectors(read: Read, halved: bool, counted: bool) -> None:
    steps = Chart((Step("受理", 0, 0), Step("审查", 0, 80), Step("决定", 200, 80)), ())
    vertices = points_array([(0, 0), (500, 0), (500, 1000), (1000, 1000), (1000, 0)], halved=halved)
    segments = struct.pack("<3H7H", 7, 7, 2, 0x4000, 0xAC00, 0x0002, 0xAC00, 0x0002, 0xAA00, 0x8000)
    path = Place(90, 95, 245, 155)
    arrays = {0x145: vertices, 0x146: segments}
    line = shape(0, 3000, client_anchor(path), {0x142: 1000, 0x143: 1000, **ARROW_HEAD}, arrays=arrays)
    block = shape(67, 3001, client_anchor(Place(30, 35, 50, 75)))
    drawn = records(drawing((*chart_shapes(steps), *line, *block)))
    if not counted:  # as LibreOffice writes it
        for key, array in arrays.items():
            head = struct.pack("<HI", key | 0x8000, len(array))
            drawn = drawn.replace(head, struct.pack("<HI", key | 0x8000, len(array) - 6))
    assert edges_of(only(read(drawn))) == {("受理", "审查", ""), ("审查", "决定", "")}


def test_charts_are_of_the_worksheet_that_they_are_drawn_on(read: Read) -> None:
    found = read(records(drawing(chart_shapes(PENALTY))), chart_sheet_before=True)
    assert str(only(found).place) == "Sheet1!A1"


def test_a_workbook_of_charts_alone_is_read(read: Read) -> None:
    found = read(records(drawing(chart_shapes(PENALTY))), {})
    assert (found.blocks, found.margins, len(found.charts)) == ((), (), 1)


def test_more_shapes_than_the_bound_are_told_and_stay_text(read: Read) -> None:
    many = Chart(tuple(Step(f"第{n}步", 0, 40 * n) for n in range(700)), tuple(Arrow(n, n + 1) for n in range(699)))
    found = read(records(drawing(chart_shapes(many))))
    assert (found.charts, len(found.margins)) == ((), 700)
    assert [(seen.notice, seen.text) for seen in found.observations] == [(Notice.UNREAD_PART, "drawing")]


def test_a_drawing_cut_off_anywhere_does_no_harm(read: Read) -> None:
    drawn = drawing(chart_shapes(PENALTY), rules(PENALTY))
    charts = set()
    for index, item in enumerate(drawn):
        for length in range(0, len(item), 3) if isinstance(item, bytes) else (0,):
            found = read(records((*drawn[:index], item[:length] if isinstance(item, bytes) else item)))
            assert [cell.text for cell in found.tables[0].cells] == list(CELLS.values())
            charts.add(len(found.charts))
    assert charts == {0, 1}


@pytest.mark.parametrize("seed", range(3))
def test_wild_bytes_in_a_drawing_do_no_harm(read: Read, seed: int) -> None:
    chance = random.Random(seed)
    drawn = [item for item in drawing(grouped(PENALTY, 2), rules(PENALTY))]
    for _ in range(60):
        broken = list(drawn)
        for _ in range(chance.choice((1, 5, 40))):
            index = chance.randrange(len(broken))
            item = broken[index]
            if isinstance(item, bytes) and item:
                at = chance.randrange(len(item))
                broken[index] = item[:at] + bytes([chance.choice((0, 255, chance.randrange(256)))]) + item[at + 1 :]
        found = read(records(tuple(broken)))
        assert [cell.text for cell in found.tables[0].cells] == list(CELLS.values())


def test_groups_nested_beyond_reason_end_the_walk(read: Read) -> None:
    deep = step_shape(Step("深处", 0, 0), 3000, child_anchor(Place(0, 0, 10, 10)))
    for _ in range(2000):
        deep = (struct.pack("<HHI", 15, 0xF003, 0xFFFFFFFF), *deep)
    found = read(records(drawing((*chart_shapes(PENALTY), *deep))))
    assert edges_of(only(found)) == PENALTY_EDGES
    assert [margin.text for margin in found.margins] == ["深处"]


def test_texts_without_a_frame_are_labels_and_a_coloured_fill_is_a_frame(read: Read) -> None:
    chart = Chart((Step("受理", 0, 0), Step("审查决定", 0, 80), Step("送达", 0, 160)), (Arrow(0, 1), Arrow(1, 2)))
    white = {**UNFRAMED, 0x1BF: 0x100010, 0x181: 0x8000041}
    coloured = {**UNFRAMED, 0x1BF: 0x100010, 0x181: 0xFF}
    label = shape(1, 3000, client_anchor(Place(50, 45, 70, 60)), white, text="是")
    sign = shape(1, 3001, client_anchor(Place(50, 125, 70, 140)), coloured, text="否")
    found = only(read(records(drawing((*chart_shapes(chart), *label, *sign)))))
    assert edges_of(found) == {("受理", "审查决定", "是"), ("审查决定", "送达", "")}
    assert "否" in [node.text for node in found.nodes]


LINE_RUNS = {  # flags and degrees of lines in the same rectangle, and how LibreOffice draws them
    (0x00, 0): ("西北", "东南"),
    (0xC0, 180): ("西北", "东南"),
    (0x40, 90): ("西北", "东南"),
    (0x80, 0): ("西南", "东北"),
    (0x40, 180): ("西南", "东北"),
    (0x00, -90): ("西南", "东北"),
    (0x40, -90): ("东南", "西北"),
    (0x80, 90): ("东南", "西北"),
}


@pytest.mark.parametrize(("flags", "turn"), LINE_RUNS)
def test_a_line_is_turned_and_then_flipped(read: Read, flags: int, turn: int) -> None:
    corners = (Step("西北", 0, 0), Step("东北", 190, 0), Step("西南", 0, 130), Step("东南", 190, 130))
    anchor = client_anchor(Place(85, 30, 195, 130))
    line = shape(32, 3000, anchor, {**ARROW_HEAD, 0x04: turn << 16}, flags=0xB00 | flags)
    found = only(read(records(drawing((*chart_shapes(Chart(corners, ())), *line)))))
    assert edges_of(found) == {(*LINE_RUNS[flags, turn], "")}


@needs_office
def test_what_libreoffice_makes_of_a_workbook_gives_the_same_graph(tmp_path: Path) -> None:
    rows = f'<row r="1">{inline("A1", TITLE)}</row><row r="60">{inline("A60", "注：以上均为工作日")}</row>'
    newer = book(tmp_path / "甲.xlsx", rows, sheet_drawing(LOWERED))
    (path,) = converted_by_office([tmp_path / "甲.xlsx"], "xls", tmp_path)
    older = read_workbook(path, path.name)
    assert older.format == "xls"
    assert (edges_of(only(older)), only(older).title) == (edges_of(only(newer)), only(newer).title)
    assert [node.text for node in only(older).nodes] == [node.text for node in only(newer).nodes]
    assert (older.margins, older.observations) == ((), ())
