"""Traditional script: is a document written in it, and its conversion character for character.

In: text. Out: a verdict (:func:`is_traditional`), or simplified text of the same length (:func:`to_simplified`).
Refuses: to convert by halves. A simplified document is never converted (乾县, 陈昇 are right as they stand), which is
why the verdict needs evidence and is asked of a document as a whole. Conversion is OpenCC's (t2s) with its phrases.
"""

from __future__ import annotations

import re
from functools import lru_cache

from opencc import OpenCC

_SAMPLE = 100_000  # characters of a document that are looked at
_LEAST_EVIDENCE = 5  # distinct characters of traditional form; a name or a title may hold fewer
_LEAST_SHARE = 0.1  # of the ideographs; running traditional text has about a quarter
_OUTWEIGHS = 3  # traditional forms for each simplified one; a simplified document may quote a traditional one
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=2)
def _converter(direction: str) -> OpenCC:
    return OpenCC(direction)


def is_traditional(text: str) -> bool:
    """The text as a whole is in traditional script.

    Enough of its characters have only a traditional form and hardly any only a simplified one. A short text without
    evidence is not traditional.
    """
    plain = "".join(_IDEOGRAPH.findall(text[:_SAMPLE]))
    traditional = [a for a, b in zip(plain, to_simplified(plain), strict=True) if a != b]
    if len(set(traditional)) < _LEAST_EVIDENCE or len(traditional) < _LEAST_SHARE * len(plain):
        return False
    # Characters that serve both scripts (后, 里, 台) count as simplified here; they are few in traditional text.
    simplified = sum(character in _simplified_forms() for character in plain)
    return len(traditional) >= _OUTWEIGHS * simplified


def to_simplified(text: str) -> str:
    """The text in simplified script, of the same length: character i came from character i."""
    converted = _convert(text, "t2s")
    if len(converted) == len(text):
        return converted
    # Phrases of unequal length: give them up and keep the offsets exact.
    return "".join(_single(character) for character in text)


def _convert(text: str, direction: str) -> str:
    # A lone surrogate cannot be handed to OpenCC; it stands aside and comes back where it was.
    if not (aside := list(_SURROGATE.finditer(text))):
        return str(_converter(direction).convert(text))
    pieces, at = [], 0
    for match in aside:
        pieces += [str(_converter(direction).convert(text[at : match.start()])), match[0]]
        at = match.end()
    return "".join([*pieces, str(_converter(direction).convert(text[at:]))])


@lru_cache(maxsize=1)
def _simplified_forms() -> frozenset[str]:
    """Ideographs that are written otherwise in traditional script."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    written = _convert("\n".join(every), "s2t").split("\n")
    return frozenset(here for here, there in zip(every, written, strict=True) if here != there)


@lru_cache(maxsize=8192)
def _single(character: str) -> str:
    converted = _convert(character, "t2s")
    return converted if len(converted) == 1 else character
