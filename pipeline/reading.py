"""A Document → what the unit said in it: tables in their surroundings, records, remarks, the unit that it names.

In: a Document and a Vocabulary. Out: :class:`DocumentReading`. The order of the blocks matters: titles and section
headings above a table give their values to its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extractors.document import Document, Paragraph, Place, Table
from pipeline.cells import FieldReader
from pipeline.headings import HeadingMatcher
from pipeline.record import Record, Register, Remark, RemarkKind, Source, TableReading
from pipeline.registers import RegisterJudge
from pipeline.sections import SectionReader, SectionStack
from pipeline.tables import Surroundings, TableOutcome, TableReader
from pipeline.text import is_traditional
from pipeline.unit_names import LONGEST_TITLE, unit_in
from pipeline.values import power_type
from pipeline.vocabulary import Vocabulary

# How many texts at the head of a document and of its tables may name the unit.
_UNIT_TEXTS = 12


@dataclass(slots=True)
class DocumentReading:
    """What one document gave; ``unit`` is "" where its text names none."""

    tables: list[TableReading] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unit: str = ""
    supplement: bool = False


class DocumentReader:
    """Reads documents with one vocabulary; what it learns of headings in one serves the next."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._plain = HeadingMatcher(vocabulary)
        self._converting = HeadingMatcher(vocabulary, traditional=True)
        self.sections = SectionReader(vocabulary)
        self.judge = RegisterJudge(vocabulary)

    def read(self, document: Document) -> DocumentReading:
        """All registers of a document."""
        traditional = is_traditional(_whole_text(document))
        fields = FieldReader(self.vocabulary, traditional=traditional)
        matcher = self._converting if traditional else self._plain
        tables = TableReader(self.vocabulary, matcher, self.sections, fields)
        walk = _Walk(self, tables, document)
        walk.blocks()
        reading = walk.reading
        if not any(table.register is not Register.NONE for table in reading.tables):
            walk.paragraph_forms()
        reading.remarks.extend(fields.remarks)
        if traditional and reading.tables:
            reading.remarks.append(Remark(RemarkKind.TRADITIONAL, reading.tables[0].place))
        reading.unit = unit_in(walk.heads[:_UNIT_TEXTS], self.sections, self.vocabulary)
        supplements = self.vocabulary.markers["supplement"]
        reading.supplement = any(word in text for text in walk.titled for word in supplements)
        return reading


class _Walk:
    """The walk over the blocks of one document."""

    def __init__(self, owner: DocumentReader, tables: TableReader, document: Document) -> None:
        self._owner = owner
        self._tables = tables
        self._document = document
        self.reading = DocumentReading()
        self.heads: list[str] = []  # texts that may name the unit
        self.titled: list[str] = []  # texts that stand as titles
        self._titles: list[str] = []
        self._notes: list[str] = []
        self._stack = SectionStack()
        self._fresh = True  # no table since the last title
        self._last: TableOutcome | None = None

    def blocks(self) -> None:
        """Every block in order."""
        notes = [p.text for p in self._document.paragraphs if self._owner.sections.is_note(p.text)]
        self._notes = notes
        for block in self._document.blocks:
            if isinstance(block, Paragraph):
                self._paragraph(block)
            else:
                self._table(block)

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = paragraph.text.strip()
        if not text or self._owner.sections.is_note(text):
            return
        self.heads.append(text)
        if self._owner.sections.is_fill_in([text]) or len(text) > LONGEST_TITLE:
            return
        section = self._owner.sections.read(text)
        register_title = bool(self._owner.judge.title_weights([text]))
        if section.names_something and (section.numbered or not register_title):
            self._stack.push(section, Source(paragraph.place, paragraph.text))
            if not register_title:
                return
        if not self._fresh and (register_title or paragraph.role == "heading"):
            self._titles, self._fresh, self._last = [], True, None
            if not section.names_something:
                self._stack = SectionStack()
        if register_title and section.power_type is None:
            self._titled_type(text, Source(paragraph.place, paragraph.text))
        self._titles.append(text)
        self.titled.append(text)

    def _titled_type(self, text: str, source: Source) -> None:
        """A title that names one power type (云溪县水利局行政处罚类职权目录) gives it to the whole table."""
        found = [
            kind.label
            for kind in self._owner.vocabulary.power_types
            if len(kind.label) == 4 and kind.label in text and power_type(kind.label, self._owner.vocabulary)
        ]
        if len({power_type(label, self._owner.vocabulary) for label in found}) == 1:
            section = self._owner.sections.read(found[0])
            self._stack.push(section, source)

    def _table(self, table: Table) -> None:
        stack = self._stack
        if table.sheet:
            stack = SectionStack()
            section = self._owner.sections.read(table.part)
            if section.power_type:
                stack.push(section, Source(Place(part=table.part, table=table.number, sheet=True), table.part))
        around = Surroundings(
            titles=tuple(self._titles),
            notes=tuple(self._notes),
            sections=stack,
            header=self._last.header if self._last else None,
            verdict=self._last.verdict if self._last else Surroundings().verdict,
        )
        outcome = self._tables.read(table, around)
        self._fresh = False
        self.heads.extend(outcome.preamble)
        self.titled.extend(outcome.preamble)
        index = len(self.reading.tables)
        self.reading.tables.append(outcome.reading)
        if outcome.verdict.register is Register.NONE:
            for inner in _nested(table):
                self._table(inner)
            return
        self._last = outcome
        self.reading.records.extend(replace(record, table=index) for record in outcome.records)
        self.reading.remarks.extend(outcome.remarks)

    def paragraph_forms(self) -> None:
        """Forms without any table: numbered lines 职权名称：… one after the other."""
        outcome = self._tables.read_paragraphs(self._document.paragraphs, tuple(self._titles))
        if outcome is not None:
            index = len(self.reading.tables)
            self.reading.tables.append(outcome.reading)
            self.reading.records.extend(replace(record, table=index) for record in outcome.records)
            self.reading.remarks.extend(outcome.remarks)


def _nested(table: Table) -> Iterator[Table]:
    for cell in table.cells:
        yield from cell.tables


def _whole_text(document: Document) -> str:
    """Enough of the document's text to tell its script."""
    parts: list[str] = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        parts.extend(cell.text for cell in table.cells[:2000])
    return "\n".join(parts)[:20000]
