"""Registers as units lay them out: rows of texts → sheets to draw, and where each text then stands.

In: rows (view column → text) and :class:`Layout`. Out: :class:`Laid`, whose :meth:`Laid.place` tells the 来源位置 that
the product must name for a text, worked out from the drawing alone. Refuses an unknown kind of layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from openpyxl.utils import get_column_letter

from tests.drawing.spec import ABOVE, LEFT, Block, Grid, PageBreak, Sheet, Text, grid

Row = Mapping[str, str]
NUMBER = "序号"
_DITTO = ("同上", "〃")
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one register is laid out.

    kind: "table", "forms" (a table an item), "list" (a paragraph a value) or "sheets" (a sheet for each value of
    ``section``). columns: view columns in order. headings: what is printed for them instead. merge: columns whose equal
    neighbours are one merged cell. ditto: columns whose repetitions are printed 同上 or 〃. groups: super-heading → its
    columns. section: the column that makes section rows; counts, restart: they print how many rows follow, and the
    numbers begin anew there. page_each: each form on a page of its own. before, after: lines around the table.
    """

    title: str
    columns: tuple[str, ...]
    kind: str = "table"
    headings: Mapping[str, str] = field(default_factory=dict)
    merge: tuple[str, ...] = ()
    ditto: tuple[str, ...] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    section: str = ""
    counts: bool = False
    restart: bool = False
    page_each: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """Sheets to draw. at: (row, column) of the data → number of its grid, row and column there; a paragraph's number,
    0, 0 in a list. All numbers count from 1, grids over all sheets.
    """

    sheets: tuple[Sheet, ...]
    at: Mapping[tuple[int, str], tuple[int, int, int]]

    def place(self, row: int, column: str, suffix: str) -> str:
        """The 来源位置 of a text in a file of that suffix; of a .pdf without page and rectangle."""
        number, r, c = self.at[row, column]
        if not r:
            return f"第{number}段"
        if suffix not in ("xlsx", "xls", "csv"):
            return f"表{number} 第{r}行第{c}列"
        seen = 0
        for sheet in self.sheets:
            top = 0
            for block in sheet.blocks:
                if isinstance(block, Grid):
                    seen += 1
                    if seen == number:
                        row = top + r
                        return (
                            f"表1 第{row}行第{c}列" if suffix == "csv" else f"{sheet.title}!{get_column_letter(c)}{row}"
                        )
                    top += block.row_count
                elif isinstance(block, Text):
                    top += 1
        raise AssertionError(f"no grid {number}")


def lay(registers: Sequence[tuple[Layout, Sequence[Row]]]) -> tuple[Laid, ...]:
    """The file that holds the registers under each other; one :class:`Laid` a register, all with the same sheets."""
    parts = [_PARTS[layout.kind](layout, rows) for layout, rows in registers]
    sheets: list[Sheet] = []
    for layout, (made, _) in zip((layout for layout, _ in registers), parts, strict=True):
        if layout.kind == "sheets" or not sheets:
            sheets.extend(made)
        else:
            sheets[-1] = Sheet((*sheets[-1].blocks, *made[0].blocks), sheets[-1].title)
    found, grids = [], 0
    for made, at in parts:
        found.append(Laid(tuple(sheets), {key: (n + grids if r else n, r, c) for key, (n, r, c) in at.items()}))
        grids += sum(isinstance(block, Grid) for sheet in made for block in sheet.blocks)
    return tuple(found)


_At = dict[tuple[int, str], tuple[int, int, int]]


def _framed(layout: Layout, blocks: Sequence[Block], title: str = "目录") -> Sheet:
    before = [Text(layout.title, "title"), *(Text(each) for each in layout.before)]
    return Sheet((*before, *blocks, *(Text(each) for each in layout.after)), title)


def _table(layout: Layout, rows: Sequence[Row]) -> tuple[list[Sheet], _At]:
    at: _At = {}
    return [_framed(layout, [_grid(layout, list(enumerate(rows)), at, 1)])], at


def _sheets(layout: Layout, rows: Sequence[Row]) -> tuple[list[Sheet], _At]:
    at: _At = {}
    sheets = []
    runs = groupby(enumerate(rows), key=lambda each: each[1][layout.section])
    for number, (name, run) in enumerate(runs, 1):
        sheets.append(_framed(layout, [_grid(layout, list(run), at, number)], name))
    return sheets, at


def _grid(layout: Layout, rows: Sequence[tuple[int, Row]], at: _At, number: int) -> Grid:
    head = _head(layout)
    lines, above, count, sections = [list(line) for line in head], None, 0, 0
    for index, row in rows:
        if (
            layout.section
            and layout.kind == "table"
            and (above is None or row[layout.section] != above[layout.section])
        ):
            same = sum(each[layout.section] == row[layout.section] for _, each in rows)
            told = f"（{same}项）" if layout.counts else ""
            mark = f"{_ORDINALS[sections]}、" if sections < len(_ORDINALS) else ""
            lines.append([f"{mark}{row[layout.section]}{told}", *[LEFT] * (len(layout.columns) - 1)])
            sections, above = sections + 1, None
            count = 0 if layout.restart else count
        count += 1
        line = []
        for c, column in enumerate(layout.columns, 1):
            text = row.get(column, str(count) if column == NUMBER else "")
            at[index, column] = (number, len(lines) + 1, c)
            if above is not None and column != NUMBER and text and text == above.get(column):
                if column in layout.merge:
                    text = ABOVE
                elif column in layout.ditto:
                    text = _DITTO[c % 2]
            line.append(text)
        lines.append(line)
        above = row
    return grid(lines, header_rows=len(head))


def _head(layout: Layout) -> list[list[str]]:
    names = [layout.headings.get(column, column) for column in layout.columns]
    if not layout.groups:
        return [names]
    group_of = {column: group for group, columns in layout.groups.items() for column in columns}
    tops = [group_of.get(column, name) for column, name in zip(layout.columns, names, strict=True)]
    first = [tops[0], *(LEFT if one == two and one in layout.groups else two for one, two in pairwise(tops))]
    second = [name if column in group_of else ABOVE for column, name in zip(layout.columns, names, strict=True)]
    return [first, second]


def _forms(layout: Layout, rows: Sequence[Row]) -> tuple[list[Sheet], _At]:
    """One table an item, two pairs of label and value a row; a long value has a row for itself."""
    at: _At = {}
    blocks: list[Block] = []
    for index, row in enumerate(rows):
        if index and layout.page_each:
            blocks.append(PageBreak())
        lines: list[list[str]] = []
        for pair in _pairs(layout.columns):
            line = []
            for column in pair:
                at[index, column] = (index + 1, len(lines) + 1, len(line) + 2)
                line += [layout.headings.get(column, column), row.get(column, "")]
            lines.append(line if len(pair) == 2 else [*line, LEFT, LEFT])
        blocks.append(grid(lines, header_rows=0))
    return [_framed(layout, blocks)], at


_WIDE = ("职权名称", "行使依据", "风险点", "表现形式", "防控措施", "备注")


def _pairs(columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    waiting: list[str] = []
    for column in columns:
        if column in _WIDE:
            if waiting:
                yield (waiting.pop(),)
            yield (column,)
        else:
            waiting.append(column)
            if len(waiting) == 2:
                yield tuple(waiting)
                waiting = []
    if waiting:
        yield (waiting.pop(),)


def _list(layout: Layout, rows: Sequence[Row]) -> tuple[list[Sheet], _At]:
    at: _At = {}
    blocks: list[Block] = []
    paragraph = 1 + len(layout.before)
    for index, row in enumerate(rows):
        blocks.append(Text(f"（{index + 1}）{row[layout.columns[0]]}", "heading"))
        paragraph += 1
        for number, column in enumerate(layout.columns, 1):
            paragraph += 1
            at[index, column] = (paragraph, 0, 0)
            blocks.append(Text(f"{number}.{layout.headings.get(column, column)}：{row.get(column, '')}"))
    return [_framed(layout, blocks)], at


_PARTS = {"table": _table, "forms": _forms, "list": _list, "sheets": _sheets}
