"""Delimited text: encodings, delimiters, quoted line breaks, broken characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.delimited import read_delimited
from extractors.document import Document, Notice
from extractors.errors import Damaged, Empty, Unreadable

ROWS = '序号,职权名称,行使依据\r\n001,"许可,一\r\n二","《行政许可法》第""十""条"\r\n\r\n002,处罚,\r\n'


def read(folder: Path, data: bytes) -> Document:
    path = folder / "a.csv"
    path.write_bytes(data)
    return read_delimited(path, "a.csv")


def shown(document: Document) -> dict[str, str]:
    (table,) = document.tables
    return {str(table.place(c.row, c.column)): c.text for c in table.cells}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_any_encoding_and_delimiter_gives_the_same_table(tmp_path: Path, encoding: str, delimiter: str) -> None:
    document = read(tmp_path, ROWS.replace(",", delimiter).encode(encoding))
    assert document.format == "csv"
    assert shown(document) == {
        "表1 第1行第1列": "序号",
        "表1 第1行第2列": "职权名称",
        "表1 第1行第3列": "行使依据",
        "表1 第2行第1列": "001",
        "表1 第2行第2列": f"许可{delimiter}一\n二",
        "表1 第2行第3列": '《行政许可法》第"十"条',
        "表1 第4行第1列": "002",
        "表1 第4行第2列": "处罚",
    }
    assert document.observations == ()


def test_traditional_text_in_big5_and_a_few_words_of_gbk(tmp_path: Path) -> None:
    text = "序號,職權名稱\n1,行政許可的設定與實施機關\n"
    assert shown(read(tmp_path, text.encode("big5")))["表1 第2行第2列"] == "行政許可的設定與實施機關"
    assert shown(read(tmp_path, "页眉,1".encode("gbk")))["表1 第1行第1列"] == "页眉"  # valid as UTF-8 too


def test_a_character_cut_in_two_leaves_its_cell_unread(tmp_path: Path) -> None:
    document = read(tmp_path, "序号,职权名称行使依据实施主体\n1,行政处罚\n2,行政许可".encode("gbk")[:-1])
    (table,) = document.tables
    assert [c.row for c in table.cells if c.unread] == [3]
    assert [(o.notice, str(o.place)) for o in document.observations] == [(Notice.UNREAD_CELL, "表1 第3行第2列")]


def test_an_open_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    assert shown(read(tmp_path, '名称,依据\n1,"未闭\n2,丙\n'.encode()))["表1 第3行第2列"] == "丙"


def test_excel_hints_and_kept_zeros(tmp_path: Path) -> None:
    assert shown(read(tmp_path, b'sep=;\r\na,b;"c"\r\n="001";2\r\n')) == {
        "表1 第1行第1列": "a,b",
        "表1 第1行第2列": "c",
        "表1 第2行第1列": "001",
        "表1 第2行第2列": "2",
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", Empty), (b",,\r\n , \r\n", Empty), (b"a,b\0c", Damaged), (bytes(range(128, 256)) * 9, Damaged)],
)
def test_what_is_no_table_of_text_is_refused(tmp_path: Path, data: bytes, reason: type[Unreadable]) -> None:
    with pytest.raises(reason):
        read(tmp_path, data)


def test_a_record_wider_than_the_bounds_is_cut_off_and_told(tmp_path: Path) -> None:
    document = read(tmp_path, ("甲," * 1_500 + "乙\n丙\n").encode())
    assert document.tables[0].column_count == 1_000
    assert [(o.notice, str(o.place)) for o in document.observations] == [(Notice.TRUNCATED, "表1 第1行第1001列")]
