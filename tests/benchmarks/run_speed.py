"""Wall time of ``zhiquan run`` on the examples: the first run, and runs in which nothing changed.

``python -m tests.benchmarks.run_speed [--repeat N] [--inbox DIR]``. Each first run has a workspace of its own; the
command line is started as a user starts it, so that imports, workers and the flow's server count. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

INBOX = Path(__file__).parent.parent.parent / "examples" / "inbox"
ZHIQUAN = Path(sysconfig.get_path("scripts")) / "zhiquan"
TAKEN_IN = (0, 3)  # 3: the examples hold a damaged file, which goes to quarantine


def seconds(workspace: Path, *arguments: str) -> float:
    environment = {**os.environ, "ZHIQUAN_WORKSPACE": str(workspace)}
    started = time.perf_counter()
    done = subprocess.run([str(ZHIQUAN), *arguments], env=environment, capture_output=True, text=True)
    took = time.perf_counter() - started
    if done.returncode not in TAKEN_IN:
        sys.exit(f"zhiquan {' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    return took


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--inbox", type=Path, default=INBOX)
    options = parser.parse_args(arguments)
    first: list[float] = []
    again: list[float] = []
    status: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.repeat):
            workspace = Path(folder) / str(turn)
            first.append(seconds(workspace, "run", str(options.inbox)))
            again.append(seconds(workspace, "run", str(options.inbox)))
            status.append(seconds(workspace, "status"))
    for what, times in (("first run", first), ("run without changes", again), ("status", status)):
        print(f"{what:20} {statistics.median(times):6.2f} s   ({', '.join(f'{each:.2f}' for each in times)})")


if __name__ == "__main__":
    main()
