"""Records whose cells pack several: parallel numbered lists in one row become one record each.

In: the records of one table. Out: the records with the lists taken apart, and a remark for each count or distribution
of grades that cannot be given to the single ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.packing import Item, dotted_items, list_items
from pipeline.record import Field, Reading, Record, Remark, RemarkKind
from pipeline.values.typed import grade_distribution
from pipeline.vocabulary import Vocabulary

# The fields whose list tells how many records a row holds, the first that the table has.
_LEADING = {"power": ("name",), "risk": ("risk_point", "manifestation", "power_name")}


def unpacked(
    records: Iterable[Record], reader: FieldReader, vocabulary: Vocabulary
) -> tuple[list[Record], list[Remark]]:
    """The records, one a packed item, and what could not be assigned."""
    result: list[Record] = []
    remarks: list[Remark] = []
    for record in records:
        family = record.register.family
        items = _leading_items(record, family)
        if items is None:
            result.append(record)
        else:
            result.extend(_split(record, family, len(items), reader))
        remarks.extend(_unassigned(record, family, len(items) if items else 1, vocabulary))
    return result, remarks


def _leading_items(record: Record, family: str) -> tuple[Item, ...] | None:
    for name in _LEADING.get(family, ()):
        found = record.get(name)
        if found is not None and not found.blank:
            return list_items(found.text)
    return None


def _split(record: Record, family: str, count: int, reader: FieldReader) -> list[Record]:
    """One record an item; a field with a list of the same length is split alike, any other counts for all."""
    lists = {field.name: list_items(field.text) or dotted_items(field.text, count) for field in record.fields}
    parts = []
    for index in range(count):
        fields = []
        for field in record.fields:
            items = lists[field.name]
            parallel = items is not None and len(items) == count
            fields.append(_item(field, family, items[index], reader) if parallel and items else field)
        parts.append(replace(record, fields=tuple(fields)))
    return parts


def _item(field: Field, family: str, item: Item, reader: FieldReader) -> Field:
    text = field.text[item.start : item.end]
    offsets = field.offsets[item.start : item.end] if field.offsets else ()
    raw = field.raw[offsets[0] : offsets[-1] + 1] if offsets else text
    kind = reader.kind(family, field.name)
    moved = tuple(offset - offsets[0] for offset in offsets)
    return replace(
        field,
        raw=raw,
        text=text,
        value=reader.value(kind, text),
        offsets=moved,
        reading=field.reading | Reading.SPLIT,
    )


def _unassigned(record: Record, family: str, count: int, vocabulary: Vocabulary) -> Iterable[Remark]:
    """A grade cell that gives a distribution (1中2低), or a printed number of points that the row does not show."""
    if family != "risk":
        return
    grade = record.get("risk_grade")
    if grade is not None and not grade.blank and grade_distribution(grade.text, vocabulary):
        place = grade.sources[0].place if grade.sources else record.place
        column = vocabulary.column(family, "risk_grade")
        yield Remark(RemarkKind.PACKED, place, grade.raw, column, (("items", str(count)),))
    for other in record.other:
        if other.header in vocabulary.markers["count_heading"] and other.text.isdigit() and int(other.text) != count:
            facts = (("items", str(count)), ("stated", other.text))
            yield Remark(RemarkKind.PACKED, other.source.place, other.text, other.header, facts)
