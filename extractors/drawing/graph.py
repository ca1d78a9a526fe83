"""A drawing → the graph of a flow chart: steps in reading order, edges with the words beside them, a title.

In: shapes and lines on one plane. Out: :class:`Graph` values, none when the drawing is no chart. Refuses nothing; what
linking may cost is for the caller to allow (:class:`~extractors.drawing.shapes.Allowance`).

Decisions: a text without frame that lies on an empty frame is the frame's text. A text without frame that no line
joins and that stands close to a line is the line's label. A text above all that is joined is the drawing's own title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from extractors.document import ChartEdge, ChartNode, FlowChart, Place
from extractors.drawing.linking import Link, link
from extractors.drawing.shapes import POINT, Drawing, Line, Rect, Shape

# How captions of charts end: a figure (图) of a flow or course, with or without its number or a bracket behind it.
NAMES_A_CHART: Final = re.compile(
    r"(?:流程|程序|工作|运行|权力|职权|步骤)[^。；;]{0,6}图\s*(?:[（(【\[].*)?[)）》】]?\s*\d*$|流程$"
)
_LABEL_LENGTH: Final = 20  # characters of a text beside a line; more is a remark that stands by itself
_BESIDE: Final = 12 * POINT  # how far a label may be from its line, at least
_FLOW_FORMS: Final = frozenset({"diamond", "flowChartDecision", "flowChartTerminator"})


@dataclass(frozen=True, slots=True)
class Graph:
    """A flow chart without its place. own_title: index of the node above all others that no line joins, or None."""

    nodes: tuple[ChartNode, ...]
    edges: tuple[ChartEdge, ...]
    own_title: int | None

    @property
    def title(self) -> str:
        """The text of the topmost node, where no line joins it; "" if there is none."""
        return one_line(self.nodes[self.own_title].text) if self.own_title is not None else ""

    def chart(self, title: str, place: Place) -> FlowChart:
        """The chart under a title found beside it; the drawing's own title is then one of its texts, else its title."""
        if title or self.own_title is None:
            return FlowChart(title, place, self.nodes, self.edges)
        gone = self.own_title
        nodes = tuple(node for index, node in enumerate(self.nodes) if index != gone)
        edges = tuple(
            replace(edge, start=_without(edge.start, gone), end=_without(edge.end, gone)) for edge in self.edges
        )
        return FlowChart(self.title, place, nodes, edges)


def _without(index: int | None, gone: int) -> int | None:
    return index - 1 if index is not None and index > gone else index


def one_line(text: str) -> str:
    """A text of several lines as a title."""
    return "".join(line.strip() for line in text.split("\n"))


def read_graphs(drawing: Drawing, *, grouped: bool) -> list[Graph]:
    """The charts of a drawing, one where it does not caption several; none when it is no chart.

    grouped: somebody made the shapes one object, so that they belong together even where no line joins them.
    """
    shapes = _with_text_laid_over(_in_reading_order(drawing.shapes))
    links = link(shapes, drawing.lines)
    parts = _parts(shapes, links)
    graphs = [_graph(shapes, drawing.lines, links, part) for part in parts]
    joined = any(each.start is not None and each.end is not None for each in links)
    texts = [shape for shape in shapes if shape.text.strip()]
    framed = sum(shape.framed for shape in texts)
    flow = framed >= 3 and any(shape.form in _FLOW_FORMS for shape in texts)
    return graphs if len(texts) >= 2 and (joined or flow or (grouped and framed >= 2)) else []


def _in_reading_order(shapes: Iterable[Shape]) -> list[Shape]:
    """From the top down, side by side from the left."""
    ordered: list[Shape] = []
    row: list[Shape] = []
    for shape in sorted(shapes, key=lambda s: (round(s.box.y0), round(s.box.x0))):
        if row and shape.box.centre[1] > row[0].box.y1:
            ordered.extend(sorted(row, key=lambda s: round(s.box.x0)))
            row = []
        row.append(shape)
    return ordered + sorted(row, key=lambda s: round(s.box.x0))


def _with_text_laid_over(shapes: list[Shape]) -> list[Shape]:
    """The shapes, with texts without frame moved into the empty frame on which they lie."""
    frames = [
        index
        for index, shape in enumerate(shapes)
        if shape.framed
        and not shape.text.strip()
        and not any(other.framed and shape.box.encloses(other.box) for other in shapes)
    ]
    laid: dict[int, list[int]] = defaultdict(list)
    for index, shape in enumerate(shapes):
        if shape.framed or not shape.text.strip():
            continue
        under = [f for f in frames if shapes[f].box.holds(shape.box.centre)]
        if under:
            laid[min(under, key=lambda f: (shapes[f].box.area, f))].append(index)
    moved = {index for texts in laid.values() for index in texts}
    result = []
    for index, shape in enumerate(shapes):
        if index in laid:
            own = [shapes[each] for each in laid[index]]
            ids = (*shape.ids, *(key for each in own for key in each.ids))
            result.append(replace(shape, text="\n".join(each.text for each in own), ids=ids))
        elif index not in moved:
            result.append(shape)
    return result


def _parts(shapes: Sequence[Shape], links: Sequence[Link]) -> list[list[int]]:
    """The shapes of each chart: all of them, unless several captions stand over what the lines hold together."""
    clusters = _clusters(len(shapes), links)
    linked = {index for each in links for index in (each.start, each.end) if index is not None}
    captions = [
        index
        for index, shape in enumerate(shapes)
        if index not in linked and NAMES_A_CHART.search(one_line(shape.text).strip())
    ]
    if len(captions) < 2:
        return [list(range(len(shapes)))]
    parts: dict[int, list[int]] = {caption: [] for caption in captions}
    for cluster in clusters:
        box = _around(shapes[index].box for index in cluster)
        caption = min(captions, key=lambda c: (_away(shapes[c].box, box), c)) if cluster[0] not in parts else cluster[0]
        parts[caption].extend(cluster)
    charts = [part for part in parts.values() if len(part) > 1]
    idle = [index for part in parts.values() if len(part) == 1 for index in part]  # captions of nothing
    if not charts:
        return [list(range(len(shapes)))]
    charts[0].extend(idle)
    return [sorted(part) for part in charts]


def _clusters(count: int, links: Sequence[Link]) -> list[list[int]]:
    cluster_of = list(range(count))
    for each in links:
        if each.start is not None and each.end is not None:
            old, new = cluster_of[each.end], cluster_of[each.start]
            cluster_of = [new if cluster == old else cluster for cluster in cluster_of]
    clusters: dict[int, list[int]] = defaultdict(list)
    for index, cluster in enumerate(cluster_of):
        clusters[cluster].append(index)
    return list(clusters.values())


def _around(boxes: Iterable[Rect]) -> Rect:
    return Rect.around(*(corner for box in boxes for corner in ((box.x0, box.y0), (box.x1, box.y1))))


def _away(caption: Rect, box: Rect) -> float:
    """How little a caption is that of what lies in a box: it should stand above it, over its width."""
    above = caption.centre[1] <= box.y0 + POINT
    aside = max(0.0, box.x0 - caption.centre[0], caption.centre[0] - box.x1)
    return (0.0 if above else 1e9) + abs(box.y0 - caption.y1) + 3 * aside


def _graph(shapes: Sequence[Shape], lines: Sequence[Line], links: Sequence[Link], part: list[int]) -> Graph:
    members = set(part)
    own = [each for each in links if {each.start, each.end} & members]
    linked = {index for each in own for index in (each.start, each.end) if index is not None}
    loose = [index for index in part if index not in linked and shapes[index].text.strip()]
    labels: dict[int, list[str]] = defaultdict(list)
    beside = set()
    near = sorted({line for each in own for line in each.lines})
    for index in loose:
        line = _line_beside(shapes[index], lines, near)
        if line is not None:
            labels[line].append(shapes[index].text.strip())
            beside.add(index)
    for line in near:
        if lines[line].text.strip():
            labels[line].append(lines[line].text.strip())
    kept = [index for index in part if index in linked or (index in loose and index not in beside)]
    number = {index: position for position, index in enumerate(kept)}
    nodes = tuple(ChartNode(shapes[index].text.strip(), shapes[index].form) for index in kept)
    edges = [
        ChartEdge(
            number[each.start] if each.start is not None else None,
            number[each.end] if each.end is not None else None,
            "\n".join(text for line in sorted(each.lines) for text in labels.get(line, ())),
        )
        for each in own
    ]
    title = _own_title(shapes, kept, linked)
    return Graph(nodes, tuple(dict.fromkeys(edges)), number[title] if title is not None else None)


def _line_beside(shape: Shape, lines: Sequence[Line], near: Sequence[int]) -> int | None:
    """The line of which a text without frame is the label."""
    if shape.framed or len("".join(shape.text.split())) > _LABEL_LENGTH or not near:
        return None
    distance, line = min((lines[index].distance(shape.box), index) for index in near)
    return line if distance <= max(_BESIDE, shape.box.height * 0.6) else None


def _own_title(shapes: Sequence[Shape], kept: Sequence[int], linked: set[int]) -> int | None:
    """The text above everything else that no line joins; one that reads as a caption goes before one that is higher."""
    stands = linked or {index for index in kept if shapes[index].framed}
    top = min((shapes[index].box.y0 for index in stands), default=0.0)
    above = [index for index in kept if index not in linked and shapes[index].box.centre[1] < top]
    captions = [index for index in above if NAMES_A_CHART.search(one_line(shapes[index].text).strip())]
    return next(iter([*captions, *(index for index in above if not shapes[index].framed)]), None)


def ties(first: Drawing, second: Drawing) -> bool:
    """Whether a line joins a shape of one drawing to a shape of another on the same plane."""
    own = len(first.shapes)
    links = link([*first.shapes, *second.shapes], [*first.lines, *second.lines])
    ends = [(each.start, each.end) for each in links]
    return any(s is not None and e is not None and (s < own) is not (e < own) for s, e in ends)
