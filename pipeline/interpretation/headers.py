"""Which column of a table is which field: header rows → slots.

In: a Table, its header rows, a HeadingMatcher and the register family. Out: :class:`Header` with one :class:`Slot` a
printed heading. A slot may cover several grid columns, a field may be assembled from several slots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.document import Cell, Place, Table
from pipeline.interpretation.headings import HeadingMatcher, Match
from pipeline.text.normalization import fold
from pipeline.values.typed import grade, power_type, risk_kind
from pipeline.vocabulary import Vocabulary

FEWEST_BESIDE = 2  # columns of a list that is printed in several sets of columns beside each other


@dataclass(frozen=True, slots=True)
class Slot:
    """One printed heading and the columns under it.

    path: the headings from the top down. fields: what the column fills in this table, empty for 其他栏目. part: "title"
    or "article" for the pieces of a legal basis, "member" where the column is one of several under a super-header
    that together make the field, else "". leaf: the lowest heading on one line. place: of the heading.
    """

    columns: tuple[int, ...]
    path: tuple[str, ...]
    match: Match
    family: str
    place: Place
    fields: tuple[str, ...] = ()
    part: str = ""
    leaf: str = ""

    @property
    def heading(self) -> str:
        """The printed path, as 其他栏目 shows it."""
        return "/".join(fold_blanks(text) for text in self.path)


@dataclass(frozen=True, slots=True)
class Header:
    """The slots of a table, from left to right, and what its headings imply for every row.

    sides: where a list is printed in several sets of columns beside each other, the header of each set.
    """

    slots: tuple[Slot, ...]
    family: str
    rows: tuple[int, ...] = ()
    sides: tuple[Header, ...] = ()

    @property
    def columns(self) -> frozenset[int]:
        """The grid columns of its slots."""
        return frozenset(column for slot in self.slots for column in slot.columns)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the table's own family that it has a column for."""
        return frozenset(f for slot in self.slots if slot.family == self.family for f in slot.fields)

    def fields_of(self, family: str) -> frozenset[str]:
        """The fields of a family that the table has a column for."""
        return frozenset(f for slot in self.slots if slot.family == family for f in slot.fields)


def fold_blanks(text: str) -> str:
    """A heading on one line, without the blanks that only spread its characters."""
    return "".join(text.split())


class HeaderReader:
    """Reads the header rows of tables."""

    def __init__(self, matcher: HeadingMatcher, vocabulary: Vocabulary) -> None:
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._risk_words = vocabulary.markers["heading_context_risk"]

    def paths(self, table: Table, rows: Iterable[int]) -> list[tuple[tuple[int, ...], tuple[Cell, ...]]]:
        """The columns of each printed heading with the header cells above them, from the top down."""
        header_rows = list(rows)
        groups: list[tuple[list[int], tuple[Cell, ...]]] = []
        for column in range(1, table.column_count + 1):
            cells: list[Cell] = []
            for row in header_rows:
                cell = table.at(row, column)
                if cell is None or cell.empty or cell in cells or cell.column_span >= table.column_count > 1:
                    continue
                cells.append(cell)
            path = tuple(cells)
            # Columns under the very same lowest cell are one heading: the data cells there are merged or split.
            if groups and path and groups[-1][1] and groups[-1][1][-1] is path[-1]:
                groups[-1][0].append(column)
            else:
                groups.append(([column], path))
        return [(tuple(columns), path) for columns, path in groups]

    def read(self, table: Table, rows: Iterable[int], family: str, second: str = "") -> Header:
        """The slots under header rows. second: a further family whose fields the table may carry (risk in powers)."""
        header_rows = tuple(rows)
        found = self.paths(table, header_rows)
        present = frozenset(fold(cell.text) for _, path in found for cell in path)
        slots = [self._slot(table, columns, path, family, second, present) for columns, path in found]
        sides = [Header(tuple(assign(side, family)), family, header_rows) for side in _sides(slots)]
        joined = tuple(slot for side in sides for slot in side.slots)
        return Header(joined, family, header_rows, tuple(sides) if len(sides) > 1 else ())

    def _slot(
        self,
        table: Table,
        columns: tuple[int, ...],
        path: tuple[Cell, ...],
        family: str,
        second: str,
        present: frozenset[str],
    ) -> Slot:
        texts = tuple(cell.text for cell in path)
        leaf = fold_blanks(texts[-1]) if texts else ""
        place = table.place(path[-1].row, path[-1].column) if path else table.place(1, columns[0])
        if second and any(word in text for text in texts for word in self._risk_words):
            match, part = self._match(texts, second, present)
            if match.fields:
                return Slot(columns, texts, match, second, place, match.fields, part, leaf)
        match, part = self._match(texts, family, present)
        if second and not match.certain:
            other, other_part = self._match(texts, second, present)
            if other.certain and other.fields:
                return Slot(columns, texts, other, second, place, other.fields, other_part, leaf)
        return Slot(columns, texts, match, family, place, match.fields, part, leaf)

    def _is_value(self, family: str, name: str, text: str) -> bool:
        """The leaf is a value of its super-header's field: 业务流程 under 风险类别, 高 under 风险等级."""
        words = self._vocabulary
        kind = words.columns[family, name].kind
        plain = fold_blanks(text)
        if kind == "grade":
            return grade(plain, words) is not None
        if kind == "risk_kind":
            return risk_kind(plain, words) is not None
        return kind == "type" and power_type(plain, words) is not None

    def _match(self, texts: tuple[str, ...], family: str, present: frozenset[str]) -> tuple[Match, str]:
        """The field of a path: the whole path read as one word, then its leaf, then its super-header."""
        if not texts:
            return Match("", None, 0.0), ""
        leaf = self._matcher.match(texts[-1], family, present)
        if len(texts) > 1:
            head = self._matcher.match(texts[-2], family, present)
            if head.certain and len(head.fields) == 1 and self._is_value(family, head.fields[0], texts[-1]):
                return replace(head, text=texts[-1]), "member"
            # 公开 over 形式; 办理时限 over 法定
            wholes = [self._matcher.match(a + b, family, present) for a, b in (texts[-2:], (texts[-1], texts[-2]))]
            for whole in wholes:
                if whole.exact or (whole.certain and not leaf.certain):
                    return whole, _part(whole)
            if not leaf.certain:
                for above in reversed(texts[:-1]):
                    head = self._matcher.match(above, family, present)
                    if head.certain and len(head.fields) == 1:
                        return replace(head, text=texts[-1]), "member"
        return leaf, _part(leaf)


def _sides(slots: list[Slot]) -> list[list[Slot]]:
    """The sets of columns of a list that goes on beside itself: the same headings in the same order again."""
    starts = [index for index, slot in enumerate(slots) if slot.path]
    headings = [slots[index].heading for index in starts]
    for size in range(FEWEST_BESIDE, len(headings) // 2 + 1):
        first = headings[:size]
        if len(set(first)) == size and headings == first * (len(headings) // size):
            bounds = [0, *starts[size::size], len(slots)]
            return [slots[a:b] for a, b in pairwise(bounds)]
    return [slots]


def _part(match: Match) -> str:
    return match.heading.part if match.heading else ""


def assign(slots: list[Slot], family: str) -> list[Slot]:
    """One field, one column: of several the lowest rank stands, then the first; the others go to 其他栏目.

    Pieces of one field ("title", "article", "member", "part") stand together.
    """
    slots = _bodies(slots, family)
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, slot in enumerate(slots):
        for name in slot.fields:
            holders[slot.family, name].append(index)
    for (owner, name), indexes in holders.items():
        for loser in _losers(slots, indexes):
            slot = slots[loser]
            if slot.family == owner:
                slots[loser] = replace(slot, fields=tuple(f for f in slot.fields if f != name))
    return slots


def _losers(slots: list[Slot], indexes: list[int]) -> list[int]:
    whole = [i for i in indexes if not slots[i].part and slots[i].match.heading is not None]
    if len(whole) < 2:
        return []

    def order(index: int) -> tuple[bool, int, int, int]:
        heading = slots[index].match.heading
        # A column that carries only this field goes before one that carries it among others.
        return not slots[index].match.certain, len(slots[index].fields), heading.rank if heading else 9, index

    ranked = sorted(whole, key=order)
    return ranked[1:]


def _bodies(slots: list[Slot], family: str) -> list[Slot]:
    """A table's only column for a body is its 承办机构, whatever the heading (contract, view 职权目录)."""
    if family != "power":
        return slots
    bodies = [i for i, s in enumerate(slots) if s.family == family and s.fields == ("exercising_body",)]
    if bodies and not any("department" in s.fields for s in slots if s.family == family):
        first = min(bodies, key=lambda i: (not slots[i].match.certain, i))
        slots = [replace(s, fields=("department",)) if i == first else s for i, s in enumerate(slots)]
    return slots
