"""Whether the text of a PDF page is drawn so as not to be seen, over a picture of the page.

In: the path of a PDF and the number of a page. Out: yes or no. Refuses nothing.
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from pypdfium2 import raw

SAMPLE = 200
"""Characters looked at to tell whether a layer is drawn invisibly."""


def drawn_invisibly(path: Path, index: int) -> bool:
    """Whether most text of a page (from 0) is drawn so as not to be seen, as recognition lays it over a scan.

    Such text is what some other program made of the picture; the picture itself is what the unit handed in.
    """
    try:
        modes = _modes(path, index)
    except pypdfium2.PdfiumError:
        return False  # tablers could read the page: what it read stands
    drawn = [mode for mode in modes if mode != raw.FPDF_TEXTRENDERMODE_UNKNOWN]  # PDFium's own spaces have none
    return 2 * drawn.count(raw.FPDF_TEXTRENDERMODE_INVISIBLE) > len(drawn)


def _modes(path: Path, index: int) -> list[int]:
    """The rendering modes (ISO 32000-1, 9.3.6) of a sample of the characters of a page."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[index]
        text = page.get_textpage()
        count = raw.FPDFText_CountChars(text.raw)
        chosen = range(0, count, max(1, count // SAMPLE))
        modes = [raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(text.raw, n)) for n in chosen]
        text.close()
        page.close()
    return modes
