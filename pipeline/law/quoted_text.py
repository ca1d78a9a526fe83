"""What a basis text quotes of an article, held against the article's own text.

In: a basis text, the place behind a citation in it, and the text of the article cited. Out: the span of the quotation,
and :class:`Difference` where it departs from the law. Refuses: to take a remark or a paraphrase for a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Protocol

from pipeline.law.statute import ArticleKey

_MARKED = re.compile(r"\s*的?(?:明确)?(?:规定)?\s*[:：,，]?\s*[“\"「]([^”\"」]*)[”\"」]")
_COLON = re.compile(r"\s*的?(?:明确)?(?:规定)?\s*[:：]\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"\s*第[一二三四五六七八九十百千〇零0-9]+条(?:之[一二三四五六七八九十]+)?\s*")
_LEFT_OUT = re.compile(r"…+|\.{3,}|。{3,}")
_CLAUSES = re.compile(r"[；;。：:]|[（(][一二三四五六七八九十]+[）)]")
_SAID = re.compile(r"[^\W_]")  # signs and blanks differ from print to print
_SHORTEST = 12  # characters of prose; less is a remark
_ALIKE = 0.5  # what a colon introduces and is less like the article than this is a paraphrase
_LONGEST = 5_000  # characters compared; no article is longer


class ArticleTexts(Protocol):
    """Where the texts of articles are; :class:`pipeline.law.own_library.OwnLibrary` is such a place."""

    def article_text(self, statute_id: str, version: date | None, key: ArticleKey) -> str | None:
        """The text of an article in the version published on a day, or None where it is not held."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a quotation departs first: what it says and what the law says there, a few words around each."""

    quoted: str
    law: str


def quotation(text: str, start: int, end: int) -> tuple[int, int, bool] | None:
    """The span of what is quoted in text[start:end], and whether marks enclose it; None where nothing is."""
    marked = _MARKED.match(text, start, end)
    found = marked or _COLON.match(text, start, end)
    if found is None:
        return None
    begin, stop = found.span(1)
    number = _NUMBER.match(text, begin, stop)
    begin = number.end() if number else begin
    stop = begin + len(text[begin:stop].rstrip())
    return (begin, stop, marked is not None) if len(_letters(text[begin:stop])) >= _SHORTEST else None


def difference(quoted: str, article: str, *, marked: bool) -> Difference | None:
    """How a quotation departs from the article; None where each of its parts stands there, signs and blanks aside.

    To leave out whole sentences or items is no departure: a basis quotes what it needs.
    """
    law = _letters(article[:_LONGEST])
    for piece, part in _parts(quoted[:_LONGEST]):
        if part in law or all(_letters(clause) in law for clause in _CLAUSES.split(piece)):
            continue
        near = SequenceMatcher(None, law, part, autojunk=False)
        same = sum(block.size for block in near.get_matching_blocks())
        if not marked and same < _ALIKE * len(part):
            continue
        return _first(near.get_opcodes(), law, part)
    return None


def _first(steps: Iterable[tuple[str, int, int, int, int]], law: str, part: str) -> Difference | None:
    """The first departure inside the quotation; what the law has before and behind it was only left out."""
    for kind, low, high, begin, end in steps:
        if kind == "equal" or (kind == "delete" and begin in (0, len(part))):
            continue
        around = 6
        said = part[max(0, begin - around) : end + around]
        return Difference(said, law[max(0, low - around) : high + around][: len(said) + 4 * around])
    return None


def _parts(quoted: str) -> Iterator[tuple[str, str]]:
    """The pieces between marks of omission that are long enough to be held against a text, and their letters."""
    for piece in _LEFT_OUT.split(quoted):
        letters = _letters(piece)
        if len(letters) >= _SHORTEST:
            yield piece, letters


def _letters(text: str) -> str:
    return "".join(_SAID.findall(text))
