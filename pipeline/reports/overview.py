"""The overview of all units for the head of the office: who has how many open problems, and of which kind.

In: rows of the views 报送情况 and 进度, counts of open findings by unit and rule (CONTRACT, section 3). Out: an .xlsx
with sheets for the units, the rules, both against each other, charts, and the progress by day; the worst comes first.
The same rows, in any order, give the same bytes. Refuses nothing that the views can hold; findings of no unit stand in
a line of their own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.finding import Severity
from pipeline.reports import page_style
from pipeline.reports.guide_sheet import long_date
from pipeline.reports.overview_charts import Bars, add_charts
from pipeline.reports.overview_progress import write_progress
from pipeline.reports.spreadsheet import save, write_cell
from pipeline.vocabulary import Vocabulary, load_vocabulary

_FIRST = 3  # row of the first unit or rule: below the title and the header
_UNIT_WIDTH, _RULE_WIDTH = 26.0, 9.0
_PRINTED = 190  # characters across a page that can still be read
_UNIT_COLUMNS = (
    ("unit", _UNIT_WIDTH),
    ("status", 10.0),
    ("version", 7.0),
    ("files", 8.0),
    ("quarantined", 9.0),
    ("powers", 9.0),
    ("risks", 9.0),
    ("errors", 9.0),
    ("warnings", 9.0),
    ("infos", 9.0),
    ("open", 11.0),
    ("deadline", 14.0),
    ("overdue", 9.0),
    ("outstanding", 26.0),
)
_COUNTED = ("files", "quarantined", "powers", "risks", "errors", "warnings", "infos", "open")
_GRAVITIES = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "infos"}


@dataclass(frozen=True, slots=True)
class _Overview:
    """units: facts of each unit by the keys of our labels, the worst first. rules: their codes, the worst first.

    counts: open findings of a unit under a rule. severity: of each rule, as printed; the gravest where it has several.
    """

    units: Sequence[Mapping[str, object]]
    rules: Sequence[str]
    counts: Mapping[tuple[str, str], int]
    severity: Mapping[str, str]

    def of_rule(self, code: str) -> int:
        return sum(count for (_, rule), count in self.counts.items() if rule == code)

    def units_of(self, code: str) -> int:
        return len({unit for (unit, rule), count in self.counts.items() if rule == code and count})


def write_overview(
    path: Path,
    submissions: Sequence[Mapping[str, object]],
    counts: Sequence[Mapping[str, object]],
    progress: Sequence[Mapping[str, object]] = (),
    *,
    vocabulary: Vocabulary | None = None,
) -> None:
    """Write the overview, in one step.

    submissions: rows of 报送情况. counts: rows of 单位, 规则, 严重程度 and 命中数 (open findings). progress:
    rows of 进度, by day. Raises OSError.
    """
    words = vocabulary or load_vocabulary()
    overview = _overview(submissions, counts, words)
    days = {value for row in submissions if isinstance(value := row.get(_view("as_of", words)), dt.date)}
    book = Workbook()
    page_style.add_styles(book, words)
    sheets = [book.worksheets[0], *(book.create_sheet() for _ in range(3))]
    for sheet, key in zip(sheets, ("units", "charts", "rules", "matrix"), strict=True):
        sheet.title = words.label(f"report.overview.sheet.{key}")
    units, charts, rules, matrix = sheets
    _write_units(units, overview, sorted(days), words)
    _write_rules(rules, overview, words)
    _write_matrix(matrix, overview, words)
    _draw(charts, units, rules, overview, words)
    if progress:
        sheet = book.create_sheet(words.label("report.overview.sheet.progress"))
        write_progress(sheet, progress, words)
    save(book, path, max(days, default=None))


def _view(key: str, words: Vocabulary) -> str:
    return words.label(f"report.view.{key}")


def _overview(
    submissions: Iterable[Mapping[str, object]], counts: Iterable[Mapping[str, object]], words: Vocabulary
) -> _Overview:
    nobody = words.label("cli.no_unit")
    found: Counter[tuple[str, str]] = Counter()
    by_gravity: Counter[tuple[str, str]] = Counter()
    severities: dict[str, set[str]] = {}
    for row in counts:
        unit, code = str(row[_view("unit", words)] or nobody), str(row[_view("rule", words)])
        severity, hits = str(row[_view("severity", words)]), row[_view("hits", words)]
        hits = hits if isinstance(hits, int) else 0
        found[unit, code] += hits
        by_gravity[unit, severity] += hits
        severities.setdefault(code, set()).add(severity)
    gravity = [words.label(f"severity.{severity}") for severity in Severity]
    severity_of = {code: next((name for name in gravity if name in known), "") for code, known in severities.items()}
    submitted = {str(row[_view("unit", words)] or nobody): row for row in submissions}
    units = [_unit(unit, submitted.get(unit, {}), by_gravity, words) for unit in {*submitted, *(u for u, _ in found)}]
    totals: Counter[str] = Counter()
    for (_, code), hits in found.items():
        totals[code] += hits
    return _Overview(
        sorted(units, key=_worst_first),
        sorted(totals, key=lambda code: (_rank(severity_of[code], gravity), -totals[code], code)),
        found,
        severity_of,
    )


def _unit(
    unit: str, row: Mapping[str, object], counts: Mapping[tuple[str, str], int], words: Vocabulary
) -> dict[str, object]:
    facts = {key: row.get(_view(key, words)) for key, _ in _UNIT_COLUMNS if key != "open"}
    open_counts = {key: counts.get((unit, words.label(f"severity.{each}")), 0) for each, key in _GRAVITIES.items()}
    return {**facts, **open_counts, "unit": unit, "open": sum(open_counts.values())}


def _worst_first(unit: Mapping[str, object]) -> tuple[list[int], str]:
    return [-_number(unit[key]) for key in _GRAVITIES.values()], str(unit["unit"])


def _rank(severity: str, gravity: Sequence[str]) -> int:
    return gravity.index(severity) if severity in gravity else len(gravity)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _begin(page: Worksheet, header: Sequence[tuple[str, float]], words: Vocabulary, note: str = "") -> None:
    """Title, header and print set-up of a sheet; the first column and the header stay in sight."""
    title = words.label("report.overview.title")
    write_cell(page, 1, 1, f"{title}　{note}" if note else title, page_style.HEADING)
    page.row_dimensions[1].height = 30
    page["A1"].alignment = Alignment(vertical="center")  # it runs on over the cells beside it
    for number, (text, width) in enumerate(header, 1):
        page.column_dimensions[get_column_letter(number)].width = width
        write_cell(page, 2, number, text, page_style.HEADER)
    page.row_dimensions[2].height = max(32.0, page_style.row_height(header))
    page.freeze_panes = f"B{_FIRST}"
    page_style.set_up_page(page, "", words, repeat_rows="1:2")
    page.print_title_cols = "A:A"
    page.page_setup.fitToWidth = math.ceil(sum(width for _, width in header) / _PRINTED)


def _write_units(page: Worksheet, overview: _Overview, days: Sequence[dt.date], words: Vocabulary) -> None:
    names = [(_unit_heading(key, words), width) for key, width in _UNIT_COLUMNS]
    listed = words.label("list.and").join(long_date(day, words) for day in days)
    _begin(page, names, words, words.label("report.overview.as_of").format(days=listed) if days else "")
    for row, unit in enumerate(overview.units, _FIRST):
        for column, (key, _) in enumerate(_UNIT_COLUMNS, 1):
            _write_fact(page, row, column, key, unit[key], words)
        page.row_dimensions[row].height = page_style.row_height([(str(unit["unit"]), _UNIT_WIDTH)])
    total = _FIRST + len(overview.units)
    for column, (key, _) in enumerate(_UNIT_COLUMNS, 1):
        value: object = sum(_number(unit[key]) for unit in overview.units) if key in _COUNTED else None
        write_cell(
            page, total, column, words.label("report.overview.total") if column == 1 else value, page_style.HEADER
        )
    page.auto_filter.ref = f"A2:{get_column_letter(len(_UNIT_COLUMNS))}{max(2, total - 1)}"


def _unit_heading(key: str, words: Vocabulary) -> str:
    return words.label("report.overview.open") if key == "open" else _view(key, words)


def _write_fact(page: Worksheet, row: int, column: int, key: str, value: object, words: Vocabulary) -> None:
    if isinstance(value, dt.date):
        value = long_date(value, words)
    gravity = next((severity.name for severity, name in _GRAVITIES.items() if name == key), page_style.CENTRED)
    style = page_style.TEXT if key == "unit" else gravity if value else page_style.CENTRED
    write_cell(page, row, column, value, style)


def _write_rules(page: Worksheet, overview: _Overview, words: Vocabulary) -> None:
    keys = ("rule", "code", "severity", "count")
    header = [(words.label(f"report.guide.{key}"), width) for key, width in zip(keys, (46, 12, 12, 12), strict=True)]
    _begin(page, [*header, (words.label("report.overview.units_hit"), 14)], words)
    for row, code in enumerate(overview.rules, _FIRST):
        facts = (_title(code, words), code, overview.severity[code], overview.of_rule(code), overview.units_of(code))
        for column, value in enumerate(facts, 1):
            style = page_style.TEXT if column == 1 else page_style.CENTRED
            write_cell(page, row, column, value, _shade(code, overview, words) if column == 3 else style)
    if overview.rules:
        page.auto_filter.ref = f"A2:E{_FIRST + len(overview.rules) - 1}"
    else:
        write_cell(page, _FIRST, 1, words.label("report.overview.none"), page_style.TEXT)


def _title(code: str, words: Vocabulary) -> str:
    rule = words.rules.get(code)
    return rule.title if rule else code


def _shade(code: str, overview: _Overview, words: Vocabulary) -> str:
    names = {words.label(f"severity.{severity}"): severity.name for severity in Severity}
    return names.get(overview.severity[code], page_style.CENTRED)


def _write_matrix(page: Worksheet, overview: _Overview, words: Vocabulary) -> None:
    """Units down, rules across; a blank where a unit has nothing open under a rule."""
    named = (
        words.label("report.overview.rule").format(code=code, title=_title(code, words)) for code in overview.rules
    )
    first = (_view("unit", words), _UNIT_WIDTH)
    header = [first, (words.label("report.overview.open"), _RULE_WIDTH), *((name, _RULE_WIDTH) for name in named)]
    _begin(page, header, words)
    for row, unit in enumerate(overview.units, _FIRST):
        name = str(unit["unit"])
        write_cell(page, row, 1, name, page_style.TEXT)
        write_cell(page, row, 2, unit["open"], page_style.CENTRED)
        for column, code in enumerate(overview.rules, 3):
            hits = overview.counts.get((name, code))
            write_cell(page, row, column, hits, _shade(code, overview, words) if hits else page_style.CENTRED)
        page.row_dimensions[row].height = page_style.row_height([(name, _UNIT_WIDTH)])
    total = _FIRST + len(overview.units)
    write_cell(page, total, 1, words.label("report.overview.total"), page_style.HEADER)
    totals = [overview.of_rule(code) for code in overview.rules]
    for column, value in enumerate((sum(totals), *totals), 2):
        write_cell(page, total, column, value, page_style.HEADER)


def _draw(page: Worksheet, units: Worksheet, rules: Worksheet, overview: _Overview, words: Vocabulary) -> None:
    """The charts; they show the numbers of the other sheets and so follow when someone mends one."""
    columns = {key: number for number, (key, _) in enumerate(_UNIT_COLUMNS, 1)}
    series = tuple((columns[key], page_style.SHADES[severity]) for severity, key in _GRAVITIES.items())
    by_name = {words.label(f"severity.{severity}"): shade for severity, shade in page_style.SHADES.items()}
    shades = [by_name.get(overview.severity[code], page_style.SHADES[Severity.INFO]) for code in overview.rules]
    troubled = sum(1 for unit in overview.units if unit["open"])
    add_charts(
        page,
        (
            Bars("units", units, troubled, series, name_column=1),
            Bars("rules", rules, len(overview.rules), ((4, page_style.SHADES[Severity.INFO]),), 1, shades),
        ),
        header_row=_FIRST - 1,
        words=words,
    )
