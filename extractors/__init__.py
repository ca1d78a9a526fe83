"""Readers: a file's bytes become a :class:`~extractors.document.Document`. They know files, no law and no register.

In: the path of one submitted file. Out: :func:`open_document`, which asks the content what it is and hands it to its
reader. Refuses, as :class:`~extractors.errors.Unreadable`: what is empty, too large, damaged, encrypted, or of a kind
that is not taken. Submitted files are hostile: call it inside an :class:`extractors.sandbox.Sandbox`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from extractors.document import Document
from extractors.errors import (
    Damaged,
    Empty,
    Encrypted,
    NoTextLayer,
    OtherArchive,
    TooLarge,
    UnknownKind,
    Unreadable,
    WrongKind,
)
from extractors.kinds import CONVERTED_TO, Kind, kind_of

MAX_MEGABYTES = 200  # a submitted file; the largest scanned catalogue is a quarter of this

_READERS: dict[Kind, tuple[str, str]] = {
    Kind.DOCX: ("extractors.word.reader", "read_word"),
    Kind.XML_DOCUMENT: ("extractors.word.reader", "read_word"),
    Kind.XLSX: ("extractors.workbook.reader", "read_workbook"),
    Kind.XLS: ("extractors.workbook.reader", "read_workbook"),
    Kind.TEXT: ("extractors.delimited", "read_delimited"),
    Kind.HTML: ("extractors.markup.reader", "read_markup"),
    Kind.MHT: ("extractors.markup.reader", "read_markup"),
    Kind.XML_WORKBOOK: ("extractors.markup.reader", "read_markup"),
    Kind.PDF: ("extractors.pdf.reader", "read_pdf"),
    Kind.OFD: ("extractors.ofd.reader", "read_ofd"),
    Kind.PNG: ("extractors.scan.reader", "read_scan"),
    Kind.JPG: ("extractors.scan.reader", "read_scan"),
    Kind.TIF: ("extractors.scan.reader", "read_scan"),
    Kind.BMP: ("extractors.scan.reader", "read_scan"),
    Kind.GIF: ("extractors.scan.reader", "read_scan"),
    Kind.WEBP: ("extractors.scan.reader", "read_scan"),
}

_ARCHIVES = frozenset((Kind.RAR, Kind.SEVEN_ZIP, Kind.GZ, Kind.XZ, Kind.BZ2, Kind.TAR))


def open_document(path: Path, name: str, beforehand: Path | None = None) -> Document:
    """What the file at ``path`` shows; ``name`` is its path inside the unit's folder and goes into the Document.

    beforehand: what LibreOffice has made of it already, together with others, if it has.
    The content decides what it is: a .doc that is a web page is read as one, and the mismatch is no error. A .zip has
    to be unpacked first (:func:`extractors.archive.unpack`). Raises a subclass of Unreadable; OSError when there is
    no such file.
    """
    size = path.stat().st_size
    if size > MAX_MEGABYTES << 20:
        raise TooLarge("file", limit=MAX_MEGABYTES)
    kind = kind_of(path)
    try:
        if kind in CONVERTED_TO:
            from extractors.office.reader import read_office

            return read_office(path, name, kind, beforehand)
        if (reader := _READERS.get(kind)) is None:
            raise _refusal(kind)
        module, function = reader
        read: Callable[[Path, str], Document] = getattr(import_module(module), function)
        return read(path, name)
    except RecursionError as error:
        raise Damaged("nested more deeply than any document") from error


def _refusal(kind: Kind) -> Unreadable:
    """Why a file of this kind is not read, in the terms of vocab/unreadable.csv."""
    if kind is Kind.EMPTY:
        return Empty("no bytes")
    if kind is Kind.ENCRYPTED_OFFICE:
        return Encrypted("encrypted package")
    if kind is Kind.TORN_COMPOUND:
        return Damaged("compound file without a directory")
    if kind is Kind.HEIC:
        return NoTextLayer("picture", found=kind.value)
    if kind in _ARCHIVES:
        return OtherArchive(f"{kind.value} archive", found=kind.value)
    if kind is Kind.UNKNOWN:
        return UnknownKind("no known kind", found=kind.value)
    return WrongKind(f"{kind.value} file", found=kind.value)
