"""An HTML page → paragraphs and tables in reading order.

In: the text of a page (a web page, or an export that an office program names .xls or .doc). Out: :class:`Page`.
Refuses: TooLarge, Damaged where it cannot be parsed at all. Nothing outside the text is fetched, no script is run.

White space runs together as a browser shows it, ``&nbsp;`` stays U+00A0, ``<br>`` and blocks inside a cell break lines.
A table with a single cell that holds other tables only arranges the page and is opened up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.html
from lxml import etree

from extractors.document import Cell, Notice, Observation, Paragraph, Place, Row, Table
from extractors.errors import Damaged
from extractors.markup.html_grid import GridCell, HtmlGrid, lay_out
from extractors.workbook.sheet_grid import Allowance, SheetCell

MAX_DEPTH = 12  # tables in tables
_TOO_DEEP = "Excessive depth"  # what libxml2 says where it stops, 256 elements deep
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LINE_SPACE = re.compile(r" *\n *")
_UNSEEN = frozenset(
    ("script", "style", "head", "title", "template", "noscript", "noframes", "object", "select", "datalist", "xml")
)
_BLOCKS = frozenset(
    (
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "pre", "blockquote"),
        *("section", "article", "header", "footer", "main", "nav", "aside", "form", "fieldset", "center", "address"),
        *("body", "html", "hr", "figure", "figcaption", "caption", "tr", "td", "th"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NO_DISPLAY = re.compile(r"(?:display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden)", re.IGNORECASE)
_CLASS_SELECTOR = re.compile(r"(?:[a-z0-9]+)?\.([\w-]+)", re.IGNORECASE)


@dataclass(slots=True)
class Page:
    """What pages give, in order; grows while they are read. Tables and paragraphs are counted through all of them."""

    blocks: list[Paragraph | Table] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    tables: int = 0
    paragraphs: int = 0
    allowance: Allowance = field(default_factory=Allowance)


def read_page(text: str, page: Page) -> None:
    """Add the blocks of one HTML page. Raises TooLarge and Damaged."""
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Damaged(type(error).__name__) from error
    _Walk(page, _hiding_classes(root)).body(root)
    if any(_TOO_DEEP in (error.message or "") for error in parser.error_log):
        page.observations.append(Observation(Notice.TRUNCATED, Place(paragraph=page.paragraphs + 1)))


def _hiding_classes(root: etree._Element) -> frozenset[str]:
    """The classes that the page's own style sheets do not display."""
    hidden: set[str] = set()
    for style in root.iter("style"):
        for rule in (style.text or "").split("}"):
            selectors, _, declarations = rule.rpartition("{")
            if _NO_DISPLAY.search(declarations):
                names = (_CLASS_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(","))
                hidden.update(name[1] for name in names if name)
    return frozenset(hidden)


class _Walk:
    """One pass over a page: text gathers in ``line`` until a block or a table ends it."""

    def __init__(self, page: Page, hiding: frozenset[str]) -> None:
        self._page = page
        self._hiding = hiding
        self._line: list[str] = []

    def body(self, root: etree._Element) -> None:
        self._flow(root)
        self._end_line("body")

    def _flow(self, element: etree._Element) -> None:
        """Text, paragraphs and tables of an element; an explicit stack, for pages nest without a bound."""
        stack: list[tuple[etree._Element, bool]] = [(element, False)]
        while stack:
            current, left = stack.pop()
            if current.tag in _BLOCKS:
                self._end_line("heading" if left and current.tag in _HEADINGS else "body")
            if not left and self._entered(current):
                stack.append((current, True))
                stack.extend((child, False) for child in reversed(current) if isinstance(child.tag, str))
            elif current is not element:
                self._line.append(current.tail or "")

    def _entered(self, element: etree._Element) -> bool:
        """Whether the children of an element are to be walked; its own text is taken here."""
        if element.tag in _UNSEEN:
            return False
        if self._is_hidden(element):
            notice_hidden(element, Place(paragraph=self._page.paragraphs + 1), self._page)
            return False
        if element.tag == "table":
            self._end_line("body")
            self._table(element)
            return False
        self._line.append(_own_text(element))
        if element.tag == "img":
            self._page.observations.append(_picture(element, Place(paragraph=self._page.paragraphs + 1)))
        return True

    def _end_line(self, role: str) -> None:
        text = _collapsed("".join(self._line))
        self._line.clear()
        if text.strip():
            self._page.paragraphs += 1
            self._page.blocks.append(Paragraph(text, Place(paragraph=self._page.paragraphs), role))

    def _table(self, element: etree._Element) -> None:
        grid = lay_out(element)
        for caption in grid.captions:
            self._flow(caption)
            self._end_line("body")
        only = grid.cells[0].element if len(grid.cells) == 1 else None
        if only is not None and only.find(".//table") is not None:
            self._flow(only)
            self._end_line("body")
        elif grid.cells:
            table = self._build(grid, str(self._page.tables + 1), 1)
            if any(not cell.empty for cell in table.cells):
                self._page.tables += 1
                self._page.blocks.append(table)

    def _build(self, grid: HtmlGrid, number: str, depth: int) -> Table:
        cells, counter = [], 0
        for placed in grid.cells:
            place = Place(table=number, row=placed.row, column=placed.column)
            content = _CellText(self._hiding, self._page, place)
            content.read(placed.element)
            inner = []
            if content.tables and depth == MAX_DEPTH:
                self._page.observations.append(Observation(Notice.TRUNCATED, place))
                content.tables.clear()
            for nested in content.tables:
                counter += 1
                inner.append(self._build(lay_out(nested), f"{number}.{counter}", depth + 1))
            cells.append(_cell(placed, content.text(), tuple(inner)))
        self._page.allowance.take([SheetCell(cell.row, cell.column, cell.text) for cell in cells if not cell.empty])
        rows = tuple(Row(at, hidden=self._is_hidden(row)) for at, row in enumerate(grid.rows, 1))
        self._page.observations.extend(_hidden_rows(rows, cells, number))
        return Table(number, tuple(cells), rows, grid.column_count)

    def _is_hidden(self, element: etree._Element) -> bool:
        return is_hidden(element, self._hiding)


class _CellText:
    """The text of one cell, line by line, and the tables nested in it."""

    def __init__(self, hiding: frozenset[str], page: Page, place: Place) -> None:
        self._hiding = hiding
        self._page = page
        self._place = place
        self._parts: list[str] = []
        self.tables: list[etree._Element] = []

    def text(self) -> str:
        return _collapsed("".join(self._parts))

    def read(self, cell: etree._Element) -> None:
        if is_hidden(cell, self._hiding):
            notice_hidden(cell, self._place, self._page)
            return
        self._parts.append(cell.text or "")
        stack: list[tuple[etree._Element, bool]] = [(child, False) for child in reversed(cell)]
        while stack:
            element, left = stack.pop()
            if left:
                self._parts.append(("\0" if element.tag in _BLOCKS else "") + (element.tail or ""))
                continue
            stack.append((element, True))
            if self._opened(element):
                self._parts.append(("\0" if element.tag in _BLOCKS else "") + _own_text(element))
                stack.extend((child, False) for child in reversed(element))

    def _opened(self, element: etree._Element) -> bool:
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return False
        if is_hidden(element, self._hiding):
            notice_hidden(element, self._place, self._page)
            return False
        if element.tag == "table":
            self.tables.append(element)
            return False
        if element.tag == "img":
            self._page.observations.append(_picture(element, self._place))
        return True


def is_hidden(element: etree._Element, hiding: frozenset[str]) -> bool:
    """Whether an element by itself is not displayed."""
    if _NO_DISPLAY.search(element.get("style", "")) or element.get("hidden") is not None:
        return True
    return not hiding.isdisjoint(element.get("class", "").split())


def notice_hidden(element: etree._Element, place: Place, page: Page) -> None:
    """Put the text of an element that is not displayed on record."""
    text = _SPACE.sub(" ", "".join(str(piece) for piece in element.itertext())).strip()
    if text and element.tag not in _UNSEEN:
        page.observations.append(Observation(Notice.HIDDEN_TEXT, place, text))


def _own_text(element: etree._Element) -> str:
    """The text with which an element begins; what a field of a form holds is its text too."""
    if element.tag == "br":
        return "\1"
    if element.tag == "input":
        return element.get("value", "") if element.get("type", "text").lower() == "text" else ""
    text = element.text or ""
    return text.replace("\n", "\1").replace(" ", "\2") if element.tag == "pre" else text


def _collapsed(text: str) -> str:
    """White space as displayed. NUL ends a block, U+0001 is a forced break, U+0002 a space that stays."""
    text = _SPACE.sub(" ", text)
    text = re.sub(r"(?: *\0)+ *", "\0", text).strip("\0 ")
    return _LINE_SPACE.sub("\n", text.replace("\0", "\n").replace("\1", "\n")).replace("\2", " ").strip(" ")


def _cell(placed: GridCell, text: str, tables: tuple[Table, ...]) -> Cell:
    return Cell(text, placed.row, placed.column, placed.row_span, placed.column_span, tables=tables)


def _hidden_rows(rows: tuple[Row, ...], cells: list[Cell], number: str) -> Iterator[Observation]:
    from_hidden = [cell for cell in cells if rows[cell.row - 1].hidden and not cell.empty]
    if from_hidden:
        numbers = sorted({cell.row for cell in from_hidden})
        text = ",".join(str(row) for row in numbers)
        yield Observation(Notice.HIDDEN_ROWS, Place(table=number, row=numbers[0]), text)


def _picture(element: etree._Element, place: Place) -> Observation:
    return Observation(Notice.UNREAD_PART, place, element.get("alt", "") or "picture")
