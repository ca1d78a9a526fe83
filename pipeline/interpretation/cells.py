"""A cell, or several, becomes a Field: raw kept, text normalized, value typed.

In: sources (raw text with place) and the name of the field. Out: :class:`~pipeline.record.Field`, and remarks on what
normalization repaired. Refuses nothing: what cannot be typed has value None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.record import Field, Reading, Remark, RemarkKind, Source, Value
from pipeline.text.normalization import Normalized, normalize
from pipeline.values.typed import placeholder, power_type, risk_kind, time_limit
from pipeline.vocabulary import Vocabulary

# Short texts come again and again in a column (types, departments, limits): what was made of them is kept.
_KEPT_LENGTH = 40
_BRACKETED = re.compile(r"[（(](?:单位[：:])?([^（()）]+)[)）]")
_LONGEST_SIGN = 8  # 同上, 〃, —: longer texts are no placeholder


@dataclass(frozen=True, slots=True)
class _Understood:
    """What one raw text means as one field: everything but where it stands."""

    normalized: Normalized
    value: Value
    reading: Reading


class FieldReader:
    """Makes fields for one document; ``remarks`` collects what was repaired on the way."""

    def __init__(self, vocabulary: Vocabulary, *, traditional: bool = False) -> None:
        self._vocabulary = vocabulary
        self._traditional = traditional
        self._kept: dict[tuple[str, str, str, str], _Understood] = {}
        self._signs: dict[str, str | None] = {}
        self.remarks: list[Remark] = []

    def normalized(self, raw: str, kind: str = "text") -> Normalized:
        """The normalized text; the names of persons are never converted from traditional script."""
        return normalize(raw, self._vocabulary, traditional=self._traditional, keep_traditional=kind == "person")

    def text(self, source: Source) -> str:
        """The normalized text of a source that belongs to no field (其他栏目)."""
        normalized = self.normalized(source.raw)
        if normalized.repaired:
            self._note_repairs(normalized, source, "")
        return normalized.text

    def placeholder(self, text: str) -> str | None:
        """Which sign for no value the text is: none, ditto or blank (vocab/placeholders.csv); None for a value."""
        if not text or len(text) > _LONGEST_SIGN:
            return None
        if text not in self._signs:
            self._signs[text] = placeholder(text, self._vocabulary)
        return self._signs[text]

    def single(
        self,
        family: str,
        name: str,
        source: Source,
        *,
        reading: Reading = Reading.PLAIN,
        heading: str = "",
    ) -> Field:
        """The field that one cell makes. heading: the column's, which may carry the unit of a bare number."""
        understood = self._understood(family, name, source.raw, heading)
        normalized = understood.normalized
        if normalized.repaired:
            self._note_repairs(normalized, source, self._vocabulary.column(family, name))
        if understood.reading:
            reading |= understood.reading
        if source.confidences:
            reading |= Reading.OCR
        return Field(
            name, source.raw, normalized.text, understood.value, (source,), reading, source.confidence,
            normalized.offsets,
        )  # fmt: skip

    def part(
        self, family: str, name: str, source: Source, span: tuple[int, int], reading: Reading = Reading.PLAIN
    ) -> Field:
        """The field that the half-open part ``span`` of a cell makes; the whole cell stays its source."""
        field = self.single(family, name, source.part(*span), reading=reading | Reading.SPLIT)
        return replace(field, sources=(source,))

    def joined(
        self,
        family: str,
        name: str,
        sources: Sequence[Source],
        *,
        reading: Reading = Reading.PLAIN,
        joint: str = "\n",
    ) -> Field:
        """The field that several cells make together. joint: what stands between their texts."""
        if len(sources) == 1:
            return self.single(family, name, sources[0], reading=reading)
        kind = self.kind(family, name)
        parts = [self.single(family, name, source) for source in sources]
        text, offsets, start = "", [], 0
        for part in parts:
            reading |= part.reading & ~Reading.PLACEHOLDER
            if part.text:
                glue = joint if text else ""
                text += glue + part.text
                offsets += [start - 1] * len(glue) + [start + offset for offset in part.offsets]
            start += len(part.raw) + 1  # after the line feed that stands between two cells in ``raw``
        raw = "\n".join(source.raw for source in sources)
        confidence = min(part.confidence for part in parts)
        return Field(
            name,
            raw,
            text,
            self.value(kind, text),
            tuple(sources),
            reading | Reading.JOINED,
            confidence,
            tuple(offsets),
        )

    def _understood(self, family: str, name: str, raw: str, heading: str) -> _Understood:
        key = (family, name, raw, heading)
        if (kept := self._kept.get(key)) is not None:
            return kept
        kind = self.kind(family, name)
        normalized = self.normalized(raw, kind)
        reading = Reading.NORMALIZED if normalized.changed else Reading.PLAIN
        if normalized.repaired:
            reading |= Reading.REPAIRED
        if self.placeholder(normalized.text) == "none":
            reading |= Reading.PLACEHOLDER
        understood = _Understood(normalized, self.value(kind, normalized.text, heading), reading)
        if len(raw) <= _KEPT_LENGTH:
            self._kept[key] = understood
        return understood

    def constant(self, family: str, name: str, text: str, source: Source) -> Field:
        """The field that a section row, a title or a fill-in line gives to every row below it."""
        kind = self._vocabulary.columns[family, name].kind
        normalized = self.normalized(text, kind)
        value = self.value(kind, normalized.text)
        reading = Reading.FROM_SECTION_ROW | (Reading.OCR if source.confidences else Reading.PLAIN)
        return Field(name, text, normalized.text, value, (source,), reading, source.confidence)

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
            units = _BRACKETED.findall(heading)
            limit = next((found for unit in units if (found := time_limit(text + unit))), None)
        return limit.working_days if limit else None

    def _note_repairs(self, normalized: Normalized, source: Source, column: str) -> None:
        for wrong, right, _ in normalized.repaired:
            facts: Mapping[str, str] = {"wrong": wrong, "right": right}
            self.remarks.append(Remark(RemarkKind.REPAIRED, source.place, source.raw, column, tuple(facts.items())))
