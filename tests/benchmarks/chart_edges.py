"""How many edges of carelessly drawn flow charts are read right: precision and recall by how careless the hand was.

Run: python -m tests.benchmarks.chart_edges [charts a level]

Charts are drawn at random: steps on a grid that the hand misses, straight lines, elbows in one piece or in several,
bars that branch, block arrows, texts laid over empty boxes, words beside lines. No connector names its shapes.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field

from extractors.drawing.graph import read_graphs
from extractors.drawing.shapes import POINT, Drawing, Line, Rect, Shape

LEVELS = (0, 2, 4, 6, 8, 10)  # points by which an end of a line misses its step, at most
W, H, ACROSS, DOWN = 90.0, 30.0, 150.0, 75.0  # a step, and from one to the next


@dataclass
class Sheet:
    """A chart being drawn."""

    hand: random.Random
    miss: float
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    edges: set[tuple[str, str, str]] = field(default_factory=set)

    def step(self, text: str, x: float, y: float) -> None:
        """A box; one in five is an empty one with its text laid over it."""
        w, h = W * self.hand.uniform(0.8, 1.2), H * self.hand.uniform(0.8, 1.2)
        if self.hand.random() < 0.2:
            self.shapes.append(_shape("", x - w / 2, y - h / 2, w, h))
            self.shapes.append(_shape(text, x - w / 2 + 4, y - h / 2 + 3, w - 8, h - 6, framed=False))
        else:
            self.shapes.append(_shape(text, x - w / 2, y - h / 2, w, h))

    def box(self, text: str) -> Rect:
        """Where the step stands."""
        shape = next(each for each in self.shapes if each.text == text)
        frame = next((each for each in self.shapes if each.framed and each.box.encloses(shape.box)), shape)
        return frame.box

    def off(self) -> float:
        """How far an end misses."""
        return self.hand.uniform(-self.miss, self.miss) * POINT

    def join(self, start: str, end: str, word: str = "", *, beside: bool = False) -> None:
        """A line from one step to a lower one or to one beside it."""
        a, b = self.box(start), self.box(end)
        (ax, ay), (bx, by) = a.centre, b.centre
        self.edges.add((start, end, word))
        if not beside:
            first, last = (ax + self.off(), a.y1 + self.off()), (bx + self.off(), b.y0 + self.off())
            kind = self.hand.choice(["straight", "elbow", "pieces"]) if abs(ax - bx) > 40 * POINT else "straight"
        else:
            first, last = (a.x1 + self.off(), ay + self.off()), (b.x0 + self.off(), by + self.off())
            kind = "straight"
        middle = (first[1] + last[1]) / 2
        corners = [first, last] if kind == "straight" else [first, (first[0], middle), (last[0], middle), last]
        if kind == "pieces":
            spots = [(x + self.off() / 4, y + self.off() / 4) for x, y in corners[1:-1]]
            self.lines.append(Line((first, spots[0])))
            self.lines.append(Line((spots[0], spots[1])))
            self.lines.append(Line((spots[1], last), (False, True)))
        else:
            self.lines.append(Line(tuple(corners), (False, True)))
        if word:
            x, y = (corners[-2][0] + last[0]) / 2, (corners[-2][1] + last[1]) / 2
            aside = (4, -6) if abs(corners[-2][0] - last[0]) < abs(corners[-2][1] - last[1]) else (-8, -14)
            self.shapes.append(
                _shape(word, x / POINT + aside[0], y / POINT + aside[1], 9.0 * len(word) + 4, 12, framed=False)
            )

    def branch(self, start: str, ends: list[str]) -> None:
        """A trunk, a bar and an arrow down to each step."""
        a = self.box(start)
        bar = a.y1 + 18 * POINT
        tops = [self.box(end) for end in ends]
        xs = [top.centre[0] for top in tops]
        self.lines.append(Line(((a.centre[0], a.y1 + self.off()), (a.centre[0], bar))))
        self.lines.append(Line(((min(xs), bar), (max(xs), bar))))
        for end, top, x in zip(ends, tops, xs, strict=True):
            self.lines.append(Line(((x, bar + self.off() / 4), (x, top.y0 + self.off())), (False, True)))
            self.edges.add((start, end, ""))


def _shape(text: str, x: float, y: float, w: float, h: float, *, framed: bool = True) -> Shape:
    return Shape(text, "rect", Rect(x * POINT, y * POINT, (x + w) * POINT, (y + h) * POINT), framed)


def drawn(hand: random.Random, miss: float) -> Sheet:
    """A chart of three to eight rows with up to three steps each."""
    sheet = Sheet(hand, miss)
    rows = [hand.randint(1, 3) for _ in range(hand.randint(3, 8))]
    jitter = 5.0
    for r, count in enumerate(rows):
        for c in range(count):
            x = (c - (count - 1) / 2) * ACROSS + hand.uniform(-jitter, jitter)
            sheet.step(f"步骤{r}.{c}", x, r * DOWN + hand.uniform(-jitter, jitter))
    for r in range(len(rows) - 1):
        here, below = ([f"步骤{n}.{c}" for c in range(rows[n])] for n in (r, r + 1))
        if len(here) == 1 and len(below) == 3 and hand.random() < 0.5:
            sheet.branch(here[0], below)
        else:
            for start, end in zip(here, below, strict=False):
                sheet.join(start, end, hand.choice(["", "", "是", "不通过"]))
        if len(here) > 1 and hand.random() < 0.5:
            sheet.join(here[0], here[1], hand.choice(["", "否"]), beside=True)
    return sheet


def main(count: int) -> None:
    """Print a line for each level."""
    print("misses by  charts right  precision  recall  edges")
    for miss in LEVELS:
        hand = random.Random(miss + 1)
        right = both = told = meant = 0
        for _ in range(count):
            sheet = drawn(hand, miss)
            graphs = read_graphs(Drawing(sheet.shapes, sheet.lines), grouped=True)
            nodes = graphs[0].nodes if graphs else ()
            found = {
                (
                    nodes[e.start].text if e.start is not None else "",
                    nodes[e.end].text if e.end is not None else "",
                    e.label,
                )
                for e in (graphs[0].edges if graphs else ())
            }
            right += found == sheet.edges
            both, told, meant = both + len(found & sheet.edges), told + len(found), meant + len(sheet.edges)
        print(f"{miss:6} pt {right / count:12.1%} {both / told:10.1%} {both / meant:7.1%} {meant:6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
