"""Values of hidden rows and columns are taken in and marked (X07)."""

from __future__ import annotations

from pathlib import Path

from pipeline.record import Reading
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.builders import Sheet, Text, draw, grid_of_text

GRID = grid_of_text(
    """
序号 | 职权名称 | 职权类别 | 行使依据 | 承办机构
1 | 取水许可 | 行政许可 | 《中华人民共和国水法》第四十八条 | 水政股
2 | 河道采砂许可 | 行政许可 | 《中华人民共和国河道管理条例》第二十五条 | 河道股
"""
)


def test_hidden_values_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    title = Text("云溪县水利局行政职权目录", "title")
    draw(path, (Sheet((title, GRID), hidden_rows=(4,), hidden_columns=(5,)),))
    first, second = read_file(SubmittedFile(path, path.name), load_vocabulary()).records
    marked = {(record.text("sequence"), f.name) for record in (first, second) for f in record.fields if hidden(f)}
    assert marked == {("1", "department")} | {("2", f.name) for f in second.fields}


def hidden(field: object) -> bool:
    return Reading.HIDDEN in field.reading  # type: ignore[attr-defined]
