"""Has LibreOffice make .docx and .xlsx files of old and other Office files, within limits.

In: paths of files with their kinds, and a folder for what is made. Out: the paths of what was made. Refuses:
:class:`~extractors.errors.NeedsTool` where LibreOffice is not installed, TimedOut, WorkerDied where it crashed, Damaged
where it made nothing of a file.

LibreOffice is started anew, with a profile of its own, for one file or for many at a time: most of a start's time goes
before the first file. It is held to a time, and on POSIX systems to CPU time and memory, and ends with all its children
when the time is over. When the worker that waits for it is killed, on Linux it is killed as well; on other POSIX
systems it ends with its CPU time. On Windows only the time is limited, and an orphan ends when its files are done.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from extractors.errors import Damaged, NeedsTool, TimedOut, Unreadable, WorkerDied
from extractors.kinds import CONVERTED_TO, Kind
from extractors.office.program import office_program, write_profile
from extractors.parent_death import die_with
from extractors.zip_directory import open_zip

TOOL = "LibreOffice"
FIRST_SECONDS = 60  # for a start and one file; the largest measured, of 600 items, takes 6
MORE_SECONDS = 5  # for each further file of the same start
MAX_MEGABYTES = 1536  # of private memory; an ordinary file takes 220
PROFILE_MADE = 81  # the exit status that asks for another start, once the profile is made
_FLAGS = ("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck")


def converted(path: Path, kind: Kind, into: Path) -> Path:
    """What LibreOffice makes of one file, in the folder ``into``. Raises the refusals of the module."""
    status = _run([(path, kind)], into)
    if (made := _made(into, 1, kind)) is not None:
        return made
    if status < 0:
        raise WorkerDied(f"{TOOL}: signal {-status}")
    raise Damaged(f"{TOOL} made nothing of it: exit status {status}")


def converted_together(files: Sequence[tuple[Path, Kind]], into: Path) -> tuple[Path | None, ...]:
    """What one start makes of each file; None for each of which it made nothing: why, tell :func:`converted`.

    Raises NeedsTool.
    """
    with suppress(TimedOut):  # the file at which it stuck, and those behind it, were not made: that is the answer
        _run(files, into)
    return tuple(_made(into, number, kind) for number, (_, kind) in enumerate(files, 1))


def _run(files: Sequence[tuple[Path, Kind]], into: Path) -> int:
    """Convert the files, those with the same target in one start. Returns the exit status, below 0 a signal's."""
    program = office_program()
    if program is None:
        raise NeedsTool("not installed", tool=TOOL)
    status = 0
    with tempfile.TemporaryDirectory(prefix="office", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch).resolve()
        profile = write_profile(place / "profile")
        for target in sorted({CONVERTED_TO[kind] for _, kind in files}):
            copies = []
            for number, (path, kind) in enumerate(files, 1):
                if CONVERTED_TO[kind] == target:
                    copies.append(place / f"{number:05d}.{kind.value}")
                    shutil.copyfile(path, copies[-1])  # LibreOffice writes a lock file beside what it opens
            command: list[str | Path] = [program, *profile, *_FLAGS, "--convert-to", target, "--outdir", into, *copies]
            seconds = FIRST_SECONDS + MORE_SECONDS * (len(copies) - 1)
            status = _started(command, place, seconds) or status
    return status


def _made(into: Path, number: int, kind: Kind) -> Path | None:
    """The file that was made of the n-th one, if it is there and whole: a start that was ended may leave a part."""
    path = into / f"{number:05d}.{CONVERTED_TO[kind]}"
    if not path.exists():
        return None
    try:
        open_zip(path).close()
    except Unreadable:
        return None
    return path


def _started(command: Sequence[str | Path], scratch: Path, seconds: int) -> int:
    status = _once(command, scratch, seconds)
    return _once(command, scratch, seconds) if status == PROFILE_MADE else status


def _once(command: Sequence[str | Path], scratch: Path, seconds: int) -> int:
    office = subprocess.Popen(
        command,
        cwd=scratch,
        env=os.environ | dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(scratch)) | {"SAL_USE_VCLPLUGIN": "svp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_own_group(seconds),
    )
    try:
        return office.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"{TOOL}: limit of time reached", seconds=seconds) from error
    finally:
        _end(office)


def _own_group(seconds: int) -> dict[str, Any]:
    """What makes the office and its children end together, under limits where the system has them."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    import resource

    parent = os.getpid()
    bounds = ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, MAX_MEGABYTES << 20), (resource.RLIMIT_CORE, 0))
    limits = [(which, _at_most(bound, resource.getrlimit(which)[1])) for which, bound in bounds]

    def limited() -> None:
        die_with(parent)
        for which, bound in limits:
            resource.setrlimit(which, (bound, bound))

    return {"start_new_session": True, "preexec_fn": limited}


def _at_most(bound: int, ceiling: int) -> int:
    return bound if ceiling < 0 else min(bound, ceiling)  # RLIM_INFINITY is -1


def _end(office: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the office and its children, and wait for it."""
    if sys.platform == "win32":
        if office.poll() is None:
            subprocess.run(("taskkill", "/F", "/T", "/PID", str(office.pid)), capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):  # all have ended
            os.killpg(office.pid, signal.SIGKILL)
    office.wait()
