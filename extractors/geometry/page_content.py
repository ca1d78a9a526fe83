"""What one page prints, whatever the format of its file, and whether its text can be trusted.

In: nothing. Out: :class:`PageContent`, filled by the readers of pages; :class:`Layer`: usable, unusable (a picture, or
characters that stand for others), or blank. Refuses nothing. Source of the bounds: EXTRACTION, the gate of section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from extractors.geometry.lines import Glyph
from extractors.geometry.rules import Rule

FEW = 30
"""A page with a picture and no more characters than this is a scan with a page number."""
MOST_BAD = 0.02
"""Share of characters without meaning above which the font's map is broken."""
MOST_ODD = 0.3
"""Share of accented Latin and other letters, foreign to Chinese text, above which the map is wrong."""
MOST_SIGNS = 0.5
"""Share of punctuation and symbols in a text without Chinese above which numbers of glyphs stand for characters."""
MOST_RARE = 0.3
"""Share of characters among the Chinese ones that neither GB 2312 nor Big5 has, above which the map is shifted."""
FIRST_HAN, LAST_HAN = "\u3400", "\u9fff"


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is printed on one page.

    marks: text of watermarks. cut: a bound was reached. pictured: there is a picture, or there are outlines of letters,
    so that the page may show text that is not in ``glyphs``.
    """

    glyphs: list[Glyph]
    rules: list[Rule]
    marks: str = ""
    cut: bool = False
    pictured: bool = False
    stream: Sequence[Glyph] = ()  # the glyphs as the file orders them, doubled ones and watermarks too


class Layer(Enum):
    """What a page's text layer is worth."""

    USABLE = "usable"
    UNUSABLE = "unusable"
    BLANK = "blank"
    BROKEN = "broken"  # the page cannot be parsed


def judge(content: PageContent) -> Layer:
    """What the text layer of the page is worth."""
    texts = [glyph.text for glyph in content.glyphs if not glyph.text.isspace()]
    if len(texts) <= FEW and content.pictured:
        return Layer.UNUSABLE
    if not texts:
        return Layer.BLANK
    bad = sum(1 for text in texts if _meaningless(text))
    odd = sum(1 for text in texts if "\u00c0" <= text[0] <= "\u2000" and text[0] not in "×÷")
    if (bad >= MOST_BAD * len(texts) and bad > 1) or odd >= MOST_ODD * len(texts) or _implausible(texts):
        return Layer.UNUSABLE
    return Layer.USABLE


def _implausible(texts: Sequence[str]) -> bool:
    """Whether the characters, each of which may be right, cannot be a text."""
    if len(texts) <= FEW:
        return False
    han = [text[0] for text in texts if FIRST_HAN <= text[0] <= LAST_HAN]
    if not han:
        return sum(1 for text in texts if not text[0].isalnum()) > MOST_SIGNS * len(texts)
    return sum(map(_rare, han)) > MOST_RARE * len(han)


@cache
def _rare(character: str) -> bool:
    return not any(character.encode(encoding, "ignore") for encoding in ("gb2312", "big5"))


def _meaningless(text: str) -> bool:
    """U+FFFD, or a private-use character other than those of the symbol fonts (tick boxes at U+F000 … U+F0FF)."""
    code = ord(text[0])
    return code == 0xFFFD or (0xE000 <= code <= 0xF8FF and not 0xF000 <= code <= 0xF0FF) or code >= 0xF0000
