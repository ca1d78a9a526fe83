"""One page of a PDF read once more, with another engine, where the first is not to be trusted.

In: the path of a PDF, the number of a page and its frame. Out: the glyphs of the page in the order of the file.
PDFium leaves out a character that falls upon an equal one, which is right for fake bold and wrong where two texts are
printed over each other; pdfminer, by way of pdfplumber, gives all that is drawn, ten times slower. Refused: a page
that is rotated or cut out of a larger one, and a file that pdfminer cannot parse: there is no second reading then
(None).
"""

from __future__ import annotations

from pathlib import Path

from extractors.geometry.lines import Glyph
from extractors.pdf.page import PageFrame


def second_reading(path: Path, index: int, frame: PageFrame) -> list[Glyph] | None:
    """The upright glyphs of a page (from 0) as pdfminer reads them, or None where it cannot."""
    if not frame.plain:
        return None
    # Imported here, for hardly a file needs it and it takes as long as reading ten pages.
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path, pages=[index + 1]) as document:
            if not document.pages:
                return None
            (page,) = document.pages
            glyphs = [
                Glyph(c["text"], c["x0"], c["top"], c["x1"], c["bottom"])
                for c in page.chars
                if c["upright"] and c["x1"] > c["x0"] and not c["text"].startswith("(cid:")
            ]
            page.close()
    except (PDFException, PdfminerException):
        return None
    return glyphs
