"""process(): the pure chain from a unit's files to records and findings. No clock, no database, no Prefect.

In: the files of one unit, a Vocabulary, a Campaign and the review date. Out: :class:`Result`. Refuses nothing: a
file that cannot be read is a quarantined :class:`~pipeline.record.FileReading`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from extractors import open_document
from extractors.content_hash import sha256_of
from extractors.document import Document
from extractors.errors import Unreadable
from pipeline.campaigns.arrival import Arrival
from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Finding, RuleRun
from pipeline.identity.history import Background, items_of
from pipeline.identity.item import Item
from pipeline.interpretation.charts import read_charts
from pipeline.interpretation.document_reader import DocumentReader
from pipeline.interpretation.secrecy import is_classified
from pipeline.law.own_library import OwnLibrary
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verified import CitationRow, citation_rows
from pipeline.law.workspace_library import shipped_library
from pipeline.recognition.repair import repaired
from pipeline.record import FINDINGS_WORKBOOK, FileReading, FileState, Record, Register
from pipeline.review.returned_workbook import is_findings_workbook
from pipeline.rules.charts import next_overdue
from pipeline.rules.city import Claim, claims
from pipeline.rules.context import RuleContext
from pipeline.rules.meant_powers import power_keys
from pipeline.rules.registry import run_rules
from pipeline.vocabulary import Vocabulary, derived

CLASSIFIED = "classified"
NO_REGISTER = "no_register"
CHARTS = "charts"  # no register, but flow charts

_reader = derived(DocumentReader)


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file as the unit handed it in: where its bytes lie now, and its path inside the unit's folder.

    beforehand: what LibreOffice has made of it already, together with others.
    """

    path: Path
    name: str
    beforehand: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one unit's submission gave. Records are those of ``files``, with unit and key assigned.

    citations: what the powers' bases cite, in the order of the records. withdrawn: records that the files list and a
    reviewer has withdrawn; no rule looks at them. items: by family, what is kept to know the records again, the
    withdrawn ones too. power_keys: risk point → the power that it means, by their keys. claims: the public powers as
    they are compared with other units'. until: the first day on which the rules may say something else of the same, but
    for the law.
    """

    unit: str
    files: tuple[FileReading, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    rule_runs: tuple[RuleRun, ...]
    citations: tuple[CitationRow, ...] = ()
    withdrawn: tuple[Record, ...] = ()
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    power_keys: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    until: date | None = None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: reading makes many objects and no cycles, and each pass would visit all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def process(
    unit: str, files: Iterable[SubmittedFile], vocabulary: Vocabulary, campaign: Campaign, as_of: date
) -> Result:
    """Hops 1–5 for one unit, in this process: read every file, assign keys, run the rules.

    as_of: the review date, by which legal bases are judged.
    """
    with _collector_paused():
        readings = [read_file(file, vocabulary) for file in files]
        return assemble(unit, readings, vocabulary, campaign, as_of)


def read_file(file: SubmittedFile, vocabulary: Vocabulary) -> FileReading:
    """What one file says. An unreadable, classified or irrelevant file is a reading too, with its reason."""
    blank = FileReading(file.name, sha256_of(file.path), file.path.stat().st_size, FileState.QUARANTINED)
    try:
        document = open_document(file.path, file.name, file.beforehand)
    except Unreadable as error:
        return refused(blank, error)
    if is_classified(document, vocabulary):
        return replace(blank, reason=CLASSIFIED)
    if is_findings_workbook(document, vocabulary):
        return replace(blank, state=FileState.NO_REGISTER, reason=FINDINGS_WORKBOOK, format=document.format)
    return _interpreted(blank, document, vocabulary)


def refused(blank: FileReading, error: Unreadable) -> FileReading:
    """The reading of a file that could not be read."""
    facts = tuple((key, str(value)) for key, value in error.facts.items())
    return replace(blank, state=FileState.QUARANTINED, reason=error.code, facts=facts)


def _interpreted(blank: FileReading, document: Document, vocabulary: Vocabulary) -> FileReading:
    reading = _reader(vocabulary).read(document)
    registers = [table for table in reading.tables if table.register is not Register.NONE]
    aside = [table.title or str(table.place) for table in reading.tables if table.register is Register.NONE]
    facts = (("tables", str(len(aside))), ("titles", "；".join(title[:30] for title in aside[:5]))) if aside else ()
    charts = read_charts(document, vocabulary)
    without = CHARTS if charts else NO_REGISTER
    return replace(
        blank,
        state=FileState.LOADED if registers else FileState.NO_REGISTER,
        reason="" if registers else without,
        facts=(*facts, ("charts", str(len(charts)))) if charts else facts,
        format=document.format,
        pages=document.pages,
        unit=reading.unit,
        supplement=reading.supplement,
        tables=tuple(reading.tables),
        records=tuple(reading.records),
        remarks=tuple(reading.remarks),
        observations=document.observations,
        charts=charts,
    )


def assemble(
    unit: str,
    readings: Iterable[FileReading],
    vocabulary: Vocabulary,
    campaign: Campaign,
    as_of: date,
    library: StatuteLibrary | None = None,
    own_library: OwnLibrary | None = None,
    background: Background | None = None,
    arrival: Arrival | None = None,
) -> Result:
    """The records of a unit's files with their keys, the findings of the rules on them, and their legal bases.

    library: the statutes by which legal bases are judged, else the shipped facts. own_library: with the texts of the
    workspace's own ones. background: the unit's earlier versions and what reviewers have ruled, else it has none.
    arrival: when they were received, None where they are only looked at.
    """
    statutes, past = library or shipped_library(), background or Background()
    files = repaired(unit, readings, vocabulary, statutes)
    hashes = {file.name: file.sha256 for file in files}
    keyed = past.keyed(unit, (record for file in files for record in file.records))
    items = items_of(keyed, hashes)
    withdrawn = tuple(each for each in keyed if past.listing.withdraws(each.key, hashes[each.file]))
    gone = {each.key for each in withdrawn}
    records = tuple(each for each in keyed if each.key not in gone) if gone else keyed
    context = RuleContext(
        unit, files, records, vocabulary, campaign, as_of, statutes, own_library,
        past.history(items.get("power", ())), arrival,
    )  # fmt: skip
    findings, runs = run_rules(context)
    citations = citation_rows(context.citations, vocabulary, as_of)
    return Result(
        unit, files, records, findings, runs, citations, withdrawn, items, power_keys(context), claims(context),
        next_overdue(context),
    )  # fmt: skip
