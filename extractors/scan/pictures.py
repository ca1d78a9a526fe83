"""Files that are pictures, and pages of PDF files → the pictures of pages.

In: the path of a picture or of a PDF. Out: :class:`PagePicture`: pixels in grey or colour (BGR), and how many of them
make a point. A page of a PDF is drawn at the resolution of its own largest picture, so that no pixel is lost or made
up; a picture is turned as its file says it is displayed. Its size on paper comes from its resolution; where the file
names none that can be true, 200 dots an inch are taken, and where that makes no sheet, the long side is that of A4.
Refused: what cannot be decoded (Damaged), pictures beyond the bounds (TooLarge).

PDFium is not safe for threads: pages are drawn one at a time.
"""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps
from pypdfium2 import raw

from extractors.errors import Damaged, TooLarge
from extractors.scan.paper import Picture

MAX_PIXELS = 120_000_000
"""Of one page; A3 at 600 dots an inch has 70 million."""
MOST_DOTS, FEWEST_DOTS = 300.0, 150.0
"""Dots an inch at which pages are read: more cost time and tell nothing new of type of seven points."""
PLAIN_DOTS = 250.0
"""Dots an inch at which a page is drawn that shows no picture: letters as outlines, or in a broken font."""
USUAL_DOTS = 200.0
POINTS = 72.0
A4_LONG, A3_LONG = 842.0, 1191.0
SHORTEST_LONG, LONGEST_LONG = 150.0, 1700.0
"""Points: the long side of a sheet; from a slip to A2."""

_PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The picture of a page as displayed.

    scale: pixels a point, as if the page were a sheet of a usual size. shown: pixels a point of the page as the file
    states its size, in which boxes are given; the same but for pages the size of a poster, as photographs make them.
    """

    pixels: Picture
    scale: float
    shown: float


def frame_count(path: Path) -> int:
    """How many pages a picture file holds. Raises Damaged."""
    with _opened(path) as image:
        return int(getattr(image, "n_frames", 1))


def picture_page(path: Path, index: int) -> PagePicture:
    """A page of a picture file, from 0. Raises Damaged, TooLarge."""
    with _opened(path) as image:
        try:
            image.seek(index)
            if image.width * image.height > MAX_PIXELS:
                raise TooLarge("pixels", limit=MAX_PIXELS)
            scale = _dots(image) / POINTS
            shown = ImageOps.exif_transpose(image)
            if shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info:
                sheet = Image.new("RGBA", shown.size, "white")
                shown = Image.alpha_composite(sheet, shown.convert("RGBA"))
            if shown.mode.startswith("I;16") or shown.mode in ("I", "F"):
                deep = np.asarray(shown, dtype=np.float64)
                pixels = np.asarray(deep * (255.0 / max(float(deep.max()), 1.0)), dtype=np.uint8)
            elif shown.mode in ("1", "L"):
                pixels = np.asarray(shown.convert("L"), dtype=np.uint8)
            else:
                pixels = np.ascontiguousarray(np.asarray(shown.convert("RGB"), dtype=np.uint8)[:, :, ::-1])
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError) as error:
            raise Damaged(type(error).__name__) from error  # all that Pillow raises about a file
    return _bounded(pixels, scale)


def _opened(path: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, and asked for before anything is decoded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(path)
    except (OSError, ValueError, SyntaxError) as error:
        raise Damaged(type(error).__name__) from error


def _dots(image: Image.Image) -> float:
    """Dots an inch of a picture, as its file says or as its size makes likely."""
    long = max(image.width, image.height)
    stated = image.info.get("dpi", (0.0, 0.0))
    dots = float(stated[0]) if isinstance(stated, tuple) else 0.0
    if dots > 0 and SHORTEST_LONG <= long * POINTS / dots <= LONGEST_LONG:
        return dots
    usual = 0.9 * A4_LONG <= long * POINTS / USUAL_DOTS <= 1.1 * A3_LONG
    return USUAL_DOTS if usual else long * POINTS / A4_LONG


def _bounded(pixels: Picture, scale: float) -> PagePicture:
    """The picture at no more dots than are read."""
    most = MOST_DOTS / POINTS
    if scale <= most * 1.05:
        return PagePicture(pixels, scale, scale)
    height, width = pixels.shape[:2]
    size = max(1, round(width * most / scale)), max(1, round(height * most / scale))
    smaller = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return PagePicture(smaller, scale * size[0] / width, scale * size[0] / width)


def pdf_page(path: Path, index: int) -> PagePicture:
    """A page of a PDF as displayed, from 0. Raises Damaged, TooLarge."""
    with _PDFIUM:
        try:
            with pypdfium2.PdfDocument(path) as document:
                page = document[index]
                width, height = page.get_size()
                long = max(width, height)
                sheet = 1.0 if SHORTEST_LONG <= long <= LONGEST_LONG else A4_LONG / long
                scale = min(max(_page_dots(page) / sheet, FEWEST_DOTS), MOST_DOTS) * sheet / POINTS
                if width * height * scale * scale > MAX_PIXELS:
                    raise TooLarge("pixels", limit=MAX_PIXELS)
                bitmap = page.render(scale=scale)
                pixels = _grey_if_so(np.array(bitmap.to_numpy(), dtype=np.uint8))
                bitmap.close()
                page.close()
        except pypdfium2.PdfiumError as error:
            raise Damaged(str(error)) from error
    shown = pixels.shape[1] / width
    return PagePicture(pixels, shown / sheet, shown)


def _grey_if_so(pixels: Picture) -> Picture:
    """The picture with one channel where all are alike."""
    if pixels.ndim == 2:
        return pixels
    few = pixels[::3, ::3, :3]
    if (few.max(axis=2) == few.min(axis=2)).all():
        return np.ascontiguousarray(pixels[:, :, 0])
    return np.ascontiguousarray(pixels[:, :, :3])


def _page_dots(page: pypdfium2.PdfPage) -> float:
    """Dots an inch of the largest picture of a page."""
    best, dots = 0.0, PLAIN_DOTS
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = image.get_bounds()
        area = (right - left) * (top - bottom)
        if area <= best:
            continue
        try:
            wide, high = image.get_px_size()
        except pypdfium2.PdfiumError:
            continue  # a picture that cannot be measured: the page is drawn as one without it
        turned = (wide > high) != (right - left > top - bottom)
        across = high if turned else wide
        best, dots = area, across * POINTS / max(right - left, 1.0)
    return dots


def part_of(page: PagePicture, box: tuple[float, float, float, float]) -> PagePicture:
    """A rectangle of a page (points of the page as displayed) as a page of its own."""
    x0, y0, x1, y1 = (max(0, round(v * page.shown)) for v in box)
    return PagePicture(np.ascontiguousarray(page.pixels[y0:y1, x0:x1]), page.scale, page.shown)


def page_images(path: Path, index: int) -> list[tuple[float, float, float, float]]:
    """The rectangles of the pictures on a page of a PDF, as the file counts (points, y upwards). Raises Damaged."""
    with _PDFIUM:
        try:
            with pypdfium2.PdfDocument(path) as document:
                page = document[index]
                found = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)
                boxes = [image.get_bounds() for image in found]
                page.close()
        except pypdfium2.PdfiumError as error:
            raise Damaged(str(error)) from error
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in boxes]
