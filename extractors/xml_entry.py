"""Parses an XML part of a package within bounds, the one way for parts that are kept whole as a tree.

In: an open .zip and one of its entries, or an open file. Out: the root of the part and how many bytes it unpacked to.
Refuses: a part larger than the bounds (TooLarge), one that is broken or brings a document type declaration (Damaged),
which none of the package formats allows. Entities and the network are off.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import IO, Final

from lxml import etree

from extractors.errors import Damaged, TooLarge

_CHUNK: Final = 1 << 17
UNPACKING_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def parse_entry(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, max_bytes: int, max_tags: int
) -> tuple[etree._Element, int]:
    """The root of an XML part, and its size in bytes. Raises TooLarge, Damaged."""
    try:
        with package.open(entry) as stream:
            return parse_stream(stream, max_bytes, max_tags)
    except UNPACKING_ERRORS as error:
        raise Damaged(f"unpacking: {type(error).__name__}") from error


def parse_stream(stream: IO[bytes], max_bytes: int, max_tags: int) -> tuple[etree._Element, int]:
    """The root of an XML file, and its size in bytes. Raises TooLarge, Damaged, and what reading the stream raises."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    size = tags = 0
    try:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            tags += chunk.count(b"<")
            if size > max_bytes or tags > max_tags:
                raise TooLarge("part too large", limit=max_bytes >> 20)
            parser.feed(chunk)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise Damaged(f"XML line {error.lineno}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Damaged("document type declaration")
    return root, size
