"""SmartArt → the graph of a chart, from its data model.

In: the parsed data part of a diagram. Out: a :class:`~extractors.drawing.graph.Graph`, or None when fewer than two of
its points have text. Refuses nothing. Where the layout is a process, each point leads to its next sibling; in a cycle
the last leads to the first; elsewhere a point leads to those below it, and a plain list has no edges.
Source: ECMA-376 part 1, 21.4 (diagrams: dgm:pt, dgm:cxn).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Final

from lxml import etree

from extractors.document import ChartEdge, ChartNode
from extractors.drawing.drawingml import number
from extractors.drawing.graph import Graph
from extractors.drawing.shapes import MAX_PIECES

_DGM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STEPS: Final = ("process", "chevron", "arrow", "cycle")
_HIERARCHIES: Final = ("hierarchy", "orgchart")


def read_diagram(data: etree._Element) -> Graph | None:
    """The chart that a SmartArt drawing shows."""
    texts = {
        point.get("modelId", str(index)): _text(point)
        for index, point in enumerate(data.iterfind(f"{_DGM}ptLst/{_DGM}pt"))
        if point.get("type", "node") in ("node", "asst")
    }
    shown = [key for key, text in texts.items() if text]
    if not 2 <= len(shown) <= MAX_PIECES:
        return None
    below = _below(data)
    ordered = _in_order(below, texts)
    order = [key for key in ordered if texts.get(key)] + [key for key in shown if key not in ordered]
    index = {key: number for number, key in enumerate(order)}
    pairs = [(index[a], index[b]) for a, b in _edges(data, below, order) if a in index and b in index]
    edges = tuple(ChartEdge(*pair) for pair in dict.fromkeys(pairs))
    return Graph(tuple(ChartNode(texts[key]) for key in order), edges, None)


def _text(point: etree._Element) -> str:
    paragraphs = point.iterfind(f"{_DGM}t/{_A}p")
    lines = ("".join(text.text or "" for text in paragraph.iter(f"{_A}t")) for paragraph in paragraphs)
    return "\n".join(line for line in lines if line.strip()).strip()


def _below(data: etree._Element) -> dict[str, list[str]]:
    """The points below each point, in their order."""
    connections = [
        (number(each.get("srcOrd")), each.get("srcId", ""), each.get("destId", ""))
        for each in data.iterfind(f"{_DGM}cxnLst/{_DGM}cxn")
        if each.get("type", "parOf") == "parOf"
    ]
    below: dict[str, list[str]] = defaultdict(list)
    for _, source, target in sorted(connections[: 4 * MAX_PIECES]):
        below[source].append(target)
    return below


def _in_order(below: dict[str, list[str]], texts: dict[str, str]) -> list[str]:
    """The points from the top of the model down, each before those below it."""
    lower = {target for targets in below.values() for target in targets}
    waiting = [key for key in below if key not in lower][::-1]
    order: dict[str, None] = {}
    while waiting:
        key = waiting.pop()
        if key not in order:
            order[key] = None
            waiting.extend(reversed(below.get(key, [])))
    return [key for key in order if key in texts]


def _edges(data: etree._Element, below: dict[str, list[str]], order: list[str]) -> list[tuple[str, str]]:
    layout = next((each.get("loTypeId", "") for each in data.iter(f"{_DGM}prSet") if each.get("loTypeId")), "").lower()
    if any(word in layout for word in _STEPS):
        top = [targets for source, targets in below.items() if source not in order]
        steps = [pair for targets in top for pair in pairwise(targets)]
        if "cycle" in layout:
            steps += [(targets[-1], targets[0]) for targets in top if len(targets) > 2]
        return steps
    if any(word in layout for word in _HIERARCHIES):
        return [(source, target) for source, targets in below.items() for target in targets]
    return []
