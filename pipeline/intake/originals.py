"""The archive of what units handed in: each file once, by content.

In: a file and the SHA-256 it is known by. Out: ``originals/ab/abcd…`` in the workspace, read-only. Refuses: a file
whose bytes are no longer those of its hash (:class:`Changed`). Classified files must never be given to it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from pipeline.workspace import Workspace, WorkspaceUnusable, move_into_place

_BLOCK = 1 << 20


class Changed(Exception):
    """The file was written to while it was being taken in."""


def original(workspace: Workspace, sha256: str) -> Path:
    """Where the file of that hash lies, or would lie."""
    return workspace.originals / sha256[:2] / sha256


def keep(workspace: Workspace, path: Path, sha256: str) -> None:
    """Copy a file into the archive unless its content is there. Raises Changed, WorkspaceUnusable, OSError (source)."""
    target = original(workspace, sha256)
    if target.exists():
        return
    with path.open("rb") as stream:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming.")
        except OSError as error:
            raise WorkspaceUnusable(f"{target}: {error}") from error
        ready = Path(name)
        try:
            if _copy(stream, handle) != sha256:
                raise Changed(sha256)
            ready.chmod(0o444)
            move_into_place(ready, target)
        except OSError as error:
            raise WorkspaceUnusable(f"{target}: {error}") from error
        finally:
            ready.unlink(missing_ok=True)


def _copy(source: BinaryIO, handle: int) -> str:
    digest = hashlib.sha256()
    with os.fdopen(handle, "wb") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()
