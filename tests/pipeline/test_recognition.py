"""Certain slips of recognition are mended, the raw text and the doubt stay; everything else is left as it was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.document import Cell, Document, Place, Row, Table
from pipeline.interpretation.document_reader import DocumentReader
from pipeline.law.workspace_library import shipped_library
from pipeline.recognition.repair import repaired
from pipeline.record import Field, FileReading, FileState, Reading, Record, Register, RemarkKind, Source
from pipeline.vocabulary import load_vocabulary

WORDS = load_vocabulary()


def read(name: str, marked: str) -> Field:
    """A recognized field; a ? behind a character says that it was read with doubt."""
    text, confidences = "", []
    for sign in marked:
        if sign == "?":
            confidences[-1] = 0.5
        else:
            text, confidences = text + sign, [*confidences, 0.99]
    source = Source(Place(page=1, table="1", row=2, column=1), text, tuple(confidences))
    return Field(name, text, text, None, (source,), Reading.OCR, source.confidence, tuple(range(len(text))))


def mended(*fields: Field) -> tuple[FileReading, list[Field]]:
    records = tuple(Record(Register.POWERS, (field,)) for field in fields)
    (file,) = repaired(
        "农业农村局",
        [FileReading("扫描件.pdf", "0" * 64, 1, FileState.LOADED, records=records)],
        WORDS,
        shipped_library(),
    )
    return file, [record.fields[0] for record in file.records]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("《中华人民共和国水法》第二十—条", "《中华人民共和国水法》第二十一条"),
        ("《中华人民共和国水法》第—条第l款", "《中华人民共和国水法》第一条第1款"),
        ("《水法》第三士条第（入）项", "《水法》第三十条第（八）项"),
        ("《中华人民共和国行政许可浊?》第十二条", "《中华人民共和国行政许可法》第十二条"),
        ("《城乡规划去?》第四十条", "《城乡规划法》第四十条"),
    ],
)
def test_citations_that_can_only_be_meant_otherwise(printed: str, meant: str) -> None:
    field = read("legal_basis", printed)
    file, (after,) = mended(field)
    assert after.text == meant
    assert (after.raw, after.confidence, after.offsets) == (field.raw, field.confidence, field.offsets)
    assert Reading.REPAIRED in after.reading
    assert {remark.kind for remark in file.remarks} == {RemarkKind.RECOGNIZED}


@pytest.mark.parametrize(
    "printed",
    [
        "《中华人民共和国行政许可浊》第十二条",  # read with certainty: the unit wrote it so
        "《水法》第十—十二条",  # may be a range
        "《某县城市供热?条例》第三条",  # another instrument may have that name
    ],
)
def test_what_may_be_right_is_left_alone(printed: str) -> None:
    field = read("legal_basis", printed)
    file, (after,) = mended(field)
    assert (after, file.remarks) == (field, ())


def test_a_department_seen_elsewhere_settles_a_doubtful_one() -> None:
    known = [read("department", "农村经济管理股")] * 2
    _, fields = mended(*known, read("department", "农付?经济管理股"), read("department", "农付经济管理股"))
    assert [field.text for field in fields[2:]] == ["农村经济管理股", "农付经济管理股"]


def test_the_units_own_name_settles_a_doubtful_body() -> None:
    fields = [read("department", "农业农付?局"), read("department", "农业农付局"), read("department", "农业农村厅?")]
    _, after = mended(*fields)
    assert [field.text for field in after] == ["农业农村局", "农业农付局", "农业农村局"]


BODY = "11511301MB1550442U"  # a unified social credit code: U checks the others


def code(own: str, rest: str = f"-511602000000-000-{BODY}-1-00") -> Field:
    return read("code", own + rest)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("511A0031800004-5116O?2000000-000-11511301MB1550442U-1-00", "511A0031800004"),
        ("511A0031800004-51160200000?-000-11511301MB1550442U-1-00", "511A0031800004"),  # a zero too few
        ("511A0031800004-511602000000—000-11511301MB1550442U1-00.?", "511A0031800004"),
        ("511A0031800004 511602000000 000-11511301MB1550442L-1-00", "511A0031800004"),  # the check says L is wrong
        ("511A0031800004?5?11602000000-000-11511301MB1550442U-1-00", "511A0031800004"),  # white where a line was
        ("511A00318O?0004-51160200000?-000-11511301MB1550442U-1-00", "511A00318O0004"),  # its own part is not touched
    ],
)
def test_what_the_codes_of_a_unit_share_settles_a_doubtful_one(printed: str, meant: str) -> None:
    known = [code(f"511A003190000{n}") for n in range(3)]
    field = read("code", printed)
    _, fields = mended(*known, field)
    after = fields[-1]
    assert after.text == f"{meant}-511602000000-000-{BODY}-1-00"
    assert Reading.REPAIRED in after.reading and after.raw == field.raw
    assert len(after.offsets) == len(after.text) and list(after.offsets) == sorted(after.offsets)
    assert after.confidences and set(after.offsets) <= set(field.offsets)


@pytest.mark.parametrize(
    "printed",
    [
        "511A0031800004-511602OOO000-000-11511301MB1550442U-1-00",  # read with certainty
        "511A0031800004-410300000?000-000-41030000MB0000000X-2-00",  # of another body
        "511A0031800004511602000000-000-11511301MB1550442U-1-0?0",  # where does its own part end?
    ],
)
def test_codes_that_may_be_right_or_meant_otherwise_are_left_alone(printed: str) -> None:
    known = [code(f"511A003190000{n}") for n in range(3)]
    field = read("code", printed)
    _, fields = mended(*known, field)
    assert fields[-1] == field


def test_a_check_character_that_is_never_made_out_follows_from_the_others() -> None:
    fields = [
        read("code", f"511A003190000{n}-511602000000-000-11511301MB1550442{last}?-1-00") for n, last in enumerate("L10")
    ]
    _, after = mended(*fields)
    assert [field.text for field in after] == [f"511A003190000{n}-511602000000-000-{BODY}-1-00" for n in range(3)]


@pytest.mark.parametrize("body", ["11511301MB155O442", "职权编码一二三四五六七八九十甲乙丙"])
def test_a_part_as_long_as_a_credit_code_that_is_none_is_left_alone(body: str) -> None:
    fields = [read("code", f"511A003190000{n}-{body}U?-1") for n in range(3)]
    _, after = mended(*fields)
    assert after == fields


def test_what_is_misread_in_one_way_again_and_again_is_no_measure() -> None:
    fields = [code(f"511A003190000{n}", "-51160200?0000-00-JX?-1") for n in range(4)]
    _, after = mended(*fields, code("511A0031800004", "-5116020?O0000-00-JX-1"))
    assert after == [*fields, code("511A0031800004", "-5116020?O0000-00-JX-1")]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("0432?4?836138", "0432-4836138"),
        ("科室010?6?5201114，局办", "科室010-65201114，局办"),
        ("0432?4?836138\n0771?8?254412", "0432-4836138\n0771-8254412"),
    ],
)
def test_the_hyphen_that_left_a_white_in_a_telephone_number_is_put_back(printed: str, meant: str) -> None:
    field = read("hotline", printed)
    file, (after,) = mended(field)
    assert (after.text, after.raw, after.confidence) == (meant, field.raw, field.confidence)
    assert len(after.offsets) == len(meant) and Reading.REPAIRED in after.reading
    assert RemarkKind.RECOGNIZED in {remark.kind for remark in file.remarks}


@pytest.mark.parametrize(
    "printed",
    [
        "04324836138",  # no doubt that it is printed in one
        "0432?4836138",
        "04324?8?36138",  # the white is elsewhere
        "0432?4?83613",  # a figure too few
        "13912?3?45678",
        "20432?4?836138",
    ],
)
def test_other_figures_are_not_parted(printed: str) -> None:
    field = read("hotline", printed)
    _, (after,) = mended(field)
    assert after == field


def test_short_names_persons_and_known_types_are_never_changed() -> None:
    fields = [read("department", "法规股")] * 2 + [read("department", "法制?股")]
    fields += [read("person_in_charge", "欧阳建国")] * 2 + [read("person_in_charge", "欧阳建固?")]
    _, after = mended(*fields, read("power_type", "行政确?认"))
    assert after == [*fields, read("power_type", "行政确?认")]


def test_a_type_is_settled_by_the_taxonomy_and_typed_again() -> None:
    _, (after,) = mended(read("power_type", "行政处罪?"))
    assert (after.text, after.value) == ("行政处罚", "行政处罚")


def test_readings_without_anything_recognized_are_handed_back() -> None:
    plain = replace(read("legal_basis", "第—条"), reading=Reading.PLAIN)
    record = Record(Register.POWERS, (plain,))
    files = (FileReading("目录.docx", "0" * 64, 1, FileState.LOADED, records=(record,)),)
    assert repaired("水利局", files, WORDS, shipped_library()) is files


def test_confidence_goes_from_the_characters_of_a_cell_to_its_fields() -> None:
    texts = [["职权名称", "职权类别", "承办机构及负责人"], ["取水\n许可", "行政许可", "水政股 王小明"]]
    confidences = {(2, 1): (0.99, 0.98, 1.0, 0.7, 0.97), (2, 3): (0.99, 0.99, 0.99, 1.0, 0.6, 0.9, 0.9)}
    cells = tuple(
        Cell(text, row, column, confidence=min(known, default=1.0), confidences=known)
        for row, line in enumerate(texts, 1)
        for column, text in enumerate(line, 1)
        for known in [confidences.get((row, column), ())]
    )
    table = Table("1", cells, (Row(1, 1, "1"), Row(2, 2, "1")), 3)
    (record,) = DocumentReader(WORDS).read(Document("扫描件.pdf", "pdf", (table,), pages=1)).records
    found = {field.name: field for field in record.fields}
    assert (found["name"].text, found["name"].confidence) == ("取水许可", 0.7)
    assert found["name"].confidences == (0.99, 0.98, 0.7, 0.97)
    assert (found["department"].text, found["department"].confidence) == ("水政股", 0.99)
    assert (found["person_in_charge"].text, found["person_in_charge"].confidence) == ("王小明", 0.6)
    assert Reading.OCR not in found["power_type"].reading
    assert record.confidence == 0.6
