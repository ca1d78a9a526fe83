"""The cells, merges and hidden rows of one worksheet → one Table; shared by every reader of spreadsheets.

In: a :class:`Sheet` in sheet coordinates (1-based), in any order, as far as its reader could tell. Out: a
:class:`~extractors.document.Table` whose grid columns are the sheet's columns and whose rows carry the sheet's row
numbers, with observations; or None for a sheet without text. Refuses: more cells or text than an Excel file that people
write can hold (TooLarge, through :class:`Allowance`).

A long run of empty rows in the middle is left out of the grid; ``Row.number`` tells what was skipped. Single cells far
outside (row or column limits) are cut off and reported as TRUNCATED, because a stray mark must not refuse a register.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extractors.document import Cell, FlowChart, Notice, Observation, Paragraph, Place, Row, Table, column_letters
from extractors.errors import TooLarge

MAX_ROWS = 100_000  # grid rows of a sheet
MAX_COLUMNS = 1_000  # grid columns of a sheet
MAX_GAP = 200  # empty rows in a row that the grid still holds
MAX_CELLS = 500_000  # cells with text, of a whole workbook
MAX_TEXT = 20_000_000  # characters in cells, of a whole workbook
MAX_COVERED = 2_000_000  # grid positions under the merges of a sheet


class SheetCell(NamedTuple):
    """What one cell of a sheet shows. A tuple, for there are many."""

    row: int
    column: int
    text: str
    unread: str = ""


class Area(NamedTuple):
    """A rectangle of a sheet, corners included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet as its reader found it.

    number: its place among all sheets of the workbook, from 1. hidden_rows, hidden_columns: first and last of each run.
    """

    title: str
    number: int
    cells: tuple[SheetCell, ...] = ()
    merges: tuple[Area, ...] = ()
    hidden: bool = False
    hidden_rows: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    observations: tuple[Observation, ...] = ()

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """A place in this sheet."""
        return Place(part=self.title, table=str(self.number), row=row, column=column, sheet=True)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook in their order, its margins (notes, text boxes, headers and footers) and its charts."""

    sheets: tuple[Sheet, ...]
    margins: tuple[Paragraph, ...] = ()
    charts: tuple[FlowChart, ...] = ()


class Allowance:
    """Counts cells and characters over a whole workbook and refuses what is beyond the bounds."""

    def __init__(self) -> None:
        self._cells = 0
        self._text = 0

    def take(self, cells: Collection[SheetCell]) -> None:
        """Count some cells. Raises TooLarge."""
        self._cells += len(cells)
        self._text += sum(len(cell.text) for cell in cells)
        if self._cells > MAX_CELLS:
            raise TooLarge("cells", limit=MAX_CELLS)
        if self._text > MAX_TEXT:
            raise TooLarge("characters", limit=MAX_TEXT)


def build_table(sheet: Sheet) -> tuple[Table | None, tuple[Observation, ...]]:
    """The table of a sheet and what is to be observed about it; None and nothing for a sheet without any text.

    Raises TooLarge when merges cover too much.
    """
    filled = sorted(cell for cell in sheet.cells if cell.unread or cell.text.strip())
    if not filled:
        return None, sheet.observations
    kept, beyond = _within_bounds(filled)
    cover = _cover(sheet.merges, bottom=kept[-1].row, right=max(cell.column for cell in kept))
    shown, covered = _shown(kept, cover)
    numbers = _row_numbers({cell.row for cell in kept} | {row for row, _ in cover})
    grid_row = {number: index for index, number in enumerate(numbers, 1)}
    hidden_rows, hidden_columns = _Runs(sheet.hidden_rows), _Runs(sheet.hidden_columns)
    width = max(cell.column for cell in kept)
    table = Table(
        number=str(sheet.number),
        part=sheet.title,
        sheet=True,
        hidden=sheet.hidden,
        cells=tuple(_cells(shown, cover, grid_row)),
        rows=tuple(Row(number, hidden=number in hidden_rows) for number in numbers),
        column_count=width,
        hidden_columns=frozenset(column for column in range(1, width + 1) if column in hidden_columns),
    )
    return table, (
        *([Observation(Notice.HIDDEN_SHEET, sheet.place(), sheet.title)] if sheet.hidden else ()),
        *_hidden_runs(sheet, shown, hidden_rows, hidden_columns),
        *_covered_text(sheet, covered, cover, shown),
        *_unread(sheet, shown),
        *([Observation(Notice.TRUNCATED, sheet.place(*beyond[0][:2]), beyond[0].text)] if beyond else ()),
        *sheet.observations,
    )


def compact_runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


class _Runs:
    """Runs of numbers that can be asked whether they contain one."""

    def __init__(self, runs: Sequence[tuple[int, int]]) -> None:
        self._runs = sorted(runs)
        self._lasts = [last for _, last in self._runs]

    def __contains__(self, number: int) -> bool:
        at = bisect_left(self._lasts, number)
        return at < len(self._runs) and self._runs[at][0] <= number


def _within_bounds(filled: list[SheetCell]) -> tuple[list[SheetCell], list[SheetCell]]:
    rows = sorted({cell.row for cell in filled})
    last = rows[MAX_ROWS - 1] if len(rows) > MAX_ROWS else rows[-1]
    if len(rows) <= MAX_ROWS and max(cell.column for cell in filled) <= MAX_COLUMNS:
        return filled, []
    kept = [cell for cell in filled if cell.row <= last and cell.column <= MAX_COLUMNS]
    if not kept:
        raise TooLarge("columns", limit=MAX_COLUMNS)
    return kept, [cell for cell in filled if cell.row > last or cell.column > MAX_COLUMNS]


def _cover(merges: Sequence[Area], *, bottom: int, right: int) -> dict[tuple[int, int], Area]:
    """Position → the merge that covers it, merges cut to the used range. Of two that overlap the upper one holds."""
    cover: dict[tuple[int, int], Area] = {}
    looked_at = 0
    for top, left, low, far in sorted(merges):
        area = Area(top, left, min(low, bottom), min(far, right))
        height, width = area.bottom - area.top + 1, area.right - area.left + 1
        if height < 1 or width < 1 or height * width < 2:
            continue
        looked_at += height * width
        if looked_at > MAX_COVERED:
            raise TooLarge("merged cells", limit=MAX_COVERED)
        positions = [(row, col) for row in range(top, area.bottom + 1) for col in range(left, area.right + 1)]
        if not any(position in cover for position in positions):
            cover.update(dict.fromkeys(positions, area))
    return cover


def _shown(
    kept: list[SheetCell], cover: dict[tuple[int, int], Area]
) -> tuple[dict[tuple[int, int], SheetCell], list[SheetCell]]:
    """The cells that are seen, by position, and those that a merge hides."""
    shown: dict[tuple[int, int], SheetCell] = {}
    covered = []
    for cell in kept:
        position = cell[:2]
        area = cover.get(position)
        if area is None or area[:2] == position:
            shown[position] = cell
        else:
            covered.append(cell)
    return shown, covered


def _row_numbers(used: set[int]) -> list[int]:
    numbers: list[int] = []
    last = 0
    for row in sorted(used):
        if row - last - 1 <= MAX_GAP:
            numbers.extend(range(last + 1, row))
        numbers.append(row)
        last = row
    return numbers


def _cells(
    shown: dict[tuple[int, int], SheetCell], cover: dict[tuple[int, int], Area], grid_row: dict[int, int]
) -> Iterator[Cell]:
    """Anchors in order; an empty merge is kept, for its shape tells which label its blank belongs to."""
    empty = (SheetCell(*area[:2], "") for area in set(cover.values()) if area[:2] not in shown)
    for row, column, text, unread in sorted((*shown.values(), *empty)):
        area = cover.get((row, column)) if cover else None
        if area is None:
            yield Cell(text, grid_row[row], column, 1, 1, (), unread)
        else:
            height, width = area.bottom - row + 1, area.right - column + 1
            yield Cell(text, grid_row[row], column, height, width, (), unread)


def _hidden_runs(
    sheet: Sheet, shown: dict[tuple[int, int], SheetCell], rows: _Runs, columns: _Runs
) -> Iterator[Observation]:
    """One observation for all hidden rows that hold text, one for all such columns."""
    in_rows = dict(sorted((position for position in shown if position[0] in rows), reverse=True))
    if in_rows:
        numbers = sorted(in_rows)
        text = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in compact_runs(numbers))
        yield Observation(Notice.HIDDEN_ROWS, sheet.place(numbers[0], in_rows[numbers[0]]), text)
    in_columns = dict(sorted((position[::-1] for position in shown if position[1] in columns), reverse=True))
    if in_columns:
        numbers = sorted(in_columns)
        named = ((column_letters(a), column_letters(b)) for a, b in compact_runs(numbers))
        text = ",".join(a if a == b else f"{a}-{b}" for a, b in named)
        yield Observation(Notice.HIDDEN_COLUMNS, sheet.place(in_columns[numbers[0]], numbers[0]), text)


def _covered_text(
    sheet: Sheet,
    covered: list[SheetCell],
    cover: dict[tuple[int, int], Area],
    shown: dict[tuple[int, int], SheetCell],
) -> Iterator[Observation]:
    """Text under a merge that its corner does not show; a copy of the corner's text says nothing new."""
    for cell in covered:
        anchor = shown.get(cover[cell[:2]][:2])
        if anchor is None or anchor.text != cell.text:
            yield Observation(Notice.HIDDEN_TEXT, sheet.place(cell.row, cell.column), cell.text)


def _unread(sheet: Sheet, shown: dict[tuple[int, int], SheetCell]) -> Iterator[Observation]:
    for cell in shown.values():
        if cell.unread:
            yield Observation(Notice.UNREAD_CELL, sheet.place(cell.row, cell.column), cell.text)
