"""Until when verdicts hold: the next day on which the law may be another for what a unit cites.

In: the statutes and titles that are cited, a :class:`~pipeline.law.statutes.StatuteLibrary`, the review date. Out: a
day, or None where nothing that is known lies ahead. Refuses nothing. The day is early rather than late: every date of a
statute counts, and every term that pipeline/law/timeline.py and the rules let run from one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pipeline.law.statute import Statute
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.timeline import TERMS, stages
from pipeline.vocabulary import RankLimit

_RULES_OF_A_YEAR = timedelta(days=367)  # a licence by a rule (行政许可法 第十五条) holds a year


def next_change(
    cited: Iterable[tuple[str, str]], library: StatuteLibrary, limits: Iterable[RankLimit], as_of: date
) -> date | None:
    """The first day after ``as_of`` on which a verdict may change. cited: id ("" if unknown) and title of each statute.

    limits: which instruments may create which powers, with their dates.
    """
    ids = {each for each, _ in cited if each}
    for title in {title for _, title in cited if title}:
        found = library.find(title)
        ids.update((found.statute_id, *found.others))
    statutes = [statute for each in ids if (statute := library.get(each)) is not None]
    statutes += [heir for each in statutes if each.repeal and (heir := library.get(each.repeal.by_id)) is not None]
    days = {day + term for each in statutes for day in _days(each) for term in (*TERMS, _RULES_OF_A_YEAR)}
    days |= {day for limit in limits for day in (limit.since, limit.until)}
    return min((day for day in days if as_of < day < date.max), default=None)


def _days(statute: Statute) -> Iterator[date]:
    for stage in stages(statute):
        yield stage.start
        yield from stage.days
    for version in statute.versions:
        yield from (day for day in (version.published, version.effective, version.closing_date) if day)
    yield from (day for day, _ in statute.history)
    yield from (day for day, _ in statute.orders if day)
    yield from (day for day in (statute.vouched, statute.renewed) if day)
    if statute.repeal is not None:
        yield from (day for day in (statute.repeal.since, statute.repeal.known_by) if day)
