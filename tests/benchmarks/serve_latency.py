"""From a file in INBOX to its findings in the published warehouse, with ``zhiquan serve`` running.

``python -m tests.benchmarks.serve_latency [--repeat N] [--rows N]``. Each time another unit hands in a workbook of 50
rows; the clock runs from the last byte of the file to the first answer of the warehouse that has its findings, the
seconds for which a file must stand still among it. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.benchmarks.catalogue import draw_workbook

_GIVEN_UP = 600.0


def main() -> None:
    """Print the seconds of each file, their median, and how long serve took to start and to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--rows", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), options.repeat, options.rows)


def measure(folder: Path, repeat: int, rows: int) -> None:
    """Serve an empty INBOX and hand in one file after the other."""
    inbox, workspace, log = folder / "inbox", folder / "data", folder / "log"
    inbox.mkdir()
    draw_workbook(folder / "职权目录.xlsx", rows)
    begun = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "serve", str(inbox), "--workspace", str(workspace)],
            stdout=stream, stderr=stream,
        )  # fmt: skip
    try:
        _wait(lambda: str(inbox) in log.read_text("utf-8"), log)
        print(f"start        {time.perf_counter() - begun:6.1f} s")
        took = [_one(folder, inbox, workspace, log, f"第{number}局") for number in range(1, repeat + 1)]
    finally:
        begun = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait()
    print(f"stop         {time.perf_counter() - begun:6.1f} s")
    print(f"median       {statistics.median(took):6.1f} s ({rows} rows, load {os.getloadavg()[0]:.1f})")


def _one(folder: Path, inbox: Path, workspace: Path, log: Path, unit: str) -> float:
    (inbox / unit).mkdir()
    shutil.copyfile(folder / "职权目录.xlsx", inbox / unit / "职权目录.xlsx")
    begun = time.perf_counter()
    _wait(lambda: _findings(workspace, unit) > 0, log)
    took = time.perf_counter() - begun
    print(f"{unit}        {took:6.1f} s, {_findings(workspace, unit)} findings")
    return took


def _findings(workspace: Path, unit: str) -> int:
    if not (workspace / "warehouse.duckdb").exists():
        return 0
    with duckdb.connect(str(workspace / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT count(*) FROM 问题清单 WHERE 单位 = ?", [unit]).fetchall()
    return int(rows[0][0])


def _wait(holds: object, log: Path) -> None:
    given_up = time.perf_counter() + _GIVEN_UP
    while not (callable(holds) and holds()):
        if time.perf_counter() > given_up:
            raise SystemExit(log.read_text("utf-8"))
        time.sleep(0.05)


if __name__ == "__main__":
    main()
