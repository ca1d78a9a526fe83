"""When a unit's material arrived, as the deadlines of the campaign are held against it.

Out: :class:`Arrival`. Dates of arrival are those of the days on which the files were received; neither the review date
nor what a cover sheet declares moves them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """The arrival of one version of a unit's submission.

    complete: the day by which everything that the campaign asks of the unit, of what has come at all, had come.
    received: the day of this version. returned: the day on which the version before was found to have errors, None for
    a first version and for one that was handed in again unasked. declared: what the cover sheet says.
    """

    complete: dt.date
    received: dt.date
    returned: dt.date | None = None
    declared: dt.date | None = None
