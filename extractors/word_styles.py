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

from extractors.word_xml import P_PR, R_PR, W, switched_on, value_of, whole

_HEADING: Final = re.compile(r"(heading|标题) ?[1-9]|title|标题", re.IGNORECASE)
_BODY_LEVEL: Final = 9  # outline levels 0–8 are headings
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
        name: bool | None = None
        outline: int | None = None
        hidden: bool | None = None
        list_id: str | None = None
        list_level: int | None = None
        for element in self._chain(key):
            properties = element.find(P_PR)
            if properties is not None:
                if outline is None and (level := value_of(properties, f"{W}outlineLvl")) is not None:
                    outline = whole(level, _BODY_LEVEL)
                numbering = properties.find(f"{W}numPr")
                if list_id is None and numbering is not None:
                    list_id = value_of(numbering, f"{W}numId")
                    level = value_of(numbering, f"{W}ilvl")
                    list_level = whole(level) if level is not None else None
            vanish = element.find(f"{R_PR}/{W}vanish")
            if hidden is None and vanish is not None:
                hidden = switched_on(vanish)
            name = name or bool(_HEADING.fullmatch(value_of(element, f"{W}name") or ""))
        heading = bool(name) if outline is None else outline < _BODY_LEVEL or bool(name)
        return Style(heading, bool(hidden), list_id, list_level)

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
