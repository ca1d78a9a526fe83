"""The parts of tables on single pages → whole tables.

In: :class:`PageTable` parts in reading order, from digital pages or from scans. Out: one :class:`Table` for each run
of parts that continue each other; header rows that are printed again go to ``Table.reprints``. Nothing is refused:
parts that do not clearly continue each other stay tables of their own, and rows that are not clearly one row stay
apart, for gluing two true rows loses more than leaving a cut row in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.fuzz import ratio

from extractors.document import Cell, Row, Table
from extractors.geometry.lines import joined_confidences
from extractors.geometry.page_table import BottomText, PageTable

SAME_EDGE = 3.0
"""Column edges of two parts, brought to one width, may differ by so many points."""
SEEN_EDGE = 0.012
"""On pages that were recognized they may differ by this share of the width: photographs are seen at an angle."""
SEEN_COLUMNS = 0.022
"""The same where both parts have as many columns."""
SAME_START = 6.0
"""Columns without rules begin at the same place when their text does, give or take so many points …"""
SAME_STARTS = 0.6
"""… in this share of the columns: the text of a centred column begins now here, now there."""
SAME_WIDTH = 0.04
"""Two parts of one table may differ in width by this share (scans of one document do)."""
SAME_HEADER = 90.0
"""Similarity (0–100) from which a row is taken for the header printed again."""
MISREAD_HEADER = 80.0
"""The same where the row was recognized: of a header of few characters several may be misread."""
MOST_HEADER_ROWS = 6
SENTENCES = 0.9
"""A column where this share of the cells ends like a sentence holds sentences."""
FULL_COLUMNS = 3
"""So many columns whose last lines are all full were cut off together."""
LONG = 8
"""A text of fewer characters that fills its line may be a whole word in a narrow column."""
NO_TEXT = BottomText(full=False, roomy=False)
ENDS_SENTENCE = frozenset("。；;！!？?：:”」』")


def join_tables(parts: Sequence[PageTable]) -> tuple[Table, ...]:
    """The whole tables that the parts make, in the order of their first parts."""
    chains: list[list[PageTable]] = []
    for part in parts:
        chain = next((c for c in reversed(chains) if c[-1].page == part.page - 1), None)
        fitted = _fitted(chain, part) if chain is not None and chain is chains[-1] else None
        if chain is not None and fitted is not None:
            chain.append(fitted)
        elif chain is not None and chain is chains[-1] and (head := _head_of(chain, part)) is not None:
            chain[:] = [head, part]
        else:
            chains.append([part])
    return tuple(_Assembly(chain).table() for chain in chains)


def _fitted(chain: Sequence[PageTable], part: PageTable) -> PageTable | None:
    """The part on the columns of the chain if it continues it, else None."""
    last, first = chain[-1], chain[0]
    if not (last.ends_page and part.starts_page and last.ruled == part.ruled):
        return None
    if not part.ruled:
        if same_columns(last, part):
            return part
        starts = _matching_starts(last, part)
        return None if starts is None else _on_edges(part, last.edges, starts)
    columns = _matching_columns(last, part)
    if columns is None and last.column_count == part.column_count and _same_row(first, 1, part, 1, strict=False):
        columns = list(range(len(last.edges)))  # photographs show each page at an angle of its own
    if columns is None or _starts_anew(first, part):
        return None
    return part if columns == list(range(len(last.edges))) else _on_edges(part, last.edges, columns)


def _head_of(chain: Sequence[PageTable], part: PageTable) -> PageTable | None:
    """The one row at the foot of a page that begins the table of the next, on its columns; None where it is none.

    The first row of a form has often fewer cells than those below: 职权名称 | 取水许可, then two pairs a row.
    """
    first = chain[0]
    if len(chain) > 1 or first.row_count > 1 or not 1 < first.column_count < part.column_count:
        return None
    if not (first.ends_page and part.starts_page and first.ruled and part.ruled):
        return None
    columns = _matching_columns(part, first)
    return None if columns is None else _on_edges(first, part.edges, columns)


def _on_edges(part: PageTable, edges: tuple[float, ...], columns: Sequence[int]) -> PageTable:
    """The part with its cells on other column edges; columns: for each of its own edges the number of the same.

    A cell between rules reaches as far as they do; one told by its text stays in its column beside a blank one.
    """
    cells = []
    for cell in part.cells:
        first, end = cell.column - 1, cell.column - 1 + cell.column_span
        last = columns[end] if part.ruled else columns[end - 1] + 1
        cells.append(replace(cell, column=columns[first] + 1, column_span=last - columns[first]))
    bottom = {columns[column - 1] + 1: text for column, text in part.bottom.items()}
    return replace(part, cells=tuple(cells), edges=edges, bottom=bottom)


def _matching_starts(last: PageTable, part: PageTable) -> list[int] | None:
    """For each edge of a part without rules the number of the same edge of the last part, where columns are blank.

    None unless every column begins where one of the last part does, and only single columns are missing.
    """
    if not last.column_count > part.column_count >= max(3, last.column_count - 1):
        return None
    numbers: list[int] = []
    for start in part.edges[:-1]:
        number = min(range(last.column_count), key=lambda n: abs(last.edges[n] - start))
        if abs(last.edges[number] - start) > SAME_START or (numbers and number <= numbers[-1]):
            return None
        numbers.append(number)
    return [*numbers, last.column_count]


def same_columns(last: PageTable, part: PageTable) -> bool:
    """Whether two parts without rules have the same columns, or the same header over as many columns."""
    if last.column_count != part.column_count:
        return False
    near = sum(abs(a - b) <= SAME_START for a, b in zip(last.edges[:-1], part.edges[:-1], strict=True))
    return near >= SAME_STARTS * part.column_count or _same_row(last, 1, part, 1, strict=False)


def _matching_columns(last: PageTable, part: PageTable) -> list[int] | None:
    """For each edge of the part the number of the same edge of the last part; None where they do not agree.

    A part may lack edges where all its rows are merged across them; it never has one that the last part has not.
    """
    width, other = last.edges[-1] - last.edges[0], part.edges[-1] - part.edges[0]
    if abs(width - other) > SAME_WIDTH * width or part.column_count < min(2, last.column_count):
        return None
    recognized = any(cell.confidences for table in (last, part) for cell in table.cells)
    seen = SEEN_EDGE if last.column_count != part.column_count else SEEN_COLUMNS
    near = max(SAME_EDGE, seen * width) if recognized else SAME_EDGE
    numbers: list[int] = []
    for edge in part.edges:
        at = last.edges[0] + (edge - part.edges[0]) * width / other
        number = min(range(len(last.edges)), key=lambda n: abs(last.edges[n] - at))
        if abs(last.edges[number] - at) > near or (numbers and number <= numbers[-1]):
            return None
        numbers.append(number)
    return numbers


def _starts_anew(first: PageTable, part: PageTable) -> bool:
    """Whether the part is the next of a series of forms: the same labels from the first row, with other values."""
    if first.column_count > 4 or part.row_count < 3 or first.row_count < 3:
        return False
    ours, theirs = _labels(first), _labels(part)
    same = [a for a, b in zip(ours, theirs, strict=False) if a == b and a]
    return len(same) >= 3 and len(set(same)) == len(same) and not any(label.isdigit() for label in same)


def _labels(part: PageTable) -> list[str]:
    return [_plain(cell.text) for cell in part.cells if cell.column == 1][:3]


def _plain(text: str) -> str:
    return "".join(text.split())


@dataclass(slots=True)
class _Column:
    """What the rows inside the parts, away from page breaks, show of one column."""

    filled: int = 0
    blank: int = 0
    merged: int = 0
    ended: int = 0
    texts: set[str] = field(default_factory=set)

    @property
    def never_blank(self) -> bool:
        return self.filled >= 2 and not self.blank

    def breaks_off(self, text: str, end: BottomText) -> bool:
        """Whether a text stops in the middle of a sentence; ``end``: how it ends on the page."""
        plain = _plain(text)
        if plain[-1] in ENDS_SENTENCE or end.roomy or not end.full:
            return False
        sentences = self.filled >= 3 and self.ended >= SENTENCES * self.filled
        return sentences or len(plain) >= LONG


class _Assembly:
    """A whole table while its parts are put together."""

    def __init__(self, chain: Sequence[PageTable]) -> None:
        self._chain = chain
        self._cells: list[Cell] = []
        self._newest: list[int] = []  # numbers of the cells that the last part brought or lengthened
        self._rows: list[Row] = []
        self._reprints: list[Cell] = []
        self._reprinted = [0] + [_reprinted_rows(chain[0], part) for part in chain[1:]]
        self._columns = _column_habits(chain, self._reprinted)

    def table(self) -> Table:
        first = self._chain[0]
        self._cells = list(first.cells)
        self._newest = list(range(len(self._cells)))
        self._rows = list(_part_rows(first, 1))
        for last, part, skipped in zip(self._chain, self._chain[1:], self._reprinted[1:], strict=False):
            self._append(last, part, skipped)
        return Table(
            number=str(first.number),
            cells=tuple(sorted(self._cells, key=lambda cell: (cell.row, cell.column))),
            rows=tuple(self._rows),
            column_count=max(part.column_count for part in self._chain),
            reprints=tuple(self._reprints),
            ruled=first.ruled,
        )

    def _append(self, last: PageTable, part: PageTable, skipped: int) -> None:
        self._reprints += [cell for cell in part.cells if cell.row <= skipped]
        bottom = {
            n: self._cells[n] for n in self._newest if self._cells[n].row + self._cells[n].row_span > len(self._rows)
        }
        pairs: list[tuple[int, Cell]] = []  # a cell over the page break: its number above, the cell below
        top = [cell for cell in part.cells if cell.row == skipped + 1]
        for cell in top:
            pairs += [
                (n, cell) for n, a in bottom.items() if (a.column, a.column_span) == (cell.column, cell.column_span)
            ]
        opened = last.open_bottom & part.open_top if not skipped else frozenset()
        whole = len(pairs) == len(top) == len(bottom) and not opened
        cut = whole and self._is_cut([(self._cells[n], b) for n, b in pairs], last, part, skipped)
        joined = (
            pairs
            if cut
            else [(n, b) for n, b in pairs if b.column in opened or self._is_merge(self._cells[n], b, last)]
        )
        overlap = 1 if cut else 0
        shift = len(self._rows) - skipped - overlap
        for n, below in joined:
            self._cells[n] = _over_break(self._cells[n], below, overlap)
        taken = {id(below) for _, below in joined}
        count = len(self._cells)
        self._cells += [_lower(c, shift) for c in part.cells if c.row > skipped and id(c) not in taken]
        self._newest = [n for n, _ in joined] + list(range(count, len(self._cells)))
        self._rows += list(_part_rows(part, skipped + 1 + overlap))

    def _is_merge(self, above: Cell, below: Cell, last: PageTable) -> bool:
        """Whether two cells on either side of the break are one vertically merged cell."""
        column = self._columns[above.column - 1]
        tall = above.row_span > 1, below.row_span > 1
        if above.empty and below.empty:
            return False
        if not above.empty and not below.empty:
            end = last.bottom.get(above.column, NO_TEXT)
            return any(tall) and column.breaks_off(above.text, end) and not _contradicts(above, below, end, column)
        return all(tall) or (not column.blank and (any(tall) or column.merged > 0))

    def _is_cut(self, pairs: Sequence[tuple[Cell, Cell]], last: PageTable, part: PageTable, skipped: int) -> bool:
        """Whether the last row above the break and the first below it are one row."""
        mid_line = full = keys_apart = merged_keys = both = 0
        for above, below in pairs:
            column = self._columns[above.column - 1]
            if above.empty and below.empty:
                continue
            if above.empty or below.empty:
                if column.never_blank and above.row_span == below.row_span == 1:
                    keys_apart += 1
                    merged_keys += bool(column.merged)
                continue
            both += 1
            end = last.bottom.get(above.column, NO_TEXT)
            if _contradicts(above, below, end, column):
                return False
            mid_line += column.breaks_off(above.text, end)
            full += end.full and _plain(above.text)[-1] not in ENDS_SENTENCE
        one_sided = any(above.empty != below.empty for above, below in pairs)
        if mid_line:
            return one_sided or mid_line == both
        if full == both and full >= FULL_COLUMNS:
            return True
        open_break = not last.closed_bottom or (not part.closed_top and not skipped)
        return keys_apart > (0 if open_break else merged_keys)


def _contradicts(above: Cell, below: Cell, end: BottomText, column: _Column) -> bool:
    """Whether both cells look like values of their own."""
    first, second = _plain(above.text), _plain(below.text)
    if first + second in column.texts:
        return False
    if (first in column.texts or second in column.texts) and len(first) <= 30:
        return True
    return end.roomy or (not end.full and "\n" not in above.text.strip())


def _lower(cell: Cell, rows: int) -> Cell:
    """The cell so many rows lower. Written out: ``replace`` takes three times as long."""
    return Cell(
        cell.text,
        cell.row + rows,
        cell.column,
        cell.row_span,
        cell.column_span,
        cell.boxes,
        cell.unread,
        cell.confidence,
        cell.tables,
        cell.confidences,
    )


def _over_break(above: Cell, below: Cell, overlap: int) -> Cell:
    filled = [cell for cell in (above, below) if cell.text.strip()]
    text = "\n".join(cell.text for cell in filled)
    return replace(
        above,
        text=text,
        row_span=above.row_span + below.row_span - overlap,
        boxes=above.boxes + below.boxes,
        unread=above.unread or below.unread,
        confidence=min(above.confidence, below.confidence),
        tables=above.tables + below.tables,
        confidences=joined_confidences([(cell.text, cell.confidences) for cell in filled]),
    )


def _part_rows(part: PageTable, start: int) -> Iterator[Row]:
    for number in range(start, part.row_count + 1):
        yield Row(number=number, page=part.page, table=str(part.number))


def _column_habits(chain: Sequence[PageTable], reprinted: Sequence[int]) -> list[_Column]:
    columns = [_Column() for _ in range(max(part.column_count for part in chain))]
    for number, (part, skipped) in enumerate(zip(chain, reprinted, strict=True)):
        top = 2 if number == 0 else skipped + 2  # the header, and what is blank at a break, shows no habit
        bottom = part.row_count if part is chain[-1] else part.row_count - 1
        for cell in part.cells:
            if cell.column_span > 1 or cell.row < min(top, skipped + 1):
                continue
            column = columns[cell.column - 1]
            column.merged += cell.row_span > 1 and (number > 0 or cell.row > 1)
            if cell.row < top or cell.row + cell.row_span - 1 > bottom:
                continue
            if cell.empty:
                column.blank += 1
            else:
                column.filled += 1
                text = _plain(cell.text)
                column.texts.add(text)
                column.ended += text[-1] in ENDS_SENTENCE if text else 0
    return columns


def _reprinted_rows(first: PageTable, part: PageTable) -> int:
    """How many rows at the top of the part are header rows of the first part, printed again."""
    for start in range(1, min(MOST_HEADER_ROWS, first.row_count) + 1):
        if start > 1 and not _is_title(first, start - 1):
            return 0
        count = _same_rows(first, part, start)
        if count:
            return count
    return 0


def _is_title(part: PageTable, row: int) -> bool:
    """Whether a row holds no more than a title or a fill-in line over the header."""
    return sum(1 for cell in part.cells if cell.row == row and not cell.empty) < max(2, part.column_count // 2)


def _same_rows(first: PageTable, part: PageTable, start: int) -> int:
    count = 0
    limit = min(MOST_HEADER_ROWS, part.row_count, first.row_count - start + 1)
    while count < limit and _same_row(first, start + count, part, count + 1, strict=count > 0):
        count += 1
    while count and any(c.row <= count < c.row + c.row_span - 1 for c in part.cells):
        count -= 1  # a merged cell that reaches into the data is not of the header
    return count


def _same_row(first: PageTable, row: int, part: PageTable, other: int, *, strict: bool) -> bool:
    """Whether two rows print the same. strict: a row below the first is a header only if its digits agree too."""
    ours = [_plain(c.text) for c in first.cells if c.row == row]
    theirs = [_plain(c.text) for c in part.cells if c.row == other]
    a, b = "".join(ours), "".join(theirs)
    if not a or not b or len(ours) != len(theirs):
        return not a and not b and strict and bool(ours) and len(ours) == len(theirs)
    recognized = any(c.confidences for c in part.cells if c.row == other)
    if _digits(a) != _digits(b) and (strict or not recognized):
        return False
    if strict and any(ratio(x, y) < 70 for x, y in zip(ours, theirs, strict=True)):
        return False
    return ratio(a, b) >= (MISREAD_HEADER if recognized else SAME_HEADER)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
