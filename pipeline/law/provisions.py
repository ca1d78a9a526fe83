"""The grammar of articles: 第十二条第二款第（三）项第1目, in lists, ranges and mixed numerals.

In: plain text (:mod:`pipeline.law.plain_text`) and the place where a provision begins. Out: :class:`Provision` for each
cited one. Refuses: a number without its unit (第三方, 第一批) and a unit that is part of a word (条件, 项目).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.text import numerals

CHINESE = "〇零一二三四五六七八九十百千两廿卅"
_NUMERAL = f"(?:[0-9]{{1,4}}|[{CHINESE}]{{1,9}})"
NUMBER = rf"(?:\({_NUMERAL}\)|{_NUMERAL}|[①-⒇㈠-㈩])"
_JOIN = r"(?:[、,和及与或]|以及|或者|[至到]|-{1,2}|~|(?<=[0-9])\.(?=[0-9]))"
_MORE = rf"(?:{_JOIN}第?{NUMBER}|\({_NUMERAL}\)|[①-⒇㈠-㈩]){{0,40}}"  # 第（二）（四）项 needs no sign between
_UNIT = "(?:条(?![例件幅约纹状形])|款(?![项式额待物])|项(?!目)|目(?![录的标前次]))"
_SUFFIX = f"(?:之({_NUMERAL})(?!以[上下内外]|[内外]))?"
_NO_DECIMAL = r"(?![0-9]+\.[0-9.]+条)"  # 第6.1.1条 of a technical standard is none of a law
ORDINAL = f"第{_NO_DECIMAL}{NUMBER}{_MORE}{_UNIT}"
_ELEMENT = re.compile(f"(?:第{_NO_DECIMAL}({NUMBER}{_MORE})|({NUMBER}(?:{_JOIN}{NUMBER}){{0,40}}))({_UNIT}){_SUFFIX}")
_CONNECTOR = re.compile(r"(?:([至到]|-{1,2}|~)|(以及|或者|和|及|与|或|并|[、,;])(?:其|第(?=第))?)")
_SINGLE = re.compile(NUMBER)
_PIECE = re.compile(f"([至到~-])|({NUMBER})")
number = lru_cache(maxsize=4096)(numerals.number)  # the same few hundred numerals again and again
_LEVELS = {"条": 0, "款": 1, "项": 2, "目": 3}
_LONGEST_RANGE = 200  # provisions; a longer range is a slip or an attack, and only its two ends are given
_MOST = 20_000  # provisions of one run; only an attack has more


class Provision(NamedTuple):
    """One cited provision: numbers by level, and its span in the plain text."""

    article: int | None
    suffix: int | None
    paragraph: int | None
    item: int | None
    subitem: int | None
    start: int
    end: int


class _Element(NamedTuple):
    """Numbers under one unit: 第二、三款 → level 1, (2, 3)."""

    level: int
    numbers: tuple[int, ...]
    suffix: int | None
    ordinal: bool
    start: int
    end: int


def provisions(
    text: str, at: int, article: int | None = None, suffix: int | None = None, *, bare: bool = False
) -> tuple[list[Provision], int]:
    """The provisions cited in one run from ``at`` on and the end of the run; none where no provision stands there.

    article, suffix: what a run that begins with a 款 or 项 hangs under. bare: the run may begin without 第 (水法48条).
    """
    element = _element(text, at)
    if element is None or not (element.ordinal or bare):
        return [], at
    found: list[Provision] = []
    parents: list[int | None] = [article, suffix, None, None, None]
    _add(found, parents, element, joined="")
    end = element.end
    while len(found) < _MOST and (following := _next(text, end, element.level)):
        connector, element = following
        _add(found, parents, element, connector)
        end = element.end
    return found, end


def _element(text: str, at: int) -> _Element | None:
    match = _ELEMENT.match(text, at)
    if match is None:
        return None
    with_ordinal, without, unit, suffix = match.groups()
    numbers = _numbers(with_ordinal or without)
    if not numbers:
        return None
    level = _LEVELS[unit]
    return _Element(
        level, numbers, number(suffix) if suffix and not level else None, with_ordinal is not None, *match.span()
    )


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a list or range; empty where one of them is none."""
    if _SINGLE.fullmatch(text):
        single = number(text)
        return () if single is None else (single,)
    found: list[int] = []
    ranging = False
    for match in _PIECE.finditer(text):
        if match[1]:
            ranging = True
            continue
        value = number(match[2])
        if value is None:
            return ()
        found += _between(found[-1], value) if ranging and found else ()
        found.append(value)
        ranging = False
    return tuple(found)


def _between(first: int, last: int) -> range:
    return range(first + 1, last) if 0 < last - first <= _LONGEST_RANGE else range(0)


def _next(text: str, end: int, level: int) -> tuple[str, _Element] | None:
    """The connector and the element that carry the run on, or None."""
    connector = _CONNECTOR.match(text, end)
    element = _element(text, connector.end() if connector else end)
    if element is None:
        return None
    if connector is None:
        # 第12条2款 goes down without 第; 第十条2、第十二条 is a numbered list.
        return ("", element) if element.ordinal or element.level > level else None
    ranging = connector[1] is not None
    if not element.ordinal and (element.level != level or connector[0][0] in ",;"):
        return None
    return ("range" if ranging else "list"), element


def _add(found: list[Provision], parents: list[int | None], element: _Element, joined: str) -> None:
    """Append the provisions of an element; one that goes deeper refines the last provision instead."""
    level = element.level
    place = level + 1 if level else 0
    previous = parents[place]
    start = element.start
    deeper = bool(found) and all(value is None for value in parents[place if level else 0 :])
    if deeper and joined != "range":
        start = found.pop().start
    numbers = element.numbers
    if joined == "range":
        start = found[-1].start
        if level == 0 and previous == numbers[0] and parents[1] and element.suffix:
            between = _between(parents[1], element.suffix)  # 第一百二十条之一至第一百二十条之三
            found += (Provision(previous, suffix, None, None, None, start, element.end) for suffix in between)
        elif previous is not None:
            numbers = (*_between(previous, numbers[0]), *numbers)
            found[-1] = found[-1]._replace(end=element.end)
    parents[place:] = [None] * (5 - place)
    for value in numbers:
        parents[place] = value
        if level == 0:
            parents[1] = element.suffix if value == numbers[-1] else None
        article, suffix, paragraph, item, subitem = parents
        found.append(Provision(article, suffix, paragraph, item, subitem, start, element.end))
