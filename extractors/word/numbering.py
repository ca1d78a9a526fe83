"""Computes the list numbers of a Word document, which stand nowhere in its text.

In: the parsed numbering part, then one call a numbered paragraph in document order. Out: the number as Word prints
it, with what parts it from the text. Refuses nothing: an unknown list has no number.

Counters belong to the abstract list: lists that share one count on, unless a list restarts a level at its first use.
Source: ECMA-376 part 1, 17.9 (numbering).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from extractors.word.numerals import numeral, padded
from extractors.word.ooxml import R_PR, W, switched_on, value_of, whole
from extractors.word.styles import Styles
from extractors.word.symbols import is_symbol_font, tick_mark

LEVELS: Final = 9
_PLACEHOLDER: Final = re.compile(r"%([1-9])")
_SEPARATORS: Final = {"nothing": "", "space": " ", "tab": " "}


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how it counts and what it prints."""

    start: int = 0
    number_format: str = "decimal"
    pattern: str = ""  # the members of a custom format
    text: str = ""
    separator: str = " "
    restart_after: int | None = None  # restarts only after a level up to this one (1-based); 0 never; None after any
    arabic: bool = False
    font: str = ""
    style: str = ""

    def printed(self, number: int) -> str:
        """The number in this level's own format."""
        return padded(number, self.pattern) if self.pattern else numeral(number, self.number_format)


@dataclass(slots=True)
class _Abstract:
    """An abstract list with its running counters; None where a level has not been used since its restart."""

    levels: dict[int, _Level]
    counters: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(frozen=True, slots=True)
class _List:
    """A list as paragraphs name it: its abstract list, its own levels, and the levels that it restarts."""

    abstract: _Abstract
    levels: dict[int, _Level]
    restarts: dict[int, int]


class Numbering:
    """The lists of one document, counting as the document is read."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._lists = _lists(root, styles) if root is not None else {}
        self._used: set[tuple[str, int]] = set()

    def level_of_style(self, list_id: str, style: str) -> int | None:
        """The level of a list that a paragraph style is tied to, or None."""
        found = self._lists.get(list_id)
        levels = found.levels if found else {}
        return next((index for index, level in levels.items() if level.style == style), None)

    def next_number(self, list_id: str, index: int) -> tuple[str, str]:
        """Count one paragraph at a level (0-based): its printed number and what parts it from the text, "" for none."""
        found = self._lists.get(list_id)
        if found is None or index not in found.levels:
            return "", ""
        self._count(list_id, found, index)
        level = found.levels[index]
        if level.number_format == "bullet":
            text = tick_mark(level.text, level.font) if is_symbol_font(level.font) else _public(level.text)
        else:
            text = _PLACEHOLDER.sub(lambda match: _part(found, level, int(match[1]) - 1), level.text)
        return text, level.separator if text else ""

    def _count(self, list_id: str, found: _List, index: int) -> None:
        counters = found.abstract.counters
        current = counters[index]
        first_use = (list_id, index) not in self._used
        self._used.add((list_id, index))
        if first_use and index in found.restarts:
            counters[index] = found.restarts[index]
        else:
            counters[index] = found.levels[index].start if current is None else current + 1
        for deeper in range(index + 1, LEVELS):
            level = found.levels.get(deeper)
            limit = level.restart_after if level else None
            if limit is None or index < limit:
                counters[deeper] = None


def _part(found: _List, level: _Level, index: int) -> str:
    """What %n stands for: the counter of that level, or its start where it was not used yet."""
    named = found.levels.get(index)
    if named is None:
        return ""
    number = found.abstract.counters[index]
    value = named.start if number is None else number
    return str(value) if level.arabic else named.printed(value)


def _public(text: str) -> str:
    """A bullet without private-use characters, which mean nothing outside their font."""
    return "".join(character for character in text if not "\ue000" <= character <= "\uf8ff")


def _lists(root: etree._Element, styles: Styles) -> dict[str, _List]:
    elements = {element.get(f"{W}abstractNumId", ""): element for element in root.iterfind(f"{W}abstractNum")}
    nums = {element.get(f"{W}numId", ""): element for element in root.iterfind(f"{W}num")}
    abstracts: dict[str, _Abstract] = {}
    lists: dict[str, _List] = {}
    for key, num in nums.items():
        name = value_of(num, f"{W}abstractNumId") or ""
        linked = value_of(elements.get(name), f"{W}numStyleLink")
        if linked is not None:  # the levels stand in the list of the numbering style
            name = value_of(nums.get(styles.list_of(linked) or ""), f"{W}abstractNumId") or name
        if name not in elements:
            continue
        if name not in abstracts:
            abstracts[name] = _Abstract(_levels(elements[name]))
        lists[key] = _overridden(num, abstracts[name])
    return lists


def _overridden(num: etree._Element, abstract: _Abstract) -> _List:
    levels = dict(abstract.levels)
    restarts: dict[int, int] = {}
    for override in num.iterfind(f"{W}lvlOverride"):
        index = whole(override.get(f"{W}ilvl"))
        own = override.find(f"{W}lvl")
        if own is not None:
            levels[index] = _level(own)
        start = value_of(override, f"{W}startOverride")
        if start is not None:
            restarts[index] = whole(start)
            levels[index] = replace(levels.get(index, _Level()), start=restarts[index])
    return _List(abstract, {index: level for index, level in levels.items() if 0 <= index < LEVELS}, restarts)


def _levels(parent: etree._Element) -> dict[int, _Level]:
    return {whole(element.get(f"{W}ilvl")): _level(element) for element in parent.iterfind(f"{W}lvl")}


def _level(element: etree._Element) -> _Level:
    chosen = next(element.iter(f"{W}numFmt"), None)  # may stand in a choice of mc:AlternateContent
    number_format = chosen.get(f"{W}val", "decimal") if chosen is not None else "decimal"
    restart = value_of(element, f"{W}lvlRestart")
    fonts = element.find(f"{R_PR}/{W}rFonts")
    return _Level(
        start=whole(value_of(element, f"{W}start")),
        number_format=number_format,
        pattern=chosen.get(f"{W}format", "") if chosen is not None and number_format == "custom" else "",
        text=value_of(element, f"{W}lvlText") or "",
        separator=_SEPARATORS.get(value_of(element, f"{W}suff") or "tab", " "),
        restart_after=whole(restart) if restart is not None else None,
        arabic=switched_on(element.find(f"{W}isLgl")),
        font=(fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else "",
        style=value_of(element, f"{W}pStyle") or "",
    )
