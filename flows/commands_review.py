"""``zhiquan decide`` and ``zhiquan rebuild``: what reviewers decide, and the warehouse again with all of it.

In: keys and a decision, or the findings workbook filled in. Out: what was kept and what was not, with the row where it
stands. Refuses a decision without reviewer, a file that is not the workbook. A decision that is kept is never lost:
where another writer holds the warehouse the status says that it will be seen later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import complain, output, print_json
from flows.options import DEFAULT_WORKSPACE, JobsOption, JsonOption, WorkspaceOption, existing, published
from flows.wording import Exit, Stop, label, say

if TYPE_CHECKING:
    from pipeline.intake.deciding import Outcome, Request


def decide(
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help=say("decide.keys"))] = None,
    decision: Annotated[str, typer.Option("--decision", metavar="WORD", help=say("decide.decision"))] = "",
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help=say("decide.comment"))] = "",
    reviewer: Annotated[str, typer.Option("--reviewer", metavar="NAME", help=say("decide.reviewer"))] = ...,  # type: ignore[assignment]
    other: Annotated[str, typer.Option("--with", metavar="KEY", help=say("decide.with"))] = "",
    workbook: Annotated[Path | None, typer.Option("--from", metavar="FILE", help=say("decide.from"))] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Keep decisions and show them at once."""
    from pipeline.intake.deciding import Request
    from pipeline.intake.deciding import decide as keep

    if bool(keys) == (workbook is not None) or (keys and not decision) or not reviewer.strip():
        raise Stop(say("decide.what"))
    place = published(workspace)
    if workbook is not None:
        requests = _requests(existing(workbook))
    else:
        requests = [Request(key.strip(), decision, comment, other.strip()) for key in dict.fromkeys(keys or ())]
    outcome = keep(place.root, requests, reviewer.strip())
    if as_json:
        _print_json(outcome)
    else:
        _print(outcome)
    raise typer.Exit(Exit.USAGE if outcome.refused else Exit.DONE if outcome.published else Exit.BUSY)


def _requests(path: Path) -> list[Request]:
    """What a findings workbook says that came back."""
    from extractors.errors import Unreadable
    from flows.checking import read_document
    from pipeline.intake.deciding import Request
    from pipeline.review.returned_workbook import NotTheWorkbook, returned_rows
    from pipeline.vocabulary import load_vocabulary

    words = load_vocabulary()
    try:
        rows = returned_rows(read_document(path), words)
    except Unreadable as error:
        raise Stop(say("decide.unreadable", path=path, reason=words.reasons[error.code].reason)) from error
    except NotTheWorkbook as error:
        raise Stop(say("decide.not_the_workbook", path=path)) from error
    return [
        Request(
            each.key, each.decision, each.comment, "", each.answer, say("decide.row", sheet=each.sheet, row=each.row)
        )
        for each in rows
    ]


def _print(outcome: Outcome) -> None:
    answers = sum(each.group == "answer" for each in outcome.kept)
    decisions = len(outcome.kept) - answers
    if outcome.kept:
        output().print(say("decide.kept", decisions=decisions, answers=answers), soft_wrap=True)
    elif not outcome.refused:
        output().print(say("decide.nothing"), soft_wrap=True)
    if outcome.refused:
        complain(say("decide.refused", count=len(outcome.refused)))
        for each in outcome.refused:
            complain(f"  {each.request.source or each.request.key}：{each.reason}")
    if not outcome.published:
        complain(say("decide.later"))


def _print_json(outcome: Outcome) -> None:
    from pipeline.vocabulary import load_vocabulary

    words = {(each.subject, each.decision): each.label for each in load_vocabulary().decisions}
    print_json(
        {
            say("key.kept"): [
                {
                    say("key.object_key"): each.key,
                    say("key.unit"): each.unit,
                    say("key.decision"): words.get((each.subject, each.decision)) or label(f"decision.{each.decision}"),
                    say("key.comment"): each.comment or None,
                    say("key.reviewer"): each.reviewer or None,
                }
                for each in outcome.kept
            ],
            say("key.refused"): [
                {
                    say("key.object_key"): each.request.key,
                    say("key.source"): each.request.source or None,
                    say("key.reason"): each.reason,
                }
                for each in outcome.refused
            ],
            say("key.published"): outcome.published,
        }
    )


def rebuild(workspace: WorkspaceOption = DEFAULT_WORKSPACE, jobs: JobsOption = None) -> None:
    """The warehouse again, from the archived originals and the decisions."""
    from flows.progress import RunProgress
    from pipeline.intake.rebuild import rebuild as build

    with RunProgress() as progress:
        versions = build(workspace.absolute(), jobs=jobs, progress=progress)
    output().print(say("rebuild.done", versions=versions), soft_wrap=True)
