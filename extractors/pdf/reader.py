"""A digital PDF → :class:`Document`, page by page.

In: the path of a PDF. Out: its tables, ruled and unruled, joined over pages; its paragraphs in reading order; running
headers, footers, page numbers and watermarks as margins; an observation for each page that has no usable text.
Refused: a file that asks for a password, is damaged, is beyond the bounds, prints nothing, or has no usable text on
any page.

PDFium, by way of tablers, parses the pages: it is not safe for threads, so read one file at a time in a process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.document import Box, Document, Notice, Observation, Paragraph, Place, Table
from extractors.errors import Damaged, Empty, NoTextLayer, Unreadable
from extractors.geometry.borderless import unruled_tables
from extractors.geometry.column_ruled import with_rows
from extractors.geometry.furniture import PageLines, furniture, paragraphs
from extractors.geometry.joining import join_tables
from extractors.geometry.lines import Line, text_lines
from extractors.geometry.overflow import settled
from extractors.geometry.page_table import PageTable, page_table
from extractors.geometry.rules import long_rules
from extractors.geometry.ruling import RuledTable, ruled_tables
from extractors.pdf.display import as_displayed
from extractors.pdf.file import page_contents, page_frames
from extractors.pdf.layer import Layer, drawn_invisibly, judge
from extractors.pdf.page import PageContent, PageFrame, without_overprints
from extractors.pdf.second_reading import second_reading


@dataclass(slots=True)
class _Page:
    """What one page holds, as far as one page can tell."""

    number: int
    frame: PageFrame
    tables: list[PageTable]
    lines: list[Line]
    level_rules: list[tuple[float, float, float]]
    crowded: bool = False


def read_pdf(path: Path, name: str) -> Document:
    """Read a digital PDF. ``name`` is the file's name for people.

    Raises Encrypted, Damaged, Empty, TooLarge, or NoTextLayer where no page has usable text, so that the pages have
    to be recognized.
    """
    frames = page_frames(path)
    pages: list[_Page] = []
    observations: list[Observation] = []
    marks: dict[str, int] = {}
    layers: list[Layer] = []
    for number, (frame, content) in enumerate(page_contents(path, frames), start=1):
        layer = judge(content) if content is not None else Layer.BROKEN
        if layer is Layer.USABLE and frame.pictured and drawn_invisibly(path, number - 1):
            layer = Layer.UNUSABLE
        layers.append(layer)
        if frame.annotated:
            observations.append(Observation(Notice.UNREAD_PART, Place(page=number)))
        if content is None or layer is Layer.UNUSABLE:
            observations.append(Observation(Notice.UNREAD_PAGE, Place(page=number)))
            continue
        if content.cut:
            observations.append(Observation(Notice.TRUNCATED, Place(page=number)))
        if content.marks:
            marks.setdefault(content.marks, number)
        if layer is Layer.USABLE:
            pages.append(_page(number, frame, content, path))
            if pages[-1].crowded:
                observations.append(Observation(Notice.UNREAD_CELL, Place(page=number)))
    if not pages:
        raise _nothing_read(layers)
    blocks, margins, unsure = _assembled(pages)
    observations += [Observation(Notice.UNREAD_CELL, Place(page=number)) for number in unsure]
    sideways = {p.number: (p.frame, frames[p.number - 1]) for p in pages if p.frame != frames[p.number - 1]}
    if sideways:
        blocks = [as_displayed(block, sideways) for block in blocks]
        margins = [as_displayed(paragraph, sideways) for paragraph in margins]
    margins += [Paragraph(text, Place(page=number), "textbox") for text, number in marks.items()]
    return Document(name, "pdf", tuple(blocks), tuple(margins), len(frames), tuple(observations))


def _nothing_read(layers: Sequence[Layer]) -> Unreadable:
    if Layer.UNUSABLE in layers:
        return NoTextLayer()
    return Damaged() if Layer.BROKEN in layers else Empty()


def _page(number: int, frame: PageFrame, content: PageContent, path: Path) -> _Page:
    found, left = ruled_tables(content.rules, content.glyphs)
    tables = _page_tables(found, number)
    crowded = any(table.crowded for table in tables)
    if crowded:
        again = second_reading(path, number - 1, frame)
        if again is not None:
            again, _ = without_overprints(again, content.rules)
            found, left = ruled_tables(content.rules, again)
        found, left = settled(found, again or content.stream, left)
        tables = _page_tables(found, number)
    level = [(r.at, r.start, r.end) for r in long_rules(content.rules) if r.horizontal] if left else []
    return _Page(number, frame, tables, text_lines(left), level, crowded)


def _page_tables(found: Sequence[RuledTable], page: int) -> list[PageTable]:
    return [page_table(with_rows(table), page, n) for n, table in enumerate(found, start=1)]


def _assembled(pages: Sequence[_Page]) -> tuple[list[Paragraph | Table], list[Paragraph], list[int]]:
    """The body in reading order, tables joined over pages; the margins; and the pages with rows that are unsure."""
    roles = furniture([PageLines(p.number, p.frame.height, tuple(p.lines)) for p in pages])
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
    page: _Page, lines: Sequence[Line], before: PageTable | None
) -> list[tuple[int, float, PageTable | Paragraph]]:
    """Tables and paragraphs of one page from top to bottom; tables are numbered in that order."""
    unruled, rest = unruled_tables(lines, page.level_rules, page.number, page.frame.width, before)
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
