"""Normalization of a cell's text with a map back to what was printed, and the key by which texts are compared.

In: raw text of a cell or paragraph, a Vocabulary. Out: :class:`Normalized`, as section 5 of the contract shows it; or a
folded key (:func:`fold`). Refuses nothing: whatever comes in, no word is added, dropped or reordered.

What changes: full-width letters, digits and ％ (and ． between digits) → half-width; invisible and control characters
go; &nbsp; and <br> left over from HTML → blank and break; blanks and breaks by pipeline.text.layout; radicals and
compatibility ideographs that bad PDF fonts give, and the slips of vocab/confusables.tsv → the character that was meant,
on record; brackets around the year of a document number → 〔〕. All other punctuation, ① Ⅰ ★ stay as printed.

The verdict on traditional script and the tokenizer live in modules of their own and are offered here too: this module
is where the pipeline looks for text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.layout import blank_replacements, break_replacements
from pipeline.text.traditional import is_traditional, to_simplified
from pipeline.text.words import Tokenizer, chinese_pipeline, tokenizer
from pipeline.vocabulary import Vocabulary, derived

__all__ = [
    "Normalized",
    "Tokenizer",
    "chinese_pipeline",
    "fold",
    "is_traditional",
    "normalize",
    "to_simplified",
    "tokenizer",
]

_BREAK_CHARACTERS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_BLANK_CHARACTERS = " \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0"
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_HTML_BLANK = r"(?i:&(?:nbsp|ensp|emsp|#160|#xa0|#12288);)"
_HTML_BREAK = r"(?i:<br\s{0,3}/?>|</?p>)"
_RADICALS = "\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f"

_CHARACTERS = re.compile(
    rf"(?P<blank>(?:[{_BLANK_CHARACTERS}]|{_HTML_BLANK})+)|(?P<stop>(?<=[0-9０-９])．(?=[0-9０-９]))|(?P<wide>[Ａ-Ｚａ-ｚ０-９％]+)"
    rf"|(?P<break>[{_BREAK_CHARACTERS}]|{_HTML_BREAK})|(?P<gone>[{_INVISIBLE}]+)",
)
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_NUMERAL = "[0-9一二三四五六七八九十百〇零]{1,6}"
_YEAR_BRACKETS = re.compile(
    r"[\[［﹝【(（„〔](?<=[\u3400-\u4dbf\u4e00-\u9fffA-Za-z].)"
    r"((?:19|20)[0-9]{2}|[一二][〇○零九][〇○零一二三四五六七八九]{2})"
    rf"[\]］﹞】)）‟〕](?=第?{_NUMERAL}(?:[-—－、,，至之]第?{_NUMERAL}){{0,8}}号)"
)

_CACHED_LENGTH = 200  # characters; longer texts hardly ever repeat
_PASSES = 12
_UNSETTLED = re.compile("[ \n&<．]")  # what a second pass may look at otherwise
_IDENTITY = tuple(range(4096))


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalized text. ``raw[offsets[i]]`` is the character that ``text[i]`` came from; offsets never decrease.

    repaired: (as printed, as meant, index in raw) for each certain slip. changed: ``text`` differs from the raw text.
    """

    text: str
    offsets: tuple[int, ...]
    repaired: tuple[tuple[str, str, int], ...] = ()
    changed: bool = False

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the raw text that ``text[start:end]`` came from."""
        if start >= end:
            return (0, 0)
        return self.offsets[start], self.offsets[end - 1] + 1


def normalize(
    raw: str, vocabulary: Vocabulary, *, traditional: bool = False, keep_traditional: bool = False
) -> Normalized:
    """The text as the views show it, with its way back. Normalizing twice changes nothing more.

    traditional: the document is in traditional script as a whole, so convert. keep_traditional: not this text, though
    (names of persons stay as printed).
    """
    convert = traditional and not keep_traditional
    if not convert and not _suspect(vocabulary).search(raw) and not _YEAR_BRACKETS.search(raw):
        return Normalized(raw, _identity(len(raw)))
    if len(raw) <= _CACHED_LENGTH:
        return _remembered(vocabulary)(raw, convert)
    return _normalize(raw, vocabulary, convert)


@derived
def _suspect(vocabulary: Vocabulary) -> re.Pattern[str]:
    """One character class: a text without any of these needs no work, but for the year of a document number."""
    every = f"{_BREAK_CHARACTERS}{_BLANK_CHARACTERS}{_INVISIBLE}Ａ-Ｚａ-ｚ０-９％&<"
    return re.compile(f"[{every}{_slip_signs(vocabulary)}]")


def _slip_signs(vocabulary: Vocabulary) -> str:
    """For a character class: what a text with a slip cannot but contain, the radicals and the wrong characters."""
    wrong = {character for printed, meant in vocabulary.confusables for character in printed if character not in meant}
    return _RADICALS + re.escape("".join(sorted(wrong)))


@derived
def _remembered(vocabulary: Vocabulary) -> Callable[[str, bool], Normalized]:
    return lru_cache(maxsize=4096)(lambda raw, convert: _normalize(raw, vocabulary, convert))


def _identity(length: int) -> tuple[int, ...]:
    return _IDENTITY[:length] if length <= len(_IDENTITY) else tuple(range(length))


def _normalize(raw: str, vocabulary: Vocabulary, convert: bool) -> Normalized:
    draft = _Draft(raw)
    # Joining a line can complete a word, a bracket or a marker that the pass before could not see. Two passes do for
    # real cells; the bound is for hostile ones.
    for _ in range(_PASSES):
        before = draft.text
        draft.replace(_characters(draft.text))
        draft.replace(_blanks(draft.text))
        draft.replace(break_replacements(draft.text, vocabulary))
        draft.replace((m.start(), m.end(), f"〔{m[1]}〕") for m in _YEAR_BRACKETS.finditer(draft.text))
        draft.repair(_repairs(draft.text, vocabulary))
        if convert:
            draft.text = to_simplified(draft.text)
        if before == draft.text or not (convert or draft.repaired or _UNSETTLED.search(draft.text)):
            break
    return Normalized(draft.text, tuple(draft.offsets), tuple(draft.repaired), draft.text != raw)


class _Draft:
    """A text under change, with the index in the raw text of each of its characters."""

    def __init__(self, raw: str) -> None:
        self.text = raw
        self.offsets: list[int] = list(_identity(len(raw)))
        self.repaired: list[tuple[str, str, int]] = []

    def replace(self, changes: Iterable[tuple[int, int, str]]) -> None:
        """Put ``new`` in the place of text[start:end] for each change; they come in order and do not overlap."""
        pieces: list[str] = []
        offsets: list[int] = []
        at = 0
        for start, end, new in changes:
            if self.text[start:end] == new:
                continue
            pieces += (self.text[at:start], new)
            offsets += self.offsets[at:start]
            offsets += [self.offsets[min(start + i, end - 1)] for i in range(len(new))]
            at = end
        if at:
            self.text = "".join((*pieces, self.text[at:]))
            self.offsets = offsets + self.offsets[at:]

    def repair(self, changes: list[tuple[int, int, str]]) -> None:
        """Like ``replace``, and goes on record."""
        self.repaired += [(self.text[start:end], new, self.offsets[start]) for start, end, new in changes]
        self.replace(changes)


def _characters(text: str) -> Iterable[tuple[int, int, str]]:
    for match in _CHARACTERS.finditer(text):
        kind = match.lastgroup
        if kind == "wide":
            new = match[0].translate(_HALF_WIDTH)
        else:
            new = {"blank": " ", "stop": ".", "break": "\n"}.get(kind or "", "")
        yield match.start(), match.end(), new


def _blanks(text: str) -> Iterable[tuple[int, int, str]]:
    at = 0
    for line in text.split("\n"):
        if " " in line:
            for start, end, new in blank_replacements(line):
                yield at + start, at + end, new
        at += len(line) + 1


def _repairs(text: str, vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    if not _slip_sign(vocabulary).search(text):
        return []
    meant = _meant(vocabulary)
    found = []
    for match in _slips(vocabulary).finditer(text):
        right = meant.get(match[0]) or unicodedata.normalize("NFKC", match[0])
        if right != match[0]:
            found.append((match.start(), match.end(), right))
    return found


@derived
def _meant(vocabulary: Vocabulary) -> dict[str, str]:
    return dict(vocabulary.confusables)


@derived
def _slip_sign(vocabulary: Vocabulary) -> re.Pattern[str]:
    return re.compile(f"[{_slip_signs(vocabulary)}]")


@derived
def _slips(vocabulary: Vocabulary) -> re.Pattern[str]:
    words = sorted((wrong for wrong, _ in vocabulary.confusables), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, words), f"[{_RADICALS}]"]))


class _Folding(dict[int, str | None]):
    """Maps punctuation, symbols of layout and blanks to nothing; built up as characters turn up."""

    def __missing__(self, code: int) -> str | None:
        kept = None if unicodedata.category(chr(code))[0] in "PZC" else chr(code)
        self[code] = kept
        return kept


_FOLDING = _Folding({ord("○"): "〇"})


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The key by which texts are compared: width, case, blanks, punctuation and brackets do not count.

    What stands in the brackets does. A text of punctuation alone folds to "".
    """
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", once.translate(_FOLDING))
