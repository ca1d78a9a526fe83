"""The reports that go back to the units, and the overview of them all, written from the published warehouse.

In: a workspace, units. Out: one folder a unit under ``reports`` with its findings and a letter; the overview beside
them. Refuses what cannot be written (WorkspaceUnusable).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows import views
from pipeline.campaigns.campaign import Office, load_campaign
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # of folders, on any of the systems that share them
_LONGEST = 80  # characters of a unit's name; three bytes each must fit into a folder's name


@dataclass(frozen=True, slots=True)
class UnitReports:
    """What was written for one unit. letter: None for a unit from which nothing was received."""

    unit: str
    findings: Path
    letter: Path | None


def write_reports(workspace: Workspace, units: Iterable[str], folder: Path | None = None) -> tuple[UnitReports, ...]:
    """Write the findings and the letter of each unit. folder: instead of the workspace's own.

    Raises CampaignError, QueryRefused, WorkspaceUnusable.
    """
    submissions, office = views.status(workspace), _office(workspace)
    root = folder or workspace.reports
    written = []
    for unit in units:
        findings = views.findings(workspace, unit, closed=True)
        pictures = _pictures(workspace, unit, findings)
        submission = views.of_unit(submissions, unit)
        written.append(_write_unit(root / folder_name(unit), unit, findings, submission, office, pictures))
    return tuple(written)


def _office(workspace: Workspace) -> Office:
    """Who signs the letters of this workspace's campaign."""
    return load_campaign(workspace.campaign if workspace.campaign.exists() else None).office


def write_city_overview(workspace: Workspace, folder: Path | None = None) -> Path:
    """Write the overview of all units, beside their folders. Raises QueryRefused, WorkspaceUnusable."""
    from pipeline.reports.overview import write_overview  # openpyxl: only where it is needed

    target = (folder or workspace.reports) / _file("overview")
    with _written_below(target.parent):
        write_overview(target, views.status(workspace), views.findings_by_rule(workspace), views.progress(workspace))
    return target


def _pictures(workspace: Workspace, unit: str, findings: Sequence[views.Row]) -> Mapping[str, bytes]:
    """What the unit's file shows where recognition was in doubt."""
    from pipeline.intake.pictures import RULE, pictures_of_doubt

    doubtful = [row for row in findings if row["规则"] == RULE]
    if not doubtful:
        return {}
    from pipeline.intake.taking_in import open_workers

    return pictures_of_doubt(workspace, doubtful, views.file_hashes(workspace, unit), lambda: open_workers(1))


def _write_unit(
    folder: Path,
    unit: str,
    findings: Sequence[views.Row],
    submission: views.Row | None,
    office: Office,
    pictures: Mapping[str, bytes],
) -> UnitReports:
    from pipeline.reports.workbook import write_findings_workbook

    with _written_below(folder):
        write_findings_workbook(folder / _file("findings"), unit, findings, submission=submission, pictures=pictures)
        letter = _write_letter(folder, unit, findings, submission, office)
    return UnitReports(unit, folder / _file("findings"), letter)


def _write_letter(
    folder: Path, unit: str, findings: Sequence[views.Row], submission: views.Row | None, office: Office
) -> Path | None:
    """The letter of a unit. One of the other kind, from an earlier run, would contradict it and goes."""
    from pipeline.reports.notice import must_mend, write_notice

    kinds = ["notice", "opinion"] if must_mend(findings) else ["opinion", "notice"]
    target, other = (folder / _file(kind) for kind in kinds)
    other.unlink(missing_ok=True)
    if submission is None or submission["版本"] is None:  # nothing was received: there is nothing to answer
        target.unlink(missing_ok=True)
        return None
    # The day on which it was received is that of the run that checked it; the review date may lie far from it.
    write_notice(
        target,
        unit,
        findings,
        submission=submission,
        date=submission["报送时间"].date(),
        office=office.name,
        contact=office.contact,
    )
    return target


def _file(kind: str) -> str:
    return load_vocabulary().label(f"report.file.{kind}")


@contextmanager
def _written_below(folder: Path) -> Iterator[None]:
    """A folder to write into. Raises WorkspaceUnusable for what goes wrong there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise WorkspaceUnusable(f"{folder}: {error}") from error


def folder_name(unit: str) -> str:
    """The folder of a unit: its name, without what no file system takes."""
    name = _NOT_IN_NAMES.sub("_", unit).strip(" .")[:_LONGEST]
    return name or load_vocabulary().label("cli.no_unit")
