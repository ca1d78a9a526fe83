"""The reviewers' decisions on their way into the warehouse that is about to be published.

In: the decisions of the workspace, the open master database. Out: the number of the last decision that it now shows.
A decision on what a power is, or whether it is listed, changes keys and findings: the unit's versions are loaded again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.intake.ledger import Ledger
from pipeline.intake.supersede import Entry
from pipeline.record import FileReading
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
    if not replayed:
        for unit in dict.fromkeys(each.unit for each in decisions if each.number > shown and each.touches_listing):
            for _ in loader.replay(unit, find):
                pass
    warehouse.put_decisions(decisions)
    return max((each.number for each in decisions), default=0)
