"""Files read in a sandboxed worker and judged on the spot: no workspace is written, no warehouse, no Prefect.

In: paths of files, of archives and of units' folders. Out: :class:`Checked`, the results a unit. Refuses nothing of
what units hand in. What one file said of its unit counts for the loose files, as straight under INBOX.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors import open_document
from extractors.content_hash import sha256_of
from extractors.document import Document
from extractors.errors import Unreadable
from extractors.patience import extra_seconds
from extractors.sandbox import Sandbox
from flows.wording import label
from pipeline.campaigns.campaign import load_campaign
from pipeline.finding import Finding
from pipeline.intake.inbox import survey
from pipeline.intake.submitter import Submitter
from pipeline.intake.taking_in import READ_MEGABYTES, READ_SECONDS, open_workers
from pipeline.law.own_library import OwnLibrary
from pipeline.law.workspace_library import library_of
from pipeline.reading.worker import CoverSheet, Unpacked, open_submitted, quarantined
from pipeline.record import FileReading, FileState
from pipeline.submission import Result, assemble
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check gave: the results of all units, and the review date."""

    results: tuple[Result, ...]
    as_of: dt.date

    @property
    def quarantined(self) -> bool:
        """Some file could not be read."""
        return any(file.state is FileState.QUARANTINED for result in self.results for file in result.files)

    def files(self) -> list[Row]:
        """The files, by column names of 来源文件."""
        return [
            {
                "单位": result.unit or None,
                "文件名": file.name,
                "格式": file.format or None,
                "页数": file.pages,
                "字节数": file.size,
                "状态": label(f"file.{file.state}"),
                "原因": _reason(file),
                "表格数": len(file.tables),
                "数据行数": sum(table.rows for table in file.tables),
                "入库记录数": len(file.records),
                "单元格数": file.cells,
                "已用单元格数": file.used_cells,
            }
            for result in self.results
            for file in result.files
        ]

    def findings(self) -> list[Row]:
        """The findings, by column names of 问题清单, the gravest first."""
        return [
            finding_row(each)
            for result in self.results
            for each in sorted(result.findings, key=lambda finding: "EWI".index(finding.severity))
        ]

    def document(self) -> Row:
        """All of it, as one document."""
        return {
            "核查基准日": self.as_of,
            "来源文件": self.files(),
            "问题清单": self.findings(),
            "规则执行情况": [
                {
                    "单位": result.unit or None,
                    "规则": run.code,
                    "对象数": run.objects,
                    "命中数": run.hits,
                    "未执行原因": label(f"not_run.{run.not_run}") if run.not_run else None,
                }
                for result in self.results
                for run in result.rule_runs
            ],
        }


def finding_row(finding: Finding) -> Row:
    """A finding by the column names of 问题清单."""
    return {
        "问题键": finding.fingerprint,
        "规则": finding.code,
        "严重程度": label(f"severity.{finding.severity}"),
        "单位": finding.unit or None,
        "对象类型": label(f"subject.{finding.subject}"),
        "对象键": finding.subject_key,
        "对象名称": finding.subject_name,
        "字段": finding.field or None,
        "来源文件": finding.file,
        "来源位置": finding.place,
        "原文": finding.quote or None,
        "说明": finding.message,
        "整改建议": finding.advice,
        "规则依据": finding.basis,
        "状态": label("finding.open"),
    }


def _reason(file: FileReading) -> str | None:
    text = load_vocabulary().reasons.get(file.reason)
    if text is None:
        return None
    known = {"suffix": "", "found": "", "limit": "", "seconds": "", "megabytes": "", "other": "", "tool": ""}
    return text.reason.format_map(known | dict(file.facts))


def check_files(paths: Iterable[Path], workspace: Path, as_of: dt.date | None) -> Checked:
    """Read and judge files. workspace: whose campaign holds, where it has one. as_of: the review date, else the
    campaign's, else today. Raises CampaignError, WorkspaceUnusable, OSError.
    """
    vocabulary, place = load_vocabulary(), Workspace(workspace.absolute())
    campaign = load_campaign(place.campaign if place.campaign.exists() else None, vocabulary)
    day = as_of or campaign.review_date or dt.date.today()
    groups: dict[str, list[FileReading]] = {}
    loose: list[FileReading] = []
    with open_workers(1) as workers, tempfile.TemporaryDirectory(prefix="zhiquan-") as scratch:
        for path in paths:
            if path.is_dir():
                unit = path.resolve().name
                groups.setdefault(unit, []).extend(_read_folder(path, workers, Path(scratch)))
            else:
                loose.extend(_read(path, path.name, workers, Path(scratch)))
    named = next((reading.unit for reading in loose if reading.unit), "")
    for reading in loose:
        groups.setdefault(reading.unit or named, []).append(reading)
    library, own = library_of(place), OwnLibrary(place.statutes)
    results = (assemble(unit, readings, vocabulary, campaign, day, library, own) for unit, readings in groups.items())
    return Checked(tuple(results), day)


def _read_folder(folder: Path, workers: Submitter, scratch: Path) -> Iterator[FileReading]:
    for incoming in survey(folder).files:
        name = f"{incoming.unit}/{incoming.name}" if incoming.unit else incoming.name
        yield from _read(incoming.path, name, workers, scratch)


def _read(path: Path, name: str, workers: Submitter, scratch: Path) -> Iterator[FileReading]:
    """The readings of a file, or of what an archive holds."""
    into = Path(tempfile.mkdtemp(dir=scratch))
    try:
        outcome = workers.submit(open_submitted, path, name, into).result()
    except Unreadable as problem:
        outcome = quarantined(name, sha256_of(path), path.stat().st_size, problem)
    if isinstance(outcome, CoverSheet):
        outcome = outcome.reading
    if not isinstance(outcome, Unpacked):
        yield outcome
        return
    for member in outcome.members:
        inside = f"{name}/{member.name}"
        if member.path is not None:
            yield from _read(member.path, inside, workers, scratch)
        else:
            yield FileReading(
                inside, member.sha256, member.size, FileState.QUARANTINED, reason=member.reason, facts=member.facts
            )


def read_document(path: Path) -> Document:
    """What the readers see in one file. Raises Unreadable, OSError."""
    with Sandbox(1, READ_SECONDS, READ_MEGABYTES, patience=extra_seconds) as workers:
        return workers.submit(open_document, path, path.name).result()
