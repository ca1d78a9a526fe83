"""职权统计表 with one column a power type: every count becomes a record of its own.

In: a data line under a header whose headings are power types. Out: one statistics record a count. A table with one
row a type is an ordinary table and is read by pipeline.interpretation.rows.
"""

from __future__ import annotations

from collections.abc import Iterable

from extractors.document import Cell, Table
from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.headers import Header, Slot
from pipeline.interpretation.lines import Line
from pipeline.interpretation.roles import TYPE_COLUMNS
from pipeline.interpretation.rows import RowOutcome, cell_source
from pipeline.record import Field, OtherField, Record, Register, Source
from pipeline.values.typed import power_type
from pipeline.vocabulary import Vocabulary


def type_slots(headings: Iterable[str], vocabulary: Vocabulary) -> int:
    """How many of the headings are power types."""
    return sum(power_type("".join(text.split()), vocabulary) is not None for text in headings)


def counted_slots(header: Header, vocabulary: Vocabulary) -> list[Slot]:
    """The columns that count powers: one a type, or beside a column of types one a department. Empty where none do."""
    typed = [slot for slot in header.slots if slot.path and power_type(slot.leaf, vocabulary) is not None]
    if len(typed) >= TYPE_COLUMNS:
        return typed
    kinds = any(slot.fields == ("power_type",) for slot in header.slots)
    counts = any(slot.fields == ("count",) and not slot.match.exact for slot in header.slots)
    if not kinds or counts:
        return []
    return [slot for slot in header.slots if not slot.fields and slot.path and not slot.match.certain]


def read_tallies(
    table: Table, header: Header, line: Line, reader: FieldReader, vocabulary: Vocabulary, rows: RowOutcome
) -> bool:
    """Adds one record a count; False where the table has one row a type and is an ordinary one."""
    counted = counted_slots(header, vocabulary)
    if not counted:
        return False
    given = "department" if any(slot.fields == ("power_type",) for slot in header.slots) else "power_type"
    shared, other = _beside(table, header, line, reader, rows, {id(slot) for slot in counted})
    for slot in counted:
        for cell in _cells(line, slot):
            rows.used.add(id(cell))
            source = cell_source(table.place(line.row, cell.column), [cell])
            named = reader.constant("statistics", given, slot.leaf, Source(slot.place, slot.path[-1]))
            count = reader.single("statistics", "count", source)
            record = Record(Register.POWER_STATISTICS, (*shared, named, count), tuple(other), place=source.place)
            rows.records.append(record)
    return True


def _cells(line: Line, slot: Slot) -> list[Cell]:
    return [cell for cell in line.cells if cell.column in slot.columns and not cell.empty]


def _beside(
    table: Table, header: Header, line: Line, reader: FieldReader, rows: RowOutcome, counted: set[int]
) -> tuple[list[Field], list[OtherField]]:
    """What stands in the row beside its counts: the fields common to its records, and texts without a field."""
    shared: list[Field] = []
    other: list[OtherField] = []
    for slot in header.slots:
        cells = _cells(line, slot)
        rows.used.update(id(cell) for cell in cells)
        if id(slot) in counted or not cells:
            continue
        sources = [cell_source(table.place(line.row, cell.column), [cell]) for cell in cells]
        if slot.fields in (("department",), ("remarks",), ("power_type",)):
            shared.append(reader.joined("statistics", slot.fields[0], sources))
        elif not slot.match.certain:  # serial numbers and row totals are no content of their own
            other.append(OtherField(slot.heading, reader.text(sources[0]), sources[0]))
    return shared, other
