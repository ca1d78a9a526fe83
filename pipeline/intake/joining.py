"""The reviewers' decisions on their way into the warehouse that is about to be published.

In: the decisions of the workspace, the open master database. Out: the number of the last decision that it now shows.
A decision on what a power is, or whether it is listed, changes keys and findings: the unit's versions are loaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pipeline.intake.ledger import Ledger
from pipeline.intake.supersede import Entry
from pipeline.record import FileReading
from pipeline.review.decision import Decision
from pipeline.review.store import open_decisions
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.intake.versions import VersionLoader
    from pipeline.warehouse.master import Warehouse


def decisions_due(workspace: Workspace, ledger: Ledger) -> bool:
    """There are decisions that the published warehouse does not show. Raises WorkspaceUnusable."""
    with open_decisions(workspace.decisions) as store:
        return store.last > ledger.joined_decisions


def join_decisions(
    workspace: Workspace,
    warehouse: Warehouse,
    ledger: Ledger,
    loader: VersionLoader,
    find: Callable[[Entry], FileReading],
    *,
    replayed: bool = False,
) -> int:
    """Put all decisions into the master. find: the reading of a file that stood. replayed: all versions have just been.

    Raises WorkspaceUnusable.
    """
    with open_decisions(workspace.decisions) as store:
        decisions = store.all()
    shown = ledger.joined_decisions
    records: dict[str, int] = {}
    if not replayed:
        for unit, first in _touched(each for each in decisions if each.number > shown):
            for result in loader.replay(unit, find, first):
                records[unit] = len(result.records)
    warehouse.put_decisions(decisions)
    ledger.keep_counts({unit: {"records": number} for unit, number in records.items()}, {})
    return max((each.number for each in decisions), default=0)


def _touched(decisions: Iterable[Decision]) -> Iterable[tuple[str, int]]:
    """The units to load again, and from which version on: what a power is goes back to the first."""
    found: dict[str, int] = {}
    for each in decisions:
        if each.touches_listing:
            first = 0 if each.group == "identity" else each.version
            found[each.unit] = min(first, found.get(each.unit, first))
    return found.items()
