"""What a file shows and where: the one model that every reader fills and the pipeline reads.

In: nothing. Out: frozen values (:class:`Document`, :class:`Table`, :class:`Cell`, :class:`Paragraph`,
:class:`Place`). No file format and no law is known here.

Coordinates are 1-based and count what the unit sees: the row and column of the grid of a table, the sheet's own
row and column in a workbook, the page of a PDF. Boxes are in points from the top left corner of the page as it is
displayed (after /Rotate).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the top left of the page as displayed."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the unit's own file.

    ``str(place)`` is the 来源位置 of the contract: ``Sheet1!C12`` (workbook), ``表2 第5行第3列`` (Word),
    ``第3页 表1 第5行第3列 [x0,y0,x1,y1]`` (PDF and scans), ``第12段`` (a paragraph). Unknown parts are left out; a
    place with nothing known is the whole file and prints as "".
    """

    part: str = ""  # sheet title; "页眉"-like part names for Word; "" for the body
    table: str = ""  # "2", or "2.1" for the first table nested in table 2
    row: int | None = None
    column: int | None = None
    page: int | None = None
    paragraph: int | None = None
    box: Box | None = None
    sheet: bool = False  # True when ``part`` is a worksheet: prints as an A1 reference

    def __str__(self) -> str:
        if self.sheet:
            if self.row is None:
                return f"{self.part}!" if self.part else ""
            return f"{self.part}!{column_letters(self.column or 1)}{self.row}"
        words = [self.part] if self.part else []
        if self.page is not None:
            words.append(f"第{self.page}页")
        if self.table:
            words.append(f"表{self.table}")
        if self.row is not None:
            words.append(f"第{self.row}行" + (f"第{self.column}列" if self.column is not None else ""))
        if self.paragraph is not None:
            words.append(f"第{self.paragraph}段")
        if self.box is not None:
            words.append("[" + ",".join(f"{v:g}" for v in _rounded(self.box)) + "]")
        return " ".join(words)

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that a 来源位置 text names; the inverse of ``str``. Raises ValueError on anything else."""
        match = _PLACE.fullmatch(text)
        if match and (match["page"] or match["table"] or match["row"] or match["para"]):
            page = int(match["page"]) if match["page"] else None
            box = Box(page or 1, *(float(v) for v in match["box"].split(","))) if match["box"] else None
            return cls(
                part=(match["part"] or "").strip(),
                table=match["table"] or "",
                row=int(match["row"]) if match["row"] else None,
                column=int(match["col"]) if match["col"] else None,
                page=page,
                paragraph=int(match["para"]) if match["para"] else None,
                box=box,
            )
        if match := _SHEET_PLACE.fullmatch(text):
            if not match["letters"]:
                return cls(part=match["part"], sheet=True)
            return cls(part=match["part"], row=int(match["row"]), column=column_number(match["letters"]), sheet=True)
        if not text:
            return cls()
        raise ValueError(f"not a place: {text!r}")


_PLACE = re.compile(
    r"(?P<part>[^!第表\[]*?)\s?(?:第(?P<page>\d+)页)? ?(?:表(?P<table>[\d.]+))?"
    r" ?(?:第(?P<row>\d+)行(?:第(?P<col>\d+)列)?)? ?(?:第(?P<para>\d+)段)? ?(?:\[(?P<box>[\d.,-]+)\])?"
)
_SHEET_PLACE = re.compile(r"(?P<part>.*)!(?:(?P<letters>[A-Z]+)(?P<row>\d+))?", re.DOTALL)


def _rounded(box: Box) -> tuple[float, float, float, float]:
    return round(box.x0, 1), round(box.y0, 1), round(box.x1, 1), round(box.y1, 1)


def column_letters(number: int) -> str:
    """The letters of a 1-based worksheet column: 1 → A, 28 → AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The 1-based number of a worksheet column: A → 1, AB → 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class Notice(StrEnum):
    """What a reader noticed beside the text; the pipeline turns it into findings."""

    HIDDEN_ROWS = "hidden rows"
    HIDDEN_COLUMNS = "hidden columns"
    HIDDEN_SHEET = "hidden sheet"
    HIDDEN_TEXT = "hidden text"
    UNREAD_CELL = "unread cell"  # the cell shows something that could not be read: a formula never calculated
    UNREAD_PAGE = "unread page"  # a page with no usable text layer in a file that has others
    UNREAD_PART = "unread part"  # a part (picture, embedded object, …) that may hold text and was not read
    TRUNCATED = "truncated"  # a bound was reached; what is beyond it was not read


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that a reader noticed: of which sort, where, and the text it concerns (may be empty)."""

    notice: Notice
    place: Place
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: an anchor with its span. ``row``/``column`` are the grid position of its top left corner.

    text: as printed, paragraphs and line breaks as line feeds, computed list numbers included; nothing normalized.
    boxes: for PDF and scans one rectangle a page that the cell touches, first page first; else empty.
    unread: why the content could not be read, "" when it could. An unread cell is never the same as an empty one.
    confidence: the lowest of its characters; 1 unless recognized from a picture.
    tables: tables nested in the cell; their text is not repeated in ``text``.
    confidences: of each character of ``text`` when it was recognized from a picture, else empty.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    boxes: tuple[Box, ...] = ()
    unread: str = ""
    confidence: float = 1.0
    tables: tuple[Table, ...] = ()
    confidences: tuple[float, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing printed in the cell and nothing unread."""
        return not self.unread and not self.tables and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one row of a table beside its cells.

    number: the row as the unit counts it: the sheet's row, the row of the Word table, the row on its page (PDF; a
    reprinted header counts there). page, table: of this very row where the table runs over several pages, where
    ``table`` is the number of the table on that page.
    """

    number: int
    page: int | None = None
    table: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells, as one table even where it ran over several pages.

    number: "2" for the second table of the document (of the page, in PDF); a sheet counts as a table.
    part: the sheet's title, with ``sheet`` True; else "".
    cells: anchors only, ordered by row then column, never overlapping; empty cells may be left out.
    rows: one for each grid row, in order. hidden_columns: 1-based grid columns.
    reprints: cells of header rows that were printed again on later pages and taken out of the grid.
    ruled: False where the grid was inferred from white space and not from lines.
    """

    number: str
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    column_count: int
    part: str = ""
    sheet: bool = False
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    reprints: tuple[Cell, ...] = ()
    ruled: bool = True
    _cover: dict[tuple[int, int], Cell] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        cover = self._cover
        for cell in self.cells:
            if cell.row_span == 1 == cell.column_span:  # nearly all of them
                cover[cell.row, cell.column] = cell
                continue
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    cover[row, column] = cell

    @property
    def row_count(self) -> int:
        """How many grid rows the table has."""
        return len(self.rows)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a grid position (1-based), a merged cell for every position of its span; or None."""
        return self._cover.get((row, column))

    def row_cells(self, row: int) -> Iterator[Cell]:
        """The distinct cells that cover a grid row, from left to right."""
        last: Cell | None = None
        for column in range(1, self.column_count + 1):
            cell = self._cover.get((row, column))
            if cell is not None and cell is not last:
                yield cell
            last = cell

    def place(self, row: int, column: int | None = None) -> Place:
        """Where a grid position stands in the file: the covered position itself, not the corner of its merge."""
        info = self.rows[row - 1]
        if self.sheet:
            return Place(part=self.part, table=self.number, row=info.number, column=column, sheet=True)
        cell = self.at(row, column) if column is not None and info.page is not None else None
        box = None
        if cell is not None and cell.boxes:
            box = next((b for b in cell.boxes if b.page == info.page), cell.boxes[0])
        return Place(
            part=self.part, table=info.table or self.number, row=info.number, column=column, page=info.page, box=box
        )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside any table: its text as printed, with computed list number, and where it stands.

    role: "body", "heading", "header", "footer", "textbox", "footnote" or "comment".
    confidences: of each character of ``text`` when it was recognized from a picture, else empty.
    """

    text: str
    place: Place
    role: str = "body"
    confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartNode:
    """A shape of a flow chart: its text as printed, its form as the file names it (rect, diamond, …), "" if unknown."""

    text: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class ChartEdge:
    """A connector of a flow chart, from and to a node (index into ``FlowChart.nodes``), with the text beside it.

    An end that touches no shape is None.
    """

    start: int | None
    end: int | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class FlowChart:
    """A drawing of shapes and connectors, as a graph.

    title: the heading, caption or topmost text that names it, "" if none. place: where it is anchored.
    """

    title: str
    place: Place
    nodes: tuple[ChartNode, ...]
    edges: tuple[ChartEdge, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """All that one file shows, in reading order.

    format: docx, xlsx, xls, csv, html, pdf … as the content says, never the suffix.
    blocks: paragraphs and tables of the body as they follow each other.
    margins: headers, footers, text boxes, footnotes and comments. pages: None where the format has none.
    charts: flow charts, in reading order; the text of their shapes is not repeated in ``margins``.
    """

    name: str
    format: str
    blocks: tuple[Paragraph | Table, ...]
    margins: tuple[Paragraph, ...] = ()
    pages: int | None = None
    observations: tuple[Observation, ...] = ()
    charts: tuple[FlowChart, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the body, in reading order, without those nested in cells."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of the body, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))
