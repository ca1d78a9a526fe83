"""The findings of a unit as a workbook that goes back to it: one row a finding, with room for the answer.

In: a unit's rows of the view 问题清单, its row of 报送情况 (CONTRACT, section 3). Out: an .xlsx with the sheets
整改清单 and 说明, the same bytes for the same rows. Findings that are no longer open are counted, not listed. Refuses
nothing that the views can hold: a value that is missing is a blank cell.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.finding import Severity
from pipeline.reports import page_style
from pipeline.reports.guide_sheet import Summary, write_guide
from pipeline.reports.open_findings import Listed, open_findings, quotation, readable_place, rule_title
from pipeline.reports.spreadsheet import save, write_cell, write_marked
from pipeline.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the list: its key in labels.csv ("report.heading.…"), width in characters, and its style."""

    key: str
    width: float
    style: str = page_style.TEXT


_PICTURE_WIDTH = 40.0
# Of a character of a column and a point of a row, in pixels of 96 to the inch.
_PIXELS_A_CHARACTER, _PIXELS_A_POINT = 7.0, 96 / 72
_HIGHEST_PICTURE = 120.0  # points

_COLUMNS = (
    _Column("number", 5, page_style.CENTRED),
    _Column("severity", 7, page_style.CENTRED),
    _Column("rule", 13),
    _Column("subject", 15),
    _Column("field", 10),
    _Column("file", 14),
    _Column("place", 12),
    _Column("quote", 22),
    _Column("picture", _PICTURE_WIDTH),
    _Column("message", 28),
    _Column("advice", 28),
    _Column("basis", 22),
    _Column("answer", 16),
    _Column("opinion", 11),
    _Column("key", 12),
)


def write_findings_workbook(
    path: Path,
    unit: str,
    findings: Sequence[Mapping[str, object]],
    *,
    submission: Mapping[str, object] | None = None,
    pictures: Mapping[str, bytes] | None = None,
    vocabulary: Vocabulary | None = None,
) -> None:
    """Write the findings of one unit as a workbook, in one step.

    findings: rows of 问题清单 by column name, in any order. submission: the unit's row of 报送情况 (报送批次, 版本,
    报送时间, 核查基准日 and 期限 are shown). pictures: PNG of what a cell of a scan shows, by 问题键; without any
    there is no column for them. Raises OSError.
    """
    words = vocabulary or load_vocabulary()
    listed = open_findings(findings, words)
    title = words.label("report.title").format(unit=unit) if unit else words.label("report.title.no_unit")
    book = Workbook()
    page_style.add_styles(book, words)
    page = book.worksheets[0]
    page.title = words.label("report.sheet.findings")
    _write_list(page, listed, pictures or {}, words)
    page_style.set_up_page(page, title, words, repeat_rows="1:1")
    summary = Summary(
        title,
        unit,
        submission or {},
        tuple((row["severity"], row["rule"]) for row in listed),
        len(findings) - len(listed),
    )
    write_guide(book.create_sheet(words.label("report.sheet.guide")), summary, words)
    save(book, path, _stamp(submission or {}, words))


def _stamp(submission: Mapping[str, object], words: Vocabulary) -> dt.date | None:
    as_of = submission.get(words.label("report.view.as_of"))
    return as_of if isinstance(as_of, dt.date) else None


def _write_list(page: Worksheet, listed: Sequence[Listed], pictures: Mapping[str, bytes], words: Vocabulary) -> None:
    columns = [column for column in _COLUMNS if pictures or column.key != "picture"]
    for number, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
        write_cell(page, 1, number, words.label(f"report.heading.{column.key}"), page_style.HEADER)
    page.row_dimensions[1].height = 32
    last = get_column_letter(len(columns))
    page.column_dimensions[last].hidden = True
    page.freeze_panes = "A2"
    for number, finding in enumerate(listed, 1):
        _write_finding(page, number, finding, columns, words)
        if (picture := pictures.get(finding["key"])) is not None:
            _show(page, number + 1, picture, columns)
    if listed:
        page.auto_filter.ref = f"A1:{last}{len(listed) + 1}"
        _offer_choices(page, len(listed) + 1, columns, words)
    else:
        write_cell(page, 2, 1, words.label("report.none"), page_style.TITLE)
        page.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(columns) - 1)
        page.row_dimensions[2].height = 60


def _write_finding(
    page: Worksheet, number: int, finding: Listed, columns: Sequence[_Column], words: Vocabulary
) -> None:
    row = number + 1
    quoted = quotation(finding, words)
    values = _shown(number, finding, words) | {"quote": quoted.before + quoted.fault + quoted.after}
    shades = {words.label(f"severity.{severity}"): severity.name for severity in Severity}
    for position, column in enumerate(columns, 1):
        style = shades.get(finding["severity"]) if column.key == "severity" else None
        if column.key == "quote":
            write_marked(page, row, position, (quoted.before, quoted.fault, quoted.after), column.style)
        else:
            write_cell(page, row, position, values.get(column.key), style or column.style)
    texts = ((str(values.get(column.key) or ""), column.width) for column in columns[:-1])
    page.row_dimensions[row].height = page_style.row_height(texts)


def _show(page: Worksheet, row: int, picture: bytes, columns: Sequence[_Column]) -> None:
    """Lay a picture into its cell, made smaller where it is larger, and the row high enough for it."""
    image = Image(io.BytesIO(picture))
    room = (_PICTURE_WIDTH * _PIXELS_A_CHARACTER, _HIGHEST_PICTURE * _PIXELS_A_POINT)
    share = min(1.0, room[0] / image.width, room[1] / image.height)
    image.width, image.height = max(1, round(image.width * share)), max(1, round(image.height * share))
    page.add_image(image, f"{get_column_letter(_position(columns, 'picture'))}{row}")
    height = image.height / _PIXELS_A_POINT + 2
    page.row_dimensions[row].height = max(page.row_dimensions[row].height or 0, height)


def _position(columns: Sequence[_Column], key: str) -> int:
    return next(number for number, column in enumerate(columns, 1) if column.key == key)


def _shown(number: int, finding: Listed, words: Vocabulary) -> dict[str, str | int]:
    """What the columns of the list show of one finding."""
    return {
        **finding,
        "number": number,
        "rule": rule_title(finding, words),
        "subject": finding["subject"] or finding["subject_kind"],
        "place": readable_place(finding, words),
        "answer": "",
        "opinion": _opinion(finding),
    }


def _opinion(finding: Listed) -> str:
    """A decision that left the finding open, as it is written into the list: so it can be read in again."""
    judgement, opinion = finding["judgement"], finding["opinion"]
    return f"{judgement}：{opinion}" if judgement and opinion != judgement else opinion


def _offer_choices(page: Worksheet, last_row: int, columns: Sequence[_Column], words: Vocabulary) -> None:
    """Drop-downs for the unit's answer and the reviewer's opinion. They take other texts, too: both need reasons."""
    for key in ("answer", "opinion"):
        options = words.label(f"report.{key}.options").replace("|", ",")
        choice = DataValidation(type="list", formula1=f'"{options}"', allow_blank=True, showErrorMessage=False)
        choice.prompt, choice.showInputMessage = words.label(f"report.{key}.hint"), True
        letter = get_column_letter(_position(columns, key))
        choice.add(f"{letter}2:{letter}{last_row}")
        page.add_data_validation(choice)
