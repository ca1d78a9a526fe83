"""What one OFD page draws → its glyphs and rules, in points from the top left of the page.

In: the elements of a page, of its templates and annotations. Out: its content (extractors/geometry/page_content.py).
Left out: what is invisible, lies outside the page, or is a watermark (kept as a mark). A page beyond the bounds is cut
off and says so. Refuses nothing.

The widths of Latin letters stand in fonts that are not unpacked: a letter reaches to where the next one begins, and is
half a size wide where that is not told. A page whose text stands on its side is read as it is displayed.
Source: GB/T 33190-2016, 8.5 (objects), 9 (paths), 11 (text), 13 (composite objects), 15 (annotations).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from lxml import etree

from extractors.geometry.lines import Glyph
from extractors.geometry.overprints import without_doubles, without_overprints
from extractors.geometry.page_content import PageContent
from extractors.geometry.rules import Rule
from extractors.geometry.strokes import WHITE, stroke_rule, thin_rule
from extractors.ofd.numbers import Matrix, box_of, distances, matrix_of, number, seen, subpaths
from extractors.ofd.package import child, local, named

MAX_CHARACTERS: Final = 100_000  # of one page, as of a PDF
MAX_POINTS: Final = 200_000  # of the paths of one page
MAX_OBJECTS: Final = 400_000  # of one page, those of composites each time they are placed
MAX_DEPTH: Final = 16  # blocks and composites inside each other
POINTS_A_MM: Final = 72 / 25.4
OUTLINES: Final = 200  # a page with more curves than this may show letters as outlines
SCAN_SHARE: Final = 0.25  # a picture over less of the page is a seal, a logo or an illustration
USUAL_SIZE: Final = 3.7  # mm, where an object tells none: 五号
SLANT: Final = 3.0  # degrees off the upright beyond which text is a watermark
ASCENT, DESCENT = 0.86, 0.14  # of the type size, above and below the base line
NO_CODE: Final = "\u00a4"  # stands for a glyph that has no character
_UNKNOWN: Final = "\ufffd"
_HAN: Final = "\u2e80"


class PageDrawing:
    """One page while its objects are gathered."""

    def __init__(
        self,
        box: tuple[float, float, float, float],
        composites: Mapping[str, etree._Element],
        styles: Mapping[str, etree._Element],
    ) -> None:
        """box: x, y, width, height of the page in mm. composites, styles: see OfdDocument.

        ``pictures`` are those that are large enough to be scans: their IDs and rectangles in points.
        """
        self.width, self.height = box[2] * POINTS_A_MM, box[3] * POINTS_A_MM
        self._base = Matrix(POINTS_A_MM, 0, 0, POINTS_A_MM, -box[0] * POINTS_A_MM, -box[1] * POINTS_A_MM)
        self._composites, self._styles = composites, styles
        self.pictures: list[tuple[str, tuple[float, float, float, float]]] = []
        self._glyphs: list[Glyph] = []
        self._rules: list[Rule] = []
        self._marks: list[str] = []
        self._unseen = self._objects = self._points = self._curves = 0
        self._pictured = self._cut = False

    def add(self, parent: etree._Element) -> None:
        """Draw what is in an element: the Content of a page or a template."""
        self._walk(parent, self._base, 0)

    def add_note(self, appearance: etree._Element, watermark: bool) -> None:
        """Draw the text of an annotation; that of a watermark becomes a mark. Its strokes are no rules of the page."""
        before, rules = len(self._glyphs), len(self._rules)
        self._walk(appearance, self._base.after(_shift(appearance)), 0)
        del self._rules[rules:]
        if watermark:
            self._marks.append("".join(glyph.text for glyph in self._glyphs[before:]))
            del self._glyphs[before:]

    def content(self) -> PageContent:
        """What has been drawn."""
        glyphs, stamps = without_overprints(without_doubles(self._glyphs), self._rules)
        # Text that is not seen is what some program made of the picture below it: the picture is what was handed in.
        pictured = self._pictured or self._curves > OUTLINES
        if self._pictured and self._unseen > len(glyphs):
            glyphs = []
        return PageContent(glyphs, self._rules, "".join((*self._marks, stamps)), self._cut, pictured, self._glyphs)

    def _walk(self, parent: etree._Element, matrix: Matrix, depth: int) -> None:
        for element in parent:
            self._objects += 1
            if self._objects > MAX_OBJECTS or depth > MAX_DEPTH:
                self._cut = True
                return
            draw = _OBJECTS.get(local(element))
            if draw is not None and element.get("Visible", "true") != "false":
                draw(self, element, matrix, depth)

    def _block(self, element: etree._Element, matrix: Matrix, depth: int) -> None:
        self._walk(element, matrix, depth + 1)

    def _composite(self, element: etree._Element, matrix: Matrix, depth: int) -> None:
        unit = self._composites.get(element.get("ResourceID", ""))
        content = child(unit, "Content") if unit is not None else None
        if content is not None:
            self._walk(content, _placed(element, matrix), depth + 1)

    def _image(self, element: etree._Element, matrix: Matrix, depth: int) -> None:
        box = box_of(element.get("Boundary"))
        if box is not None:
            (ax, ay), (bx, by) = matrix.at(box[0], box[1]), matrix.at(box[0] + box[2], box[1] + box[3])
            corners = min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
            if (corners[2] - corners[0]) * (corners[3] - corners[1]) >= SCAN_SHARE * self.width * self.height:
                self._pictured = True
                self.pictures.append((element.get("ResourceID", ""), corners))

    def _path(self, element: etree._Element, matrix: Matrix, depth: int) -> None:
        strokes = element.get("Stroke", "true") != "false" and self._seen(element, "StrokeColor")
        fills = element.get("Fill", "false") == "true" and self._seen(element, "FillColor")
        if not strokes and not fills:
            return
        placed = _placed(element, matrix)
        for data in named(element, "AbbreviatedData"):
            for points, curves in subpaths(data.text or "", MAX_POINTS - self._points):
                self._points += len(points)
                self._curves += curves
                if not curves:
                    self._straight([placed.at(x, y) for x, y in points], strokes)
        self._cut = self._cut or self._points >= MAX_POINTS

    def _straight(self, points: list[tuple[float, float]], strokes: bool) -> None:
        across, down = [x for x, _ in points], [y for _, y in points]
        thin = list(thin_rule(min(across), min(down), max(across), max(down)))
        if thin or not strokes:
            self._rules += thin  # also a bar that is stroked: one rule, not its four sides
            return
        for (x0, y0), (x1, y1) in pairwise(points):
            self._rules += stroke_rule(x0, y0, x1, y1)

    def _seen(self, element: etree._Element, kind: str) -> bool:
        """Whether the stroke or the fill of an object is seen: by its own colour, or by that of its style."""
        if number(element.get("Alpha"), 255.0) <= 0:
            return False
        style: etree._Element | None = element
        for _ in range(MAX_DEPTH):
            if style is None:
                break
            color = child(style, kind)
            if color is not None:
                return len(color) > 0 or seen(color.get("Value"), color.get("Alpha"), WHITE)
            style = self._styles.get(style.get("DrawParam") or style.get("Relative") or "")
        return True

    def _text(self, element: etree._Element, matrix: Matrix, depth: int) -> None:
        printed = element.get("Fill", "true") != "false" or element.get("Stroke") == "true"
        printed = printed and number(element.get("Alpha"), 255.0) > 0
        placed = _placed(element, matrix)
        angle = (math.degrees(math.atan2(placed.b, placed.a)) + number(element.get("CharDirection"))) % 360
        turn = round(angle / 90) * 90
        slanted = abs(angle - turn) > SLANT
        for text, *corners in _characters(element):
            if slanted:
                self._marks.append(text)
            elif not printed:
                self._unseen += 1
            elif len(self._glyphs) >= MAX_CHARACTERS:
                self._cut = True
                return
            else:
                xs, ys = zip(*(placed.at(x, y) for x, y in corners), strict=True)
                x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
                if x0 < x1 and y0 < y1 and 0 <= x0 + x1 <= 2 * self.width and 0 <= y0 + y1 <= 2 * self.height:
                    self._glyphs.append(Glyph(text, x0, y0, x1, y1, turn % 360))


def _shift(element: etree._Element) -> Matrix:
    box = [number(part) for part in element.get("Boundary", "").split()]
    return Matrix(e=box[0], f=box[1]) if len(box) == 4 else Matrix()


def _placed(element: etree._Element, matrix: Matrix) -> Matrix:
    """The matrix of what is inside an object: its own, then to the corner of its boundary."""
    return matrix.after(_shift(element)).after(matrix_of(element.get("CTM")))


def _characters(element: etree._Element) -> Iterator[tuple[str, *tuple[tuple[float, float], ...]]]:
    """Each character of a text object with the corners of its box, in the object's own coordinates (mm)."""
    size, stretch = abs(number(element.get("Size"))) or USUAL_SIZE, number(element.get("HScale"), 1.0) or 1.0
    downwards = round(number(element.get("ReadDirection"))) % 180 == 90
    turned = math.radians(number(element.get("CharDirection")))
    right, below = (math.cos(turned), math.sin(turned)), (-math.sin(turned), math.cos(turned))
    x = y = 0.0
    for code in named(element, "TextCode"):
        text = code.text or ""
        x, y = number(code.get("X"), x), number(code.get("Y"), y)
        start = x, y
        across, down = distances(code.get("DeltaX"), len(text)), distances(code.get("DeltaY"), len(text))
        told = bool(across or down)
        for index, character in enumerate(text):
            natural = size * (stretch if character >= _HAN else stretch / 2)
            dx, dy = (
                (_nth(across, index), _nth(down, index)) if told else (0.0, natural) if downwards else (natural, 0.0)
            )
            # The last character of a run, and letters that are set apart, are as wide as they are by nature.
            wide = natural if character >= _HAN or index + 1 == len(text) or not dx else min(abs(dx), size * stretch)
            corners = [
                (x + right[0] * u + below[0] * v, y + right[1] * u + below[1] * v)
                for u, v in (
                    (0.0, -ASCENT * size),
                    (wide, -ASCENT * size),
                    (0.0, DESCENT * size),
                    (wide, DESCENT * size),
                )
            ]
            yield _UNKNOWN if character == NO_CODE else character, *corners
            x, y = x + dx, y + dy
        x, y = start


def _nth(values: list[float], index: int) -> float:
    """The distance behind the n-th character; where fewer are given, the last holds on."""
    return values[min(index, len(values) - 1)] if values else 0.0


_OBJECTS: Final = {
    "Layer": PageDrawing._block,
    "PageBlock": PageDrawing._block,
    "CompositeObject": PageDrawing._composite,
    "ImageObject": PageDrawing._image,
    "PathObject": PageDrawing._path,
    "TextObject": PageDrawing._text,
}
