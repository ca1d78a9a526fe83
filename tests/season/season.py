"""Plays a scripted season (README.md): draws what units hand in, runs, decides, and reads what the views say."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.intake import taking_in
from pipeline.intake.deciding import Outcome, Request, decide
from tests.builders import Sheet, Text, draw, grid
from tests.pipeline.submissions import AS_OF, Here, risks, rows, run, warehouse

UNITS = sorted((Path(__file__).parent / "units").glob("*.toml"))
DAYS = (dt.datetime(2026, 3, 2, 9), dt.datetime(2026, 4, 1, 9), dt.datetime(2026, 5, 6, 9))
CAMPAIGN = """
batch = "二〇二六年清理"
[power_types]
taxonomies = ["*"]
accepted = ["行政许可"]
[[required]]
rule = "M03"
registers = ["powers"]
fields = ["行使依据"]
"""
GOOD = "《中华人民共和国行政许可法》第十二条"
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Script:
    """What one unit does, round by round."""

    unit: str
    rounds: tuple[Mapping[str, Any], ...]


def scripts() -> list[Script]:
    return [Script(path.stem, tuple(tomllib.loads(path.read_text("utf-8"))["round"])) for path in UNITS]


class Season:
    """A workspace in which the rounds are played."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workspace, self._inboxes, self._patch = folder / "data", folder, monkeypatch
        self.workspace.mkdir()
        (self.workspace / "campaign.toml").write_text(CAMPAIGN, "utf-8")
        self._names: dict[tuple[str, str], str] = {}

    def hand_in(self, number: int, units: list[Script]) -> None:
        """Play one round, the first is 0: what every unit hands in, in one run."""
        inbox = self._inboxes / f"round{number + 1}"
        inbox.mkdir()
        for script in units:
            for name, text in script.rounds[number].get("files", _NOTHING).items():
                _draw(inbox / script.unit / name, text)
        self._at(DAYS[number])
        run(inbox, self.workspace, AS_OF)
        for unit, name, key in rows(self.workspace, "SELECT 单位, 职权名称, 职权键 FROM 职权目录"):
            self._names[unit, name] = key

    def decide(self, number: int, units: list[Script]) -> None:
        """What reviewers decide after a round."""
        requests = [
            Request(
                self._key(script.unit, each["on"]), each["decision"], each.get("comment", ""),
                self._names[script.unit, each["with"]] if "with" in each else "",
            )
            for script in units
            for each in script.rounds[number].get("decided", _NOTHING).get("decisions", ())
        ]  # fmt: skip
        outcome = self._decided(requests, DAYS[number] + dt.timedelta(days=7))
        assert not outcome.refused and outcome.published, outcome.refused

    def _decided(self, requests: list[Request], now: dt.datetime) -> Outcome:
        return decide(self.workspace, requests, "审核人", now=now, sandbox=lambda jobs: Here())

    def _key(self, unit: str, on: str) -> str:
        if on == "unit":
            return unit
        rule, _, name = on.partition(" ")
        if not name:
            return self._names[unit, rule]
        ((key,),) = rows(
            self.workspace,
            f"SELECT 问题键 FROM 问题清单 WHERE 单位 = '{unit}' AND 规则 = '{rule}' AND 对象名称 = '{name}'"
            " AND 状态 <> '已整改'",
        )
        return str(key)

    def said(self) -> dict[str, dict[str, Any]]:
        """What the views say, by unit, as the scripts say it; a unit that no view knows says nothing."""
        found: dict[str, dict[str, Any]] = defaultdict(
            lambda: {"version": 0, "state": "", "catalogue": [], "findings": [], "changes": []}
        )
        with warehouse(self.workspace) as connection:

            def each(sql: str) -> Iterator[tuple[dict[str, Any], list[Any]]]:
                for unit, *cells in connection.execute(sql).fetchall():
                    yield found[unit], cells

            for said, (version, state) in each("SELECT 单位, 版本, 状态 FROM 报送情况"):
                said |= {"version": version, "state": state}
            for said, cells in each("SELECT 单位, 职权名称, 审核结论 FROM 职权目录"):
                said["catalogue"].append(" | ".join(filter(None, cells)))
            for said, cells in each("SELECT 单位, 规则, 对象名称, 字段, 状态 FROM 问题清单"):
                said["findings"].append(_line(cells))
            for said, (version, *cells) in each(
                "SELECT 单位, 后版本, 变更, 对象名称, 字段, 原值, 新值, 确认 FROM 变更记录"
            ):
                said["changes"].append(f"{version}: {_line(cells)}")
        for said in found.values():
            for what in ("catalogue", "findings", "changes"):
                said[what].sort()
        return found

    def _at(self, moment: dt.datetime) -> None:
        class Clock(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> Clock:
                return cls(moment.year, moment.month, moment.day, moment.hour, tzinfo=tz)

        self._patch.setattr(taking_in, "dt", SimpleNamespace(datetime=Clock, date=dt.date))


def expected(script: Script, number: int, *, decided: bool) -> dict[str, Any]:
    """What the script says that the views say, after a round or after its decisions."""
    told: dict[str, Any] = {"version": 0, "state": "", "catalogue": None, "findings": "", "changes": ""}
    for past in script.rounds[: number + 1]:
        last = past is script.rounds[number]
        for part in (past, past.get("decided", _NOTHING) if decided or not last else _NOTHING):
            told |= {key: part[key] for key in told if key in part}
    return {
        **told,
        "catalogue": told["catalogue"] and sorted(_split(told["catalogue"])),
        "findings": sorted(_split(told["findings"])),
        "changes": sorted(_split(told["changes"])),
    }


def _split(text: str) -> list[str]:
    return [" | ".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines() if line.strip()]


def _line(cells: Sequence[Any]) -> str:
    return " | ".join("-" if cell is None else str(cell) for cell in cells)


def _draw(path: Path, text: str) -> None:
    if path.suffix == ".toml":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    if "风险" in path.name:
        risks(path, [(line[0], line[1]) for line in lines])
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    coded, with_sub_items = any(line[0] for line in lines), any(len(line) > 3 for line in lines)
    heads = ["序号", *(["权力编码"] if coded else []), "职权名称", *(["子项名称"] if with_sub_items else [])]
    table = [[*heads, "职权类别", "行使依据", "承办机构"]]
    for number, line in enumerate(lines, 1):
        code, name, basis, sub_item = (*line, "")[:4]
        basis = {"+": GOOD, "-": ""}.get(basis, basis)
        cells = [str(number), *([code] if coded else []), name, *([sub_item] if with_sub_items else [])]
        table.append([*cells, "行政许可", basis, "政策法规股"])
    draw(path, (Sheet((Text("行政职权目录", "title"), grid(table))),))
