"""Pages of an .ofd that are pictures → what is read on them.

In: the open package and its pictures. Out: for each a :class:`~extractors.scan.page.ScannedPage` in points of the page,
or the error why there is none. Refused: more such pages than are read (TooLarge).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from extractors.errors import TooLarge, Unreadable
from extractors.ofd.package import Package, Scan
from extractors.patience import MOST_PAGES
from extractors.scan.pictures import PagePicture, picture_page
from extractors.scan.reader import read_pages
from extractors.scan.scanned_page import ScannedPage


def read_scans(package: Package, scans: Sequence[Scan]) -> Iterator[ScannedPage | Unreadable]:
    """What is read on each, in their order. Raises TooLarge."""
    if len(scans) > MOST_PAGES:
        raise TooLarge(limit=MOST_PAGES, found=len(scans))
    with TemporaryDirectory(prefix="ofd") as folder:
        files = (Path(folder) / str(number) for number in range(len(scans)))
        yield from read_pages([partial(_picture, package, scan, file) for scan, file in zip(scans, files, strict=True)])


def _picture(package: Package, scan: Scan, file: Path) -> PagePicture:
    """The picture as large as the page shows it, whatever resolution its file states."""
    package.unpack(scan.document.media.get(scan.media, ""), file)
    picture = picture_page(file, 0)
    file.unlink()
    scale = picture.pixels.shape[1] / (scan.box[2] - scan.box[0])
    return replace(picture, scale=scale, shown=scale)
