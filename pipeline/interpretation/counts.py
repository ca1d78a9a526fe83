"""Counts that a document states about itself, held against the rows that were read: 一、行政许可（12项）, 共32项, 合计.

In: the statements and the records, in printed order. Out: a remark for each count that fits no reasonable way of
counting the rows it speaks of. Clerks count rows, items with sub-items, or serial numbers: each of them is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Place
from pipeline.record import Record, Remark, RemarkKind, Source


@dataclass(slots=True)
class _Stated:
    """One statement. starts, ends: indexes into the records; any pair of them may be what it counts."""

    kind: str  # canonical power type, "" for all
    count: int
    place: Place
    quote: str
    section: bool  # a section states it, whose end is known; titles may mean one table or all
    starts: tuple[int, ...]
    ends: list[int] = field(default_factory=list)
    by_kind: bool = False


class DeclaredCounts:
    """Collects the statements and the records of one document."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._stated: list[_Stated] = []
        self._open: dict[Source, _Stated] = {}
        self._table_start = 0
        self._section_start = 0
        self._last_total = 0
        self._taken = 0

    def new_table(self) -> None:
        """A table begins: what titles state may end with the table before."""
        for stated in self._stated:
            if not stated.section and stated.starts[0] == self._table_start < len(self._records):
                stated.ends.append(len(self._records))
        self._table_start = self._section_start = self._last_total = len(self._records)

    def section(self, source: Source, kind: str, count: int | None, ended: Iterable[Source]) -> None:
        """A section begins, which ends others; it may state a count."""
        self.end(ended)
        here = len(self._records)
        self._section_start = here
        if count is not None:
            stated = _Stated(kind, count, source.place, source.raw, True, (here,))
            self._stated.append(stated)
            self._open[source] = stated

    def end(self, ended: Iterable[Source]) -> None:
        """Sections end: what they state counts no further."""
        for source in ended:
            if stated := self._open.pop(source, None):
                stated.ends.append(len(self._records))

    def title(self, counts: Iterable[tuple[str, int]], place: Place, quote: str) -> None:
        """A title or a count line states what follows, in the next table or in all of the document."""
        here = len(self._records)
        for kind, count in counts:
            self._stated.append(_Stated(kind, count, place, quote, False, (here,), by_kind=bool(kind)))

    def total(self, kind: str, count: int, place: Place, quote: str) -> None:
        """A 合计 or 小计 row states what stands above it: since the last one, in its section, table or document."""
        here = len(self._records)
        starts = (self._last_total, self._section_start, self._table_start, 0)
        stated = _Stated(kind, count, place, quote, False, starts, [here], by_kind=bool(kind))
        self._stated.append(stated)
        self._last_total = here

    def add(self, records: Iterable[Record]) -> None:
        """Records read, in printed order; only powers are counted."""
        self._records.extend(record for record in records if record.register.of_powers)

    def take_stated(self) -> tuple[tuple[str, int], ...]:
        """What was stated since the last call: (canonical power type or "", count)."""
        fresh = self._stated[self._taken :]
        self._taken = len(self._stated)
        return tuple((stated.kind, stated.count) for stated in fresh)

    def remarks(self) -> Iterable[Remark]:
        """One remark for each statement that the records do not bear out."""
        for stated in self._stated:
            scopes = [
                self._records[start:end]
                for start in stated.starts
                for end in (*stated.ends, *([] if stated.section and stated.ends else [len(self._records)]))
            ]
            if stated.by_kind:
                if not any(_kind(record) for record in self._records):
                    continue  # no row tells its type: the count cannot be held against anything
                scopes = [[r for r in scope if _kind(r) == stated.kind] for scope in scopes]
            if not self._records or any(stated.count in _ways(scope) for scope in scopes):
                continue
            facts = (("declared", str(stated.count)), ("read", str(len(scopes[0]))))
            yield Remark(RemarkKind.COUNT_DECLARED, stated.place, stated.quote, facts=facts)


def _kind(record: Record) -> str:
    found = record.get("power_type")
    return str(found.value) if found is not None and found.value else ""


def _ways(records: Sequence[Record]) -> set[int]:
    """The numbers by which a clerk may count the records."""
    items = {(r.text("name"), r.text("code")) for r in records}
    names = {r.text("name") for r in records}
    numbers = [r.text("sequence") for r in records if r.text("sequence")]
    runs = sum(a != b for a, b in pairwise(numbers)) + bool(numbers)  # numbers may begin again in each section
    return {len(records), len(items), len(names), runs}
