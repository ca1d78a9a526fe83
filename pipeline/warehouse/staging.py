"""A unit's Result as Arrow tables, ready for one INSERT … SELECT each.

In: a :class:`~pipeline.submission.Result`, what is known of the hand-in, the vocabulary and the Arrow schemas of the
base tables. Out: one table a base table. Refuses a field that has no column in the base table: our own schema being
behind our vocabulary is loud (KeyError). No DuckDB here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from extractors.document import Place
from pipeline.finding import Finding, RuleRun
from pipeline.record import Field, FileReading, Reading, Record, TableReading, Value
from pipeline.review.decision import Decision
from pipeline.submission import Result
from pipeline.vocabulary import Vocabulary

FAMILY_TABLES: Mapping[str, str] = {
    "power": "powers",
    "risk": "risks",
    "statistics": "statistics",
    "post_power": "post_powers",
}
# The view column for a field's text where its own column shows the typed value; for limits it is the other way round.
TEXT_COLUMN = {
    "power_type": "column.power_type_text",
    "risk_kind": "column.risk_kind_text",
    "risk_grade": "column.risk_grade_text",
}
_VALUE_COLUMN = {"statutory_limit": "column.statutory_limit_days", "promised_limit": "column.promised_limit_days"}

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class HandIn:
    """What the warehouse must know of a submission beside its content.

    version: of the unit's standing. run_id, received: of the run in which this version arrived. checked: when it was
    checked last, by the law of the day ``as_of``. batch_declared: the unit itself names the batch. declared_types: what
    the cover sheet says each file is. supplement: 范围 补充. returned: the day on which this version was first
    found to have errors.
    """

    version: int
    run_id: str
    received: dt.datetime
    checked: dt.datetime
    as_of: dt.date
    batch: str = ""
    batch_declared: bool = False
    declared_date: dt.date | None = None
    contact: str = ""
    supplement: bool = False
    declared_types: tuple[tuple[str, str], ...] = ()
    returned: dt.date | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data; :meth:`from_json` is the inverse."""
        return {
            **asdict(self),
            "received": self.received.isoformat(),
            "checked": self.checked.isoformat(),
            "as_of": self.as_of.isoformat(),
            "declared_date": self.declared_date.isoformat() if self.declared_date else None,
            "returned": self.returned.isoformat() if self.returned else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HandIn:
        """What :meth:`to_json` wrote. Raises KeyError, ValueError."""
        values = dict(data)
        values["received"] = dt.datetime.fromisoformat(data["received"])
        values["checked"] = dt.datetime.fromisoformat(data["checked"])
        values["as_of"] = dt.date.fromisoformat(data["as_of"])
        for name in ("declared_date", "returned"):
            values[name] = dt.date.fromisoformat(data[name]) if data.get(name) else None
        values["declared_types"] = tuple((name, kind) for name, kind in data["declared_types"])
        return cls(**values)


def table_of(schema: pa.Schema, rows: Iterable[Row]) -> pa.Table:
    """Rows in the schema's order as an Arrow table. Raises pyarrow.ArrowInvalid where a value does not fit."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def digest(table: pa.Table) -> str:
    """Identity of a register's content, whatever version it is filed under."""
    sink = pa.BufferOutputStream()
    content = table.drop_columns(["version"]).combine_chunks()
    with pa.ipc.new_stream(sink, content.schema) as writer:
        writer.write_table(content)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def file_rows(result: Result, hand_in: HandIn, vocabulary: Vocabulary) -> Iterator[Row]:
    """Rows of base.files."""
    types = dict(hand_in.declared_types)
    loaded: dict[str, int] = {}
    for record in result.records:
        loaded[record.file] = loaded.get(record.file, 0) + 1
    for ordinal, reading in enumerate(result.files):
        yield (
            result.unit, hand_in.version, ordinal, reading.sha256, reading.name, reading.format or None, reading.pages,
            reading.size, reading.state.value, reading.reason or None, reason_text(reading, vocabulary),
            len(reading.tables), sum(t.rows for t in reading.tables), loaded.get(reading.name, 0), reading.cells,
            reading.used_cells, reading.seconds, types.get(reading.name),
        )  # fmt: skip


def reason_text(reading: FileReading, vocabulary: Vocabulary) -> str | None:
    """What a clerk reads for the reason of a quarantine; None without one. Raises KeyError for an unknown reason."""
    if not reading.reason:
        return None
    template = vocabulary.reasons[reading.reason].reason
    for name, value in reading.facts:
        template = template.replace("{" + name + "}", value)
    return template


def file_table_rows(result: Result, hand_in: HandIn) -> Iterator[Row]:
    """Rows of base.file_tables."""
    for reading in result.files:
        for ordinal, table in enumerate(reading.tables):
            yield (
                result.unit, hand_in.version, reading.name, reading.sha256, ordinal, table.register.value,
                table.title or None, str(table.place), sorted(table.columns), list(table.headers), table.rows,
                table.records, table.cells, table.used_cells, _declared(table),
            )  # fmt: skip


def _declared(table: TableReading) -> list[dict[str, object]]:
    return [{"power_type": power_type or None, "number": number} for power_type, number in table.declared]


def records_of(records: Iterable[Record], family: str) -> tuple[Record, ...]:
    """The records of one family, in their order."""
    return tuple(record for record in records if record.register.family == family)


def record_table(
    schema: pa.Schema,
    records: Sequence[Record],
    version: int,
    hashes: Mapping[str, str],
    power_keys: Mapping[str, str],
    vocabulary: Vocabulary,
) -> pa.Table:
    """Records of one family as the wide base table. hashes: SHA-256 by file name. power_keys: as in Result."""
    names = schema.names[_FIXED_COLUMNS:]
    known = frozenset(names)

    def rows() -> Iterator[Row]:
        for ordinal, record in enumerate(records):
            values: dict[str, Value] = {"power_key": power_keys.get(record.key)}
            for field in record.fields:
                if field.name not in known:
                    raise KeyError(f"{record.register}: field {field.name!r} has no column in the warehouse")
                values[field.name] = _shown(field, vocabulary)
                values[field.name + "_value"] = field.value
            yield (
                record.unit, version, ordinal, record.key, record.register.value, record.file, hashes.get(record.file),
                record.table, str(record.place), record.section or None, record.confidence, _other_json(record),
                *(values.get(name) for name in names),
            )  # fmt: skip

    return table_of(schema, rows())


_FIXED_COLUMNS = 12  # unit … other: the same in each family's table


def _shown(field: Field, vocabulary: Vocabulary) -> str | None:
    """A field as its view column shows it: None where the document has no such value, a notice where it is unread."""
    if field.text:
        return field.text
    return vocabulary.label("value.unread") if Reading.UNREAD in field.reading else None


def _other_json(record: Record) -> str | None:
    """Columns without a field, by printed header; a header printed twice keeps both texts."""
    cells: dict[str, str] = {}
    for other in record.other:
        header, copy = other.header, 2
        while header in cells:
            header, copy = f"{other.header}({copy})", copy + 1
        cells[header] = other.text
    return json.dumps(cells, ensure_ascii=False) if cells else None


def field_table(
    schema: pa.Schema,
    family: str,
    records: Sequence[Record],
    version: int,
    hashes: Mapping[str, str],
    vocabulary: Vocabulary,
) -> pa.Table:
    """Every field of records of one family, with all its places, as base.record_fields."""
    readings = _ReadingLabels(vocabulary)

    def rows() -> Iterator[Row]:
        for record in records:
            head = (record.unit, family, version, record.key)
            file = (record.file, hashes.get(record.file))
            ordinal = 0
            for field in record.fields:
                for column, value in _columns(family, field, vocabulary):
                    yield (
                        *head, ordinal, field.name, column, None, field.raw, field.text, value, field.reading.value,
                        readings[field.reading], field.confidence, *file,
                        *_lineage([(source.place, source.raw) for source in field.sources]),
                    )  # fmt: skip
                    ordinal += 1
            for other in record.other:
                yield (
                    *head, ordinal, "other", vocabulary.label("column.other"), other.header, other.source.raw,
                    other.text, other.text, Reading.PLAIN.value, None, other.source.confidence, *file,
                    *_lineage([(other.source.place, other.source.raw)]),
                )  # fmt: skip
                ordinal += 1

    return table_of(schema, rows())


def _columns(family: str, field: Field, vocabulary: Vocabulary) -> Iterator[tuple[str, str | None]]:
    """The view columns that a field fills, each with its 规范值."""
    text = _shown(field, vocabulary)
    column = vocabulary.column(family, field.name)
    typed = None if field.value is None else _plain(field.value)
    if field.name in TEXT_COLUMN:
        yield vocabulary.label(TEXT_COLUMN[field.name]), text
        if typed is not None:
            yield column, typed
        return
    yield column, text
    if field.name in _VALUE_COLUMN and typed is not None:
        yield vocabulary.label(_VALUE_COLUMN[field.name]), typed


def _plain(value: str | int | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _lineage(sources: Sequence[tuple[Place, str]]) -> Row:
    """place, other_places, table_number, row_number, column_number, sources."""
    if not sources:
        return None, None, None, None, None, []
    places = [str(place) for place, _ in sources]
    first = sources[0][0]
    number = first.table.partition(".")[0]
    listed = [{"place": place, "raw": raw} for place, (_, raw) in zip(places, sources, strict=True)]
    return (
        places[0],
        "; ".join(dict.fromkeys(places[1:])) or None,
        int(number) if number.isdecimal() else None,
        first.row,
        first.column,
        listed,
    )


class _ReadingLabels(dict[Reading, str | None]):
    """Reading flags → what a reviewer reads, each combination built once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, reading: Reading) -> str | None:
        label = self._vocabulary.label("reading.separator").join(
            self._vocabulary.label(f"reading.{flag.name}") for flag in Reading if flag in reading
        )
        self[reading] = label or None
        return self[reading]


def finding_rows(findings: Iterable[Finding], hand_in: HandIn) -> Iterator[Row]:
    """Rows of base.findings, all open. Findings with one fingerprint are kept apart by their turn."""
    turns: dict[str, int] = {}
    for ordinal, finding in enumerate(findings):
        turn = turns[finding.fingerprint] = turns.get(finding.fingerprint, 0) + 1
        key = finding.fingerprint if turn == 1 else f"{finding.fingerprint}-{turn}"
        yield finding_row(finding, key, (hand_in.batch, hand_in.version, hand_in.checked), ordinal)


def finding_row(f: Finding, key: str, check: tuple[str, int, object], ordinal: int) -> Row:
    """A row of base.findings, open. check: batch and version of the unit that was checked, and when."""
    (batch, version, checked), (start, end) = check, f.span or (None, None)
    return (
        key, f.unit, version, batch or None, f.code, f.severity.value, f.subject.value, f.subject_key or None,
        f.subject_name or None, f.field or None, f.file or None, f.place or None, f.quote or None, start, end,
        f.message, f.advice or None, f.basis or None, True, checked, checked, ordinal,
    )  # fmt: skip


def claim_rows(result: Result) -> Iterator[Row]:
    """Rows of base.claims."""
    for ordinal, c in enumerate(result.claims):
        yield (
            c.unit, ordinal, c.key, c.signature, c.name, c.power_type, c.counterpart, c.level, c.bodies,
            list(c.statutes), c.file, c.place,
        )  # fmt: skip


def citation_rows(result: Result, version: int) -> Iterator[Row]:
    """Rows of base.citations. version: of the catalogue that cites."""
    for ordinal, cited in enumerate(result.citations):
        yield (result.unit, version, ordinal, *cited)


def rule_run_rows(unit: str, runs: Iterable[RuleRun], hand_in: HandIn) -> Iterator[Row]:
    """Rows of base.rule_runs."""
    for ordinal, run in enumerate(runs):
        yield (
            unit, hand_in.version, hand_in.batch or None, ordinal, run.code, run.objects, run.hits,
            run.not_run or None,
        )  # fmt: skip


def decision_rows(decisions: Iterable[Decision], vocabulary: Vocabulary, same: Mapping[str, str]) -> Iterator[Row]:
    """Rows of base.decisions. same: keys of powers that a reviewer has joined to others, which bear their decisions."""
    labels = {(each.subject, each.decision): each.label for each in vocabulary.decisions}
    for d in decisions:
        key = same.get(d.key, d.key) if d.subject == "power" else d.key
        yield (
            d.number, d.subject, key, d.unit, d.decision, d.group, labels.get((d.subject, d.decision)), d.decided,
            d.version, d.comment or None, d.reviewer or None, d.other or None, d.judged or None,
        )  # fmt: skip
