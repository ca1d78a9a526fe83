"""Bytes of a text file → text: byte order mark, declaration, UTF-8, GB 18030, and Big5 where that reads far better.

In: bytes, perhaps an encoding that the file declares. Out: :class:`Decoded`. Refuses: NUL characters and bytes that no
encoding makes sense of (Damaged). A few broken bytes are kept as U+FFFD, for programs cut fields in the middle of a
character; the readers mark such cells as unread.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from extractors.errors import Damaged

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_BROKEN = 0.02  # share of the characters beyond ASCII that may be broken
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))  # markup in UTF-16 shows itself
# First bytes of the everyday characters: GB 2312 orders 3,755 of them by sound, Big5 5,401 by strokes.
_COMMON = {"gb18030": range(0xB0, 0xD8), "big5hkscs": range(0xA4, 0xC7)}
_SYMBOLS = {"gb18030": range(0xA1, 0xAA), "big5hkscs": range(0xA1, 0xA4)}
_MOSTLY = 0.8
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SAMPLE = 2**16  # bytes that tell GB 18030 from Big5


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding that it was read in; line ends are as in the file."""

    text: str
    encoding: str


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of a file. declared: the encoding it names, used where the bytes agree with it. Raises Damaged."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"), encoding)
    for beginning, encoding in _UNMARKED:
        if data.startswith(beginning):
            return _checked(data.decode(encoding, "replace"), encoding)
    readings = [_reading(data, "utf-8")]
    if REPLACEMENT in readings[0].text or _chance(readings[0].text, data):
        chinese = max(_COMMON, key=lambda encoding: _common_share(data[:_SAMPLE], encoding))
        readings = [_reading(data, encoding) for encoding in (_known(declared), chinese, "utf-8") if encoding]
    best = min(readings, key=lambda reading: reading.text.count(REPLACEMENT))
    return _checked(best.text, best.encoding)


def _known(declared: str) -> str:
    """The codec of a declared encoding; files that say GB2312 or GBK use characters of GB 18030."""
    try:
        name = codecs.lookup(declared.strip()).name
    except LookupError:
        return ""
    if name.startswith(("utf-16", "utf-32")):
        return ""  # these have been told by their mark; without it the declaration stands in bytes that contradict it
    return "gb18030" if name in ("gb2312", "gbk") else name


def _reading(data: bytes, encoding: str) -> Decoded:
    return Decoded(data.decode(encoding, "replace"), encoding)


def _checked(text: str, encoding: str) -> Decoded:
    if "\0" in text:
        raise Damaged("NUL characters")
    broken = text.count(REPLACEMENT)
    if broken and broken > 1 + MAX_BROKEN * sum(not character.isascii() for character in text):
        raise Damaged("no known encoding")
    return Decoded(text, encoding)


def _chance(text: str, data: bytes) -> bool:
    """Whether bytes are UTF-8 by chance, as a few words of GBK can be: Chinese only when read as GB 18030."""
    if text.isascii() or _CHINESE.search(text):
        return False
    other = data[:_SAMPLE].decode("gb18030", "replace")
    return REPLACEMENT not in other and _common_share(data[:_SAMPLE], "gb18030") > _MOSTLY


def _common_share(data: bytes, encoding: str) -> float:
    """The share of everyday characters among the Chinese ones when the bytes are read in an encoding."""
    letters = common = 0
    for character in data.decode(encoding, "replace"):
        if character.isascii() or character == REPLACEMENT:
            continue
        first = character.encode(encoding, "replace")[0]
        letters += first not in _SYMBOLS[encoding]
        common += first in _COMMON[encoding]
    return common / letters if letters else 0.0
