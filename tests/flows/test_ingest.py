"""The flow as the console runs it: a process of its own, with its own Prefect API, watched from outside."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.workspace import Workspace
from tests.pipeline.submissions import catalogue, everything, risks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
UNITS = ("云溪县文化局", "云溪县水利局", "云溪县林业局")
PATIENCE = 120.0  # seconds; how slow a machine may be before a hang is called a hang


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given") / "inbox"
    for number, unit in enumerate(UNITS):
        catalogue(folder / unit / "职权目录.xlsx", [(f"A{number}", "营业性演出审批", "行政许可")])
        risks(folder / unit / "风险点.docx", [("股长", "审批不公")])
    return folder


@pytest.fixture(scope="module")
def undisturbed(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace after one run that nobody disturbed."""
    place = Workspace(tmp_path_factory.mktemp("held") / "data")
    ended = finished(started(inbox, place))
    assert (ended.returncode, ended.stderr) == (0, "")
    return place


def started(inbox: Path, place: Workspace, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", str(inbox), "--as-of", "2026-03-01", "--json"],
        cwd=ROOT,
        env={**os.environ, "ZHIQUAN_WORKSPACE": str(place.root), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def until(holds: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < given_up
        time.sleep(0.02)


def recorded(place: Workspace, sql: str) -> list[tuple[Any, ...]]:
    """What Prefect keeps in the workspace; nothing while it has made no table yet."""
    database = place.state / "prefect" / "prefect.db"
    if not database.exists():
        return []
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def alive_in_session(leader: int) -> list[str]:
    """Processes that a run left behind."""
    listed = subprocess.run(["ps", "-eo", "sess=,stat=,args="], capture_output=True, text=True, check=True).stdout
    fields = [line.split(None, 2) for line in listed.splitlines()]
    return [args for session, state, args in fields if session == str(leader) and not state.startswith("Z")]


def test_a_run_is_recorded_with_tasks_and_artifacts(undisturbed: Workspace) -> None:
    assert [state for (state,) in recorded(undisturbed, "SELECT state_type FROM flow_run")] == ["COMPLETED"]
    tasks = recorded(undisturbed, "SELECT name, state_type FROM task_run")
    wanted = [f"{what} {unit}" for what in ("read", "load") for unit in UNITS]
    assert sorted(tasks) == sorted((name, "COMPLETED") for name in [*wanted, "publish", "report"])
    artifacts = {key: json.loads(data) for key, data in recorded(undisturbed, "SELECT key, data FROM artifact")}
    assert set(artifacts) == {"files", "findings"}
    assert [row["单位"] for row in json.loads(artifacts["files"])] == sorted(2 * UNITS)
    assert artifacts["findings"].count("| M") > 0
    assert "营业性演出审批" not in str(artifacts)  # the text of no cell


def test_a_run_without_changes_starts_no_flow(inbox: Path, undisturbed: Workspace) -> None:
    before = recorded(undisturbed, "SELECT count(*) FROM flow_run")
    ended = finished(started(inbox, undisturbed))
    told = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr, told["运行"]["有变化"], told["运行"]["未变文件数"]) == (0, "", False, 6)
    assert recorded(undisturbed, "SELECT count(*) FROM flow_run") == before


@pytest.mark.skipif(os.name != "posix", reason="signals and ps")
def test_killed_in_the_middle_and_run_again(inbox: Path, undisturbed: Workspace, tmp_path: Path) -> None:
    place = Workspace(tmp_path / "data")
    process = started(inbox, place)
    until(lambda: bool(recorded(place, "SELECT 1 FROM task_run")) or process.poll() is not None)
    process.kill()
    process.communicate(timeout=PATIENCE)
    until(lambda: alive_in_session(process.pid) == [])
    again = finished(started(inbox, place))
    assert (again.returncode, again.stderr) == (0, "")
    assert everything(place.root) == everything(undisturbed.root)
    states = recorded(place, "SELECT state_type FROM flow_run UNION SELECT state_type FROM task_run")
    assert {state for (state,) in states} <= {"CRASHED", "COMPLETED"}


@pytest.mark.skipif(os.name != "posix", reason="signals and ps")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_politely(inbox: Path, tmp_path: Path, number: signal.Signals) -> None:
    place = Workspace(tmp_path / "data")
    process = started(inbox, place)
    until(lambda: bool(recorded(place, "SELECT 1 FROM flow_run WHERE state_type = 'RUNNING'")))
    process.send_signal(number)
    ended = finished(process)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert len(ended.stderr.splitlines()) == 1
    assert alive_in_session(process.pid) == []


def test_a_server_that_does_not_answer_stops_nothing(inbox: Path, undisturbed: Workspace, tmp_path: Path) -> None:
    place = Workspace(tmp_path / "data")
    ended = finished(started(inbox, place, PREFECT_API_URL="http://127.0.0.1:9/api"))
    assert ended.returncode == 0 and len(ended.stderr.splitlines()) == 1
    assert everything(place.root) == everything(undisturbed.root)
    assert recorded(place, "SELECT 1 FROM flow_run") == []


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the addresses")
def test_nobody_outside_this_machine_is_asked(inbox: Path, tmp_path: Path) -> None:
    """Every connection that the run opens is to the loopback address, and none is a look-up of a name."""
    watch = (
        "import sys\n"
        "asked = []\n"
        "def note(event, facts):\n"
        "    if event in ('socket.connect', 'socket.sendto'):\n"
        "        asked.append(facts[1])\n"
        "    elif event in ('socket.getaddrinfo', 'socket.gethostbyname'):\n"
        "        asked.append((facts[0],))\n"
        "sys.addaudithook(note)\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        from flows.cli import main\n"
        "        main()\n"
        "    finally:\n"
        "        outside = {a[0] for a in asked if isinstance(a, tuple)} - {'127.0.0.1', b'127.0.0.1'}\n"
        "        sys.stderr.write(f'{len(asked) > 0} {sorted(map(str, outside))}')\n"
    )
    script = tmp_path / "watched.py"
    script.write_text(watch)
    ran = subprocess.run(
        [sys.executable, str(script), "run", str(inbox), "--workspace", str(tmp_path / "data"), "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "http_proxy": "http://127.0.0.1:9",
            "ALL_PROXY": "http://127.0.0.1:9",
        },
    )
    assert (ran.returncode, ran.stderr) == (0, "True []")
