"""Whether a unit's last check still says what a check of today would: a new day alone is no reason for another.

In: a check's result. Out: the :class:`~pipeline.intake.ledger.Review` that the ledger remembers; and the units that
stand without lying in INBOX, for a run that looks at them all. A check by the law of one day holds until the next day
on which the law may be another for what the unit cites, or on which something of the unit's falls overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from pipeline.intake.gathering import UnitFiles
from pipeline.intake.ledger import Review
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.validity import next_change
from pipeline.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pipeline.submission import Result


def review_of(
    files: UnitFiles, result: Result, library: StatuteLibrary, vocabulary: Vocabulary, as_of: dt.date
) -> Review:
    """What is to be remembered of a check that gave ``result``."""
    cited = {(row.statute_id or "", row.title or "") for row in result.citations}
    days = (next_change(cited, library, vocabulary.rank_limits, as_of), result.until)
    return Review(files.signature, as_of, min((day for day in days if day is not None), default=None))


def absent_units(
    known: Collection[str], present: Collection[str], review: Callable[[str], Review | None]
) -> Iterator[UnitFiles]:
    """The units that the ledger knows and that INBOX does not hold now: they stand as they are."""
    for unit in sorted(set(known) - set(present)):
        last = review(unit)
        yield UnitFiles(unit, (), last.files if last else "", absent=True)
