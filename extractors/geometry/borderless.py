"""Lines of text without ruling lines → tables, where they stand in columns.

In: the lines of a page that no ruled table holds, and its level rules (three-line tables have nothing else). Out:
tables as :class:`PageTable` with ``ruled=False``, and the lines that belong to none. Digital pages and scans alike.

Columns are the white runs that no text crosses over a block of lines; a row begins where its first column says so.
Running text is refused: a table has at least three columns (two between the rules of a three-line table) and three
rows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.document import Box, Cell
from extractors.geometry.joining import same_columns
from extractors.geometry.lines import Glyph, Line, text_lines
from extractors.geometry.page_table import PageTable, bottom_texts

PIECE_GAP = 0.75
"""A white of so many sizes of type parts two pieces of a line."""
GUTTER = 0.6
"""The least width of the white run between two columns, in sizes of type."""
FAR = 4.5
"""Lines of one table stand no farther apart than so many sizes of type."""
CLOSE = 0.7
"""Lines of one row stand no farther apart than so many sizes of type."""
LEVEL_SHARE = 0.35
"""A rule of a three-line table is at least this share of the page's width."""

_SERIAL = re.compile(r"[(（]?(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4})[)）]?[.．、]?")

LevelRule = tuple[float, float, float]
"""A level rule: its height, its start and its end, in points."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text without a wide white in it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def unruled_tables(
    lines: Sequence[Line],
    rules: Sequence[LevelRule],
    page: int,
    page_width: float,
    before: PageTable | None = None,
) -> tuple[list[PageTable], list[Line]]:
    """The tables among the lines, numbered from 1 as they come, and the lines left over.

    before: the last table of the page before; what continues it may have fewer rows than a table of its own.
    """
    ordered = sorted(lines, key=lambda line: (line.y0 + line.y1) / 2)
    pieces = [_pieces(line) for line in ordered]
    taken: set[int] = set()
    tables: list[PageTable] = []
    for block, few in [*_between_rules(ordered, rules, page_width), *_columnar(ordered, pieces)]:
        if taken.intersection(block):
            continue
        table = _table([pieces[n] for n in block], few, page, len(tables) + 1)
        if table is not None and (table.row_count >= 3 or (before is not None and same_columns(before, table))):
            tables.append(table)
            taken.update(block)
    return tables, [line for n, line in enumerate(ordered) if n not in taken]


def _pieces(line: Line) -> list[_Piece]:
    """The line cut at its wide whites; drawn spaces are white."""
    runs: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if glyph.text.isspace() or glyph.turn:
            continue
        if runs and glyph.x0 - runs[-1][-1].x1 < PIECE_GAP * line.size:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    found = []
    for run in runs:
        first, last = line.glyphs.index(run[0]), line.glyphs.index(run[-1])
        for part in text_lines(line.glyphs[first : last + 1]):
            found.append(_Piece(part.text, part.x0, part.y0, part.x1, part.y1, line.size))
    return found


def _between_rules(
    lines: Sequence[Line], rules: Sequence[LevelRule], page_width: float
) -> Iterator[tuple[list[int], int]]:
    """Blocks of lines between level rules of one length, as three-line tables have; two columns are enough there."""
    families: list[list[LevelRule]] = []
    for rule in sorted(rules):
        if rule[2] - rule[1] < LEVEL_SHARE * page_width:
            continue
        for family in families:
            if abs(family[0][1] - rule[1]) < 5 and abs(family[0][2] - rule[2]) < 5:
                family.append(rule)
                break
        else:
            families.append([rule])
    for family in families:
        if len(family) < 2:
            continue
        block = [n for n, line in enumerate(lines) if family[0][0] < (line.y0 + line.y1) / 2 < family[-1][0]]
        if len(block) >= 2:
            yield block, 2


def _columnar(lines: Sequence[Line], pieces: Sequence[Sequence[_Piece]]) -> Iterator[tuple[list[int], int]]:
    """Blocks of neighbouring lines that leave at least two white runs open from top to bottom."""
    start = 0
    while start < len(lines):
        if len(pieces[start]) < 3:
            start += 1
            continue
        block, gutters = [start], _gutters(pieces[start])
        for n in range(start + 1, len(lines)):
            size = lines[n].size
            if lines[n].y0 - lines[n - 1].y1 > FAR * size or not 0.7 < size / lines[start].size < 1.4:
                break
            left = _narrowed(gutters, pieces[n], size)
            if len(left) < 2:
                break
            gutters = left
            block.append(n)
        block[:0] = _first_lines(lines, pieces, block[0], gutters)
        yield block, 3
        start = block[-1] + 1


def _first_lines(
    lines: Sequence[Line], pieces: Sequence[Sequence[_Piece]], first: int, gutters: Sequence[tuple[float, float]]
) -> list[int]:
    """The lines above the first full line that belong to its row: a taller cell of a row centred in height."""
    found: list[int] = []
    for n in range(first - 1, -1, -1):
        size = lines[first].size
        near = lines[n + 1].y0 - lines[n].y1 <= CLOSE * size and 0.85 < lines[n].size / size < 1.18
        if not near or len(pieces[n]) > 2 or len(_narrowed(gutters, pieces[n], size)) < len(gutters):
            break
        found.insert(0, n)
    return found


def _gutters(pieces: Sequence[_Piece]) -> list[tuple[float, float]]:
    return [(a.x1, b.x0) for a, b in pairwise(pieces) if b.x0 - a.x1 > 0]


def _narrowed(
    gutters: Sequence[tuple[float, float]], pieces: Sequence[_Piece], size: float
) -> list[tuple[float, float]]:
    """The white runs that stay open when these pieces are printed too."""
    result = list(gutters)
    for piece in pieces:
        cut: list[tuple[float, float]] = []
        for left, right in result:
            if piece.x1 <= left or piece.x0 >= right:
                cut.append((left, right))
            else:
                cut += [(left, piece.x0), (piece.x1, right)]
        result = cut
    return [(left, right) for left, right in result if right - left >= GUTTER * size]


def _table(lines: Sequence[Sequence[_Piece]], fewest: int, page: int, number: int) -> PageTable | None:
    pieces = [piece for line in lines for piece in line]
    if not pieces:
        return None
    size = sorted(piece.size for piece in pieces)[len(pieces) // 2]
    edges = _edges(pieces, size)
    if len(edges) - 1 < fewest:
        return None
    heights = _row_edges(pieces, edges, size)
    table = _filled(pieces, edges, heights, page, number)
    filled = sum(1 for cell in table.cells if cell.text)
    return table if filled >= 0.4 * table.row_count * table.column_count else None


def _edges(pieces: Sequence[_Piece], size: float) -> list[float]:
    """The edges of the columns: where text begins after each white run that no piece crosses, and the right side."""
    spans = sorted((piece.x0, piece.x1) for piece in pieces)
    edges, reach = [spans[0][0]], spans[0][1]
    for left, right in spans[1:]:
        if left - reach >= GUTTER * size:
            edges.append(left)
        reach = max(reach, right)
    return [*edges, reach]


def _row_edges(pieces: Sequence[_Piece], edges: Sequence[float], size: float) -> list[float]:
    """The heights at which rows begin, and where the last one ends."""
    ordered = sorted(pieces, key=lambda piece: piece.middle)
    levels = _levels(ordered, size)
    starts = _starts(levels, edges)
    tops = [levels[0][0].y0]
    for previous, this in pairwise(starts):
        tops.append(_widest_gap(levels, previous, this))
    return [*tops, max(piece.y1 for piece in pieces)]


def _levels(ordered: Sequence[_Piece], size: float) -> list[list[_Piece]]:
    levels: list[list[_Piece]] = []
    for piece in ordered:
        if levels and piece.middle - levels[-1][0].middle <= 0.5 * size:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def _starts(levels: Sequence[Sequence[_Piece]], edges: Sequence[float]) -> list[int]:
    """The levels that hold the beginning of a row: header first, then each serial number, else each fuller level."""
    in_first = [[p for p in level if p.x1 <= edges[1]] for level in levels]
    serial = [n for n, found in enumerate(in_first) if found and _SERIAL.fullmatch(found[0].text)]
    others = [n for n, found in enumerate(in_first) if found and n not in serial]
    if len(serial) >= 2 and all(n < serial[0] for n in others[:1]) and len(others) <= 1 + len(serial) // 4:
        return ([0] if serial[0] > 0 else []) + sorted(serial + [n for n in others if n > serial[0]])
    most = max(len(level) for level in levels)
    keyed = [n for n, level in enumerate(levels) if in_first[n] and len(level) * 2 > most]
    return keyed if keyed and keyed[0] == 0 else [0, *keyed]


def _widest_gap(levels: Sequence[Sequence[_Piece]], previous: int, this: int) -> float:
    """The height between two row beginnings with the widest white, the lowest of equals: rows hang from their top."""
    best, height = -1.0, 0.0
    for n in range(previous + 1, this + 1):
        above, below = max(p.middle for p in levels[n - 1]), min(p.middle for p in levels[n])
        if below - above >= best - 0.6:
            best, height = max(best, below - above), (above + below) / 2
    return height


def _filled(
    pieces: Sequence[_Piece], edges: Sequence[float], heights: Sequence[float], page: int, number: int
) -> PageTable:
    contents: dict[tuple[int, int], list[_Piece]] = {}
    for piece in pieces:
        row = min(max(bisect_right(heights, piece.middle) - 1, 0), len(heights) - 2)
        column = min(max(bisect_right(edges, (piece.x0 + piece.x1) / 2) - 1, 0), len(edges) - 2)
        contents.setdefault((row, column), []).append(piece)
    cells: list[Cell] = []
    bottom: dict[int, tuple[Box, list[Line]]] = {}
    for (row, column), found in sorted(contents.items()):
        lines = text_lines(Glyph(p.text, p.x0, p.y0, p.x1, p.y1) for p in found)
        box = Box(page, edges[column], heights[row], edges[column + 1], heights[row + 1])
        cells.append(Cell("\n".join(line.text for line in lines), row + 1, column + 1, boxes=(box,)))
        if row == len(heights) - 2:
            bottom[column + 1] = box, lines
    return PageTable(
        page,
        number,
        tuple(edges),
        tuple(heights),
        tuple(cells),
        ruled=False,
        closed_top=False,
        closed_bottom=False,
        bottom=bottom_texts(bottom),
    )
