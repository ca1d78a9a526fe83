"""A picture file → :class:`Document`; pages of any file → what is read on them, on all cores.

In: the path of a .png, .jpg, .tif, .bmp, .gif or .webp. Out: its tables, joined over the pages of a .tif, and its
paragraphs, as from a digital PDF, each character with its confidence; an observation for a page on which something is
printed and nothing could be read. Boxes are in points of the picture as displayed, at the resolution that its file
states (pictures.py says what is taken where it states none). Refused: what cannot be decoded, is beyond the bounds, or
shows nothing at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from extractors.document import Document, Notice, Observation, Place
from extractors.errors import Empty, TooLarge, Unreadable
from extractors.geometry.assembly import PageParts, assembled, page_parts
from extractors.geometry.display import as_displayed
from extractors.geometry.ruling import ruled_tables
from extractors.kinds import kind_of
from extractors.patience import MOST_PAGES
from extractors.scan.doubts import UNSURE
from extractors.scan.line_marks import UNREAD
from extractors.scan.page import read_page
from extractors.scan.page_breaks import mended
from extractors.scan.pictures import PagePicture, frame_count, pdf_page, picture_page
from extractors.scan.scanned_page import ScannedPage

AT_ONCE = min(os.cpu_count() or 1, 2)
"""Pages read at the same time. More need more memory than a worker may have."""


def read_scan(path: Path, name: str) -> Document:
    """Read a picture file. ``name`` is the file's name for people. Raises Damaged, Empty, TooLarge."""
    count = frame_count(path)
    if count > MOST_PAGES:
        raise TooLarge(limit=MOST_PAGES, found=count)
    read = read_pages([partial(picture_page, path, index) for index in range(count)])
    pages = {number: page for number, page in enumerate(read, start=1)}
    scanned = {number: page for number, page in pages.items() if isinstance(page, ScannedPage)}
    if not scanned:
        raise next(page for page in pages.values() if isinstance(page, Unreadable))
    if all(page.blank for page in scanned.values()):
        raise Empty()
    whole = assembled([scanned_parts(number, page) for number, page in scanned.items()])
    back = {number: page.shown for number, page in scanned.items()}
    missed = [number for number, page in pages.items() if is_missed(page)]
    return Document(
        name,
        kind_of(path).value,
        tuple(as_displayed(block, back) for block in whole.blocks),
        tuple(as_displayed(margin, back) for margin in whole.margins),
        count,
        tuple(Observation(Notice.UNREAD_PAGE, Place(page=number)) for number in missed)
        + tuple(Observation(Notice.UNREAD_CELL, Place(page=number)) for number in whole.unsure),
    )


def is_missed(page: ScannedPage | Unreadable) -> bool:
    """Whether something on the page was not read: it could not be drawn, or not a character was made out."""
    if isinstance(page, Unreadable):
        return True
    return not page.blank and all(glyph.text == UNREAD for glyph in page.glyphs)


def scanned_parts(number: int, page: ScannedPage) -> PageParts:
    """The parts of a recognized page, by the geometry of digital pages."""
    found, left = ruled_tables(page.rules, page.glyphs)
    parts = page_parts(number, (page.width, page.height), found, left, page.rules, UNSURE if page.worn else 1.0)
    parts.unsure = parts.unsure or page.speckled
    return parts


def read_pages(sources: Sequence[Callable[[], PagePicture]]) -> Iterator[ScannedPage | Unreadable]:
    """What is read on each page, in their order; a page that cannot be drawn gives its error.

    Two pages are read at the same time, in threads: the network and OpenCV let go of the interpreter, and both threads
    share one copy of the network. A page is drawn when its turn comes, so that no more than these are in memory.
    """
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page") as pool:
        yield from _over_breaks(pool.map(_read, sources))


def _over_breaks(pages: Iterator[ScannedPage | Unreadable]) -> Iterator[ScannedPage | Unreadable]:
    """The pages with the lines whole that the breaks between them cut."""
    last = None
    for page in pages:
        if isinstance(last, ScannedPage) and isinstance(page, ScannedPage):
            last, page = mended(last, page)
        if last is not None:
            yield last
        last = page
    if last is not None:
        yield last


def read_pdf_pages(path: Path, numbers: Sequence[int]) -> Iterator[ScannedPage | Unreadable]:
    """What is read on these pages (from 1) of a PDF. Raises TooLarge."""
    if len(numbers) > MOST_PAGES:
        raise TooLarge(limit=MOST_PAGES, found=len(numbers))
    return read_pages([partial(pdf_page, path, number - 1) for number in numbers])


def _read(source: Callable[[], PagePicture]) -> ScannedPage | Unreadable:
    try:
        return read_page(source())
    except Unreadable as error:
        return error
