"""Which version of a statute holds on a day, and whether the statute is in force then, as far as the facts reach.

In: a :class:`~pipeline.law.statute.Statute` and a day. Out: :class:`Standing`. Refuses nothing: where the facts are
silent, the standing is UNKNOWN and says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from pipeline.law.statute import Change, Statute, Version

# A day in the history is that of adoption; publication follows, at the latest after approval by a higher body.
_ADOPTED_BEFORE = timedelta(days=200)
_ADOPTED_AFTER = timedelta(days=5)
# Where publication was taken for the effective date, the true one followed within this time.
_SOON = timedelta(days=180)
_LATER = timedelta(days=730)  # the same where nothing at all is known of the effective date
_INFERRED_REPEAL = timedelta(days=365)
# After each of these terms from a date of a statute, its standing may be another.
TERMS = (timedelta(0), _SOON, _LATER, _INFERRED_REPEAL)


class Force(StrEnum):
    """Whether a statute is in force on a day."""

    IN_FORCE = "in force"
    NOT_YET = "not yet"
    REPEALED = "repealed"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """Why the facts do not say whether a statute is in force on a day; keys of ``verdict.advice.…``."""

    NONE = ""
    STATUS = "status_unknown"  # no source says that it is in force
    EXPIRED = "expired_flag"  # a source flags it as repealed or replaced, without saying which
    REPEAL_DATE = "repeal_date_unknown"
    EFFECTIVE_DATE = "effective_date_unknown"
    EARLIER = "before_the_facts"  # the facts begin later than the day
    PREDECESSOR = "predecessor"  # an older instrument of the same name held then
    SAME_NAME = "same_name"  # several statutes have the name


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in the life of a statute: what was adopted, published and in force together.

    version: None where only the date is known. start: since when it holds; sure: False where that is an assumption.
    days: every date that names it. changed: how it came about.
    """

    start: date
    sure: bool
    version: Version | None
    days: frozenset[date]
    changed: Change

    @property
    def years(self) -> frozenset[int]:
        """The years by which it is cited."""
        return frozenset(day.year for day in self.days)


@dataclass(frozen=True, slots=True)
class Standing:
    """A statute on a day. stage: the one in force, or the last one before its end; None before the first.

    exact: the text of ``stage`` is known to be the one in force on the day.
    """

    force: Force
    stage: Stage | None
    doubt: Doubt = Doubt.NONE
    exact: bool = True


@lru_cache(maxsize=8192)
def stages(statute: Statute) -> tuple[Stage, ...]:
    """The stages of a statute in order: its versions, and the changes of which only the date is known."""
    left = dict(statute.history)
    found = []
    for version in statute.versions:
        adopted = _adoption(version, left)
        changed = left.pop(adopted) if adopted else Change.UNKNOWN
        days = frozenset(day for day in (version.published, version.effective, adopted) if day)
        start = version.start or adopted
        if start is None:
            continue
        sure = version.effective is not None and version.effective_sure
        found.append(Stage(start, sure, version, days, changed or version.change))
    found += [_known_by_day(statute, day, change) for day, change in left.items()]
    return tuple(sorted(found, key=lambda stage: (stage.start, min(stage.days, default=stage.start))))


def _known_by_day(statute: Statute, day: date, change: Change) -> Stage:
    """A stage of which only the day of adoption is known; the closing article of a later text may tell its start."""
    named = (version.closing_date for version in statute.versions if version.closing_date)
    start = next((each for each in named if day <= each <= day + _LATER), None)
    if start is None or change is Change.AMENDED:
        return Stage(day, False, None, frozenset((day,)), change)
    return Stage(start, True, None, frozenset((day, start)), change)


def _adoption(version: Version, days: dict[date, Change]) -> date | None:
    """The day of the history on which a version was adopted, or None."""
    if version.published is None:
        return None
    near = [day for day in days if -_ADOPTED_AFTER <= version.published - day <= _ADOPTED_BEFORE]
    return min(near, key=lambda day: abs(version.published - day) if version.published else timedelta.max, default=None)


def standing(statute: Statute, as_of: date) -> Standing:
    """The statute on a day."""
    known = stages(statute)
    now = [stage for stage in known if stage.start <= as_of]
    stage = now[-1] if now else None
    if (ended := _ended(statute, stage, as_of)) is not None:
        return ended
    if stage is None:
        return _before(statute, known)
    exact = stage.sure or as_of - stage.start >= (_SOON if stage.version and stage.version.effective else _LATER)
    if len(now) == 1 and not exact and statute.founded:
        return Standing(Force.UNKNOWN, stage, Doubt.EFFECTIVE_DATE, exact=False)
    if _holds_later(statute, known, as_of):
        return Standing(Force.IN_FORCE, stage, exact=exact)
    return Standing(Force.UNKNOWN, stage, Doubt.EXPIRED if statute.expired else Doubt.STATUS, exact)


def _holds_later(statute: Statute, known: tuple[Stage, ...], as_of: date) -> bool:
    """Whether something shows that the statute was still in force on the day: a source, an amendment, its repeal."""
    if statute.vouched is not None or known[-1].start > as_of:
        return True
    return statute.repeal is not None and statute.repeal.since is not None and statute.repeal.since > as_of


def _ended(statute: Statute, stage: Stage | None, as_of: date) -> Standing | None:
    repeal = statute.repeal
    if repeal is None:
        return None
    if repeal.since is None:
        if repeal.known_by is not None and as_of >= repeal.known_by:
            return Standing(Force.REPEALED, stage)
        known = stages(statute)
        if known and as_of < known[-1].start:
            return None
        return Standing(Force.UNKNOWN, stage, Doubt.REPEAL_DATE)
    if as_of < repeal.since:
        return None
    if repeal.sure or as_of - repeal.since >= _INFERRED_REPEAL:
        return Standing(Force.REPEALED, stage)
    return Standing(Force.UNKNOWN, stage, Doubt.REPEAL_DATE)


def _before(statute: Statute, known: tuple[Stage, ...]) -> Standing:
    """The statute on a day before its first stage."""
    if not known or not statute.founded:
        return Standing(Force.UNKNOWN, None, Doubt.EARLIER if known else Doubt.STATUS, exact=False)
    if statute.renewed is not None:
        return Standing(Force.UNKNOWN, None, Doubt.PREDECESSOR, exact=False)
    return Standing(Force.NOT_YET, None)
