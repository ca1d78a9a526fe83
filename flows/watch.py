"""The watch on INBOX: tells when a unit's files have arrived and stand still.

In: INBOX, how long a file must not have changed, whom to tell. Out: calls of ``arrived``, from a thread of its own; and
:meth:`Watch.moving`, the names straight under INBOX that are still being copied. Refuses nothing: an INBOX that is out
of reach for a while is looked for again. Lock files, temporary and half-downloaded ones do not count
(pipeline/intake/inbox.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from watchfiles import watch

from pipeline.intake.inbox import survey

_LOOK_SECONDS = 0.5  # between looks while something moves
_AWAY_SECONDS = 5.0  # between attempts while INBOX is out of reach

Print = frozenset[tuple[str, int, int]]  # path, size, time of the last change in nanoseconds


@dataclass(slots=True)
class _Entry:
    """Something straight under INBOX. since: when it changed last (monotonic). told: that it stands still."""

    files: Print
    since: float
    told: bool


class Watch:
    """A watch on INBOX; a context manager. ``arrived`` is called for each time that something came to stand still."""

    def __init__(
        self, inbox: Path, workspace: Path, still_seconds: float, arrived: Callable[[], None], *, polling: bool = False
    ) -> None:
        """workspace: what is not looked at if it lies in INBOX. polling: do not rely on the system to tell changes."""
        self._inbox, self._workspace = inbox, workspace
        self._still_seconds, self._arrived, self._polling = still_seconds, arrived, polling
        self._entries: dict[str, _Entry] = {}
        self._looked = False
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(2 * _LOOK_SECONDS)

    def moving(self) -> frozenset[str]:
        """What straight under INBOX has changed too lately to be taken in."""
        self._look()
        now = time.monotonic()
        with self._lock:
            return frozenset(name for name, entry in self._entries.items() if not self._still(entry, now))

    def _still(self, entry: _Entry, now: float) -> bool:
        return now - entry.since >= self._still_seconds

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except OSError:  # unmounted, renamed, without rights: it may come back
                self._ending.wait(_AWAY_SECONDS)

    def _follow(self) -> None:
        """Look whenever the system tells a change, and then again until all stands still."""
        changes = watch(
            self._inbox,
            watch_filter=None,  # what counts is for the survey to say
            debounce=200,
            step=50,
            rust_timeout=round(_LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=self._ending,
            raise_interrupt=False,
            force_polling=self._polling or None,
            ignore_permission_denied=True,
        )
        self._tell()
        for changed in changes:
            if changed or self._waiting():
                self._tell()

    def _waiting(self) -> bool:
        with self._lock:
            return any(not entry.told for entry in self._entries.values())

    def _tell(self) -> None:
        self._look()
        now, told = time.monotonic(), False
        with self._lock:
            for entry in self._entries.values():
                if not entry.told and self._still(entry, now):
                    entry.told = told = True
        if told:
            self._arrived()

    def _look(self) -> None:
        """Compare what lies there with what was seen before. Raises OSError."""
        found: dict[str, set[tuple[str, int, int]]] = {}
        for incoming in survey(self._inbox, self._workspace).files:
            try:
                facts = incoming.path.stat()
            except OSError:  # it went away meanwhile, which is a change as well
                continue
            name = incoming.path.relative_to(self._inbox).parts[0]
            found.setdefault(name, set()).add((str(incoming.path), facts.st_size, facts.st_mtime_ns))
        now, clock = time.monotonic(), time.time_ns()
        with self._lock:
            # What came while nobody watched is known to stand still by the age of its files alone.
            unwatched = not (self._looked and self._thread.is_alive())
            for name in {*found, *self._entries}:
                files, known = frozenset(found.get(name, ())), self._entries.get(name)
                if known is None or known.files != files:
                    newest = max((changed for _, _, changed in files), default=0)
                    lay = unwatched and clock - newest >= self._still_seconds * 1e9
                    self._entries[name] = _Entry(files, now - self._still_seconds if lay else now, told=lay)
                elif not files and known.told:
                    del self._entries[name]
            self._looked = True
