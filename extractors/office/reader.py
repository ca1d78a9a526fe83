"""Reads what only LibreOffice opens (.doc, .wps, .rtf, .odt, .ods, .xlsb …): converted, then read by our own reader.

In: the path of a file and its kind. Out: a :class:`~extractors.document.Document` of the file's own format, its places
those of the converted one. Refuses: Encrypted, what :mod:`extractors.office.conversion` refuses, and what the readers
of .docx and .xlsx refuse.

Source: [MS-DOC] 2.5.2 (FibBase, fEncrypted); ODF 1.3 part 2, 4.4 (encryption-data).
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from extractors.document import Document
from extractors.errors import Damaged, Encrypted
from extractors.kinds import CONVERTED_TO, Kind
from extractors.office.conversion import converted
from extractors.zip_directory import open_zip

_FLAGS_AT, _ENCRYPTED = 11, 0x01  # the second byte of the flags of FibBase: fEncrypted is bit 8 of sixteen
_MANIFEST = "META-INF/manifest.xml"
_MOST_OF_MANIFEST = 1 << 20


def read_office(path: Path, name: str, kind: Kind, beforehand: Path | None = None) -> Document:
    """What the file at ``path`` shows. beforehand: what LibreOffice has made of it already, if it has.

    Raises the refusals of the module.
    """
    if _encrypted(path, kind):
        raise Encrypted(f"{kind.value} file")
    with tempfile.TemporaryDirectory(prefix="converted") as folder:
        document = _read(beforehand or converted(path, kind, Path(folder)), name, CONVERTED_TO[kind])
    return replace(document, format=kind.value)


def _read(path: Path, name: str, target: str) -> Document:
    if target == "docx":
        from extractors.word.reader import read_word

        return read_word(path, name)
    from extractors.workbook.reader import read_workbook

    return read_workbook(path, name)


def _encrypted(path: Path, kind: Kind) -> bool:
    """Whether the file asks for a password, which LibreOffice would not tell from damage."""
    if kind is Kind.DOC:
        flags = _word_header(path)[_FLAGS_AT:]
        return bool(flags) and bool(flags[0] & _ENCRYPTED)
    if kind in (Kind.ODT, Kind.ODS):
        with open_zip(path) as package:
            if _MANIFEST in package.namelist():
                with package.open(_MANIFEST) as manifest:
                    return b"encryption-data" in manifest.read(_MOST_OF_MANIFEST)
    return False


def _word_header(path: Path) -> bytes:
    import olefile

    try:
        with olefile.OleFileIO(path) as compound, compound.openstream("WordDocument") as stream:
            return bytes(stream.read(_FLAGS_AT + 1))
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"compound file: {type(error).__name__}") from error
