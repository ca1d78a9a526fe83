"""The SQLite files under ``state`` of a workspace: opened, told apart by schema version, closed.

In: a path and the schema version that the program knows. Out: the connection and the version found, 0 for a new file.
Refuses a damaged file, one out of reach and one that a newer program made (WorkspaceUnusable); the same for whatever
SQLite refuses while the file is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.workspace import WorkspaceUnusable


@contextmanager
def open_state_file(
    path: Path, schema_version: int, *, wait_seconds: float, in_memory: bool = False, any_thread: bool = False
) -> Iterator[tuple[sqlite3.Connection, int]]:
    """The file at ``path``, made if it is not there, and its schema version. Raises WorkspaceUnusable.

    wait_seconds: for another process that is writing. in_memory: an empty one that leaves no file. any_thread: the
    caller sees to it that one thread at a time uses the connection.
    """
    try:
        connection = sqlite3.connect(
            ":memory:" if in_memory else path, timeout=wait_seconds, check_same_thread=not any_thread
        )
    except sqlite3.Error as error:
        raise WorkspaceUnusable(f"{path}: {error}") from error
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > schema_version:
            raise WorkspaceUnusable(f"{path}: schema {version} is newer than this program ({schema_version})")
        yield connection, version
    except sqlite3.Error as error:
        raise WorkspaceUnusable(f"{path}: {error}") from error
    finally:
        connection.close()
