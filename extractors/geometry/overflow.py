"""Text that runs out of its cell into the next → the cell that it was written in.

In: the ruled tables of a page in which text is printed over other text, and the glyphs in the order of the file. Out:
the same tables with each block of text in one cell, and the glyphs that no block takes. Spreadsheets printed with
fixed row heights draw such pages: what does not fit is hidden on paper, but stands in the file, across the rows below
or above.

Only here the order of the file is used: it is the one sign of what was written together. A reading that leaves more
texts in one cell than there were is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from extractors.geometry.lines import Glyph
from extractors.geometry.ruling import Grid, RuledTable

SAME_LEVEL = 0.3
"""Glyphs of one drawn line differ in height by less than this share of their size."""
NEXT_LINE = 1.9
"""The next line of a block stands no farther below than so many sizes."""
FULL = 1.3
"""A line is full when it ends so many sizes before the side of its cell; only then does another follow."""
PADDING = 2.0  # points between the text and the side of a spreadsheet cell

Block = list[list[Glyph]]


def settled(
    tables: Sequence[RuledTable], stream: Sequence[Glyph], left: Sequence[Glyph]
) -> tuple[list[RuledTable], list[Glyph]]:
    """The tables with their texts in the cells that they were written in, and the glyphs left over."""
    result: list[RuledTable] = []
    loose = set(left)
    for table in tables:
        own = {glyph for glyphs in table.contents.values() for glyph in glyphs}
        blocks = _blocks([glyph for glyph in stream if glyph in own or glyph in loose], table.grid)
        blocks = [block for block in blocks if any(glyph in own for line in block for glyph in line)]
        contents = min((_placed(table, blocks, share) for share in (0.5, 0.0, 1.0)), key=_shared)
        result.append(
            RuledTable(
                table.grid,
                {n: [g for b in found for ln in b for g in ln] for n, found in contents.items()},
                table.nested,
            )
        )
        loose -= {glyph for block in blocks for line in block for glyph in line}
    return result, [glyph for glyph in left if glyph in loose]


def _blocks(stream: Sequence[Glyph], grid: Grid) -> list[Block]:
    """The glyphs as lines that were drawn one below the other, without another text between."""
    blocks: list[Block] = []
    for glyph in stream:
        last = blocks[-1][-1][-1] if blocks else None
        if last is not None and _same_line(last, glyph, grid):
            blocks[-1][-1].append(glyph)
        elif last is not None and _next_line(blocks[-1][-1], glyph, grid.xs):
            blocks[-1].append([glyph])
        else:
            blocks.append([[glyph]])
    return blocks


def _same_line(last: Glyph, glyph: Glyph, grid: Grid) -> bool:
    size = max(last.size, glyph.size)
    level = abs(last.y0 + last.y1 - glyph.y0 - glyph.y1) / 2 < SAME_LEVEL * size
    if not level or not -0.5 * size < glyph.x0 - last.x1 < size:
        return False
    middles = [((g.x0 + g.x1) / 2, (g.y0 + g.y1) / 2) for g in (last, glyph)]
    columns = {bisect_right(grid.xs, x) for x, _ in middles}
    return len(columns) == 1 or len({grid.area_at(x, y) for x, y in middles}) == 1


def _next_line(line: Sequence[Glyph], glyph: Glyph, xs: Sequence[float]) -> bool:
    first, last = line[0], line[-1]
    column = bisect_right(xs, (first.x0 + first.x1) / 2)
    if column != bisect_right(xs, (glyph.x0 + glyph.x1) / 2) or not 0 < column < len(xs):
        return False
    apart = (glyph.y0 + glyph.y1 - first.y0 - first.y1) / 2
    full = last.x1 > xs[column] - PADDING - FULL * last.size or last.text in "-,，、"
    return full and 0.7 * first.size < apart < NEXT_LINE * first.size


def _placed(table: RuledTable, blocks: Sequence[Block], share: float) -> dict[int, list[Block]]:
    """The blocks in the cells where their top (0), middle (0.5) or bottom (1) line stands."""
    placed: dict[int, list[Block]] = {}
    for block in blocks:
        first, last = block[0][0], block[-1][0]
        top, bottom = (first.y0 + first.y1) / 2, (last.y0 + last.y1) / 2
        area = table.grid.area_at((first.x0 + first.x1) / 2, top + share * (bottom - top))
        if area is None:
            area = next(n for n, found in table.contents.items() if any(g in found for line in block for g in line))
        placed.setdefault(area, []).append(block)
    return placed


def _shared(contents: dict[int, list[Block]]) -> int:
    """How many blocks stand in a cell beside another."""
    return sum(len(blocks) - 1 for blocks in contents.values())
