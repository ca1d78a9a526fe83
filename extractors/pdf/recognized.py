"""A digital page that shows a large picture without text over it → the page with what the picture says.

In: the content of a page with a text layer, its frame, the path of the file. Out: the content with the glyphs and
rules that were recognized in its large pictures. A picture under digital text (a letterhead, a background, a scan under
its own text layer) is left as it is, and so is one too small to hold a table. Nothing is refused.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from extractors.geometry.lines import Glyph
from extractors.geometry.page_content import PageContent
from extractors.geometry.rules import Rule
from extractors.pdf.page import PageFrame

SHARE = 0.15
"""A picture that takes this share of the page may hold what the page is about."""
OVER = 8
"""More digital characters than this over a picture, and the picture is their background."""


def with_pictures(content: PageContent, frame: PageFrame, path: Path, index: int) -> PageContent:
    """The content with what its large pictures show. Raises Damaged where the page cannot be drawn."""
    # Imported here: few pages need it.
    from extractors.scan.page import read_page
    from extractors.scan.pictures import page_images, part_of, pdf_page

    boxes = [_shown(box, frame) for box in page_images(path, index)]
    boxes = [box for box in boxes if _is_subject(box, content, frame)]
    if not boxes or frame.rotation:
        return content
    picture = pdf_page(path, index)
    glyphs, rules = list(content.glyphs), list(content.rules)
    for x0, y0, x1, y1 in boxes:
        read = read_page(part_of(picture, (x0, y0, x1, y1)))
        glyphs += [_moved(glyph, x0, y0) for glyph in read.glyphs]
        rules += [
            Rule(r.horizontal, r.at + (y0 if r.horizontal else x0), *(v + (x0 if r.horizontal else y0) for v in r[2:]))
            for r in read.rules
        ]
    return replace(content, glyphs=glyphs, rules=rules)


def _shown(box: tuple[float, float, float, float], frame: PageFrame) -> tuple[float, float, float, float]:
    (ax, ay), (bx, by) = frame.shown(box[0], box[1]), frame.shown(box[2], box[3])
    return max(0.0, min(ax, bx)), max(0.0, min(ay, by)), min(frame.width, max(ax, bx)), min(frame.height, max(ay, by))


def _is_subject(box: tuple[float, float, float, float], content: PageContent, frame: PageFrame) -> bool:
    x0, y0, x1, y1 = box
    if (x1 - x0) * (y1 - y0) < SHARE * frame.width * frame.height:
        return False
    inside = [g for g in content.glyphs if x0 < (g.x0 + g.x1) / 2 < x1 and y0 < (g.y0 + g.y1) / 2 < y1]
    return len(inside) <= OVER


def _moved(glyph: Glyph, x: float, y: float) -> Glyph:
    return glyph._replace(x0=glyph.x0 + x, y0=glyph.y0 + y, x1=glyph.x1 + x, y1=glyph.y1 + y)
