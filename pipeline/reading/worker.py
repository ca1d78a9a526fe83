"""What a sandboxed worker does with one submitted file: unpack it, read its cover sheet, or read it.

In: where the bytes lie, the name inside the unit's folder, an empty folder for what an archive holds. Out: one of
:class:`Unpacked`, :class:`CoverSheet`, FileReading; all picklable. Refuses, as Unreadable, what the readers refuse.
Runs in a process of its own (extractors/sandbox.py): here hostile bytes are parsed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from extractors.archive import Member, unpack
from extractors.content_hash import sha256_of
from extractors.errors import Unreadable
from extractors.kinds import CONVERTED_TO, Kind, kind_of
from pipeline.reading.cover import MAX_BYTES, Cover, is_cover, read_document, read_toml
from pipeline.record import FileReading, FileState
from pipeline.vocabulary import load_vocabulary


@dataclass(frozen=True, slots=True)
class UnpackedMember:
    """A file of an archive: name in the archive, its bytes and their hash, or the reason why it has none."""

    name: str
    path: Path | None
    sha256: str
    size: int = 0
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive held, but for what systems leave beside documents."""

    members: tuple[UnpackedMember, ...]


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """A cover sheet, as a file without register content and as what it says."""

    reading: FileReading
    cover: Cover


def prepare() -> None:
    """Load what every task needs, once a worker."""
    load_vocabulary()


def convert_together(paths: Sequence[Path], into: Path) -> tuple[Path | None, ...]:
    """What LibreOffice makes of each file, in one start; None where it makes nothing, or none is needed."""
    from extractors.office.conversion import converted_together

    kinds = [(path, kind_of(path)) for path in paths]
    needed = [(path, kind) for path, kind in kinds if kind in CONVERTED_TO]
    made = dict(zip((path for path, _ in needed), converted_together(needed, into), strict=True)) if needed else {}
    return tuple(made.get(path) for path in paths)


def open_submitted(
    path: Path, name: str, into: Path, beforehand: Path | None = None
) -> FileReading | CoverSheet | Unpacked:
    """What a submitted file is. beforehand: what :func:`convert_together` made of it. Raises Unreadable, OSError."""
    begun = time.perf_counter()
    if kind_of(path) is Kind.ZIP:
        return Unpacked(tuple(_member(path, each) for each in unpack(path, into) if not each.skipped))
    if is_cover(name, load_vocabulary()):
        return _cover_sheet(path, name)
    from pipeline.submission import SubmittedFile, read_file  # the readers' libraries: only where they are needed

    reading = read_file(SubmittedFile(path, name, beforehand), load_vocabulary())
    return replace(reading, seconds=time.perf_counter() - begun)


def quarantined(name: str, sha256: str, size: int, problem: Unreadable) -> FileReading:
    """A file that could not be read, as a reading."""
    return FileReading(name, sha256, size, FileState.QUARANTINED, reason=problem.code, facts=_facts(problem))


def _member(archive: Path, member: Member) -> UnpackedMember:
    if member.path is not None:
        return UnpackedMember(member.name, member.path, sha256_of(member.path), member.path.stat().st_size)
    problem = member.problem or Unreadable()
    # No bytes to hash: what stands for them is which archive they are in, and where.
    stand_in = hashlib.sha256(f"{sha256_of(archive)}/{member.name}".encode()).hexdigest()
    return UnpackedMember(member.name, None, stand_in, 0, problem.code, _facts(problem))


def _facts(problem: Unreadable) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in problem.facts.items())


def _cover_sheet(path: Path, name: str) -> CoverSheet:
    from extractors import open_document

    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    try:
        if kind_of(path) in (Kind.TEXT, Kind.UNKNOWN, Kind.EMPTY):
            with path.open("rb") as stream:
                cover, kind = read_toml(stream.read(MAX_BYTES + 1), load_vocabulary()), suffix
        else:
            document = open_document(path, name)
            cover, kind = read_document(document, load_vocabulary()), document.format
    except Unreadable as problem:
        cover, kind = Cover.unreadable(problem.code), suffix
    reading = FileReading(
        name, sha256_of(path), path.stat().st_size, FileState.NO_REGISTER, format=kind, remarks=cover.remarks
    )
    return CoverSheet(reading, cover)
