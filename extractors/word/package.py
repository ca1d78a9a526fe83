"""Opens the OOXML package of a Word document and parses its parts within bounds.

In: the path of a .docx or .docm, or of such a document as one XML file. Out: :class:`Package`, which hands out the
parsed parts that the main document refers to, their names always those of the transitional schema. Refuses: packages
cut off, broken or without a main document (Damaged), with a password (Encrypted), of another office program
(WrongKind), or unpacking to more than the bounds (TooLarge). Entities and the network are off, macros and media are
never unpacked.

python-docx is not used here: it unpacks every part, pictures too, without a bound, before the first is looked at.
Source: ECMA-376 part 2 (packaging), part 1 (transitional) and part 4 (strict namespaces).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol

from lxml import etree

from extractors.errors import Damaged, Empty, Encrypted, TooLarge, UnsafeArchive, WrongKind
from extractors.kinds import Kind, kind_of
from extractors.word.ooxml import DOCUMENT, RELATIONSHIP, R, transitional
from extractors.word.xml_2003 import parts_of
from extractors.xml_entry import parse_entry, parse_stream
from extractors.zip_directory import open_zip

MAX_PART_BYTES: Final = 96 << 20  # of one XML part; a parsed part takes five to eight times as much memory
MAX_TAGS: Final = 6_000_000  # of one XML part; an element of a parsed part takes some 150 bytes however short its name
MAX_PARSED_BYTES: Final = 192 << 20  # of all XML parts that are parsed
MAX_PACKAGE_BYTES: Final = 1 << 30  # that the directory declares for all parts, pictures included
_NOT_HERE: Final = "External"


class Package:
    """An open Word package; a context manager that closes the file."""

    def __init__(self, path: Path) -> None:
        """Open the package and parse its main document. Raises Unreadable; OSError when there is no such file."""
        self._kind = _acceptable_kind(path)
        self._left = MAX_PARSED_BYTES
        with ExitStack() as opening:  # closes the file when it turns out to be unreadable
            self._parts = _XmlFile(path) if self._kind is Kind.XML_DOCUMENT else _ZipFile(path, opening)
            self._main_name = self._find_main()
            self.document = self._main_document()
            self._targets, self._types = self._parts.references or self._relationships(self._main_name)
            self._open = opening.pop_all()

    @property
    def format(self) -> str:
        """What kind of file it is."""
        return "xml" if self._kind is Kind.XML_DOCUMENT else "docx"

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def part(self, relationship: str) -> etree._Element | None:
        """The parsed part that the main document names by a relationship id; None when it is absent or outside."""
        target = self._targets.get(relationship)
        return self._parse(target) if target is not None and target in self._parts.names else None

    def part_of_type(self, kind: str) -> etree._Element | None:
        """The parsed part of a relationship type ("styles", "numbering" …) of the main document, or None."""
        relationship = self._types.get(kind)
        return self.part(relationship) if relationship else None

    def _find_main(self) -> str:
        targets, types = self._relationships("")
        name = targets.get(types.get("officeDocument", ""), "word/document.xml")
        if name not in self._parts.names:
            if self._kind is Kind.ZIP:
                raise WrongKind("no word document", found=self._kind.value)
            raise Damaged("no main document part")
        return name

    def _main_document(self) -> etree._Element:
        root = self._parse(self._main_name)
        if root.tag != DOCUMENT:
            raise WrongKind("main part is no word document", found=etree.QName(root).localname)
        return root

    def _relationships(self, source: str) -> tuple[dict[str, str], dict[str, str]]:
        """Part name by relationship id, and the first id of each type, of a part ("" is the package)."""
        folder, name = posixpath.split(source)
        listed = posixpath.join(folder, "_rels", name + ".rels")
        targets: dict[str, str] = {}
        types: dict[str, str] = {}
        if listed not in self._parts.names:
            return targets, types
        for relation in self._parse(listed).iter(RELATIONSHIP):
            key = relation.get("Id", "")
            if relation.get("TargetMode") == _NOT_HERE:
                continue
            target = relation.get("Target", "").replace("\\", "/")
            targets[key] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
            types.setdefault(relation.get("Type", "").rpartition("/")[2], key)
        return targets, types

    def _parse(self, name: str) -> etree._Element:
        root, size = self._parts.parsed(name, min(MAX_PART_BYTES, self._left))
        self._left -= size
        return transitional(root)


class _Parts(Protocol):
    """Where the parts come from. references: of the main part, where they do not stand in parts of their own."""

    names: Collection[str]
    references: tuple[dict[str, str], dict[str, str]] | None

    def parsed(self, name: str, most: int) -> tuple[etree._Element, int]:
        """A part, of at most so many bytes, and its size. Raises TooLarge, Damaged."""


class _ZipFile:
    """The parts of a .zip."""

    def __init__(self, path: Path, opening: ExitStack) -> None:
        try:
            self._zip = opening.enter_context(open_zip(path))
        except UnsafeArchive as error:
            raise TooLarge(error.detail, **error.facts) from error
        self._entries = _entries(self._zip)
        self.names: Collection[str] = self._entries.keys()
        self.references = None

    def parsed(self, name: str, most: int) -> tuple[etree._Element, int]:
        return parse_entry(self._zip, self._entries[name], most, MAX_TAGS)


class _XmlFile:
    """The parts of one XML file, parsed as a whole."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            root, _ = parse_stream(stream, MAX_PART_BYTES, MAX_TAGS)
        found = parts_of(root)
        self._roots = found.parts
        self.names: Collection[str] = self._roots.keys()
        self.references = (found.targets, found.types) if found.targets else None

    def parsed(self, name: str, most: int) -> tuple[etree._Element, int]:
        return self._roots[name], 0


def _acceptable_kind(path: Path) -> Kind:
    kind = kind_of(path)
    if kind is Kind.EMPTY:
        raise Empty("no bytes")
    if kind is Kind.ENCRYPTED_OFFICE:
        raise Encrypted("encrypted package")
    if kind not in (
        Kind.DOCX,
        Kind.XML_DOCUMENT,
        Kind.ZIP,
    ):  # a package without its list of content types looks like a plain .zip
        raise WrongKind("no word document", found=kind.value)
    return kind


def _entries(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Parts by name, lower-cased: part names are equivalent without case (ECMA-376 part 2, 6.2.2.3)."""
    entries = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in package.infolist()}
    if sum(info.file_size for info in entries.values()) > MAX_PACKAGE_BYTES:
        raise TooLarge("package too large", limit=MAX_PACKAGE_BYTES >> 20)
    if any(info.flag_bits & 1 for info in entries.values()):
        raise Encrypted("encrypted zip entries")
    return entries


def relationship_id(element: etree._Element, name: str = "id") -> str:
    """The relationship that an element refers to by an attribute of the relationships namespace; "" if none."""
    return element.get(f"{R}{name}", "")
