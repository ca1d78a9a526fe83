"""Sheets → .docx: merges as w:gridSpan and w:vMerge, the way Word writes them."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from lxml import etree

from tests.drawing.spec import SHORT, CellSpec, Grid, Sheet, Text
from tests.drawing.zipped import settle

FONTS = {"title": ("方正小标宋简体", 18), "heading": ("黑体", 14), "body": ("仿宋_GB2312", 12), "cell": ("宋体", 9)}
TWIPS_A_MM = 1440 / 25.4


def draw_docx(path: Path, sheets: tuple[Sheet, ...], *, landscape: bool = True, reprint_header: bool = True) -> None:
    """Draw the sheets under each other. reprint_header marks header rows w:tblHeader, as Word's 重复标题行 does."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(15)
    width = round(((297 if landscape else 210) - 30) * TWIPS_A_MM)
    for sheet in sheets:
        for block in sheet.blocks:
            if isinstance(block, Text):
                _write(document, block)
            elif isinstance(block, Grid):
                _place(document, _table(block, width, reprint_header))
            else:
                document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.save(str(path))
    settle(path)


def _write(document: WordDocument, text: Text) -> None:
    paragraph = document.add_paragraph()
    if text.style == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _print(paragraph, text.text, text.style)


def _print(paragraph: Paragraph, text: str, style: str, *, bold: bool = False) -> None:
    font, size = FONTS[style]
    run = paragraph.add_run(text)
    run.font.bold = bold or None
    run.font.size = Pt(size)
    run.font.name = font
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)


def _place(document: WordDocument, table: etree._Element) -> None:
    """A table must not touch the one before: Word would join them."""
    body = document.element.body
    if (last := body[-2] if len(body) > 1 else None) is not None and last.tag == qn("w:tbl"):
        document.add_paragraph()
    body.insert(len(body) - 1, table)


def _element(tag: str, *children: etree._Element, **attributes: str | int) -> etree._Element:
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    element.extend(children)
    return element


def _table(grid: Grid, width: int, reprint_header: bool) -> etree._Element:
    widths = [round(share * width) for share in grid.shares()]
    properties = _element(
        "tblPr",
        _element("tblStyle", val="TableGrid"),
        _element("tblW", w=sum(widths), type="dxa"),
        _element("tblLayout", type="fixed"),
    )
    columns = _element("tblGrid", *(_element("gridCol", w=w) for w in widths))
    cover = {(row, cell.column): cell for cell in grid.cells for row in range(cell.row, cell.row + cell.row_span)}
    table = _element("tbl", properties, columns)
    for row in range(1, grid.row_count + 1):
        line = _element("tr")
        if reprint_header and row <= grid.header_rows:
            line.append(_element("trPr", _element("tblHeader")))
        starts = sorted(column for r, column in cover if r == row)
        line.extend(_cell(cover[row, column], row, widths, bold=row <= grid.header_rows) for column in starts)
        table.append(line)
    return table


def _cell(cell: CellSpec, row: int, widths: list[int], *, bold: bool) -> etree._Element:
    width = sum(widths[cell.column - 1 : cell.column - 1 + cell.column_span])
    properties = _element("tcPr", _element("tcW", w=width, type="dxa"))
    if cell.column_span > 1:
        properties.append(_element("gridSpan", val=cell.column_span))
    if cell.row_span > 1:
        properties.append(_element("vMerge", val="restart") if row == cell.row else _element("vMerge"))
    properties.append(_element("vAlign", val="center"))
    element = _element("tc", properties)
    for line in cell.text.split("\n") if row == cell.row else [""]:
        paragraph = Paragraph(_element("p"), None)  # type: ignore[arg-type]
        if len(cell.text) < SHORT:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if line:
            _print(paragraph, line, "cell", bold=bold)
        element.append(paragraph._p)
    return element
