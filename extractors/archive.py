"""Unpacks a submitted .zip into a folder of its own, whatever its sender wrote into it.

In: the path of a .zip. Out: one :class:`Member` for each file in it, with the path of its bytes or the reason why it
has none; one bad member never costs the others. Refuses as a whole: an archive whose directory cannot be read
(Damaged), that holds no file (Empty), or that lists more entries than the bounds (UnsafeArchive).

The bytes are written under numbers, never under names that the archive chose: no entry can reach outside the folder,
meet a reserved name or overwrite another. Bounds are measured on what really comes out of the decompressor.
"""

from __future__ import annotations

import itertools
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.entry_names import DistinctNames, decoded_name, is_system_file, leaves_archive, safe_name
from extractors.errors import Damaged, Empty, Encrypted, OtherArchive, TooLarge, Unreadable, UnsafeArchive
from extractors.kinds import Kind, kind_of
from extractors.zip_directory import open_zip

MAX_ENTRIES = 10_000
MAX_ENTRY_MEGABYTES = 200  # extractors.MAX_MEGABYTES: no larger file would be read
MAX_TOTAL_MEGABYTES = 1024
MAX_RATIO = 250  # text and blank scans stay below 200; a bomb of zeros reaches 1032
MAX_DEPTH = 2  # archives inside each other, the outermost counted

_RATIO_FROM_BYTES = 16 << 20  # what is small does no harm however well it was packed
_CHUNK = 1 << 20
_ENCRYPTED_FLAGS = 0x1 | 0x40  # APPNOTE 4.4.4: encrypted, strongly encrypted
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others cannot be decompressed in bounded steps


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    name: its path inside the archive, safe on every system and unlike any other member's. path: where its bytes lie,
    None where it has none. problem: why it has none; None together with no path: left out on purpose, see
    :attr:`skipped`.
    """

    name: str
    path: Path | None = None
    problem: Unreadable | None = None

    @property
    def skipped(self) -> bool:
        """A preview, a folder setting or a lock file, which no unit means to submit: left out and no fault."""
        return self.path is None and self.problem is None


def unpack(path: Path, into: Path) -> tuple[Member, ...]:
    """The files in the .zip at ``path``, written into the folder ``into``, which is made; a .zip in it is unpacked too.

    Raises Damaged, Empty or UnsafeArchive for the archive as a whole, OSError when ``into`` cannot be written.
    """
    into.mkdir(parents=True, exist_ok=True)
    members = tuple(_Unpacking(into).members(path, folder="", depth=1))
    if not members:
        raise Empty("archive without files")
    return members


class _Unpacking:
    """One run of :func:`unpack`: what it has written so far, over nested archives."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._names = DistinctNames()
        self._numbers = itertools.count(1)
        self._entries = 0
        self._written = 0

    def members(self, path: Path, folder: str, depth: int) -> Iterator[Member]:
        with open_zip(path) as archive:
            entries = archive.infolist()
            self._entries += len(entries)
            if self._entries > MAX_ENTRIES:
                raise UnsafeArchive("too many entries", limit=MAX_ENTRIES)
            for entry in entries:
                if not entry.is_dir():
                    yield from self._member(archive, entry, folder, depth)

    def _member(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: str, depth: int) -> Iterator[Member]:
        printed = decoded_name(entry)
        name = self._names.take(folder + safe_name(printed))
        if is_system_file(printed):
            yield Member(name)
            return
        target = self._into / f"{next(self._numbers):05d}"
        try:
            _check(entry, printed)
            self._write(archive, entry, target)
        except Unreadable as problem:
            target.unlink(missing_ok=True)
            yield Member(name, problem=problem)
            return
        if kind_of(target) is Kind.ZIP:
            yield from self._nested(target, name, depth + 1)
        else:
            yield Member(name, target)

    def _nested(self, target: Path, name: str, depth: int) -> Iterator[Member]:
        """The members of an archive in the archive; the archive itself is one only where it cannot be unpacked."""
        try:
            if depth > MAX_DEPTH:
                raise UnsafeArchive("archives nested too deeply", limit=MAX_DEPTH)
            found = tuple(self.members(target, f"{name.removesuffix('.zip')}/", depth))
            if not found:
                raise Empty("archive without files")
            yield from found
        except Unreadable as problem:
            yield Member(name, problem=problem)
        finally:
            target.unlink(missing_ok=True)

    def _write(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
        size = 0
        with target.open("xb") as file:
            for chunk in _chunks(archive, entry):
                size += len(chunk)
                self._written += len(chunk)
                if size > MAX_ENTRY_MEGABYTES << 20:
                    raise TooLarge("archive entry", limit=MAX_ENTRY_MEGABYTES)
                if self._written > MAX_TOTAL_MEGABYTES << 20:
                    raise UnsafeArchive("archive unpacks to too much", limit=MAX_TOTAL_MEGABYTES)
                if size > _RATIO_FROM_BYTES and size > MAX_RATIO * entry.compress_size:
                    raise UnsafeArchive("archive entry packed beyond belief", limit=MAX_RATIO)
                file.write(chunk)


def _check(entry: zipfile.ZipInfo, printed: str) -> None:
    """Refuses an entry for what its header says, before anything of it is decompressed."""
    mode = entry.external_attr >> 16
    if leaves_archive(printed):
        raise UnsafeArchive("entry leaves the archive")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise UnsafeArchive("entry is a link or a device")
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise Encrypted("archive entry")
    if entry.compress_type not in _METHODS:
        raise OtherArchive("compression method", found=f"zip ({entry.compress_type})")


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, NotImplementedError) as error:
        raise Damaged(f"archive entry: {type(error).__name__}") from error
