"""How much longer than other files one may take to read: pages that have to be recognized cost seconds each.

In: the path of a submitted file. Out: seconds beyond the usual limit. Refuses nothing: what cannot be looked into gets
no more time, and its reader will say why. It parses hostile bytes, so it runs where they are read, under the usual
limits (extractors/sandbox.py).
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from extractors.errors import Unreadable
from extractors.kinds import Kind, kind_of

SECONDS_A_PAGE = 6.0
"""Several times what a page takes on two cores that have nothing else to do."""
SMALLEST_SCAN = 10_000
"""Bytes; a page of print in one colour takes several times as much."""
_PICTURES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".jb2", ".gbig2"))
MOST_PAGES = 1000
"""More pages are not recognized."""


def extra_seconds(path: object, *rest: object) -> float:
    """Seconds that the reading of the file may take beyond the limit of any file."""
    if not isinstance(path, Path):
        return 0.0
    try:
        kind = kind_of(path)
        count = _COUNTS.get(kind)
        pages = count(path) if count is not None else 1
    except (Unreadable, OSError):
        return 0.0
    return SECONDS_A_PAGE * min(pages - 1, MOST_PAGES) if pages > 1 else 0.0


def _pictured(path: Path) -> int:
    from extractors.pdf.file import page_frames

    return sum(frame.pictured for frame in page_frames(path))


def _frames(path: Path) -> int:
    from extractors.scan.pictures import frame_count

    return frame_count(path)


def _pictures(path: Path) -> int:
    """Pictures in an .ofd that are large enough to be scans of pages, whether a page shows them or not."""
    from extractors.zip_directory import open_zip

    with open_zip(path) as package:
        return sum(
            info.file_size >= SMALLEST_SCAN and PurePosixPath(info.filename).suffix.lower() in _PICTURES
            for info in package.infolist()
        )


_COUNTS = {Kind.PDF: _pictured, Kind.OFD: _pictures, Kind.TIF: _frames, Kind.GIF: _frames, Kind.WEBP: _frames}
