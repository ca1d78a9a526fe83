"""Lines of text beside the tables of pages → running headers and footers, and paragraphs.

In: the lines of each page that no table holds. Out: which of them are page furniture (running headers, footers, page
numbers), and paragraphs made of the others. Digital pages and scans alike; no file format is known here.

Furniture is told by its place, near the top or bottom of the page, together with repetition on other pages or the
form of a page number. A large title that is printed again on later pages stays in the body on the first page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from extractors.geometry.lines import Line, joined_confidences

MARGIN = 0.13
"""Furniture stands within this share of the page's height from the top or bottom."""
SAME_HEIGHT = 4.0
"""A running header stands at the same height on each page, give or take so many points."""
TITLE_SIZE = 1.2
"""Type so many times larger than that of the body is a title."""
INDENT = 1.3
"""A line that begins so many sizes to the right of the text begins a paragraph."""
SHORT = 2.5
"""A line that ends so many sizes before the right edge of the text ends a paragraph."""
LEADING = 2.2
"""Lines whose centres are farther apart than so many sizes belong to different paragraphs."""
CLOSE = 3.5
"""The first row of a table stands within so many sizes below its header."""

_NUMBER = "[0-9０-９一二三四五六七八九十百〇]+"
_ITEM = re.compile(
    r"\s*(?:[0-9]{1,3}[.．、](?![0-9])|[(（]?[一二三四五六七八九十]{1,3}[)）、]|第[一二三四五六七八九十百]+[章条])"
)
_DASHES = "[-—–－─·~～]*"
_PAGE_NUMBER = re.compile(
    rf"第{_NUMBER}页(?:[/／,，、]?(?:共|总共|总)?{_NUMBER}页?)?"
    rf"|共{_NUMBER}页[/／,，、]?第{_NUMBER}页"
    rf"|{_DASHES}{_NUMBER}{_DASHES}"
    rf"|{_NUMBER}[/／]{_NUMBER}页?"
    rf"|(?:Page|P\.?){_NUMBER}(?:(?:of|/){_NUMBER})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page outside its ruled tables, and the height of the page in points."""

    page: int
    height: float
    lines: tuple[Line, ...]


def furniture(pages: Sequence[PageLines]) -> dict[int, dict[int, str]]:
    """The role ("header" or "footer") of each line that is page furniture: page → number of the line → role."""
    roles: dict[int, dict[int, str]] = {page.page: {} for page in pages}
    body = median([line.size for page in pages for line in page.lines] or [0.0])
    seen: dict[tuple[str, str], list[tuple[int, int, Line]]] = {}
    for page in pages:
        for number, line in enumerate(page.lines):
            role = _margin(line, page)
            if not role:
                continue
            text = "".join(line.text.split())
            if _PAGE_NUMBER.fullmatch(text) and (not text.isnumeric() or _alone(page.lines, number)):
                roles[page.page][number] = role
            elif not _heads_columns(page.lines, number):
                seen.setdefault((role, _without_page(text, page.page)), []).append((page.page, number, line))
    for (role, _), places in seen.items():
        for page_number, number, line in _repeated(places, len(pages)):
            if page_number > pages[0].page or line.size < TITLE_SIZE * body:
                roles[page_number][number] = role
    return roles


def _margin(line: Line, page: PageLines) -> str:
    centre = (line.y0 + line.y1) / 2
    if centre < MARGIN * page.height:
        return "header"
    return "footer" if centre > (1 - MARGIN) * page.height else ""


def _heads_columns(lines: Sequence[Line], number: int) -> bool:
    """Whether the line is of the header of a table without rules: in or beside a line in columns, with more below."""
    line = lines[number]
    near = [other for other in lines if abs(_apart(line, other)) <= LEADING * line.size]
    return any(_columns(other) for other in near) and any(
        0 < _apart(line, other) <= CLOSE * line.size for other in lines
    )


def _alone(lines: Sequence[Line], number: int) -> bool:
    """Whether no other line stands near: a bare number beside one is the number of a row."""
    line = lines[number]
    return all(other is line or abs(_apart(line, other)) > LEADING * line.size for other in lines)


def _columns(line: Line) -> bool:
    return line.text.count(" ") >= 2


def _apart(line: Line, other: Line) -> float:
    """How far below the line the other stands, in points."""
    return (other.y0 + other.y1 - line.y0 - line.y1) / 2


def _without_page(text: str, page: int) -> str:
    """The text with the number of its own page folded, so that "目录 第3页" repeats."""
    return re.sub(rf"(?<![0-9]){page}(?![0-9])", "#", text)


def _repeated(places: Sequence[tuple[int, int, Line]], pages: int) -> list[tuple[int, int, Line]]:
    """The places that repeat at one height on enough pages."""
    height = median(line.y0 for _, _, line in places)
    same = [place for place in places if abs(place[2].y0 - height) <= SAME_HEIGHT]
    found = len({page for page, _, _ in same})
    return same if found >= 3 or (found == 2 and pages <= 6) else []


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph as it stands on a page. confidences: of each character where any was recognized."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidences: tuple[float, ...] = ()


def paragraphs(lines: Iterable[Line], barriers: Sequence[float] = ()) -> list[TextBlock]:
    """The lines, from top to bottom, put together into paragraphs, none of which crosses a barrier (a table's top)."""
    ordered = sorted(lines, key=lambda line: (line.y0 + line.y1) / 2)
    if not ordered:
        return []
    left, right = min(line.x0 for line in ordered), max(line.x1 for line in ordered)
    groups: list[list[Line]] = []
    for line in ordered:
        last = groups[-1][-1] if groups else None
        if last is not None and _goes_on(last, line, left, right) and not _parted(last, line, barriers):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_block(group) for group in groups]


def _goes_on(last: Line, line: Line, left: float, right: float) -> bool:
    size = max(last.size, line.size)
    apart = (line.y0 + line.y1 - last.y0 - last.y1) / 2
    return (
        not _ITEM.match(line.text)
        and min(last.size, line.size) > 0.85 * size
        and apart < LEADING * size
        and last.x1 > right - SHORT * size
        and line.x0 < left + INDENT * size
    )


def _parted(last: Line, line: Line, barriers: Sequence[float]) -> bool:
    first, second = (last.y0 + last.y1) / 2, (line.y0 + line.y1) / 2
    return any(first < barrier < second for barrier in barriers)


def _block(lines: Sequence[Line]) -> TextBlock:
    text = ""
    texts: list[tuple[str, tuple[float, ...]]] = []
    for line in lines:
        gap = " " if text and text[-1].isascii() and text[-1].isalnum() and line.text[0].isascii() else ""
        text += gap + line.text
        texts += [(gap, ()), (line.text, line.confidences)]
    return TextBlock(
        text,
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
        joined_confidences(texts, 0),
    )
