"""Files that are pictures, and pages of PDF files → the pictures of pages.

In: the path of a picture or of a PDF. Out: :class:`PagePicture`: pixels in grey or colour (BGR), and how many of them
make a point. A page of a PDF is drawn at the resolution of its own largest picture, so that no pixel is lost or made
up; a picture is turned as its file says it is displayed. Its size on paper comes from its resolution; where the file
names none that can be true, 200 dots an inch are taken, and where that makes no sheet, the long side is that of A4.
Refused: what cannot be decoded (Damaged), pictures beyond the bounds (TooLarge).

PDFium is not safe for threads: pages are drawn one at a time.
"""

from __future__ import annotations

import ctypes
import math
import threading
import warnings
from collections.abc import Iterator
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
NEARLY = 1.05
"""A picture this much finer is read as it is."""
SQUARE = 0.003
"""Pixels whose sides differ by no more than this share are taken for squares."""
INSIDE = 0.1
"""A picture is drawn so many pixels smaller than it is, for PDFium widens it to all the pixels that it touches."""
LAYER = 0.5
"""A picture that covers this share of what the largest covers may hold the text of the page."""
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
    if scale <= most * NEARLY:
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
                window = _window(page, sheet)
                if width * height * window.across * window.down > MAX_PIXELS:
                    raise TooLarge("pixels", limit=MAX_PIXELS)
                pixels = _grey_if_so(_rendered(page, window))
                page.close()
        except pypdfium2.PdfiumError as error:
            raise Damaged(str(error)) from error
    return PagePicture(pixels, window.across / sheet, window.across)


def _grey_if_so(pixels: Picture) -> Picture:
    """The picture with one channel where all are alike."""
    if pixels.ndim == 2:
        return pixels
    few = pixels[::3, ::3, :3]
    if (few.max(axis=2) == few.min(axis=2)).all():
        return np.ascontiguousarray(pixels[:, :, 0])
    return np.ascontiguousarray(pixels[:, :, :3])


@dataclass(frozen=True, slots=True)
class _Window:
    """How a page is drawn: pixels a point across and down, and by how many pixels it is moved to the right and down."""

    across: float
    down: float
    right: float = 0.0
    below: float = 0.0


def _window(page: pypdfium2.PdfPage, sheet: float) -> _Window:
    """The window in which the pixels of the largest picture of a page fall on pixels as they are, where they may.

    Drawn at a resolution a hair off its own, a picture is soft in waves, and one of one bit a pixel loses its edges.
    """
    largest = _largest_picture(page)
    dots = largest.wide * POINTS / max(largest.x1 - largest.x0, 1.0) if largest else PLAIN_DOTS
    dots = dots / sheet
    if largest is not None and largest.area < LAYER * math.prod(page.get_size()):
        dots = max(dots, PLAIN_DOTS)
    even = min(max(dots, FEWEST_DOTS), MOST_DOTS) * sheet / POINTS
    if largest is None or not FEWEST_DOTS <= dots <= MOST_DOTS * NEARLY or not largest.upright:
        return _Window(even, even)
    across = (largest.wide - INSIDE) / (largest.x1 - largest.x0)
    down = (largest.high - INSIDE) / (largest.y1 - largest.y0)
    if abs(across / down - 1) > SQUARE:
        return _Window(even, even)
    return _Window(across, down, _to_pixel(largest.x0 * across), _to_pixel(largest.y0 * down))


def _to_pixel(place: float) -> float:
    """The step from a place to just inside the nearest border of pixels."""
    return round(place) + INSIDE / 2 - place


def _rendered(page: pypdfium2.PdfPage, window: _Window) -> Picture:
    """The page drawn in a window."""
    width, height = page.get_size()
    sides = width * window.across, height * window.down
    size = max(1, math.ceil(sides[0] - INSIDE)), max(1, math.ceil(sides[1] - INSIDE))
    bitmap = pypdfium2.PdfBitmap.new_native(*size, raw.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        matrix = raw.FS_MATRIX(window.across, 0, 0, window.down, window.right, window.below)
        raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, raw.FS_RECTF(0, 0, *size), raw.FPDF_ANNOT)
        return np.array(bitmap.to_numpy(), dtype=np.uint8)
    finally:
        bitmap.close()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A picture on a page: its rectangle in points of the page as displayed, its pixels across and down.

    upright: it lies level with the page, in one of the four ways.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    wide: int
    high: int
    upright: bool

    @property
    def area(self) -> float:
        """Square points that it covers."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


def _largest_picture(page: pypdfium2.PdfPage) -> _Placed | None:
    """The finest of the pictures that cover about as much of a page as the largest: scans may come in layers."""
    found = [placed for image in _images(page) if (placed := _placed(page, image)) is not None]
    most = max((placed.area for placed in found), default=0.0)
    whole = [placed for placed in found if placed.area >= LAYER * most > 0]
    return max(whole, key=lambda placed: placed.wide / (placed.x1 - placed.x0), default=None)


def _images(page: pypdfium2.PdfPage) -> Iterator[pypdfium2.PdfImage]:
    yield from page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)


def _placed(page: pypdfium2.PdfPage, image: pypdfium2.PdfImage) -> _Placed | None:
    """Where a picture lies; None where it cannot be measured, and the page is drawn as one without it."""
    try:
        wide, high = image.get_px_size()
    except pypdfium2.PdfiumError:
        return None
    left, bottom, right, top = image.get_bounds()
    corners = _displayed(page, left, bottom), _displayed(page, right, top)
    (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(*corners, strict=True))
    matrix = image.get_matrix()
    slack = 0.001 * max(abs(value) for value in (matrix.a, matrix.b, matrix.c, matrix.d))
    level, turned = max(abs(matrix.b), abs(matrix.c)) <= slack, max(abs(matrix.a), abs(matrix.d)) <= slack
    if turned != (page.get_rotation() in (90, 270)):
        wide, high = high, wide
    return _Placed(x0, y0, x1, y1, wide, high, level or turned) if x1 > x0 and y1 > y0 else None


def _displayed(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A place on a page, as the file counts, in points of the page as displayed."""
    width, height = page.get_size()
    fine = 1000.0  # PDFium answers in whole numbers
    across, down = ctypes.c_int(), ctypes.c_int()
    size = round(width * fine), round(height * fine)
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value / fine, down.value / fine


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
                boxes = [image.get_bounds() for image in _images(page)]
                page.close()
        except pypdfium2.PdfiumError as error:
            raise Damaged(str(error)) from error
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in boxes]
