"""Lines of text without cells of rules → tables, where they stand in columns.

In: the lines of a page that no ruled table holds, its level rules (three-line tables, and tables ruled between rows
only) and its shading. Out: tables as :class:`PageTable` with ``ruled=False``, and the lines that belong to none.
Digital pages and scans alike.

Columns are the white runs that most lines leave open (white_columns.py), rows are found in white_rows.py. Running text
is refused: a table has at least three columns (two between rules or in shading) and three rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractors.document import Box, Cell
from extractors.geometry.joining import same_columns
from extractors.geometry.lines import Glyph, Line, joined_confidences, text_lines
from extractors.geometry.page_table import PageTable, bottom_texts
from extractors.geometry.pieces import PIECE_GAP, Piece, pieces_of, usual_size
from extractors.geometry.white_blocks import Block, blocks
from extractors.geometry.white_columns import Columns
from extractors.geometry.white_rows import levels_of, row_edges
from extractors.geometry.white_spans import Span, cell_spans

LEVEL_SHARE = 0.35
"""A rule of a table ruled between rows only is at least this share of the page's width."""
SAME_SIDE = 5.0
"""Such rules begin and end at the same place, give or take so many points."""
FILLED = 0.4
"""A table has text in this share of the cells of its rows, section rows left out."""
UNSURE = 0.6
"""The most confidence of a recognized text that may be that of two columns: it stands over several or in two parts."""

LevelRule = tuple[float, float, float]
"""A level rule, or an edge of shading: its height, its start and its end, in points."""


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
    pieces = pieces_of(ordered)
    taken: set[int] = set()
    tables: list[PageTable] = []
    for block, bounds in _found(pieces, rules, page_width):
        if taken.intersection(block.numbers):
            continue
        table = _table([p for n in block.numbers for p in pieces[n]], block.columns, bounds, page, len(tables) + 1)
        if table is not None and (table.row_count >= 3 or (before is not None and same_columns(before, table))):
            tables.append(table)
            taken.update(block.numbers)
    return tables, [line for n, line in enumerate(ordered) if n not in taken]


def _found(
    pieces: Sequence[Sequence[Piece]], rules: Sequence[LevelRule], page_width: float
) -> Iterator[tuple[Block, list[float]]]:
    """The blocks between level rules of one length, each with these rules; then those without."""
    for family in _families(rules, page_width):
        run = [n for n, line in enumerate(pieces) if line and family[0] < line[0].middle < family[-1]]
        for block in blocks(pieces, 2, run):
            yield block, family
    for block in blocks(pieces, 3):
        yield block, []


def _families(rules: Sequence[LevelRule], page_width: float) -> list[list[float]]:
    """The heights of the long level rules that begin and end at one place, where there are two at least."""
    families: list[list[LevelRule]] = []
    for rule in sorted(rules):
        if rule[2] - rule[1] < LEVEL_SHARE * page_width:
            continue
        for family in families:
            if abs(family[0][1] - rule[1]) < SAME_SIDE and abs(family[0][2] - rule[2]) < SAME_SIDE:
                family.append(rule)
                break
        else:
            families.append([rule])
    return [[rule[0] for rule in family] for family in families if len(family) > 1]


def _table(
    pieces: Sequence[Piece], columns: Columns, bounds: Sequence[float], page: int, number: int
) -> PageTable | None:
    edges = [*columns.starts, max(columns.right, *(piece.x1 for piece in pieces))]
    edges[0] = min(edges[0], *(piece.x0 for piece in pieces))
    heights = row_edges(pieces, columns, usual_size(pieces), bounds)
    contents, heights = cell_spans(_rows(pieces, heights), heights, columns)
    rows, count = len(heights) - 1, columns.count
    whole = {top for top, left, bottom, right in contents if top == bottom and (left, right) == (0, count - 1)}
    filled = sum(1 for top, *_ in contents if top not in whole)
    if filled < FILLED * (rows - len(whole)) * count or rows == len(whole):
        return None
    return _filled(contents, edges, heights, page, number)


def _rows(pieces: Sequence[Piece], heights: Sequence[float]) -> list[list[Piece]]:
    rows: list[list[Piece]] = [[] for _ in heights[1:]]
    for piece in pieces:
        rows[min(max(bisect_right(heights, piece.middle) - 1, 0), len(rows) - 1)].append(piece)
    return rows


def _filled(
    contents: dict[Span, list[Piece]], edges: Sequence[float], heights: Sequence[float], page: int, number: int
) -> PageTable:
    cells: list[Cell] = []
    bottom: dict[int, tuple[Box, list[Line]]] = {}
    for (top, left, low, right), found in sorted(contents.items()):
        lines = text_lines(Glyph(p.text, p.x0, p.y0, p.x1, p.y1) for p in found)
        box = Box(page, edges[left], heights[top], edges[right + 1], heights[low + 1])
        text = "\n".join(line.text for line in lines)
        sure = joined_confidences([(line.text, _confidences(line, found)) for line in lines])
        crossing = left < right and top > 0 and right - left < len(edges) - 2
        if crossing or _side_by_side(found):
            sure = tuple(min(value, UNSURE) for value in sure)
        place = top + 1, left + 1, low - top + 1, right - left + 1
        cells.append(Cell(text, *place, (box,), confidence=min(sure, default=1.0), confidences=sure))
        if low == len(heights) - 2:
            bottom[left + 1] = box, lines
    return PageTable(
        page,
        number,
        tuple(edges),
        tuple(heights),
        tuple(cells),
        ruled=False,
        closed_top=False,
        closed_bottom=False,
        unsure=_blank_keys(contents, len(heights) - 1),
        bottom=bottom_texts(bottom),
    )


def _side_by_side(pieces: Sequence[Piece]) -> bool:
    """Whether two texts of a cell stand beside each other with a wide white between, as those of two columns do."""
    levels = levels_of(pieces, usual_size(pieces))
    ordered = [sorted(level, key=lambda piece: piece.x0) for level in levels]
    return any(b.x0 - a.x1 >= PIECE_GAP * a.size for level in ordered for a, b in pairwise(level))


def _confidences(line: Line, pieces: Sequence[Piece]) -> tuple[float, ...]:
    """Of each character of a line that is made of pieces; () where none of them was recognized."""
    known = {(p.text, p.x0, p.y0): p.confidences for p in pieces if p.confidences}
    if not known:
        return ()
    values = [1.0] * len(line.text)
    at = 0
    for text, x0, y0, *_ in line.glyphs:
        at = line.text.index(text, at)
        values[at : at + len(text)] = known.get((text, x0, y0)) or [1.0] * len(text)
        at += len(text)
    return tuple(values)


def _blank_keys(contents: dict[Span, list[Piece]], rows: int) -> bool:
    """Whether the first column is blank in a row."""
    keyed = {row for top, left, low, _ in contents if left == 0 for row in range(top, low + 1)}
    return len(keyed) < rows
