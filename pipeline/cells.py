"""A cell, or several, becomes a Field: raw kept, text normalized, value typed.

In: sources (raw text with place) and the name of the field. Out: :class:`~pipeline.record.Field`, and remarks on what
normalization repaired. Refuses nothing: what cannot be typed has value None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.record import Field, Reading, Remark, RemarkKind, Source, Value
from pipeline.text import Normalized, normalize
from pipeline.values import placeholder, power_type, risk_kind, time_limit
from pipeline.vocabulary import Vocabulary


class FieldReader:
    """Makes fields for one document; ``remarks`` collects what was repaired on the way."""

    def __init__(self, vocabulary: Vocabulary, *, traditional: bool = False) -> None:
        self._vocabulary = vocabulary
        self._traditional = traditional
        self.remarks: list[Remark] = []

    def normalized(self, raw: str, kind: str = "text") -> Normalized:
        """The normalized text; the names of persons are never converted from traditional script."""
        return normalize(raw, self._vocabulary, traditional=self._traditional and kind != "person")

    def text(self, source: Source) -> str:
        """The normalized text of a source that belongs to no field (其他栏目)."""
        normalized = self.normalized(source.raw)
        self._note_repairs(normalized, source, "")
        return normalized.text

    def field(
        self,
        family: str,
        name: str,
        sources: Sequence[Source],
        *,
        reading: Reading = Reading.PLAIN,
        confidence: float = 1.0,
        span: tuple[int, int] | None = None,
        joint: str = "",
        heading: str = "",
    ) -> Field:
        """The field that one or more cells make.

        span: the half-open part of a single source's raw text that is this field. joint: what stands between the texts
        of several cells. heading: the column's heading, which may carry the unit of a bare number.
        """
        column = self._vocabulary.columns[family, name]
        raws = [source.raw for source in sources]
        if span is not None:
            raws = [raws[0][span[0] : span[1]]]
            reading |= Reading.SPLIT
        parts = [self.normalized(raw, column.kind) for raw in raws]
        for part, source in zip(parts, sources, strict=True):
            self._note_repairs(part, source, column.column)
        text = joint.join(part.text for part in parts if part.text)
        offsets = parts[0].offsets if len(parts) == 1 else ()
        raw = "\n".join(raws)
        if len(parts) > 1:
            reading |= Reading.JOINED
        elif parts and parts[0].changed:
            reading |= Reading.NORMALIZED
        if any(part.repaired for part in parts):
            reading |= Reading.REPAIRED
        if text and placeholder(text, self._vocabulary) == "none":
            reading |= Reading.PLACEHOLDER
        value = self.value(column.kind, text, heading)
        return Field(name, raw, text, value, tuple(sources), reading, confidence, offsets)

    def constant(self, family: str, name: str, text: str, source: Source) -> Field:
        """The field that a section row, a title or a fill-in line gives to every row below it."""
        kind = self._vocabulary.columns[family, name].kind
        normalized = self.normalized(text, kind)
        value = self.value(kind, normalized.text)
        return Field(name, text, normalized.text, value, (source,), Reading.FROM_SECTION_ROW)

    def kind(self, family: str, name: str) -> str:
        """How the text of a field is read (vocab/columns.csv)."""
        return self._vocabulary.columns[family, name].kind

    def value(self, kind: str, text: str, heading: str = "") -> Value:
        """The typed value of a normalized text: working days, canonical power type or risk kind; else None."""
        if not text:
            return None
        if kind == "limit":
            return self._working_days(text, heading)
        if kind == "type":
            return power_type(text, self._vocabulary)
        if kind == "risk_kind":
            return risk_kind(text, self._vocabulary)
        return None

    def _working_days(self, text: str, heading: str) -> float | None:
        limit = time_limit(text)
        if limit is None and heading and text.replace(".", "", 1).isdigit():
            # A bare number takes the unit that its heading prints: 承诺时限（工作日）.
            unit = heading[max(heading.rfind("（"), heading.rfind("(")) + 1 :].strip("（()）")
            limit = time_limit(text + unit.replace("单位：", "").replace("单位:", ""))
        return limit.working_days if limit else None

    def _note_repairs(self, normalized: Normalized, source: Source, column: str) -> None:
        for wrong, right, _ in normalized.repaired:
            facts: Mapping[str, str] = {"wrong": wrong, "right": right}
            self.remarks.append(Remark(RemarkKind.REPAIRED, source.place, source.raw, column, tuple(facts.items())))


def with_reading(field: Field, reading: Reading) -> Field:
    """The same field, come by in one more way."""
    return replace(field, reading=field.reading | reading)
