"""Stable keys for records: the same item keeps its key over reruns of the same content.

In: the records of one unit. Out: the same records with unit and key. A key is a surrogate: it says nothing, and what
it is derived from (code, names, order among equals) may later change without the key (versions are matched elsewhere).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pipeline.record import Record
from pipeline.text.normalization import fold

_IDENTITY = {
    "power": ("code", "name", "sub_item"),
    "risk": ("department", "post", "person", "power_name", "risk_point", "manifestation"),
    "statistics": ("department", "power_type"),
    "post_power": ("department", "post", "person", "power_name"),
}


def assign_keys(unit: str, records: Iterable[Record]) -> tuple[Record, ...]:
    """The records with their unit and a key each; equal items are told apart by their order."""
    seen: Counter[tuple[str, ...]] = Counter()
    keyed = []
    for record in records:
        family = record.register.family
        identity = (unit, family, *(fold(record.text(name)) for name in _IDENTITY[family]))
        seen[identity] += 1
        text = "\x1f".join((*identity, str(seen[identity])))
        key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        keyed.append(replace(record, unit=unit, key=key))
    return tuple(keyed)
