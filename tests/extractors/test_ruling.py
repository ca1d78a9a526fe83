"""Ruling lines and glyphs → cells: the geometry alone, as digital pages and scans share it."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors
from extractors.geometry.lines import Glyph, cell_text, text_lines
from extractors.geometry.page_table import page_table
from extractors.geometry.rules import Rule
from extractors.geometry.ruling import ruled_tables
from tests.extractors.pdf_drawing import GridCell, random_cells

Side = tuple[float, float, float, float]


def sides(cells: list[GridCell], xs: list[float], ys: list[float]) -> Iterator[Side]:
    for row, column, rows, columns, _ in cells:
        x0, x1, y0, y1 = xs[column - 1], xs[column - 1 + columns], ys[row - 1], ys[row - 1 + rows]
        yield from ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))


def rule(x0: float, y0: float, x1: float, y1: float) -> Rule:
    return Rule(True, y0, x0, x1) if y0 == y1 else Rule(False, x0, y0, y1)


def plain(side: Side) -> list[Rule]:
    return [rule(*side)]


def gaps(side: Side) -> list[Rule]:
    return [r._replace(start=r.start + 1.5, end=r.end - 1.5) for r in plain(side)]


def double(side: Side) -> list[Rule]:
    return [r._replace(at=r.at + shift) for r in plain(side) for shift in (-1.0, 1.0)]


def dashed(side: Side) -> list[Rule]:
    pieces = []
    for r in plain(side):
        start = r.start
        while start < r.end:
            pieces.append(r._replace(start=start, end=min(start + 2, r.end)))
            start += 4
    return pieces


def glyphs(text: str, x: float, y: float, size: float = 6.0) -> list[Glyph]:
    return [Glyph(c, x + n * size, y, x + (n + 1) * size, y + size) for n, c in enumerate(text)]


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**9), draw=st.sampled_from([plain, gaps, double, dashed]))
def test_any_merged_grid_comes_back(seed: int, draw: Callable[[Side], list[Rule]]) -> None:
    rng = random.Random(seed)
    rows, columns = rng.randint(2, 9), rng.randint(2, 9)
    xs = [40 + 45.0 * n for n in range(columns + 1)]
    ys = [50 + 20.0 * n for n in range(rows + 1)]
    cells = random_cells(rng, rows, columns, xs, ys)
    if len(cells) < 2:
        return
    rules = [r for side in sides(cells, xs, ys) for r in draw(side)]
    printed = [g for n, c in enumerate(cells) for g in glyphs(f"{n}", xs[c[1] - 1] + 3, ys[c[0] - 1] + 5)]
    rng.shuffle(rules)
    rng.shuffle(printed)
    (table,), left = ruled_tables(rules, printed)
    part = page_table(table, page=1, number=1)
    # A grid line at which no cell begins or ends is not printed and cannot be known.
    across = sorted({c[1] for c in cells} | {c[1] + c[3] for c in cells})
    down = sorted({c[0] for c in cells} | {c[0] + c[2] for c in cells})
    expected = {
        (
            down.index(r) + 1,
            across.index(c) + 1,
            down.index(r + rs) - down.index(r),
            across.index(c + cs) - across.index(c),
            f"{n}",
        )
        for n, (r, c, rs, cs, _) in enumerate(cells)
    }
    assert {(c.row, c.column, c.row_span, c.column_span, c.text) for c in part.cells} == expected
    assert left == []


GRID = [(1, 1, 1, 1, ""), (1, 2, 1, 1, ""), (1, 3, 1, 1, ""), (2, 1, 1, 1, ""), (2, 2, 1, 1, ""), (2, 3, 1, 1, "")]
XS, YS = [50.0, 150.0, 250.0, 350.0], [100.0, 130.0, 160.0]


@pytest.mark.parametrize("missing", ["left and right", "top", "bottom"])
def test_missing_outer_rules_are_closed(missing: str) -> None:
    outer: dict[str, Callable[[Rule], bool]] = {
        "left and right": lambda r: not r.horizontal and r.at in (50.0, 350.0),
        "top": lambda r: r.horizontal and r.at == 100.0,
        "bottom": lambda r: r.horizontal and r.at == 160.0,
    }
    rules = [rule(*side) for side in sides(GRID, XS, YS) if not outer[missing](rule(*side))]
    words = [g for n, x in enumerate(XS[:3]) for g in glyphs(f"{n}", x + 20, 140)]
    words += [g for n, x in enumerate(XS[:3]) for g in glyphs(f"{n + 3}", x + 20, 110)]
    (table,), left = ruled_tables(rules, words)
    part = page_table(table, 1, 1)
    assert [(c.row, c.column, c.text) for c in part.cells] == [
        (1, 1, "3"), (1, 2, "4"), (1, 3, "5"), (2, 1, "0"), (2, 2, "1"), (2, 3, "2"),
    ]  # fmt: skip
    assert (part.closed_top, part.closed_bottom) == (missing != "top", missing != "bottom")
    assert left == []


def test_strokes_inside_a_cell_and_beside_the_table_cut_nothing() -> None:
    rules = [rule(*side) for side in sides(GRID, XS, YS)]
    rules += [Rule(True, 115.0, 60.0, 120.0), Rule(False, 200.0, 100.0, 112.0), Rule(True, 40.0, 50.0, 350.0)]
    (table,), _ = ruled_tables(rules, [])
    assert len(table.grid.areas) == 6


def test_a_flow_chart_and_a_frame_are_no_tables() -> None:
    boxes = [(200.0, 100.0 + 60 * n, 300.0, 130.0 + 60 * n) for n in range(4)]
    boxes += [(400.0, 160.0, 500.0, 190.0), (20.0, 20.0, 575.0, 820.0)]
    rules = [Rule(False, 250.0, 130.0 + 60 * n, 160.0 + 60 * n) for n in range(3)] + [Rule(True, 175.0, 300.0, 400.0)]
    for x0, y0, x1, y1 in boxes:
        rules += [Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1)]
    tables, left = ruled_tables(rules, glyphs("申请", 220, 110))
    assert tables == []
    assert len(left) == 2


def test_a_table_in_a_cell_is_nested_there() -> None:
    inner_xs, inner_ys = [160.0, 200.0, 240.0], [135.0, 145.0, 155.0]
    inner = [(1, 1, 1, 1, ""), (1, 2, 1, 1, ""), (2, 1, 1, 2, "")]
    rules = [rule(*side) for side in (*sides(GRID, XS, YS), *sides(inner, inner_xs, inner_ys))]
    (table,), _ = ruled_tables(rules, [*glyphs("外", 60, 140), *glyphs("内", 165, 137)])
    part = page_table(table, 1, 1)
    host = next(c for c in part.cells if c.tables)
    assert (host.row, host.column, host.text) == (2, 2, "")
    assert [c.text for c in host.tables[0].cells] == ["内", "", ""]
    assert host.tables[0].number == "1.1"


def test_lines_follow_the_eye() -> None:
    stream = [
        *glyphs("第二行", 10, 30, 10),
        *glyphs("第一行", 10, 15, 10),
        Glyph("2", 40, 14, 43, 20),  # a superscript
        Glyph("A", 60, 15, 66, 25),
        Glyph("B", 69.5, 15, 75.5, 25),  # a space that was not drawn
        Glyph("C", 76, 15, 82, 25),
    ]
    assert [line.text for line in text_lines(stream)] == ["第一行2 A BC", "第二行"]
    assert cell_text(Glyph(c, 10, 12 * n, 20, 12 * n + 10) for n, c in enumerate("行政许可")) == "行\n政\n许\n可"
    turned = [Glyph(c, 10, 50 - 10 * n, 20, 60 - 10 * n, 270) for n, c in enumerate("竖排")]
    assert cell_text(turned) == "竖排"


def test_the_geometry_knows_no_pdf_library() -> None:
    folder = Path(extractors.__file__).parent / "geometry"
    names: set[str] = set()
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    assert not {name for name in names if name.startswith(("tablers", "pdf", "pike", "pypdf", "extractors.pdf"))}


def test_a_lone_side_rule_closes_a_column_merged_over_the_page() -> None:
    """A spreadsheet prints the middle page of a merged cell with its outer side only."""
    grid = [Rule(True, y, 100, 300) for y in (50, 100, 150)] + [Rule(False, x, 50, 150) for x in (100, 200, 300)]
    apart = [Rule(False, 320, 60, 140)]
    (table,), _ = ruled_tables([*grid, Rule(False, 40, 50, 150), *apart], [])
    spans = sorted((a.top, a.left, a.bottom - a.top) for a in table.grid.areas)
    assert spans == [(0, 0, 2), (0, 1, 1), (0, 2, 1), (1, 1, 1), (1, 2, 1)]
