"""Printed words of closed lists → the one that is meant: power types, kinds of risk, signs for "none" and "as above".

In: a short text and a Vocabulary. Out: the canonical word, or None. Refuses: a word that the vocabulary does not know,
and a text that names several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pipeline.text.normalization import fold
from pipeline.text.numerals import NUMERAL, item_marker
from pipeline.vocabulary import Vocabulary, derived

_SEVERAL = re.compile(r"[、，,；;/／\n]|(?<=[\u4e00-\u9fff])[和及与](?=[\u4e00-\u9fff])")
_COUNT = re.compile(
    rf"[（(【\[]?\s*(?:共计|合计|共|计)?\s*[：:]?\s*{NUMERAL}{{1,6}}\s*(?:项|条|件|个)\s*[）)】\]]?\s*$"
)
_CODE_AND_WORD = re.compile(r"(?P<code>[0-9]{1,2}|[A-Za-z]{2})[-.、：: \u3000]*(?P<word>[\u4e00-\u9fff].*)", re.DOTALL)
_REMARK = re.compile(r"(?P<base>[^（()）]+)[（(](?P<remark>[^（()）]+)[）)]")
_LONGEST_WORD = 60  # characters; a longer text names no category

EVERY_TAXONOMY = "*"


def power_type(text: str, vocabulary: Vocabulary, taxonomy: str = EVERY_TAXONOMY) -> str | None:
    """The canonical 职权类别 of a printed type, or None: 监督检查 → 行政检查, 一、行政处罚类（12项） → 行政处罚.

    A bare code (01, XK) is decoded only under the taxonomy that is named, for systems contradict each other.
    """
    plain = text.strip()
    if not plain or len(plain) > _LONGEST_WORD:
        return None
    known = _power_types(vocabulary)
    labels = (known.get(taxonomy, {}), known.get(EVERY_TAXONOMY, {}))
    if (whole := _type(plain, labels, vocabulary)) is not None:
        return whole
    if (remarked := _remarked(plain, labels, vocabulary)) is not None:
        return remarked
    pieces = [piece for piece in _SEVERAL.split(plain) if fold(piece)]
    found = {_type(piece, labels, vocabulary) for piece in pieces}
    return found.pop() if len(found) == 1 else None


@derived
def _power_types(vocabulary: Vocabulary) -> Mapping[str, Mapping[str, str]]:
    known: dict[str, dict[str, str]] = {}
    for row in vocabulary.power_types:
        known.setdefault(row.taxonomy, {})[fold(row.label)] = row.canonical
    return MappingProxyType(known)


def _type(text: str, labels: tuple[Mapping[str, str], ...], vocabulary: Vocabulary) -> str | None:
    for form in _undecorated(text):
        for candidate in _without_affix(fold(form), vocabulary.value_words["type_affix"]):
            if (canonical := next((known[candidate] for known in labels if candidate in known), None)) is not None:
                return canonical
    return None


def _undecorated(text: str) -> list[str]:
    """The text as it stands, without its count, without its item number, without a code before the word."""
    bare = _COUNT.sub("", text)
    marker = item_marker(bare.lstrip())
    unmarked = bare.lstrip()[marker.length :] if marker else bare
    coded = _CODE_AND_WORD.fullmatch(unmarked.strip())
    return [text, bare, unmarked, *([coded["word"]] if coded else [])]


def _remarked(text: str, labels: tuple[Mapping[str, str], ...], vocabulary: Vocabulary) -> str | None:
    """The type before a closing remark in brackets, unless the remark is a type itself: 行政确认（登记）."""
    match = _REMARK.fullmatch(text.strip())
    if match is None:
        return None
    base, remark = (_type(match[group], labels, vocabulary) for group in ("base", "remark"))
    return base if remark in (None, base) else None


def _without_affix(text: str, affixes: tuple[str, ...]) -> list[str]:
    return [text, *(text.removesuffix(affix) for affix in affixes if text.endswith(affix) and text != affix)]


def risk_kind(text: str, vocabulary: Vocabulary) -> str | None:
    """The canonical 风险类别 (思想道德 制度机制 岗位职责 业务流程 外部环境) of a printed kind, or None."""
    if len(text) > _LONGEST_WORD:
        return None
    known = _risk_kinds(vocabulary)
    for form in _undecorated(text):
        for candidate in _without_affix(fold(form), vocabulary.value_words["risk_kind_affix"]):
            if candidate in known:
                return known[candidate]
    pieces = {known.get(fold(piece)) for piece in _SEVERAL.split(text) if fold(piece)}
    return pieces.pop() if len(pieces) == 1 else None


@derived
def _risk_kinds(vocabulary: Vocabulary) -> Mapping[str, str]:
    return MappingProxyType({fold(label): canonical for label, canonical in vocabulary.risk_kinds.items()})


def placeholder(text: str, vocabulary: Vocabulary) -> str | None:
    """What a text that stands for no value means, else None.

    "none": 无 — / ("there is none"). "ditto": 同上 〃. "blank": left empty, or said to be (空). A sign may be repeated,
    or stand in brackets or before a full stop.
    """
    plain = "".join(text.split())
    if len(plain) > _LONGEST_WORD // 3:
        return None
    known = vocabulary.placeholders
    inner = plain.strip("（）()[]【】").rstrip("。.；;") or plain
    single = plain[0] if plain and not plain[0].isalnum() and set(plain) == {plain[0]} else plain
    return "blank" if not plain else known.get(plain) or known.get(inner) or known.get(single)
