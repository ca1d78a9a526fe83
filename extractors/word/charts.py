"""The flow charts of a Word document: which drawings are charts, where each stands, and what names it.

In: the paragraphs of the body in order, with what is drawn on each. Out: :class:`~extractors.document.FlowChart`
values and the drawings that they used up. Refuses nothing.

A canvas or a drawing in the line of text is a chart by itself. Shapes that float are put on one plane from one printed
paragraph to the next, because people draw a chart shape by shape and each shape hangs on some paragraph near it; a
stretch that is no chart alone joins the one before it when a line ties them. Paragraph heights are estimated from the
line pitch, which matters only where the shapes of one chart hang on several paragraphs.
Source: ECMA-376 part 1, 20.4 (anchors), 17.6.5 (line pitch); part 4, 19.1.2.19 (positions in the style of a shape).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from extractors.document import FlowChart, Place
from extractors.drawing.drawingml import local_name, number, own_offset, read_group, read_shape, read_shapes
from extractors.drawing.graph import NAMES_A_CHART, Graph, one_line, read_graphs, ties
from extractors.drawing.shapes import Allowance, Drawing, Plane
from extractors.drawing.smartart import read_diagram
from extractors.drawing.vml import VmlReader, connector_rules, css
from extractors.word.ooxml import DGM, WP, R, V, W, whole

_TWIP: Final = 635  # EMU
_LINE_PITCH: Final = 312  # twips, of Word's Chinese template
_CHARACTERS_A_LINE: Final = 40
_LONGEST_TITLE: Final = 60  # characters
_SENTENCE_ENDS: Final = "。；;："
_PAGE_BREAKING: Final = frozenset({"nextPage", "oddPage", "evenPage", ""})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paragraph and what is drawn on it. element: of the paragraph; text: its printed line.

    drawings: outermost elements. texts: of text boxes and WordArt, by their elements. cell: it stands in a table cell.
    """

    place: Place
    element: etree._Element
    text: str = ""
    heading: bool = False
    drawings: tuple[etree._Element, ...] = ()
    texts: Mapping[etree._Element, str] = field(default_factory=dict)
    cell: bool = False
    table: bool = False  # not a paragraph but a table: charts do not run over it


@dataclass(slots=True)
class _Stretch:
    """The drawings between two printed paragraphs. above: index of the paragraph or table before or at its start."""

    lines: list[Drawn]
    above: int
    page: int
    loose: Drawing = field(default_factory=Drawing)
    grouped: bool = False
    used: list[etree._Element] = field(default_factory=list)
    own: list[tuple[Place, Graph, etree._Element]] = field(default_factory=list)  # canvases, each a chart by itself
    graphs: list[Graph] = field(default_factory=list)
    place: Place = field(default_factory=Place)


@dataclass(slots=True)
class ChartReader:
    """Reads the charts of one document. settings: the part that may say which shapes old connectors join.

    diagram: gives the data part of SmartArt by its relationship. used: the drawings that became charts.
    too_large: the places of drawings beyond the allowance.
    """

    document: etree._Element
    settings: etree._Element | None
    diagram: Callable[[str], etree._Element | None]
    used: set[etree._Element] = field(default_factory=set)
    too_large: list[Place] = field(default_factory=list)
    _allowance: Allowance = field(default_factory=Allowance)
    _rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    _page: Mapping[str, int] = field(default_factory=dict)

    def read(self, story: Sequence[Drawn]) -> list[FlowChart]:
        """The charts among the drawings of a story, in reading order."""
        if not any(line.drawings for line in story):
            return []
        self._rules = connector_rules(self.document, self.settings)
        self._page = _page_measures(self.document)
        stretches = list(self._stretches(story))
        for stretch in stretches:
            if self._admits(stretch.loose, stretch.place):
                stretch.graphs = read_graphs(stretch.loose, grouped=stretch.grouped)
        stretches = self._joined(stretches)
        found = [(place, graph, stretch) for stretch in stretches for place, graph in self._found(stretch)]
        titles = _titles([(graph, stretch.above, stretch.lines[-1].cell) for _, graph, stretch in found], story)
        return [graph.chart(title, place) for (place, graph, _), title in zip(found, titles, strict=True)]

    def _found(self, stretch: _Stretch) -> Iterator[tuple[Place, Graph]]:
        for place, graph, element in stretch.own:
            self.used.add(element)
            yield place, graph
        if stretch.graphs:
            self.used.update(stretch.used)
            yield from ((stretch.place, graph) for graph in stretch.graphs)

    def _stretches(self, story: Sequence[Drawn]) -> Iterator[_Stretch]:
        current: _Stretch | None = None
        page, top, above = 0, 0.0, -1
        vml = VmlReader(lambda shape: "", self._rules)
        for index, line in enumerate(story):
            before, after, height = _layout(line, self._page["pitch"])
            if before:
                page, top = page + 1, 0.0
            fresh = current is None or before or line.table or bool(line.text.strip() and not line.cell)
            if line.cell and current is not None:
                fresh = current.lines[-1].place != line.place
            if not line.cell and (line.table or line.text.strip()):
                above = index
            if fresh or (current is not None and current.lines[-1].cell and not line.cell):
                if current is not None:
                    yield current
                current = _Stretch([], above, page)
            if current is not None:
                current.lines.append(line)
                self._draw(current, line, top, vml)
            top += height
            if after:
                page, top = page + 1, 0.0
                if current is not None:
                    yield current
                current = None
        if current is not None:
            yield current

    def _draw(self, stretch: _Stretch, line: Drawn, top: float, vml: VmlReader) -> None:
        vml.text_of = lambda shape: _text_of(shape, line.texts)
        for element in line.drawings:
            if not (stretch.loose.shapes or stretch.loose.lines):
                stretch.place = line.place
            before = len(stretch.loose.shapes) + len(stretch.loose.lines)
            if element.tag == f"{W}drawing":
                self._draw_drawingml(stretch, line, element, top)
            else:
                self._draw_vml(stretch, line, element, top, vml)
            if len(stretch.loose.shapes) + len(stretch.loose.lines) > before:
                stretch.used.append(element)

    def _draw_drawingml(self, stretch: _Stretch, line: Drawn, element: etree._Element, top: float) -> None:
        holder = next((child for child in element if child.tag in (f"{WP}anchor", f"{WP}inline")), None)
        if holder is None:
            return
        properties = holder.find(f"{WP}docPr")
        if properties is not None and properties.get("hidden") in ("1", "true"):
            return
        x, y = self._anchor(holder, top)
        for content in (child for data in holder.iter("{*}graphicData") for child in data):
            kind = local_name(content)
            if kind == "relIds" and content.tag.startswith(DGM):
                data = self.diagram(content.get(f"{R}dm", ""))
                graph = read_diagram(data) if data is not None else None
                if graph is not None:
                    stretch.own.append((line.place, graph, element))
                continue
            plane = Plane().moved(x, y)
            text_of = lambda shape: _text_of(shape, line.texts)  # noqa: E731
            drawing = Drawing()
            if kind == "wpc":
                drawing.take(read_shapes(content, plane, text_of))
            elif kind in ("wgp", "wsp"):
                at = own_offset(content)
                read = read_group if kind == "wgp" else read_shape
                drawing.take(read(content, plane.moved(-at[0], -at[1]), text_of))
            if kind == "wsp" and properties is not None:
                named = properties.get("id", "")
                drawing.shapes = [replace(shape, ids=(*shape.ids, named)) for shape in drawing.shapes]
            alone = kind == "wpc" or holder.tag == f"{WP}inline"
            self._place(stretch, line, element, drawing, alone=alone, grouped=kind != "wsp")

    def _draw_vml(self, stretch: _Stretch, line: Drawn, element: etree._Element, top: float, vml: VmlReader) -> None:
        for child in element:
            style = css(child)
            x, y = self._offset(
                style.get("mso-position-horizontal-relative", ""), style.get("mso-position-vertical-relative", ""), top
            )
            drawing = Drawing()
            drawing.take(vml.piece(child, Plane().moved(x, y)))
            group = child.tag == f"{V}group"
            alone = group and (child.get("editas") == "canvas" or style.get("position", "static") == "static")
            self._place(stretch, line, element, drawing, alone=alone, grouped=group)

    def _place(
        self, stretch: _Stretch, line: Drawn, element: etree._Element, drawing: Drawing, *, alone: bool, grouped: bool
    ) -> None:
        """A drawing that stands by itself is looked at alone; the others come on the plane of the stretch."""
        if not alone:
            stretch.loose.extend(drawing)
            stretch.grouped = stretch.grouped or grouped
            return
        if self._admits(drawing, line.place):
            stretch.own.extend((line.place, graph, element) for graph in read_graphs(drawing, grouped=True))

    def _admits(self, drawing: Drawing, place: Place) -> bool:
        admitted = self._allowance.admits(drawing)
        if not admitted:
            self.too_large.append(place)
        return admitted

    def _anchor(self, holder: etree._Element, top: float) -> tuple[float, float]:
        """Where an anchored drawing lies on the page, from the left of the text and the top of the page's text."""
        if holder.tag != f"{WP}anchor":
            return 0.0, top
        places = [holder.find(f"{WP}positionH"), holder.find(f"{WP}positionV")]
        relative = [place.get("relativeFrom", "") if place is not None else "" for place in places]
        x, y = self._offset(relative[0], relative[1], top)
        steps = [
            number(next((each.text for each in place.iter(f"{WP}posOffset")), None)) if place is not None else 0.0
            for place in places
        ]
        return x + steps[0], y + steps[1]

    def _offset(self, across: str, down: str, top: float) -> tuple[float, float]:
        x = -float(self._page["left"]) if across == "page" else 0.0
        if down == "page":
            return x, -float(self._page["top"])
        return x, 0.0 if "margin" in down.lower() else top

    def _joined(self, stretches: list[_Stretch]) -> list[_Stretch]:
        """A stretch that is no chart alone becomes part of its neighbour on the page when a line ties them."""
        kept: list[_Stretch] = []
        for stretch in stretches:
            last = kept[-1] if kept else None
            if (
                last is not None
                and last.page == stretch.page
                and not (last.lines[-1].cell or stretch.lines[-1].cell)
                and not (last.graphs and stretch.graphs)
                and (stretch.loose.shapes or stretch.loose.lines)
                and (last.loose.shapes or last.loose.lines)
            ):
                both = Drawing()
                both.extend(last.loose)
                both.extend(stretch.loose)
                if self._allowance.admits(both) and ties(last.loose, stretch.loose):
                    last.loose, last.grouped = both, last.grouped or stretch.grouped
                    last.graphs = read_graphs(both, grouped=last.grouped)
                    last.used += stretch.used
                    last.own += stretch.own
                    last.lines += stretch.lines
                    continue
            kept.append(stretch)
        return kept


def _text_of(shape: etree._Element, texts: Mapping[etree._Element, str]) -> str:
    return "\n".join(texts[element] for element in shape.iter() if element in texts)


def _page_measures(document: etree._Element) -> dict[str, int]:
    """The page's margins and line pitch, of the first section, in EMU."""
    margins = next(document.iter(f"{W}pgMar"), None)
    grid = next(document.iter(f"{W}docGrid"), None)
    pitch = whole(grid.get(f"{W}linePitch")) if grid is not None else 0
    left, top = (whole(margins.get(f"{W}{side}")) if margins is not None else 0 for side in ("left", "top"))
    return {"left": left * _TWIP, "top": top * _TWIP, "pitch": (pitch or _LINE_PITCH) * _TWIP}


def _layout(line: Drawn, pitch: int) -> tuple[bool, bool, float]:
    """Whether a page begins before a paragraph, whether one ends with it, and about how high it is (EMU)."""
    if line.table or line.cell:
        return False, False, pitch if line.cell else 0.0
    properties = line.element.find(f"{W}pPr")
    before = after = False
    height = float(pitch) * max(1, -(-len(line.text) // _CHARACTERS_A_LINE))
    if properties is not None:
        before = properties.find(f"{W}pageBreakBefore") is not None
        section = properties.find(f"{W}sectPr")
        if section is not None:
            kind = section.find(f"{W}type")
            after = kind is None or kind.get(f"{W}val", "") in _PAGE_BREAKING
        spacing = properties.find(f"{W}spacing")
        if spacing is not None and spacing.get(f"{W}line"):
            exact = spacing.get(f"{W}lineRule", "auto") != "auto"
            share = whole(spacing.get(f"{W}line"), 240, 5000)
            height *= share * _TWIP / pitch if exact else share / 240
    for run in line.element.iterfind(f"{W}r"):
        before = before or run.find(f"{W}lastRenderedPageBreak") is not None
        after = after or any(found.get(f"{W}type") == "page" for found in run.iterfind(f"{W}br"))
    return before, after, height


def _titles(found: Sequence[tuple[Graph, int, bool]], story: Sequence[Drawn]) -> list[str]:
    """The title of each chart: a caption beside it, its own topmost text, a heading or short line above it.

    found: each chart with the index of the paragraph above it, and whether it stands in a cell.
    """
    taken: set[int] = set()
    below_style = bool(found) and _captions_below(found, story)
    titles = []
    for graph, above, cell in found:
        title, used = ("", -1) if cell else _title(graph, above, story, below=below_style, taken=taken)
        taken.add(used)
        titles.append(title)
    return titles


def _captions_below(found: Sequence[tuple[Graph, int, bool]], story: Sequence[Drawn]) -> bool:
    """Whether the document prints captions under its charts: the first chart has one there and none above."""
    _, above, _ = found[0]
    return not _is_caption(story, above) and _is_caption(story, _next_printed(story, above))


def _title(graph: Graph, above: int, story: Sequence[Drawn], *, below: bool, taken: set[int]) -> tuple[str, int]:
    under = _next_printed(story, above)
    if below and _is_caption(story, under) and under not in taken:
        return _caption(story, under), under
    if not below and above not in taken and _is_caption(story, above):
        return _caption(story, above), above
    if graph.title and NAMES_A_CHART.search(graph.title):
        return "", -1
    if above < 0 or above in taken or story[above].table:
        return "", -1
    line = story[above]
    text = one_line(line.text).strip()
    if line.heading or (not graph.title and len(text) <= _LONGEST_TITLE and not text.endswith(tuple(_SENTENCE_ENDS))):
        return text, above
    return "", -1


def _next_printed(story: Sequence[Drawn], above: int) -> int:
    """Index of the next printed paragraph of the body, -1 where a table comes first or nothing does."""
    for index in range(above + 1, len(story)):
        if story[index].table:
            return -1
        if story[index].text.strip() and not story[index].cell:
            return index
    return -1


def _is_caption(story: Sequence[Drawn], index: int) -> bool:
    if index < 0 or story[index].table:
        return False
    text = one_line(story[index].text).strip()
    return len(text) <= _LONGEST_TITLE and NAMES_A_CHART.search(text) is not None


def _caption(story: Sequence[Drawn], index: int) -> str:
    """A caption, with the line before it where it says no more than that it is a chart."""
    text = one_line(story[index].text).strip()
    before = story[index - 1] if index else None
    bare = NAMES_A_CHART.match(text) is not None and len(text) <= 6
    if bare and before is not None and before.text.strip() and not (before.table or before.cell):
        earlier = one_line(before.text).strip()
        if len(earlier) <= _LONGEST_TITLE and not earlier.endswith(tuple(_SENTENCE_ENDS)):
            return earlier + text
    return text
