"""``zhiquan cite`` and ``zhiquan law``: citations with their verdicts, and the statute library behind them.

In: a text, a title, files of statutes. Out: a row a cited provision or a version, what an import understood, the own
library as a file. Refuses: a title that the library does not know, an article that is no number, a path not there.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.console import complain, output, print_json, print_rows, print_table
from flows.help import HelpfulCommand, HelpfulGroup
from flows.options import DEFAULT_WORKSPACE, AsOfOption, JsonOption, WorkspaceOption, day, existing, known
from flows.wording import Exit, Stop, label, say
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable, prepare, writing

if TYPE_CHECKING:
    from pipeline.law.importing import ImportReport
    from pipeline.law.statute import ArticleKey, Statute, Version
    from pipeline.law.statutes import StatuteLibrary
    from pipeline.law.verified import VerifiedCitation

_EXPORTS = ("json", "csv")

law = typer.Typer(cls=HelpfulGroup, help=say("help.law"), add_completion=False, no_args_is_help=True)


def cite(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=say("cite.text"))],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """The legal citations in a text, resolved and verified."""
    from pipeline.law.verified import verified_text
    from pipeline.law.workspace_library import library_of

    place = Workspace(workspace.absolute())
    given = sys.stdin.buffer.read().decode("utf-8-sig", "replace") if text == "-" else text
    found = verified_text(given, load_vocabulary(), library_of(place), day(as_of) or _review_date(place))
    rows = [_cited(each) for each in found]
    if as_json:
        print_json(rows)
    elif rows:
        columns = tuple(say(f"cite.column.{name}") for name in ("text", "provision", *_CITED))
        lines = zip(found, rows, strict=True)
        print_table(columns, [[each.citation.text, _provision(each), *(row[n] for n in _CITED)] for each, row in lines])
    else:
        complain(say("cite.none"))


_CITED = ("canonical_title", "level", "verdict", "version_date", "suggestion")


def _provision(each: VerifiedCitation) -> str:
    """The article and what is below it, as 第13条第2款: members of a range share their text."""
    from pipeline.law.citation import write

    return write(dataclasses.replace(each.citation, title=None, document_number=None, version=None))


def _cited(each: VerifiedCitation) -> dict[str, Any]:
    """One cited provision with the contract's keys."""
    from pipeline.law.verdict_wording import conclusion_text, level_text, suggestion

    cited, verdict, vocabulary = each.citation, each.verdict, load_vocabulary()
    return {
        "text": cited.text,
        "start": cited.start,
        "end": cited.end,
        "title": cited.title,
        "canonical_title": each.canonical_title,
        "statute_id": verdict.statute_id or None,
        "level": level_text(verdict.level, vocabulary) or None,
        "document_number": cited.document_number,
        "article": cited.article,
        "article_suffix": cited.article_suffix,
        "paragraph": cited.paragraph,
        "item": cited.item,
        "subitem": cited.subitem,
        "verdict": conclusion_text(verdict.conclusion, vocabulary),
        "suggestion": suggestion(verdict, vocabulary) or None,
        "version_date": verdict.version_date,
    }


def _review_date(place: Workspace) -> dt.date:
    """The day of the law where none is given: the campaign's, else today."""
    from pipeline.campaigns.campaign import load_campaign

    campaign = load_campaign(place.campaign if place.campaign.exists() else None, load_vocabulary())
    return campaign.review_date or dt.date.today()


@law.command("list", cls=HelpfulCommand, help=say("help.law.list"))
def list_statutes(
    title: Annotated[str | None, typer.Argument(metavar="TITLE", help=say("law.part_of_title"))] = None,
    own: Annotated[bool, typer.Option("--own", help=say("law.own"))] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """The statutes of the library, a line each."""
    library, on = _library(workspace), day(as_of) or dt.date.today()
    chosen = [s for s in library.statutes() if (title or "") in s.title and (s.own or not own)]
    rows = [_listed(statute, library, on) for statute in chosen]
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(list(rows[0]), rows)
        complain(say("law.listed", count=len(rows), built=library.built))
    else:
        complain(say("law.none"))


def _listed(statute: Statute, library: StatuteLibrary, on: dt.date) -> dict[str, Any]:
    stage = library.standing(statute.id, on).stage
    version = stage.version if stage else None
    return {
        say("law.column.title"): statute.title,
        say("law.column.level"): _level(statute),
        say("law.column.force"): _force(statute, library, on),
        say("law.column.published"): version.published if version else None,
        say("law.column.last"): version.last or None if version else None,
        say("law.column.versions"): len(statute.versions),
        say("law.column.own"): say("law.yes") if statute.own else None,
    }


def _level(statute: Statute) -> str | None:
    return label(f"statute_level.{statute.level.value}") if statute.level else None


def _force(statute: Statute, library: StatuteLibrary, on: dt.date) -> str:
    return say(f"law.force.{library.standing(statute.id, on).force.name.lower()}")


@law.command("show", cls=HelpfulCommand, help=say("help.law.show"))
def show(
    title: Annotated[str, typer.Argument(metavar="TITLE", help=say("law.title"))],
    article: Annotated[str | None, typer.Argument(metavar="ARTICLE", help=say("law.article"))] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """One statute with its versions, or one of its articles in every version."""
    library, on = _library(workspace), day(as_of) or dt.date.today()
    statute = _statute(title, library)
    key = _article_key(article) if article is not None else None
    versions = [_version(statute, version, key, workspace) for version in statute.versions]
    if as_json:
        print_json({**_facts(statute, library, on), say("law.versions"): versions})
        return
    print_table(("", ""), [(name, value) for name, value in _facts(statute, library, on).items() if value is not None])
    if versions:
        print_rows(list(versions[0]), versions, say("law.versions"))
    else:
        complain(say("law.no_versions"))


def _library(workspace: Path) -> StatuteLibrary:
    from pipeline.law.workspace_library import library_of

    return library_of(Workspace(workspace.absolute()))


def _statute(title: str, library: StatuteLibrary) -> Statute:
    """The statute that a title, with or without 《》, or an id names."""
    plain = title.strip().strip("《》〈〉")
    match = library.find(plain)
    found = library.get(match.statute_id) or library.get(plain)
    if found is None:
        hint = say("nearest", names=match.title) if match.title else ""
        raise Stop(say("law.unknown", title=plain, hint=hint))
    return found


def _article_key(text: str) -> ArticleKey:
    """The number and suffix of an article written as 第三十四条之一, 34 or 34-1."""
    from pipeline.law.citations import citations

    number, _, suffix = text.strip().partition("-")
    wanted = f"第{number}条" + (f"之{suffix}" if suffix else "") if number.isdecimal() else text
    found = [each for each in citations(wanted, load_vocabulary()) if each.article is not None]
    if len(found) != 1 or found[0].article is None:
        raise Stop(say("law.no_number", text=text))
    return found[0].article, found[0].article_suffix or 0


def _facts(statute: Statute, library: StatuteLibrary, on: dt.date) -> dict[str, Any]:
    end = statute.repeal
    return {
        say("law.column.title"): statute.title,
        say("law.column.id"): statute.id,
        say("law.column.level"): _level(statute),
        say("law.column.issuer"): statute.issuer or None,
        say("law.column.force"): _force(statute, library, on),
        say("key.as_of"): on,
        say("law.column.repealed_by"): end.by or None if end else None,
        say("law.column.repealed_since"): end.since if end else None,
        say("law.column.orders"): label("list.and").join(order for _, order in statute.orders) or None,
        say("law.column.own"): say("law.yes") if statute.own else None,
    }


def _version(statute: Statute, version: Version, key: ArticleKey | None, workspace: Path) -> dict[str, Any]:
    row: dict[str, Any] = {
        say("law.column.published"): version.published,
        say("law.column.effective"): version.effective,
        say("law.column.order"): version.order or None,
        say("law.column.last"): version.last or None,
    }
    if key is not None:
        row |= _article(statute, version, key, workspace)
    return row


def _article(statute: Statute, version: Version, key: ArticleKey, workspace: Path) -> dict[str, Any]:
    """Whether a version has the article, its shape, and its text where the workspace has it."""
    from pipeline.law.own_library import OwnLibrary, OwnLibraryUnusable

    shape = version.articles.get(key)
    try:
        text = OwnLibrary(Workspace(workspace.absolute()).statutes).article_text(statute.id, version.published, key)
    except OwnLibraryUnusable as error:
        raise WorkspaceUnusable(str(error)) from error
    there = "there" if shape else "unseen" if not version.structure else "absent"
    return {
        say("law.column.article"): say(f"law.article.{there}"),
        say("law.column.paragraphs"): shape.paragraphs if shape else None,
        say("law.column.items"): label("list.and").join(str(n) for n in shape.items) if shape else None,
        say("law.column.text"): text,
    }


@law.command("import", cls=HelpfulCommand, help=say("help.law.import"))
def import_statutes(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help=say("law.paths"))],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Take statutes into the workspace's own library, and say what was understood."""
    from pipeline.law.workspace_library import library_of

    given = [existing(path) for path in paths]
    place = prepare(workspace)
    with writing(place):
        reports = list(_imported(given, place, library_of(place)))
    rows = [_reported(each) for each in reports]
    if as_json:
        print_json(rows)
    elif rows:
        shown = [name for name in rows[0] if name != say("law.column.id")]
        print_rows(shown, rows)
        files = {each.file for each in reports}
        complain(say("law.imported", taken=sum(each.taken for each in reports), files=len(files)))
    else:
        complain(say("law.no_files"))
    raise typer.Exit(Exit.DONE if all(each.taken for each in reports) else Exit.QUARANTINE)


def _imported(paths: list[Path], place: Workspace, library: StatuteLibrary) -> Iterator[ImportReport]:
    from pipeline.law.importing import import_files
    from pipeline.law.own_library import OwnLibrary, OwnLibraryUnusable

    try:
        yield from import_files(paths, OwnLibrary(place.statutes), library)
    except OwnLibraryUnusable as error:
        raise WorkspaceUnusable(str(error)) from error


def _reported(report: ImportReport) -> dict[str, Any]:
    """What was understood of one file."""
    remarks = [_reason(report)] if report.reason else []
    remarks += [label(f"law.import.{doubt.value}") for doubt in report.doubts]
    return {
        say("key.file"): report.file,
        say("law.column.taken"): say("law.yes") if report.taken else say("law.no"),
        say("law.column.title"): report.title or None,
        say("law.column.id"): report.statute_id or None,
        say("law.column.level"): label(f"statute_level.{report.level.value}") if report.level else None,
        say("law.column.issuer"): report.issuer or None,
        say("law.column.published"): report.version_date,
        say("law.column.effective"): report.effective,
        say("law.column.articles"): report.articles,
        say("law.column.paragraphs"): report.paragraphs,
        say("law.column.items"): report.items,
        say("law.column.repeals"): label("list.and").join(report.repeals) or None,
        say("law.column.remarks"): "；".join(remarks) or None,
    }


def _reason(report: ImportReport) -> str:
    if (known_reason := load_vocabulary().reasons.get(report.reason)) is not None:
        return known_reason.reason
    return label(f"law.import.{report.reason}")


@law.command("export", cls=HelpfulCommand, help=say("help.law.export"))
def export(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    form: Annotated[str, typer.Option("--format", metavar="json|csv", help=say("law.format"))] = "json",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("law.out"))] = None,
) -> None:
    """The workspace's own statutes as JSON or CSV."""
    from pipeline.law.importing import export_csv, export_json
    from pipeline.law.own_library import OwnLibrary, OwnLibraryUnusable

    form = known(form, _EXPORTS, "law.usage_format")
    library = OwnLibrary(Workspace(workspace.absolute()).statutes)
    try:
        text = export_csv(library) if form == "csv" else export_json(library) + "\n"
    except OwnLibraryUnusable as error:
        raise WorkspaceUnusable(str(error)) from error
    if out is None:
        sys.stdout.write(text)
        return
    try:
        # Excel asks a .csv for the mark.
        out.write_text(text, encoding="utf-8-sig" if form == "csv" else "utf-8", newline="")
    except OSError as error:
        raise Stop(say("usage.unwritable", path=out, detail=error.strerror)) from error
    output().print(str(out), soft_wrap=True)
