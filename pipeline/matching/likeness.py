"""How alike two names of powers are, and whether that is enough.

In: two :class:`~pipeline.matching.power_name.PowerName`. Out: :class:`Likeness`: the same, doubtful, or different, with
a score from 0 to 1. Refuses to call alike what differs in a word that tells powers apart: another act (许可, 处罚), a
negation, a number, a level, a stage (新办, 变更) or a business (生产, 经营) is never made up for by the rest.
The threshold was measured on labelled pairs: tests/pipeline/name_pairs.csv, ``python -m tests.benchmarks.name_pairs``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from rapidfuzz.distance import LCSseq

from pipeline.matching.power_name import GENERIC, PowerName, word_weight
from pipeline.vocabulary import Vocabulary, derived

SAME = 0.93  # from this score on two names are one power's
DOUBTFUL = 0.60  # from this score on one may be meant by the other: for a person to say
_RUN = 2  # characters in a row that words cut differently must share to count as shared


class Kin(StrEnum):
    """What two names are to each other."""

    FOLDED = "folded"  # one name, printed differently
    SIMILAR = "similar"  # one power, in other words
    DOUBTFUL = "doubtful"  # maybe
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """kin: the verdict. score: 0–1, the part of their words that two names share."""

    kin: Kin
    score: float


def likeness(one: PowerName, other: PowerName, vocabulary: Vocabulary) -> Likeness:
    """How alike two names are; symmetric."""
    same_act = one.act == other.act
    related = same_act or not one.act or not other.act or _related(vocabulary)(one.act, other.act)
    levels = _compared(one.levels, other.levels)
    if one.key == other.key and levels is not _APART:
        return Likeness(Kin.FOLDED, 1.0)
    shared, left, right = _words(one, other)
    # Words cut differently may share characters yet; where they tell apart, or share too little at best, no matter.
    best = _score(shared + 2 * min(_weight(one, left), _weight(other, right)), one, other)
    if not related or levels is _APART or best < DOUBTFUL or _tells_apart(one, other):
        return Likeness(Kin.DIFFERENT, _score(shared, one, other))
    more, first, second = _characters(_Rest(left, one), _Rest(right, other), vocabulary)
    score = round((shared + more) / max(shared + more + first + second, GENERIC), 4)
    certain = same_act and bool(one.act) and _told_alike(one, other) and not (first >= GENERIC and second >= GENERIC)
    if certain and score >= SAME:
        return Likeness(Kin.SIMILAR, score)
    return Likeness(Kin.DOUBTFUL if score >= DOUBTFUL else Kin.DIFFERENT, score)


_APART, _SUBSET, _EQUAL = -1, 0, 1


def _compared(one: frozenset[str], other: frozenset[str]) -> int:
    """Whether two sets of telling words are equal, one is part of the other, or each has what the other has not."""
    if one == other:
        return _EQUAL
    return _SUBSET if one <= other or other <= one else _APART


def _tells_apart(one: PowerName, other: PowerName) -> bool:
    if one.negations != other.negations:
        return True
    if one.numbers != other.numbers:
        numbers = Counter(one.numbers), Counter(other.numbers)
        if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
            return True
    if one.apart != other.apart:
        left, right = one.apart - other.apart, other.apart - one.apart
        if {word.partition(".")[0] for word in left} & {word.partition(".")[0] for word in right}:
            return True
    return bool(one.if_both and other.if_both and _compared(one.if_both, other.if_both) is _APART)


def _told_alike(one: PowerName, other: PowerName) -> bool:
    return one.apart == other.apart and one.numbers == other.numbers


def _words(one: PowerName, other: PowerName) -> tuple[float, dict[str, int], dict[str, int]]:
    """Weight of the words that both have, counted in each, and the words that only one and only the other has."""
    shared, left, right = 0.0, {}, dict(other.tokens)
    for token, count in one.tokens.items():
        common = min(count, right.get(token, 0))
        if common:
            shared += 2 * common * one.weights[token]
            right[token] -= common
        if count > common:
            left[token] = count - common
    return shared, left, {token: count for token, count in right.items() if count}


def _weight(name: PowerName, tokens: Mapping[str, int]) -> float:
    return sum(name.weights[token] * count for token, count in tokens.items())


def _score(shared: float, one: PowerName, other: PowerName) -> float:
    whole = one.weight + other.weight
    return round(min(shared / whole, 1.0), 4) if whole > GENERIC else 0.0


def _characters(first: _Rest, second: _Rest, vocabulary: Vocabulary) -> tuple[float, float, float]:
    """Weight of the characters that two rests share after all, in both, and of what is left of each."""
    shared = 0.0
    if first.text and second.text:
        for block in LCSseq.opcodes(first.text, second.text):
            length = block.src_end - block.src_start
            whole = first.is_word(block.src_start, block.src_end) or second.is_word(block.dest_start, block.dest_end)
            if block.tag == "equal" and (length >= _RUN or whole):
                shared += first.take(block.src_start, block.src_end) + second.take(block.dest_start, block.dest_end)
    return shared, first.weight(vocabulary), second.weight(vocabulary)


class _Rest:
    """Words that only one of two names has, as one text with a weight a character."""

    def __init__(self, tokens: Mapping[str, int], name: PowerName) -> None:
        kept = [(token, name.weights[token] / len(token)) for token, count in tokens.items() for _ in range(count)]
        self.text = "".join(token for token, _ in kept)
        self._weights = [weight for token, weight in kept for _ in token]
        self._ends = list(accumulate(len(token) for token, _ in kept))
        self._left = set(range(len(self.text)))

    def is_word(self, start: int, end: int) -> bool:
        """Whether a run of characters is one of the words."""
        return (start, end) in zip([0, *self._ends], self._ends, strict=False)

    def take(self, start: int, end: int) -> float:
        """Count a run of characters as shared after all; its weight."""
        self._left.difference_update(range(start, end))
        return sum(self._weights[start:end])

    def weight(self, vocabulary: Vocabulary) -> float:
        """Of what is left: a run of characters by the word that it is (项目 of 体育项目), or as it was."""
        runs: list[list[int]] = []
        for at in sorted(self._left):
            if runs and at == runs[-1][-1] + 1 and at not in self._ends:
                runs[-1].append(at)
            else:
                runs.append([at])
        return sum(
            min(sum(self._weights[at] for at in run), word_weight("".join(self.text[at] for at in run), vocabulary))
            for run in runs
        )


@derived
def _related(vocabulary: Vocabulary) -> Callable[[str, str], bool]:
    pairs = {frozenset(pair) for pair in vocabulary.match_words["related"]}
    return lru_cache(maxsize=4096)(lambda one, other: frozenset((one, other)) in pairs)
