"""``zhiquan serve`` as an office runs it: a process of its own, with its Prefect server, watched from outside."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.workspace import Workspace
from tests.pipeline.submissions import catalogue, risks, rows

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the processes")]
ROOT = Path(__file__).parents[2]
UNIT, OTHER = "云溪县文化局", "云溪县水利局"
PATIENCE = 180.0  # seconds; how slow a machine may be before a hang is called a hang
SETTINGS = """
inbox = "../inbox"
time_zone = "Asia/Shanghai"
[watch]
still_seconds = 1
[schedules]
sweep = "0 4 1 1 *"
reverify = "30 2 * * *"
weekly = "0 8 * * 1"
"""


class Served:
    """A workspace with its INBOX, and the processes of ``zhiquan serve`` on it."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.place = folder / "inbox", Workspace(folder / "data")
        self.inbox.mkdir()
        self.place.root.mkdir()
        self.place.settings.write_text(SETTINGS, "utf-8")
        self.log = folder / "log"
        self.outside: set[str] = set()

    def start(self) -> subprocess.Popen[bytes]:
        """Start serve; back when it watches."""
        environment = {**os.environ, "ZHIQUAN_WORKSPACE": str(self.place.root)}
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.until(lambda: str(self.inbox) in self.told() or process.poll() is not None)
        assert process.poll() is None, self.told()
        return process

    def told(self) -> str:
        return self.log.read_text("utf-8").replace("/data/../inbox", "/inbox")

    def until(self, holds: Callable[[], bool]) -> None:
        given_up = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < given_up, self.told()
            self.outside |= foreign_addresses(self.processes())
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Every process that serve, or something that it started, is still alive as."""
        mark = f"ZHIQUAN_WORKSPACE={self.place.root}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() and "Z" not in (folder / "stat").read_text().split()[2]:
                    found.append(int(folder.name))
            except OSError:  # it has ended meanwhile
                continue
        return found

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The published warehouse; nothing while there is none."""
        try:
            return rows(self.place.root, sql)
        except duckdb.Error:
            return []

    def recorded(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"{(self.place.state / 'prefect' / 'prefect.db').as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """The Prefect API, as its page asks it."""
        address, password = json.loads((self.place.state / "prefect" / "server.json").read_bytes())
        request = urllib.request.Request(f"{address}{path}", json.dumps(body).encode())
        request.add_header("Authorization", f"Basic {base64.b64encode(password.encode()).decode()}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


def foreign_addresses(processes: list[int]) -> set[str]:
    """Remote addresses, beside the loopback one, to which these processes have a socket now."""
    sockets = {}
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            sockets[fields[9]] = fields[2].partition(":")[0]
    found = set()
    for process in processes:
        try:
            links = [str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir()]
        except OSError:
            continue
        inodes = (match[1] for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link)))
        found |= {sockets[inode] for inode in inodes if inode in sockets}
    return {address for address in found if address.strip("0") and not address.endswith("7F")} - {"0100007F"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    office = Served(tmp_path_factory.mktemp("office"))
    yield office
    for process in office.processes():
        os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def serving(served: Served) -> subprocess.Popen[bytes]:
    return served.start()


def test_what_arrives_is_taken_in_and_what_comes_meanwhile_is_not_lost(
    served: Served, serving: subprocess.Popen[bytes]
) -> None:
    (served.inbox / UNIT).mkdir()
    (served.inbox / UNIT / "~$职权目录.xlsx").write_bytes(b"\x05lock")
    (served.inbox / UNIT / "下载.docx.crdownload").write_bytes(b"PK\x03\x04 half")
    catalogue(served.inbox / UNIT / "职权目录.xlsx", [("A1", "演出审批", "行政许可")])
    served.until(lambda: served.recorded("SELECT 1 FROM task_run WHERE name LIKE 'read %'") != [])
    risks(served.inbox / UNIT / "风险点.docx", [("股长", "审批不公")])
    served.until(lambda: served.ask("SELECT 文件数, 职权数, 风险点数 FROM 报送情况") == [(2, 1, 1)])
    assert served.ask("SELECT count(*) > 0 FROM 问题清单") == [(True,)]
    served.until(lambda: (served.place.reports / UNIT / "问题清单.xlsx").exists())
    assert "下载" not in str(served.ask("SELECT 文件名 FROM 来源文件"))


def test_schedules_are_visible_and_a_due_run_is_done(served: Served, serving: subprocess.Popen[bytes]) -> None:
    assert served.recorded("SELECT d.name, f.name FROM deployment d JOIN flow f ON f.id = d.flow_id ORDER BY 1") == [
        ("夜间复核", "ingest"), ("定时接收", "ingest"), ("每周通报", "weekly"),
    ]  # fmt: skip
    assert {json.loads(schedule)["timezone"] for (schedule,) in served.recorded(
        "SELECT schedule FROM deployment_schedule")} == {"Asia/Shanghai"}  # fmt: skip
    planned = "SELECT count(DISTINCT deployment_id) FROM flow_run WHERE state_type = 'SCHEDULED'"
    served.until(lambda: served.recorded(planned) == [(3,)])
    for deployment in served.call("/deployments/filter", {}):  # as the button of the page does
        served.call(f"/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})
    done = "SELECT count(*) FROM flow_run WHERE deployment_id IS NOT NULL AND state_type = 'COMPLETED'"
    served.until(lambda: served.recorded(done) == [(3,)])
    assert list((served.place.reports / "每周通报").glob("*.xlsx"))
    assert {key for (key,) in served.recorded("SELECT key FROM artifact")} == {"files", "findings", "late"}


def test_a_second_one_is_refused_and_a_run_finds_the_server(served: Served, serving: subprocess.Popen[bytes]) -> None:
    def zhiquan(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", *words, "--workspace", str(served.place.root)],
            cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    second = zhiquan("serve")
    assert (second.returncode, second.stdout) == (4, "") and re.search("[一-龥]{2}", second.stderr)
    before = served.recorded("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'")
    assert zhiquan("run", str(served.inbox), "--as-of", "2026-03-01").returncode == 0
    after = served.recorded("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'")
    assert after == [(before[0][0] + 1,)]


def test_killed_it_leaves_no_process_and_the_next_one_goes_on_and_stops_politely(
    served: Served, serving: subprocess.Popen[bytes]
) -> None:
    catalogue(served.inbox / OTHER / "职权目录.docx", [("B1", "取水许可", "行政许可")])
    served.until(lambda: served.recorded("SELECT 1 FROM flow_run WHERE state_type = 'RUNNING'") != [])
    serving.kill()
    serving.wait()
    served.until(lambda: served.processes() == [])
    again = served.start()
    served.until(lambda: served.ask(f"SELECT 职权数 FROM 报送情况 WHERE 单位 = '{OTHER}'") == [(1,)])
    states = served.recorded("SELECT DISTINCT state_type FROM flow_run UNION SELECT DISTINCT state_type FROM task_run")
    served.until(lambda: served.recorded("SELECT 1 FROM flow_run WHERE state_type IN ('RUNNING', 'PENDING')") == [])
    assert ("CRASHED",) in states
    again.send_signal(signal.SIGTERM)
    assert again.wait(PATIENCE) == 0
    served.until(lambda: served.processes() == [])  # what ends with its parent may need a moment
    assert not (served.place.state / "prefect" / "server.json").exists()
    assert "Traceback" not in served.told()
    assert served.outside == set()
