"""The document that the benchmarks read: a made-up catalogue of 2,000 powers in ten columns, in several formats.

In: a folder. Out: a path for each format; the .pdf is ruled and runs to about a hundred pages.
"""

from __future__ import annotations

from pathlib import Path

from tests.builders import Grid, PdfOptions, Sheet, Text, draw, grid

ROWS = 2000
FORMATS = (".xlsx", ".docx", ".pdf")
_HEADINGS = (
    "序号", "权力编码", "职权名称", "职权类别", "行使依据", "承办机构", "责任岗位", "法定时限", "承诺时限", "监督电话",
)  # fmt: skip
_KINDS = (
    ("许可", "行政许可", "XK"),
    ("处罚", "行政处罚", "CF"),
    ("检查", "行政检查", "JC"),
    ("确认", "行政确认", "QR"),
)
_MATTERS = (
    "取水",
    "河道采砂",
    "水土保持",
    "农药经营",
    "动物防疫",
    "种子生产",
    "渔业捕捞",
    "道路运输",
    "招标投标",
    "文物保护",
)
_LAWS = ("中华人民共和国水法", "农药管理条例", "中华人民共和国动物防疫法", "某省道路运输条例", "中华人民共和国种子法")
_OFFICES = ("水政水资源股", "农业综合执法大队", "行政审批股", "法规股")


def draw_catalogues(folder: Path, formats: tuple[str, ...] = FORMATS) -> dict[str, Path]:
    """The same catalogue in each of the formats."""
    sheet = (Sheet((Text("云溪县行政职权目录", "title"), _catalogue()), title="目录"),)
    paths = {suffix: folder / f"行政职权目录{suffix}" for suffix in formats}
    for path in paths.values():
        draw(path, sheet, PdfOptions(size=8))
    return paths


def draw_workbook(path: Path, rows: int) -> None:
    """The first rows of the catalogue as .xlsx."""
    draw(path, (Sheet((Text("云溪县行政职权目录", "title"), _catalogue(rows)), title="目录"),))


def catalogue_rows(count: int) -> list[tuple[str, ...]]:
    """The headings and so many powers."""
    return [_HEADINGS, *(_row(number) for number in range(1, count + 1))]


def _catalogue(rows: int = ROWS) -> Grid:
    return grid(catalogue_rows(rows), widths=(3, 6, 11, 5, 18, 7, 6, 5, 5, 6))


def _row(number: int) -> tuple[str, ...]:
    suffix, kind, letters = _KINDS[number % 4]
    law, article = _LAWS[number % 5], number % 60 + 1
    return (
        str(number),
        f"YX-{letters}-{number:04d}",
        f"{_MATTERS[number % 10]}{number}号事项{suffix}",
        kind,
        f"《{law}》第{article}条第{number % 3 + 1}款；《{_LAWS[(number + 2) % 5]}》第{article + 1}条",
        _OFFICES[number % 4],
        f"股长、经办人{number % 7 + 1}",
        f"{number % 3 * 5 + 15}个工作日",
        f"{number % 3 * 3 + 9}个工作日",
        f"0796-{6300000 + number % 9}",
    )
