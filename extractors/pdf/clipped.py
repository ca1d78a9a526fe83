"""Which characters of a PDF page lie outside of what their clipping path lets show.

In: the path of a PDF, the number of a page, its frame and some of its glyphs. Out: those that show. A spreadsheet that
prints a merged cell over a page break writes its whole text on both pages, and clips on each what belongs to the other
(ISO 32000-1, 8.5.4). Refuses nothing: of a page that cannot be read once more every glyph is kept.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from extractors.geometry.lines import Glyph
from extractors.pdf.page import PageFrame

SAME_PLACE = 2.0
"""Points between the middles of one character as two readings of the page give it."""

Rectangle = tuple[float, float, float, float]


def without_clipped(glyphs: Sequence[Glyph], path: Path, index: int, frame: PageFrame) -> list[Glyph]:
    """The glyphs of a page (from 0) without those whose middle is clipped away."""
    try:
        places = _clipped(path, index)
    except pypdfium2.PdfiumError:
        return list(glyphs)
    hidden: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for text, x, y in places:
        hidden[text].append(frame.shown(x, y))
    return [glyph for glyph in glyphs if not _is_among(glyph, hidden.get(glyph.text, ()))]


def _is_among(glyph: Glyph, places: Sequence[tuple[float, float]]) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return any(abs(x - across) <= SAME_PLACE and abs(y - down) <= SAME_PLACE for across, down in places)


def _clipped(path: Path, index: int) -> list[tuple[str, float, float]]:
    """The characters of a page whose middle is clipped away, and where it lies in the coordinates of the file."""
    found: list[tuple[str, float, float]] = []
    with pypdfium2.PdfDocument(path) as document:
        page = document[index]
        text = page.get_textpage()
        shown: dict[int, list[Rectangle]] = {}
        for n in range(raw.FPDFText_CountChars(text.raw)):
            owner = raw.FPDFText_GetTextObject(text.raw, n)
            if not owner:
                continue  # a space of PDFium's own
            key = ctypes.addressof(owner.contents)
            if key not in shown:
                shown[key] = list(_clips(owner))
            x, y = _middle(text.raw, n)
            if not all(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in shown[key]):
                found.append((chr(raw.FPDFText_GetUnicode(text.raw, n)), x, y))
        text.close()
        page.close()
    return found


def _middle(text: raw.FPDF_TEXTPAGE, n: int) -> tuple[float, float]:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, n, box)
    return (box.left + box.right) / 2, (box.bottom + box.top) / 2


def _clips(owner: raw.FPDF_PAGEOBJECT) -> Iterator[Rectangle]:
    """The rectangles around the paths that an object is clipped to."""
    clip = raw.FPDFPageObj_GetClipPath(owner)
    for n in range(max(0, raw.FPDFClipPath_CountPaths(clip)) if clip else 0):
        points = [_point(clip, n, m) for m in range(raw.FPDFClipPath_CountPathSegments(clip, n))]
        if points:
            across, down = zip(*points, strict=True)
            yield min(across), min(down), max(across), max(down)


def _point(clip: raw.FPDF_CLIPPATH, n: int, m: int) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, n, m), x, y)
    return x.value, y.value
