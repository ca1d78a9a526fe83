"""Several records packed in one cell: numbered lists that run in parallel over the cells of a row.

In: texts of one row's fields. Out: the items of each list, as half-open spans of the text. Refuses to split what is
not a complete list from 1 upwards: such a text is None and stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.text.numerals import ItemMarker, MarkerStyle, item_marker

# Where an item may begin: at the start of the text or of a line, or after the end of the item before.
_STARTS = re.compile(r"(?:\A|\n|(?<=[。；;！？!? ]))\s*")
_SPLITTABLE = frozenset(
    (
        MarkerStyle.ARABIC,
        MarkerStyle.ARABIC_BRACKET,
        MarkerStyle.CIRCLED,
        MarkerStyle.CHINESE,
        MarkerStyle.CHINESE_BRACKET,
        MarkerStyle.WORDED,
    )
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its number and the span of its text, without marker and separators."""

    number: int
    start: int
    end: int


def list_items(text: str) -> tuple[Item, ...] | None:
    """The items of a text that is one numbered list (1. … 2. …) from beginning to end, or None.

    The list must begin with the text, count from 1 without gap in one style, and have at least two items.
    """
    marks: list[tuple[int, ItemMarker]] = []
    for begin in _STARTS.finditer(text):
        marker = item_marker(text[begin.end() : begin.end() + 12])
        if marker is None or marker.style not in _SPLITTABLE:
            continue
        if (not marks and marker.number == 1) or (
            marks and marker.style is marks[0][1].style and marker.number == len(marks) + 1
        ):
            marks.append((begin.end(), marker))
    if len(marks) < 2 or text[: marks[0][0]].strip():
        return None
    ends = [start for start, _ in marks[1:]] + [len(text)]
    items = []
    for (start, marker), end in zip(marks, ends, strict=True):
        first = start if marker.style is MarkerStyle.WORDED else start + marker.length  # 一是 is a word, 1. a mark
        body = text[first:end].rstrip("；; \n\t")
        items.append(Item(marker.number, first, first + len(body)))
    return tuple(items) if all(item.end > item.start for item in items) else None
