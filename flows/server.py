"""The Prefect API that a run talks to: the one that the user named, else that of ``zhiquan serve``, else one inside
this very process.

In: the folder for what Prefect keeps. Out: its address, as a context. Refuses, as :class:`NoServer`: a server that
does not answer or does not come up in time, and a second one in the same process (Prefect reads its settings once).

Prefect itself would start a second process, which outlives a kill -9 and takes its imports a second time. A thread
dies with the process however that ends, and is up in half the time.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.quiet import API_URL, given_server, prepare_environment
from pipeline.workspace import replace_file

START_SECONDS = 120.0  # the first start makes a database: 5 s on a slow disk, 12 s on a busy machine
ANSWER_SECONDS = 5.0
_STOP_SECONDS = 10.0
AUTH = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")
_RUNNING = "server.json"
_NO_PROXY = ("NO_PROXY", "no_proxy")


class NoServer(Exception):
    """There is no Prefect API to talk to; the work can be done without."""


@contextmanager
def prefect_api(home: Path) -> Iterator[str]:
    """The address of a Prefect API, for as long as the context lasts. Raises NoServer on entering."""
    try:
        prepare_environment(home)
    except OSError as error:
        raise NoServer(f"{home}: {error.strerror}") from error
    if address := given_server():
        ask(address)
        yield address
        return
    if found := _server_of(home):
        with local_environment(*found):
            yield found[0]
        return
    with _server_in_this_process() as address:
        yield address


@contextmanager
def running_server(home: Path, address: str, password: str) -> Iterator[None]:
    """Let other processes of this user find a server that runs for the workspace. Raises OSError."""
    file = home / _RUNNING
    replace_file(file, json.dumps([address, password]).encode())  # for its owner only, as every new file of tempfile
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _server_of(home: Path) -> tuple[str, str] | None:
    """Address and password of the server that runs for the workspace, None where none answers."""
    try:
        address, password = json.loads((home / _RUNNING).read_bytes())
        ask(address)
    except (OSError, ValueError, NoServer):  # none, half-written, or one that was killed
        return None
    return str(address), str(password)


def ask(address: str) -> None:
    """Whether a server answers; whatever it says, as long as it speaks."""
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/health", timeout=ANSWER_SECONDS):
            return
    except urllib.error.HTTPError:
        return  # it wants to know who asks, which the client will tell
    except (OSError, ValueError) as error:
        raise NoServer(str(getattr(error, "reason", error))) from error


@contextmanager
def _server_in_this_process() -> Iterator[str]:
    """A server on a free port of this machine that only this process has the password of."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        with local_environment(address, f"zhiquan:{secrets.token_urlsafe(16)}"), _serving(listening):
            yield address
    finally:
        listening.close()


@contextmanager
def local_environment(address: str, password: str) -> Iterator[None]:
    """The variables by which Prefect talks to a server of ours on this machine, for as long as the context lasts."""
    before = {name: os.environ.get(name) for name in (API_URL, *AUTH, *_NO_PROXY)}
    os.environ[API_URL] = address
    for name in _NO_PROXY:  # an office's proxy must not be asked for this machine
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
    os.environ.update(dict.fromkeys(AUTH, password))
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def _serving(listening: socket.socket) -> Iterator[None]:
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    if get_current_settings().api.url != os.environ[API_URL]:
        raise NoServer("Prefect was set up for another server earlier in this process")
    settings = uvicorn.Config(
        create_app(ephemeral=True), log_level="error", lifespan="on", access_log=False, log_config=None
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="prefect-api", daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield
        say_all_events()
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS if server.started else 0)  # one that is starting listens to nobody


def _wait_for(server: object, thread: threading.Thread) -> None:
    given_up = time.monotonic() + START_SECONDS
    while not getattr(server, "started", False):
        if not thread.is_alive():
            raise NoServer("the server ended while it started")
        if time.monotonic() > given_up:
            raise NoServer(f"no server after {START_SECONDS:g} s")
        time.sleep(0.02)


def say_all_events(seconds: float = _STOP_SECONDS) -> None:
    """Wait for what Prefect still has to tell its server; later there is nobody to tell it to."""
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=seconds, at_exit=False)


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
