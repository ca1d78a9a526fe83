"""The page of an official letter in .docx, near GB/T 9704-2012 (党政机关公文格式).

In: the texts of a letter from the top down, rows of a table. Out: an Office file: A4, margins 37/35/28/26 mm (clause
5.2.1), 22 lines of 28 characters (5.2.3), body in size 3 (5.2.2), page number between dashes on the outer side (7.5).
Fonts are named, none is embedded. No text becomes a field, a link or markup. Refuses nothing.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm

from pipeline.reports.office_file import put, storable
from pipeline.reports.spreadsheet import display_width
from pipeline.vocabulary import Vocabulary

# Sizes in half points, as OOXML counts: 二号 22 pt, 三号 16 pt, 四号 14 pt, 小五 9 pt.
_TITLE_SIZE, _BODY_SIZE, _FOOTER_SIZE, _TABLE_SIZE = 44, 32, 28, 18
_LINE: Final = 579  # twips: 22 lines in the 225 mm of the type area
_TITLE_LINE: Final = 660
_TIGHTER: Final = -4  # twips a character: 28 of size 3 then fit into the 156 mm of a line
_CHARACTER: Final = _BODY_SIZE * 10 + _TIGHTER  # twips
_AFTER_DATE: Final = 4  # characters free at the right of the date (7.3.5.4)
_AFTER_OFFICE: Final = 2
_SHEET: Final = (Mm(210), Mm(297))
_MARGINS: Final = (Mm(37), Mm(26), Mm(35), Mm(28))  # top, right, bottom, left
_WIDE_MARGINS: Final = (Mm(22), Mm(22), Mm(24), Mm(22))
_FOOTER: Final = Mm(24)  # from the edge of the sheet: the number stands 7 mm below the type area
_TWIPS_A_MM: Final = 1440 / 25.4


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its heading, its width in millimetres, whether its texts are centred."""

    heading: str
    width: float
    centred: bool = False


class LetterPage:
    """Writes a letter from the top down."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._body = words.label("report.font.body")
        self._document = Document()
        self._document.settings.odd_and_even_pages_header_footer = True
        self._set_up(self._document.sections[0], wide=False)
        self._number_pages(self._document.sections[0])

    def title(self, text: str) -> None:
        """The title, centred, with a line of air below."""
        self._write(text, "letter_title", _TITLE_SIZE, centred=True, line=_TITLE_LINE)
        self.paragraph("")

    def addressee(self, text: str) -> None:
        """主送机关: from the left edge."""
        self._write(text, "body")

    def heading(self, text: str) -> None:
        """A heading of the first level (一、)."""
        self._write(text, "heading", indent=2, keep=True)

    def subheading(self, text: str) -> None:
        """A heading of the second level (（一）)."""
        self._write(text, "subheading", indent=2, keep=True)

    def paragraph(self, text: str, *, keep: bool = False) -> None:
        """A paragraph of the body; keep: on one page with what follows."""
        self._write(text, "body", indent=2 if text else 0, keep=keep)

    def signature(self, office: str, date: str) -> None:
        """落款: the office centred over the date, room for the seal above both."""
        wide, narrow = (display_width(text) / 2 for text in (office, date))
        after_office = max(_AFTER_OFFICE, _AFTER_DATE + (narrow - wide) / 2)
        self._write("", "body", keep=True)
        self._write("", "body", keep=True)
        self._write(office, "body", after=after_office, keep=True)
        self._write(date, "body", after=after_office + (wide - narrow) / 2)

    def attachment(self, label: str, title: str, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]]) -> None:
        """A table under its title on landscape pages of its own; its head stands on each of them."""
        self._set_up(self._document.add_section(WD_SECTION.NEW_PAGE), wide=True)
        self._write(label, "heading")
        self._write(title, "letter_title", _TITLE_SIZE, centred=True, line=_TITLE_LINE, below=_LINE // 3)
        self._append(self._table(columns, rows))
        self._append(self._small("", centred=False))  # a document may not end with a table

    def save(self, target: Path | IO[bytes], title: str, stamp: dt.date | None) -> None:
        """Write the letter in one step; the same letter gives the same bytes. Raises OSError."""
        properties = self._document.core_properties
        properties.author, properties.title, properties.comments = "zhiquan", storable(title), ""
        buffer = io.BytesIO()
        self._document.save(buffer)
        put(buffer.getvalue(), target, stamp)

    def _append(self, element: Any) -> None:
        """Add a block at the end: before the set-up of the last section."""
        self._document.element.body.sectPr.addprevious(element)

    def _write(
        self,
        text: str,
        font: str,
        size: int = _BODY_SIZE,
        *,
        centred: bool = False,
        line: int = _LINE,
        below: int = 0,
        indent: int = 0,
        after: float | None = None,
        keep: bool = False,
    ) -> None:
        """A paragraph. line, below: twips. indent, after: characters free before its first line, at its right end."""
        settings = [
            *([_element("w:keepNext")] if keep else []),
            _element("w:widowControl", val="0"),
            _element("w:spacing", before="0", after=str(below), line=str(line), lineRule="exact"),
        ]
        if indent:
            settings.append(_element("w:ind", firstLineChars=str(indent * 100), firstLine=str(indent * _CHARACTER)))
        if after is not None:
            settings.append(_element("w:ind", rightChars=str(round(after * 100)), right=str(round(after * _CHARACTER))))
        if centred or after is not None:
            settings.append(_element("w:jc", val="center" if centred else "right"))
        name = self._words.label(f"report.font.{font}")
        run = _run(text, name, size, spacing=_TIGHTER if size == _BODY_SIZE else 0)
        self._append(_holding("w:p", _holding("w:pPr", *settings), run))

    def _table(self, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]]) -> Any:
        edges = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = (_element(f"w:{edge}", val="single", sz="4", space="0", color="auto") for edge in edges)
        widths = [str(round(column.width * _TWIPS_A_MM)) for column in columns]
        settings = _holding(
            "w:tblPr",
            _element("w:tblW", w=str(sum(int(width) for width in widths)), type="dxa"),
            _element("w:jc", val="center"),
            _holding("w:tblBorders", *borders),
            _element("w:tblLayout", type="fixed"),
            _holding("w:tblCellMar", *(_element(f"w:{side}", w="60", type="dxa") for side in ("left", "right"))),
        )
        grid = _holding("w:tblGrid", *(_element("w:gridCol", w=width) for width in widths))
        head = (
            self._cell(column.heading, width, centred=True, bold=True)
            for column, width in zip(columns, widths, strict=True)
        )
        first = _holding("w:tr", _holding("w:trPr", _element("w:cantSplit"), _element("w:tblHeader")), *head)
        table = _holding("w:tbl", settings, grid, first)
        for row in rows:
            cells = (
                self._cell(text, width, centred=column.centred)
                for text, column, width in zip(row, columns, widths, strict=True)
            )
            table.append(_holding("w:tr", _holding("w:trPr", _element("w:cantSplit")), *cells))
        return table

    def _cell(self, text: str, width: str, *, centred: bool, bold: bool = False) -> Any:
        settings = _holding("w:tcPr", _element("w:tcW", w=width, type="dxa"), _element("w:vAlign", val="center"))
        return _holding("w:tc", settings, self._small(text, centred=centred, bold=bold))

    def _small(self, text: str, *, centred: bool, bold: bool = False) -> Any:
        """A paragraph of a table."""
        settings = [
            _element("w:snapToGrid", val="0"),
            _element("w:spacing", before="20", after="20", line="240", lineRule="atLeast"),
            *([_element("w:jc", val="center")] if centred else []),
        ]
        name = self._words.label("report.font.heading") if bold else self._body
        return _holding("w:p", _holding("w:pPr", *settings), _run(text, name, _TABLE_SIZE))

    def _set_up(self, section: Any, *, wide: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = _SHEET[::-1] if wide else _SHEET
        margins: tuple[Length, ...] = _WIDE_MARGINS if wide else _MARGINS
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = margins
        section.footer_distance, section.header_distance = Mm(15) if wide else _FOOTER, Mm(15)
        for grid in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(grid)
        section._sectPr.append(_element("w:docGrid", type="lines", linePitch=str(_LINE)))

    def _number_pages(self, section: Any) -> None:
        """The number on the outer side: right on odd pages, left on even ones, a character from the edge."""
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]._p
            settings = paragraph.get_or_add_pPr()
            for child in list(settings):
                settings.remove(child)
            settings.append(_element("w:ind", **{f"{side}Chars": "100", side: str(_FOOTER_SIZE * 10)}))
            settings.append(_element("w:jc", val=side))
            font = self._words.label("report.font.text")
            number = _holding("w:fldSimple", _run("1", font, _FOOTER_SIZE))
            number.set(qn("w:instr"), "PAGE")
            for part in (_run("— ", font, _FOOTER_SIZE), number, _run(" —", font, _FOOTER_SIZE)):
                paragraph.append(part)


def _element(tag: str, **attributes: str) -> Any:
    """An element of WordprocessingML; its attributes are of the same namespace."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _holding(tag: str, *children: Any) -> Any:
    element = OxmlElement(tag)
    element.extend(children)
    return element


def _run(text: str, font: str, size: int, spacing: int = 0) -> Any:
    """A run of one font; line breaks of the text stay."""
    settings = _holding(
        "w:rPr",
        _element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font, hint="eastAsia"),
        *([_element("w:spacing", val=str(spacing))] if spacing else []),
        _element("w:sz", val=str(size)),
        _element("w:szCs", val=str(size)),
    )
    run = _holding("w:r", settings)
    for number, line in enumerate(storable(text).split("\n")):
        if number:
            run.append(_element("w:br"))
        piece = _element("w:t")
        piece.text = line
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(piece)
    return run
