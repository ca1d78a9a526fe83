"""The rules across units, once a run before it publishes: only what the loaded units may have changed is compared.

In: the open master database, in which each load has noted what it makes due. Out: the units whose findings changed,
loaded in this run or not. Refuses nothing. Comparison and findings are one transaction; a run killed before it leaves
all of it due, so that the next run ends where an undisturbed one would.
"""

from __future__ import annotations

import datetime as dt

from pipeline.campaigns.campaign import Campaign
from pipeline.finding import RuleRun
from pipeline.rules.city import few_powers, rival_claims
from pipeline.vocabulary import Vocabulary
from pipeline.warehouse.city import CityWork
from pipeline.warehouse.master import CityResult, Warehouse


def check_city(
    warehouse: Warehouse, vocabulary: Vocabulary, campaign: Campaign, checked: dt.datetime
) -> tuple[str, ...]:
    """Compare what is due and load the findings; the units of which some came, went or changed. WorkspaceUnusable."""
    work = warehouse.city_due()
    return warehouse.put_city(work, _compared(work, vocabulary, campaign), checked) if work.units else ()


def _compared(work: CityWork, vocabulary: Vocabulary, campaign: Campaign) -> CityResult:
    few, few_runs = few_powers(_like(work, campaign), vocabulary, campaign)
    rivals = rival_claims(work.claims, vocabulary, campaign)
    runs = [(unit, run) for unit, run in few_runs.items()]
    runs += [(unit, RuleRun("S02", 0, 0, "register_absent")) for unit in work.units - few_runs.keys()]
    reason = "" if campaign.across.competence.most else "not_required"
    for unit in work.units | {claim.unit for claim in work.claims}:
        powers = work.counts.get(unit, 0)
        runs.append((unit, RuleRun("D05", 0 if reason else powers, 0, reason if powers else "register_absent")))
    findings = [finding for finding in (*rivals, *few) if finding.code not in campaign.rules_off]
    return CityResult(tuple(findings), tuple(runs), frozenset(few_runs))


def _like(work: CityWork, campaign: Campaign) -> dict[str, int]:
    """The number of powers of the units due and of all of their kinds."""
    kinds = {campaign.across.kind(unit) for unit in work.units} - {None}
    return {
        unit: count for unit, count in work.counts.items() if unit in work.units or campaign.across.kind(unit) in kinds
    }
