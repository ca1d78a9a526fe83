"""An Office file (OOXML) on its way to the disk: in one step, and the same bytes for the same content.

In: the bytes that openpyxl or python-docx made. Out: the file, with a given date instead of the time of its making.
Refuses what the file system refuses (OSError).
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path
from typing import IO, Final

from pipeline.workspace import move_into_place

_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can hold


def storable(text: str) -> str:
    """A text without the characters that XML, and so no Office file, can hold."""
    return _NOT_IN_XML.sub("", text)


def put(data: bytes, target: Path | IO[bytes], stamp: dt.date | None = None) -> None:
    """Write an Office file, dated ``stamp``. Raises OSError."""
    settled = _settled(data, stamp or dt.date(*_NO_DATE[:3]))
    if not isinstance(target, Path):
        target.write(settled)
        return
    ready = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        ready.write_bytes(settled)
        move_into_place(ready, target)
    finally:
        ready.unlink(missing_ok=True)


def _settled(data: bytes, stamp: dt.date) -> bytes:
    """The same Office file with fixed dates."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + f"{stamp:%Y-%m-%d}T00:00:00Z".encode() + rb"\2", part)
            new.writestr(zipfile.ZipInfo(name, _NO_DATE), part, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
