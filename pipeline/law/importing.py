"""Statutes as files → the workspace's own library: what ``zhiquan law import`` does.

In: files as the national database hands them out (.docx), whatever :func:`extractors.open_document` reads, and plain
.txt and .md; the library they go to. Out: an :class:`ImportReport` a file, which says what was understood. Refuses
nothing as a whole: a file that cannot be read, or is no statute, is reported with its reason and the rest goes on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from extractors import open_document
from extractors.document import Document, Table
from extractors.errors import TooLarge, Unreadable
from extractors.kinds import Kind, kind_of
from extractors.text_encoding import decode
from pipeline.law.own_library import OwnLibrary, OwnRepeal
from pipeline.law.statute import Change, Level, Statute, Version, to_json, write_structure
from pipeline.law.statute_heading import Heading, closing_date
from pipeline.law.statute_text import Doubt, StatuteText, read_statutes
from pipeline.law.statute_titles import folded
from pipeline.law.statutes import MatchKind, StatuteLibrary

_MAX_TEXT = 32 << 20  # bytes of a plain text; the longest code has half a megabyte
_REGION = "省市区州县盟旗"
_DOCUMENTS = {".docx", ".docm", ".doc", ".wps", ".rtf", ".pdf", ".html", ".htm", ".mht", ".txt", ".md"}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was understood of one file.

    taken: it went into the library. reason: why not: a key of vocab/unreadable.csv, or "no_statute". repeals: titles
    that it ends. doubts: what could not be made out. Counts are those of the version in the file.
    """

    file: str
    taken: bool
    reason: str = ""
    statute_id: str = ""
    title: str = ""
    level: Level | None = None
    issuer: str = ""
    version_date: date | None = None
    effective: date | None = None
    effective_sure: bool = True
    articles: int = 0
    paragraphs: int = 0
    items: int = 0
    repeals: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def import_files(paths: Iterable[Path], library: OwnLibrary, known: StatuteLibrary) -> Iterator[ImportReport]:
    """Imports files, and what lies below folders, one report a statute; a file without any has one too.

    known: the library by whose ids a statute that it already has goes. Raises OwnLibraryUnusable, and OSError for a
    path that does not exist.
    """
    for path in paths:
        for file, name in _files(path):
            yield from import_file(file, name, library, known)


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, path.name
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix.lower() in _DOCUMENTS and not file.name.startswith((".", "~$")):
            yield file, file.relative_to(path).as_posix()


def import_file(path: Path, name: str, library: OwnLibrary, known: StatuteLibrary) -> list[ImportReport]:
    """Imports the statutes of one file. Raises OwnLibraryUnusable, and OSError where there is no such file."""
    try:
        texts = read_statutes(_lines(path, name), name)
    except Unreadable as error:
        return [ImportReport(name, taken=False, reason=error.code)]
    return [_import(text, name, library, known) for text in texts]


def _import(text: StatuteText, name: str, library: OwnLibrary, known: StatuteLibrary) -> ImportReport:
    if not text.heading.title or not text.articles:
        return ImportReport(name, taken=False, reason="no_statute", title=text.heading.title, doubts=text.remarks)
    statute = as_statute(text, known)
    version = statute.versions[0]
    repeals = [OwnRepeal(title, statute.id, statute.title, version.closing_date) for title in text.repeals]
    library.add(statute, ((article.key, article.text) for article in text.articles), repeals)
    return _report(name, text, statute)


def _report(name: str, text: StatuteText, statute: Statute) -> ImportReport:
    version = statute.versions[0]
    return ImportReport(
        file=name,
        taken=True,
        statute_id=statute.id,
        title=statute.title,
        level=statute.level,
        issuer=statute.issuer,
        version_date=version.published,
        effective=version.effective,
        effective_sure=version.effective_sure,
        articles=len(text.articles),
        paragraphs=sum(article.shape.paragraphs for article in text.articles),
        items=sum(sum(article.shape.items) for article in text.articles),
        repeals=text.repeals,
        doubts=text.remarks,
    )


def as_statute(text: StatuteText, known: StatuteLibrary) -> Statute:
    """The facts of one text. The office that imports it vouches for its being in force from its effective date on."""
    heading = text.heading
    version = _version(text)
    match = known.find(heading.title)
    same = known.get(match.statute_id) if match.kind in (MatchKind.EXACT, MatchKind.SHORT) else None
    level = same.level if same is not None and same.level is not None else heading.level
    statute_id = same.id if same is not None and same.level is not None else f"{level.value}-{folded(heading.title)}"
    return Statute(
        id=statute_id,
        title=same.title if same is not None and match.kind is MatchKind.SHORT else heading.title,
        level=level,
        issuer=heading.issuer,
        region=_region(heading, level),
        versions=(version,),
        history=heading.history,
        orders=heading.orders,
        vouched=version.start,
        founded=bool(heading.history) and heading.history[0][1] is Change.ADOPTED,
        own=True,
    )


def _version(text: StatuteText) -> Version:
    heading = text.heading
    published = heading.version_date
    # "From the day of publication" in an amended text is the day of the first one.
    first = heading.history[0][0] if heading.change is Change.AMENDED else published
    closing = closing_date(text.closing, first)
    # The closing article of an amended text still names the day of the first version.
    stated = closing is not None and (published is None or closing >= published or len(heading.history) < 2)
    return Version(
        published=published or closing,
        effective=closing if stated else published,
        effective_sure=stated,
        change=heading.change,
        order=heading.orders[-1][1] if heading.orders else "",
        closing_date=closing,
        structure=write_structure((article.key, article.shape) for article in text.articles),
        last=max(article.key[0] for article in text.articles),
        complete=text.complete,
    )


def _region(heading: Heading, level: Level) -> str:
    """The place that a local instrument is of: its title or issuer up to the first 省, 市 …"""
    if level not in (Level.LOCAL_REGULATION, Level.LOCAL_RULE):
        return ""
    for text in (heading.issuer, heading.title):
        at = next((i for i, character in enumerate(text[:12]) if character in _REGION and i > 0), None)
        if at is not None:
            return text[: at + 1]
    return ""


def _lines(path: Path, name: str) -> list[str]:
    """The paragraphs of a file. Raises Unreadable."""
    if kind_of(path) is not Kind.TEXT:
        return list(_paragraphs(open_document(path, name)))
    with path.open("rb") as stream:
        data = stream.read(_MAX_TEXT + 1)
    if len(data) > _MAX_TEXT:
        raise TooLarge("text", limit=_MAX_TEXT >> 20)
    return decode(data).text.splitlines()


def _paragraphs(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Table):  # web pages lay statutes out in tables
            for cell in block.cells:
                yield from cell.text.splitlines()
        else:
            yield from block.text.splitlines()


def export_json(library: OwnLibrary) -> str:
    """The own statutes as JSON, a list of records."""
    return json.dumps([to_json(statute) for statute in library.statutes()], ensure_ascii=False, indent=1)


EXPORT_COLUMNS = (
    "statute_id", "title", "level", "issuer", "region", "version_date", "effective_date", "articles", "order",
    "repealed_by", "repealed_date",
)  # fmt: skip


def export_csv(library: OwnLibrary) -> str:
    """The own statutes as CSV, a row a version, with the columns EXPORT_COLUMNS."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(EXPORT_COLUMNS)
    for statute in library.statutes():
        for version in statute.versions:
            writer.writerow(_row(statute, version))
    return stream.getvalue()


def _row(statute: Statute, version: Version) -> tuple[str | int | date | None, ...]:
    repeal = statute.repeal
    return (
        statute.id, statute.title, statute.level, statute.issuer, statute.region, version.published, version.effective,
        len(version.articles), version.order, repeal.by if repeal else "", repeal.since if repeal else None,
    )  # fmt: skip
