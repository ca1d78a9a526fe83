"""What stands on the single pages → the blocks of the document.

In: :class:`PageParts`, one a page, digital or recognized. Out: :class:`Assembled`: the body in reading order, tables
joined over pages, paragraphs counted; running headers, footers and page numbers as margins. Nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.document import Box, Paragraph, Place, Table
from extractors.geometry.borderless import unruled_tables
from extractors.geometry.column_ruled import with_rows
from extractors.geometry.furniture import PageLines, furniture, paragraphs
from extractors.geometry.joining import join_tables
from extractors.geometry.lines import Glyph, Line, text_lines
from extractors.geometry.page_table import PageTable, page_table
from extractors.geometry.rules import Rule, long_rules
from extractors.geometry.ruling import RuledTable

BELIEVED = 0.7
"""A paragraph no character of which was recognized with so much confidence may be no text at all."""

Block = tuple[int, float, PageTable | Paragraph]
"""A page, the height at which the block begins on it, and the block."""


@dataclass(slots=True)
class PageParts:
    """What one page holds, as far as one page can tell. width, height: in points, as the page was read.

    unsure: text is printed over text, or the paper itself is full of dots: something may be missing or wrong.
    """

    number: int
    width: float
    height: float
    tables: list[PageTable]
    lines: list[Line]
    level_rules: list[tuple[float, float, float]]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """The blocks of a document, its margins, and the pages that are unsure, by themselves or in the rows of a table."""

    blocks: list[Paragraph | Table]
    margins: list[Paragraph]
    unsure: list[int]


def page_parts(
    number: int,
    size: tuple[float, float],
    found: Sequence[RuledTable],
    left: Sequence[Glyph],
    rules: Sequence[Rule],
    blank: float = 1.0,
) -> PageParts:
    """The parts of a page from its ruled tables and the glyphs that none of them holds.

    blank: how sure it is that a cell without text has none.
    """
    tables = page_tables(found, number, blank)
    level = [(r.at, r.start, r.end) for r in long_rules(rules) if r.horizontal] if left else []
    return PageParts(number, *size, tables, text_lines(left), level, any(table.crowded for table in tables))


def page_tables(found: Sequence[RuledTable], page: int, blank: float = 1.0) -> list[PageTable]:
    """The ruled tables of a page, numbered, their unruled rows told apart."""
    return [page_table(with_rows(table), page, n, blank) for n, table in enumerate(found, start=1)]


def assembled(pages: Sequence[PageParts]) -> Assembled:
    """The body in reading order, the margins, and the pages that are unsure."""
    roles = furniture([PageLines(p.number, p.height, tuple(p.lines)) for p in pages])
    margins: list[Paragraph] = []
    order: list[Block] = []
    for page in pages:
        own = roles[page.number]
        margins += [_margin(line, page.number, own[n]) for n, line in enumerate(page.lines) if n in own]
        body = [line for n, line in enumerate(page.lines) if n not in own]
        last = order[-1][2] if order and order[-1][0] == page.number - 1 else None
        order += _page_blocks(page, body, last if isinstance(last, PageTable) and not last.ruled else None)
    parts = [block for _, _, block in order if isinstance(block, PageTable)]
    unsure = sorted({part.page for part in parts if part.unsure} | {page.number for page in pages if page.unsure})
    return Assembled(_numbered(order, join_tables(parts)), margins, unsure)


def _margin(line: Line, page: int, role: str) -> Paragraph:
    box = Box(page, line.x0, line.y0, line.x1, line.y1)
    return Paragraph(line.text, Place(page=page, box=box), role, line.confidences)


def _page_blocks(page: PageParts, lines: Sequence[Line], before: PageTable | None) -> list[Block]:
    """Tables and paragraphs of one page from top to bottom; tables are numbered in that order."""
    unruled, rest = unruled_tables(lines, page.level_rules, page.number, page.width, before)
    parts = sorted([*page.tables, *unruled], key=lambda part: (part.row_edges[0], part.edges[0]))
    blocks: list[Block] = [(page.number, part.row_edges[0], part) for part in parts]
    barriers = [part.row_edges[0] for part in parts]
    for text in paragraphs(rest, barriers):
        place = Place(page=page.number, box=Box(page.number, text.x0, text.y0, text.x1, text.y1))
        blocks.append((page.number, text.y0, Paragraph(text.text, place, confidences=text.confidences)))
    blocks.sort(key=lambda block: (block[1], isinstance(block[2], Paragraph)))
    return list(_with_ends(blocks))


def _with_ends(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks with each table told whether it is the first or the last on its page, and numbered.

    What may be the remains of a seal or dirt of a scanner, for not a character of it is believed, ends no table.
    """
    count = 0
    sure = [n for n, (_, _, block) in enumerate(blocks) if isinstance(block, PageTable) or _is_believed(block)]
    for position, (page, top, block) in enumerate(blocks):
        if isinstance(block, PageTable):
            count += 1
            starts, ends = position == sure[0], position == sure[-1]
            yield page, top, replace(block, number=count, starts_page=starts, ends_page=ends)
        else:
            yield page, top, block


def _is_believed(text: Paragraph) -> bool:
    """Whether a paragraph is certainly text: digital, or recognized with at least one character believed."""
    signs = zip(text.text, text.confidences or (1.0,) * len(text.text), strict=True)
    return any(confidence >= BELIEVED for sign, confidence in signs if not sign.isspace())


def _numbered(order: Sequence[Block], tables: Sequence[Table]) -> list[Paragraph | Table]:
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
