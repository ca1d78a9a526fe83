"""Tells whether bytes are text, and in which of the encodings that Chinese offices use.

In: the first bytes of a file. Out: their text, or None where they are no text. Refuses nothing.
"""

from __future__ import annotations

import codecs
import re

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = ("utf-8", "gb18030", "big5hkscs")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")


def decoded_head(head: bytes) -> str | None:
    """The text that ``head`` begins with, or None where it is no text in UTF-8, UTF-16, UTF-32, GB 18030 or Big5.

    A last character that is cut is left out: the head ends where it ends, and so may a file.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _decoded(head, encoding)
    if head.startswith(b"<\x00"):
        return _decoded(head, "utf-16-le")
    texts = (_decoded(head, encoding) for encoding in _UNMARKED)
    return next((text for text in texts if text is not None), None)


def _decoded(head: bytes, encoding: str) -> str | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    return text if text and not _NOT_IN_TEXT.search(text) else None
