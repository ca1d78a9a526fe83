"""Which submissions INBOX holds: every file, the unit it is handed in for, and what is left lying on purpose.

In: the folder INBOX. Out: :class:`Survey`. Refuses: an INBOX that is no folder (NotADirectoryError). Follows no
link that leads out of INBOX, and opens no file.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterator
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
    MOVING = "moving"  # a unit's files are still being copied
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


def survey(inbox: Path, workspace: Path | None = None, moving: Collection[str] = ()) -> Survey:
    """What INBOX holds; a workspace inside it is none of it. moving: names straight under it that are left alone.

    Raises NotADirectoryError, FileNotFoundError.
    """
    if not inbox.exists():
        raise FileNotFoundError(str(inbox))
    if not inbox.is_dir():
        raise NotADirectoryError(str(inbox))
    files: list[Incoming] = []
    left: list[LeftLying] = []
    walk = _Walk(inbox.resolve(), workspace.resolve() if workspace else None, frozenset(moving))
    for found in walk.entries(inbox, PurePosixPath()):
        if isinstance(found, LeftLying):
            left.append(found)
        else:
            files.append(found)
    return Survey(tuple(files), tuple(left))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk through INBOX: where it begins, the folder that it passes by, and the names that are in motion."""

    root: Path
    passed_by: Path | None
    moving: frozenset[str]

    def entries(self, folder: Path, inside: PurePosixPath) -> Iterator[Incoming | LeftLying]:
        if len(inside.parts) > MAX_FOLDERS:
            yield LeftLying(str(inside), Left.TOO_DEEP)
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except PermissionError:
            yield LeftLying(str(inside), Left.UNREACHABLE)
            return
        for entry in entries:
            name = inside / readable_name(entry.name)
            if entry.name in self.moving and not inside.parts:
                yield LeftLying(str(name), Left.MOVING)
            elif why := self._left(entry):
                yield LeftLying(str(name), why)
            elif not entry.is_dir():
                unit = name.parts[0] if len(name.parts) > 1 else ""
                yield Incoming(Path(entry.path), unit.strip(), str(PurePosixPath(*name.parts[1:]) if unit else name))
            elif self.passed_by is None or Path(entry.path).resolve() != self.passed_by:
                yield from self.entries(Path(entry.path), name)

    def _left(self, entry: os.DirEntry[str]) -> Left | None:
        if is_system_file(entry.name) or is_system_file(f"{entry.name}/"):
            return Left.SYSTEM_FILE
        if entry.name.startswith("."):
            return Left.HIDDEN
        if entry.is_symlink():
            target = Path(entry.path).resolve()
            return None if target.is_file() and target.is_relative_to(self.root) else Left.LINK
        if entry.is_dir(follow_symlinks=False):
            return None
        if Path(entry.name).suffix.lower() in _TEMPORARY_SUFFIXES:
            return Left.TEMPORARY
        return None if entry.is_file(follow_symlinks=False) else Left.SPECIAL


def readable_name(name: str) -> str:
    """A name as people read it: composed characters; bytes that are no UTF-8 are what a Chinese Windows wrote.

    Pairs of GB 18030 bytes may be UTF-8 by chance, as all four of 职权目录 are: letters that no Chinese name has.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", "replace")
    if os.name == "posix" and _BY_CHANCE.fullmatch(name):
        try:
            chinese = os.fsencode(name).decode("gb18030")
        except UnicodeDecodeError:
            chinese = name
        if _CHINESE.fullmatch(chinese):
            name = chinese
    return unicodedata.normalize("NFC", name)


_BY_CHANCE = re.compile(r"(?=.*[\u0080-\u07ff]{2})[\x00-\u07ff]+")
_CHINESE = re.compile(r"[\x00-\x7f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")


def unit_of_archive(name: str) -> str:
    """The unit that an archive straight under INBOX stands for: its name without the suffix."""
    return PurePosixPath(name).stem.strip()


def names_in_archive(unit: str, members: tuple[str, ...]) -> tuple[str, ...]:
    """The members' paths inside the unit's folder: packers put the folder itself around them, which is taken off."""
    around = f"{unit}/"
    if members and all(name.startswith(around) for name in members):
        return tuple(name.removeprefix(around) for name in members)
    return members
