"""How a sheet of a report looks on the screen and on A4 paper: styles, page set-up, heights of rows.

In: openpyxl sheets of a report. Out: the same, styled. Nothing is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.finding import Severity
from pipeline.reports.spreadsheet import display_width
from pipeline.vocabulary import Vocabulary

TEXT, CENTRED, HEADER, TITLE, HEADING, PLAIN = "text", "centred", "header", "title", "heading", "plain"
SHADES: Final = {Severity.ERROR: "F8CBAD", Severity.WARNING: "FFE699", Severity.INFO: "DDEBF7"}

_A4: Final = 9  # its number in OOXML
_LINE_HEIGHT, _PADDING, _HIGHEST = 13.5, 5.0, 409.0  # points; no row can be higher
_GREY: Final = Side(style="thin", color="A6A6A6")
_BOX: Final = Border(left=_GREY, right=_GREY, top=_GREY, bottom=_GREY)


def add_styles(book: Workbook, vocabulary: Vocabulary) -> None:
    """Register the styles of a report under their names."""
    text, heading = vocabulary.label("report.font.text"), vocabulary.label("report.font.heading")
    left = Alignment(horizontal="left", vertical="top", wrap_text=True)
    middle = Alignment(horizontal="center", vertical="top", wrap_text=True)
    both = Alignment(horizontal="center", vertical="center", wrap_text=True)
    beside = Alignment(horizontal="left", vertical="center", wrap_text=True)
    body = Font(name=text, size=10)
    head = PatternFill("solid", fgColor="D9E1F2")
    for style in (
        NamedStyle(TEXT, font=body, alignment=left, border=_BOX),
        NamedStyle(CENTRED, font=body, alignment=middle, border=_BOX),
        NamedStyle(HEADER, font=Font(name=heading, size=10), alignment=both, border=_BOX, fill=head),
        NamedStyle(TITLE, font=Font(name=heading, size=16), alignment=both),
        NamedStyle(HEADING, font=Font(name=heading, size=12), alignment=beside),
        NamedStyle(PLAIN, font=body, alignment=beside),
        *(
            NamedStyle(
                severity.name, font=body, alignment=middle, border=_BOX, fill=PatternFill("solid", fgColor=shade)
            )
            for severity, shade in SHADES.items()
        ),
    ):
        book.add_named_style(style)


def set_up_page(page: Worksheet, title: str, vocabulary: Vocabulary, *, repeat_rows: str = "") -> None:
    """A4 landscape, as wide as the sheet; the title (where one is given) above each page, its number below."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    margins = page.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.7, 0.6, 0.3, 0.3
    page.print_options.horizontalCentered = True
    above = " ".join(title.split()).replace("&", "&&")  # "&" begins a code there
    below = vocabulary.label("report.page").format(page="&P", pages="&N")
    for item, text in ((page.oddHeader, above), (page.oddFooter, below)):
        if item is not None:  # never, but openpyxl's types allow it
            item.center.text = text or None
    if repeat_rows:
        page.print_title_rows = repeat_rows


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """Height in points that the highest of some texts needs, each in a column of the given width.

    A written file has to say it: not every office program fits rows to wrapped text when it opens one.
    """
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(_HIGHEST, lines * _LINE_HEIGHT + _PADDING)


def _lines(text: str, width: float) -> int:
    room = max(2.0, width - 1.5)  # a Chinese character does not fit into the last half, nor may a comma begin a line
    return sum(max(1, math.ceil(display_width(line) / room)) for line in text.split("\n"))
