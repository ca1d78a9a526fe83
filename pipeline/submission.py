"""process(): the pure chain from a unit's files to records and findings. No clock, no database, no Prefect.

In: the files of one unit, a Vocabulary, a Campaign and the review date. Out: :class:`Result`. Refuses nothing: a file that
cannot be read is a quarantined :class:`~pipeline.record.FileReading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.finding import Finding, RuleRun
from pipeline.record import FileReading, Record


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file as the unit handed it in: where its bytes lie now, and its path inside the unit's folder."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one unit's submission gave. Records are those of ``files``, with unit and key assigned."""

    unit: str
    files: tuple[FileReading, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    rule_runs: tuple[RuleRun, ...]
