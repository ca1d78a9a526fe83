"""The form of a text that the grammar reads: no blanks, one sign for each kind of mark, and the way back.

In: any text. Out: :class:`PlainText`. Refuses nothing. Each character of the plain form stands for one character of the
input; what is left out are blanks, line breaks and invisible characters, whose places are kept because they separate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.normalization import to_simplified

_PAIRS = (
    ("[［﹝【〖„", "〔"),
    ("]］﹞】〗‟", "〕"),
    ("﹙", "("),
    ("﹚", ")"),
    ("<＜‹﹤", "〈"),
    (">＞›﹥", "〉"),
    ("«≪", "《"),
    ("»≫", "》"),
    ("「『〝", "“"),
    ("」』〞", "”"),
    ("－—–―﹣−～﹏〜", "-"),
    ("○", "〇"),
    ("笫", "第"),
    ("﹑､", "、"),
    ("︰﹕∶", ":"),
)
_TABLE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TABLE.update({ord(character): plain for characters, plain in _PAIRS for character in characters})

_BLANK = re.compile(
    "(?:[\\s\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
    "|(?i:&(?:nbsp|ensp|emsp|#160|#12288);|<br\\s{0,3}/?>|</?p>))+"
)
_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|(?i:<br|<p|</p)")
# Words of the grammar in traditional script: no simplified text holds them, and they are enough to convert by.
_TRADITIONAL = re.compile("[條項號規國華關辦實務則標準許與從]")
# A line that ends like a title or a number, before another that begins with a word: two entries, not one broken line.
_ENDS_ENTRY = re.compile("[法例则定知见案号][)）]?$")
_BEGINS_ENTRY = re.compile("(?![第令])[\u4e00-\u9fff]")
# Behind a mere blank only what is a title by itself is another entry: the blank may stand inside a title as well.
_ENDS_LAW = re.compile("(?:法|条例|办法|细则|规定|规则|决定)[)）]?$")
_IS_TITLE = re.compile(
    "(?!(?:实施|施行|关于|修[改正订]|[的之和及与或等]|规定|办理|执行))[\u4e00-\u9fff]{2,40}(?:法|条例|办法|细则|规定|规则|决定)"
    "(?=[\\s、，,；;（(。第]|$)"
)
_NO_PLACES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text without blanks. text: signs unified. printed: the same characters as they were printed.

    offsets: index in the input of each character, None where nothing was left out. gaps, breaks: indexes of the
    characters in front of which a blank, or a line break, was left out. A break between two entries of a list stands as
    one ``|``.
    """

    text: str
    printed: str
    offsets: tuple[int, ...] | None = None
    gaps: frozenset[int] = _NO_PLACES
    breaks: frozenset[int] = _NO_PLACES

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the input that ``text[start:end]`` came from; it is not empty."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=256)
def plain_text(raw: str) -> PlainText:
    """The plain form of a text."""
    printed = to_simplified(raw) if _TRADITIONAL.search(raw) else raw
    if not _BLANK.search(raw):
        return PlainText(printed.translate(_TABLE), printed)
    pieces: list[str] = []
    offsets: list[int] = []
    gaps, breaks = set(), set()
    at = 0
    for blank in _BLANK.finditer(raw):
        pieces.append(printed[at : blank.start()])
        offsets += range(at, blank.start())
        at = blank.end()
        at_break = _BREAK.search(blank[0]) is not None
        if _two_entries(printed, blank) if at_break else _two_laws(printed, blank):
            pieces.append("|")
            offsets.append(blank.start())
        gaps.add(len(offsets))
        if at_break:
            breaks.add(len(offsets))
    kept = "".join((*pieces, printed[at:]))
    offsets += range(at, len(raw))
    return PlainText(kept.translate(_TABLE), kept, tuple(offsets), frozenset(gaps), frozenset(breaks))


def _two_entries(text: str, blank: re.Match[str]) -> bool:
    before = text[max(0, blank.start() - 2) : blank.start()]
    return _ENDS_ENTRY.search(before) is not None and _BEGINS_ENTRY.match(text, blank.end()) is not None


def _two_laws(text: str, blank: re.Match[str]) -> bool:
    before = text[max(0, blank.start() - 3) : blank.start()]
    return _ENDS_LAW.search(before) is not None and _IS_TITLE.match(text, blank.end()) is not None
