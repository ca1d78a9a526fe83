"""Which submissions INBOX holds: every file, the unit it is handed in for, and what is left lying on purpose.

In: the folder INBOX. Out: :class:`Survey`. Refuses: an INBOX that is no folder (NotADirectoryError). Follows no
link that leads out of INBOX, and opens no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from extractors.entry_names import is_system_file


class Left(StrEnum):
    """Why something in INBOX is not taken in; printed by vocab/labels.csv (``left.…``)."""

    SYSTEM_FILE = "system_file"  # lock files, previews, folder settings
    TEMPORARY = "temporary"  # half-written copies and downloads
    HIDDEN = "hidden"
    LINK = "link"  # leads out of INBOX, or to a folder
    SPECIAL = "special"  # a device, a pipe
    UNREACHABLE = "unreachable"  # a folder that may not be listed
    TOO_DEEP = "too_deep"  # folders in folders beyond any real submission


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file of INBOX. unit: its folder's name, "" straight under INBOX. name: path inside the unit's folder."""

    path: Path
    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class LeftLying:
    """Something in INBOX that is not taken in: its path inside INBOX, and why."""

    name: str
    why: Left


@dataclass(frozen=True, slots=True)
class Survey:
    """What INBOX holds, ordered by name."""

    files: tuple[Incoming, ...]
    left: tuple[LeftLying, ...]


MAX_FOLDERS = 32  # inside each other
_TEMPORARY_SUFFIXES = frozenset((".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp"))


def survey(inbox: Path) -> Survey:
    """What INBOX holds. Raises NotADirectoryError, FileNotFoundError."""
    if not inbox.exists():
        raise FileNotFoundError(str(inbox))
    if not inbox.is_dir():
        raise NotADirectoryError(str(inbox))
    files: list[Incoming] = []
    left: list[LeftLying] = []
    for found in _walk(inbox, inbox.resolve(), PurePosixPath()):
        if isinstance(found, LeftLying):
            left.append(found)
        else:
            files.append(found)
    return Survey(tuple(files), tuple(left))


def _walk(folder: Path, root: Path, inside: PurePosixPath) -> Iterator[Incoming | LeftLying]:
    if len(inside.parts) > MAX_FOLDERS:
        yield LeftLying(str(inside), Left.TOO_DEEP)
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        yield LeftLying(str(inside), Left.UNREACHABLE)
        return
    for entry in entries:
        name = inside / entry.name
        if why := _left(entry, root):
            yield LeftLying(str(name), why)
        elif entry.is_dir():
            yield from _walk(Path(entry.path), root, name)
        else:
            unit = name.parts[0] if len(name.parts) > 1 else ""
            yield Incoming(Path(entry.path), unit.strip(), str(PurePosixPath(*name.parts[1:]) if unit else name))


def _left(entry: os.DirEntry[str], root: Path) -> Left | None:
    if is_system_file(entry.name) or is_system_file(f"{entry.name}/"):
        return Left.SYSTEM_FILE
    if entry.name.startswith("."):
        return Left.HIDDEN
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        return None if target.is_file() and target.is_relative_to(root) else Left.LINK
    if entry.is_dir(follow_symlinks=False):
        return None
    if Path(entry.name).suffix.lower() in _TEMPORARY_SUFFIXES:
        return Left.TEMPORARY
    return None if entry.is_file(follow_symlinks=False) else Left.SPECIAL


def unit_of_archive(name: str) -> str:
    """The unit that an archive straight under INBOX stands for: its name without the suffix."""
    return PurePosixPath(name).stem.strip()


def names_in_archive(unit: str, members: tuple[str, ...]) -> tuple[str, ...]:
    """The members' paths inside the unit's folder: packers put the folder itself around them, which is taken off."""
    around = f"{unit}/"
    if members and all(name.startswith(around) for name in members):
        return tuple(name.removeprefix(around) for name in members)
    return members
