"""The type of a power as its name tells it: 对取水许可的监督检查 is an inspection, no licence.

In: a name and a Vocabulary. Out: :class:`NamedType` with the head word that decided, or None. The name is cut into
words; the head is the word it ends in, or the verb it begins with (vocab/name_verbs.csv). Refuses: to decide by a word
that another one turns (撤销…许可, 不予处罚), by the words of a violation (未办理变更登记), and by heads that serve
several types: 审批 only rules out what no approval can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from pipeline.text.normalization import tokenizer
from pipeline.vocabulary import NameVerb, Vocabulary, derived

_REMARK = re.compile(r"\s*[（(【\[][^（()）【】\[\]]*[）)】\]]\s*$")
_LONGEST_HEAD = 4  # words that a head may consist of
_LONGEST_NAME = 400  # characters; a longer text is no name


_Head: TypeAlias = tuple[NameVerb, int, int]  # its row, the index of its first word, where it ends in the name


@dataclass(frozen=True, slots=True)
class NamedType:
    """What a name says of its power's type.

    power_type: the canonical type, "" where the head only narrows it down. possible: the types that the head may
    serve, ``power_type`` among them. head: the deciding word; start, end: its half-open span in the name.
    """

    power_type: str
    possible: frozenset[str]
    head: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Verbs:
    """The rows of vocab/name_verbs.csv by place; a word may have several rows, of which the first that fits holds."""

    ends: Mapping[str, tuple[NameVerb, ...]]
    starts: Mapping[str, tuple[NameVerb, ...]]
    tails: frozenset[str]
    stages: frozenset[str]
    vetoes: frozenset[str]
    violations: frozenset[str]
    openers: frozenset[str]
    marker: frozenset[str]
    joiners: frozenset[str]
    licences: frozenset[str]  # heads to which a stage may be added: 许可证延续 is a licence still
    penalty: frozenset[str]


@derived
def _verbs(vocabulary: Vocabulary) -> _Verbs:
    def rows(place: str) -> Mapping[str, tuple[NameVerb, ...]]:
        found: dict[str, tuple[NameVerb, ...]] = {}
        for verb in vocabulary.name_verbs:
            if verb.place == place:
                found[verb.word] = (*found.get(verb.word, ()), verb)
        return MappingProxyType(found)

    words, ends = vocabulary.rule_words, rows("end")
    licence = words["licence_type"]
    return _Verbs(
        ends=ends,
        starts=rows("start"),
        tails=frozenset(rows("tail")),
        stages=frozenset(rows("stage")),
        vetoes=frozenset(rows("veto")),
        violations=frozenset(rows("violation")),
        openers=frozenset(words["object_opener"]),
        marker=frozenset(words["object_marker"]),
        joiners=frozenset(words["joiner"]),
        licences=frozenset(word for word, verbs in ends.items() if verbs[0].power_type in licence),
        penalty=frozenset(words["penalty_type"]),
    )


@derived
def _remembered(vocabulary: Vocabulary) -> _Classifier:
    return _Classifier(vocabulary)


def named_type(name: str, vocabulary: Vocabulary) -> NamedType | None:
    """The type that a power's name tells, None where it tells nothing or may mean several things."""
    return _remembered(vocabulary).read(name)


class _Classifier:
    """Reads names with one vocabulary; a name that comes again is not cut again."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._verbs = _verbs(vocabulary)
        self._cut = tokenizer(vocabulary).tokens
        self.read = lru_cache(maxsize=65536)(self._read)

    def _read(self, name: str) -> NamedType | None:
        if len(name) > _LONGEST_NAME:
            return None
        words = self._words(name)
        if words is None:
            return None
        verbs, marked = self._verbs, self._object_end(words)
        scope = words[marked:] if words and words[0] in verbs.openers else words
        # 征收决定的强制执行 has its head after 的; 扣押无证经营的车辆 has it in front.
        if marked == 0 or self._ending(words) is None:
            started = self._by_start(name, words)
            if started is not None:
                return started if started.possible else None
        if not verbs.vetoes.isdisjoint(scope):
            return None
        found = self._by_end(words)
        if found is None or not found.possible:
            return None
        # 未办理变更登记 is what somebody failed to do; only its penalty is a power.
        described = any(self._violates(word) for word in scope)
        return None if described and found.power_type not in verbs.penalty else found

    def _violates(self, word: str) -> bool:
        # 拒不接受 is one word to the dictionary, like 不动产, which violates nothing.
        violations = self._verbs.violations
        return word in violations or word[:2] in violations

    def _words(self, name: str) -> list[str] | None:
        """The words of a name without what may follow its head; None when a remark in brackets turns its meaning."""
        bare = name
        while remark := _REMARK.search(bare):
            if not self._verbs.vetoes.isdisjoint(self._cut(remark[0])):
                return None
            bare = bare[: remark.start()]
        words = list(self._cut(bare))
        while words and (words[-1] in self._verbs.tails or not words[-1].strip()):
            words.pop()
        return words

    def _object_end(self, words: Sequence[str]) -> int:
        """The index after the last 的, 0 without one: what stands before it is the object of the head."""
        return max((index + 1 for index, word in enumerate(words) if word in self._verbs.marker), default=0)

    def _by_start(self, name: str, words: Sequence[str]) -> NamedType | None:
        for count in (2, 1):
            word = "".join(words[:count])
            for verb in self._verbs.starts.get(word, ()):
                if len(words) >= count and (not verb.near or "".join(words).endswith(verb.near)):
                    at = name.index(word)
                    return NamedType(verb.power_type, _possible(verb), word, at, at + len(word))
        return None

    def _by_end(self, words: Sequence[str]) -> NamedType | None:
        head = self._head(words)
        if head is None:
            return None
        verb, first, end = head
        start = end - len(verb.word)
        # 监督检查、处罚 joins heads of different types.
        if first > 1 and words[first - 1] in self._verbs.joiners:
            other = self._head(words[: first - 1])
            if other is not None and other[0].power_type != verb.power_type:
                both = _possible(verb) | _possible(other[0]) if _possible(other[0]) else frozenset()
                return NamedType("", both, verb.word, start, end)
        return NamedType(verb.power_type, _possible(verb), verb.word, start, end)

    def _head(self, words: Sequence[str]) -> _Head | None:
        """The head that the words end in, a stage after a licence left out."""
        staged = len(words)
        while staged and words[staged - 1] in self._verbs.stages | self._verbs.joiners:
            staged -= 1
        if 0 < staged < len(words):
            licence = self._ending(words[:staged])
            if licence is not None and licence[0].word in self._verbs.licences:
                return licence
        return self._ending(words)

    def _ending(self, words: Sequence[str]) -> _Head | None:
        for count in range(min(_LONGEST_HEAD, len(words)), 0, -1):
            verb = self._fitting("".join(words[-count:]), "".join(words[:-count]))
            if verb is not None:
                return verb, len(words) - count, len("".join(words))
        return self._within_word(words)

    def _within_word(self, words: Sequence[str]) -> _Head | None:
        """监督检查 as the end of a longer word that the dictionary has as one."""
        last = words[-1] if words else ""
        for start in range(1, len(last) - 1):
            verb = self._fitting(last[start:], "".join(words[:-1]) + last[:start])
            if verb is not None:
                return verb, len(words) - 1, len("".join(words))
        return None

    def _fitting(self, word: str, before: str) -> NameVerb | None:
        rows: Iterable[NameVerb] = self._verbs.ends.get(word, ())
        return next((verb for verb in rows if not verb.near or before.endswith(verb.near)), None)


def _possible(verb: NameVerb) -> frozenset[str]:
    return verb.also | {verb.power_type} if verb.power_type else verb.also
