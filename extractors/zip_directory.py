"""Opens the directory of a .zip within bounds: the one door to ``zipfile`` for files that units hand in.

In: the path of a file that starts like a .zip. Out: an open ``zipfile.ZipFile``. Refuses: a directory that is cut off
or broken (:class:`~extractors.errors.Damaged`), and one so long that listing it would take more memory than reading a
file may (:class:`~extractors.errors.UnsafeArchive`). Nothing is decompressed here.
"""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

from extractors.errors import Damaged, UnsafeArchive

MAX_DIRECTORY_ENTRIES = 100_000  # zipfile keeps about 1 KB for each
_CHUNK = 1 << 20
_ENTRY_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s6xH10x")  # APPNOTE 4.3.16: total number of entries at 10
_UNTOLD = 0xFFFF


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive at ``path``, its directory read. Raises Damaged or UnsafeArchive; OSError for want of the file."""
    # The counts in the end record are the sender's word, which zipfile does not keep to: count the signatures.
    if _signatures(path) > MAX_DIRECTORY_ENTRIES:
        raise UnsafeArchive("directory too long", limit=MAX_DIRECTORY_ENTRIES)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError) as error:
        raise Damaged(f"zip directory: {type(error).__name__}") from error
    # A damaged length in the directory hides the entries after it, and zipfile says nothing.
    if len(archive.infolist()) & _UNTOLD != _told_entries(path, archive) & _UNTOLD:
        archive.close()
        raise Damaged("zip directory: entries are missing")
    return archive


def _told_entries(path: Path, archive: zipfile.ZipFile) -> int:
    """How many entries the end record tells, modulo 65536; the listed ones where it leaves that to a ZIP64 record."""
    with path.open("rb") as file:
        file.seek(-_END_RECORD.size - len(archive.comment), os.SEEK_END)
        signature, entries = _END_RECORD.unpack(file.read(_END_RECORD.size))
    # An end record that stands elsewhere, with something after it, is found by zipfile and not looked for here.
    told = signature == _END_SIGNATURE and entries != _UNTOLD
    return int(entries) if told else len(archive.infolist())


def _signatures(path: Path) -> int:
    count, carry = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = carry + chunk
            count += window.count(_ENTRY_SIGNATURE)
            carry = window[-len(_ENTRY_SIGNATURE) + 1 :]
    return count
