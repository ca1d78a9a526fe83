"""The sheet 说明 of the workbook of findings: of whom and when, how many of what, how to fill in the list.

In: a :class:`Summary`. Out: the sheet, filled. Refuses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from pipeline.finding import Severity
from pipeline.reports import page_style
from pipeline.reports.spreadsheet import write_cell
from pipeline.vocabulary import Vocabulary

_WIDTHS = (16.0, 46.0, 12.0, 12.0, 66.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the sheet tells. submission: a row of 报送情况. findings: severity (as printed) and rule code of each open
    one, in the order of the list. closed: how many others the unit once had.
    """

    title: str
    unit: str
    submission: Mapping[str, object]
    findings: Sequence[tuple[str, str]]
    closed: int = 0


def write_guide(page: Worksheet, summary: Summary, words: Vocabulary) -> None:
    """Fill the sheet and set it up for printing."""
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    lines = _Lines(page)
    lines.across(summary.title, page_style.TITLE, 34)
    for name, value in _facts(summary, words):
        lines.cells((name, page_style.CENTRED), (value, page_style.TEXT))
    _write_counts(lines, summary, words)
    if summary.findings:
        _write_rules(lines, summary, words)
        _write_steps(lines, summary, words)
    page_style.set_up_page(page, "", words)


class _Lines:
    """Writes a sheet from the top down."""

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._row = 0

    def cells(self, *cells: tuple[object, str]) -> None:
        """A row of values, each with its style."""
        self._row += 1
        for column, (value, style) in enumerate(cells, 1):
            write_cell(self._page, self._row, column, value, style)
        texts = ((str(value), width) for (value, _), width in zip(cells, _WIDTHS, strict=False))
        self._page.row_dimensions[self._row].height = page_style.row_height(texts)

    def across(self, text: str, style: str, height: float | None = None) -> None:
        """A text over the width of the sheet."""
        self._row += 1
        write_cell(self._page, self._row, 1, text, style)
        self._page.merge_cells(start_row=self._row, start_column=1, end_row=self._row, end_column=len(_WIDTHS))
        self._page.row_dimensions[self._row].height = height or page_style.row_height([(text, sum(_WIDTHS))])

    def heading(self, text: str) -> None:
        """A heading with some air above."""
        self.across(text, page_style.HEADING, 30)


def _facts(summary: Summary, words: Vocabulary) -> Iterator[tuple[str, str]]:
    if summary.unit:
        yield words.label("report.guide.unit"), summary.unit
    for key in ("batch", "version", "received", "as_of", "deadline"):
        name = words.label(f"report.view.{key}")
        value = summary.submission.get(name)
        if isinstance(value, dt.date):
            value = long_date(value, words)
        elif key == "version" and value is not None:
            value = words.label("report.guide.version").format(version=value)
        if value is not None:
            yield name, str(value)


def long_date(value: dt.date, words: Vocabulary) -> str:
    """A day (of a point in time, its day) as a letter prints it."""
    return words.label("report.date").format(year=value.year, month=value.month, day=value.day)


def _write_counts(lines: _Lines, summary: Summary, words: Vocabulary) -> None:
    lines.heading(words.label("report.guide.counts"))
    if not summary.findings:
        lines.across(words.label("report.none"), page_style.PLAIN)
    else:
        header = page_style.HEADER
        lines.cells(*((words.label(f"report.guide.{key}"), header) for key in ("severity", "requirement", "count")))
        counts = Counter(severity for severity, _ in summary.findings)
        for severity in Severity:
            name = words.label(f"severity.{severity}")
            requirement = words.label(f"report.guide.require.{severity}")
            lines.cells((name, severity.name), (requirement, page_style.TEXT), (counts[name], page_style.CENTRED))
        total = words.label("report.guide.total")
        lines.cells((total, page_style.CENTRED), ("", page_style.TEXT), (len(summary.findings), page_style.CENTRED))
    if summary.closed:
        lines.across(words.label("report.guide.closed").format(count=summary.closed), page_style.PLAIN)


def _write_rules(lines: _Lines, summary: Summary, words: Vocabulary) -> None:
    lines.heading(words.label("report.guide.rules"))
    keys = ("code", "rule", "severity", "count")
    lines.cells(*((words.label(f"report.guide.{key}"), page_style.HEADER) for key in keys))
    shades = {words.label(f"severity.{severity}"): severity.name for severity in Severity}
    for (severity, code), count in Counter(summary.findings).items():
        rule = words.rules.get(code)
        lines.cells(
            (code, page_style.CENTRED),
            (rule.title if rule else code, page_style.TEXT),
            (severity, shades.get(severity, page_style.CENTRED)),
            (count, page_style.CENTRED),
        )


def _write_steps(lines: _Lines, summary: Summary, words: Vocabulary) -> None:
    lines.heading(words.label("report.guide.filling"))
    steps = [words.label(f"report.guide.step.{number}") for number in range(1, 7)]
    deadline = summary.submission.get(words.label("report.view.deadline"))
    if isinstance(deadline, dt.date):
        steps[-1] = words.label("report.guide.step.6.deadline").format(deadline=long_date(deadline, words))
    for number, step in enumerate(steps, 1):
        lines.across(f"{number}. {step}", page_style.PLAIN)
