"""Which version of a statute a citation names, and whether the order that it prints belongs to the statute.

In: a statute, a citation, and the statute's standing on the day. Out: :class:`Naming`, :class:`OrderResult`. Refuses to
take an order for the name of an old version where the order is still the one by which the text in force was issued: a
regulation keeps its order through small amendments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.law.cited_provision import CitedProvision
from pipeline.law.orders import PRESIDENT, Order, parse_order, same_order
from pipeline.law.statute import Change, Statute
from pipeline.law.statutes import Match, StatuteLibrary
from pipeline.law.timeline import Stage, Standing, stages


class NamedVersion(StrEnum):
    """Which version a citation names, seen from the day of the review."""

    NONE = "none"  # it names none
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"  # published, and in force only after the day
    UNKNOWN = "unknown"  # one that the library does not know


@dataclass(frozen=True, slots=True)
class Naming:
    """The version that a citation names. stage: which one, if known. text: how it names it (2017, 国务院令第276号)."""

    named: NamedVersion = NamedVersion.NONE
    stage: Stage | None = None
    text: str = ""


class OrderCheck(StrEnum):
    """Whether a document number belongs to the statute cited."""

    NONE = "none"  # none is cited
    BELONGS = "belongs"
    FOREIGN = "foreign"  # it is the order of another statute
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The check of a document number; owner: title of the statute whose order it is, where that is another one."""

    check: OrderCheck
    owner: str = ""


_NOTHING = Naming()
_CHANGES = {"修正": Change.AMENDED, "修订": Change.REVISED}


def named_version(statute: Statute, citation: CitedProvision, match: Match, standing: Standing, as_of: date) -> Naming:
    """The version that the citation names by year, day, or order."""
    note = citation.version
    year = match.year or (note.year if note else None)
    if note is not None and note.date and (found := _by_days(statute, note.date, standing)) is not None:
        return found
    amending = (note is not None and note.kind is not None) or match.note in _CHANGES
    order = (note.order if note else None) or citation.document_number
    if order and (found := _by_order(statute, order, year, standing, as_of, amending=amending)) is not None:
        return found
    if year is None:
        return _NOTHING
    if order and not amending:
        return _NOTHING  # the year of an order that the library does not know
    return _by_year(statute, year, standing)


def _by_days(statute: Statute, day: str, standing: Standing) -> Naming | None:
    try:
        meant = date.fromisoformat(day)
    except ValueError:
        return None
    found = [stage for stage in stages(statute) if meant in stage.days]
    return _relation(statute, found[-1], standing, day) if found else None


def _by_year(statute: Statute, year: int, standing: Standing) -> Naming:
    known = stages(statute)
    found = [stage for stage in known if year in stage.years]
    if standing.stage in found:
        return Naming(NamedVersion.CURRENT, standing.stage, str(year))
    if not found:
        return Naming(NamedVersion.UNKNOWN, None, str(year))
    return _relation(statute, found[-1], standing, str(year))


def _relation(statute: Statute, stage: Stage, standing: Standing, text: str) -> Naming:
    now = standing.stage
    if stage == now:
        return Naming(NamedVersion.CURRENT, stage, text)
    if now is None or stage.start > now.start:
        return Naming(NamedVersion.NEWER, stage, text)
    return Naming(NamedVersion.OLDER, stage, text)


def _by_order(
    statute: Statute, text: str, year: int | None, standing: Standing, as_of: date, *, amending: bool
) -> Naming | None:
    """The version that an order names, or None where the order is not one of the statute's."""
    cited = parse_order(text)
    now = standing.stage
    if cited is None or now is None:
        return None
    for day, printed in statute.orders:
        known = parse_order(printed)
        if known is None or day is None or not same_order(cited, known):
            continue
        if cited.issuer == PRESIDENT and year is not None and year != day.year:
            continue
        if day > as_of:
            return Naming(NamedVersion.NEWER, _stage_of(statute, day), text)
        stage = _stage_of(statute, day)
        if stage is None or stage.start >= now.start or (not amending and day == _promulgated(statute, now)):
            return Naming(NamedVersion.CURRENT, now, text)
        return Naming(NamedVersion.OLDER, stage, text)
    return None


def _stage_of(statute: Statute, day: date) -> Stage | None:
    known = stages(statute)
    exact = [stage for stage in known if day in stage.days]
    if exact:
        return exact[-1]
    before = [stage for stage in known if stage.start <= day]
    return before[-1] if before else None


def _promulgated(statute: Statute, now: Stage) -> date | None:
    """The day of the order by which the text in force was issued as a whole.

    Its closing article names the day from which it holds, and an amendment leaves that article alone: the last order
    before that day is the one. Where no closing article is known it is the first order.
    """
    days = sorted(day for day, _ in statute.orders if day is not None)
    until = [version for version in statute.versions if version.start is not None and version.start <= now.start]
    closing = max((version.closing_date for version in until if version.closing_date is not None), default=None)
    before = [day for day in days if closing is not None and day <= closing]
    return before[-1] if before else days[0] if days else None


def check_order(statute: Statute, text: str, library: StatuteLibrary) -> OrderResult:
    """Whether a document number belongs to the statute; FOREIGN only where it promulgated another one."""
    cited = parse_order(text)
    if cited is None:
        return OrderResult(OrderCheck.UNKNOWN)
    if any(_is(cited, printed) for _, printed in statute.orders):
        return OrderResult(OrderCheck.BELONGS)
    owners = [each for each in library.find_order(text) if each != statute.id]
    if len(owners) != 1 or not statute.orders:
        return OrderResult(OrderCheck.UNKNOWN)
    owner = library.get(owners[0])
    # An order that amended this statute too may be recorded for the other alone.
    if owner is None or not owner.orders or not _is(cited, owner.orders[0][1]):
        return OrderResult(OrderCheck.UNKNOWN)
    return OrderResult(OrderCheck.FOREIGN, owner.title)


def _is(cited: Order, printed: str) -> bool:
    known = parse_order(printed)
    return known is not None and same_order(cited, known)
