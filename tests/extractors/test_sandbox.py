import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from extractors import sandbox as sandbox_module
from extractors.errors import Damaged, Encrypted, OutOfMemory, TimedOut, Unreadable, WorkerDied
from extractors.sandbox import Sandbox, WorkerNotStarted

linux = pytest.mark.skipif(sys.platform != "linux", reason="these limits hold on Linux")


def square(number: int) -> int:
    return number * number


def hang_in_c(_: int = 0) -> None:
    re.match(r"(a+)+$", "a" * 80 + "b")


def hog() -> None:
    held = []
    while True:
        held.append(bytearray(32 << 20))


def hog_behind_a_library() -> None:
    try:
        hog()
    except MemoryError as error:
        raise Damaged("not well-formed") from error


def exit_hard() -> None:
    os._exit(7)


def segfault() -> None:
    ctypes.string_at(0)


def die_by_signal(number: int) -> None:
    os.kill(os.getpid(), number)


def leave() -> None:
    sys.exit(0)


def refuse() -> None:
    raise Encrypted("asks for a password", hint="x")


class TwoArguments(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


def raise_unpicklable() -> None:
    raise TwoArguments("王某某", "b")


def worker(_: int = 0) -> int:
    return os.getpid()


def limits() -> tuple[tuple[int, int], tuple[int, int], int]:
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_FSIZE), os.nice(0)


def read_and_write_streams() -> str:
    print("from Python")
    os.write(1, b"from C\n")
    return sys.stdin.read() + os.read(0, 10).decode()


_prepared: list[int] = []


def prepare() -> None:
    _prepared.append(os.getpid())


def prepared_here(_: int) -> list[int]:
    return _prepared


def fail_to_prepare() -> None:
    raise ValueError("vocab/grades.csv:3")


def die_before_work() -> None:
    os._exit(9)


@pytest.fixture
def box():
    with Sandbox(jobs=2, seconds=60, megabytes=400) as running:
        yield running


def test_value_comes_back_and_what_the_function_raises_passes_through(box):
    assert [f.result() for f in [box.submit(square, n) for n in range(20)]] == [n * n for n in range(20)]
    with pytest.raises(Encrypted) as caught:
        box.submit(refuse).result()
    assert caught.value.facts == {"hint": "x"}


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        pytest.param(hog, (), OutOfMemory, marks=linux),
        pytest.param(hog_behind_a_library, (), OutOfMemory, marks=linux),
        pytest.param(die_by_signal, (9,), OutOfMemory, marks=linux),  # as the kernel does when memory runs out
        (exit_hard, (), WorkerDied),
        (segfault, (), WorkerDied),
        pytest.param(die_by_signal, (15,), WorkerDied, marks=linux),
        (leave, (), WorkerDied),
    ],
)
def test_death_of_a_worker_is_the_files_reason_and_its_neighbours_live(box, function, args, expected):
    before = [box.submit(square, n) for n in range(3)]
    doomed = box.submit(function, *args)
    after = [box.submit(square, n) for n in range(3)]
    assert [f.result() for f in before + after] == [0, 1, 4, 0, 1, 4]
    with pytest.raises(expected) as caught:
        doomed.result()
    assert type(caught.value) is expected and isinstance(caught.value, Unreadable)
    assert box.submit(square, 5).result() == 25


def test_hang_is_ended_and_its_neighbours_live():
    with Sandbox(jobs=2, seconds=2.6, megabytes=400) as box:
        hung = box.submit(hang_in_c)
        assert [box.submit(square, n).result() for n in range(3)] == [0, 1, 4]
        with pytest.raises(TimedOut) as caught:
            hung.result()
        assert caught.value.facts == {"seconds": 3}
        assert box.submit(square, 5).result() == 25


def test_exception_that_cannot_be_carried_over_is_named_without_its_words(box):
    with pytest.raises(RuntimeError, match="TwoArguments") as caught:
        box.submit(raise_unpicklable).result()
    assert "raise_unpicklable" in caught.value.__notes__[0]
    assert "王" not in f"{caught.value}{caught.value.__notes__}"
    assert box.submit(square, 2).result() == 4


def test_argument_that_cannot_be_pickled_fails_alone(box):
    with pytest.raises((AttributeError, TypeError)):
        box.submit(lambda: 1).result()
    assert box.submit(square, 2).result() == 4


def test_idle_worker_that_is_killed_costs_no_task():
    with Sandbox(jobs=1, seconds=20, megabytes=400) as box:
        os.kill(box.submit(worker).result(), signal.SIGTERM)
        assert [box.submit(square, n).result() for n in range(3)] == [0, 1, 4]


def as_long_again(number: int) -> float:
    if number < 0:
        raise ValueError("cannot be told")
    return 10.0 * number


@pytest.mark.parametrize(("number", "seconds"), [(3, 60.0), (-3, 30.0)])
def test_a_task_may_take_longer_by_what_patience_says(monkeypatch, number, seconds):
    allowed = []
    outcome = sandbox_module._Lane._outcome

    def noted(lane, payload, limit):
        allowed.append(limit)
        return outcome(lane, payload, limit)

    monkeypatch.setattr(sandbox_module._Lane, "_outcome", noted)
    with Sandbox(1, 30.0, 400, patience=as_long_again) as box:
        assert box.submit(square, number).result() == 9
    assert allowed == [30.0, seconds]


def test_worker_is_started_for_work_only_kept_and_replaced_in_time(monkeypatch):
    monkeypatch.setattr(sandbox_module, "RECYCLE_AFTER", 3)
    with Sandbox(jobs=4, seconds=20, megabytes=400) as box:
        assert not any(lane._pool for lane in box._lanes)
        workers = [box.submit(worker).result() for _ in range(6)]
    assert workers == [workers[0]] * 3 + [workers[3]] * 3 and workers[0] != workers[3]


def test_prepare_runs_once_a_worker():
    with Sandbox(jobs=1, seconds=20, megabytes=400, prepare=prepare) as box:
        pid = box.submit(worker).result()
        assert [box.submit(prepared_here, n).result() for n in range(3)] == [[pid]] * 3


@pytest.mark.parametrize(("wrong", "words"), [(fail_to_prepare, "grades.csv:3"), (die_before_work, "before they take")])
def test_failure_to_prepare_is_our_fault_and_blames_no_file(wrong, words):
    with Sandbox(jobs=1, seconds=20, megabytes=400, prepare=wrong) as box, pytest.raises(WorkerNotStarted, match=words):
        box.submit(square, 1).result()


@linux
def test_limits_of_a_worker(box):
    core, written, niceness = box.submit(limits).result()
    assert core == (0, 0)
    assert written[0] == sandbox_module.MAX_WRITTEN_MEGABYTES << 20
    assert niceness > os.nice(0) or niceness == 19


def test_worker_reads_no_input_and_prints_nothing_to_standard_output(capfd, box):
    assert box.submit(read_and_write_streams).result() == ""
    box.submit(square, 1).result()
    assert capfd.readouterr().out == ""


def write_and_hang(told: str) -> None:
    with tempfile.NamedTemporaryFile(delete=False) as left:
        left.write(b"x")
    Path(told).write_text(left.name)
    time.sleep(600)


def test_what_a_killed_worker_left_in_its_folder_is_removed(tmp_path):
    with Sandbox(1, 2.0, 512) as own, pytest.raises(TimedOut):
        own.submit(write_and_hang, str(tmp_path / "told")).result()
    left = Path((tmp_path / "told").read_text())
    assert left.parent.name.startswith("zhiquan") and not left.parent.exists()


def test_leaving_by_an_exception_ends_what_is_under_way():
    with pytest.raises(KeyboardInterrupt), Sandbox(jobs=1, seconds=600, megabytes=400) as box:
        started = box.submit(worker).result()
        futures = [box.submit(hang_in_c, n) for n in range(3)]
        raise KeyboardInterrupt
    _until(lambda: all(future.done() for future in futures))
    assert all(future.cancelled() or future.exception() for future in futures)
    assert not _alive(started)


PARENT = """
import os, sys, time
from pathlib import Path
sys.path[:0] = {path!r}
from extractors.sandbox import Sandbox
from {module} import worker_that_hangs
if __name__ == "__main__":
    with Sandbox(jobs=2, seconds=600, megabytes=400) as box:
        tasks = [box.submit(worker_that_hangs, {folder!r}) for _ in range(2)]
        tasks[0].result()
"""


def worker_that_hangs(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    hang_in_c()


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_end_of_the_parent_leaves_no_worker(tmp_path, number):
    pids = tmp_path / "pids"
    pids.mkdir()
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(module=__name__, path=sys.path, folder=str(pids)))
    parent = subprocess.Popen(
        [sys.executable, str(script)], start_new_session=True, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        _until(lambda: len(list(pids.iterdir())) == 2)
        parent.send_signal(number)
        parent.wait(timeout=60)
        _until(lambda: not any(_alive(int(path.name)) for path in pids.iterdir()))
    finally:
        parent.kill()


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "did not come about"
        time.sleep(0.05)
