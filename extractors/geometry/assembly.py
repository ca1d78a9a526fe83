"""The pages of a document, each read by itself → its blocks in reading order, tables joined over pages.

In: one :class:`PageParts` a page, whatever the format of the file. Out: the body, the margins (running headers,
footers, page numbers), and the pages whose rows are unsure. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.document import Box, Paragraph, Place, Table
from extractors.errors import Damaged, Empty, NoTextLayer, Unreadable
from extractors.geometry.borderless import unruled_tables
from extractors.geometry.column_ruled import with_rows
from extractors.geometry.furniture import PageLines, furniture, paragraphs
from extractors.geometry.joining import join_tables
from extractors.geometry.lines import Glyph, Line, text_lines
from extractors.geometry.page_content import Layer
from extractors.geometry.page_table import PageTable, page_table
from extractors.geometry.rules import Rule, long_rules
from extractors.geometry.ruling import RuledTable


@dataclass(frozen=True, slots=True)
class PageParts:
    """What one page holds, as far as one page can tell. Sizes in points, as the page was read.

    lines: the text outside the ruled tables. level_rules: the horizontal rules, as (y, start, end).
    """

    number: int
    width: float
    height: float
    tables: list[PageTable]
    lines: list[Line]
    level_rules: list[tuple[float, float, float]]


def page_parts(
    number: int,
    size: tuple[float, float],
    rules: Iterable[Rule],
    tables: list[PageTable],
    left: Sequence[Glyph],
) -> PageParts:
    """The parts of a page from its ruled tables and the glyphs that no table holds. size: width and height."""
    level = [(r.at, r.start, r.end) for r in long_rules(rules) if r.horizontal] if left else []
    return PageParts(number, *size, tables, text_lines(left), level)


def nothing_read(layers: Sequence[Layer]) -> Unreadable:
    """Why a file of which no page could be read is refused."""
    if Layer.UNUSABLE in layers:
        return NoTextLayer()
    return Damaged() if Layer.BROKEN in layers else Empty()


def page_tables(found: Sequence[RuledTable], page: int) -> list[PageTable]:
    """The ruled tables of a page as the parts of tables that they are."""
    return [page_table(with_rows(table), page, n) for n, table in enumerate(found, start=1)]


def assembled(pages: Sequence[PageParts]) -> tuple[list[Paragraph | Table], list[Paragraph], list[int]]:
    """The body in reading order, tables joined over pages; the margins; and the pages with rows that are unsure."""
    roles = furniture([PageLines(p.number, p.height, tuple(p.lines)) for p in pages])
    margins: list[Paragraph] = []
    order: list[tuple[int, float, PageTable | Paragraph]] = []
    for page in pages:
        own = roles[page.number]
        margins += [
            Paragraph(line.text, Place(page=page.number, box=_box(page.number, line)), own[n])
            for n, line in enumerate(page.lines)
            if n in own
        ]
        body = [line for n, line in enumerate(page.lines) if n not in own]
        last = order[-1][2] if order and order[-1][0] == page.number - 1 else None
        order += _page_blocks(page, body, last if isinstance(last, PageTable) and not last.ruled else None)
    parts = [block for _, _, block in order if isinstance(block, PageTable)]
    unsure = sorted({part.page for part in parts if part.unsure})
    return _numbered(order, join_tables(parts)), margins, unsure


def _page_blocks(
    page: PageParts, lines: Sequence[Line], before: PageTable | None
) -> list[tuple[int, float, PageTable | Paragraph]]:
    """Tables and paragraphs of one page from top to bottom; tables are numbered in that order."""
    unruled, rest = unruled_tables(lines, page.level_rules, page.number, page.width, before)
    parts = sorted([*page.tables, *unruled], key=lambda part: (part.row_edges[0], part.edges[0]))
    blocks: list[tuple[int, float, PageTable | Paragraph]] = [(page.number, part.row_edges[0], part) for part in parts]
    barriers = [part.row_edges[0] for part in parts]
    for text in paragraphs(rest, barriers):
        box = Box(page.number, text.x0, text.y0, text.x1, text.y1)
        blocks.append((page.number, text.y0, Paragraph(text.text, Place(page=page.number, box=box))))
    blocks.sort(key=lambda block: (block[1], isinstance(block[2], Paragraph)))
    return list(_with_ends(blocks))


def _with_ends(
    blocks: Sequence[tuple[int, float, PageTable | Paragraph]],
) -> Iterator[tuple[int, float, PageTable | Paragraph]]:
    """The blocks with each table told whether it is the first or the last on its page, and numbered."""
    count = 0
    for position, (page, top, block) in enumerate(blocks):
        if isinstance(block, PageTable):
            count += 1
            last = position == len(blocks) - 1
            yield page, top, replace(block, number=count, starts_page=position == 0, ends_page=last)
        else:
            yield page, top, block


def _numbered(
    order: Sequence[tuple[int, float, PageTable | Paragraph]], tables: Sequence[Table]
) -> list[Paragraph | Table]:
    """The blocks of the document: each joined table where its first part stands, paragraphs counted."""
    first = {(table.rows[0].page, table.number): table for table in tables}
    blocks: list[Paragraph | Table] = []
    count = 0
    for page, _, block in order:
        if isinstance(block, Paragraph):
            count += 1
            blocks.append(replace(block, place=replace(block.place, paragraph=count)))
        elif (table := first.get((page, str(block.number)))) is not None:
            blocks.append(table)
    return blocks


def _box(page: int, line: Line) -> Box:
    return Box(page, line.x0, line.y0, line.x1, line.y1)
