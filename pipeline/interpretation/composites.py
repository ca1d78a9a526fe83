"""One cell that carries two fields: 承办科室及负责人, 收费依据和标准, 法定20日承诺13日.

In: the cell(s) and the names of the fields. Out: one Field each. Where the cut is not certain the whole text goes to
the field that it names or to the first one, and nothing is guessed for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.interpretation.cells import FieldReader
from pipeline.record import Field, Reading, Source
from pipeline.values.typed import split_department_person, split_fee, split_limits

Spans = dict[str, tuple[int, int]]


def split_composite(
    reader: FieldReader,
    family: str,
    names: tuple[str, ...],
    sources: Sequence[Source],
    reading: Reading,
    heading: str = "",
) -> dict[str, Field]:
    """The fields of a column whose heading names several; each keeps the cell as its source.

    heading: as printed, which may tell in what order a cell says them.
    """
    if len(sources) == 1 and (cut := _SPLITTERS.get(frozenset(names))):
        spans = _spans(reader, cut, sources[0].raw, heading)
        if spans:
            return {
                name: reader.part(family, name, sources[0], spans[name], reading)
                if name in spans
                else Field(name, "", "")
                for name in names
            }
    if frozenset(names) in _BOTH:
        return {name: reader.joined(family, name, sources, reading=reading) for name in names}
    target = _WHOLE.get(frozenset(names), names[0])
    whole = reader.joined(family, target, sources, reading=reading)
    return {name: whole if name == target else Field(name, "", "") for name in names}


def _spans(reader: FieldReader, cut: Callable[[str, str], Spans], raw: str, heading: str) -> Spans:
    """The cut of a cell, found in its normalized text (a line may break anywhere) and carried back to the raw one."""
    normalized = reader.normalized(raw)
    offsets = normalized.offsets
    return {name: (offsets[a], offsets[b - 1] + 1) for name, (a, b) in cut(normalized.text, heading).items() if b > a}


def _person(unit: str) -> Callable[[str, str], Spans]:
    def cut(text: str, _: str) -> Spans:
        found = split_department_person(text)
        return {unit: found[0], "person_in_charge": found[1]} if found else {}

    return cut


def _limits(text: str, heading: str) -> Spans:
    names = {"statutory": "statutory_limit", "promised": "promised_limit"}
    return {names[part.kind]: (part.start, part.end) for part in split_limits(text, heading=heading)}


def _fee(text: str, _: str) -> Spans:
    standard, basis = split_fee(text) or (None, None)
    spans: Spans = {}
    if standard:
        spans["fee_standard"] = standard
    if basis:
        spans["fee_basis"] = basis
    return spans


_SPLITTERS: dict[frozenset[str], Callable[[str, str], Spans]] = {
    frozenset({"department", "person_in_charge"}): _person("department"),
    frozenset({"post", "person_in_charge"}): _person("post"),
    frozenset({"statutory_limit", "promised_limit"}): _limits,
    frozenset({"fee_standard", "fee_basis"}): _fee,
}
# The same words say both: 红色 is a colour and a grade.
_BOTH = frozenset({frozenset({"risk_grade", "warning_colour"})})
# A limit of unnamed kind is what the unit holds itself to.
_WHOLE = {
    frozenset({"statutory_limit", "promised_limit"}): "promised_limit",
    frozenset({"fee_standard", "fee_basis"}): "fee_standard",
}
