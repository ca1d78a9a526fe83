"""The lines read outside of ruled tables → those that belong to one text.

In: lines that were read, with the place of each. Out: groups of them in reading order, as the lines of one cell or
paragraph are: brackets and quotation marks of one group have their partners in it. Pieces of a line belong together
where no white parts them but that of their own signs, and a line to the one above it where each has no other beside
it: what stands over several columns belongs to none of them. Refused: nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.geometry.pieces import NARROW_GAP
from extractors.scan.dirt import is_spot
from extractors.scan.glyph_shapes import WIDE, Sign
from extractors.scan.placing import reach
from extractors.scan.text_lines import Strip, on_one_level

BELOW = 0.9
"""Sizes of white between two lines of one text at most."""
BEGINS = 0.8
"""Sizes; the ink of lines that begin alike begins no farther apart: some signs have white on their left."""
ALIKE = 1.4
"""The type of one text differs in size by no more than this factor."""
FAR = 4.0
"""The middles of two lines, one right below the other, are no farther apart than so many sizes."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read: where it stands, where its picture begins, its signs, the size of its type, in pixels."""

    strip: Strip
    left: int
    signs: list[Sign]
    size: float


Row = list[ReadLine]
"""Pieces of one line, from left to right."""


def belonging(lines: Sequence[ReadLine]) -> list[list[ReadLine]]:
    """The lines in groups."""
    rows = _glued(lines)
    above = [_hosts(rows, n) for n in range(len(rows))]
    below = Counter(host for hosts in above for host in hosts)
    groups: list[list[ReadLine]] = []
    group_of: list[list[ReadLine]] = []
    for row, hosts in zip(rows, above, strict=True):
        if len(hosts) == 1 and below[hosts[0]] == 1:
            group_of.append(group_of[hosts[0]])
        else:
            groups.append([])
            group_of.append(groups[-1])
        group_of[-1] += row
    return groups


def without_spots(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines but for spots that no text ends with: the mark that alone is left for a last line begins as others."""
    return [
        line
        for line in lines
        if not is_spot(line.signs, line.size) or any(_goes_on(above, line) for above in lines if above is not line)
    ]


def _goes_on(above: ReadLine, below: ReadLine) -> bool:
    """Whether a line begins right below the beginning of another."""
    return _follows([above], [below]) and abs(above.strip.x0 - below.strip.x0) < BEGINS * below.size


def _hosts(rows: Sequence[Row], n: int) -> list[int]:
    """The rows that a row stands right below."""
    far = max(FAR * max(line.strip.y1 - line.strip.y0 for line in rows[n]), FAR * rows[n][0].size)
    found = []
    for m in range(n - 1, -1, -1):
        if _middle(rows[n]) - _middle(rows[m]) > far:
            break
        if _follows(rows[m], rows[n]):
            found.append(m)
    return found


def _middle(row: Row) -> float:
    return (row[0].strip.y0 + row[0].strip.y1) / 2


def _glued(lines: Sequence[ReadLine]) -> list[Row]:
    """The lines with pieces of one line put together, from top to bottom."""
    tallest = max((line.strip.y1 - line.strip.y0 for line in lines), default=1)
    levels: dict[int, list[Row]] = {}  # only lines at about one height are compared
    for line in sorted(lines, key=lambda line: line.strip.x0):
        level = line.strip.y0 // tallest
        near = (row for n in (level, level - 1, level + 1) for row in levels.get(n, ()))
        host = next(
            (
                row
                for row in near
                if on_one_level(row[-1].strip, line.strip) and _gap(row[-1], line) < NARROW_GAP * line.size
            ),
            None,
        )
        if host is None:
            levels.setdefault(level, []).append([line])
        else:
            host.append(line)
    return sorted((row for level in levels.values() for row in level), key=_middle)


def _gap(left: ReadLine, right: ReadLine) -> float:
    """The white between two pieces of a line, that within the squares of their signs not counted.

    Whether punctuation is wide is told from the whole text later: here it is taken to be.
    """
    end, start = float(left.strip.x1), float(right.strip.x0)
    if left.signs:
        end = max(end, left.left + reach(_wide(left.signs[-1]), left.size)[1])
    if right.signs:
        start = min(start, right.left + reach(_wide(right.signs[0]), right.size)[0])
    return start - end


def _wide(sign: Sign) -> Sign:
    return replace(sign, text=sign.text.translate(WIDE))


def _follows(above: Row, below: Row) -> bool:
    """Whether one row stands right below the other."""
    size, other = above[0].size, below[0].size
    white = min(line.strip.y0 for line in below) - max(line.strip.y1 for line in above)
    if not (-0.3 * size < white < BELOW * size and 1 / ALIKE < size / other < ALIKE):
        return False
    return min(above[-1].strip.x1, below[-1].strip.x1) > max(above[0].strip.x0, below[0].strip.x0)
