"""WORKSPACE on disk: what lies where, who may write, and which version of the layout it has.

In: the folder that the user names. Out: :class:`Workspace` with the paths of everything the product keeps. Refuses:
a second writer (:class:`WorkspaceBusy`), a folder that cannot be written, is damaged or was made by a newer version
(:class:`WorkspaceUnusable`). Reviewers need only ``warehouse.duckdb`` and ``reports``; all else lies under ``state``.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

LAYOUT_VERSION = 1


class WorkspaceBusy(Exception):
    """Another process writes to this workspace (exit status 4)."""


class WorkspaceUnusable(Exception):
    """The workspace cannot be used: disk, rights, damage, or a newer version made it (exit status 5)."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of one workspace. Making the value touches no disk; :func:`prepare` makes the folders."""

    root: Path

    @property
    def published(self) -> Path:
        """The read-only copy that reviewers open; replaced as a whole once a run."""
        return self.root / "warehouse.duckdb"

    @property
    def reports(self) -> Path:
        """Reports, one folder a unit."""
        return self.root / "reports"

    @property
    def originals(self) -> Path:
        """Submitted files by content: ``originals/ab/abcd…`` (SHA-256)."""
        return self.root / "originals"

    @property
    def snapshots(self) -> Path:
        """The last published copies."""
        return self.root / "snapshots"

    @property
    def campaign(self) -> Path:
        """The office's own campaign profile, where it has one."""
        return self.root / "campaign.toml"

    @property
    def settings(self) -> Path:
        """When the program works by itself, where the office has said so."""
        return self.root / "settings.toml"

    @property
    def statutes(self) -> Path:
        """The office's own statute library, where it has one."""
        return self.root / "statutes"

    @property
    def decisions(self) -> Path:
        """What reviewers have decided and units have answered: the one thing here that nothing can make again."""
        return self.root / "decisions.sqlite"

    @property
    def state(self) -> Path:
        """What only the product itself reads."""
        return self.root / "state"

    @property
    def master(self) -> Path:
        """The database that the single writer fills; never opened by a reader."""
        return self.state / "master.duckdb"

    @property
    def ledger(self) -> Path:
        """The run ledger and the cache of file readings."""
        return self.state / "ledger.sqlite"

    @property
    def marker(self) -> Path:
        """Says which version of the layout this is."""
        return self.state / "workspace.json"

    @property
    def lock(self) -> Path:
        """Held by the one writer."""
        return self.state / "writer.lock"

    @property
    def serving(self) -> Path:
        """Held by the one ``zhiquan serve``."""
        return self.state / "serving.lock"

    @property
    def scratch(self) -> Path:
        """Unpacked archives and half-written copies; emptied by each writer."""
        return self.state / "scratch"


def prepare(root: Path) -> Workspace:
    """The workspace at ``root``, made if it is not there. Raises WorkspaceUnusable."""
    workspace = Workspace(root.absolute())
    try:
        workspace.state.mkdir(parents=True, exist_ok=True)
        if workspace.marker.exists():
            _check_version(workspace)
        else:
            replace_file(workspace.marker, json.dumps({"layout": LAYOUT_VERSION}).encode())
    except OSError as error:
        raise WorkspaceUnusable(f"{workspace.root}: {error}") from error
    return workspace


def _check_version(workspace: Workspace) -> None:
    try:
        found = int(json.loads(workspace.marker.read_bytes())["layout"])
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceUnusable(f"{workspace.marker}: damaged: {error!r}") from error
    if found > LAYOUT_VERSION:
        raise WorkspaceUnusable(f"{workspace.marker}: layout {found} is newer than this program ({LAYOUT_VERSION})")


@contextmanager
def writing(workspace: Workspace, *, wait: float = 0.0) -> Iterator[None]:
    """Be the one writer. The lock dies with the process, however it ends. Raises WorkspaceBusy, WorkspaceUnusable.

    wait: seconds to wait for another writer to end.
    Left-overs of a writer that was killed are removed: nobody else can be using them.
    """
    lock = FileLock(workspace.lock)
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise WorkspaceBusy(str(workspace.root)) from error
    except OSError as error:
        raise WorkspaceUnusable(f"{workspace.lock}: {error}") from error
    try:
        if workspace.scratch.exists():
            shutil.rmtree(workspace.scratch, ignore_errors=True)
        yield
    finally:
        lock.release()


@contextmanager
def scratch_folder(workspace: Workspace) -> Iterator[Path]:
    """A new empty folder on the workspace's own file system, removed afterwards. Raises WorkspaceUnusable."""
    try:
        workspace.scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=workspace.scratch))
    except OSError as error:
        raise WorkspaceUnusable(f"{workspace.scratch}: {error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replace_file(target: Path, data: bytes) -> None:
    """Write ``data`` as ``target`` in one step: after a crash the old bytes stand there, or the new ones. OSError."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    move_into_place(Path(name), target)


def move_into_place(ready: Path, target: Path) -> None:
    """Make ``ready`` durable, then put it in the place of ``target`` (same file system). Raises OSError."""
    sync(ready)
    ready.replace(target)
    if os.name == "posix":  # Windows cannot open a folder, and journals its names itself
        sync(target.parent)


def sync(path: Path) -> None:
    """Wait until the bytes of a file (or the names in a folder) are on the disk. Raises OSError."""
    mode = os.O_RDONLY if os.name == "posix" else os.O_RDWR
    handle = os.open(path, mode)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
