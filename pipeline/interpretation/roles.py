"""What each row of a table is for: title, fill-in line, header, section, label/value pairs, data, total or note.

In: a Table and a HeadingMatcher. Out: one :class:`RowRole` a grid row. Only positions, spans and the form of the texts
decide here; which register the table is and what a section means is decided elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise

from extractors.document import Cell, Table
from pipeline.interpretation.headings import LONGEST_HEADING, HeadingMatcher
from pipeline.interpretation.lines import Line
from pipeline.interpretation.sections import NO_DEPTH, SectionReader, numbering
from pipeline.interpretation.stacked import stacked_rows
from pipeline.text.normalization import fold
from pipeline.text.numerals import number

# A column that holds labels of this many different texts is a column of labels: the table is a form.
FORM_LABELS = 3
# A full-width text up to this length can be a section row; a longer one is a note.
LONGEST_SECTION = 40
# So many headings that are power types make a table a tally by type.
TYPE_COLUMNS = 3
# Super-headers are short; a spanning cell with more text is data.
LONGEST_SUPER_HEADER = 20


class RowRole(Enum):
    """The use of one grid row."""

    BLANK = auto()
    PREAMBLE = auto()  # titles, fill-in lines and notes above the register
    HEADER = auto()
    COLUMN_NUMBERS = auto()  # 1 2 3 4 … under a header
    SECTION = auto()
    PAIRS = auto()
    DATA = auto()
    TOTAL = auto()
    NOTE = auto()


def label_columns(lines: Sequence[Line], matcher: HeadingMatcher, sections: SectionReader) -> frozenset[int]:
    """Columns that hold known labels of several different texts: the label columns of a form.

    Header rows do not count, for several of them may stand in one sheet; nor do 小计 and 合计, nor a word beside a
    label, which is its value (风险类别 | 业务流程).
    """
    found: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        known = [cell for cell in line.printed if matcher.families_of(cell.text)]
        labels = [cell for cell in known if not matcher.implies_value(cell.text)]
        if len(labels) >= FORM_LABELS and len(labels) >= 0.75 * len(line.printed):
            continue
        values = _beside_labels(line, labels)
        for cell in labels:
            if not sections.is_total(cell.text) and id(cell) not in values:
                found[cell.column].add(fold(cell.text))
    return frozenset(column for column, texts in found.items() if len(texts) >= FORM_LABELS)


def _beside_labels(line: Line, labels: Sequence[Cell]) -> set[int]:
    """The labels, by identity, that stand directly right of a label of their own height: its values."""
    known = {id(cell) for cell in labels}
    values: set[int] = set()
    for left, right in pairwise(line.cells):
        if id(left) in known - values and id(right) in known and left.row_span == right.row_span:
            values.add(id(right))
    return values


class RoleReader:
    """Gives each row of a table its role."""

    def __init__(self, matcher: HeadingMatcher, sections: SectionReader) -> None:
        self._matcher = matcher
        self._sections = sections

    def roles(self, table: Table, lines: list[Line], *, inherited: bool = False) -> list[RowRole]:
        """One role a grid row, in order. inherited: the header of the table before is in force from the start."""
        walk = _RoleWalk(self._matcher, self._sections, table, lines)
        if inherited:
            walk.header = ["…"] * table.column_count
        return walk.roles()


class _RoleWalk:
    """The walk over the rows of one table: which header or form is in force, and the roles so far."""

    def __init__(self, matcher: HeadingMatcher, sections: SectionReader, table: Table, lines: list[Line]) -> None:
        self._matcher = matcher
        self._sections = sections
        self._table = table
        self._lines = lines
        self._columns = label_columns(lines, matcher, sections)
        self._stacked = stacked_rows(lines, matcher)
        self._roles: list[RowRole] = []
        self._first_label = ""  # of the form that is being read
        self.header: list[str] = []  # folded texts of the header in force

    def roles(self) -> list[RowRole]:
        """One role a grid row."""
        header_end = 0
        for line in self._lines:
            if line.row <= header_end:
                self._roles.append(RowRole.HEADER)
                continue
            if line.row in self._stacked:
                self._first_label = self._first_label or fold(line.printed[0].text)
                self.header = []
                self._roles.append(RowRole.PAIRS)
                continue
            if (self.header or self._first_label) and self._begins_segment(line):
                self.header, self._first_label = [], ""
            role = self._role(line)
            if role is RowRole.PAIRS and not self.header and not self._first_label:
                self._first_label = next((fold(cell.text) for cell in line.printed if self._is_label(cell)), "")
            if role is RowRole.HEADER:
                self.header = [fold(cell.text) for cell in line.printed]
                header_end = self._header_end(line)
                self._reach_up(line)
            self._roles.append(role)
        return self._roles

    def _begins_segment(self, line: Line) -> bool:
        """A title row with another register's header below it, or with the same form beginning again."""
        for ahead in self._lines[line.row - 1 :]:
            if self._may_title(ahead):
                continue
            if ahead.row == line.row:
                return False
            if not ahead.printed or self._sections.is_fill_in([cell.text for cell in ahead.printed]):
                continue
            if self.header:
                texts = [fold(cell.text) for cell in ahead.printed]
                return texts != self.header and self._is_header(ahead, [])
            return fold(ahead.printed[0].text) == self._first_label or self._is_header(ahead, [])
        return False

    def _may_title(self, line: Line) -> bool:
        """A lone cell over several columns, after a blank row, or in a form one that is no label."""
        solo = line.solo
        if solo is None or self._sections.is_note(solo.text):
            return False
        after_blank = line.row > 1 and not self._lines[line.row - 2].printed
        return solo.column_span > 1 or after_blank or (bool(self._first_label) and not self._is_label(solo))

    def _is_label(self, cell: Cell) -> bool:
        return bool(self._matcher.families_of(cell.text))

    def _role(self, line: Line) -> RowRole:
        if not line.printed:
            covered = any(not cell.empty for cell in line.cells)
            last = self._roles[-1] if self._roles else RowRole.BLANK
            return last if covered and last in (RowRole.DATA, RowRole.PAIRS) else RowRole.BLANK
        if self._is_header(line, self.header):
            return RowRole.HEADER
        if self.header and (role := self._under_header(line)):
            return role
        if self._is_fill_in(line):
            return RowRole.NOTE if self.header or self._first_label else RowRole.PREAMBLE
        if self._heads_boxes(line):
            return RowRole.NOTE
        if self._is_pairs(line):
            return RowRole.PAIRS
        if not self.header and not self._first_label:
            return RowRole.PREAMBLE
        if (solo := line.solo) is not None:
            return self._solo_role(solo)
        return RowRole.DATA

    def _heads_boxes(self, line: Line) -> bool:
        """二、办理信息: a numbered line over all columns of a form, between its pairs, with a label below it."""
        solo = line.solo
        if solo is None or not self._first_label or self.header or solo.column_span < self._table.column_count:
            return False
        above, below = self._lines[line.row - 2], self._lines[line.row : line.row + 1]
        if numbering(solo.text)[0] >= NO_DEPTH - 1 or len(solo.text) > LONGEST_SUPER_HEADER or self._is_label(solo):
            return False
        return len(above.printed) > 1 and any(each.printed and self._is_label(each.printed[0]) for each in below)

    def _under_header(self, line: Line) -> RowRole | None:
        """Rows that only stand under a header: column numbers, totals, sections with a number of their own."""
        if self._roles and self._roles[-1] is RowRole.HEADER and self._counts_columns(line):
            return RowRole.COLUMN_NUMBERS
        if self._is_total(line):
            return RowRole.TOTAL
        return RowRole.SECTION if self._is_split_section(line) else None

    def _is_fill_in(self, line: Line) -> bool:
        """A line of blanks to fill in, in one cell or several: 填报人：| 张三 | 审核人：| 李四 | 2016.5.30.

        Every label in it is one of those; a row of data with a colon in one cell is no such line.
        """
        first = line.printed[0].text
        if not self._sections.is_fill_label(first):
            return False
        if not _FILLED.search(first) and (self._gives_field(first) or self._is_within_data(line)):
            return False
        marked = sum(
            bool(_FILLED.search(cell.text)) and self._sections.is_fill_label(cell.text) for cell in line.printed
        )
        if self.header and marked < 2 and len(line.printed) > max(2, 0.7 * len(self.header)):
            return False
        others = [cell for cell in line.printed[1:] if self._is_label(cell)]
        return all(self._sections.is_fill_label(cell.text) for cell in others)

    def _gives_field(self, text: str) -> bool:
        """The text is the heading of a field in some register."""
        return any(self._matcher.match(text, family).fields for family in self._matcher.families_of(text))

    def _is_within_data(self, line: Line) -> bool:
        """Merged cells of the rows above reach into the row, or it is as full as a row of data."""
        reached = any(not cell.empty and cell.row < line.row for cell in line.cells)
        return bool(self.header) and (reached or len(line.printed) > 0.5 * len(self.header))

    def _is_total(self, line: Line) -> bool:
        """合计 before numbers and counts; before texts it is the beginning of a row of data."""
        first, *rest = line.printed
        if not self._sections.is_total(first.text):
            return False
        texts = [cell.text for cell in rest if number(cell.text) is None and not _COUNTED.search(cell.text)]
        return len(texts) <= 1

    def _counts_columns(self, line: Line) -> bool:
        """The row of column numbers under a header: 1 2 3 4 …, 甲 乙 1 2 …"""
        texts = [fold(cell.text) for cell in line.printed]
        stems = [text for text in texts if text not in _STEMS]
        numbers = [number(text) for text in stems]
        counted = len(numbers) >= 3 and numbers == list(range(1, len(numbers) + 1))
        return counted and len(texts) >= 0.75 * len(self.header)

    def _is_split_section(self, line: Line) -> bool:
        """A section spread over cells: 一 | 行政许可 | （12项） | (nothing more)."""
        if (
            not 1 < len(line.printed) < 4
            or len(self.header) < 4
            or any(not c.empty and c.row < line.row for c in line.cells)
        ):
            return False
        ordinal, title, *rest = line.printed
        counted = all(_COUNTED.search(cell.text) and len(cell.text) < 12 for cell in rest)
        return counted and bool(_ORDINAL.fullmatch(fold(ordinal.text))) and len(title.text) <= LONGEST_SECTION

    def _solo_role(self, cell: Cell) -> RowRole:
        if self._sections.is_note(cell.text) or self._sections.is_fill_in([cell.text]):
            return RowRole.NOTE
        if not self.header:
            return RowRole.DATA  # a text under its label in a form
        columns = self._table.column_count
        wide = cell.column_span >= max(2, columns - 1) or cell.column_span > columns * 0.6
        leading = wide or cell.column <= 2
        if leading and len(cell.text) <= LONGEST_SECTION and self._sections.is_section(cell.text, wide):
            return RowRole.SECTION
        return RowRole.NOTE if wide else RowRole.DATA

    def _is_header(self, line: Line, header: list[str]) -> bool:
        """Labels side by side, most of the row; under a header in force only a reprint or a full row of labels."""
        labels = [cell for cell in line.printed if self._is_label(cell)]
        if not labels:
            return False
        types = [cell for cell in line.printed if self._sections.is_type(cell.text)]
        if len(types) >= TYPE_COLUMNS:  # a tally: one column a power type
            labels += types
        if not header and (self._heads_tally(line) or self._heads_numbers(line, len(labels))):
            return True
        if len(labels) < 2 or len(labels) < 0.5 * len(line.printed):
            return False
        if header:
            again = sum(fold(cell.text) in header for cell in line.printed)
            if again >= max(2, 0.8 * len(line.printed)):
                return True
            if len(labels) < max(3, 0.75 * len(line.printed)):
                return False
        if line.printed[0].column in self._columns and (len(labels) < 3 or len(labels) < 0.75 * len(line.printed)):
            # A form's row: a value that reads like a label (岗位 | 负责人), or a group label before a pair.
            return False
        return self._side_by_side(line, labels) and not self._goes_on_with_form(line)

    def _goes_on_with_form(self, line: Line) -> bool:
        """A form's row with a value that reads like a label (岗位 | 负责人 | 等级 | 高): below it the labels go on."""
        labels = [cell for cell in line.printed if cell.column in self._columns]
        values = [cell for cell in line.anchored if cell.column not in self._columns]
        if not labels or not all(self._is_label(cell) for cell in labels):
            return False
        if all(self._is_label(cell) for cell in values):
            return False
        below = next((each.printed[0] for each in self._lines[line.row :] if each.printed), None)
        if below is None:
            return bool(self._first_label)
        return below.column in self._columns and self._is_label(below)

    def _heads_tally(self, line: Line) -> bool:
        """职权类别 | 办公室 | 法规股 | …: below it, power types with nothing but numbers beside them."""
        if len(line.printed) < TYPE_COLUMNS or not self._is_label(line.printed[0]):
            return False
        below = [each.printed for each in self._lines[line.row : line.row + TYPE_COLUMNS] if each.printed]
        return len(below) > 1 and all(
            self._sections.is_type(first.text) and rest and all(number(cell.text) is not None for cell in rest)
            for first, *rest in below
            if not self._sections.is_total(first.text)
        )

    def _heads_numbers(self, line: Line, labels: int) -> bool:
        """序号 | … over rows that are numbered in its column: a header, even where few of its words are known.

        Not inside a form, where 序号 heads the list in one of its boxes.
        """
        first, *rest = line.printed
        texts = [cell.text for cell in line.printed]
        if self._first_label or labels < 2 or len(rest) < 2 or not self._matcher.is_field(first.text, "sequence"):
            return False
        if len({fold(text) for text in texts}) < len(texts) or any(len(fold(text)) > LONGEST_HEADING for text in texts):
            return False
        bottom = max(cell.row + cell.row_span - 1 for cell in line.printed)
        below = [each for each in self._lines[bottom:] if len(each.printed) > 1]
        numbers = [each.printed[0].column == first.column and number(each.printed[0].text) for each in below[:3]]
        return bool(numbers) and numbers[0] == 1 and all(numbers)

    def _side_by_side(self, line: Line, labels: list[Cell]) -> bool:
        known = {id(cell) for cell in labels}
        return any(id(left) in known and id(right) in known for left, right in pairwise(line.cells))

    def _is_pairs(self, line: Line) -> bool:
        """Label, value, label, value; a group label that spans several rows may stand before them."""
        cells = list(line.cells)
        while cells and (cells[0].row < line.row or (cells[0].row_span > 1 and not self._is_label(cells[0]))):
            cells.pop(0)
        if not cells:
            return False
        if not self._is_label(cells[0]):
            # In a form, an unknown short text in a label column with something beside it is a label too.
            short = 0 < len(fold(cells[0].text)) <= LONGEST_HEADING
            started = len(line.printed) > 1 or bool(self._first_label)
            return cells[0].column in self._columns and short and len(cells) > 1 and started and not self.header
        labels = sum(self._is_label(cell) for cell in cells)
        if self.header:
            # A data row may begin with a word that is also a label; a full one is data.
            sparse = len(line.printed) <= 0.5 * len(self.header)
            return sparse and not self._matcher.implies_value(cells[0].text)
        if len(cells) == 1 and not self._columns:
            return cells[0].column_span >= self._table.column_count  # a label over its text
        return cells[0].column in self._columns or len(line.printed) <= 2 * labels + 1

    def _header_end(self, line: Line) -> int:
        """The last row of the header block that begins here: as deep as its cells and its super-headers reach."""
        columns = self._table.column_count
        depths = [cell.row + cell.row_span - 1 for cell in line.printed if cell.column_span < columns]
        end = max(depths, default=line.row)
        row = line.row
        while row <= end and row < len(self._lines):
            below = self._lines[row]
            if row + 1 > end and not self._continues_header(self._lines[row - 1], below):
                break
            end = max([end, row + 1, *(cell.row + cell.row_span - 1 for cell in below.printed)])
            row += 1
        return min(end, self._table.row_count)

    def _continues_header(self, above: Line, below: Line) -> bool:
        """The row below holds the leaves of super-headers: each printed cell lies under a spanning header cell."""
        supers = [cell for cell in above.printed if cell.column_span > 1]
        if not supers or not below.printed:
            return False
        spans = [range(cell.column, cell.column + cell.column_span) for cell in supers]
        inside = [cell for cell in below.printed if any(cell.column in span for span in spans)]
        if len(inside) != len(below.printed) or any(len(cell.text) > LONGEST_SUPER_HEADER for cell in inside):
            return False
        # Under a header cell that spans columns only because the data are merged alike there are no leaves.
        return len(inside) > len(supers) or any(self._is_label(cell) for cell in inside)

    def _reach_up(self, line: Line) -> None:
        """Rows of super-headers above the first row of labels belong to the header too.

        So does any row from which a merged cell reaches down into the header, whatever its words.
        """
        columns = self._table.column_count
        reaching = [cell.row for cell in line.cells if not cell.empty and cell.column_span < columns]
        for row in range(min(reaching, default=line.row), line.row):
            self._roles[row - 1] = RowRole.HEADER
        for row in range(min(reaching, default=line.row) - 1, 0, -1):
            above = self._lines[row - 1]
            short = all(len(cell.text) <= LONGEST_SUPER_HEADER for cell in above.printed)
            spanning = any(cell.column_span > 1 for cell in above.printed)
            if self._roles[row - 1] is not RowRole.PREAMBLE or len(above.printed) < 2 or not short or not spanning:
                break
            if any(_FILLED.search(cell.text) for cell in above.printed):
                break
            self._roles[row - 1] = RowRole.HEADER


_STEMS = frozenset("甲乙丙丁")
_ORDINAL = re.compile("[一二三四五六七八九十]{1,3}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[ivx]{1,4}")
_COUNTED = re.compile(r"\d\s*(?:项|个|条|件|%|\Z)")
_FILLED = re.compile(r"[：:]")
