"""Old Office files converted many at a time: a start of LibreOffice takes longer than twenty files.

In: the files that are waiting to be read. Out: for one that is to be read now, what LibreOffice made of it, together
with others that wait; the edition of readings that depend on it. Refuses nothing: a file of which nothing was made is
converted alone when it is read, and why that fails is its reason.

Which files are taken together is told by their names, for no hostile byte is parsed outside a worker; what a file is,
the worker tells by its content.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from extractors.errors import Unreadable
from extractors.office.program import office_stamp
from pipeline.intake.submitter import Submitter

TOGETHER = 20  # files of one start: more save little, and a start that fails costs each of them one of its own
_SUFFIXES = frozenset((".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".ods", ".xlsb"))


class Conversions:
    """What is made of the files of one run. May be asked from several threads: who asks second waits and finds it."""

    def __init__(self, scratch: Callable[[], Path]) -> None:
        """scratch: a folder for what is made, asked for when there is something."""
        self._scratch = scratch
        self._waiting: dict[Path, None] = {}  # ordered
        self._made: dict[Path, Path] = {}
        self._lock = threading.Lock()

    def expect(self, files: Iterable[tuple[Path, str]]) -> None:
        """Files that will be asked for: where their bytes lie, and their names."""
        with self._lock:
            self._waiting |= {path: None for path, name in files if may_need_office(name)}

    def of(self, path: Path, name: str, sandbox: Submitter) -> Path | None:
        """What was made of a file; None where it needs no conversion, or where it has to be converted alone."""
        if not may_need_office(name):
            return None
        with self._lock:
            if path in self._waiting:
                self._convert([path, *(other for other in self._waiting if other != path)][:TOGETHER], sandbox)
            return self._made.pop(path, None)

    def _convert(self, batch: list[Path], sandbox: Submitter) -> None:
        for path in batch:
            del self._waiting[path]
        if len(batch) == 1:
            return  # nothing is saved
        from pipeline.reading.worker import convert_together

        into = Path(tempfile.mkdtemp(dir=self._scratch()))
        try:
            made = sandbox.submit(convert_together, batch, into).result()
        except Unreadable:
            return  # the batch, not a file: each is converted alone, and says what it suffers from
        self._made |= {path: found for path, found in zip(batch, made, strict=True) if found is not None}


def may_need_office(name: str) -> bool:
    """Whether a file of this name may be one that LibreOffice has to convert."""
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def edition_of(edition: str, name: str) -> str:
    """The edition by which a file of this name is read: LibreOffice is part of what reads the ones it converts."""
    return f"{edition}{office_stamp()}" if may_need_office(name) else edition
