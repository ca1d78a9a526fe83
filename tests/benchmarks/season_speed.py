"""What one changed unit costs in a warehouse of many, against the same unit alone in an empty one.

``python -m tests.benchmarks.season_speed [--units N] [--repeat N]``. The many are 100 powers and 75 risk points each,
loaded as a run loads them from one reading under other names. By turns the same unit hands in a changed catalogue and
register to both warehouses; reading and loading are timed, publishing apart (it copies the whole database). Then
decisions are timed: one that is joined and published, and one that loads versions of the unit again. Nothing is
asserted. Aim: 1.5.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.intake.deciding import Request, decide
from pipeline.intake.ledger import UnitState
from pipeline.intake.run import counts_of
from pipeline.intake.supersede import Standing, supersede
from pipeline.intake.taking_in import Intake, open_intake
from pipeline.intake.versions import Version
from pipeline.record import FileReading, Record
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.staging import HandIn
from tests.benchmarks.catalogue import catalogue_rows
from tests.builders import Sheet, Text, draw, grid
from tests.pipeline.submissions import AS_OF, Here, rows

POWERS, RISKS = 100, 75
UNIT = "云溪县水利局"


def draw_unit(folder: Path, turn: int) -> None:
    """A catalogue and a register of risks, of which every tenth row changes with the turn."""
    folder.mkdir(parents=True, exist_ok=True)
    head, *lines = catalogue_rows(POWERS)
    powers = [[*line[:6], f"股长{turn}" if n % 10 == 0 else line[6], *line[7:]] for n, line in enumerate(lines)]
    draw(folder / "职权目录.xlsx", (Sheet((Text("行政职权目录", "title"), grid([head, *powers]))),))
    points = [["序号", "岗位", "风险点", "风险等级", "防控措施", "责任人"]]
    for n in range(RISKS):
        measure = f"第{turn}版措施{n}" if n % 10 == 0 else f"双人办理第{n}类事项，影像存档"
        points.append([str(n + 1), "股长", f"{lines[n][2]}把关不严", "一级", measure, "股长"])
    draw(folder / "廉政风险点.xlsx", (Sheet((Text("内设部门廉政风险防控登记表", "title"), grid(points))),))


def fill(workspace: Path, inbox: Path, units: int) -> None:
    """Load many units, from one reading under other names."""
    words = load_vocabulary()
    files = [read_file(SubmittedFile(path, path.name), words) for path in sorted((inbox / UNIT).iterdir())]
    moment = dt.datetime(2026, 2, 1, 9)
    with open_intake(inbox, workspace, as_of=AS_OF, jobs=1, sandbox=lambda jobs: Here()) as intake:
        for number in range(units):
            unit = f"第{number:03}单位"
            readings = tuple(_renamed(each, number) for each in files)
            standing = supersede(Standing(), readings)
            hand_in = HandIn(1, intake.run_id, moment, moment, AS_OF, "默认批次")
            loaded = intake._versions().load(Version(unit, Standing(), standing, readings, hand_in))
            state = UnitState("", standing, counts_of(loaded.result, readings))
            intake._ledger.keep_unit(unit, state, hand_in.to_json(), loaded.items)
        if units:
            intake.publish()


def _renamed(reading: FileReading, number: int) -> FileReading:
    def other(record: Record) -> Record:
        fields = tuple(
            replace(each, text=f"{each.text}{number}", raw=f"{each.raw}{number}")
            if each.name in ("code", "name", "risk_point")
            else each
            for each in record.fields
        )
        return replace(record, fields=fields)

    sha256 = f"{number:04}{reading.sha256[4:]}"
    return replace(reading, sha256=sha256, records=tuple(other(record) for record in reading.records))


def hand_in(workspace: Path, inbox: Path) -> tuple[float, float]:
    """Seconds to take the unit in, and to publish."""
    with open_intake(inbox, workspace, as_of=AS_OF, jobs=1, sandbox=lambda jobs: Here()) as intake:
        started = time.perf_counter()
        _load(intake)
        loaded = time.perf_counter()
        intake.publish()
        return loaded - started, time.perf_counter() - loaded


def _load(intake: Intake) -> None:
    intake.read_all()
    for files in intake.stale_units():
        intake.load(files)
    intake.close()  # what the transaction wrote is on the disk


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = folder / "inbox"
        draw_unit(inbox / UNIT, 0)
        sizes = {"alone": 0, "among many": options.units}
        for place, units in sizes.items():
            started = time.perf_counter()
            fill(folder / place, inbox, units)
            hand_in(folder / place, inbox)
            print(f"{place}: filled in {time.perf_counter() - started:.1f} s")
        taken: dict[str, list[tuple[float, float]]] = {place: [] for place in sizes}
        for turn in range(1, options.repeat + 1):
            draw_unit(inbox / UNIT, turn)
            for place in sizes:
                taken[place].append(hand_in(folder / place, inbox))
        for place, times in taken.items():
            loads, copies = zip(*times, strict=True)
            size = (folder / place / "warehouse.duckdb").stat().st_size / 2**20
            print(
                f"{place:12} take in {statistics.median(loads):6.2f} s   publish {statistics.median(copies):6.2f} s"
                f"   warehouse {size:.0f} MiB"
            )
        alone, many = (statistics.median(load for load, _ in taken[place]) for place in sizes)
        print(f"ratio {many / alone:.2f} (aim 1.5)")
        _time_decisions(folder / "among many")


def _time_decisions(workspace: Path) -> None:
    ((finding,),) = rows(workspace, f"SELECT min(问题键) FROM 问题清单 WHERE 单位 = '{UNIT}' AND 状态 = '待整改'")
    ((power,),) = rows(workspace, f"SELECT min(职权键) FROM 职权目录 WHERE 单位 = '{UNIT}'")
    wishes = {"a finding waived": Request(finding, "豁免", "理由"), "a power withdrawn": Request(power, "撤回", "理由")}
    for what, request in wishes.items():
        started = time.perf_counter()
        outcome = decide(workspace, [request], "审核人", sandbox=lambda jobs: Here())
        print(f"{what}: {time.perf_counter() - started:.2f} s {'' if outcome.published else '(not published)'}")
    started = time.perf_counter()
    rows(workspace, "SELECT * FROM 问题清单")
    print(f"SELECT * FROM 问题清单: {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    rows(workspace, "SELECT * FROM 职权目录")
    print(f"SELECT * FROM 职权目录: {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    rows(workspace, "SELECT * FROM 报送情况")
    print(f"SELECT * FROM 报送情况: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
