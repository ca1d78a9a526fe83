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
from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Finding, RuleRun
from pipeline.interpretation.document_reader import DocumentReader
from pipeline.interpretation.secrecy import is_classified
from pipeline.keys import assign_keys
from pipeline.law.own_library import OwnLibrary
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verified import CitationRow, citation_rows
from pipeline.law.workspace_library import shipped_library
from pipeline.record import FileReading, FileState, Record, Register
from pipeline.rules.city import Claim, claims
from pipeline.rules.context import RuleContext
from pipeline.rules.meant_powers import power_keys
from pipeline.rules.registry import run_rules
from pipeline.vocabulary import Vocabulary, derived

CLASSIFIED = "classified"
NO_REGISTER = "no_register"

_reader = derived(DocumentReader)


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file as the unit handed it in: where its bytes lie now, and its path inside the unit's folder."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one unit's submission gave. Records are those of ``files``, with unit and key assigned.

    citations: what the powers' bases cite, in the order of the records. power_keys: risk point → the power that it
    means, by their keys. claims: the public powers as they are compared with other units'.
    """

    unit: str
    files: tuple[FileReading, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    rule_runs: tuple[RuleRun, ...]
    citations: tuple[CitationRow, ...] = ()
    power_keys: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()


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
        document = open_document(file.path, file.name)
    except Unreadable as error:
        return refused(blank, error)
    if is_classified(document, vocabulary):
        return replace(blank, reason=CLASSIFIED)
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
    return replace(
        blank,
        state=FileState.LOADED if registers else FileState.NO_REGISTER,
        reason="" if registers else NO_REGISTER,
        facts=facts,
        format=document.format,
        pages=document.pages,
        unit=reading.unit,
        supplement=reading.supplement,
        tables=tuple(reading.tables),
        records=tuple(reading.records),
        remarks=tuple(reading.remarks),
        observations=document.observations,
    )


def assemble(
    unit: str,
    readings: Iterable[FileReading],
    vocabulary: Vocabulary,
    campaign: Campaign,
    as_of: date,
    library: StatuteLibrary | None = None,
    own_library: OwnLibrary | None = None,
) -> Result:
    """The records of a unit's files with their keys, the findings of the rules on them, and their legal bases.

    library: the statutes by which legal bases are judged, else the shipped facts. own_library: with the texts of the
    workspace's own ones.
    """
    files = tuple(readings)
    records = assign_keys(unit, (record for file in files for record in file.records))
    context = RuleContext(unit, files, records, vocabulary, campaign, as_of, library or shipped_library(), own_library)
    findings, runs = run_rules(context)
    return Result(
        unit, files, records, findings, runs, citation_rows(context.citations, vocabulary, as_of), power_keys(context),
        claims(context),
    )  # fmt: skip
