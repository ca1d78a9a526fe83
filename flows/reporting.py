"""The reports that go back to the units, written from the published warehouse.

In: a workspace, units. Out: one folder a unit under ``reports``. Refuses what cannot be written (WorkspaceUnusable).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from flows import views
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # of folders, on any of the systems that share them
_LONGEST = 80  # characters of a unit's name; three bytes each must fit into a folder's name


def write_reports(workspace: Workspace, units: Iterable[str], folder: Path | None = None) -> tuple[Path, ...]:
    """Write what was found at each unit; the files. folder: instead of the workspace's own.

    Raises QueryRefused, WorkspaceUnusable.
    """
    from pipeline.reports.workbook import write_findings_workbook  # openpyxl: only where it is needed

    submissions = views.status(workspace)
    written: list[Path] = []
    for unit in units:
        target = (folder or workspace.reports) / folder_name(unit) / load_vocabulary().label("cli.report_file")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_findings_workbook(
                target,
                unit,
                views.findings(workspace, unit, closed=True),
                submission=views.of_unit(submissions, unit),
            )
        except OSError as error:
            raise WorkspaceUnusable(f"{target}: {error}") from error
        written.append(target)
    return tuple(written)


def folder_name(unit: str) -> str:
    """The folder of a unit: its name, without what no file system takes."""
    name = _NOT_IN_NAMES.sub("_", unit).strip(" .")[:_LONGEST]
    return name or load_vocabulary().label("cli.no_unit")
