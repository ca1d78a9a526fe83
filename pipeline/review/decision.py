"""A reviewer's decision, and what standing decisions mean for identity and listing.

In: decisions in the order in which they were made. Out: those that stand, and what they rule (:class:`Rulings`,
:class:`Listing`). Pure. What may be decided, of what and under which name, is vocab/decisions.csv.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.identity.history import Listing, Withdrawal
from pipeline.identity.keys import Rulings

ANSWER, REVOKE = "answer", "revoke"  # what a unit writes into the workbook; what ends a decision
_OF_LISTING = frozenset(("identity", "listing"))
SAME, ABSORBED = "same", "absorbed"  # how two powers are one: the new is the old; the old went into another


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on a finding, a power or a unit. A later one of the same group on the same key takes its place.

    decision, group: of vocab/decisions.csv, or the answer of a unit. version: of the unit (of the register, for a
    power) that was judged. other: the key that a merger names. judged: what a split, merger or withdrawal was said of.
    number: order in the store, 0 until it is there.
    """

    subject: str
    key: str
    unit: str
    decision: str
    group: str
    decided: dt.datetime
    version: int
    comment: str = ""
    reviewer: str = ""
    other: str = ""
    judged: str = ""
    number: int = 0

    @property
    def touches_listing(self) -> bool:
        """It says what a power is or whether it is listed, and not only what is thought of it."""
        return self.group in _OF_LISTING or (self.subject == "power" and self.decision in ("cancel", REVOKE))


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The last decision of each group on each key, without what was revoked."""
    last = {(each.subject, each.key, each.group): each for each in decisions}
    return tuple(each for each in last.values() if each.decision != REVOKE)


def rulings_of(decisions: Iterable[Decision]) -> Rulings:
    """What decisions say on identity; of several splits of one key all hold."""
    listed = list(decisions)
    ended = {(each.key, each.number) for each in listed if each.group == "identity" and each.decision == REVOKE}
    held = [
        each
        for each in listed
        if each.group == "identity" and not any(key == each.key and number > each.number for key, number in ended)
    ]
    apart = frozenset((each.key, each.judged) for each in held if each.decision == "split")
    same = {each.key: each.other for each in held if each.decision == "merge" and each.judged == SAME}
    return Rulings(apart, MappingProxyType(same))


def listing_of(decisions: Iterable[Decision], files: Mapping[int, frozenset[str]], version: int) -> Listing:
    """What standing decisions say on powers that are, or should be, gone from a version of the catalogue.

    files: the hashes of the files that list powers, by version of the catalogue.
    """
    stand = standing(each for each in decisions if each.version <= version)
    withdrawn = {
        each.key: Withdrawal(
            each.version,
            each.judged,
            all(each.judged in hashes for v, hashes in files.items() if each.version <= v < version),
        )
        for each in stand
        if each.decision == "withdraw"
    }
    cancelled = {each.key for each in stand if each.subject == "power" and each.decision == "cancel"}
    absorbed = {each.key for each in stand if each.decision == "merge" and each.judged == ABSORBED}
    return Listing(MappingProxyType(withdrawn), frozenset(cancelled | absorbed))
