"""Values that come again in a unit's registers, as the measure for those that were read with doubt.

In: the records of a unit, and its name. Out: :class:`SeenValues`, which offers for a doubtful value the one that it
must be. Refuses names, codes, persons, numbers and long texts: there another value is as likely as the same one again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.recognition.slips import READ, Slip, doubtful_difference
from pipeline.record import Field, Reading, Record, Value
from pipeline.values.typed import power_type
from pipeline.vocabulary import Vocabulary

_KINDS = frozenset(("body", "type", "grade", "risk_kind"))  # of vocab/columns.csv: few values, each many times
_TIMES = 2  # seen so often, certainly read, a value is one of the unit's
_SHORTEST = {"type": 2, "grade": 1, "risk_kind": 2}  # a body's name of three characters may well be another body
_SHORTEST_BODY = 4
_LONGEST = 30
_CHARACTERS_PER_SLIP = 4

_Key = tuple[str, str, str]


class SeenValues:
    """The short values of the closed fields that a unit's registers hold, each certainly read at least twice."""

    def __init__(self, unit: str, records: Iterable[Record], vocabulary: Vocabulary) -> None:
        self._unit = unit
        self._vocabulary = vocabulary
        self._times: Counter[_Key] = Counter()
        self._values: dict[_Key, Value] = {}
        for record in records:
            for field in record.fields:
                family = record.register.family
                if self._kind(family, field.name) and field.text and field.confidence >= READ:
                    key = (family, field.name, field.text)
                    self._times[key] += 1
                    self._values[key] = field.value
        self._by_field: dict[tuple[str, str, int], list[str]] = {}
        for (family, name, text), times in self._times.items():
            if times >= _TIMES:
                self._by_field.setdefault((family, name, len(text)), []).append(text)

    def slip(self, family: str, field: Field) -> tuple[Slip, Value] | None:
        """The one known value that a doubtful field can be, as a change of its whole text; None where that is open."""
        kind = self._kind(family, field.name)
        size = len(field.text)
        if not kind or Reading.OCR not in field.reading or not self._shortest(kind) <= size <= _LONGEST:
            return None
        if kind == "body" and len(self._unit) == size and self._may_be(field, self._unit):
            return Slip(0, size, field.text, self._unit), field.value
        if self._is_known(family, field, kind):
            return None
        meant = [text for text in self._candidates(family, field, kind) if self._may_be(field, text)]
        if len(meant) != 1:
            return None
        return Slip(0, size, field.text, meant[0]), self._value(family, field.name, kind, meant[0])

    def _kind(self, family: str, name: str) -> str:
        column = self._vocabulary.columns.get((family, name))
        return column.kind if column is not None and column.kind in _KINDS else ""

    def _shortest(self, kind: str) -> int:
        return _SHORTEST.get(kind, _SHORTEST_BODY)

    def _is_known(self, family: str, field: Field, kind: str) -> bool:
        if kind == "type" and power_type(field.text, self._vocabulary) is not None:
            return True
        return self._times[family, field.name, field.text] >= _TIMES

    def _candidates(self, family: str, field: Field, kind: str) -> list[str]:
        seen = list(self._by_field.get((family, field.name, len(field.text)), ()))
        if kind == "type":
            known = {each.label for each in self._vocabulary.power_types if each.taxonomy == "*"}
            seen += [label for label in sorted(known) if len(label) == len(field.text) and label not in seen]
        return seen

    def _may_be(self, field: Field, text: str) -> bool:
        slips = sum(one != other for one, other in zip(field.text, text, strict=True))
        return slips <= max(1, len(text) // _CHARACTERS_PER_SLIP) and doubtful_difference(field, 0, field.text, text)

    def _value(self, family: str, name: str, kind: str, text: str) -> Value:
        if (family, name, text) in self._values:
            return self._values[family, name, text]
        return power_type(text, self._vocabulary) if kind == "type" else None
