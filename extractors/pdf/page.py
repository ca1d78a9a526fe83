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
from extractors.geometry.rules import Rule

MAX_CHARACTERS = 100_000
"""Characters read from one page; a full page of small type has some 5,000."""
MAX_DRAWINGS = 200_000
"""Lines and rectangles read from one page."""
OUTLINES = 200
"""A page with more curves than this may show letters as outlines."""

OVERPRINT = 1.4
"""Text so many times larger than most of the page may be a watermark laid over it."""

THIN = 3.0  # points: a filled rectangle no thicker is a rule
SLOPE = 0.01  # rise of a line that still counts as level or upright
WHITE = 250  # a stroke with all channels above is not seen on paper
FIRST_HAN = "\u2e80"
TALL_BOX = 1.2  # type sizes; a box taller than this is cut to twice EM_BOX around its middle
EM_BOX = 0.55
FARTHEST_SHADOW = 2.5  # points from a character to its shadow
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


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is printed on one page.

    marks: text of watermarks. cut: a bound was reached. pictured: there is a picture, or there are outlines of letters,
    so that the page may show text that is not in ``glyphs``.
    """

    glyphs: list[Glyph]
    rules: list[Rule]
    marks: str = ""
    cut: bool = False
    pictured: bool = False
    stream: Sequence[Glyph] = ()  # the glyphs as the file orders them, doubled ones and watermarks too


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


def without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, in no order, without those that print a neighbour again a little aside (fake bold, shadows)."""
    order = sorted(glyphs)
    again: set[int] = set()
    for n, glyph in enumerate(order):
        text, x0, y0, x1, y1, *_ = glyph
        for m in range(n + 1, len(order)):
            other = order[m]
            if other[1] - x0 > FARTHEST_SHADOW or other[0] != text:
                break
            if abs(other[2] - y0) > FARTHEST_SHADOW or n in again or text.isspace():
                continue
            if other[1] - x0 <= _shadow_reach(x1 - x0) and abs(other[2] - y0) <= _shadow_reach(y1 - y0):
                again.add(m)
    return [glyph for n, glyph in enumerate(order) if n not in again] if again else order


def _shadow_reach(extent: float) -> float:
    """How far a shadow may fall: no two letters in a row stand so near to each other, not even ll."""
    return min(max(0.25 * extent, 1.0), 0.6 * extent, FARTHEST_SHADOW)


def without_overprints(glyphs: list[Glyph], rules: Sequence[Rule]) -> tuple[list[Glyph], str]:
    """The glyphs without large upright text laid over the page as a watermark, and that text.

    Text that belongs to the page is never printed over smaller text or across rules; what shares the line of such
    glyphs goes with them, for a watermark lies partly over white.
    """
    heights = [glyph[4] - glyph[2] for glyph in glyphs]
    if not heights or max(heights) < OVERPRINT * median(heights):
        return glyphs, ""
    sizes = [glyph.size for glyph in glyphs]
    least = OVERPRINT * median(sizes)
    runs: dict[tuple[int, int], list[int]] = {}
    for n, size in enumerate(sizes):
        if size >= least and not glyphs[n].text.isspace():
            runs.setdefault((round(size), round(glyphs[n].y0)), []).append(n)
    small = [glyph for glyph, size in zip(glyphs, sizes, strict=True) if size < least]
    over: set[int] = set()
    for run in runs.values():
        hit = sum(1 for n in run if _lies_over(glyphs[n], small, rules))
        if hit * 3 >= len(run) and hit:
            over.update(run)
    if not over:
        return glyphs, ""
    return [g for n, g in enumerate(glyphs) if n not in over], "".join(
        glyphs[n].text for n in sorted(over, key=lambda n: (round(glyphs[n].y0), glyphs[n].x0))
    )


def _lies_over(glyph: Glyph, small: Sequence[Glyph], rules: Sequence[Rule]) -> bool:
    """Whether smaller text or a rule runs through the inner part of the glyph."""
    dx, dy = 0.2 * (glyph.x1 - glyph.x0), 0.25 * (glyph.y1 - glyph.y0)
    x0, y0, x1, y1 = glyph.x0 + dx, glyph.y0 + dy, glyph.x1 - dx, glyph.y1 - dy
    for _, at, start, end in (rule for rule in rules if rule.horizontal):
        if y0 < at < y1 and start < x0 and x1 < end:
            return True
    for _, at, start, end in (rule for rule in rules if not rule.horizontal):
        if x0 < at < x1 and start < y0 and y1 < end:
            return True
    return any(x0 < (g[1] + g[3]) / 2 < x1 and y0 < (g[2] + g[4]) / 2 < y1 for g in small)


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
