"""Data rows under a header → Records.

In: a Table with its Header, one line after the other, and the sections in force. Out: Records, the cells that were
used, and remarks. One grid row is one record; a merged cell counts for every row that it covers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors.document import Cell, Place, Table
from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.composites import split_composite
from pipeline.interpretation.headers import Header, Slot, fold_blanks
from pipeline.interpretation.lines import Line
from pipeline.interpretation.registers import Verdict
from pipeline.record import Field, OtherField, Reading, Record, Register, Remark, RemarkKind, Source
from pipeline.text.numerals import number
from pipeline.vocabulary import Vocabulary

# A row must have one of these to be a record of its own; without, it continues the row above or is a remainder.
_KEY_FIELDS = {
    "power": frozenset({"sequence", "code", "name", "sub_item"}),
    "risk": frozenset({"risk_point", "manifestation", "control_measures", "risk_grade", "power_name", "post"}),
    "statistics": frozenset({"power_type", "department", "count"}),
    "post_power": frozenset({"power_name", "post", "duties"}),
}
_NAMES = {
    "power": ("name", "sub_item"),
    "risk": ("risk_point", "manifestation", "power_name"),
    "statistics": ("power_type", "department"),
    "post_power": ("power_name", "post"),
}
_ARTICLE_FIRST = re.compile(r"^\s*第[一二三四五六七八九十百零〇\d]+条")


@dataclass(slots=True)
class RowOutcome:
    """What the data rows of a table gave so far: records, used cells (by identity) and remarks."""

    records: list[Record] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)


class RowReader:
    """Reads the data rows of one table."""

    def __init__(
        self, table: Table, header: Header, verdict: Verdict, reader: FieldReader, vocabulary: Vocabulary
    ) -> None:
        self._table = table
        self._header = header
        self._verdict = verdict
        self._reader = reader
        self._vocabulary = vocabulary
        self._hidden_rows = frozenset(index for index, row in enumerate(table.rows, 1) if row.hidden)
        self._ticks = frozenset(vocabulary.markers["tick"])
        families = (header.family, *(["risk"] if verdict.with_risks else []))
        self._slots = {f: [slot for slot in header.slots if slot.family == f and slot.fields] for f in families}
        self._headings = {id(slot): slot.heading for slot in header.slots}
        names = [name for slots in self._slots.values() for slot in slots for name in slot.fields]
        self._shared = frozenset(name for name in names if names.count(name) > 1)  # assembled from several columns
        self._previous: dict[tuple[str, str], Field] = {}
        self._section = ""  # of the row above

    def read(self, line: Line, constants: Mapping[str, Field], section: str, outcome: RowOutcome) -> None:
        """Adds the record(s) of one data row. constants: what section rows and titles give to it."""
        if not self._verdict.with_risks:
            self._main(line, constants, section, outcome)
            return
        # A power merged over the rows of its risk points is one power: a family's record begins where it is printed.
        if self._starts_anew(line, self._header.family):
            self._main(line, constants, section, outcome)
        if self._starts_anew(line, "risk"):
            self._risk_of_power(line, section, outcome)

    def _main(self, line: Line, constants: Mapping[str, Field], section: str, outcome: RowOutcome) -> None:
        above = dict(self._previous) if section == self._section else {}
        self._section = section
        fields = self._fields(line, self._header.family, outcome)
        if self._header.family == "power":
            fields |= _item_above(fields, above)
        if not self._is_record(fields, self._header.family):
            self._remainder(line, outcome)
            return
        fields |= {name: value for name, value in constants.items() if name not in fields or fields[name].blank}
        other = self._others(line, outcome)
        outcome.records.append(self._record(line, self._header.family, fields, other, section))

    def _risk_of_power(self, line: Line, section: str, outcome: RowOutcome) -> None:
        fields = self._fields(line, "risk", outcome)
        if self._is_record(fields, "risk"):
            fields |= power_fields(self._fields(line, self._header.family, outcome))
            outcome.records.append(self._record(line, "risk", fields, (), section))

    def _record(
        self, line: Line, family: str, fields: dict[str, Field], other: tuple[OtherField, ...], section: str
    ) -> Record:
        register = self._verdict.register if family == self._header.family else Register.RISK
        named = next((fields[n] for n in _NAMES[family] if n in fields and fields[n].text and fields[n].sources), None)
        place = named.sources[0].place if named else self._table.place(line.row, line.printed[0].column)
        return Record(register, tuple(fields.values()), other, place=place, section=section)

    def _starts_anew(self, line: Line, family: str) -> bool:
        """Some cell of the family's columns is printed in this very row, not only reached by a merge from above."""
        columns = {
            column
            for slot in self._header.slots
            if slot.family == family and (slot.fields or family == self._header.family)
            for column in slot.columns
        }
        return any(cell.column in columns for cell in line.printed)

    def _is_record(self, fields: Mapping[str, Field], family: str) -> bool:
        keys = _KEY_FIELDS[family]
        present = {name for name, value in fields.items() if not value.blank}
        if not present & keys:
            return False
        # A pre-printed serial number alone is an empty line of the form.
        return bool(present - {"sequence"})

    def _remainder(self, line: Line, outcome: RowOutcome) -> None:
        for cell in line.printed:
            outcome.used.add(id(cell))
            place = self._table.place(line.row, cell.column)
            kind = RemarkKind.BLANK_RECORD if len(line.printed) == 1 and number(cell.text) else RemarkKind.UNPLACED
            outcome.remarks.append(Remark(kind, place, cell.text))

    def _source(self, line: Line, cell: Cell) -> Source:
        return cell_source(self._table.place(line.row, cell.column), [cell])

    def _cells(self, line: Line, slot: Slot) -> list[Cell]:
        """The printed cells of a slot in this row: those that begin in its columns."""
        if len(slot.columns) > 1:
            return [cell for cell in line.cells if cell.column in slot.columns and not cell.empty]
        cell = self._table.at(line.row, slot.columns[0])
        return [cell] if cell is not None and cell.column == slot.columns[0] and not cell.empty else []

    def _fields(self, line: Line, family: str, outcome: RowOutcome) -> dict[str, Field]:
        pieces: dict[str, list[tuple[Slot, Cell]]] = {}
        fields: dict[str, Field] = {}
        for slot in self._slots[family]:
            cells = self._cells(line, slot)
            outcome.used.update(map(id, cells))
            if len(slot.fields) > 1:
                fields |= self._composite(line, slot, family, cells)
            elif slot.fields[0] in self._shared:
                pieces.setdefault(slot.fields[0], []).extend((slot, cell) for cell in cells)
                fields.setdefault(slot.fields[0], self._blank(line, slot, slot.fields[0]))
            elif len(cells) == 1:
                fields[slot.fields[0]] = self._one(line, family, slot.fields[0], slot, cells[0])
            elif cells:
                pieces[slot.fields[0]] = [(slot, cell) for cell in cells]
                fields[slot.fields[0]] = self._blank(line, slot, slot.fields[0])
            else:
                fields[slot.fields[0]] = self._blank(line, slot, slot.fields[0])
        for name, parts in pieces.items():
            if parts:
                fields[name] = self._assembled(line, family, name, parts)
        return {name: self._resolved(family, value) for name, value in fields.items()}

    def _composite(self, line: Line, slot: Slot, family: str, cells: list[Cell]) -> dict[str, Field]:
        """One heading for several fields: a column each, or one cell that is split where that is certain."""
        if len(cells) == len(slot.fields):
            return {
                name: self._one(line, family, name, slot, cell) for name, cell in zip(slot.fields, cells, strict=True)
            }
        if not cells:
            return {name: self._blank(line, slot, name) for name in slot.fields}
        sources = [self._source(line, cell) for cell in cells]
        heading = self._headings[id(slot)]
        return split_composite(self._reader, family, slot.fields, sources, self._reading(line, cells[0]), heading)

    def _blank(self, line: Line, slot: Slot, name: str) -> Field:
        """A field whose cell is empty: the place is where the value would stand."""
        column = slot.columns[0]
        covering = self._table.at(line.row, column)
        merged = covering is not None and covering.row < line.row
        source = Source(self._table.place(line.row, column), "")
        return Field(name, "", "", sources=(source,), reading=Reading.FROM_MERGE if merged else Reading.PLAIN)

    def _assembled(self, line: Line, family: str, name: str, parts: list[tuple[Slot, Cell]]) -> Field:
        """The field of all its columns: title + article, several columns under one super-header, or one cell."""
        titles = [(slot, cell) for slot, cell in parts if slot.part == "title"]
        wholes = [(slot, cell) for slot, cell in parts if not slot.part]
        if titles and any("《" in cell.text and not _ARTICLE_FIRST.match(cell.text) for _, cell in wholes):
            parts = wholes  # the basis is complete in itself; the law's name stays in 其他栏目
        if parts[0][0].part == "member":
            return self._members(line, family, name, parts)
        if len(parts) == 1:
            return self._one(line, family, name, *parts[0])
        order = {"title": 0, "": 1, "article": 2}
        parts = sorted(parts, key=lambda item: order.get(item[0].part, 1))
        sources = [self._source(line, cell) for _, cell in parts]
        reading = self._reading(line, parts[0][1])
        joint = "" if titles else "\n"
        return self._reader.joined(family, name, sources, reading=reading, joint=joint)

    def _members(self, line: Line, family: str, name: str, parts: list[tuple[Slot, Cell]]) -> Field:
        """Columns under one super-header: ticks name their leaf heading, texts stand for themselves."""
        sources = [self._source(line, cell) for _, cell in parts]
        if all(fold_blanks(cell.text) in self._ticks for _, cell in parts):
            text = "、".join(slot.leaf for slot, _ in parts)
            raw = "\n".join(source.raw for source in sources)
            value = self._reader.value(self._reader.kind(family, name), text)
            recognized = Reading.OCR if any(source.confidences for source in sources) else Reading.PLAIN
            confidence = min(source.confidence for source in sources)
            return Field(name, raw, text, value, tuple(sources), Reading.JOINED | recognized, confidence)
        return self._reader.joined(family, name, sources, reading=self._reading(line, parts[0][1]))

    def _one(self, line: Line, family: str, name: str, slot: Slot, cell: Cell) -> Field:
        return self._reader.single(
            family,
            name,
            self._source(line, cell),
            reading=self._reading(line, cell),
            heading=self._headings[id(slot)],
        )

    def _reading(self, line: Line, cell: Cell) -> Reading:
        reading = Reading.FROM_MERGE if cell.row < line.row else Reading.PLAIN
        if cell.unread:
            reading |= Reading.UNREAD
        if line.row in self._hidden_rows or cell.column in self._table.hidden_columns:
            reading |= Reading.HIDDEN
        return reading

    def _resolved(self, family: str, value: Field) -> Field:
        """同上 takes the value of the row above; everything else becomes what the next 同上 refers to."""
        key = (family, value.name)
        if key in self._previous and self._reader.placeholder(value.text) == "ditto":
            above = self._previous[key]
            return replace(
                value, text=above.text, value=above.value, reading=value.reading | Reading.DITTO, offsets=(),
                confidence=min(value.confidence, above.confidence),
            )  # fmt: skip
        if value.text:
            self._previous[key] = value
        return value

    def _others(self, line: Line, outcome: RowOutcome) -> tuple[OtherField, ...]:
        """Every printed cell whose column has no field of its own, and what a field's columns could not take."""
        found = []
        for slot in self._header.slots:
            if slot.family != self._header.family or slot.fields:
                continue
            for cell in self._cells(line, slot):
                outcome.used.add(id(cell))
                source = self._source(line, cell)
                heading = slot.heading or self._vocabulary.label("unnamed_column").format(column=cell.column)
                found.append(OtherField(heading, self._reader.text(source), source))
        return tuple(found)


def _item_above(fields: Mapping[str, Field], above: Mapping[tuple[str, str], Field]) -> dict[str, Field]:
    """What a further sub-item takes from the row above, where nothing is printed in the columns of the item itself."""
    own = [name for name in ("sequence", "name") if name in fields]
    sub_item = fields.get("sub_item")
    if "name" not in own or sub_item is None or not sub_item.text or any(not fields[name].blank for name in own):
        return {}
    taken = {name: above["power", name] for name in own if ("power", name) in above}
    return {name: replace(value, reading=value.reading | Reading.DITTO, offsets=()) for name, value in taken.items()}


def power_fields(powers: Mapping[str, Field]) -> dict[str, Field]:
    """What a risk point that stands with a power takes from it: serial number, name, department, post."""
    taken: dict[str, Field] = {}
    pairs = (("sequence", "sequence"), ("name", "power_name"), ("department", "department"), ("post", "post"))
    for source_name, name in pairs:
        value = powers.get(source_name)
        if value is not None and value.text:
            reading = value.reading | Reading.INFERRED
            taken[name] = replace(value, name=name, value=None, reading=reading, offsets=())
    return taken


def cell_source(place: Place, cells: Sequence[Cell], joint: str = " ") -> Source:
    """All that some cells of one row show, as one source: with the confidence of each character, where recognized."""
    text = ""
    confidences: list[float] = []
    for cell in cells:
        shown = cell_text(cell)
        glue = joint if text else ""
        text += glue + shown
        if cell.confidences or cell.confidence < 1:
            known = cell.confidences if len(cell.confidences) == len(shown) else (cell.confidence,) * len(shown)
            confidences += [1.0] * (len(text) - len(shown) - len(confidences)) + list(known)
    if confidences:
        confidences += [1.0] * (len(text) - len(confidences))
    return Source(place, text, tuple(confidences))


def cell_text(cell: Cell) -> str:
    """All that a cell shows, with the rows of tables nested in it as lines."""
    if not cell.tables:
        return cell.text
    lines = [cell.text] if cell.text.strip() else []
    for table in cell.tables:
        for row in range(1, table.row_count + 1):
            texts = [cell_text(inner) for inner in table.row_cells(row) if inner.row == row and not inner.empty]
            if texts:
                lines.append(" ".join(texts))
    return "\n".join(lines)
