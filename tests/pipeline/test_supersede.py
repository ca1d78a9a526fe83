from __future__ import annotations

import dataclasses

import pytest

from extractors.document import Place
from pipeline.intake.supersede import Entry, Standing, changed_families, standing_readings, supersede
from pipeline.record import (
    FINDINGS_WORKBOOK,
    Chart,
    ChartForm,
    Field,
    FileReading,
    FileState,
    Record,
    Register,
    TableReading,
)


def reading(name: str, *records: Record, supplement: bool = False) -> FileReading:
    registers = dict.fromkeys(record.register for record in records)
    tables = tuple(TableReading(register, "", Place(), records=1) for register in registers)
    state = FileState.LOADED if records else FileState.NO_REGISTER
    return FileReading(name, f"#{name}", 1, state, supplement=supplement, tables=tables, records=records)


def charts(name: str, *titles: str, records: tuple[Record, ...] = (), supplement: bool = False) -> FileReading:
    found = tuple(Chart(title, "", Place(), ChartForm.GRAPH) for title in titles)
    return dataclasses.replace(reading(name, *records, supplement=supplement), charts=found)


def power(code: str = "", name: str = "", sub_item: str = "", register: Register = Register.POWERS) -> Record:
    fields = {"code": code, "name": name, "sub_item": sub_item}
    return Record(register, tuple(Field(key, value, value) for key, value in fields.items() if value))


def risk(point: str) -> Record:
    return Record(Register.RISK_POST, (Field("risk_point", point, point),))


class Unit:
    """A unit that hands in again and again, and what stands for it."""

    def __init__(self) -> None:
        self.standing = Standing()
        self._known: dict[str, FileReading] = {}

    def hands_in(self, *readings: FileReading) -> Unit:
        self._known |= {each.sha256: each for each in readings}
        self.standing = Standing.from_json(supersede(self.standing, readings).to_json())
        return self

    def _find(self, entry: Entry) -> FileReading:
        return self._known[entry.sha256]

    @property
    def names(self) -> list[str]:
        found = standing_readings(self.standing, self._find)
        return [record.text("name") or record.text("risk_point") for each in found for record in each.records]

    @property
    def charts(self) -> list[str]:
        return [chart.title for each in standing_readings(self.standing, self._find) for chart in each.charts]

    @property
    def files(self) -> list[str]:
        return [entry.name for entry in self.standing.entries]


BOTH = reading("全.docx", power("A1", "许可"), risk("寻租"))


def test_a_register_of_a_file_goes_and_its_other_register_stays() -> None:
    unit = Unit().hands_in(BOTH).hands_in(reading("新.docx", power("A1", "新许可")))
    assert unit.names == ["寻租", "新许可"]
    old, _ = standing_readings(unit.standing, unit._find)
    assert [table.register for table in old.tables] == [Register.NONE, Register.RISK_POST]
    assert unit.standing.version == 2


def test_both_catalogues_are_one_register() -> None:
    hidden = power("A2", "密", register=Register.POWERS_NOT_PUBLIC)
    unit = Unit().hands_in(reading("公开.docx", power("A1", "许可")), reading("不公开.docx", hidden))
    assert unit.hands_in(reading("新.docx", power("A1", "新许可"))).names == ["新许可"]


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        (power("A1", "许可"), power("A1", "许可证核发"), True),
        (power("A1", "许可"), power("A2", "许可"), False),
        (power("A1", "许可"), power("", "许可"), True),
        (power("", "许可"), power("A1", "许可"), True),
        (power("A1", "许可", "首次"), power("A1", "许可", "延续"), False),
        (power("", ""), power("", ""), False),
        (risk("寻租"), risk("寻租"), True),
        (risk("寻租"), risk("拖延"), False),
        (risk("许可"), power("", "许可"), False),
    ],
)
def test_what_a_supplement_names_again(old: Record, new: Record, again: bool) -> None:
    unit = Unit().hands_in(reading("全.docx", old)).hands_in(reading("补.docx", new, supplement=True))
    assert len(unit.names) == (1 if again else 2)


def test_supplements_pile_up_and_keep_their_turn() -> None:
    first = reading("补1.docx", power("A1", "一改"), supplement=True)
    second = reading("补2.docx", power("A1", "二改"), supplement=True)
    unit = Unit().hands_in(BOTH).hands_in(first).hands_in(second)
    assert unit.names == ["寻租", "二改"]
    again = unit.standing
    assert unit.hands_in(first).names == ["寻租", "二改"]
    assert unit.standing.version == again.version == 3
    assert unit.hands_in(reading("新.docx", power("A1", "新许可"))).names == ["寻租", "新许可"]


def test_files_without_a_register_are_those_of_the_latest_submission_that_has_any() -> None:
    unit = Unit().hands_in(BOTH, reading("图1.pdf"), reading("图2.pdf"))
    assert unit.hands_in(BOTH).files == ["图1.pdf", "图2.pdf", "全.docx"]
    assert unit.hands_in(BOTH, reading("图3.pdf")).files == ["全.docx", "图3.pdf"]


def test_the_list_of_findings_that_comes_back_is_no_submission() -> None:
    unit = Unit().hands_in(reading("目录.docx", power("1", "取水许可")), reading("说明.docx"))
    back = dataclasses.replace(reading("问题清单.xlsx"), reason=FINDINGS_WORKBOOK)
    unit.hands_in(back)
    assert unit.standing.version == 1
    assert {"目录.docx", "说明.docx"} <= {entry.name for entry in unit.standing.entries}
    unit.hands_in(back, reading("目录2.docx", power("1", "取水许可证核发")))
    assert unit.standing.version == 2
    assert [entry.name for entry in unit.standing.entries if "power" in entry.families] == ["目录2.docx"]


def test_other_rules_of_reading_make_no_new_version() -> None:
    unit = Unit().hands_in(reading("全.docx", power("A1", "许可")))
    before = unit.standing
    unit.hands_in(dataclasses.replace(BOTH, sha256="#全.docx"))
    assert unit.names == ["许可", "寻租"]
    assert (unit.standing.version, changed_families(before, unit.standing)) == (1, frozenset())


def test_a_file_left_out_of_a_register_that_is_handed_in_again_is_a_new_version() -> None:
    unit = Unit().hands_in(BOTH, reading("二.docx", power("A2", "处罚")))
    before = unit.standing
    assert unit.hands_in(reading("二.docx", power("A2", "处罚"))).names == ["寻租", "处罚"]
    assert (unit.standing.version, changed_families(before, unit.standing)) == (2, frozenset({"power"}))


def test_the_version_counts_hand_ins_of_new_bytes_and_nothing_else() -> None:
    unit = Unit().hands_in(BOTH)
    assert unit.hands_in(BOTH).standing.version == 1
    damaged = FileReading("坏.docx", "#坏", 1, FileState.QUARANTINED, reason="damaged")
    assert unit.hands_in(BOTH, damaged).standing.version == 2
    assert unit.hands_in(BOTH).files == ["全.docx"]
    assert unit.standing.version == 2


def test_charts_stand_until_charts_are_handed_in_again() -> None:
    unit = Unit().hands_in(charts("目录.docx", "取水许可流程图", records=(power("A1", "取水许可"),)))
    assert unit.hands_in(reading("说明.docx")).charts == ["取水许可流程图"]
    assert unit.hands_in(charts("流程图.docx", "采砂许可流程图")).charts == ["采砂许可流程图"]
    assert unit.names == ["取水许可"]
    unit.hands_in(reading("新目录.docx", power("A1", "取水许可证核发")))
    assert (unit.charts, unit.names) == (["采砂许可流程图"], ["取水许可证核发"])


def test_a_supplement_adds_charts_and_replaces_those_that_it_draws_again() -> None:
    unit = Unit().hands_in(charts("流程图.docx", "甲流程图", "乙流程图", ""))
    unit.hands_in(charts("补充.docx", "乙流程图", "丙流程图", supplement=True))
    assert unit.charts == ["甲流程图", "", "乙流程图", "丙流程图"]
