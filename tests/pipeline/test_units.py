"""Units as they hand in: clean ones are reproached with nothing, planted faults are found, each once and only they.

The units, their layouts and the planted faults are data beside tests/units/README.md.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from pdfplumber.page import Page

from extractors.document import Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.finding import Finding, Severity
from pipeline.submission import SubmittedFile, process
from pipeline.vocabulary import load_vocabulary
from tests.units.drawn import AS_OF, HERE, Unit, clean_units
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


Change = Callable[[Unit], Unit]


def relaid(unit: Unit, **changes: Any) -> Unit:
    """The unit with another layout of its first register."""
    first, *rest = unit.registers
    return replace(unit, registers=(replace(first, layout=replace(first.layout, **changes)), *rest))


def without(column: str) -> Change:
    return lambda unit: relaid(unit, columns=tuple(c for c in unit.registers[0].layout.columns if c != column))


WHOLE: list[tuple[str, str, str, Change, list[tuple[str, str, str]]]] = [
    ("a column is missing", "flat_table", "docx", without("行使依据"), [("M00", "E", "行使依据")]),
    ("labels are missing", "forms", "docx", without("承办机构"), [("M00", "E", "承办机构")]),
    (
        "an unknown column",
        "flat_table",
        "xlsx",
        lambda unit: relaid(unit, columns=(*unit.registers[0].layout.columns, "办事口诀")),
        [("X03", "I", "")],
    ),
    (
        "a false count",
        "flat_table",
        "pdf",
        lambda unit: relaid(unit, title="行政职权目录（共40项）"),
        [("X05", "W", "")],
    ),
    (
        "a false count of risks",
        "risks_of_departments",
        "docx",
        lambda unit: relaid(unit, title="云溪县水利局内设部门廉政风险防控登记表（共15个风险点）"),
        [("R08", "W", "")],
    ),
    (
        "false counts of grades",
        "risks_of_the_unit",
        "xlsx",
        lambda unit: relaid(unit, title="单位廉政风险防控登记表（共8个，一级2个，二级4个，三级2个）", before=()),
        [("R08", "W", "")],
    ),
    ("a classified file", "flat_table", "docx", lambda unit: relaid(unit, before=("秘密★10年",)), [("X09", "E", "")]),
]


@pytest.mark.parametrize(("name", "suffix", "change", "wanted"), [w[1:] for w in WHOLE], ids=[w[0] for w in WHOLE])
def test_what_is_wrong_with_a_whole_table_is_told_once(
    name: str, suffix: str, change: Change, wanted: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / f"报送表.{suffix}"
    unit = change(UNITS[name])
    unit.draw(path)
    assert [(f.code, str(f.severity), f.field) for f in unit.check(path).findings] == wanted


def test_what_is_wrong_with_the_files_is_told_of_each_file(tmp_path: Path) -> None:
    """A damaged file, and a second catalogue that contradicts the first."""
    unit, paths = UNITS["flat_table"], [tmp_path / name for name in ("目录.docx", "目录定稿.docx", "附件.docx")]
    unit.draw(paths[0])
    unit.changed({(0, 3): {"职权类别": "行政确认"}}).draw(paths[1])
    paths[2].write_bytes(paths[0].read_bytes()[:3000])
    files = [SubmittedFile(path, path.name) for path in paths]
    result = process(unit.unit, files, load_vocabulary(), load_campaign(), AS_OF)
    assert {(f.code, str(f.severity), f.file) for f in result.findings} == {
        ("X01", "E", "附件.docx"),
        ("X08", "W", "目录.docx"),
        ("X08", "W", "目录定稿.docx"),
    }


def test_what_a_sheet_hides_and_what_it_does_not_show_is_told_where_it_stands(tmp_path: Path) -> None:
    """A hidden row, a hidden sheet, and a formula that was never calculated."""
    unit, path = UNITS["flat_table"], tmp_path / "目录.xlsx"
    unit.draw(path)
    book = load_workbook(path)
    page = book.worksheets[0]
    heading = next(cell for row in page.iter_rows() for cell in row if cell.value == "承诺时限")
    page.row_dimensions[heading.row + 3].hidden = True
    page.cell(heading.row + 5, heading.column).value = '=CONCATENATE("15","个工作日")'
    book.create_sheet("旧稿")["A1"] = "去年的内容"
    book["旧稿"].sheet_state = "hidden"
    book.save(path)
    result = process(unit.unit, [SubmittedFile(path, path.name)], load_vocabulary(), load_campaign(), AS_OF)
    unread = f"{page.title}!{get_column_letter(heading.column)}{heading.row + 5}"
    told = sorted((f.code, str(f.severity), f.place) for f in result.findings)
    assert [place for code, _, place in told if code == "X10"] == [unread]
    assert [code for code, _, _ in told] == ["X07", "X07", "X10"]
    assert any(place.endswith(str(heading.row + 3)) for code, _, place in told if code == "X07")


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
    box = (place.box.x0, place.box.y0, place.box.x1, place.box.y1)
    return squeezed(page(path, place.page).crop(box).extract_text())


@lru_cache(maxsize=16)
def page(path: Path, number: int) -> Page:
    with pdfplumber.open(path, pages=[number]) as document:
        shown = document.pages[0]
        assert shown.chars  # read while the file is open
        return shown


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
