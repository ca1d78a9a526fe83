"""Runs readers in worker processes under limits, so that a hostile file costs itself and nothing else.

In: a function and arguments that can be pickled. Out: a ``concurrent.futures.Future``. Refuses, in ``result()``:
:class:`~extractors.errors.TimedOut`, :class:`~extractors.errors.OutOfMemory`, :class:`~extractors.errors.WorkerDied`.
What the function itself raises passes through.

What is limited on Linux: the time of a task; the private memory of a worker (RLIMIT_DATA: RLIMIT_AS would count
mapped libraries and reserved address space too, 278 MB against 121 MB after the imports of all readers); the size of
a file it writes; core dumps; and a worker dies with its parent, even by kill -9. On other POSIX systems the same
without the last: an orphan ends when its task does. On Windows only time is limited: memory is not, and an orphan
ends when its task does. A worker reads nothing from standard input, and all it prints goes to the parent's standard
error. Its temporary files lie in a folder of its own, which is removed when it ends, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from queue import LifoQueue
from types import TracebackType
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from extractors.errors import OutOfMemory, TimedOut, WorkerDied
from extractors.parent_death import die_with

T = TypeVar("T")

RECYCLE_AFTER = 50  # tasks a worker does before it is replaced: readers' libraries keep memory
MAX_WRITTEN_MEGABYTES = 1024  # of one file that a worker writes
START_SECONDS = 120  # for a worker to start and prepare, which is not counted as time of its task
_NICENESS = 5  # the office's machine stays usable meanwhile


class WorkerNotStarted(RuntimeError):
    """Workers end before they take a task: the limits, or our ``prepare``, are wrong; no file is to blame."""


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds: float
    megabytes: int
    prepare: Callable[[], None] | None
    patience: Callable[..., float] | None


class Sandbox:
    """Supervised worker processes, each under the same limits; a context manager.

    Leaving it waits for what was submitted; leaving it by an exception (Ctrl-C) kills the workers at once. No process
    is started before there is work for it.
    """

    def __init__(
        self,
        jobs: int,
        seconds: float,
        megabytes: int,
        prepare: Callable[[], None] | None = None,
        patience: Callable[..., float] | None = None,
    ) -> None:
        """jobs: workers at most. seconds, megabytes: limits of one task and its worker. prepare: run once in each
        worker. patience: run in a worker with the arguments of a task before it, under the same limits; gives the
        seconds that this task may take beyond the limit.

        megabytes below about 200 leave no room for the readers' libraries.
        """
        limits = _Limits(seconds, megabytes, prepare, patience)
        self._lanes = [_Lane(limits) for _ in range(jobs)]
        # The last lane used is the next to be used: its worker is warm, and no more start than work in parallel.
        self._idle: LifoQueue[_Lane] = LifoQueue()
        for lane in self._lanes:
            self._idle.put(lane)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="sandbox")

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._threads.shutdown(wait=True)
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for lane in self._lanes:
                lane.close()

    def submit(self, function: Callable[..., T], *args: Any) -> Future[T]:
        """Runs ``function(*args)`` in a worker; they are pickled, and so is what comes back.

        ``result()`` raises TimedOut, OutOfMemory, WorkerDied, what the function raised, WorkerNotStarted where no
        worker can start, or CancelledError once the sandbox is left by an exception.
        """
        return self._threads.submit(self._run, function, args)

    def _run(self, function: Callable[..., T], args: tuple[Any, ...]) -> T:
        lane = self._idle.get()
        try:
            outcome = lane.run(function, args)
        finally:
            self._idle.put(lane)
        value: T = outcome.unwrapped()
        return value


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a task gave, as the worker sends it: a value, or what was raised instead."""

    value: Any = None
    raised: BaseException | None = None

    def unwrapped(self) -> Any:
        if self.raised is not None:
            raise self.raised
        return self.value


class _Lane:
    """One worker at a time, replaced after its death, after trouble with memory and after RECYCLE_AFTER tasks.

    A pool of one each: workers that share a pool share its pipe and locks, and one that is killed while it holds them
    stops its neighbours. The pool is started and used by threads of the sandbox alone, which outlive it:
    PR_SET_PDEATHSIG kills a worker when the *thread* that started it ends.
    """

    def __init__(self, limits: _Limits) -> None:
        self._limits = limits
        self._pool: ProcessPool | None = None
        self._folder = ""  # for the temporary files of the worker
        self._task: Future[bytes] | None = None
        self._tasks_done = 0
        self._closed = False
        self._lock = threading.Lock()

    def run(self, function: Callable[..., Any], args: tuple[Any, ...]) -> _Outcome:
        """The outcome of one task. Raises TimedOut, OutOfMemory, WorkerDied, WorkerNotStarted or CancelledError."""
        seconds = self._limits.seconds
        if self._limits.patience is not None:
            more = self._tried(pickle.dumps((self._limits.patience, args)), seconds)
            seconds += more.value if more.raised is None else 0.0
        outcome = self._tried(pickle.dumps((function, args)), seconds)
        self._tasks_done += 1
        if isinstance(outcome.raised, MemoryError):
            self._replace()
            raise OutOfMemory("limit of memory reached", megabytes=self._limits.megabytes)
        if self._tasks_done >= RECYCLE_AFTER:
            self._replace()
        return outcome

    def close(self) -> None:
        """Kills the worker, whatever it does; a task under way ends with CancelledError."""
        with self._lock:
            self._closed = True
            if self._task is not None:
                self._task.cancel()
        self._replace()

    def _tried(self, payload: bytes, seconds: float) -> _Outcome:
        try:
            return self._outcome(payload, seconds)
        except BrokenProcessPool:  # the worker died before it took the task, so the task is not to blame
            self._replace()
            try:
                return self._outcome(payload, seconds)
            except BrokenProcessPool as error:
                self._replace()
                raise WorkerNotStarted("workers end before they take a task") from error

    def _outcome(self, payload: bytes, seconds: float) -> _Outcome:
        task = self._scheduled(payload, seconds)
        try:
            answer = task.result(timeout=seconds + START_SECONDS)
        except TimeoutError as error:
            self._replace()
            raise TimedOut("limit of time reached", seconds=round(seconds)) from error
        except ProcessExpired as error:
            self._replace()
            # Nobody but the kernel short of memory kills a worker from outside while its task runs.
            if hasattr(signal, "SIGKILL") and error.exitcode == -signal.SIGKILL:
                raise OutOfMemory("killed by the system", megabytes=self._limits.megabytes) from error
            raise WorkerDied(f"exit status {error.exitcode}") from error
        outcome: _Outcome = pickle.loads(answer)
        return outcome

    def _scheduled(self, payload: bytes, seconds: float) -> Future[bytes]:
        with self._lock:
            if self._closed:
                cancelled: Future[bytes] = Future()
                cancelled.cancel()
                return cancelled
            if self._pool is None or not self._pool.active:
                _remove(self._folder)
                self._folder = tempfile.mkdtemp(prefix="zhiquan")
                self._pool = ProcessPool(
                    max_workers=1,
                    initializer=_start,
                    initargs=(os.getpid(), self._limits, self._folder),
                    context=multiprocessing.get_context("spawn"),
                )
                self._tasks_done = 0
            try:
                self._task = self._pool.schedule(_answer, (payload,), timeout=seconds)
            except RuntimeError as error:  # it broke since it was asked
                raise BrokenProcessPool from error
            return self._task

    def _replace(self) -> None:
        """Ends the worker; the next task starts another."""
        with self._lock:
            pool, self._pool = self._pool, None
            folder, self._folder = self._folder, ""
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        _remove(folder)


def _remove(folder: str) -> None:
    """Remove what a worker left behind: one that is killed cannot do it."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


# What follows runs in the worker.

_not_prepared: WorkerNotStarted | None = None


def _start(parent: int, limits: _Limits, folder: str) -> None:
    global _not_prepared
    tempfile.tempdir = folder
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler would wait for the end of a loop in C
    die_with(parent)
    _detach_streams()
    _limit(limits.megabytes)
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the sandbox is parallel already
        os.environ.setdefault(variable, "1")
    try:
        if limits.prepare is not None:
            limits.prepare()
    except Exception as error:
        _not_prepared = WorkerNotStarted(f"prepare: {error!r}")


def _detach_streams() -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)  # standard output is the parent's JSON; libraries in C print there as well


def _limit(megabytes: int) -> None:
    if sys.platform != "win32":
        import resource

        for which, amount in (
            (resource.RLIMIT_DATA, megabytes << 20),
            (resource.RLIMIT_FSIZE, MAX_WRITTEN_MEGABYTES << 20),
            (resource.RLIMIT_CORE, 0),
        ):
            ceiling = resource.getrlimit(which)[1]
            value = amount if ceiling == resource.RLIM_INFINITY else min(amount, ceiling)
            resource.setrlimit(which, (value, value))
        os.nice(_NICENESS)


def _answer(payload: bytes) -> bytes:
    """Runs a task. Its outcome is pickled here: what cannot be pickled is the task's fault and not the pool's."""
    if _not_prepared is not None:
        return _packed(_Outcome(raised=_not_prepared))
    try:
        function, args = pickle.loads(payload)
        return _packed(_Outcome(function(*args)))
    except SystemExit as error:
        return _packed(_Outcome(raised=WorkerDied(f"exit status {error.code}")))
    except Exception as error:
        if _for_want_of_memory(error):
            return _packed(_Outcome(raised=MemoryError()))
        error.add_note(_stack(error))
        return _packed(_Outcome(raised=error))


def _stack(error: BaseException) -> str:
    """Where an error was raised. Neither its message nor lines of source: either may hold a person's name."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def _for_want_of_memory(error: BaseException | None) -> bool:
    """Whether this, or what it was raised from, is a MemoryError: libraries report it as damage of the file."""
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def _packed(outcome: _Outcome) -> bytes:
    if outcome.raised is None:
        return pickle.dumps(outcome)
    try:
        answer = pickle.dumps(outcome)
        pickle.loads(answer)  # exceptions with a signature of their own are pickled and then cannot be read back
        return answer
    except Exception:
        kind = type(outcome.raised)
        told = RuntimeError(f"{kind.__module__}.{kind.__qualname__}")
        told.add_note(_stack(outcome.raised))
        return pickle.dumps(_Outcome(raised=told))
