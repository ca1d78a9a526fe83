"""A Prefect server of our own for ``zhiquan serve``: a process on the loopback address, with its data in the workspace.

In: the workspace's folder for Prefect, a port (0 for a free one), a password. Out: its address, as a context; the page
with runs, artifacts and schedules is at the same address without ``/api``. Refuses, as :class:`~flows.server.NoServer`,
a port that is taken and a server that does not come up.

The process ends with ours, however that ends: its standard input is a pipe from us, and on Linux the kernel kills it.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractors.parent_death import die_with
from flows.server import START_SECONDS, NoServer, ask, local_environment, running_server

STOP_SECONDS = 2.0
_PASSWORD = "password"
# What the page shows is asked of the server that it came from.
_PAGE = {"PREFECT_UI_ENABLED": "true", "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false"}
# A schedule that was changed is looked at within seconds, and nothing is deleted that an office may want to see.
_SERVICES = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "20",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",  # a run that waits for the writer's lock is not late
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}


def password_of(home: Path) -> str:
    """The password for the page of a workspace, made at the first use; only its owner may read it. Raises OSError."""
    file = home / _PASSWORD
    try:
        return file.read_text("ascii").strip()
    except FileNotFoundError:
        made = f"zhiquan:{secrets.token_urlsafe(9)}"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(made)
        return made


@contextmanager
def own_server(home: Path, port: int, password: str) -> Iterator[str]:
    """The address of a server for as long as the context lasts. The environment is prepared (flows/quiet.py)."""
    port = port or _free_port()
    address = f"http://127.0.0.1:{port}/api"
    with local_environment(address, password):
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.own_server", str(port), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={
                **os.environ,
                **_PAGE,
                "PREFECT_UI_STATIC_DIRECTORY": str(home / "page"),
                **_SERVICES,
                "PYTHONPATH": _modules(),
            },
            start_new_session=True,  # Ctrl-C is ours to answer: what is told to it last must arrive
        )
        try:
            _wait_for(process, address)
            with running_server(home, address, password):
                yield address
        finally:
            _stop(process)


def _modules() -> str:
    """Where the child finds the modules that we were started from."""
    return os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    given_up = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None:
            raise NoServer(f"{address}: the server ended with status {process.returncode}")
        try:
            ask(address)
            return
        except NoServer:
            if time.monotonic() > given_up:
                raise
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _serve(port: int, parent: int) -> None:
    """The server process itself."""
    die_with(parent)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    settings = uvicorn.Config(
        create_app(final=True), host="127.0.0.1", port=port, log_level="critical", access_log=False, log_config=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(settings).run()


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        """Nothing is ever written: only the end of the pipe says something."""
    os._exit(1)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
