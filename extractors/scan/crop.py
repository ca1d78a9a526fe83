"""A rectangle of a page → its picture, to be shown to a person.

In: the path of a PDF or of a picture, a :class:`Box` as the reader gave it. Out: the bytes of a PNG with a little of
what surrounds the rectangle, no wider and no higher than MOST pixels. Refused: a page that is not there or cannot be
drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from extractors.document import Box
from extractors.errors import Damaged
from extractors.kinds import Kind, kind_of
from extractors.scan.pictures import PagePicture, pdf_page, picture_page

MOST = 1600
"""Pixels; a whole page at 200 dots an inch is made smaller."""
AROUND = 3.0
"""Points of the page shown around the rectangle."""


def picture_of(path: Path, box: Box) -> bytes:
    """The PNG of a rectangle of a page. Raises Damaged, TooLarge, OSError."""
    return _cut(_page(path, box.page), box)


def pictures_of(path: Path, boxes: Sequence[Box]) -> list[bytes]:
    """The PNG of each rectangle, each page drawn once. Raises Damaged, TooLarge, OSError."""
    found: dict[int, bytes] = {}
    for number in dict.fromkeys(box.page for box in boxes):
        page = _page(path, number)
        found |= {n: _cut(page, box) for n, box in enumerate(boxes) if box.page == number}
    return [found[n] for n in range(len(boxes))]


def _page(path: Path, number: int) -> PagePicture:
    return pdf_page(path, number - 1) if kind_of(path) is Kind.PDF else picture_page(path, number - 1)


def _cut(page: PagePicture, box: Box) -> bytes:
    height, width = page.pixels.shape[:2]
    x0, y0 = (max(0, int((v - AROUND) * page.shown)) for v in (box.x0, box.y0))
    x1, y1 = int((box.x1 + AROUND) * page.shown) + 1, int((box.y1 + AROUND) * page.shown) + 1
    part = page.pixels[y0 : min(y1, height), x0 : min(x1, width)]
    if not part.size:
        raise Damaged("the rectangle lies outside of the page")
    share = min(1.0, MOST / max(part.shape[:2]))
    if share < 1:
        size = max(1, round(part.shape[1] * share)), max(1, round(part.shape[0] * share))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    done, data = cv2.imencode(".png", part)
    if not done:
        raise Damaged("the picture cannot be written")
    return data.tobytes()
