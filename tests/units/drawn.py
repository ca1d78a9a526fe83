"""Units of tests/units: their data and layouts read, changed where a test plants something, and drawn as files.

In: clean.toml, the CSVs beside it. Out: :class:`Unit`, and :class:`Drawn` with what the product says of its file.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.campaigns.campaign import Campaign, load_campaign
from pipeline.submission import Result, SubmittedFile, process
from pipeline.vocabulary import load_vocabulary
from tests.builders import draw
from tests.units.layouts import Laid, Layout, Row, lay

HERE = Path(__file__).parent
AS_OF = date(2026, 6, 30)
FILE = "报送表"


@dataclass(frozen=True, slots=True)
class Register:
    """The data of one register and its layout."""

    layout: Layout
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of clean.toml: what its one file holds, and in which formats that is drawn."""

    name: str
    unit: str
    formats: tuple[str, ...]
    registers: tuple[Register, ...]

    def draw(self, path: Path) -> tuple[Laid, ...]:
        """Draw its file; one :class:`Laid` a register."""
        laid = lay([(register.layout, register.rows) for register in self.registers])
        draw(path, laid[0].sheets)
        return laid

    def changed(self, edits: Mapping[tuple[int, int], Row]) -> Unit:
        """The unit with other texts in some rows: (register, row), from 0 → column → text."""
        registers = tuple(
            replace(register, rows=tuple({**row, **edits.get((n, r), {})} for r, row in enumerate(register.rows)))
            for n, register in enumerate(self.registers)
        )
        return replace(self, registers=registers)

    def check(self, path: Path, campaign: Campaign | None = None) -> Result:
        """What the product says of a drawn file."""
        return process(self.unit, [SubmittedFile(path, path.name)], load_vocabulary(), campaign or _campaign(), AS_OF)


_campaign = cache(load_campaign)


@cache
def clean_units() -> tuple[Unit, ...]:
    """The units of clean.toml, in its order."""
    data = tomllib.loads((HERE / "clean.toml").read_text("utf-8"))
    return tuple(
        Unit(each["name"], each["unit"], tuple(each["formats"]), tuple(map(_register, each["register"])))
        for each in data["unit"]
    )


def _register(data: Mapping[str, Any]) -> Register:
    names = {each.name for each in fields(Layout)}
    layout = Layout(**{key: tuple(v) if isinstance(v, list) else v for key, v in data.items() if key in names})
    return Register(layout, _counted(data["statistics"]) if "statistics" in data else rows_of(data["data"]))


@cache
def rows_of(name: str) -> tuple[Row, ...]:
    """The rows of a CSV beside this module."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def _counted(names: Iterable[str]) -> tuple[Row, ...]:
    """The statistics of some catalogues: a row a category, then the total."""
    counts = Counter(row["职权类别"] for name in names for row in rows_of(name))
    rows = [{"职权类别": kind, "数量": str(count)} for kind, count in counts.items()]
    return (*rows, {"职权类别": "合计", "数量": str(counts.total())})
