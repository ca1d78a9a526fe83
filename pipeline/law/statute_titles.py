"""How titles of statutes are compared, and when a wrong one is certainly a slip for a known one.

In: titles as printed. Out: :func:`folded` (the key of look-up), :func:`literal` (which keeps 中华人民共和国),
:func:`version_tail`, and :class:`NearTitles`. Refuses nothing.

A title that differs from a known one in a single character may be a slip (项国 for 项目) or another instrument that the
library does not hold (城市供热条例 beside 城市供水条例). It is called a slip only where the printed form makes
no words, or the one character sounds or looks like the right one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations

from rapidfuzz import process
from rapidfuzz.distance import OSA

STATE = "中华人民共和国"
_MARKS = re.compile(r"[\s《》〈〉<>“”\"「」『』﹤﹥‘’'\u200b\ufeff]+")
_BRACKETS = str.maketrans("〔〕[]［］【】﹝﹞", "()()()()()")
_TAIL = re.compile(
    r"\((?=[^)])(?P<year>(?:19|20)\d\d)?年?(?:\d{1,2}月(?:\d{1,2}日)?)?(?:第[一二三四五六七八九十]+次)?"
    r"(?P<kind>修正|修订|修改|公布|通过|新)?(?:案|版|本|稿|后|文本)?\)$"
)
_PLACE = re.compile(r"^.{1,6}?(?:自治区|自治州|自治县|[省市县区州盟旗])")
_NUMERALS = frozenset("0123456789一二三四五六七八九十百零〇上中下甲乙丙")
_PARTICLES = frozenset("的之和与及等、")
_SHORTEST = 6  # characters of a title in which one wrong character can still be told for certain
_TELLING = 7  # characters of a title, without its place, that no other title shares but one (社会救助法, 社会救助办法)
_LONG = 12  # characters of a title of which two may differ and it is still worth naming as the nearest
_LONGEST = 120
_SEVERAL = 3


@lru_cache(maxsize=65536)
def literal(title: str) -> str:
    """The title without blanks and marks, width and brackets unified; 中华人民共和国 stays where it is printed."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", title))
    return _MARKS.sub("", unicodedata.normalize("NFKC", plain)).translate(_BRACKETS)  # what a mark kept apart joins


@lru_cache(maxsize=65536)
def folded(title: str) -> str:
    """The key by which titles are looked up: as :func:`literal`, 中华人民共和国 dropped wherever it stands."""
    return without_state(literal(title))


def without_state(plain: str) -> str:
    """A literal title without 中华人民共和国."""
    while STATE in plain:
        plain = plain.replace(STATE, "")
    return plain


def without_misspelt_state(plain: str) -> str:
    """A literal title without a 中华人民共和国 in which one character is wrong; "" where it does not begin with one."""
    head = plain[: len(STATE)]
    wrong = sum(one != other for one, other in zip(head, STATE, strict=False))
    return plain[len(STATE) :] if len(head) == len(STATE) and wrong == 1 else ""


@dataclass(frozen=True, slots=True)
class VersionTail:
    """A remark on the version that closes a title: （2019年修正）. kind: 修正, 修订 … as printed, "" if none."""

    title: str
    year: int | None
    kind: str


def version_tail(text: str) -> VersionTail | None:
    """The remark that closes a literal title, and the title without it; None where there is none."""
    match = _TAIL.search(text)
    if match is None or not (match["year"] or match["kind"]):
        return None
    return VersionTail(text[: match.start()], int(match["year"]) if match["year"] else None, match["kind"] or "")


@dataclass(frozen=True, slots=True)
class Near:
    """The known title nearest to an unknown one. certain: it can only be a slip."""

    key: str
    distance: int
    certain: bool


class NearTitles:
    """Finds the known title that an unknown one was meant to be.

    titles: folded. local: those of them that begin with a place. cut: cuts a text into words; asked only when a near
    title is found. alike: groups of characters that sound or look alike (护户), one of which is typed for another.
    """

    def __init__(
        self,
        titles: Iterable[str],
        local: AbstractSet[str],
        cut: Callable[[str], tuple[str, ...]],
        alike: Iterable[str] = (),
    ) -> None:
        self._by_length: dict[int, list[str]] = {}
        for title in titles:
            self._by_length.setdefault(len(title), []).append(title)
        self._local = local
        self._cut = cut
        self._alike = frozenset(pair for group in alike for pair in permutations(group, 2))

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """Two characters that follow each other in several known titles."""
        titles = (title for each in self._by_length.values() for title in each)
        counts = Counter(title[i : i + 2] for title in titles for i in range(len(title) - 1))
        return frozenset(pair for pair, count in counts.items() if count >= _SEVERAL)

    @cached_property
    def _endings(self) -> frozenset[str]:
        """The characters that known titles end with: 例, 法, 定 …"""
        return frozenset(title[-1:] for each in self._by_length.values() for title in each)

    def nearest(self, title: str, besides: str = "") -> Near | None:
        """The one known title at most one character away (two, never certain, in a long one), or None.

        title: folded. besides: a known title that is not to be offered.
        """
        size = len(title)
        if not _SHORTEST - 1 <= size <= _LONGEST:
            return None
        reach = 1 if size < _LONG else 2
        known = [
            each
            for length in range(size - reach, size + reach + 1)
            for each in self._by_length.get(length, ())
            if each != besides
        ]
        found = process.extract(title, known, scorer=OSA.distance, score_cutoff=reach, limit=4)
        best = [key for key, distance, _ in found if distance == found[0][1]]
        if len(best) != 1:
            return None
        distance = int(found[0][1])
        if not title.startswith(self._place(best[0])):  # another place has laws of its own
            return None
        return Near(best[0], distance, distance == 1 and self._is_slip(title, best[0]))

    def _place(self, title: str) -> str:
        """The place that a local title begins with, "" of any other."""
        match = _PLACE.match(title) if title in self._local else None
        return match[0] if match else ""

    def _is_slip(self, wrong: str, right: str) -> bool:
        """Whether ``wrong``, one edit away from ``right``, can be nothing but a slip for it."""
        shorter = min(len(wrong), len(right))
        at = next((i for i in range(shorter) if wrong[i] != right[i]), shorter)
        changed = {*wrong[at : at + 1 + len(wrong) - shorter], *right[at : at + 1 + len(right) - shorter]}
        if (at == 0 and len(wrong) != len(right)) or changed & _NUMERALS:
            return False
        if len(wrong) == len(right) and wrong[at : at + 2] == right[at : at + 2][::-1]:
            return True
        if len(wrong) == len(right) and (wrong[at], right[at]) in self._alike:
            return True
        if len(wrong) < len(right) and len(right) - len(self._place(right)) >= _TELLING:
            return True
        if len(wrong) > len(right) and (wrong[at] == wrong[at - 1] or wrong[at] in _PARTICLES):
            return True
        return wrong[-1] not in self._endings or self._has_orphan(wrong, right)

    def _has_orphan(self, wrong: str, right: str) -> bool:
        """Whether words fell apart: a character of ``wrong`` stands alone that does not in ``right``."""
        alone = Counter(word for word in (*self._cut(right), right[-1]) if len(word) == 1)
        run = ""
        for word in (*self._cut(wrong), "  "):
            if len(word) == 1 and (alone[word] > 0 or word in _PARTICLES):
                alone[word] -= 1
            elif len(word) == 1:
                run += word
                continue
            # Two that stand side by side in other titles (兽药) are a word that the dictionary lacks.
            if run and not (len(run) > 1 and all(run[i : i + 2] in self._pairs for i in range(len(run) - 1))):
                return True
            run = ""
        return False
