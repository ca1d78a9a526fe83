"""A Document → what the unit said in it: tables in their surroundings, records, remarks, the unit that it names.

In: a Document and a Vocabulary. Out: :class:`DocumentReading`. The order of the blocks matters: titles and section
headings above a table give their values to its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from extractors.document import Document, Paragraph, Place, Table
from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.counts import DeclaredCounts
from pipeline.interpretation.headings import HeadingMatcher
from pipeline.interpretation.registers import RegisterJudge
from pipeline.interpretation.roles import RowRole
from pipeline.interpretation.sections import Section, SectionReader, SectionStack
from pipeline.interpretation.segments import Segment
from pipeline.interpretation.tables import Outcome, Surroundings, TableReader
from pipeline.interpretation.unit_names import LONGEST_TITLE, unit_in
from pipeline.record import Record, Register, Remark, RemarkKind, Source, TableReading
from pipeline.text.normalization import is_traditional, to_simplified
from pipeline.vocabulary import Vocabulary

# How many texts at the head of a document and of its tables may name the unit.
_UNIT_TEXTS = 12
_TITLE_ROWS = 3  # a table of so few rows may be the title of the next one


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
        heads = walk.heads[:_UNIT_TEXTS]
        reading.unit = unit_in(map(to_simplified, heads) if traditional else heads, self.sections, self.vocabulary)
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
        self._notes = [p.text for p in document.paragraphs if owner.sections.is_note(p.text)]
        self._stack = SectionStack()
        self._counts = DeclaredCounts()
        self._fresh = True  # no table since the last title
        self._last: Outcome | None = None

    def blocks(self) -> None:
        """Every block in order."""
        for block in self._document.blocks:
            if isinstance(block, Paragraph):
                self._line(Source(block.place, block.text, block.confidences), block.role == "heading")
            else:
                self._table(block)
        self.reading.remarks.extend(self._counts.remarks())

    def _line(self, source: Source, heading: bool) -> None:
        """A paragraph, or a title row of a table: a section heading, a title, a fill-in line, or plain text."""
        text = source.raw.strip()
        sections = self._owner.sections
        if not text or sections.is_note(text):
            return
        self.heads.append(text)
        if len(text) <= LONGEST_TITLE and not sections.is_fill_in([text]):
            self._title(text, source, heading)
        elif counts := sections.declared_counts(text):
            self._counts.title(counts, source.place, source.raw)

    def _title(self, text: str, source: Source, heading: bool) -> None:
        section = self._owner.sections.read_heading(text)
        counts = self._owner.sections.declared_counts(text)
        if self._owner.sections.is_total(text) and len(counts) == 1:  # 合计：3项 under the last of several tables
            self._counts.total(*counts[0], source.place, source.raw)
            return
        of_register = bool(self._owner.judge.title_weights([text]))
        if section.names_something and (section.numbered or not of_register):
            self._section(section, source)
            if not of_register:
                return
        elif counts:
            self._counts.title(counts, source.place, source.raw)
        elif section.declared is not None and not section.power_type and not self._owner.sections.of_others(text):
            self._counts.title((("", section.declared),), source.place, source.raw)
        if not self._fresh and (of_register or heading):
            self._titles, self._fresh, self._last = [], True, None
            if not section.names_something:
                self._counts.end(self._stack.clear())
        if of_register and not section.numbered and (kind := self._owner.sections.type_in_title(text)):
            self._stack.push(self._owner.sections.read(kind), source)
        self._titles.append(text)
        self.titled.append(text)

    def _section(self, section: Section, source: Source) -> None:
        ended = self._stack.push(section, source)
        self._counts.section(source, section.power_type or "", section.declared, ended)

    def _table(self, table: Table) -> None:
        before = self._last if self._last and self._last.header else None
        if table.sheet:
            self._titles, self._fresh, self._last = [table.part], True, None
            self._counts.end(self._stack.clear())
            section = self._owner.sections.read_heading(table.part)
            if section.sort:
                self._stack.push(section, Source(Place(part=table.part, table=table.number, sheet=True), table.part))
        self._counts.new_table()
        segments = self._tables.segments(table, before.header if before else None)
        if table.sheet and before and RowRole.DATA in segments[0].roles and not segments[0].header_blocks:
            self._last = before  # the sheet goes on with the register of the one before
        for segment in segments:
            titles = segment.of(RowRole.PREAMBLE)
            text_only = set(segment.roles) <= {RowRole.PREAMBLE, RowRole.BLANK}
            for line in titles:
                text = self._owner.sections.joined_line([cell.text for cell in line.printed])
                if text_only and len(titles) > _TITLE_ROWS:
                    self.heads.append(text)  # a list of something else: it may name the unit, but states nothing
                    continue
                self._line(Source(table.place(line.row, line.printed[0].column), text), heading=False)
            self._segment(segment)

    def _segment(self, segment: Segment) -> None:
        around = Surroundings(
            titles=tuple(self._titles), notes=tuple(self._notes), sections=self._stack, counts=self._counts
        )
        if self._last is not None:
            around.header, around.verdict = self._last.header, self._last.verdict
        outcome = self._tables.read(segment, around)
        if outcome.verdict.register.of_powers:
            outcome.reading = replace(outcome.reading, declared=self._counts.take_stated())
        self._fresh = False
        self._take(outcome)
        if outcome.verdict.register is not Register.NONE:
            self._last = outcome
            return
        for cell in segment.cells:
            for inner in cell.tables:  # a table used for the layout of others
                self._table(inner)

    def _take(self, outcome: Outcome) -> None:
        index = len(self.reading.tables)
        self.reading.tables.append(outcome.reading)
        self.reading.records.extend(
            replace(record, table=index, file=self._document.name) for record in outcome.records
        )
        self.reading.remarks.extend(outcome.remarks)

    def paragraph_forms(self) -> None:
        """Forms without any table: numbered lines 职权名称：… one after the other."""
        around = Surroundings(titles=tuple(self._titles), counts=self._counts)
        outcome = self._tables.read_paragraphs(self._document.paragraphs, around)
        if outcome is not None:
            self._take(outcome)


def _whole_text(document: Document) -> str:
    """Enough of the document's text to tell its script."""
    parts: list[str] = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        parts.extend(cell.text for cell in table.cells[:2000])
    return "\n".join(parts)[:20000]
