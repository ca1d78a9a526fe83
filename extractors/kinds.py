"""Tells what kind of file something is, from its bytes alone; a suffix is never looked at.

In: the path of a file. Out: :class:`Kind`. Refuses nothing: bytes of no known kind are :attr:`Kind.UNKNOWN`, and a
file that is cut off or damaged keeps the kind that its beginning shows, so that its reader can say what is wrong with
it.

Sources: the magic numbers of the formats' own specifications; [MS-CFB] and [MS-OFFCRYPTO] 1.3 for compound files;
ECMA-376 part 2 for [Content_Types].xml; ODF 1.3 part 2, 3.3 for "mimetype"; GB/T 33190-2016 7.3 for OFD.xml.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from extractors.errors import Damaged, Unreadable
from extractors.text_encoding import decode
from extractors.zip_directory import open_zip

_HEAD = 1 << 16  # bytes looked at for text and markup; prologues of saved web pages are long
_PDF_HEADER_WITHIN = 1024  # ISO 32000-1, annex H, implementation note 13
_MAX_PART = 1 << 20  # bytes decompressed of a part that names the kind


class Kind(StrEnum):
    """A kind of file; the value is the suffix that such a file usually bears."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLSB = "xlsb"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    OFD = "ofd"
    ZIP = "zip"
    DOC = "doc"  # also what WPS writes as .wps
    XLS = "xls"  # also what WPS writes as .et
    PPT = "ppt"
    TORN_COMPOUND = "torn compound file"  # a .doc, .xls … whose directory cannot be read
    ENCRYPTED_OFFICE = "encrypted office file"
    RTF = "rtf"
    PDF = "pdf"
    HTML = "html"
    MHT = "mht"
    XML_WORKBOOK = "xml workbook"  # SpreadsheetML 2003
    XML_DOCUMENT = "xml document"  # WordprocessingML 2003, or a flat Open XML package
    XML = "xml"
    TEXT = "txt"  # delimited or plain
    PNG = "png"
    JPG = "jpg"
    TIF = "tif"
    BMP = "bmp"
    GIF = "gif"
    WEBP = "webp"
    HEIC = "heic"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    GZ = "gz"
    XZ = "xz"
    BZ2 = "bz2"
    TAR = "tar"
    EXE = "exe"
    EMPTY = "empty"
    UNKNOWN = "unknown"


CONVERTED_TO: Mapping[Kind, str] = {
    Kind.DOC: "docx",
    Kind.RTF: "docx",
    Kind.ODT: "docx",
    Kind.ODS: "xlsx",
    Kind.XLSB: "xlsx",
}
"""What LibreOffice makes of the kinds that no reader of ours reads (extractors/office)."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (0, b"\xff\xd8\xff", Kind.JPG),
    (0, b"II*\x00", Kind.TIF),
    (0, b"MM\x00*", Kind.TIF),
    (0, b"II+\x00", Kind.TIF),
    (0, b"MM\x00+", Kind.TIF),
    (0, b"GIF87a", Kind.GIF),
    (0, b"GIF89a", Kind.GIF),
    (4, b"ftypheic", Kind.HEIC),
    (4, b"ftypheix", Kind.HEIC),
    (4, b"ftypmif1", Kind.HEIC),
    (0, b"Rar!\x1a\x07", Kind.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (0, b"\x1f\x8b\x08", Kind.GZ),
    (0, b"\xfd7zXZ\x00", Kind.XZ),
    (257, b"ustar", Kind.TAR),
    (0, b"\x7fELF", Kind.EXE),
)

_CONTENT_TYPES: tuple[tuple[str, Kind], ...] = (
    ("wordprocessingml.document.main+xml", Kind.DOCX),
    ("wordprocessingml.template.main+xml", Kind.DOCX),
    ("ms-word.document.macroenabled.main+xml", Kind.DOCX),
    ("ms-word.template.macroenabledtemplate.main+xml", Kind.DOCX),
    ("spreadsheetml.sheet.main+xml", Kind.XLSX),
    ("spreadsheetml.template.main+xml", Kind.XLSX),
    ("ms-excel.sheet.macroenabled.main+xml", Kind.XLSX),
    ("ms-excel.template.macroenabled.main+xml", Kind.XLSX),
    ("ms-excel.sheet.binary.macroenabled.main", Kind.XLSB),
    ("presentationml.", Kind.PPTX),
    ("ms-powerpoint.", Kind.PPTX),
)
_MAIN_PARTS: tuple[tuple[str, Kind], ...] = (
    ("word/document.xml", Kind.DOCX),
    ("xl/workbook.xml", Kind.XLSX),
    ("xl/workbook.bin", Kind.XLSB),
    ("ppt/presentation.xml", Kind.PPTX),
)

_OPEN_DOCUMENT: tuple[tuple[str, Kind], ...] = (
    ("application/vnd.oasis.opendocument.text", Kind.ODT),
    ("application/vnd.oasis.opendocument.spreadsheet", Kind.ODS),
)

_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", Kind.ENCRYPTED_OFFICE),
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),  # Excel 5 and 95
    ("PowerPoint Document", Kind.PPT),
)

_HTML_ROOTS = frozenset((
    "html", "head", "body", "meta", "title", "style", "link", "script", "table", "tbody", "tr", "td", "div", "p",
    "span", "font", "center", "form", "h1", "h2", "h3", "h4", "br", "hr", "b",
))  # fmt: skip
_XML_ROOTS = {"workbook": Kind.XML_WORKBOOK, "worddocument": Kind.XML_DOCUMENT, "package": Kind.XML_DOCUMENT}
_XML_NAMESPACES = {
    Kind.XML_WORKBOOK: "urn:schemas-microsoft-com:office:spreadsheet",
    Kind.XML_DOCUMENT: "http://schemas.microsoft.com/office/",
}
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_LOCAL_NAME = re.compile(rb"PK\x03\x04.{26}([\x20-\x7e]{4,64})", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)([^>]*)")
_MIME_HEADER = re.compile(r"(?:mime-version|from|subject|date|content-type|x-[\w-]+|message-id):", re.IGNORECASE)
_MIME_PAGE = re.compile(r"^content-type:\s*(?:multipart/related|text/html)", re.IGNORECASE | re.MULTILINE)


def kind_of(path: Path) -> Kind:
    """The kind of the file at ``path`` by its content. Raises OSError when it cannot be opened."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return Kind.EMPTY
    if head.startswith(_OLE):
        return _compound_kind(path)
    if head.startswith(_ZIP):
        return _zip_kind(path, head)
    return _kind_by_magic(head) or _kind_of_text(head) or Kind.UNKNOWN


def _kind_by_magic(head: bytes) -> Kind | None:
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    # "BM", "MZ" and "BZh" are also how a text may begin: ask for what follows them.
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return Kind.BMP
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        return Kind.EXE
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return Kind.BZ2
    if b"%PDF-" in head[: _PDF_HEADER_WITHIN + 5]:
        return Kind.PDF
    return Kind.RTF if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf") else None


def _compound_kind(path: Path) -> Kind:
    import olefile

    try:
        with olefile.OleFileIO(path) as compound:
            names = {entry[0].lower() for entry in compound.listdir(streams=True, storages=False) if len(entry) == 1}
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError):
        # olefile meets a broken sector table with whichever of these comes first; nothing more can be told of the file.
        return Kind.TORN_COMPOUND
    return next((kind for stream, kind in _STREAMS if stream.lower() in names), Kind.UNKNOWN)


def _zip_kind(path: Path, head: bytes) -> Kind:
    try:
        archive = open_zip(path)
    except Unreadable:
        return _kind_of_torn_zip(head)
    with archive:
        names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        if types := names.get("[content_types].xml"):
            # UTF-16 is allowed here, and what is sought is ASCII.
            text = _part(archive, types).replace(b"\x00", b"").decode("latin-1").lower()
            if kind := next((kind for content_type, kind in _CONTENT_TYPES if content_type in text), None):
                return kind
        if mimetype := names.get("mimetype"):
            text = _part(archive, mimetype).decode("ascii", "replace")
            return next((kind for prefix, kind in _OPEN_DOCUMENT if text.startswith(prefix)), Kind.ZIP)
        if "ofd.xml" in names:
            return Kind.OFD
    return next((kind for part, kind in _MAIN_PARTS if part in names), Kind.ZIP)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part, or nothing where it is damaged: then the names of the other parts must do."""
    try:
        with archive.open(name) as part:
            return part.read(_MAX_PART)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return b""


def _kind_of_torn_zip(head: bytes) -> Kind:
    """A .zip whose directory is lost: the names stand in the local headers too, of which the first are in the head."""
    names = [name.lower() for name in _LOCAL_NAME.findall(head)]
    for part, kind in (*_MAIN_PARTS, ("ofd.xml", Kind.OFD)):
        folder = part[: part.find("/") + 1] or part
        if any(name.startswith(folder.encode()) and b".xml" in name for name in names):
            return kind
    return Kind.ZIP


def _kind_of_text(head: bytes) -> Kind | None:
    try:
        text = decode(head).text
    except Damaged:
        return None
    if _NOT_IN_TEXT.search(text):
        return None
    if _MIME_HEADER.match(text) and _MIME_PAGE.search(text):
        return Kind.MHT
    return _markup_kind(text) or Kind.TEXT


def _markup_kind(text: str) -> Kind | None:
    start, declared = _root_start(text)
    root = _TAG.match(text, start)
    if root is None:
        return Kind.XML if declared else None
    name = root[2].lower()
    if kind := _XML_ROOTS.get(name):
        return kind if _XML_NAMESPACES[kind] in root[3] else Kind.XML
    if name in _HTML_ROOTS:
        return Kind.HTML
    return Kind.XML if declared or "xmlns" in root[3] else None


def _root_start(text: str) -> tuple[int, bool]:
    """Where the first element starts, after white space, comments and declarations; and if one of them says XML."""
    at, declared = 0, False
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "\ufeff"):
            at += 1
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if text.startswith(opening, at):
                declared = declared or text[at : at + 5].lower() == "<?xml"
                end = text.find(closing, at + len(opening))
                at = end + len(closing) if end >= 0 else len(text)
                break
        else:
            return at, declared
