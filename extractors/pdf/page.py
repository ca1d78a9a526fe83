"""One page of a digital PDF → its glyphs and rules as displayed.

In: a page that tablers (PDFium) has parsed, with the page's box and rotation. Out: :class:`PageContent`, in points
from the top left of the page as displayed. Left out: what PDFium adds of its own (spaces and breaks without width),
what lies outside the visible page, doubled characters of fake bold and shadows, and text turned at a slant (a
watermark: kept as a mark). A page beyond the bounds is cut off and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from extractors.geometry.lines import Glyph
from extractors.geometry.overprints import without_doubles, without_overprints
from extractors.geometry.page_content import PageContent
from extractors.geometry.rules import Rule
from extractors.geometry.strokes import WHITE, side_rules, stroke_rule, thin_rule

MAX_CHARACTERS = 100_000
"""Characters read from one page; a full page of small type has some 5,000."""
MAX_DRAWINGS = 200_000
"""Lines and rectangles read from one page."""
OUTLINES = 200
"""A page with more curves than this may show letters as outlines."""

FIRST_HAN = "\u2e80"
TALL_BOX = 1.2  # type sizes; a box taller than this is cut to twice EM_BOX around its middle
EM_BOX = 0.55
SLANT = 3.0  # degrees off the upright beyond which text is a watermark
LINE_END_HYPHEN = "\x02"  # PDFium's sign for a hyphen at the end of a line


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The visible part of a page in the coordinates of the file (points, y upwards) and its rotation in degrees."""

    x0: float
    y0: float
    x1: float
    y1: float
    rotation: int = 0
    pictured: bool = False  # the page shows a picture large enough to be a scan
    annotated: bool = False  # there are form fields or notes with text of their own

    @property
    def width(self) -> float:
        """Width in points as displayed."""
        return self.y1 - self.y0 if self.rotation in (90, 270) else self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in points as displayed."""
        return self.x1 - self.x0 if self.rotation in (90, 270) else self.y1 - self.y0

    @property
    def plain(self) -> bool:
        """Neither rotated nor cut out of a larger page: coordinates need no change."""
        return not (self.x0 or self.y0 or self.rotation)

    def turned(self, degrees: int) -> PageFrame:
        """The frame in which text that is turned clockwise by so many degrees on display stands upright."""
        return replace(self, rotation=(self.rotation - degrees) % 360)

    def filed(self, x: float, y: float) -> tuple[float, float]:
        """The point of the file that is displayed at a point of the page: the inverse of ``shown``."""
        if self.rotation == 90:
            return y + self.x0, x + self.y0
        if self.rotation == 180:
            return self.x1 - x, y + self.y0
        if self.rotation == 270:
            return self.x1 - y, self.y1 - x
        return x + self.x0, self.y1 - y

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the file stands on the page as displayed, from the top left."""
        if self.rotation == 90:
            return y - self.y0, x - self.x0
        if self.rotation == 180:
            return self.x1 - x, y - self.y0
        if self.rotation == 270:
            return self.y1 - y, self.x1 - x
        return x - self.x0, self.y1 - y


def page_content(objects: Any, frame: PageFrame) -> PageContent:
    """The glyphs and rules of a page from what tablers found on it (``Page.objects``)."""
    characters, lines, boxes = objects.chars, objects.lines, objects.rects
    cut = len(characters) > MAX_CHARACTERS or len(lines) > MAX_DRAWINGS or len(boxes) > MAX_DRAWINGS
    top = frame.y1 - frame.y0  # from which tablers counts y downwards, whatever the page's box and rotation
    glyphs, marks = _glyphs(characters[:MAX_CHARACTERS], frame, top)
    rules = [*_line_rules(lines[:MAX_DRAWINGS]), *_box_rules(boxes[:MAX_DRAWINGS])]
    if not frame.plain:
        rules = [_shown_rule(rule, frame, top) for rule in rules]
    pictured = frame.pictured or sum(line.line_type != "straight" for line in lines[:MAX_DRAWINGS]) > OUTLINES
    kept, stamps = without_overprints(without_doubles(glyphs), rules)
    return PageContent(kept, rules, "".join((marks, stamps)), cut, pictured, glyphs)


def main_turn(content: PageContent) -> int:
    """The turn, in degrees, of most of the text of a page."""
    turns: dict[int, int] = {}
    for glyph in content.glyphs:
        turns[glyph.turn] = turns.get(glyph.turn, 0) + 1
    return max(turns, key=lambda turn: turns[turn], default=0)


def _glyphs(characters: Sequence[Any], frame: PageFrame, top: float) -> tuple[list[Glyph], str]:
    width, height = frame.width, frame.height
    plain = frame.plain
    glyphs: list[Glyph] = []
    marks: list[str] = []
    for character in characters:
        text = character.unicode_char
        x0, y0, x1, y1 = character.bbox
        if not text or x1 <= x0 or y1 <= y0:
            continue
        if text < " ":
            if text != LINE_END_HYPHEN:
                continue
            text = "-"
        turn = 0
        if not plain:
            (ax, ay), (bx, by) = frame.shown(x0, top - y0), frame.shown(x1, top - y1)
            x0, y0, x1, y1 = min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
        if frame.rotation or not character.upright:
            angle = (character.rotation_degrees + frame.rotation) % 360
            turn = round(angle / 90) * 90
            if abs(angle - turn) > SLANT:
                marks.append(text)
                continue
            turn %= 360
        if 0 <= x0 + x1 <= 2 * width and 0 <= y0 + y1 <= 2 * height:
            glyphs.append(Glyph(text, x0, y0, x1, y1, turn))
    return _in_em_boxes(glyphs), "".join(marks)


def _in_em_boxes(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs with boxes no taller than their type size.

    Some fonts declare lines far taller than their type (Noto CJK: 1.45 em and more), and a box of that height reaches
    into the lines above and below. Glyphs of one height share one font; a Han character is as wide as the type.
    """
    widths: dict[float, list[float]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.text >= FIRST_HAN and not glyph.turn:
            widths[round(glyph.y1 - glyph.y0, 1)].append(glyph.x1 - glyph.x0)
    sizes = {height: median(found) for height, found in widths.items()}
    boxed = []
    for glyph in glyphs:
        size = sizes.get(round(glyph.y1 - glyph.y0, 1))
        if size and not glyph.turn and glyph.y1 - glyph.y0 > TALL_BOX * size:
            middle = (glyph.y0 + glyph.y1) / 2
            glyph = glyph._replace(y0=middle - EM_BOX * size, y1=middle + EM_BOX * size)
        boxed.append(glyph)
    return boxed


def _line_rules(lines: Iterable[Any]) -> Iterator[Rule]:
    for line in lines:
        if line.line_type != "straight":
            continue
        points = line.points
        if line.is_stroked:
            if _seen(line.stroke_color):
                for (x0, y0), (x1, y1) in pairwise(points):
                    yield from stroke_rule(x0, y0, x1, y1)
        elif _filled(line) and _seen(line.fill_color):
            across, down = [x for x, _ in points], [y for _, y in points]
            yield from thin_rule(min(across), min(down), max(across), max(down))


def _box_rules(boxes: Iterable[Any]) -> Iterator[Rule]:
    for box in boxes:
        x0, y0, x1, y1 = box.bbox
        if box.is_stroked and _seen(box.stroke_color):
            thin = list(thin_rule(x0, y0, x1, y1))
            yield from thin or side_rules(x0, y0, x1, y1)
        elif _filled(box) and _seen(box.fill_color):
            yield from thin_rule(x0, y0, x1, y1)


def _filled(shape: Any) -> bool:
    return "NONE" not in repr(shape.fill_mode)


def _seen(color: tuple[int, int, int, int]) -> bool:
    red, green, blue, alpha = color
    return alpha > 0 and not (red >= WHITE and green >= WHITE and blue >= WHITE)


def _shown_rule(rule: Rule, frame: PageFrame, top: float) -> Rule:
    ends = (
        ((rule.start, rule.at), (rule.end, rule.at))
        if rule.horizontal
        else ((rule.at, rule.start), (rule.at, rule.end))
    )
    (ax, ay), (bx, by) = (frame.shown(x, top - y) for x, y in ends)
    horizontal = rule.horizontal != (frame.rotation in (90, 270))
    if horizontal:
        return Rule(True, ay, min(ax, bx), max(ax, bx))
    return Rule(False, ax, min(ay, by), max(ay, by))
