"""Label/value pairs → fields: forms with one item each, and the head and foot of a register that is printed as a form.

In: a Table's lines in the role PAIRS, or paragraphs 标签：内容. Out: :class:`Pair` in printed order, grouped into
records by :func:`group_pairs`. An empty value stays empty: a label never becomes the value of the label beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Cell, Paragraph, Table
from pipeline.cells import FieldReader
from pipeline.composites import split_composite
from pipeline.headings import LONGEST_HEADING, HeadingMatcher, Match
from pipeline.record import Field, OtherField, Reading, Source
from pipeline.roles import Line, label_columns
from pipeline.rows import cell_text
from pipeline.sections import numbering_end
from pipeline.text import fold
from pipeline.vocabulary import Vocabulary


@dataclass(slots=True)
class Pair:
    """A label and what stands beside or under it; ``group`` is the label of the block it lies in, "" if none."""

    label: str
    source: Source
    values: list[Source] = field(default_factory=list)
    group: str = ""
    confidence: float = 1.0
    unread: bool = False
    joint: str = "\n"


class FormReader:
    """Finds the pairs of a table and turns groups of pairs into fields."""

    def __init__(self, matcher: HeadingMatcher, reader: FieldReader, vocabulary: Vocabulary) -> None:
        self._matcher = matcher
        self._reader = reader
        self._vocabulary = vocabulary

    def pairs(self, table: Table, lines: Iterable[Line], used: set[int]) -> list[Pair]:
        """The pairs of the lines, in printed order; every cell that went into one is added to ``used``."""
        chosen = list(lines)
        columns = label_columns([cell for line in chosen for cell in line.printed], self._matcher)
        pairs: list[Pair] = []
        owners: dict[int, Pair] = {}  # label cells that reach down over several rows, by identity
        for line in chosen:
            self._line_pairs(table, line, columns, pairs, owners, used)
        return pairs

    def _line_pairs(
        self,
        table: Table,
        line: Line,
        columns: frozenset[int],
        pairs: list[Pair],
        owners: dict[int, Pair],
        used: set[int],
    ) -> None:
        current: Pair | None = None
        group = ""
        labelled = any(self._is_label(cell, columns) for cell in line.printed)
        for cell in line.cells:
            if cell.row < line.row:
                if id(cell) in owners:
                    current = owners[id(cell)]
                elif not cell.empty and self._is_short(cell):
                    group = cell.text
                continue
            if self._is_label(cell, columns):
                used.add(id(cell))
                current = Pair(cell.text, Source(table.place(line.row, cell.column), cell.text), group=group)
                pairs.append(current)
                if cell.row_span > 1:
                    owners[id(cell)] = current
                continue
            if cell.empty:
                continue
            used.add(id(cell))
            if current is None and labelled and self._is_short(cell):
                group = cell.text  # a group label before the labels of its rows
                continue
            if current is None:
                current = pairs[-1] if pairs else None
            if current is None:
                used.discard(id(cell))
                continue
            current.values.append(Source(table.place(line.row, cell.column), cell_text(cell)))
            current.confidence = min(current.confidence, cell.confidence)
            current.unread = current.unread or bool(cell.unread)

    def _is_short(self, cell: Cell) -> bool:
        return 0 < len(fold(cell.text)) <= LONGEST_HEADING

    def _is_label(self, cell: Cell, columns: frozenset[int]) -> bool:
        """A known heading, or a short text in a column that holds labels."""
        if cell.empty:
            return False
        if columns:
            return cell.column in columns and self._is_short(cell)
        return bool(self._matcher.families_of(cell.text))

    def paragraph_pairs(self, paragraphs: Sequence[Paragraph]) -> list[Pair]:
        """Forms without a table: 一、职权名称：… Lines without a label go on with the value above."""
        pairs: list[Pair] = []
        for paragraph in paragraphs:
            text = paragraph.text
            found = _LABELLED.match(text[numbering_end(text) :])
            if found and self._matcher.families_of(found["label"]):
                begin = numbering_end(text) + found.start("value")
                pair = Pair(found["label"], Source(paragraph.place, found["label"]))
                if found["value"].strip():
                    pair.values.append(Source(paragraph.place, text[begin:]))
                pairs.append(pair)
            elif pairs and text.strip():
                pairs[-1].values.append(Source(paragraph.place, text))
        return pairs

    def match(self, pair: Pair, family: str, present: Iterable[str]) -> Match:
        """What the label stands for; under a group label the two together, where that is a known heading."""
        present = tuple(present)
        if pair.group:
            whole = self._matcher.match(pair.group + pair.label, family, present)
            if whole.certain:
                return whole
        return self._matcher.match(pair.label, family, present)

    def fields(
        self, pairs: Sequence[tuple[Pair, Match]], family: str
    ) -> tuple[dict[str, Field], tuple[OtherField, ...]]:
        """The fields of one group of pairs, and the pairs that have no field here."""
        fields: dict[str, Field] = {}
        other: list[OtherField] = []
        for pair, match in _bodies(pairs, family):
            names = tuple(name for name in match.fields if name not in fields or fields[name].blank)
            if not names:
                self._other(pair, other)
                continue
            reading = Reading.UNREAD if pair.unread else Reading.PLAIN
            if not pair.values:
                for name in names:
                    fields.setdefault(name, Field(name, "", "", sources=(Source(pair.source.place, ""),)))
            elif len(names) > 1:
                fields |= split_composite(self._reader, family, names, pair.values, reading)
            else:
                fields[names[0]] = self._reader.field(
                    family,
                    names[0],
                    pair.values,
                    reading=reading,
                    confidence=pair.confidence,
                    joint=pair.joint,
                    heading=pair.label,
                )
            if match.heading and match.heading.implies:
                name, text = match.heading.implies
                fields[name] = self._reader.constant(family, name, text, pair.source)
        return fields, tuple(other)

    def _other(self, pair: Pair, other: list[OtherField]) -> None:
        heading = "".join(pair.label.split()).rstrip("：:")
        if pair.values:
            text = "\n".join(filter(None, (self._reader.text(source) for source in pair.values)))
            other.append(OtherField(heading, text, pair.values[0]))


def group_pairs(
    pairs: Sequence[tuple[Pair, Match]], key: frozenset[str]
) -> tuple[list[tuple[Pair, Match]], list[list[tuple[Pair, Match]]]]:
    """The pairs common to all records, and those of each record.

    A record begins with each label of the key fields (职权名称, 风险点) where there are several. What stands before the
    first key label belongs to all; so does what stands after the last one and only there.
    """
    starts = [index for index, (_, match) in enumerate(pairs) if key & set(match.fields)]
    if len(starts) < 2:
        return [], [list(pairs)]
    common = list(pairs[: starts[0]])
    bounds = [*starts, len(pairs)]
    groups = [list(pairs[a:b]) for a, b in pairwise(bounds)]
    inner = {name for group in groups[:-1] for _, match in group for name in match.fields}
    last = groups[-1]
    keep = [item for item in last if set(item[1].fields) & inner or key & set(item[1].fields)]
    tail = [item for item in last if item not in keep]
    groups[-1] = keep
    return common + tail, groups


def _bodies(pairs: Sequence[tuple[Pair, Match]], family: str) -> list[tuple[Pair, Match]]:
    """A form's only label for a body is its 承办机构, as in a table."""
    fields = {name for _, match in pairs for name in match.fields}
    if family != "power" or "exercising_body" not in fields or "department" in fields:
        return list(pairs)
    renamed = []
    for pair, match in pairs:
        renamed.append((pair, match.renamed("department") if match.fields == ("exercising_body",) else match))
    return renamed


_LABELLED = re.compile(r"\s*(?P<label>[^：:。；\n]{2,16}?)\s*[：:]\s*(?P<value>.*)", re.DOTALL)
