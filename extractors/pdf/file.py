"""The pages of a PDF file, parsed one after the other.

In: the path of a PDF. Out: the frame of each page (pikepdf), then its glyphs and rules (tablers, that is PDFium).
Refused: a file that asks for a password, is damaged, has no page, or has too many. A single broken page is passed on
as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import tablers

from extractors.errors import Damaged, Empty, Encrypted, TooLarge
from extractors.geometry.page_content import PageContent
from extractors.pdf.page import PageFrame, main_turn, page_content

MAX_PAGES = 2000
"""Pages of one file; the longest published catalogues have some 300."""

SCAN_PIXELS = 400_000
"""A picture with fewer pixels cannot be a page of legible text."""


def page_frames(path: Path) -> list[PageFrame]:
    """The visible box and the rotation of each page. Raises Encrypted, Damaged, Empty or TooLarge."""
    if path.stat().st_size == 0:
        raise Empty()
    try:
        with pikepdf.open(path) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise TooLarge(limit=MAX_PAGES, found=len(pdf.pages))
            frames = [_frame(page) for page in pdf.pages]
    except pikepdf.PasswordError as error:
        raise Encrypted() from error
    except (pikepdf.PdfError, ValueError, TypeError) as error:
        raise Damaged(str(error)) from error
    if not frames:
        raise Empty()
    return frames


def _frame(page: pikepdf.Page) -> PageFrame:
    media, crop = _corners(page.mediabox), _corners(page.cropbox)
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    if box[0] >= box[2] or box[1] >= box[3]:
        box = media
    rotation = round(page.rotation / 90) * 90 % 360
    return PageFrame(*box, rotation=rotation, pictured=_pictured(page), annotated=_annotated(page))


def _annotated(page: pikepdf.Page) -> bool:
    """Whether text may stand on the page that is not of its content: filled-in form fields, notes typed onto it."""
    found: Any = page.get("/Annots", [])
    return any(
        note.get("/Subtype") == pikepdf.Name.FreeText or (note.get("/Subtype") == pikepdf.Name.Widget and "/V" in note)
        for note in found
        if isinstance(note, pikepdf.Dictionary)
    )


def _pictured(page: pikepdf.Page) -> bool:
    """Whether the page shows a picture large enough to be the scan of a page."""
    images = page.get_images().values()
    return any(int(image.get("/Width", 0)) * int(image.get("/Height", 0)) >= SCAN_PIXELS for image in images)


def _corners(box: object) -> tuple[float, float, float, float]:
    a, b, c, d = (float(value) for value in box)  # type: ignore[attr-defined]
    return min(a, c), min(b, d), max(a, c), max(b, d)


def page_contents(path: Path, frames: Sequence[PageFrame]) -> Iterator[tuple[PageFrame, PageContent | None]]:
    """What is printed on each page, and the frame in which its text stands upright; None for a broken page.

    Raises Damaged where PDFium cannot open the file.
    """
    try:
        document = tablers.Document(path=str(path))
    except RuntimeError as error:  # all that tablers raises about a file
        raise Damaged(str(error)) from error
    with document:
        for index, frame in enumerate(frames):
            yield _content(document, index, frame)


def _content(document: Any, index: int, frame: PageFrame) -> tuple[PageFrame, PageContent | None]:
    try:
        page = document.get_page(index)
        page.extract_objects()
        objects = page.objects
    except RuntimeError:
        return frame, None
    except BaseException as error:
        # A panic in Rust derives from BaseException and cannot be imported; it concerns this page alone.
        if type(error).__module__ != "pyo3_runtime":
            raise
        return frame, None
    content = page_content(objects, frame)
    if turn := main_turn(content):
        # Read as the text stands, even where the page is displayed on its side.
        frame = frame.turned(turn)
        content = page_content(objects, frame)
    page.clear_cache()
    return frame, content
