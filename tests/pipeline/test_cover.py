from __future__ import annotations

import datetime as dt

import pytest

from extractors.document import Cell, Document, Paragraph, Place, Row, Table
from pipeline.reading.cover import MAX_BYTES, Cover, is_cover, read_document, read_toml
from pipeline.record import RemarkKind
from pipeline.vocabulary import load_vocabulary

WORDS = load_vocabulary()

SAID = Cover(
    batch="2026年春",
    date=dt.date(2026, 3, 5),
    contact="李某 8888",
    supplement=True,
    types=(("职权目录.docx", "职权目录"), ("b.xlsx", "风险登记表")),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        '"批次" = "2026年春"\n"报送日期" = 2026-03-05\n"联系人" = "李某 8888"\n"范围" = "补充"\n'
        '["类型"]\n"职权目录.docx" = "职权目录"\n"b.xlsx" = "风险登记表"\n',
        '批次 = "2026年春"  # 本批\r\n报送日期 = "2026年3月5日"\r\n联系人＝"李某 8888"\r\n范围= "补充报送"\r\n'
        '[类型]\r\n职权目录.docx = "职权目录"\r\nb.xlsx = "风险登记表"\r\n',
        '批次 = "2026年春"\n报送日期 = "2026.3.5"\n联系人 = "李某 8888"\n范围 = "补充"\n'
        '["职权目录.docx"]\n类型 = "职权目录"\n["b.xlsx"]\n类型 = "风险登记表"\n',
    ],
)
def test_quoted_and_bare_keys_say_the_same(text: str, encoding: str) -> None:
    assert read_toml(text.encode(encoding), WORDS) == SAID


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00\x01 = [", "批次 = 没有引号".encode(), "范围 = ".encode(), b"a" * (MAX_BYTES + 1), b"[" * 5000],
)
def test_what_cannot_be_read_is_a_remark(data: bytes) -> None:
    assert [remark.kind for remark in read_toml(data, WORDS).remarks] == [RemarkKind.COVER_SHEET]


def test_a_value_that_means_nothing_is_quoted_and_the_rest_holds() -> None:
    cover = read_toml('批次 = "春"\n报送日期 = "开春以后"\n范围 = "一些"\n'.encode(), WORDS)
    assert cover.batch == "春"
    assert [remark.quote for remark in cover.remarks] == ["开春以后", "一些"]


def test_a_word_or_excel_sheet_has_the_same_labels() -> None:
    cells = ["批 次", "2026年春", "报送日期：", "2026-3-5", "联系人", "李某 8888", "范围", "补充"]
    table = Table("1", tuple(Cell(text, 1 + i // 4, 1 + i % 4) for i, text in enumerate(cells)), (Row(1), Row(2)), 4)
    document = Document("报送说明.docx", "docx", (Paragraph("报送说明", Place(paragraph=1)), table))
    assert read_document(document, WORDS) == Cover("2026年春", dt.date(2026, 3, 5), "李某 8888", True)
    lines = tuple(Paragraph(text, Place()) for text in ("批次：2026年春", "范围:全量"))
    assert read_document(Document("报送说明.docx", "docx", lines), WORDS) == Cover("2026年春", supplement=False)
    assert read_document(Document("报送说明.docx", "docx", ()), WORDS).remarks


def test_only_a_file_of_that_name_in_the_folder_itself_is_one() -> None:
    assert is_cover("报送说明.toml", WORDS)
    assert is_cover("报送说明.docx", WORDS)
    assert not is_cover("附件/报送说明.docx", WORDS)
    assert not is_cover("关于报送说明.docx", WORDS)


def test_it_survives_the_ledger() -> None:
    assert Cover.from_json(SAID.to_json()) == SAID
