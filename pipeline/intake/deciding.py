"""decide(): what reviewers decide and units answer, kept at once and shown in the published warehouse.

In: requests as a reviewer makes them, by key. Out: :class:`Outcome`. A decision is on the disk before anything else is
tried: a run that holds the warehouse meanwhile takes it along when it publishes. Refuses, request by request and never
silently: an unknown key, a decision that does not fit the object, a missing reason.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from pipeline.identity.item import Item
from pipeline.identity.keys import identity_of
from pipeline.intake.archived import Archive
from pipeline.intake.joining import decisions_due
from pipeline.intake.ledger import Ledger, open_ledger
from pipeline.intake.run import load_settings
from pipeline.intake.settling import settle
from pipeline.intake.submitter import Submitter
from pipeline.intake.taking_in import open_workers
from pipeline.intake.versions import VersionLoader
from pipeline.law.own_library import OwnLibrary
from pipeline.law.workspace_library import library_of
from pipeline.review.decision import ABSORBED, ANSWER, REVOKE, SAME, Decision, standing
from pipeline.review.store import open_decisions
from pipeline.text.normalization import fold
from pipeline.vocabulary import DecisionWord, Vocabulary, load_vocabulary
from pipeline.warehouse.master import open_master
from pipeline.warehouse.objects import Known, known_objects
from pipeline.warehouse.publish import publish
from pipeline.workspace import Workspace, WorkspaceBusy, prepare, scratch_folder, writing

_WAIT_SECONDS = 3.0  # for another decision that is being published


@dataclass(frozen=True, slots=True)
class Request:
    """One wish. decision: as the reviewer writes it, a word of vocab/decisions.csv. other: the key to merge with.

    answer: what the unit wrote; a request may be an answer, a decision, or both. source: where it stands in a file.
    """

    key: str
    decision: str = ""
    comment: str = ""
    other: str = ""
    answer: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not kept, and why, in Chinese."""

    request: Request
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of requests. published: False where another writer holds the warehouse, which will show it later."""

    kept: tuple[Decision, ...]
    refused: tuple[Refused, ...]
    published: bool


class _Refusal(Exception):
    """Why a request is not kept."""


def decide(
    workspace: Path,
    requests: Sequence[Request],
    reviewer: str,
    *,
    now: dt.datetime | None = None,
    sandbox: Callable[[int], AbstractContextManager[Submitter]] = open_workers,
) -> Outcome:
    """Keep what can be kept and publish it. now: the moment of the decision.

    Raises QueryRefused (no warehouse yet), WorkspaceUnusable.
    """
    place, moment = prepare(workspace), now or dt.datetime.now()
    keys = {key for each in requests for key in (each.key, each.other) if key}
    with open_ledger(place.ledger) as ledger, open_decisions(place.decisions, make=True) as store:
        desk = _Desk(known_objects(place, keys), ledger, load_vocabulary(), reviewer, moment)
        kept: list[Decision] = []
        refused: list[Refused] = []
        for request in requests:
            try:
                kept += desk.decisions(request, store.of_unit(desk.unit(request)))
            except _Refusal as refusal:
                refused.append(Refused(request, str(refusal)))
        store.add(kept)
    published = not kept or publish_decisions(place, sandbox)
    return Outcome(tuple(kept), tuple(refused), published)


def publish_decisions(
    place: Workspace, sandbox: Callable[[int], AbstractContextManager[Submitter]] = open_workers
) -> bool:
    """Show all decisions in the published warehouse; False where another writer holds it. Raises WorkspaceUnusable."""
    with ExitStack() as stack:
        try:
            stack.enter_context(writing(place, wait=_WAIT_SECONDS))
        except WorkspaceBusy:
            return False
        ledger = stack.enter_context(open_ledger(place.ledger))
        if not decisions_due(place, ledger):
            return True  # the writer that we waited for took them along
        started = dt.datetime.now().replace(microsecond=0)
        settings = load_settings(place, None, started, os.cpu_count() or 1)
        workers = cache(lambda: stack.enter_context(sandbox(settings.jobs)))
        scratch = cache(lambda: stack.enter_context(scratch_folder(place)))
        find = partial(Archive(place, ledger, settings.edition).reading, workers=workers, scratch=scratch)
        with open_master(place.master, settings.vocabulary, started) as warehouse:
            libraries = library_of(place), OwnLibrary(place.statutes)
            loader = VersionLoader(warehouse, ledger, place.decisions, settings, *libraries)
            settled = settle(place, warehouse, ledger, loader, find, settings)
            warehouse.checkpoint()
        publish(place)
        ledger.keep_joined_decisions(settled.joined)
    return True


class _Desk:
    """Turns requests into decisions."""

    def __init__(
        self, known: Mapping[str, Known], ledger: Ledger, words: Vocabulary, reviewer: str, now: dt.datetime
    ) -> None:
        self._known, self._ledger, self._words = known, ledger, words
        self._reviewer, self._now = reviewer, now
        self._items = cache(lambda unit: ledger.items(unit).get("power", {}))

    def unit(self, request: Request) -> str:
        """The unit concerned, "" where the key is unknown."""
        found = self._known.get(request.key)
        return found.unit if found else ""

    def decisions(self, request: Request, earlier: Iterable[Decision]) -> list[Decision]:
        """What a request comes to. Raises _Refusal."""
        about = self._known.get(request.key)
        if about is None:
            raise self._refusal("unknown" if request.key else "no_key", key=request.key)
        found: list[Decision] = []
        if request.answer and about.subject == "finding":
            found.append(self._made(about, ANSWER, ANSWER, request.answer, reviewer=""))
        if not request.decision:
            return [each for each in found if not _is_repeated(each, earlier)]
        if self._is_revocation(request.decision):
            return [*found, *self._revoked(about, request, tuple(earlier))]
        word = self._word(about, request.decision)
        answered = about.answered or bool(request.answer)
        if (word.needs == "comment" and not request.comment) or (
            word.needs == "reason" and not (request.comment or answered)
        ):
            raise self._refusal("reason", decision=word.label)
        made = self._made(about, word.decision, word.group, request.comment)
        if word.decision == "pass" and about.errors:
            raise self._refusal("open_errors", count=about.errors)
        if word.group in ("identity", "listing"):
            made = self._on_listing(about, word, request, made)
        return [each for each in (*found, made) if not _is_repeated(each, earlier)]

    def _word(self, about: Known, written: str) -> DecisionWord:
        offered = [each for each in self._words.decisions if each.subject == about.subject]
        wanted = fold(written)
        for each in offered:
            if wanted in {fold(name) for name in (each.decision, each.label, *each.aliases)}:
                return each
        labels = self._words.label("list.and").join(each.label for each in offered)
        raise self._refusal("decision", decision=written, known=labels)

    def _is_revocation(self, written: str) -> bool:
        return fold(written) in (REVOKE, fold(self._words.label("decision.revoke")))

    def _revoked(self, about: Known, request: Request, earlier: Sequence[Decision]) -> list[Decision]:
        """An end to every standing decision on an object; a merger is also ended by the key that it went into."""
        ended = [
            each
            for each in standing(earlier)
            if each.group != ANSWER
            and (each.key == about.key or (each.decision == "merge" and each.other == about.key))
        ]
        if not ended:
            raise self._refusal("nothing_to_revoke")
        return [
            Decision(
                each.subject, each.key, each.unit, REVOKE, each.group, self._now, about.version, request.comment,
                self._reviewer,
            )
            for each in ended
        ]  # fmt: skip

    def _on_listing(self, about: Known, word: DecisionWord, request: Request, made: Decision) -> Decision:
        versions = self._items(about.unit)
        stood = {item.key: (item, version) for version in sorted(versions) for item in versions[version]}
        if about.key not in stood:
            raise self._refusal("unknown", key=about.key)
        item, _ = stood[about.key]
        if word.decision == "withdraw":
            return _judging(made, item.sha256 if about.present else "")
        if word.decision == "split":
            if sum(any(each.key == about.key for each in held) for held in versions.values()) < 2:
                raise self._refusal("nothing_to_split")
            return _judging(made, identity_of("power", item))
        return self._merged(about, request, made, versions)

    def _merged(
        self, about: Known, request: Request, made: Decision, versions: Mapping[int, Sequence[Item]]
    ) -> Decision:
        """Of two powers one must be gone. It is the same as the other where that one came when it went."""
        other = self._known.get(request.other)
        if other is None or other.subject != "power" or other.unit != about.unit or other.key == about.key:
            raise self._refusal("other", key=request.other)
        if about.present == other.present:
            raise self._refusal("both_there" if about.present else "both_gone")
        here, gone = (about.key, other.key) if about.present else (other.key, about.key)
        stood = {key: [v for v, held in versions.items() if any(i.key == key for i in held)] for key in (here, gone)}
        if min(stood[here]) > max(stood[gone]):
            return _judging(made, SAME, key=here, other=gone)
        return _judging(made, ABSORBED, key=gone, other=here)

    def _made(self, about: Known, decision: str, group: str, comment: str, *, reviewer: str | None = None) -> Decision:
        who = self._reviewer if reviewer is None else reviewer
        return Decision(
            about.subject, about.key, about.unit, decision, group, self._now, about.version, comment.strip(), who
        )

    def _refusal(self, reason: str, **facts: object) -> _Refusal:
        return _Refusal(self._words.label(f"decide.{reason}").format(**facts))


def _judging(made: Decision, judged: str, key: str = "", other: str = "") -> Decision:
    return Decision(
        made.subject, key or made.key, made.unit, made.decision, made.group, made.decided, made.version, made.comment,
        made.reviewer, other, judged,
    )  # fmt: skip


def _is_repeated(made: Decision, earlier: Iterable[Decision]) -> bool:
    """The same stands already: a workbook may be read in twice."""
    return any(
        (each.key, each.decision, each.group, each.comment, each.other, each.judged, each.version)
        == (made.key, made.decision, made.group, made.comment, made.other, made.judged, made.version)
        for each in standing(earlier)
    )
