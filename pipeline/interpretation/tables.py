"""One segment of a table → what register it is, its records, and an account of every cell.

In: a Segment with the titles and sections above it. Out: :class:`Outcome`. Every non-empty cell ends as a field, a
heading, a section, a note, or a reported remainder (a remark); what is no register is named and left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extractors.document import Paragraph, Place, Table
from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.counts import DeclaredCounts
from pipeline.interpretation.doubts import heading_remarks, pair_remarks
from pipeline.interpretation.forms import FormReader, Pair, group_pairs
from pipeline.interpretation.grading import graded
from pipeline.interpretation.headers import Header, HeaderReader
from pipeline.interpretation.headings import HeadingMatcher, Match
from pipeline.interpretation.lines import Line, lines_of
from pipeline.interpretation.registers import NO_REGISTER, RegisterJudge, Verdict
from pipeline.interpretation.roles import FORM_LABELS, RoleReader, RowRole
from pipeline.interpretation.rows import RowOutcome, RowReader, cell_source, power_fields
from pipeline.interpretation.sections import SectionReader, SectionStack
from pipeline.interpretation.segments import Segment, segments_of
from pipeline.interpretation.tallies import counted_slots, read_tallies, type_slots
from pipeline.interpretation.unpacking import unpacked
from pipeline.record import Field, OtherField, Record, Register, Remark, RemarkKind, Source, TableReading
from pipeline.text.normalization import fold
from pipeline.text.numerals import number
from pipeline.vocabulary import Vocabulary

_GIVEN = {
    "power": (("type", "power_type"), ("department", "department")),
    "risk": (("department", "department"), ("risk_kind", "risk_kind"), ("grade", "risk_grade")),
    "post_power": (("department", "department"),),
    "statistics": (("department", "department"),),
}
_FORM_KEY = {
    "power": frozenset({"name"}),
    "risk": frozenset({"risk_point"}),
    "post_power": frozenset({"power_name"}),
    "statistics": frozenset({"power_type"}),
}


@dataclass(slots=True)
class Surroundings:
    """What stands around a segment: titles and notes, the sections in force, the header of the register before it."""

    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sections: SectionStack = field(default_factory=SectionStack)
    counts: DeclaredCounts = field(default_factory=DeclaredCounts)
    header: Header | None = None
    verdict: Verdict = NO_REGISTER


@dataclass(slots=True)
class Outcome:
    """What one segment gave; header and verdict serve a table that goes on without a header."""

    reading: TableReading
    records: list[Record] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    header: Header | None = None
    verdict: Verdict = NO_REGISTER


class TableReader:
    """Reads the tables of one document."""

    def __init__(
        self, vocabulary: Vocabulary, matcher: HeadingMatcher, sections: SectionReader, reader: FieldReader
    ) -> None:
        self.vocabulary = vocabulary
        self.sections = sections
        self.reader = reader
        self.headers = HeaderReader(matcher, vocabulary)
        self.forms = FormReader(matcher, sections, reader, vocabulary)
        self._matcher = matcher
        self._roles = RoleReader(matcher, sections)
        self._judge = RegisterJudge(vocabulary)

    def segments(self, table: Table, before: Header | None) -> list[Segment]:
        """The registers that a table holds. before: the header of the table before, under which it may go on."""
        lines = lines_of(table)
        roles = self._roles.roles(table, lines)
        if before is not None and _continues(table, before) and not {RowRole.HEADER, RowRole.PAIRS} & set(roles):
            roles = self._roles.roles(table, lines, inherited=True)
        return segments_of(table, lines, roles)

    def read(self, segment: Segment, around: Surroundings) -> Outcome:
        """The outcome of one segment."""
        blocks = segment.header_blocks
        used: set[int] = set()
        pairs = self.forms.pairs(segment.table, segment.of(RowRole.PAIRS), used)
        inherited = not blocks and not pairs and RowRole.DATA in segment.roles
        verdict = around.verdict if inherited else self._verdict(segment.table, blocks, pairs, around.titles)
        outcome = Outcome(_account(segment, verdict, self._judge.title_of(around.titles)), verdict=verdict)
        if verdict.register is Register.NONE or segment.table.hidden:
            outcome.verdict = NO_REGISTER
            outcome.reading = replace(outcome.reading, register=Register.NONE)
            return outcome
        body = _Body(self, segment, verdict, around, outcome)
        if blocks or inherited:
            body.rows(around.header if inherited else None, pairs, used)
        else:
            body.form()
        body.close()
        return outcome

    def read_paragraphs(self, paragraphs: Sequence[Paragraph], around: Surroundings) -> Outcome | None:
        """Forms printed as lines 标签：内容 without a table; None where the text is no register."""
        pairs = self.forms.paragraph_pairs(paragraphs)
        if len({fold(pair.label) for pair in pairs}) < FORM_LABELS:
            return None
        empty = Table(number="", cells=(), rows=(), column_count=0)
        verdict = self._verdict(empty, (), pairs, around.titles)
        if verdict.register is Register.NONE:
            return None
        reading = TableReading(verdict.register, next(iter(around.titles), ""), pairs[0].source.place)
        outcome = Outcome(reading, verdict=verdict)
        body = _Body(self, Segment(empty, (), ()), verdict, around, outcome)
        body.pairs(pairs)
        body.close()
        return outcome

    def _verdict(
        self, table: Table, blocks: Sequence[tuple[int, ...]], pairs: Sequence[Pair], titles: Sequence[str]
    ) -> Verdict:
        paths = [cells for rows in blocks[:1] for _, cells in self.headers.paths(table, rows)]
        fields: dict[str, set[str]] = {}
        for family in self._matcher.families:
            found = fields.setdefault(family, set())
            for cells in paths:
                texts = [cell.text for cell in cells[-2:]]
                for text in (*texts[-1:], "".join(texts), "".join(reversed(texts))):
                    match = self._matcher.match(text, family)
                    if match.certain:
                        found.update(match.fields)
            for pair in pairs:
                match = self.forms.match(pair, family, ())
                if match.certain:
                    found.update(match.fields)
        leaves = [cells[-1].text for cells in paths if cells]
        return self._judge.judge(fields, titles, type_slots(leaves, self.vocabulary))


class _Body:
    """The walk over the rows of one register table."""

    def __init__(
        self,
        owner: TableReader,
        segment: Segment,
        verdict: Verdict,
        around: Surroundings,
        outcome: Outcome,
    ) -> None:
        self._owner = owner
        self._words = owner.vocabulary
        self._segment = segment
        self._table = segment.table
        self._verdict = verdict
        self._stack = around.sections
        self._counts = around.counts
        preamble = [cell.text for line in segment.of(RowRole.PREAMBLE) for cell in line.printed]
        self._notes = [*around.notes, *preamble]
        self._outcome = outcome
        self._used: set[int] = set()
        self._sides: list[RowOutcome] = []
        self._columns: set[str] = set()
        self._headers: list[str] = []
        self._data_rows = 0
        self._form = False

    @property
    def family(self) -> str:
        return self._verdict.family

    # -- tables with a header -------------------------------------------------------------------------------------

    def rows(self, header: Header | None, pairs: list[Pair], used: set[int]) -> None:
        """Reads the rows under one header after the other."""
        self._used |= used
        readers = self._row_readers(header) if header else []
        block: list[int] = []
        for line, role in zip(self._segment.lines, self._segment.roles, strict=True):
            if role is RowRole.HEADER:
                block.append(line.row)
                self._used.update(id(cell) for cell in line.printed)
                continue
            if block:
                header = self._header(block)
                readers = self._row_readers(header) if header else readers
                block = []
            if role is RowRole.DATA and readers:
                self._data(line, readers)
            elif role is not RowRole.PAIRS:
                self._aside(line, role)
        for rows in self._sides:
            self._used |= rows.used
            self._outcome.remarks.extend(rows.remarks)
        records = [record for rows in self._sides for record in rows.records]
        self._outcome.records.extend(self._with_common(records, pairs))

    def _header(self, block: list[int]) -> Header | None:
        """The header of a block of header rows; None for a reprint, under which the rows go on as before."""
        second = "risk" if self._verdict.with_risks else ""
        header = self._owner.headers.read(self._table, block, self.family, second)
        headings = [slot.heading for slot in header.slots]
        if headings == self._headers:
            return None
        self._headers = headings
        self._outcome.header = header
        self._columns |= header.fields | header.fields_of("risk")
        counted = counted_slots(header, self._words) if self.family == "statistics" else []
        named = [slot for slot in header.slots if slot not in counted]
        self._outcome.remarks.extend(heading_remarks(named, self._words))
        return header

    def _row_readers(self, header: Header) -> list[tuple[RowReader, RowOutcome]]:
        """The reader of the rows; of a list that goes on beside itself one a side, the left one first."""
        self._outcome.header = header
        self._columns |= header.fields | header.fields_of("risk")
        readers = [
            (RowReader(self._table, side, self._verdict, self._owner.reader, self._words), RowOutcome())
            for side in header.sides or (header,)
        ]
        self._sides += [rows for _, rows in readers]
        return readers

    def _data(self, line: Line, readers: list[tuple[RowReader, RowOutcome]]) -> None:
        if not line.printed:
            return
        self._data_rows += 1
        header = self._outcome.header
        for side, (reader, rows) in enumerate(readers):
            part = line.within(header.sides[side].columns) if header and header.sides else line
            if part.printed:
                self._row(part, header, reader, rows)

    def _row(self, line: Line, header: Header | None, reader: RowReader, rows: RowOutcome) -> None:
        if (
            self.family == "statistics"
            and header
            and read_tallies(self._table, header, line, self._owner.reader, self._words, rows)
        ):
            return
        before = len(rows.records)
        reader.read(line, self._constants(), self._stack.innermost, rows)
        self._counts.add(rows.records[before:])

    def _constants(self, heading: Source | None = None) -> dict[str, Field]:
        """What the sections in force give to each record. heading: of a form without a table, which stands for them."""
        found: dict[str, Field] = {}
        stack = self._stack
        if heading is not None:
            stack = SectionStack()
            stack.push(self._owner.sections.read_heading(heading.raw), heading)
        for sort, name in _GIVEN[self.family]:
            if given := stack.giving(sort):
                text, source = given
                found[name] = self._owner.reader.constant(self.family, name, text, source)
        return found

    def _aside(self, line: Line, role: RowRole) -> None:
        """Rows that are no data: sections, totals, notes, titles."""
        self._used.update(id(cell) for cell in line.printed)
        text = " ".join(cell.text for cell in line.printed)
        if role is RowRole.SECTION:
            self._section(line)
        elif role is RowRole.TOTAL:
            self._total(line)
        elif role is RowRole.NOTE:
            self._notes.append(text)

    def _section(self, line: Line) -> None:
        place = self._table.place(line.row, line.printed[0].column)
        source = cell_source(place, line.printed, "、")  # 一 | 行政许可 reads as 一、行政许可
        section = self._owner.sections.read(source.raw)
        ended = self._stack.push(section, source)
        self._counts.section(source, section.power_type or "", section.declared, ended)

    def _total(self, line: Line) -> None:
        """合计 rows: with one number beside them they count the rows above; with more they add up columns."""
        text = "".join(cell.text for cell in line.printed)
        counts = self._owner.sections.declared_counts(text)
        if len(counts) == 1:
            place = self._table.place(line.row, line.printed[0].column)
            self._counts.total(*counts[0], place, text)

    def _with_common(self, records: list[Record], pairs: list[Pair]) -> list[Record]:
        """The head and the foot of a form that holds a list give their values to each row of the list."""
        if not pairs:
            return records
        matched = [(pair, self._owner.forms.match(pair, self.family, ())) for pair in pairs]
        self._outcome.remarks.extend(pair_remarks(matched, self._words))
        fields, other = self._owner.forms.fields(matched, self.family)
        self._columns |= set(fields)
        return [_completed(record, fields, other, self._words) for record in records]

    # -- forms ----------------------------------------------------------------------------------------------------

    def form(self) -> None:
        """Reads a table of label/value pairs: one record, or several where the form begins again."""
        preamble = self._segment.of(RowRole.PREAMBLE)
        self._used.update(id(cell) for line in preamble for cell in line.printed)
        asides = (RowRole.PREAMBLE, RowRole.NOTE)
        lines = []
        for line, role in zip(self._segment.lines, self._segment.roles, strict=True):
            if role is RowRole.NOTE:
                self._aside(line, role)
            elif role not in asides:
                lines.append(line)
        self.pairs(self._owner.forms.pairs(self._table, lines, self._used))

    def pairs(self, pairs: list[Pair]) -> None:
        """Records of pairs, wherever they were printed."""
        self._form = True
        forms = self._owner.forms
        labels = [pair.label for pair in pairs]
        risks = self._risk_pairs(pairs) if self._verdict.with_risks else []
        pairs = [pair for pair in pairs if all(pair is not risk for risk, _ in risks)]
        matched = [(pair, forms.match(pair, self.family, labels)) for pair in pairs]
        self._outcome.remarks.extend(pair_remarks(matched, self._words))
        self._columns |= {name for _, match in matched for name in match.fields}
        common, groups = group_pairs(matched, _FORM_KEY[self.family])
        shared, shared_other = forms.fields(common, self.family)
        for group in groups:
            fields, other = forms.fields(group, self.family)
            record = Record(self._verdict.register, tuple(fields.values()), other, place=_form_place(group))
            record = _completed(record, shared, shared_other, self._words)
            constants = self._constants(group[0][0].section)
            given = {name: value for name, value in constants.items() if not record.text(name)}
            record = _completed(record, given, (), self._words)
            if any(not f.blank for f in record.fields):
                self._outcome.records.append(record)
        self._data_rows += len(groups)
        if risks and len(groups) == 1:
            self._risks_of_form(risks, record)

    def _risk_pairs(self, pairs: list[Pair]) -> list[tuple[Pair, Match]]:
        """The labels of a power's form that only a risk register knows."""
        forms = self._owner.forms
        found = [(pair, forms.match(pair, "risk", ())) for pair in pairs if not forms.match(pair, "power", ()).certain]
        return [(pair, match) for pair, match in found if match.certain and match.fields]

    def _risks_of_form(self, risks: list[tuple[Pair, Match]], power: Record) -> None:
        """The risk points that a power's form carries, each tied to the power by its name."""
        common, groups = group_pairs(risks, _FORM_KEY["risk"])
        shared, shared_other = self._owner.forms.fields(common, "risk")
        self._columns |= {name for _, match in risks for name in match.fields}
        for group in groups:
            fields, other = self._owner.forms.fields(group, "risk")
            fields |= power_fields({f.name: f for f in power.fields})
            record = Record(Register.RISK, tuple(fields.values()), other, place=_form_place(group))
            if any(name in fields and fields[name].text for name in ("risk_point", "manifestation")):
                self._outcome.records.append(_completed(record, shared, shared_other, self._words))

    # -- the account ----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Unpacks and grades the records, and reports every cell that nothing took."""
        outcome, owner = self._outcome, self._owner
        for line in self._segment.lines:
            for cell in line.printed:
                if id(cell) in self._used and not cell.unread:
                    continue
                place = self._table.place(cell.row, cell.column)
                if cell.unread:
                    facts = (("reason", cell.unread),)
                    outcome.remarks.append(Remark(RemarkKind.UNREAD, place, cell.text, facts=facts))
                else:
                    outcome.remarks.append(Remark(RemarkKind.UNPLACED, place, cell.text))
        outcome.records, remarks = unpacked(outcome.records, owner.reader, self._words)
        outcome.remarks.extend(remarks)
        outcome.records = graded(outcome.records, "\n".join(self._notes), self._words)
        stated = tuple(_stated(outcome.records)) if self.family == "statistics" else ()
        outcome.reading = replace(
            outcome.reading,
            columns=frozenset(self._columns | set(self._constants())),
            headers=tuple(self._headers),
            rows=self._data_rows,
            records=len(outcome.records),
            declared=stated,
            form=self._form,
        )


def _completed(
    record: Record, fields: dict[str, Field], other: tuple[OtherField, ...], vocabulary: Vocabulary
) -> Record:
    """The record with the fields that it lacks or has blank taken from what is common to all.

    Where it has a value of its own, that one stands and the common one is kept in 其他栏目.
    """
    blank = {f.name for f in record.fields if f.blank}
    have = {f.name for f in record.fields} - blank
    added = tuple(v for name, v in fields.items() if name not in have and (not v.blank or name not in blank))
    kept = tuple(f for f in record.fields if f.name not in {value.name for value in added})
    family = record.register.family
    beside = tuple(
        OtherField(vocabulary.column(family, name), value.text, value.sources[0])
        for name, value in fields.items()
        if name in have and value.text and value.sources and value.text != record.text(name)
    )
    return replace(record, fields=kept + added, other=record.other + other + beside)


def _form_place(group: Sequence[tuple[Pair, Match]]) -> Place:
    pair = next((pair for pair, match in group if "name" in match.fields), group[0][0])
    return pair.values[0].place if pair.values else pair.source.place


def _stated(records: Iterable[Record]) -> Iterable[tuple[str, int]]:
    for record in records:
        kind, count = record.get("power_type"), record.get("count")
        if count and count.text.isdigit():
            yield (str(kind.value) if kind and kind.value else "", int(count.text))


def _continues(table: Table, before: Header) -> bool:
    """A table without a header goes on with the register before it where it has the same columns.

    A sheet must show it more clearly: it begins at once with a numbered row as full as a row of data.
    """
    columns = max((column for slot in before.slots for column in slot.columns), default=0)
    if columns != table.column_count or columns < 2:
        return False
    first = [cell for cell in table.row_cells(1) if not cell.empty] if table.rows else []
    numbered = bool(first) and number(first[0].text) is not None and len(first) > 0.6 * columns
    return numbered or not table.sheet


def _account(segment: Segment, verdict: Verdict, title: str) -> TableReading:
    table, cells = segment.table, len(segment.cells)
    first = segment.header_blocks[0][0] if segment.header_blocks else 0
    row = first or (segment.lines[0].row if segment.lines else 1)
    place = table.place(row, 1) if table.rows else Place(part=table.part, table=table.number, sheet=table.sheet)
    return TableReading(verdict.register, title, place, cells=cells, used_cells=cells)
