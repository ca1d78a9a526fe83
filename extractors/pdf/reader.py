"""A digital PDF → :class:`Document`, page by page.

In: the path of a PDF. Out: its tables, ruled and unruled, joined over pages; its paragraphs in reading order; running
headers, footers, page numbers and watermarks as margins; an observation for each page that has no usable text.
Refused: a file that asks for a password, is damaged, is beyond the bounds, prints nothing, or has no usable text on
any page.

PDFium, by way of tablers, parses the pages: it is not safe for threads, so read one file at a time in a process.
"""

from __future__ import annotations

from pathlib import Path

from extractors.document import Document, Notice, Observation, Paragraph, Place
from extractors.geometry.assembly import PageParts, assembled, nothing_read, page_parts, page_tables
from extractors.geometry.overflow import settled
from extractors.geometry.overprints import without_overprints
from extractors.geometry.page_content import Layer, PageContent, judge
from extractors.geometry.ruling import ruled_tables
from extractors.pdf.display import as_displayed
from extractors.pdf.file import page_contents, page_frames
from extractors.pdf.layer import drawn_invisibly
from extractors.pdf.page import PageFrame
from extractors.pdf.second_reading import second_reading


def read_pdf(path: Path, name: str) -> Document:
    """Read a digital PDF. ``name`` is the file's name for people.

    Raises Encrypted, Damaged, Empty, TooLarge, or NoTextLayer where no page has usable text, so that the pages have
    to be recognized.
    """
    frames = page_frames(path)
    pages: list[PageParts] = []
    read_in: dict[int, PageFrame] = {}
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
            parts, crowded = _page(number, frame, content, path)
            pages.append(parts)
            read_in[number] = frame
            if crowded:
                observations.append(Observation(Notice.UNREAD_CELL, Place(page=number)))
    if not pages:
        raise nothing_read(layers)
    blocks, margins, unsure = assembled(pages)
    observations += [Observation(Notice.UNREAD_CELL, Place(page=number)) for number in unsure]
    sideways = {n: (frame, frames[n - 1]) for n, frame in read_in.items() if frame != frames[n - 1]}
    if sideways:
        blocks = [as_displayed(block, sideways) for block in blocks]
        margins = [as_displayed(paragraph, sideways) for paragraph in margins]
    margins += [Paragraph(text, Place(page=number), "textbox") for text, number in marks.items()]
    return Document(name, "pdf", tuple(blocks), tuple(margins), len(frames), tuple(observations))


def _page(number: int, frame: PageFrame, content: PageContent, path: Path) -> tuple[PageParts, bool]:
    """The parts of a page, and whether text is printed over other text in some cell of it."""
    found, left = ruled_tables(content.rules, content.glyphs)
    tables = page_tables(found, number)
    crowded = any(table.crowded for table in tables)
    if crowded:
        again = second_reading(path, number - 1, frame)
        if again is not None:
            again, _ = without_overprints(again, content.rules)
            found, left = ruled_tables(content.rules, again)
        found, left = settled(found, again or content.stream, left)
        tables = page_tables(found, number)
    return page_parts(number, (frame.width, frame.height), content.rules, tables, left), crowded
