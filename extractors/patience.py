"""How much longer than other files one may take to read: pages that have to be recognized cost seconds each.

In: the path of a submitted file. Out: seconds beyond the usual limit. Refuses nothing: what cannot be looked into gets
no more time, and its reader will say why. It parses hostile bytes, so it runs where they are read, under the usual
limits (extractors/sandbox.py).
"""

from __future__ import annotations

from pathlib import Path

from extractors.errors import Unreadable
from extractors.kinds import Kind, kind_of

SECONDS_A_PAGE = 6.0
"""Several times what a page takes on two cores that have nothing else to do."""
MOST_PAGES = 1000
"""More pages are not recognized."""


def extra_seconds(path: object, *rest: object) -> float:
    """Seconds that the reading of the file may take beyond the limit of any file."""
    if not isinstance(path, Path):
        return 0.0
    try:
        kind = kind_of(path)
        pages = _pictured(path) if kind is Kind.PDF else _frames(path) if kind in (Kind.TIF, Kind.GIF, Kind.WEBP) else 1
    except (Unreadable, OSError):
        return 0.0
    return SECONDS_A_PAGE * min(pages - 1, MOST_PAGES) if pages > 1 else 0.0


def _pictured(path: Path) -> int:
    from extractors.pdf.file import page_frames

    return sum(frame.pictured for frame in page_frames(path))


def _frames(path: Path) -> int:
    from extractors.scan.pictures import frame_count

    return frame_count(path)
