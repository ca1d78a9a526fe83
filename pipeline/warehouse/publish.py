"""Publishing: the master database as a read-only copy that reviewers open, replaced in one step.

In: a workspace whose master is closed and checkpointed. Out: ``warehouse.duckdb``, and the last few copies under
``snapshots``. Refuses a disk that cannot take the copy (:class:`WorkspaceUnusable`); the old copy then stays as it was.
Who holds the old copy open goes on reading it (on Windows the replacement waits until nobody does).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.workspace import Workspace, WorkspaceUnusable, move_into_place, scratch_folder

KEPT_SNAPSHOTS = 3


def publish(workspace: Workspace, run_id: str | None = None) -> None:
    """Replace the published copy by the master. Raises WorkspaceUnusable.

    run_id: keep it as the snapshot of this run; a decision makes none, or a day of them would push all others out.
    """
    with scratch_folder(workspace) as scratch:
        try:
            ready = scratch / "warehouse.duckdb"
            shutil.copyfile(workspace.master, ready)
            if run_id is not None:
                _keep_snapshot(workspace, ready, run_id)
            move_into_place(ready, workspace.published)
            for old in sorted(workspace.snapshots.glob("warehouse-*.duckdb"))[:-KEPT_SNAPSHOTS]:
                old.unlink()
        except OSError as error:
            raise WorkspaceUnusable(f"{workspace.published}: {error}") from error


def _keep_snapshot(workspace: Workspace, ready: Path, run_id: str) -> None:
    snapshot = workspace.snapshots / f"warehouse-{run_id}.duckdb"
    workspace.snapshots.mkdir(parents=True, exist_ok=True)
    snapshot.unlink(missing_ok=True)
    _link_or_copy(ready, snapshot)


def _link_or_copy(source: Path, target: Path) -> None:
    """A second name for the same bytes where the file system has such, else a copy. Neither file is ever written to."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
