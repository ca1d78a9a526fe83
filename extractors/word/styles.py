"""What the styles of a Word document say of a paragraph: heading or not, hidden or not, numbered by which list.

In: the parsed styles part. Out: :class:`Styles`. Refuses nothing: an unknown style says nothing, a circle of styles
that are based on each other ends where it began.

Source: ECMA-376 part 1, 17.7 (styles), 17.7.3 (toggle properties).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from extractors.word.ooxml import P_PR, R_PR, W, switched_on, value_of, whole

_HEADING: Final = re.compile(r"(heading|标题) ?[1-9]|title|标题", re.IGNORECASE)
BODY_LEVEL: Final = 9  # outline levels 0–8 are headings
_MAX_CHAIN: Final = 32


@dataclass(frozen=True, slots=True)
class Style:
    """One style with what it inherits. ``list_id`` and ``list_level`` are None where no list is named."""

    heading: bool = False
    hidden: bool = False
    list_id: str | None = None
    list_level: int | None = None


_PLAIN: Final = Style()


class Styles:
    """The styles of one document by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        found = root.iterfind(f"{W}style") if root is not None else ()
        self._elements = {element.get(f"{W}styleId", ""): element for element in found}
        self._resolved: dict[str, Style] = {}
        self._default = next(
            (
                key
                for key, element in self._elements.items()
                if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in ("1", "true", "on")
            ),
            "",
        )

    def paragraph(self, key: str | None) -> Style:
        """The style of a paragraph that names ``key``, or names none and so has the default one."""
        return self.named(self._default if key is None else key)

    def named(self, key: str) -> Style:
        """The style with that id; a plain one where the document has none such."""
        style = self._resolved.get(key)
        if style is None:
            style = self._resolved[key] = self._resolve(key)
        return style

    def list_of(self, key: str) -> str | None:
        """The list that a numbering style stands for."""
        return self.named(key).list_id

    def _resolve(self, key: str) -> Style:
        if _HEADING.fullmatch(key) and key not in self._elements:
            return Style(heading=True)
        heading: bool | None = None
        hidden: bool | None = None
        list_id: str | None = None
        list_level: str | None = None
        for element in self._chain(key):  # what a style says itself goes before what it inherits
            properties = element.find(P_PR)
            if heading is None:
                heading = _is_heading(element, properties)
            if list_id is None and properties is not None:
                numbering = properties.find(f"{W}numPr")
                list_id = value_of(numbering, f"{W}numId")
                list_level = value_of(numbering, f"{W}ilvl")
            vanish = element.find(f"{R_PR}/{W}vanish")
            if hidden is None and vanish is not None:
                hidden = switched_on(vanish)
        level = whole(list_level) if list_level is not None else None
        return Style(bool(heading), bool(hidden), list_id, level)

    def _chain(self, key: str) -> list[etree._Element]:
        """The style and those it is based on, itself first."""
        chain: list[etree._Element] = []
        while key in self._elements and len(chain) < _MAX_CHAIN:
            element = self._elements[key]
            if element in chain:
                break
            chain.append(element)
            key = value_of(element, f"{W}basedOn") or ""
        return chain


def _is_heading(style: etree._Element, properties: etree._Element | None) -> bool | None:
    """What a style itself says of being a heading: by its outline level, else by its name; None when by neither."""
    level = value_of(properties, f"{W}outlineLvl")
    if level is not None:
        return whole(level, BODY_LEVEL) < BODY_LEVEL
    return True if _HEADING.fullmatch(value_of(style, f"{W}name") or "") else None
