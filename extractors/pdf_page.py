"""One page of a digital PDF → its glyphs and rules as displayed.

In: a page that tablers (PDFium) has parsed, with the page's box and rotation. Out: :class:`PageContent`, in points from
the top left of the page as displayed. Left out: what PDFium adds of its own (spaces and breaks without width), what lies outside
the visible page, doubled characters of fake bold and shadows, and text turned at a slant (a watermark: kept as a mark).
A page beyond the bounds is cut off and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from extractors.lines import Glyph
from extractors.rules import Rule

MAX_CHARACTERS = 100_000
"""Characters read from one page; a full page of small type has some 5,000."""
MAX_DRAWINGS = 200_000
"""Lines and rectangles read from one page."""
OUTLINES = 200
"""A page with more curves than this may show letters as outlines."""

THIN = 3.0  # points: a filled rectangle no thicker is a rule
SLOPE = 0.01  # rise of a line that still counts as level or upright
WHITE = 250  # a stroke with all channels above is not seen on paper
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

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the file stands on the page as displayed, from the top left."""
        if self.rotation == 90:
            return y - self.y0, x - self.x0
        if self.rotation == 180:
            return self.x1 - x, y - self.y0
        if self.rotation == 270:
            return self.y1 - y, self.x1 - x
        return x - self.x0, self.y1 - y


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is printed on one page.

    marks: slanted text, as watermarks are. cut: a bound was reached. pictured: there is a picture, or there are outlines of
    letters, so that the page may show text that is not in ``glyphs``.
    """

    glyphs: list[Glyph]
    rules: list[Rule]
    marks: str = ""
    cut: bool = False
    pictured: bool = False


def page_content(objects: Any, frame: PageFrame) -> PageContent:
    """The glyphs and rules of a page from what tablers found on it (``Page.objects``)."""
    characters, lines, boxes = objects.chars, objects.lines, objects.rects
    cut = len(characters) > MAX_CHARACTERS or len(lines) > MAX_DRAWINGS or len(boxes) > MAX_DRAWINGS
    # tablers counts y downwards from the height of the page as displayed, whatever its box and rotation.
    top = frame.height
    glyphs, marks = _glyphs(characters[:MAX_CHARACTERS], frame, top)
    rules = [*_line_rules(lines[:MAX_DRAWINGS]), *_box_rules(boxes[:MAX_DRAWINGS])]
    if not frame.plain:
        rules = [_shown_rule(rule, frame, top) for rule in rules]
    pictured = frame.pictured or sum(line.line_type != "straight" for line in lines[:MAX_DRAWINGS]) > OUTLINES
    return PageContent(without_doubles(glyphs), rules, marks, cut, pictured)


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
    return glyphs, "".join(marks)


def without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs without those that print a neighbour again a little aside, as fake bold and shadows do."""
    again: set[int] = set()
    order = sorted(range(len(glyphs)), key=lambda n: (glyphs[n][0], glyphs[n][1]))
    for position, n in enumerate(order):
        if n in again:
            continue
        text, x0, y0, x1, y1, _ = glyphs[n]
        near_x, near_y = _shadow_reach(x1 - x0), _shadow_reach(y1 - y0)
        for m in order[position + 1 :]:
            other = glyphs[m]
            if other[0] != text or other[1] - x0 > near_x:
                break
            if abs(other[2] - y0) <= near_y and not text.isspace():
                again.add(m)
    return [glyph for n, glyph in enumerate(glyphs) if n not in again] if again else glyphs


def _shadow_reach(extent: float) -> float:
    """How far a shadow may fall: no two letters in a row stand so near to each other, not even ll."""
    return min(max(0.25 * extent, 1.0), 0.6 * extent, 2.5)


def _line_rules(lines: Iterable[Any]) -> Iterator[Rule]:
    for line in lines:
        if line.line_type != "straight":
            continue
        points = line.points
        if line.is_stroked:
            if _seen(line.stroke_color):
                for (x0, y0), (x1, y1) in pairwise(points):
                    yield from _rule(x0, y0, x1, y1)
        elif _filled(line) and _seen(line.fill_color):
            across, down = [x for x, _ in points], [y for _, y in points]
            yield from _thin(min(across), min(down), max(across), max(down))


def _box_rules(boxes: Iterable[Any]) -> Iterator[Rule]:
    for box in boxes:
        x0, y0, x1, y1 = box.bbox
        if box.is_stroked and _seen(box.stroke_color):
            thin = list(_thin(x0, y0, x1, y1))
            yield from thin or _sides(x0, y0, x1, y1)
        elif _filled(box) and _seen(box.fill_color):
            yield from _thin(x0, y0, x1, y1)


def _sides(x0: float, y0: float, x1: float, y1: float) -> list[Rule]:
    return [Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1)]


def _filled(shape: Any) -> bool:
    return "NONE" not in repr(shape.fill_mode)


def _seen(color: tuple[int, int, int, int]) -> bool:
    red, green, blue, alpha = color
    return alpha > 0 and not (red >= WHITE and green >= WHITE and blue >= WHITE)


def _rule(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    across, down = abs(x1 - x0), abs(y1 - y0)
    if across > THIN and down <= max(0.5, SLOPE * across):
        yield Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
    elif down > THIN and across <= max(0.5, SLOPE * down):
        yield Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))
    elif across <= THIN and down <= THIN:
        yield from _thin(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _thin(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    """The rule that a thin shape is; a dot may be a piece of either direction."""
    if y1 - y0 <= THIN and (x1 - x0 > y1 - y0 or x1 - x0 <= THIN):
        yield Rule(True, (y0 + y1) / 2, x0, x1)
    if x1 - x0 <= THIN and (y1 - y0 > x1 - x0 or y1 - y0 <= THIN):
        yield Rule(False, (x0 + x1) / 2, y0, y1)


def _shown_rule(rule: Rule, frame: PageFrame, top: float) -> Rule:
    ends = ((rule.start, rule.at), (rule.end, rule.at)) if rule.horizontal else ((rule.at, rule.start), (rule.at, rule.end))
    (ax, ay), (bx, by) = (frame.shown(x, top - y) for x, y in ends)
    horizontal = rule.horizontal != (frame.rotation in (90, 270))
    if horizontal:
        return Rule(True, ay, min(ax, bx), max(ax, bx))
    return Rule(False, ax, min(ay, by), max(ay, by))
