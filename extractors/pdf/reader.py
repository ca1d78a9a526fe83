"""A PDF → :class:`Document`, page by page, each read by what it has: its text layer, or its picture.

In: the path of a PDF. Out: its tables, ruled and unruled, joined over pages whether digital or scanned; its paragraphs
in reading order; running headers, footers, page numbers and watermarks as margins; an observation for each page of
which something could not be read. Refused: a file that asks for a password, is damaged, is beyond the bounds, or prints
nothing.

PDFium, by way of tablers, parses the pages: it is not safe for threads, so read one file at a time in a process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extractors.document import Document, Notice, Observation, Paragraph, Place
from extractors.errors import Damaged, Empty
from extractors.geometry.assembly import PageParts, assembled, page_parts, page_tables
from extractors.geometry.display import WaysBack, as_displayed
from extractors.geometry.overflow import settled
from extractors.geometry.overprints import without_overprints
from extractors.geometry.page_content import Layer, PageContent, judge
from extractors.geometry.ruling import ruled_tables
from extractors.pdf.clipped import without_clipped
from extractors.pdf.file import page_contents, page_frames
from extractors.pdf.layer import drawn_invisibly
from extractors.pdf.page import PageFrame
from extractors.pdf.recognized import with_pictures
from extractors.pdf.second_reading import second_reading


@dataclass(slots=True)
class _Pages:
    """The pages of a file as they were read so far."""

    parts: dict[int, PageParts]
    back: dict[int, Callable[[float, float], tuple[float, float]]]
    observations: list[Observation]
    marks: dict[str, int]
    pictures: list[int]
    broken: int = 0

    def notice(self, notice: Notice, page: int) -> None:
        self.observations.append(Observation(notice, Place(page=page)))


def read_pdf(path: Path, name: str) -> Document:
    """Read a PDF. ``name`` is the file's name for people. Raises Encrypted, Damaged, Empty or TooLarge."""
    frames = page_frames(path)
    pages = _Pages({}, {}, [], {}, [])
    for number, (frame, content) in enumerate(page_contents(path, frames), start=1):
        if frame.annotated:
            pages.notice(Notice.UNREAD_PART, number)
        if content is None:
            pages.broken += 1
        layer = judge(content) if content is not None else Layer.BROKEN
        if layer is Layer.USABLE and frame.pictured and drawn_invisibly(path, number - 1):
            layer = Layer.UNUSABLE
        if layer is Layer.BROKEN or layer is Layer.UNUSABLE:
            pages.pictures.append(number)
        elif content is not None:
            _take(pages, number, frame, frames[number - 1], content, path)
    if pages.pictures:
        _recognize(pages, path)
    return _document(pages, name, len(frames))


def _take(pages: _Pages, number: int, frame: PageFrame, displayed: PageFrame, content: PageContent, path: Path) -> None:
    """Take over the text layer of a page."""
    if content.cut:
        pages.notice(Notice.TRUNCATED, number)
    if content.marks:
        pages.marks.setdefault(content.marks, number)
    if not content.glyphs:
        return
    if frame.pictured:
        content = with_pictures(content, frame, path, number - 1)
    pages.parts[number] = _page(number, frame, content, path)
    if frame != displayed:
        pages.back[number] = lambda x, y: displayed.shown(*frame.filed(x, y))


def _recognize(pages: _Pages, path: Path) -> None:
    """Read the pages that are pictures, or whose text layer says something else than they show."""
    # Imported here: most files need none of it, and it takes as long as reading twenty pages.
    from extractors.scan.reader import is_missed, read_pdf_pages, scanned_parts
    from extractors.scan.scanned_page import ScannedPage

    for number, page in zip(pages.pictures, read_pdf_pages(path, pages.pictures), strict=True):
        if isinstance(page, ScannedPage) and not page.blank:
            pages.parts[number] = scanned_parts(number, page)
            pages.back[number] = page.shown
        if is_missed(page):
            pages.notice(Notice.UNREAD_PAGE, number)


def _document(pages: _Pages, name: str, count: int) -> Document:
    if not pages.parts:
        raise Damaged() if pages.broken else Empty()
    whole = assembled([pages.parts[number] for number in sorted(pages.parts)])
    for number in whole.unsure:
        pages.notice(Notice.UNREAD_CELL, number)
    back: WaysBack = pages.back
    blocks = tuple(as_displayed(block, back) for block in whole.blocks) if back else tuple(whole.blocks)
    margins = [as_displayed(margin, back) for margin in whole.margins] if back else whole.margins
    margins += [Paragraph(text, Place(page=number), "textbox") for text, number in pages.marks.items()]
    return Document(name, "pdf", blocks, tuple(margins), count, tuple(pages.observations))


def _page(number: int, frame: PageFrame, content: PageContent, path: Path) -> PageParts:
    found, left = ruled_tables(content.rules, content.glyphs)
    crowded = any(table.crowded for table in page_tables(found, number))
    if crowded:
        again = second_reading(path, number - 1, frame)
        if again is not None:
            again, _ = without_overprints(again, content.rules)
            found, left = ruled_tables(content.rules, again)
        found, left = settled(found, again or content.stream, left)
    if left and any(table.open_top or table.open_bottom for table in page_tables(found, number)):
        left = without_clipped(left, path, number - 1, frame)
    parts = page_parts(number, (frame.width, frame.height), found, left, content.rules)
    parts.unsure = crowded
    return parts
