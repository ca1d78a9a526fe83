"""Opens the package of an .ofd file: its parts by place, its pages, templates and resources by number.

In: the path of an .ofd. Out: :class:`Package`; the documents in it, :class:`OfdDocument`, with their pages. Refuses:
packages cut off or without a document (Damaged), with encrypted parts (Encrypted), beyond the bounds (TooLarge),
without a page (Empty). Of pictures only those are unpacked that are asked for; fonts, attachments and
signatures are not read.

Elements are known by their local names: producers differ in the namespace that they write.
Source: GB/T 33190-2016, 7 (document structure); GM/T 0099 (Encryptions.xml).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from lxml import etree

from extractors.errors import Damaged, Empty, Encrypted, TooLarge, Unreadable, UnsafeArchive
from extractors.ofd.numbers import A4, box_of
from extractors.xml_entry import UNPACKING_ERRORS, parse_entry
from extractors.zip_directory import open_zip

MAX_PAGES: Final = 2000  # as of a PDF
MAX_PART_BYTES: Final = 64 << 20
MAX_PICTURE_BYTES: Final = 100 << 20
MAX_TAGS: Final = 2_000_000  # of one part
MAX_PARSED_BYTES: Final = 256 << 20  # of all parts that are parsed
MAX_DOCUMENTS: Final = 100
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class PagePart:
    """A page as its document lists it. notes: the file of its annotations, "" without."""

    part: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class OfdDocument:
    """A document of the package: its pages in order, and what they draw upon, by ID.

    box: x, y, width and height in mm of a page that gives none. templates: the parts of template pages. composites:
    drawings that are placed as a whole. drawing_styles: DrawParam elements. media: the parts of pictures. attached:
    files are attached to it.
    """

    pages: tuple[PagePart, ...]
    box: tuple[float, float, float, float]
    templates: dict[str, str] = field(default_factory=dict)
    composites: dict[str, etree._Element] = field(default_factory=dict)
    drawing_styles: dict[str, etree._Element] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    attached: bool = False


Shown = Callable[[float, float], tuple[float, float]]
"""Where a point stands that was read at x and y."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is a picture: the document and the ID of the picture, and where it stands, in points of the page."""

    document: OfdDocument
    media: str
    box: tuple[float, float, float, float]

    def way_back(self, shown: Shown) -> Shown:
        """From a point of the picture as it was read to the page."""

        def on_page(x: float, y: float) -> tuple[float, float]:
            across, down = shown(x, y)
            return across + self.box[0], down + self.box[1]

        return on_page


class Package:
    """An open .ofd; a context manager that closes the file."""

    def __init__(self, path: Path) -> None:
        """Open the package. Raises Damaged, Encrypted, TooLarge; OSError when there is no such file."""
        try:
            self._zip = open_zip(path)
        except UnsafeArchive as error:
            raise TooLarge(error.detail, **error.facts) from error
        self._left = MAX_PARSED_BYTES
        with ExitStack() as opening:
            opening.enter_context(self._zip)
            self._entries = {info.filename.replace("\\", "/").strip("/").lower(): info for info in self._zip.infolist()}
            if "encryptions.xml" in self._entries or any(
                info.flag_bits & _ENCRYPTED for info in self._entries.values()
            ):
                raise Encrypted("encrypted parts")
            self._open = opening.pop_all()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def parsed(self, part: str) -> etree._Element:
        """The root of a part. Raises Damaged (also where it is missing), TooLarge."""
        entry = self._entries.get(part.lower())
        if entry is None:
            raise Damaged("a part is missing")
        root, size = parse_entry(self._zip, entry, min(MAX_PART_BYTES, self._left), MAX_TAGS)
        self._left -= size
        return root

    def place(self, part: str, location: str) -> str:
        """The part that a location (ST_Loc) names inside another part: from the root of the package, or beside it.

        Some producers write places from the root without the stroke that says so.
        """
        location = location.strip().replace("\\", "/")
        beside = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), location)).lstrip("/")
        rooted = posixpath.normpath(posixpath.join("/", location)).lstrip("/")
        return rooted if beside.lower() not in self._entries and rooted.lower() in self._entries else beside

    def unpack(self, part: str, to: Path) -> None:
        """Write a picture into a file. Raises Damaged (also where it is missing), TooLarge."""
        entry = self._entries.get(part.lower())
        if entry is None:
            raise Damaged("a picture is missing")
        size = 0
        try:
            with self._zip.open(entry) as stream, to.open("wb") as file:
                while chunk := stream.read(1 << 20):
                    size += len(chunk)
                    if size > MAX_PICTURE_BYTES:
                        raise TooLarge("picture", limit=MAX_PICTURE_BYTES >> 20)
                    file.write(chunk)
        except UNPACKING_ERRORS as error:
            raise Damaged(f"unpacking: {type(error).__name__}") from error

    def documents(self) -> list[OfdDocument]:
        """The documents of the package. Raises Damaged, TooLarge, Empty."""
        roots = [text for body in named(self.parsed("OFD.xml"), "DocBody") if (text := text_of(body, "DocRoot"))]
        if len(roots) > MAX_DOCUMENTS:
            raise TooLarge("documents", limit=MAX_DOCUMENTS)
        found = [self._document(self.place("OFD.xml", root)) for root in roots]
        count = sum(len(document.pages) for document in found)
        if count > MAX_PAGES:
            raise TooLarge("pages", limit=MAX_PAGES)
        if not roots:
            raise Damaged("no document")
        if not count:
            raise Empty("no page")
        return found

    def _document(self, part: str) -> OfdDocument:
        root = self.parsed(part)
        common = child(root, "CommonData")
        area = child(common, "PageArea") if common is not None else None
        notes = self._notes(part, text_of(root, "Annotations"))
        listed = child(root, "Pages")
        pages = tuple(
            PagePart(
                self.place(part, page.get("BaseLoc") or text_of(page, "BaseLoc")), notes.get(page.get("ID", ""), "")
            )
            for page in (named(listed, "Page") if listed is not None else ())
        )
        document = OfdDocument(
            pages, box_of(text_of(area, "PhysicalBox")) or A4, attached=bool(text_of(root, "Attachments"))
        )
        for element in common if common is not None else ():
            kind = local(element)
            if kind == "TemplatePage":
                document.templates[element.get("ID", "")] = self.place(part, element.get("BaseLoc", ""))
            elif kind in ("PublicRes", "DocumentRes"):
                self.add_resources(self.place(part, element.text or ""), document)
        return document

    def add_resources(self, part: str, document: OfdDocument) -> None:
        """Add what a part of resources defines; one that cannot be read defines nothing, and what it draws is lost."""
        try:
            root = self.parsed(part)
        except Damaged:
            return
        folder = root.get("BaseLoc", "")
        for element in root.iter(etree.Element):
            kind, key = local(element), element.get("ID", "")
            if kind == "CompositeGraphicUnit":
                document.composites[key] = element
            elif kind == "DrawParam":
                document.drawing_styles[key] = element
            elif kind == "MultiMedia" and (file := text_of(element, "MediaFile")):
                document.media[key] = self.place(part, f"{folder}/{file}" if folder else file)

    def _notes(self, part: str, listing: str) -> dict[str, str]:
        """The file of the annotations of each page that has some, by the page's ID."""
        if not listing:
            return {}
        listing = self.place(part, listing)
        try:
            root = self.parsed(listing)
        except Unreadable:
            return {}
        files = {page.get("PageID", ""): text_of(page, "FileLoc") for page in named(root, "Page")}
        return {key: self.place(listing, file) for key, file in files.items() if file}


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def named(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of that local name."""
    return (element for element in parent if local(element) == name)


def child(parent: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name, or None."""
    return next(named(parent, name), None)


def text_of(parent: etree._Element | None, name: str) -> str:
    """The text of the first child of that local name, "" without."""
    found = child(parent, name) if parent is not None else None
    return (found.text or "").strip() if found is not None else ""
