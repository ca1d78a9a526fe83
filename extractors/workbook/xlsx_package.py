"""The zip package of an .xlsx workbook: its parts, within bounds, and how they refer to each other.

In: an open file. Out: parts as streams or XML trees, relationships by id. Refuses: no zip or a broken one (Damaged),
entries under a password (Encrypted), more unpacked bytes than the bounds (TooLarge). External targets are never opened.
"""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

from lxml import etree

from extractors.errors import Damaged, Encrypted, TooLarge

MAX_UNPACKED = 512 * 2**20  # bytes of all parts that are read
MAX_TREE = 32 * 2**20  # bytes of a part that is held as a tree
MAX_ENTRIES = 20_000

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    UnicodeDecodeError,
    struct.error,
    etree.XMLSyntaxError,
)


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever the zip or XML library says of a broken file, said as Damaged."""
    try:
        yield
    except _BROKEN as error:
        raise Damaged(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Relationship:
    """A reference from one part to another. kind: last word of its type ("worksheet"); target: a part name."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """The parts of an opened workbook file. Part names are matched without regard to case or kind of slash."""

    def __init__(self, stream: BinaryIO) -> None:
        with damage_told():
            self._zip = zipfile.ZipFile(stream)
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise TooLarge("entries", limit=MAX_ENTRIES)
        self._entries = {_folded(entry.filename): entry for entry in entries}
        self._left = MAX_UNPACKED

    def __contains__(self, part: str) -> bool:
        return _folded(part) in self._entries

    def open(self, part: str, limit: int = MAX_UNPACKED) -> IO[bytes]:
        """A part as a stream. Raises Damaged when it is missing, Encrypted, TooLarge by its declared size.

        The declared size is a true bound: zipfile reads no byte beyond it and then checks the sum of the bytes.
        """
        entry = self._entries.get(_folded(part))
        if entry is None:
            raise Damaged("missing part")
        if entry.flag_bits & 1:
            raise Encrypted
        self._left -= entry.file_size
        if entry.file_size > limit or self._left < 0:
            raise TooLarge("unpacked", limit=min(limit, MAX_UNPACKED))
        with damage_told():
            return self._zip.open(entry)

    def tree(self, part: str) -> etree._Element:
        """A part as an XML tree, entities unresolved. Raises as :meth:`open`."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        with self.open(part, MAX_TREE) as stream, damage_told():
            return etree.parse(stream, parser).getroot()

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part ("" for the package) by id; none where the file has no such list."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing not in self:
            return {}
        found = {}
        for element in self.tree(listing).iter("{*}Relationship"):
            target = element.get("Target", "").replace("\\", "/")
            found[element.get("Id", "")] = Relationship(
                id=element.get("Id", ""),
                kind=element.get("Type", "").rpartition("/")[2],
                target=posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"),
                external=element.get("TargetMode") == "External",
            )
        return found

    def related(self, part: str, *kinds: str) -> list[Relationship]:
        """The parts inside the package that a part refers to with one of these kinds of relationship."""
        return [r for r in self.relationships(part).values() if r.kind in kinds and not r.external]


def _folded(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()
