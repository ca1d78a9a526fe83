"""Units as they hand in: clean ones are reproached with nothing, planted faults are found, each once and only they.

The units, their layouts and the planted faults are data beside tests/units/README.md.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pdfplumber
import pytest

from extractors.document import Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.finding import Finding, Severity
from tests.units.drawn import HERE, Unit, clean_units
from tests.units.layouts import Laid

UNITS = {unit.name: unit for unit in clean_units()}
UNCHANGED = "不变"
CAMPAIGN = replace(load_campaign(), code_pattern="[A-Z]{2}-[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Planted:
    """A row of planted.csv: what is changed where, and which finding that must give; rule "" for none of its own."""

    unit: str
    register: int
    row: int
    column: str
    text: str
    rule: str
    field: str
    severity: str


def planted() -> list[Planted]:
    with (HERE / "planted.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    return [Planted(unit, int(n) - 1, int(r) - 1, *rest) for unit, n, r, *rest in rows]


FORMATS = [(unit, suffix) for unit in UNITS.values() for suffix in unit.formats]
WITH_FAULTS = [
    (UNITS[name], suffix) for name in dict.fromkeys(p.unit for p in planted()) for suffix in UNITS[name].formats
]


def names(cases: Iterable[tuple[Unit, str]]) -> list[str]:
    return [f"{unit.name}-{suffix}" for unit, suffix in cases]


@pytest.mark.parametrize(("unit", "suffix"), FORMATS, ids=names(FORMATS))
def test_a_clean_unit_is_reproached_with_nothing(unit: Unit, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"报送表.{suffix}"
    unit.draw(path)
    result = unit.check(path)
    assert not [f.message for f in result.findings if f.severity is not Severity.INFO]
    # A total row is no record; risk columns of a catalogue make records of their own.
    rows = sum(row.get("职权类别") != "合计" for register in unit.registers for row in register.rows)
    with_risks = sum(bool(row.get("廉政风险点")) for register in unit.registers for row in register.rows)
    assert len(result.records) == rows + with_risks


@pytest.mark.parametrize(("unit", "suffix"), WITH_FAULTS, ids=names(WITH_FAULTS))
def test_planted_faults_are_found_each_once_and_nothing_else(unit: Unit, suffix: str, tmp_path: Path) -> None:
    """Rule, severity, field and place of each finding; the hints that the clean unit has stay."""
    faults = [each for each in planted() if each.unit == unit.name]
    clean, faulty = tmp_path / f"clean.{suffix}", tmp_path / f"faulty.{suffix}"
    unit.draw(clean)
    changed = unit.changed(edits(faults))
    laid = changed.draw(faulty)
    hints = Counter(told(clean, finding) for finding in unit.check(clean, CAMPAIGN).findings)
    wanted = Counter(expected(each, laid, changed, suffix) for each in faults if each.rule)
    found = Counter(told(faulty, finding) for finding in changed.check(faulty, CAMPAIGN).findings)
    assert found == wanted + hints, f"too many: {found - wanted - hints}; missing: {wanted + hints - found}"


def edits(faults: Iterable[Planted]) -> dict[tuple[int, int], dict[str, str]]:
    found: dict[tuple[int, int], dict[str, str]] = {}
    for each in faults:
        if each.text != UNCHANGED:
            found.setdefault((each.register, each.row), {})[each.column] = each.text
    return found


def expected(fault: Planted, laid: tuple[Laid, ...], unit: Unit, suffix: str) -> tuple[str, str, str, str]:
    """What :func:`told` must say of a planted fault: where it stands follows from the drawing alone."""
    if suffix == "pdf":
        where = squeezed(unit.registers[fault.register].rows[fault.row].get(fault.field, ""))
    else:
        where = laid[fault.register].place(fault.row, fault.field, suffix)
    return fault.rule, fault.severity, fault.field, where


def told(path: Path, finding: Finding) -> tuple[str, str, str, str]:
    """Rule, severity, field and place of a finding; for a page what is printed within the rectangle that it names."""
    where = printed(path, Place.parse(finding.place)) if path.suffix == ".pdf" else finding.place
    return finding.code, str(finding.severity), finding.field, where


def printed(path: Path, place: Place) -> str:
    assert place.box is not None and place.page is not None
    with pdfplumber.open(path) as document:
        box = (place.box.x0, place.box.y0, place.box.x1, place.box.y1)
        return squeezed(document.pages[place.page - 1].crop(box).extract_text())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
