"""At each round the views say exactly what was planted, nothing more; earlier states and a rebuild say it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.intake.rebuild import rebuild
from pipeline.warehouse.readonly_sql import open_readonly
from pipeline.workspace import Workspace
from tests.pipeline.submissions import Here, everything
from tests.season.season import DAYS, Season, expected, scripts

# Of the units and not of their submissions; the files' rows also tell how long reading took.
_OF_NO_VERSION = ("单位", "报送情况", "来源文件")


def compared(season: Season, number: int, *, decided: bool) -> None:
    when = f"round {number + 1}{' decided' if decided else ''}"
    wrong: list[str] = []
    views = season.said()
    assert views.keys() <= {script.unit for script in scripts()}
    for script in scripts():
        told, said = expected(script, number, decided=decided), views[script.unit]
        for what in told:
            if told[what] is not None and told[what] != said[what]:
                wrong.append(f"{script.unit}, {when}, {what}:\n    told {told[what]}\n    said {said[what]}")
    assert not wrong, "\n" + "\n".join(wrong)


def earlier(workspace: Path, number: int) -> dict[str, list[tuple[Any, ...]]]:
    """What the published warehouse says now of the state after a round and its decisions."""
    moment = DAYS[number + 1].replace(hour=0)
    connection = open_readonly(Workspace(workspace), as_of_load=moment)
    try:
        return everything(workspace, connection)
    finally:
        connection.close()


def test_the_views_say_what_was_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    season = Season(tmp_path, monkeypatch)
    units = scripts()
    assert len(units) == 12
    held: list[dict[str, list[tuple[Any, ...]]]] = []
    for number in range(3):
        season.hand_in(number, units)
        compared(season, number, decided=False)
        season.decide(number, units)
        compared(season, number, decided=True)
        held.append(everything(season.workspace))
    for number in range(2):
        again = earlier(season.workspace, number)
        assert {view: again[view] for view in again if view not in _OF_NO_VERSION} == {
            view: held[number][view] for view in again if view not in _OF_NO_VERSION
        }
    (season.workspace / "state" / "master.duckdb").unlink()
    rebuild(season.workspace, jobs=1, sandbox=lambda jobs: Here())
    compared(season, 2, decided=True)
    again = everything(season.workspace)
    assert {view: set(again[view]) ^ set(held[2][view]) for view in again if again[view] != held[2][view]} == {}
