"""Stable keys for records: the same item keeps its key over reruns, resubmissions, corrections and renumbering.

In: the records of one unit, and the items that its registers held before. Out: the records with unit and key. A key is
a surrogate: it says nothing, and what it was first derived from may change without it. Pure: the same versions in the
same order give the same keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType

from pipeline.identity.item import TRAITS, Item, item_of, traits_of
from pipeline.identity.matching import match
from pipeline.record import Record
from pipeline.text.normalization import fold


@dataclass(frozen=True, slots=True)
class Past:
    """What a register held before. own: this very version, as it was read before. previous: the version before.

    gone: the items of still earlier versions that the version before does not have, each as it was last.
    """

    own: tuple[Item, ...] = ()
    previous: tuple[Item, ...] = ()
    gone: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulings:
    """What reviewers have ruled on identity. apart: a key, and the identity of an item that is not its.

    same: a key, and the key of the item that it really is.
    """

    apart: frozenset[tuple[str, str]] = frozenset()
    same: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_RULINGS = Rulings()
_NOTHING = Past()
_NO_PAST: Mapping[str, Past] = MappingProxyType({})


def identity_of(family: str, item: Item) -> str:
    """What names an item, as one text: by it a reviewer's ruling holds on."""
    return "\x1f".join(traits_of(family, item))


def assign_keys(
    unit: str, records: Iterable[Record], past: Mapping[str, Past] = _NO_PAST, rulings: Rulings = NO_RULINGS
) -> tuple[Record, ...]:
    """The records with their unit and a key each. past: by family, nothing for a register that is new."""
    listed = list(records)
    groups: dict[str, list[int]] = {}
    for position, record in enumerate(listed):
        groups.setdefault(record.register.family, []).append(position)
    for family, positions in groups.items():
        group = [listed[position] for position in positions]
        keys = _keys(unit, family, group, past.get(family, _NOTHING), rulings)
        for position, key in zip(positions, keys, strict=True):
            listed[position] = replace(listed[position], unit=unit, key=key)
    return tuple(listed)


def _keys(unit: str, family: str, records: Sequence[Record], past: Past, rulings: Rulings) -> list[str]:
    if not (past.own or past.previous or past.gone):
        return _joined(_fresh(unit, family, records, frozenset(), {}), rulings)
    items = [item_of(record) for record in records]
    found: dict[int, str] = {}
    for known, sure in ((past.own, False), (past.previous, False), (past.gone, True)):
        free = [n for n in range(len(items)) if n not in found]
        taken = set(found.values())
        held = [item for item in known if item.key not in taken]
        pairs = match(family, held, [items[n] for n in free], _apart(family, rulings), sure=sure)
        found |= {free[here]: held[there].key for here, there in pairs.items()}
    ever = frozenset(item.key for known in (past.own, past.previous, past.gone) for item in known)
    return _joined(_fresh(unit, family, records, ever, found), rulings)


def _apart(family: str, rulings: Rulings) -> Callable[[Item, Item], bool]:
    def apart(known: Item, now: Item) -> bool:
        return bool(rulings.apart) and (known.key, identity_of(family, now)) in rulings.apart

    return apart


def _fresh(
    unit: str, family: str, records: Sequence[Record], taken: frozenset[str], found: Mapping[int, str]
) -> list[str]:
    """The keys found, and for each other record a new one; equal items are told apart by their order."""
    keys: list[str] = []
    given: set[str] = set()
    turns: dict[tuple[str, ...], int] = {}
    for position, record in enumerate(records):
        if position in found:
            keys.append(found[position])
            continue
        identity = (unit, family, *(fold(record.text(name)) for name in TRAITS[family]))
        for turn in count(turns.get(identity, 0) + 1):
            key = hashlib.blake2b("\x1f".join((*identity, str(turn))).encode(), digest_size=8).hexdigest()
            if key not in taken and key not in given:
                break
        turns[identity] = turn
        given.add(key)
        keys.append(key)
    return keys


def _joined(keys: list[str], rulings: Rulings) -> list[str]:
    """A key that a reviewer has joined to another becomes that one, where nothing else has it."""
    if not rulings.same:
        return keys
    taken = set(keys)
    for position, key in enumerate(keys):
        meant = rulings.same.get(key)
        if meant is not None and meant not in taken:
            keys[position] = meant
            taken.add(meant)
    return keys
