"""What the rules notice of random damage to clean units, and whether they accuse anybody else.

``python -m tests.benchmarks.mutations [--count N] [--seed N] [--show KIND]``. Each mutation breaks one cell or row of a
unit of tests/units, which is drawn as a workbook and checked again. Prints the share noticed for each kind of damage
and each column, and every finding that fell on an untouched record. Noticed is a new finding about a touched row; a
finding about another row is an accusation unless its rule speaks of several rows and names the touched one.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from extractors.document import Place
from pipeline.finding import Finding
from tests.units.drawn import Unit, clean_units
from tests.units.layouts import NUMBER, Laid

ABOUT_SEVERAL = frozenset(("C05", "D01", "D02", "D04", "L02", "R09", "S01", "X05", "R08"))
"""Rules that speak of a group, of the numbers between two rows, or of a whole table."""
_ALIKE = (
    "已己 未末 土士 人入 日曰 采釆 治冶 候侯 即既 在再 做作 象像 定订 具俱 合和 法发 许序 处除 罚伐 检捡 "
    "查察 证正 部布 理里 设没 施拖 条系 规归 环坏 境镜 护户 河何 道到 保宝 持特 防放 洪供 农浓 药钓 种重 "
    "经径 营菅 食实 品晶 安案 全金 生主 产严 质贡 量童 登澄 记纪 给结 付副 奖浆 励历 征证 收牧 强张 制治 "
    "行形 政正 使史 用甩 办力 机杌 构购 股段 科料 长常 员圆 期朋 限恨 工王 作昨 社杜 会合 公分 开并 网冈 "
    "站占 "
)
ALIKE = {a: b for pair in _ALIKE.split() for a, b in (pair, pair[::-1])}
KINDS = ("行政许可", "行政处罚", "行政检查", "行政确认", "行政给付", "行政奖励", "行政强制", "公共服务")
_DIGIT = re.compile(r"[0-9]|[一二三四五六七八九](?=[条款项])")
_CHINESE = "一二三四五六七八九"
_TITLE = re.compile(r"(?<=《)[^《》]{3,}(?=》)")

Rows = list[dict[str, str]]
Break = Callable[[random.Random, Rows, int, str], "tuple[Rows, set[int]] | None"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A broken unit: which register, which rows of it were touched, and how."""

    unit: Unit
    register: int
    kind: str
    column: str
    touched: frozenset[int]
    was: str
    became: str


@dataclass
class Tally:
    """made, noticed: mutations by kind and by column. accused: findings about untouched records."""

    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)
    accused: list[str] = field(default_factory=list)
    unnoticed: list[Mutation] = field(default_factory=list)


def _cell(change: Callable[[random.Random, str], str | None]) -> Break:
    def apply(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]] | None:
        text = rows[row].get(column, "")
        new = change(draw, text) if text else None
        if new is None or new == text:
            return None
        return [*rows[:row], {**rows[row], column: new}, *rows[row + 1 :]], {row}

    return apply


def _misspelt(draw: random.Random, text: str) -> str | None:
    return _replaced(draw, text, [n for n, character in enumerate(text) if character in ALIKE])


def _mistitled(draw: random.Random, text: str) -> str | None:
    spots = [n for m in _TITLE.finditer(text) for n in range(*m.span()) if text[n] in ALIKE]
    return _replaced(draw, text, spots)


def _replaced(draw: random.Random, text: str, spots: Sequence[int]) -> str | None:
    if not spots:
        return None
    spot = draw.choice(spots)
    return text[:spot] + ALIKE[text[spot]] + text[spot + 1 :]


def _wrong_digit(draw: random.Random, text: str) -> str | None:
    spots = [match.start() for match in _DIGIT.finditer(text)]
    if not spots:
        return None
    spot = draw.choice(spots)
    digits = "0123456789" if text[spot].isascii() else _CHINESE
    return text[:spot] + draw.choice([d for d in digits if d != text[spot]]) + text[spot + 1 :]


def _truncated(draw: random.Random, text: str) -> str | None:
    return text[: draw.randint(1, len(text) - 1)] if len(text) > 3 else None


def _swapped_rows(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]] | None:
    other = draw.randrange(len(rows))
    if rows[other].get(column, "") == rows[row].get(column, ""):
        return None
    changed = [dict(each) for each in rows]
    changed[row][column], changed[other][column] = rows[other].get(column, ""), rows[row].get(column, "")
    return changed, {row, other}


def _swapped_columns(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]] | None:
    other = draw.choice([each for each in rows[row] if each != column])
    if rows[row].get(other, "") == rows[row].get(column, ""):
        return None
    changed = {**rows[row], column: rows[row][other], other: rows[row].get(column, "")}
    return [*rows[:row], changed, *rows[row + 1 :]], {row}


def _doubled_row(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]]:
    return [*rows[: row + 1], dict(rows[row]), *rows[row + 1 :]], {row, row + 1}


def _doubled_code(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]] | None:
    other = draw.randrange(len(rows))
    if "权力编码" not in rows[row] or other == row:
        return None
    return [*rows[:row], {**rows[row], "权力编码": rows[other]["权力编码"]}, *rows[row + 1 :]], {row, other}


def _wrong_kind(draw: random.Random, rows: Rows, row: int, column: str) -> tuple[Rows, set[int]] | None:
    was = rows[row].get("职权类别")
    if was is None:
        return None
    wrong = draw.choice([kind for kind in KINDS if kind != was])
    return [*rows[:row], {**rows[row], "职权类别": wrong}, *rows[row + 1 :]], {row}


BREAKS: dict[str, Break] = {
    "deleted": _cell(lambda draw, text: ""),
    "misspelt": _cell(_misspelt),
    "truncated": _cell(_truncated),
    "wrong digit": _cell(_wrong_digit),
    "wrong title": _cell(_mistitled),
    "swapped with another row": _swapped_rows,
    "swapped with another column": _swapped_columns,
    "row doubled": _doubled_row,
    "code doubled": _doubled_code,
    "wrong category": _wrong_kind,
}
_FIXED_COLUMN = {"row doubled": "", "code doubled": "权力编码", "wrong category": "职权类别", "wrong title": "行使依据"}


def mutations(count: int, seed: int) -> Iterator[Mutation]:
    """Broken units, the kinds of damage by turns; those that a unit with workbooks can suffer."""
    draw = random.Random(seed)
    units = [unit for unit in clean_units() if "xlsx" in unit.formats]
    kinds = list(BREAKS)
    made = 0
    while made < count:
        unit, kind = draw.choice(units), kinds[made % len(kinds)]
        number = draw.choice([n for n, register in enumerate(unit.registers) if "数量" not in register.rows[0]])
        register = unit.registers[number]
        rows = [dict(row) for row in register.rows]
        columns = [c for c in register.layout.columns if c != NUMBER and c in rows[0]]
        column = _FIXED_COLUMN.get(kind, draw.choice(columns))
        row = draw.randrange(len(rows))
        broken = BREAKS[kind](draw, rows, row, column)
        if broken is None:
            continue
        made += 1
        changed, touched = broken
        registers = list(unit.registers)
        registers[number] = replace(register, rows=tuple(changed))
        was, became = rows[row].get(column, ""), changed[row].get(column, "")
        yield Mutation(replace(unit, registers=tuple(registers)), number, kind, column, frozenset(touched), was, became)


def measure(count: int, seed: int) -> Tally:
    """Break, draw, check, compare; what a clean unit has of hints is no news."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for mutation in mutations(count, seed):
            _judge(mutation, Path(folder), tally)
    return tally


def _judge(mutation: Mutation, folder: Path, tally: Tally) -> None:
    path = folder / "报送表.xlsx"
    laid = mutation.unit.draw(path)
    old = _hints(mutation.unit.name)
    fresh = [finding for finding in mutation.unit.check(path).findings if _told(finding) not in old]
    key = mutation.kind, mutation.column
    tally.made[key] += 1
    noticed = False
    for finding in fresh:
        rows = _rows_of(finding, laid)
        about = {(mutation.register, None), *((mutation.register, row) for row in mutation.touched)}
        if rows & about or finding.code in ABOUT_SEVERAL:
            noticed = True
        else:
            tally.accused.append(f"{mutation.kind}: {mutation.was!r} → {mutation.became!r}: {finding.message}")
    tally.noticed[key] += noticed
    if not noticed:
        tally.unnoticed.append(mutation)


def _told(finding: Finding) -> tuple[str, str, str, str]:
    """A finding without its place, which moves when a row is doubled."""
    return finding.code, finding.subject_name, finding.field, finding.quote


@cache
def _hints(name: str) -> frozenset[tuple[str, str, str, str]]:
    unit = next(unit for unit in clean_units() if unit.name == name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "报送表.xlsx"
        unit.draw(path)
        return frozenset(_told(finding) for finding in unit.check(path).findings)


def _rows_of(finding: Finding, laid: Sequence[Laid]) -> set[tuple[int, int | None]]:
    """The register and data row that a finding's place lies in; row None for a place outside all rows."""
    place = Place.parse(finding.place)
    for number, register in enumerate(laid):
        for row, column in register.at:
            there = Place.parse(register.place(row, column, "xlsx"))
            if (there.part, there.row) == (place.part, place.row):
                return {(number, row)}
    return {(number, None) for number in range(len(laid))}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="", help="list the unnoticed ones of a kind")
    options = parser.parse_args(arguments)
    tally = measure(options.count, options.seed)
    for title, index in (("kind", 0), ("column", 1)):
        print(f"\n{title:30} made noticed share")
        for name in dict.fromkeys(key[index] for key in tally.made):
            made = sum(count for key, count in tally.made.items() if key[index] == name)
            noticed = sum(count for key, count in tally.noticed.items() if key[index] == name)
            print(f"{name or '(whole row)':30} {made:4} {noticed:7} {noticed / made:.2f}")
    print(f"\n{sum(tally.made.values())} mutations, {sum(tally.noticed.values())} noticed")
    print(f"{len(tally.accused)} findings about untouched records", *tally.accused, sep="\n")
    for mutation in tally.unnoticed:
        if mutation.kind == options.show or options.show == "all":
            print(f"{mutation.kind} · {mutation.unit.name} · {mutation.column}: {mutation.was!r} → {mutation.became!r}")


if __name__ == "__main__":
    main()
