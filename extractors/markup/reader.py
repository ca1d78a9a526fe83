"""Pages and workbooks in markup (HTML, MHT, XML Spreadsheet 2003), whatever their names → Document.

In: a file that is such markup by its content: web pages, and exports named .xls or .doc. Out:
:class:`~extractors.document.Document` of format "html", "mht" or "xml". Refuses: Empty, Damaged, TooLarge; WrongKind
for other XML. No address in the file is ever opened, entities are not resolved.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path, PurePosixPath

from lxml import etree

from extractors.document import Document, Paragraph, Place
from extractors.errors import Damaged, Empty, TooLarge, WrongKind
from extractors.markup.html_page import Page, read_page
from extractors.markup.spreadsheet_xml import NAMESPACE, read_spreadsheet_xml
from extractors.text_encoding import decode
from extractors.workbook.sheet_grid import build_table

MAX_BYTES = 64 * 2**20
MAX_PARTS = 1_000  # of an MHT file
_HEAD = 2**12  # characters in which a page names its encoding or an XML file its root
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_MIME = re.compile(rb"\s*(?:mime-version|from|subject|date|content-type|x-[\w-]+|message-id)\s*:", re.IGNORECASE)
_HTML_ROOT = re.compile(r"<(?:html|head|body|table|meta|!doctype\s+html)[\s>]", re.IGNORECASE)
_HEADER_PART = "header"  # Word saves headers, footers and note separators of a page in header.htm


def read_markup(path: Path, name: str) -> Document:
    """What a page or an XML workbook shows. Raises the refusals of the module."""
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("bytes", limit=MAX_BYTES)
    if not data.strip():
        raise Empty
    if _MIME.match(data):
        return _from_mht(data, name)
    text = _decoded(data)
    root = None if _HTML_ROOT.search(text[:_HEAD]) and NAMESPACE not in text[:_HEAD] else _xml_root(text)
    if root is not None and root.tag == f"{{{NAMESPACE}}}Workbook":
        return _from_workbook(root, name)
    if root is not None and etree.QName(root).localname.lower() not in ("html", "table", "body", "div"):
        raise WrongKind(found="xml")
    page = Page()
    read_page(text, page)
    return _document(page, name, "html")


def _decoded(data: bytes, declared: str = "") -> str:
    """The text of markup without its XML declaration, which names an encoding that it is no longer in."""
    found = _CHARSET.search(data[:_HEAD])
    text = decode(data, declared or (found[1].decode("ascii", "ignore") if found else "")).text
    return _XML_DECLARATION.sub("", text, count=1) if _XML_DECLARATION.match(text) else text


def _xml_root(text: str) -> etree._Element | None:
    """The root of well-formed XML; None for any other markup. Raises Damaged for a broken workbook."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if NAMESPACE in text[:_HEAD] and _HTML_ROOT.search(text[:_HEAD]) is None:
            raise Damaged("xml") from error
        return None


def _from_workbook(root: etree._Element, name: str) -> Document:
    workbook = read_spreadsheet_xml(root)
    built = [build_table(sheet) for sheet in workbook.sheets]
    tables = tuple(table for table, _ in built if table is not None)
    if not tables:
        raise Empty
    observations = tuple(observation for _, noticed in built for observation in noticed)
    return Document(name, "xml", tables, margins=workbook.margins, observations=observations)


def _from_mht(data: bytes, name: str) -> Document:
    message = email.message_from_bytes(data)
    page, margins = Page(), Page()
    for part in _pages(message):
        payload = part.get_payload(decode=True)
        text = _decoded(payload, part.get_content_charset("")) if isinstance(payload, bytes) else ""
        stem = PurePosixPath(str(part.get("Content-Location", "")).replace("\\", "/")).stem.lower()
        if text.strip():
            read_page(text, margins if stem == _HEADER_PART else page)
    printed = (Paragraph(p.text, Place(part="页眉"), "header") for p in margins.blocks if isinstance(p, Paragraph))
    return _document(page, name, "mht", tuple(printed))


def _pages(message: Message) -> Iterator[Message]:
    """The HTML parts in their order; Excel keeps each sheet in one, Word keeps all in the first."""
    for count, part in enumerate(message.walk()):
        if count >= MAX_PARTS:
            raise TooLarge("parts", limit=MAX_PARTS)
        if part.get_content_type() == "text/html":
            yield part


def _document(page: Page, name: str, kind: str, margins: tuple[Paragraph, ...] = ()) -> Document:
    if not page.blocks:
        raise Empty
    return Document(name, kind, tuple(page.blocks), margins=margins, observations=tuple(page.observations))
