"""The names of archive entries: decoded as their packer meant them, and made safe to show and to store under.

In: a ``zipfile.ZipInfo``. Out: a relative path with "/" that holds on every system, or the reason why the entry's own
path is refused. Refuses: paths that are absolute, climb out of the archive or name a drive.

Sources: PKWARE APPNOTE 4.4.4 (bit 11) and 4.6.9 (Info-ZIP Unicode Path Extra Field, 0x7075); Microsoft, "Naming Files,
Paths, and Namespaces".
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

MAX_NAME_BYTES = 160  # of one part: file systems take 255, and reports are named after the file
MAX_PARTS = 12

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_FIRST_IDEOGRAPHIC = "\u2000"  # where UTF-8 takes three bytes: below it, two GBK characters may look like UTF-8
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = re.compile(r'[<>:"|?*\\]')
_ENDS = re.compile(r"^\s+|[\s.]+$")  # Windows drops them, and then another name is meant
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_SYSTEM_FILE = re.compile(
    r"__macosx/.*|(?:.*/)?(?:\.ds_store|\._[^/]*|thumbs\.db|ehthumbs\.db|desktop\.ini|~\$[^/]*|\.~[^/]*|~wrl\d+\.tmp)",
    re.IGNORECASE | re.DOTALL,
)


def decoded_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry as its packer wrote it: by flag, by Unicode extra field, else UTF-8, GB 18030 or CP437."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437", "replace")
    if (unicode_path := _unicode_path(entry.extra, zlib.crc32(raw))) is not None:
        return unicode_path
    text = _decoded(raw, "utf-8")
    if text is not None and all(c.isascii() or c >= _FIRST_IDEOGRAPHIC for c in text):
        return text
    text = _decoded(raw, "gb18030")
    return entry.orig_filename if text is None else text


def leaves_archive(name: str) -> bool:
    """Whether a path would be written outside the folder that it is unpacked into."""
    path = name.replace("\\", "/")
    return path.startswith("/") or bool(_DRIVE.match(path)) or ".." in path.split("/")


def is_system_file(name: str) -> bool:
    """Whether a path names what systems and editors leave beside documents: previews, folder settings, lock files."""
    return bool(_SYSTEM_FILE.fullmatch(name.replace("\\", "/")))


def safe_name(name: str) -> str:
    """The path with every part made valid on Windows, Linux and macOS. Of a path too deep the end is kept."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(_safe_part(part) for part in parts[-MAX_PARTS:]) or "_"


class DistinctNames:
    """Keeps the paths of one archive apart: no two are equal but for case, none is a folder of another."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._last_number: dict[str, int] = {}  # else ten thousand equal names are compared with one another

    def take(self, name: str) -> str:
        """The path itself, or numbered where it is taken. Under a path that is a file already it has no folder."""
        if not self._files.isdisjoint(_folders(name)):
            name = name.replace("/", "_")
        folder, stem, suffix = _split(name)
        first = name.casefold()
        number, candidate = self._last_number.get(first, 1), name
        while (key := candidate.casefold()) in self._files or key in self._folders:
            number += 1
            candidate = f"{folder}{stem} ({number}){suffix}"
        self._last_number[first] = number
        self._files.add(key)
        self._folders.update(_folders(candidate))
        return candidate


def _folders(name: str) -> set[str]:
    parts = name.casefold().split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts))}


def _split(name: str) -> tuple[str, str, str]:
    path = PurePosixPath(name)
    return name[: len(name) - len(path.name)], path.stem, path.suffix


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unicode_path(extra: bytes, name_crc: int) -> str | None:
    """The path in the Unicode extra field; None where there is none or where it belongs to an older name."""
    for kind, data in _extra_fields(extra):
        if (
            kind == _UNICODE_PATH
            and len(data) > 5
            and data[0] == 1
            and struct.unpack_from("<L", data, 1)[0] == name_crc
        ):
            return _decoded(data[5:], "utf-8")
    return None


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _safe_part(part: str) -> str:
    part = unicodedata.normalize("NFC", part)
    part = "".join("_" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in part)
    part = _ENDS.sub("", _FORBIDDEN.sub("_", part)) or "_"
    if _RESERVED.match(part):
        part = f"_{part}"
    return _shortened(part)


def _shortened(part: str) -> str:
    """The part within MAX_NAME_BYTES of UTF-8, cut before its suffix."""
    if len(part.encode()) <= MAX_NAME_BYTES:
        return part
    stem, dot, suffix = part.rpartition(".")
    if not stem or len(suffix) > 8:
        stem, dot, suffix = part, "", ""
    room = MAX_NAME_BYTES - len((dot + suffix).encode())
    return _ENDS.sub("", stem.encode()[:room].decode(errors="ignore")) + dot + suffix
