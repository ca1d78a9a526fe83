"""Several records packed in one cell: numbered lists that run in parallel over the cells of a row.

In: texts of one row's fields. Out: the items of each list, as half-open spans of the text. Refuses to split what is
not a complete list from 1 upwards: such a text is None and stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.numerals import DottedMarker, ItemMarker, MarkerStyle, dotted_marker, item_marker

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
    starts = [
        (
            marker.number,
            start if marker.style is MarkerStyle.WORDED else start + marker.length,
        )  # 一是 is a word, 1. a mark
        for start, marker in marks
    ]
    return _items(text, starts, [start for start, _ in marks[1:]])


def dotted_items(text: str, count: int) -> tuple[Item, ...] | None:
    """The ``count`` parts of a text whose sub-items are numbered 1.1, 1.2, 2.1 … from beginning to end, or None.

    A part keeps the numbers of its sub-items: they are the unit's own, and lead to the item they belong to.
    """
    marks: list[tuple[int, DottedMarker]] = []
    for begin in _STARTS.finditer(text):
        marker = dotted_marker(text[begin.end() :])
        if marker and marker.follows(marks[-1][1] if marks else None):
            marks.append((begin.end(), marker))
    if not marks or text[: marks[0][0]].strip() or marks[-1][1].item != count:
        return None
    starts = [(marker.item, start) for start, marker in marks if marker.sub_item == 1]
    return _items(text, starts, [start for _, start in starts[1:]])


def _items(text: str, starts: Sequence[tuple[int, int]], ends: Sequence[int]) -> tuple[Item, ...] | None:
    """Items that begin at ``starts`` (number, index) and reach to ``ends``, the last to the end of the text."""
    items = []
    for (number, start), end in zip(starts, [*ends, len(text)], strict=True):
        items.append(Item(number, start, start + len(text[start:end].rstrip("；; \n\t"))))
    return tuple(items) if all(item.end > item.start for item in items) else None
