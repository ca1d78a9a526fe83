"""What a printed name of a power says: the act, what it is done to, and the words that tell it from its neighbours.

In: a name and a Vocabulary (vocab/match_words.csv). Out: :class:`PowerName`, cached. 对非法采砂行为的行政处罚 and
非法采砂处罚 are the same act on the same object; 取水许可（县级） is 取水许可 at a level. Refuses nothing: a text that
names no power has no act and is compared by its words alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.normalization import fold, tokenizer
from pipeline.vocabulary import Vocabulary, derived

_LONGEST = 400  # characters; what is longer is a text and compared by its beginning
# 1. · 2-3 · （三） · 一、 · 第二项 · 【000119】 before a name
_NUMBERING = re.compile(
    r"^\s*(?:\d{1,4}(?:[-.．]\d{1,4})*[-.．、,，)）\s]\s*|[(（]\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[)）]"
    r"|[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}[项条][、\s]?|[【\[][A-Za-z0-9\-]{2,30}[】\]]"
    r"|[①-⑳])\s*"
)
_LAW = re.compile(
    "(?:违反|依据|根据|依照|按照)?《[^《》]{1,60}(?:法|条例|办法|规定|细则|决定|规则|通知)》(?:的规定|规定)?的?"
)
_INCLUDED = re.compile(r"[（(](?:含|包括|包含)[^（）()]{1,40}[）)]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[零〇一二三四五六七八九十百千两]+")
_DIGITS = {ord(sign): str(value) for value, sign in enumerate("零一二三四五六七八九")} | {
    ord("〇"): "0",
    ord("两"): "2",
}


@dataclass(frozen=True, slots=True)
class PowerName:
    """A name taken apart. Two names of one ``key`` are one name.

    act: group of its head word, "" where it names none. key: act and object without the words by which prints of one
    name differ. tokens: the words of the object, and
    weight of each and of all. levels, apart, if_both, numbers: what tells powers
    of like names apart (县级, 变更, 第二类). negations: how many words deny something.
    """

    act: str
    core: str
    key: str
    tokens: Mapping[str, int]
    weights: Mapping[str, float]
    levels: frozenset[str]
    apart: frozenset[str]
    if_both: frozenset[str]
    numbers: tuple[str, ...]
    negations: int
    weight: float


def power_name(name: str, vocabulary: Vocabulary, power_type: str = "", unit: str = "") -> PowerName:
    """A name taken apart. power_type: the canonical type of its power, which tells the act where the name does not.

    unit: whose power it is; its name and place before a power's name say nothing.
    """
    return _readers(vocabulary)[0](name[:_LONGEST], power_type, unit)


def telling(read: PowerName, vocabulary: Vocabulary) -> str:
    """The characters of a name's object that tell it from any object: none in 现场检查, 补贴发放, 行政执法."""
    vague = _reader(vocabulary).vague.sub("", read.core)
    return "".join(t * n for t, n in read.tokens.items() if read.weights[t] >= len(t) * GENERIC) if vague else ""


def word_weight(word: str, vocabulary: Vocabulary) -> float:
    """What a word counts for in a comparison, in characters that say something."""
    return _reader(vocabulary).weight(word)


def kind_named(name: str, vocabulary: Vocabulary) -> str:
    """The act of a text that names a whole kind of powers (行政处罚权, 行政审批) and no single one, else ""."""
    return _readers(vocabulary)[1](name[:_LONGEST])


@derived
def _readers(vocabulary: Vocabulary) -> tuple[Callable[[str, str, str], PowerName], Callable[[str], str]]:
    reader = _reader(vocabulary)
    return lru_cache(maxsize=65536)(reader.read), lru_cache(maxsize=4096)(reader.kind)


class _Reader:
    """Takes names apart with the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.match_words
        self._tokens = tokenizer(vocabulary).tokens
        self._heads = {word: group for group, word in words["head"]}
        self._openings = {word: group for group, word in words["opening"]}
        self._weak = {(group, word) for group, word in words["weak"]}
        self._weak_words = frozenset(word for _, word in self._weak)
        self._head = _at_end(self._heads | dict.fromkeys(self._weak_words, ""))
        self._opening = re.compile(f"^(?:{_any(self._openings)})")
        self._tail = _at_end(_words(words["tail"]) | _words(words["particle"]) | _words(words["act"]), repeated=True)
        self._opener = re.compile(f"^(?:{_any(_words(words['opener']))})")
        self._particle = re.compile(_any(_words(words["particle"])))
        self._act = _at_end(_words(words["act"]))
        self._filler = re.compile(_any(_words(words["filler"])))
        self._level, self._levels = _groups(words["level"])
        self._apart, self._aparts = _groups(words["apart"])
        self._stage = _at_end((word for group, word in words["apart"] if group.startswith("stage.")), repeated=True)
        self._if_both, self._if_boths = _groups(words["apart_if_both"])
        self._synonym, self._synonyms = _groups(words["synonym"])
        self._certificates = {word: group for group, word in words["certificate"]}
        self._certificate = _at_end(self._certificates)
        self._no_certificate = tuple(sorted(_words(words["no_certificate"])))
        self.vague = re.compile(_any(_words(words["vague"]) | _words(words["hollow"]) | _words(words["generic"])))
        self._no_number = re.compile(_any(_words(words["no_number"])))
        self._negation = frozenset(_words(words["negation"]))
        hollow = _words(words["hollow"]) | _words(words["particle"]) | _words(words["opener"])
        self._parts = dict.fromkeys(_words(words["generic"]), GENERIC) | dict.fromkeys(hollow, HOLLOW)

    def read(self, name: str, power_type: str, unit: str) -> PowerName:
        text = _INCLUDED.sub("", _without_owner(_NUMBERING.sub("", name), unit))
        folded = fold(_LAW.sub("", text)) or fold(text)
        folded = self._synonym.sub(lambda found: self._synonyms[found[0]], folded)
        levels = frozenset(self._levels[found] for found in self._level.findall(folded))
        bare = self._filler.sub("", self._level.sub("", folded)) or folded
        act, core = self._split(bare)
        apart = frozenset(self._aparts[found] for found in self._apart.findall(core))
        both = frozenset(self._if_boths[found] for found in self._if_both.findall(core))
        tokens = Counter(token for token in self._tokens(core) if not self._particle.fullmatch(token))
        weights = {token: self.weight(token) for token in tokens}
        act = act or self._issued(core)
        act = act or (power_type if power_type in self._heads.values() else "")
        return PowerName(
            act=act,
            core=core,
            key="\x1f".join((act, self._particle.sub("", core))),
            tokens=tokens,
            weights=weights,
            weight=sum(weights[token] * count for token, count in tokens.items()),
            levels=levels,
            apart=apart,
            if_both=both,
            numbers=self._numbers(core),
            negations=sum(core.count(word) for word in self._negation),
        )

    def kind(self, name: str) -> str:
        """See :func:`kind_named`."""
        text = fold(_NUMBERING.sub("", name))
        bare = self._opener.sub("", self._tail.sub("", self._level.sub("", text))).removesuffix("权")
        if bare in self._heads:
            return self._heads[bare]
        read = self.read(name, "", "")
        return read.act if read.weight < 1 else ""

    def weight(self, token: str) -> float:
        """What a word counts for: its length, a fraction of it where it says little."""
        return len(token) * self._parts.get(token, 1.0)

    def _split(self, text: str) -> tuple[str, str]:
        """The act and the object: the head word that the text ends in, else the verb it begins with."""
        opening = self._opening.search(text)
        if opening and self._act.search(text):  # 处罚阻碍检查行为 is a penalty, whatever word the offence ends in
            return self._openings[opening[0]], self._trimmed(text[opening.end() :])
        whole, act = self._tail.sub("", text) or text, ""
        stage = self._stage.search(whole)  # 经营许可证变更 is a licence still
        text = whole[: stage.start()] if stage else whole
        while (found := self._head.search(text)) and found.start():
            group = self._group(act, found[0], text[: found.start()])
            if group is None:
                break
            act, text = group, self._tail.sub("", text[: found.start()]) or text[: found.start()]
        if not act and (found := self._opening.search(text)) and found.end() < len(text):
            act, text = self._openings[found[0]], text[found.end() :]
        text = text + stage[0] if stage and act else text if act else whole
        return act, self._trimmed(text)

    def _trimmed(self, text: str) -> str:
        """An object without 对 before it and 行为 behind it."""
        core = self._opener.sub("", text)
        return self._act.sub("", core) or core or text

    def _group(self, act: str, word: str, before: str) -> str | None:
        """The act when a further head word stands before those read; None where it belongs to the object."""
        inner = self._heads.get(word, "")
        if not act:
            if word in self._weak_words:
                trimmed = self._tail.sub("", before)
                deeper = self._head.search(trimmed)
                group = self._heads.get(deeper[0], "") if deeper and deeper.start() else ""
                if (group, word) in self._weak:
                    return group  # 对象认定审批 is about the 认定
            return inner or None
        return act if inner == act else None

    def _issued(self, core: str) -> str:
        """The act where only a certificate is named: its issue."""
        found = self._certificate.search(core)
        issued = found and found.start() and not core.endswith(self._no_certificate)
        return self._certificates[found[0]] if found and issued else ""

    def _numbers(self, text: str) -> tuple[str, ...]:
        found = _NUMBER.findall(self._no_number.sub("", text))
        return tuple(sorted(each.translate(_DIGITS) for each in found))


# Weight of a character, against 1 for one that says something: of 单位, 证书 …, and of 行为, 活动 …
GENERIC = 0.15
HOLLOW = 0.02


def _without_owner(text: str, unit: str) -> str:
    """A name without the unit or its place before it."""
    place = re.match(r"[^省市县区州盟旗]{1,6}[省市县区州盟旗]", unit)
    for owner in (unit, place[0] if place else ""):
        if owner and text.startswith(owner) and len(text) > len(owner) + 1:
            return text[len(owner) :]
    return text


def _words(rows: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(word for _, word in rows)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def _at_end(words: Iterable[str], *, repeated: bool = False) -> re.Pattern[str]:
    # Possessive: 违法行为 is also 违法 and 行为, and trying all ways of cutting a hostile name would take for ever.
    return re.compile(f"(?:{_any(words)})++$" if repeated else f"(?:{_any(words)})$")


def _groups(rows: Iterable[tuple[str, str]]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    group_of = {fold(word): group for group, word in rows}
    return re.compile(_any(group_of)), group_of


_reader = derived(_Reader)
