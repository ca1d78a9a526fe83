"""Reads a story of a Word document — the body, a header, a note — into paragraphs and tables with their places.

In: the parsed element of a story, the styles and the running list numbers. Out: blocks in reading order; beside them
what was noticed, the texts of boxes and the notes that were referred to. Refuses documents whose tables have more
grid positions than the bounds (TooLarge).

Decisions: a text box anchored in a cell is a line of that cell, for whoever lays a box over a cell means it as the
cell's text; a text box anchored in the body is a margin; a table inside a text box is a table like any other. Text in
a cell that a merge covers is not printed, so it is hidden text unless it repeats the cell that covers it. Paragraphs
in covered cells do not count in their lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from extractors.document import Cell, Notice, Observation, Paragraph, Place, Row, Table
from extractors.errors import TooLarge
from extractors.word.charts import Drawn
from extractors.word.grid import GridCell, GridRow, Merge, read_grid
from extractors.word.numbering import LEVELS, Numbering
from extractors.word.ooxml import MC, P_PR, SDT, TBL, P, W, value_of, whole
from extractors.word.package import relationship_id
from extractors.word.styles import BODY_LEVEL, Styles
from extractors.word.text import ParagraphContent, ParagraphReader, chosen_alternative, is_prompt, mark_removed

TEXT_BOX_PART: Final = "文本框"
FOREIGN_DOCUMENT: Final = "altChunk"
MAX_GRID_POSITIONS: Final = 3_000_000  # rows × columns of all tables of a document
_ALT_CHUNK: Final = f"{W}altChunk"
_PASSED_OVER: Final = frozenset(
    f"{W}{name}"
    for name in ("del", "moveFrom", "pPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "trPr", "tblPr", "customXmlPr")
)


@dataclass(slots=True)
class _Line:
    """One paragraph as read. ``joins``: its end is not there, so the next paragraph goes on in the same line."""

    number: str
    separator: str
    heading: bool
    joins: bool
    content: ParagraphContent

    def after(self, carried: str) -> str:
        """The printed line, behind the text of paragraphs that it continues; the number is always at its front."""
        text = carried + self.content.text
        return self.number + (self.separator if text else "") + text


@dataclass(slots=True)
class _TableNumbers:
    """Numbers tables in reading order: "1", "2" in the body, "2.1" in table 2."""

    prefix: str = ""
    last: int = 0

    def next(self) -> str:
        self.last += 1
        return f"{self.prefix}{self.last}"


@dataclass(slots=True)
class _Merge:
    """A cell being read that rows below may still continue."""

    cell: GridCell
    text: str
    tables: tuple[Table, ...]
    first_row: int
    last_row: int

    def frozen(self) -> Cell:
        rows = self.last_row - self.first_row + 1
        return Cell(self.text, self.first_row, self.cell.column, rows, self.cell.column_span, tables=self.tables)


@dataclass(slots=True)
class StoryReader:
    """Reads the stories of one document; what it notices on the way gathers in its lists.

    diagram: gives the text of a SmartArt drawing by its relationship. boxes: texts of boxes anchored in the body, each
    with its element. drawn: the paragraphs and tables of the body in order, and the paragraphs in its cells on which
    something is drawn. notes: (kind, id, place) of the notes referred to, in order.
    """

    styles: Styles
    numbering: Numbering
    diagram: Callable[[str], str]
    observations: list[Observation] = field(default_factory=list)
    boxes: list[tuple[Paragraph, etree._Element]] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    notes: list[tuple[str, str, Place]] = field(default_factory=list)
    _part: str = ""  # of the places of tables: "" in the body
    _positions_left: int = field(default_factory=lambda: MAX_GRID_POSITIONS)

    def body(self, element: etree._Element) -> list[Paragraph | Table]:
        """The paragraphs with text and the tables of the body. Paragraph numbers count the empty ones too."""
        blocks: list[Paragraph | Table] = []
        numbers = _TableNumbers()
        carried = ""
        number = 1
        for block, prompt in self._blocks(element):
            place = Place(paragraph=number)
            if block.tag != P:
                if carried:  # a paragraph whose end was deleted cannot go on behind a table
                    blocks.append(Paragraph(carried, place))
                    carried, number = "", number + 1
                self.drawn.append(Drawn(place, block, table=True))
                blocks.extend(self._foreign(block, place, numbers))
                continue
            line = self._paragraph(block, place, prompt)
            carried = line.after(carried)
            tables = self._floating(block, line, place, numbers)
            if not line.joins or tables:
                if carried.strip():
                    blocks.append(Paragraph(carried, place, "heading" if line.heading else "body"))
                carried, number = "", number + 1
            blocks.extend(tables)
        if carried.strip():
            blocks.append(Paragraph(carried, Place(paragraph=number)))
        return blocks

    def lines(self, element: etree._Element, place: Place) -> list[str]:
        """The lines of a header, footer, note or comment, those of its tables cell by cell."""
        tables: list[Table] = []
        outer, self._part = self._part, place.part
        lines = self._lines(element, place, _TableNumbers(), tables, prompt=False)
        self._part = outer
        return lines + [text for table in tables for text in _texts(table)]

    def _blocks(self, parent: etree._Element, prompt: bool = False) -> Iterator[tuple[etree._Element, bool]]:
        """The paragraphs and tables of a container, also those in content controls and the like."""
        for child in parent:
            tag = child.tag
            if tag in (P, TBL, _ALT_CHUNK):
                yield child, prompt
            elif tag in _PASSED_OVER or not len(child):
                continue
            elif tag == f"{MC}AlternateContent":
                if (chosen := chosen_alternative(child)) is not None:
                    yield from self._blocks(chosen, prompt)
            else:
                yield from self._blocks(child, prompt or (tag == SDT and is_prompt(child)))

    def _paragraph(self, element: etree._Element, place: Place, prompt: bool) -> _Line:
        properties = element.find(P_PR)
        key = value_of(properties, f"{W}pStyle") if properties is not None else None
        style = self.styles.paragraph(key)
        content = ParagraphReader(self.styles, style.hidden, prompt).read(element)
        deleted, hidden = mark_removed(properties)
        number = separator = ""
        if not deleted and not (hidden and not content.text):
            number, separator = self._list_number(properties, key)
        if content.hidden.strip():
            self._note(Notice.HIDDEN_TEXT, place, content.hidden)
        for unread in content.unread:
            self._note(Notice.UNREAD_PART, place, unread)
        self.notes.extend((kind, note, place) for kind, note in content.notes)
        level = value_of(properties, f"{W}outlineLvl") if properties is not None else None
        heading = style.heading if level is None else whole(level, BODY_LEVEL) < BODY_LEVEL
        return _Line(number, separator, heading, deleted or hidden, content)

    def _list_number(self, properties: etree._Element | None, key: str | None) -> tuple[str, str]:
        """The number of a paragraph and what parts it from the text; both "" where it is in no list."""
        style = self.styles.paragraph(key)
        direct = properties.find(f"{W}numPr") if properties is not None else None
        list_id = value_of(direct, f"{W}numId") or style.list_id
        if list_id is None or list_id == "0":  # 0 takes a paragraph out of its style's list
            return "", ""
        level = value_of(direct, f"{W}ilvl")
        if level is not None:
            index = whole(level)
        else:
            tied = self.numbering.level_of_style(list_id, key or "") if direct is None else None
            index = tied if tied is not None else style.list_level or 0
        return self.numbering.next_number(list_id, min(max(index, 0), LEVELS - 1))

    def _floating(self, block: etree._Element, line: _Line, place: Place, numbers: _TableNumbers) -> list[Table]:
        """Sets the boxes of a body paragraph aside as margins; the tables in them are the body's."""
        tables: list[Table] = []
        anchor = replace(place, part=TEXT_BOX_PART)
        texts = self._box_texts(line.content, anchor, numbers, tables)
        self.boxes.extend((Paragraph(text, anchor, "textbox"), element) for element, text in texts.items())
        drawings = tuple(line.content.drawings)
        self.drawn.append(Drawn(place, block, line.after(""), line.heading, drawings, texts))
        return tables

    def _box_texts(
        self, content: ParagraphContent, place: Place, numbers: _TableNumbers, tables: list[Table]
    ) -> dict[etree._Element, str]:
        """The texts of the boxes, drawn captions and diagrams of a paragraph, by their elements."""
        texts = {box: "\n".join(self._lines(box, place, numbers, tables, prompt=False)) for box in content.boxes}
        texts |= content.captions
        texts |= {diagram: self.diagram(relationship_id(diagram, "dm")) for diagram in content.diagrams}
        return {element: text for element, text in texts.items() if text.strip()}

    def _lines(
        self, element: etree._Element, place: Place, numbers: _TableNumbers, tables: list[Table], *, prompt: bool
    ) -> list[str]:
        """The lines of a cell, a text box or a note; tables in it are added to ``tables``."""
        lines: list[str] = []
        carried = ""
        for block, inner_prompt in self._blocks(element, prompt):
            if block.tag != P:
                if carried:
                    lines.append(carried)
                    carried = ""
                tables.extend(self._foreign(block, place, numbers))
                continue
            line = self._paragraph(block, place, inner_prompt)
            carried = line.after(carried)
            texts = self._box_texts(line.content, place, numbers, tables) if _has_boxes(line.content) else {}
            boxes = list(texts.values())
            if line.content.drawings and place.table and not self._part:
                drawings = tuple(line.content.drawings)
                self.drawn.append(Drawn(place, block, drawings=drawings, texts=texts, cell=True))
            if line.joins and not boxes:
                continue
            if carried or not boxes:
                lines.append(carried)
            lines.extend(boxes)
            carried = ""
        if carried:
            lines.append(carried)
        if tables and lines and not lines[-1]:
            lines.pop()  # the empty paragraph that the format asks for after a nested table
        return lines

    def _foreign(self, block: etree._Element, place: Place, numbers: _TableNumbers) -> list[Table]:
        """A block that is no paragraph: a table, or a document of another format that is embedded as a whole."""
        if block.tag == TBL:
            return self._table(block, numbers)
        self._note(Notice.UNREAD_PART, place, FOREIGN_DOCUMENT)
        return []

    def _table(self, element: etree._Element, numbers: _TableNumbers) -> list[Table]:
        """The table, or nothing when all its rows were deleted."""
        rows, columns = read_grid(element)
        if not rows:
            return []
        self._positions_left -= len(rows) * columns
        if self._positions_left < 0:
            raise TooLarge("tables too large", limit=MAX_GRID_POSITIONS)
        number = numbers.next()
        cells = self._cells(rows, number)
        for index, row in enumerate(rows, 1):
            if row.hidden:
                self._note(Notice.HIDDEN_ROWS, Place(part=self._part, table=number, row=index))
        infos = tuple(Row(index, hidden=row.hidden) for index, row in enumerate(rows, 1))
        return [Table(number, cells, infos, columns)]

    def _cells(self, rows: list[GridRow], number: str) -> tuple[Cell, ...]:
        nested = _TableNumbers(f"{number}.")
        merges: list[_Merge] = []
        above: dict[int, _Merge] = {}
        for index, row in enumerate(rows, 1):
            current: dict[int, _Merge] = {}
            for cell in row.cells:
                place = Place(part=self._part, table=number, row=index, column=cell.column)
                merge = above.get(cell.column) if cell.merge is Merge.CONTINUES else None
                if merge is not None and merge.cell.column_span == cell.column_span:
                    merge.last_row = index
                    self._covered(cell.element, place, merge.text)
                else:  # also a continuation of nothing: its first cell is then the merge's own
                    tables: list[Table] = []
                    lines = self._lines(cell.element, place, nested, tables, prompt=cell.prompt)
                    merge = _Merge(cell, "\n".join(lines), tuple(tables), index, index)
                    merges.append(merge)
                for covered in cell.covered:
                    self._covered(covered, place, merge.text)
                if cell.merge is not Merge.NONE:
                    current[cell.column] = merge
            above = current
        return tuple(merge.frozen() for merge in merges)

    def _covered(self, element: etree._Element, place: Place, shown: str) -> None:
        """Records the text of a cell that a merge covers."""
        if next(element.iter(f"{W}t"), None) is None:
            return
        contents = [ParagraphReader(self.styles, False).read(paragraph) for paragraph in element.iter(P)]
        text = "\n".join(content.text for content in contents).strip()
        if text and text != shown.strip():
            self._note(Notice.HIDDEN_TEXT, place, text)

    def _note(self, notice: Notice, place: Place, text: str = "") -> None:
        self.observations.append(Observation(notice, place, text))


def _has_boxes(content: ParagraphContent) -> bool:
    return bool(content.boxes or content.captions or content.diagrams)


def _texts(table: Table) -> Iterator[str]:
    """The texts of a table that is shown as lines, cell by cell."""
    for cell in table.cells:
        yield cell.text
        for nested in cell.tables:
            yield from _texts(nested)
