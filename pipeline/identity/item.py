"""An item of a register as far as it is needed to know it again: its key, what names it, and a digest of the rest.

In: records. Out: :class:`Item`, small and plain enough to be kept for every version of every unit. Refuses nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.record import Reading, Record
from pipeline.text.normalization import fold

# What names an item of each family: by these it is found again. The serial number is none of it.
TRAITS: Mapping[str, tuple[str, ...]] = {
    "power": ("code", "name", "sub_item"),
    "risk": ("department", "post", "person", "power_name", "risk_point", "manifestation"),
    "statistics": ("department", "power_type"),
    "post_power": ("department", "post", "person", "power_name"),
}
# What a flow chart of a power shows: who does what in which time.
_IN_CHARTS = (
    "exercising_body", "department", "post", "conditions", "procedure", "statutory_limit", "promised_limit",
)  # fmt: skip
_NO_TRAIT = Reading.PLACEHOLDER | Reading.UNREAD
_DASHES = str.maketrans("—–‐−―", "-----", "【】[]")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of one version. texts: its traits as printed, in the order of :data:`TRAITS`. content: of all fields.

    file, sha256, place: where it stood. shown: a digest of what a flow chart shows of it, "" where that is nothing.
    """

    key: str
    texts: tuple[str, ...]
    content: str
    file: str = ""
    sha256: str = ""
    place: str = ""
    shown: str = ""

    def to_json(self) -> list[Any]:
        """As plain data; :meth:`from_json` is the inverse."""
        return [self.key, list(self.texts), self.content, self.file, self.sha256, self.place, self.shown]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Item:
        """What :meth:`to_json` wrote. Raises ValueError."""
        key, texts, content, file, sha256, place, *shown = data  # older ledgers do not know what a chart shows
        return cls(key, tuple(texts), content, file, sha256, place, *shown)

    @property
    def name(self) -> str:
        """The name of a power."""
        return self.texts[1]


def item_of(record: Record, sha256: str = "") -> Item:
    """What is kept of a record. sha256: of its file."""
    traits = (record.get(name) for name in TRAITS[record.register.family])
    texts = tuple("" if each is None or each.reading & _NO_TRAIT else each.text for each in traits)
    return Item(record.key, texts, _content(record), record.file, sha256, str(record.place), _shown(record))


def _content(record: Record) -> str:
    """A digest of everything printed but the serial number: blanks, widths and the order of columns do not count."""
    told = [f"{each.name}={_bare(each.text)}" for each in record.fields if each.text and each.name != "sequence"]
    told += [f"+{_bare(each.header)}={_bare(each.text)}" for each in record.other if each.text]
    return _digest((record.register.value, *sorted(told)))


def _shown(record: Record) -> str:
    told = [f"{name}={_bare(record.text(name))}" for name in _IN_CHARTS if record.text(name)]
    return _digest(told) if told and record.register.of_powers else ""


def _digest(told: Sequence[str]) -> str:
    return hashlib.blake2b("\x1f".join(told).encode(), digest_size=8).hexdigest()


def _bare(text: str) -> str:
    return "".join(text.split())


def traits_of(family: str, item: Item) -> tuple[str, ...]:
    """The traits as they are compared: folded, a code with its hyphens."""
    folded = tuple(fold(text) for text in item.texts)
    return (code_key(item.texts[0]), *folded[1:]) if family == "power" else folded


def code_key(text: str) -> str:
    """A code for comparison. Unlike ``fold`` it keeps the hyphens: 1-11 and 11-1 are two codes."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_DASHES).upper()
