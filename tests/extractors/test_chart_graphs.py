"""Shapes and lines → graphs: whatever a chart looks like, it means the same wherever and however large it is drawn."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Place
from extractors.drawing.graph import Graph, read_graphs
from extractors.drawing.shapes import POINT, Allowance, Drawing, Frame, Line, Plane, Rect, Shape

W, H, GAP_X, GAP_Y = 90, 30, 60, 40  # points: a step, and the room between steps


def shape(text: str, x: float, y: float, w: float = W, h: float = H, *, framed: bool = True) -> Shape:
    return Shape(text, "rect", Rect(x * POINT, y * POINT, (x + w) * POINT, (y + h) * POINT), framed)


def line(*points: tuple[float, float], heads: tuple[bool, bool] = (False, True)) -> Line:
    return Line(tuple((x * POINT, y * POINT) for x, y in points), heads)


def edges(graph: Graph) -> set[tuple[str | None, str | None, str]]:
    def text(index: int | None) -> str | None:
        return graph.nodes[index].text if index is not None else None

    return {(text(edge.start), text(edge.end), edge.label) for edge in graph.edges}


def graph_of(shapes: list[Shape], lines: list[Line]) -> Graph:
    (graph,) = read_graphs(Drawing(shapes, lines), grouped=False)
    return graph


@st.composite
def charts(draw: st.DrawFn) -> tuple[list[Shape], list[Line], set[tuple[str, str, str]]]:
    """Steps on a grid, straight arrows between neighbours that end near their steps, some with a word beside them."""
    across, down = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    shapes = [shape(f"步骤{r}.{c}", c * (W + GAP_X), r * (H + GAP_Y)) for r in range(down) for c in range(across)]
    lines, expected = [], set()
    miss = st.floats(-4, 6)
    for r in range(down):
        for c in range(across):
            for dr, dc in ((0, 1), (1, 0)):
                if r + dr >= down or c + dc >= across or not draw(st.booleans()):
                    continue
                back = draw(st.booleans())
                x, y = c * (W + GAP_X), r * (H + GAP_Y)
                first, second = draw(miss), draw(miss)
                if dr:
                    ends = (x + W / 2, y + H + first), (x + W / 2, y + H + GAP_Y - second)
                else:
                    ends = (x + W + first, y + H / 2), (x + W + GAP_X - second, y + H / 2)
                label = draw(st.sampled_from(["", "是", "不通过"]))
                if label and dc:
                    shapes.append(shape(label, x + W + GAP_X / 2 - 8, y + H / 2 - 14, 16, 12, framed=False))
                elif label:
                    shapes.append(shape(label, x + W / 2 + 3, y + H + GAP_Y / 2 - 6, 16, 12, framed=False))
                pair = (f"步骤{r}.{c}", f"步骤{r + dr}.{c + dc}")
                lines.append(line(*ends, heads=(back, not back)))
                expected.add((*(pair[::-1] if back else pair), label))
    return shapes, lines, expected


@settings(max_examples=150, deadline=None)
@given(drawn=charts())
def test_arrows_between_steps_are_edges_with_the_words_beside_them(drawn) -> None:
    shapes, lines, expected = drawn
    graphs = read_graphs(Drawing(shapes, lines), grouped=False)
    assert (edges(graphs[0]) if graphs else set()) == expected


@settings(max_examples=100, deadline=None)
@given(drawn=charts(), captions=st.lists(st.tuples(st.integers(-300, 900), st.integers(-200, 500)), max_size=3))
def test_no_text_of_a_drawing_is_lost_or_told_twice(drawn, captions) -> None:
    shapes, lines, expected = drawn
    if not expected:
        return
    titles = [shape(f"第{n}类许可流程图", x, y, 120, 20, framed=False) for n, (x, y) in enumerate(captions)]
    graphs = read_graphs(Drawing([*shapes, *titles], lines), grouped=False)
    told = [node.text for graph in graphs for node in graph.nodes]
    told += [label for graph in graphs for edge in graph.edges for label in edge.label.split("\n") if label]
    assert sorted(told) == sorted(s.text for s in [*shapes, *titles])
    charts = [graph.chart("", Place()) for graph in graphs]
    again = [chart.title for chart in charts] + [node.text for chart in charts for node in chart.nodes]
    assert sorted(filter(None, again)) == sorted(node.text for graph in graphs for node in graph.nodes)


@settings(max_examples=100, deadline=None)
@given(
    drawn=charts(),
    x=st.integers(-5000, 5000),
    y=st.integers(-5000, 5000),
    order=st.randoms(use_true_random=False),
)
def test_neither_its_place_nor_the_order_of_drawing_changes_a_chart(drawn, x, y, order) -> None:
    shapes, lines, expected = drawn
    if not expected:
        return
    moved = [replace(s, box=Rect(s.box.x0 + x, s.box.y0 + y, s.box.x1 + x, s.box.y1 + y)) for s in shapes]
    along = [replace(each, points=tuple((px + x, py + y) for px, py in each.points)) for each in lines]
    order.shuffle(moved)
    order.shuffle(along)
    before, after = graph_of(shapes, lines), graph_of(moved, along)
    assert edges(after) == edges(before)
    assert [node.text for node in after.nodes] == [node.text for node in before.nodes]


@settings(max_examples=100, deadline=None)
@given(
    x=st.integers(-900, 900),
    y=st.integers(-900, 900),
    scale=st.floats(0.2, 5),
    degrees=st.sampled_from([0, 90, 180, 270, 37.5]),
    flips=st.tuples(st.booleans(), st.booleans()),
    point=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_groups_in_groups_are_one_map(x, y, scale, degrees, flips, point) -> None:
    """A group that undoes another leaves every point where it was; the inside of a frame is the frame's."""
    inner = Rect(x, y, x + 200, y + 100)
    frame = Frame(Rect(0, 0, 200 * scale, 100 * scale), degrees, *flips)
    there = frame.group(inner)
    middle = there.at(x + 100, y + 50)
    assert abs(middle[0] - 100 * scale) < 1e-6 and abs(middle[1] - 50 * scale) < 1e-6
    back = Frame(inner).group(frame.rect)
    undone = Plane.turned(Frame(frame.rect, 0, *flips)).inside(Plane.turned(Frame(frame.rect, -degrees)))
    at = back.inside(undone).at(*there.at(*point))
    assert abs(at[0] - point[0]) < 1e-5 and abs(at[1] - point[1]) < 1e-5


def test_a_return_that_ends_on_another_line_leads_where_that_line_leads() -> None:
    steps = [shape("补正", 300, 100), shape("受理", 0, 0), shape("审查", 0, 100)]
    found = graph_of(steps, [line((45, 30), (45, 100)), line((345, 100), (345, 65), (45, 65))])
    assert edges(found) == {("受理", "审查", ""), ("补正", "审查", "")}


def test_lines_without_arrows_run_as_drawn_and_branches_from_the_first_step() -> None:
    steps = [shape("受理", 0, 0), shape("审查", 0, 80), shape("甲科", 300, 80), shape("乙科", 450, 80)]
    bare = (False, False)
    trunk = [line((345, 30), (345, 55), heads=bare), line((345, 55), (345, 80), heads=bare)]
    found = graph_of(
        [*steps, shape("分办", 300, 0)],
        [line((45, 80), (45, 30), heads=bare), *trunk, line((345, 55), (495, 55), (495, 80), heads=bare)],
    )
    assert edges(found) == {("审查", "受理", ""), ("分办", "甲科", ""), ("分办", "乙科", "")}


def test_a_corner_near_a_step_is_a_corner_and_lines_from_one_point_of_a_step_are_not() -> None:
    steps = [shape("受理", 0, 0), shape("审查", 200, 60), shape("退回", 0, 60)]
    elbow = [line((45, 30), (45, 48), heads=(False, False)), line((45, 48), (245, 48), heads=(False, False))]
    found = graph_of(steps, [*elbow, line((245, 48), (245, 60))])
    assert edges(found) == {("受理", "审查", "")}
    fork = [line((45, 38), (45, 60)), line((45, 38), (245, 60))]
    assert edges(graph_of(steps, fork)) == {("受理", "审查", ""), ("受理", "退回", "")}


def test_the_charts_of_a_document_share_an_allowance() -> None:
    allowance = Allowance()
    wild = Drawing([], [line(*((float(k), float(k % 7)) for k in range(64))) for _ in range(300)])
    plain = Drawing([shape("受理", 0, 0), shape("审查", 0, 80)], [line((45, 30), (45, 80))])
    assert [allowance.admits(each) for each in (plain, wild, wild, plain)] == [True, True, False, True]
    assert not Allowance().admits(Drawing([shape("受理", 0, 0)] * 601, []))


def test_an_end_that_touches_nothing_is_told_as_none() -> None:
    found = graph_of([shape("受理", 0, 0), shape("审查", 0, 80)], [line((45, 30), (45, 80)), line((90, 95), (300, 95))])
    assert edges(found) == {("受理", "审查", ""), ("审查", None, "")}


def test_a_frame_around_steps_is_no_step_and_catches_no_line() -> None:
    frame = shape("", -20, -20, 200, 200)
    lane = shape("窗口办理", 300, -20, 200, 200)
    steps = [shape("受理", 0, 0), shape("审查", 0, 80), shape("发证", 320, 80)]
    found = graph_of([frame, lane, *steps], [line((45, 30), (45, 80)), line((90, 95), (316, 95))])
    assert edges(found) == {("受理", "审查", ""), ("审查", "发证", "")}
    assert "" not in [node.text for node in found.nodes]


def test_unframed_steps_joined_by_lines_are_steps_and_far_texts_are_remarks() -> None:
    steps = [shape("受理", 0, 0, framed=False), shape("审查决定", 0, 80, framed=False)]
    far = shape("监督电话12345", 300, 200, framed=False)
    found = graph_of([*steps, far], [line((45, 30), (45, 80))])
    assert edges(found) == {("受理", "审查决定", "")}
    assert [node.text for node in found.nodes] == ["受理", "审查决定", "监督电话12345"]
