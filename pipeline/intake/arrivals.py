"""When what a unit must hand in had arrived, from the versions that the ledger remembers.

In: the unit's versions, oldest first, the one at hand the last; the campaign. Out:
:class:`~pipeline.campaigns.arrival.Arrival`, None for a version that arrived before the campaign began: no deadline of
its applies. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.campaigns.arrival import Arrival
from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Severity
from pipeline.intake.supersede import Standing

if TYPE_CHECKING:
    from pipeline.submission import Result
    from pipeline.warehouse.staging import HandIn


def arrival_of(unit: str, versions: Sequence[tuple[Standing, HandIn]], campaign: Campaign) -> Arrival | None:
    """The arrival of the last of a unit's versions."""
    opening = campaign.deadlines.opening or dt.date.min
    counted = [(standing, hand_in) for standing, hand_in in versions if hand_in.received.date() >= opening]
    if not counted:
        return None
    _, latest = counted[-1]
    before = counted[-2][1] if len(counted) > 1 else None
    return Arrival(
        _complete(unit, counted, len(counted) == len(versions), campaign),
        latest.received.date(),
        before.returned if before else None,
        latest.declared_date,
    )


def _complete(unit: str, counted: Sequence[tuple[Standing, HandIn]], first: bool, campaign: Campaign) -> dt.date:
    """The day on which the last of the expected registers came. first: nothing stood before the campaign began."""
    known = campaign.expected.of(unit)
    days = [counted[0][1].received.date()]
    if first and known and known.expected:
        for family in known.registers:
            came = (hand_in.received.date() for standing, hand_in in counted if standing.files_of(family))
            days += [day for day in [next(came, None)] if day is not None]
    return max(days)


def returned(hand_in: HandIn, result: Result) -> HandIn:
    """The hand-in with the day on which it was returned: that of the first check by which it has errors."""
    if not any(finding.severity is Severity.ERROR for finding in result.findings):
        return replace(hand_in, returned=None)
    return replace(hand_in, returned=hand_in.returned or hand_in.checked.date())
