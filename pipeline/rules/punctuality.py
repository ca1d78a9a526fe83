"""V05: handed in after the deadline of the campaign.

In: the arrival of the submission (pipeline/campaigns/arrival.py). Out: at most one hit, about the unit. The day on
which the material was received counts, whatever its cover sheet says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipeline.campaigns.arrival import Arrival
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import Facts, Hit, Scope, on_unit, rule


def _arrivals(context: RuleContext, code: str) -> Scope[Arrival]:
    if context.arrival is None:
        return Scope((), "no_arrival")
    if context.campaign.submission_day(context.unit) is None and context.campaign.deadlines.mending is None:
        return Scope((), "no_deadline")
    return Scope((context.arrival,))


@rule("V05", over=_arrivals)
def after_the_deadline(context: RuleContext, code: str, arrivals: tuple[Arrival, ...]) -> Iterator[Hit]:
    """The first hand-in came after its deadline, or what was returned came back after that for mending."""
    campaign = context.campaign
    deadline = campaign.submission_day(context.unit)
    for arrival in arrivals:
        mending = campaign.deadlines.mending_day(arrival.returned, deadline) if arrival.returned else None
        if deadline is not None and arrival.complete > deadline:
            declared_in_time = arrival.declared is not None and arrival.declared <= deadline
            yield _late(context, deadline, arrival.complete, arrival, "declared" if declared_in_time else "")
        elif mending is not None and arrival.received > mending:
            yield _late(context, mending, arrival.received, arrival, "mending")


def _late(context: RuleContext, deadline: dt.date, day: dt.date, arrival: Arrival, variant: str) -> Hit:
    facts: Facts = {
        "deadline": _printed(context, deadline),
        "received": _printed(context, day),
        "days": (day - deadline).days,
        "declared": _printed(context, arrival.declared),
        "returned": _printed(context, arrival.returned),
    }
    return on_unit(context, variant=variant, facts=facts)


def _printed(context: RuleContext, day: dt.date | None) -> str:
    words = context.vocabulary
    return words.label("date.long").format(year=day.year, month=day.month, day=day.day) if day else ""
