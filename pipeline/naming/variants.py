"""Whether two names are one power's, and whether one name is several powers'.

In: names and a Vocabulary. Out: :func:`core`, equal for the variants of one name (取水许可, 取水许可证核发), and
:func:`joined_powers`, the powers that one name holds. Refuses: to split what one verb governs, as in 查封、扣押 or
对未经许可、擅自取水的处罚.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations

from pipeline.naming.power_type import NamedType, named_type
from pipeline.text.normalization import fold, tokenizer
from pipeline.vocabulary import Vocabulary, derived

_SHORTEST_OBJECT = 2  # characters; 消防、治安检查 names no second power


def core(name: str, vocabulary: Vocabulary) -> str:
    """What is left of a name, folded, without the words by which its variants differ; "" when nothing is."""
    return _cores(vocabulary)(name)


@derived
def _cores(vocabulary: Vocabulary) -> Callable[[str], str]:
    words = vocabulary.rule_words
    heads = "|".join(sorted(map(re.escape, words["variant_head"]), key=len, reverse=True))
    openers = "|".join(sorted(map(re.escape, words["variant_open"]), key=len, reverse=True))
    head, opener = re.compile(f"(?:{heads})+$"), re.compile(f"^(?:{openers})")
    return lru_cache(maxsize=65536)(lambda name: opener.sub("", head.sub("", fold(name))))


def joined_powers(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The powers that a name joins with 、 or 及, as printed; empty where it names one, or where that is not sure.

    Each part must be a power of its own: it tells its type, and either the types exclude each other (核发及监督检查)
    or each has its own object (取水许可、河道采砂许可). 和 and its like make one power of equals
    (困难残疾人生活补贴和重度残疾人护理补贴).
    """
    joiners, close = vocabulary.rule_words["joiner"], vocabulary.rule_words["close_joiner"]
    if not any(joiner in name for joiner in joiners):
        return ()
    named = _named_parts(name, joiners, vocabulary)
    if any(one.possible.isdisjoint(other.possible) for (_, one), (_, other) in combinations(named, 2)):
        return tuple(part for part, _ in named)
    named = _named_parts(name, [joiner for joiner in joiners if joiner not in close], vocabulary)
    return tuple(part for part, _ in named) if all(_has_object(part, found) for part, found in named) else ()


def _named_parts(name: str, joiners: Sequence[str], vocabulary: Vocabulary) -> list[tuple[str, NamedType]]:
    """The parts with what each tells of its type; none where there is but one, or one that tells nothing."""
    parts = _parts(name, joiners, vocabulary)
    named = [(part, found) for part in parts if (found := named_type(part, vocabulary)) is not None]
    return named if 1 < len(parts) == len(named) else []


def _has_object(part: str, found: NamedType) -> bool:
    return bool(found.power_type) and len(fold(part)) - len(found.head) >= _SHORTEST_OBJECT


def _parts(name: str, joiners: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The pieces between joining words. Those of the object before 的 join no powers, so they do not count."""
    words = vocabulary.rule_words
    openers, marker = words["object_opener"], words["object_marker"]
    tokens = tokenizer(vocabulary).tokens(name)
    if tokens and tokens[0] in openers:
        whole = _split(tokens, words["joiner"], lambda after: after in openers)
        if len(whole) > 1:
            return whole
    last = max((index + 1 for index, token in enumerate(tokens) if token in marker), default=0)
    return _split(tokens[last:], joiners, lambda after: True)


def _split(tokens: Sequence[str], joiners: Sequence[str], counts: Callable[[str], bool]) -> list[str]:
    parts = [""]
    for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
        if token in joiners and counts(after):
            parts.append("")
        else:
            parts[-1] += token
    return [part for part in parts if part.strip()]
