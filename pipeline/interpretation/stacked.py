"""Forms whose values stand below their labels: a row of labels, a row of values, again labels, again values.

In: the rows of a table. Out: the rows that make such a form. Refuses a single header over its data, and rows whose
values could be labels themselves: those are read from left to right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.interpretation.headings import LONGEST_HEADING, HeadingMatcher
from pipeline.interpretation.lines import Line
from pipeline.text.normalization import fold

FEWEST = 2  # rows of labels; one alone is the header of a table
# Share of known labels in a row of labels; as many of its values may read like labels (公共服务). Where labels and
# values take turns in a row no more than half are known.
MOSTLY = 0.66


def stacked_rows(lines: Sequence[Line], matcher: HeadingMatcher) -> Mapping[int, bool]:
    """The rows (1-based) of forms with the values below: True for a row of labels, False for one of values."""
    found: dict[int, bool] = {}
    index = 0
    while index < len(lines):
        run = _run(lines[index:], matcher)
        found |= {line.row: position % 2 == 0 for position, line in enumerate(run)}
        index += max(1, len(run))
    return found


def _run(lines: Sequence[Line], matcher: HeadingMatcher) -> Sequence[Line]:
    """The lines of the form, or of the same form again and again, that begins with the first line; else none."""
    end, widest, first = 0, 0, [fold(cell.text) for cell in lines[0].printed] if lines else []
    seen: set[str] = set()
    kinds: set[tuple[str, ...]] = set()
    while end + 1 < len(lines) and _is_pair(lines[end], lines[end + 1], matcher):
        texts = [fold(cell.text) for cell in lines[end].printed]
        if end and texts == first:
            seen = set()  # the form begins again
        if seen & set(texts):
            break
        seen.update(texts)
        kinds.add(tuple(texts))
        widest = max(widest, len(texts))
        end += 2
    return lines[:end] if len(kinds) >= FEWEST and widest > 1 else ()


def _is_pair(labels: Line, values: Line, matcher: HeadingMatcher) -> bool:
    """Known labels, but for a few words, over cells of the very same columns that are none, but for a few."""
    if not labels.printed or len(labels.printed) < len(labels.cells) or values.row != labels.row + 1:
        return False
    spans = [(cell.column, cell.column_span) for cell in labels.cells]
    if spans != [(cell.column, cell.column_span) for cell in values.cells] or len(values.anchored) < len(values.cells):
        return False
    if any(len(fold(cell.text)) > LONGEST_HEADING for cell in labels.printed):
        return False
    above, below = (sum(bool(matcher.families_of(cell.text)) for cell in line.printed) for line in (labels, values))
    return above >= MOSTLY * len(labels.cells) and below <= (1 - MOSTLY) * len(values.cells)
