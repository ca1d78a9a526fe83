"""Ruling lines + positioned characters → the cells of ruled tables.

In: the rules and the glyphs of one page, in points from the top left; digital pages and scans alike, no PDF library
is known here. Out: :class:`RuledTable`, a grid whose cells hold their glyphs, and the glyphs that no table holds.

A cell is what the rules enclose: the grid is cut along every rule, and what no rule parts is put together again. So
merged cells, missing outer rules and stray strokes inside a cell need no case of their own. What does not enclose at
least two cells (a frame, an underline, a flow chart) is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractors.geometry.lines import Glyph
from extractors.geometry.merged_strips import with_merged_strips
from extractors.geometry.open_sides import with_whole_rows
from extractors.geometry.rules import SNAP, DisjointSets, Rule, groups, long_rules, snapped

COVERED = 0.6
"""A side of a cell is ruled when rules cover this share of it."""
OVERHANG = 2
"""So many rules that end beyond the outermost crossing rule show an open side of the table."""
TABLE_SHARE = 0.7
"""Cells must fill this share of the area that the rules span, else the rules are a drawing."""
MOST_POSITIONS = 250_000
"""A grid with more positions than this is a drawing, not a table."""


@dataclass(frozen=True, slots=True)
class Area:
    """A cell by its grid lines: 0-based, half open.

    sides: how many of its four are ruled. open_top, open_bottom: no rule is drawn along that side.
    """

    top: int
    left: int
    bottom: int
    right: int
    sides: int = 4
    open_top: bool = False
    open_bottom: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells that a group of rules encloses: grid lines ascending, areas by row, then column."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    areas: tuple[Area, ...]
    closed_top: bool = True
    closed_bottom: bool = True
    _owner: dict[tuple[int, int], int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for number, area in enumerate(self.areas):
            for row in range(area.top, area.bottom):
                for column in range(area.left, area.right):
                    self._owner[row, column] = number

    def area_at(self, x: float, y: float) -> int | None:
        """The number of the area in which a point lies, or None."""
        return self._owner.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))

    def size(self) -> float:
        """The surface that the grid spans, in square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


@dataclass(slots=True)
class RuledTable:
    """A grid, the glyphs in each of its areas, and the tables nested in each."""

    grid: Grid
    contents: dict[int, list[Glyph]]
    nested: dict[int, list[RuledTable]] = field(default_factory=dict)


def ruled_tables(rules: Iterable[Rule], glyphs: Sequence[Glyph]) -> tuple[list[RuledTable], list[Glyph]]:
    """The tables that the rules make, with the glyphs that each cell holds, and the glyphs left over.

    Tables come from top to bottom, then from left to right; a table inside a cell is nested there. A glyph belongs to
    the cell in which its centre lies, so that a glyph may overlap a rule.
    """
    grids = sorted(find_grids(rules, glyphs), key=Grid.size)
    tables = [RuledTable(grid, {}) for grid in grids]
    left = [glyph for glyph in glyphs if not _take(tables, glyph)]
    tables = [RuledTable(*_without_outside(table)) for table in tables]
    outer: list[RuledTable] = []
    for number, table in enumerate(tables):
        x, y = _middle(table.grid)
        for host in tables[number + 1 :]:
            area = host.grid.area_at(x, y)
            if area is not None and _inside(table.grid, host.grid, host.grid.areas[area]):
                host.nested.setdefault(area, []).append(table)
                break
        else:
            outer.append(table)
    return sorted(outer, key=lambda table: (table.grid.ys[0], table.grid.xs[0])), left


def _take(tables: Sequence[RuledTable], glyph: Glyph) -> bool:
    x, y = (glyph[1] + glyph[3]) / 2, (glyph[2] + glyph[4]) / 2
    for table in tables:
        area = table.grid.area_at(x, y)
        if area is not None:
            table.contents.setdefault(area, []).append(glyph)
            return True
    return False


def _middle(grid: Grid) -> tuple[float, float]:
    return (grid.xs[0] + grid.xs[-1]) / 2, (grid.ys[0] + grid.ys[-1]) / 2


def _inside(grid: Grid, host: Grid, area: Area) -> bool:
    return (
        host.xs[area.left] - SNAP <= grid.xs[0]
        and grid.xs[-1] <= host.xs[area.right] + SNAP
        and host.ys[area.top] - SNAP <= grid.ys[0]
        and grid.ys[-1] <= host.ys[area.bottom] + SNAP
    )


def _without_outside(table: RuledTable) -> tuple[Grid, dict[int, list[Glyph]]]:
    """The table without blank areas that lie outside its rules, as beside a narrow row."""
    grid = table.grid
    kept = [n for n, area in enumerate(grid.areas) if area.sides > 2 or table.contents.get(n)]
    if len(kept) == len(grid.areas):
        return grid, table.contents
    areas = tuple(grid.areas[n] for n in kept)
    contents = {new: table.contents[old] for new, old in enumerate(kept) if old in table.contents}
    return Grid(grid.xs, grid.ys, areas, grid.closed_top, grid.closed_bottom), contents


def find_grids(rules: Iterable[Rule], glyphs: Sequence[Glyph]) -> list[Grid]:
    """The grids of at least two cells that the rules make; the glyphs tell where a table without sides goes on."""
    grids = []
    for group in with_whole_rows(with_merged_strips(groups(long_rules(rules))), glyphs):
        grid = _grid(group)
        if grid is not None:
            grids.append(grid)
    return grids


def _grid(group: Sequence[Rule]) -> Grid | None:
    across = [rule for rule in group if rule.horizontal]
    down = [rule for rule in group if not rule.horizontal]
    if not across or not down:
        return None
    xs = _lines([rule.at for rule in down], across)
    ys = _lines([rule.at for rule in across], down)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MOST_POSITIONS:
        return None
    sides = _Sides(xs, ys, across, down)
    areas = [area for area in sides.areas() if area.sides > 1]
    grid = _compact(xs, ys, areas, sides)
    if len(grid.areas) < 2 or _surface(grid) < TABLE_SHARE * grid.size():
        return None
    return grid


def _lines(positions: Sequence[float], crossing: Sequence[Rule]) -> list[float]:
    """The grid lines at the positions, and at the common ends of the crossing rules where a side is open."""
    lines = snapped(positions)
    starts = [rule.start for rule in crossing if rule.start < lines[0] - 2 * SNAP]
    ends = [rule.end for rule in crossing if rule.end > lines[-1] + 2 * SNAP]
    if len(starts) >= OVERHANG:
        lines.insert(0, min(starts))
    if len(ends) >= OVERHANG:
        lines.append(max(ends))
    return lines


def _surface(grid: Grid) -> float:
    return sum(
        (grid.xs[a.right] - grid.xs[a.left]) * (grid.ys[a.bottom] - grid.ys[a.top]) for a in grid.areas if a.sides > 2
    )


class _Sides:
    """Which pieces of the grid lines are ruled, and the areas that they enclose."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], across: Sequence[Rule], down: Sequence[Rule]) -> None:
        self.rows, self.columns = len(ys) - 1, len(xs) - 1
        self.above = _ruled(ys, xs, across)  # [line][column]: the piece of a horizontal line over a column
        self.before = _ruled(xs, ys, down)  # [line][row]: the piece of a vertical line beside a row

    def areas(self) -> list[Area]:
        """The areas that no rule parts, each a rectangle, by row then column."""
        sets = DisjointSets(self.rows * self.columns)
        for row in range(self.rows):
            for column in range(self.columns):
                here = row * self.columns + column
                if column and not self.before[column][row]:
                    sets.join(here - 1, here)
                if row and not self.above[row][column]:
                    sets.join(here - self.columns, here)
        members: dict[int, list[tuple[int, int]]] = {}
        for row in range(self.rows):
            for column in range(self.columns):
                members.setdefault(sets.root(row * self.columns + column), []).append((row, column))
        areas = [self._area(*corners) for positions in members.values() for corners in _rectangles(positions)]
        return sorted(areas, key=lambda area: (area.top, area.left))

    def _area(self, top: int, left: int, bottom: int, right: int) -> Area:
        sides = (
            all(self.above[top][left:right]),
            all(self.above[bottom][left:right]),
            all(self.before[left][top:bottom]),
            all(self.before[right][top:bottom]),
        )
        return Area(top, left, bottom, right, sum(sides), not sides[0], not sides[1])


def _ruled(lines: Sequence[float], crossings: Sequence[float], rules: Sequence[Rule]) -> list[list[bool]]:
    """For each line and each interval between crossings: whether rules cover it."""
    covered = [[0.0] * (len(crossings) - 1) for _ in lines]
    for rule in rules:
        line = min(range(len(lines)), key=lambda n: abs(lines[n] - rule.at))
        first = max(bisect_right(crossings, rule.start) - 1, 0)
        for n in range(first, len(crossings) - 1):
            if crossings[n] >= rule.end:
                break
            covered[line][n] += min(crossings[n + 1], rule.end) - max(crossings[n], rule.start)
    lengths = [end - start for start, end in pairwise(crossings)]
    return [[got >= COVERED * length for got, length in zip(row, lengths, strict=True)] for row in covered]


def _rectangles(positions: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """The positions as rectangles (top, left, bottom, right): one, unless a missing rule joins unequal cells."""
    rows, columns = [row for row, _ in positions], [column for _, column in positions]
    top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
    if len(positions) == (bottom - top) * (right - left):
        return [(top, left, bottom, right)]
    taken = set(positions)
    found: list[tuple[int, int, int, int]] = []
    for row, column in sorted(positions):
        if (row, column) not in taken:
            continue
        end = column
        while (row, end) in taken:
            end += 1
        low = row
        while all((low, c) in taken for c in range(column, end)):
            low += 1
        taken -= {(r, c) for r in range(row, low) for c in range(column, end)}
        found.append((row, column, low, end))
    return found


def _compact(xs: Sequence[float], ys: Sequence[float], areas: Sequence[Area], sides: _Sides) -> Grid:
    """The grid without the lines at which no area begins or ends."""
    rows = sorted({area.top for area in areas} | {area.bottom for area in areas})
    columns = sorted({area.left for area in areas} | {area.right for area in areas})
    row_of = {line: n for n, line in enumerate(rows)}
    column_of = {line: n for n, line in enumerate(columns)}
    return Grid(
        tuple(xs[line] for line in columns),
        tuple(ys[line] for line in rows),
        tuple(
            replace(a, top=row_of[a.top], left=column_of[a.left], bottom=row_of[a.bottom], right=column_of[a.right])
            for a in areas
        ),
        closed_top=bool(rows) and _mostly(sides.above[rows[0]]),
        closed_bottom=bool(rows) and _mostly(sides.above[rows[-1]]),
    )


def _mostly(flags: Sequence[bool]) -> bool:
    return sum(flags) * 2 > len(flags)
