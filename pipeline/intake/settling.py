"""What must be settled before the warehouse is published: what reviewers decided, and what units say of each other.

In: the open master database after its units were loaded. Out: :class:`Settled`. A run, a rebuild and a decision all end
here, so that they all publish the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.intake.city import check_city
from pipeline.intake.joining import join_decisions
from pipeline.intake.ledger import Ledger
from pipeline.intake.run import Settings
from pipeline.intake.supersede import Entry
from pipeline.record import FileReading
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.intake.versions import VersionLoader
    from pipeline.warehouse.master import Warehouse

_NO_FINDINGS = {"errors": 0, "warnings": 0, "infos": 0}


@dataclass(frozen=True, slots=True)
class Settled:
    """joined: the number of the last decision shown. changed: units whose findings changed by it."""

    joined: int
    changed: tuple[str, ...]


def settle(
    workspace: Workspace,
    warehouse: Warehouse,
    ledger: Ledger,
    loader: VersionLoader,
    find: Callable[[Entry], FileReading],
    settings: Settings,
    *,
    replayed: bool = False,
    checked: dt.datetime | None = None,
) -> Settled:
    """Join the decisions, compare the units, count what is open then.

    find: the reading of a file that stood. replayed: all versions have just been loaded again. checked: when the units
    were compared, now unless told. Raises WorkspaceUnusable.
    """
    joined = join_decisions(workspace, warehouse, ledger, loader, find, replayed=replayed)
    changed = check_city(warehouse, settings.vocabulary, settings.campaign, checked or settings.started)
    ledger.keep_counts(warehouse.open_counts(), _NO_FINDINGS)
    return Settled(joined, changed)
