"""What a run is told, and what it tells: settings, progress events, the summary.

Out: frozen values. Nothing here prints, reads a file or asks the clock.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.campaigns.campaign import Campaign, load_campaign
from pipeline.finding import Severity
from pipeline.intake.code_version import checking_version, reading_version, statutes_version
from pipeline.intake.gathering import UnitFiles
from pipeline.intake.inbox import LeftLying
from pipeline.intake.supersede import Standing
from pipeline.record import FileReading, FileState
from pipeline.vocabulary import Vocabulary, load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable

if TYPE_CHECKING:
    from pipeline.submission import Result


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole run. statutes: version of the statute library, the workspace's own statutes with it.

    day_given: the review date was asked for, by the user or as 基准日; else it is the day of the run.
    """

    vocabulary: Vocabulary
    campaign: Campaign
    as_of: dt.date
    started: dt.datetime
    jobs: int
    statutes: str = ""
    day_given: bool = True

    @property
    def edition(self) -> str:
        """Of the code and the vocabulary by which files are read."""
        return f"{reading_version()}{self.vocabulary.digest}"

    def checked_by(self, as_of: dt.date) -> str:
        """All that a unit's result depends on beside its files, by the law of a day."""
        campaign = self.campaign
        made_by = (checking_version(), self.statutes, self.vocabulary.digest, campaign.digest, campaign.batch)
        return "\0".join((*made_by, str(as_of)))


def load_settings(workspace: Workspace, as_of: dt.date | None, started: dt.datetime, jobs: int) -> Settings:
    """The shipped vocabulary and the workspace's campaign; the review date: given, else 基准日, else today.

    Raises CampaignError, WorkspaceUnusable.
    """
    vocabulary = load_vocabulary()
    campaign = load_campaign(workspace.campaign if workspace.campaign.exists() else None, vocabulary)
    try:
        statutes = statutes_version(workspace.statutes)
    except OSError as error:
        raise WorkspaceUnusable(f"{workspace.statutes}: {error}") from error
    given = as_of or campaign.review_date
    return Settings(vocabulary, campaign, given or started.date(), started, jobs, statutes, given is not None)


class Stage(StrEnum):
    """Where a run is; printed by vocab/labels.csv (``stage.…``)."""

    READING = "reading"
    LOADING = "loading"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """How far a stage is: files (reading), units (loading) or copies (publishing) done of total; records so far."""

    stage: Stage
    done: int
    total: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. Counts of records and findings are those of the units in INBOX, as they stand now.

    new, changed, unchanged: files against what their unit handed in before. quarantined: those of INBOX that are not
    taken in.
    units_touched: loaded, or with findings that changed because another unit was.
    worked: False where nothing had changed and nothing was written.
    """

    run_id: str
    as_of: dt.date
    worked: bool
    units: int
    units_loaded: tuple[str, ...]
    units_touched: tuple[str, ...]
    new: int
    changed: int
    unchanged: int
    quarantined: int
    records: int
    errors: int
    warnings: int
    infos: int
    left: tuple[LeftLying, ...]

    @property
    def files(self) -> int:
        """Files of INBOX, those of archives counted singly."""
        return self.new + self.changed + self.unchanged

    @property
    def exit_status(self) -> int:
        """3 where some file of INBOX is in quarantine, else 0."""
        return 3 if self.quarantined else 0


COUNTED = ("units", "new", "changed", "unchanged", "quarantined", "records", "errors", "warnings", "infos")


def counts_of(result: Result, handed_in: Sequence[FileReading]) -> dict[str, int]:
    """What the summary says of a unit, kept in the ledger for the runs that change nothing."""
    severities = Counter(finding.severity for finding in result.findings)
    return {
        "records": len(result.records),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "infos": severities[Severity.INFO],
        "quarantined": sum(reading.state is FileState.QUARANTINED for reading in handed_in),
    }


def compared(before: Standing, files: UnitFiles) -> Counter[str]:
    """How many files are new, changed (known name, other bytes) and unchanged."""
    names = {entry.name for entry in before.entries}
    known = {(entry.name, entry.sha256) for entry in before.entries}
    return Counter(
        "unchanged" if (name, item.sha256) in known else "changed" if name in names else "new"
        for item, name in files.items
    )
