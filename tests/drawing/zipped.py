"""The same zip bytes for the same content: entry dates and the dates in docProps are fixed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

EPOCH = (2024, 3, 1, 9, 0, 0)
_STAMP = b"2024-03-01T09:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def write_zip(path: Path, entries: Mapping[str, bytes]) -> None:
    """Write a zip file of the entries, in their order, with fixed dates and rights."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, compresslevel=9)


def settle(path: Path) -> None:
    """Write an Office file again without the time of its making."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    if core := entries.get("docProps/core.xml"):
        entries["docProps/core.xml"] = _DATES.sub(rb"\g<1>" + _STAMP + rb"\2", core)
    write_zip(path, entries)
