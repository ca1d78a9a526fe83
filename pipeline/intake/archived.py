"""Readings of files that stand for a unit and lie in INBOX no longer: from the cache, else from the archived original.

In: an entry of a unit's standing. Out: its reading under the code and vocabulary of today. Refuses an original that is
gone (:class:`~pipeline.workspace.WorkspaceUnusable`): nothing may vanish from a register because of us.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from extractors.errors import Unreadable
from pipeline.intake.conversions import edition_of
from pipeline.intake.gathering import NO_UNIT, duplicate
from pipeline.intake.ledger import Ledger
from pipeline.intake.originals import original
from pipeline.intake.submitter import Submitter
from pipeline.intake.supersede import DUPLICATE, Entry
from pipeline.record import FileReading, FileState
from pipeline.workspace import Workspace, WorkspaceUnusable


class Archive:
    """The archived originals of a workspace as readings of one edition."""

    def __init__(self, workspace: Workspace, ledger: Ledger, edition: str) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._edition = edition

    def reading(self, entry: Entry, workers: Callable[[], Submitter], scratch: Callable[[], Path]) -> FileReading:
        """The reading of an entry. workers, scratch: asked for only when it must be read again. WorkspaceUnusable."""
        path = original(self._workspace, entry.sha256)
        if entry.reason == NO_UNIT or (entry.reason and not path.exists()):
            return FileReading(
                entry.name, entry.sha256, entry.size, FileState.QUARANTINED, reason=entry.reason, facts=entry.facts
            )
        edition = edition_of(self._edition, entry.name)
        reading = self._ledger.reading(entry.sha256, entry.name, edition)
        if reading is None:
            if not path.exists():
                raise WorkspaceUnusable(f"{path}: the archived original is gone")
            reading = _read(entry, path, workers(), Path(tempfile.mkdtemp(dir=scratch())))
            self._ledger.keep_reading(reading, edition)
        return duplicate(reading, entry.name, entry.facts) if entry.reason == DUPLICATE else reading


def _read(entry: Entry, path: Path, workers: Submitter, into: Path) -> FileReading:
    from pipeline.reading.worker import CoverSheet, open_submitted, quarantined

    try:
        outcome = workers.submit(open_submitted, path, entry.name, into).result()
    except Unreadable as problem:
        return quarantined(entry.name, entry.sha256, path.stat().st_size, problem)
    reading: FileReading = outcome.reading if isinstance(outcome, CoverSheet) else outcome
    return reading
