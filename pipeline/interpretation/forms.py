"""Label/value pairs → fields: forms with one item each, and the head and foot of a register that is printed as a form.

In: a Table's lines in the role PAIRS, or paragraphs 标签：内容. Out: :class:`Pair` in printed order, grouped into
records by :func:`group_pairs`. An empty value stays empty: a label never becomes the value of the label beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Cell, Paragraph, Place, Table
from pipeline.interpretation.cells import FieldReader
from pipeline.interpretation.composites import split_composite
from pipeline.interpretation.headings import LONGEST_HEADING, HeadingMatcher, Match
from pipeline.interpretation.lines import Line
from pipeline.interpretation.roles import label_columns
from pipeline.interpretation.rows import cell_source
from pipeline.interpretation.sections import NO_DEPTH, SectionReader, numbering
from pipeline.interpretation.stacked import stacked_rows
from pipeline.record import Field, OtherField, Reading, Source
from pipeline.text.normalization import fold
from pipeline.vocabulary import Heading, Vocabulary

_NAMING = {"power": "name", "risk": "risk_point", "post_power": "power_name"}


@dataclass(slots=True)
class Pair:
    """A label and what stands beside or under it; ``group`` is the label of the block it lies in, "" if none."""

    label: str
    source: Source
    values: list[Source] = field(default_factory=list)
    group: str = ""
    unread: bool = False
    blank: Place | None = None  # of the empty cell where the value would stand
    section: Source | None = None  # the heading above the item that gives its power type
    names_item: bool = False  # no label: the numbered line over an item, which gives its name


class FormReader:
    """Finds the pairs of a table and turns groups of pairs into fields."""

    def __init__(
        self, matcher: HeadingMatcher, sections: SectionReader, reader: FieldReader, vocabulary: Vocabulary
    ) -> None:
        self._matcher = matcher
        self._sections = sections
        self._reader = reader
        self._vocabulary = vocabulary

    def pairs(self, table: Table, lines: Iterable[Line], used: set[int]) -> list[Pair]:
        """The pairs of the lines, in printed order; every cell that went into one is added to ``used``."""
        chosen = list(lines)
        columns = label_columns(chosen, self._matcher, self._sections)
        return _PairWalk(self._matcher, table, chosen, columns, used).pairs

    def paragraph_pairs(self, paragraphs: Sequence[Paragraph]) -> list[Pair]:
        """Forms without a table: 一、职权名称：… Lines without a label go on with the value above.

        A heading, or a line numbered on a higher level than the labels, ends the value. Where no label gives the
        names, that line is the name of the item that follows (一、残疾人证核发 / 职权类别：…).
        """
        pairs: list[Pair] = []
        depth_of_labels = 0
        ended = True
        caption: Pair | None = None
        section: Source | None = None
        for paragraph in paragraphs:
            line = Source(paragraph.place, paragraph.text, paragraph.confidences)
            depth, start = numbering(paragraph.text)
            found = _LABELLED.match(paragraph.text[start:])
            if found and self._matcher.families_of(found["label"]):
                pair = Pair(found["label"], Source(paragraph.place, found["label"]), section=section)
                if found["value"].strip():
                    pair.values.append(line.part(start + found.start("value")))
                pairs += [caption, pair] if caption else [pair]
                depth_of_labels, ended, caption = depth, False, None
            elif self._gives_type(paragraph):
                section, ended, caption = line, True, None
            elif paragraph.role == "heading" or depth < depth_of_labels or (depth < NO_DEPTH and not pairs):
                ended = True
                source = line.part(start)
                caption = Pair("", source, [source], section=section, names_item=True) if depth < NO_DEPTH else None
            elif not ended and paragraph.text.strip():
                pairs[-1].values.append(line)
        named = any(self._names_item(pair) for pair in pairs)
        return [pair for pair in pairs if not (named and pair.names_item)]

    def _gives_type(self, paragraph: Paragraph) -> bool:
        """一、行政处罚（2项）: a heading, or a numbered or counted line, that is a power type."""
        section = self._sections.read_heading(paragraph.text.strip())
        marked = paragraph.role == "heading" or section.numbered or section.declared is not None
        return section.power_type is not None and marked

    def _names_item(self, pair: Pair) -> bool:
        """A label that names the item: 职权名称, 风险点 …"""
        matches = (
            (family, self._matcher.match(pair.label, family)) for family in self._matcher.families_of(pair.label)
        )
        return any(match.fields == (_NAMING.get(family),) for family, match in matches)

    def match(self, pair: Pair, family: str, present: Iterable[str]) -> Match:
        """What the label stands for; under a group label the two together, where that is a known heading."""
        present = tuple(present)
        if pair.names_item and family in _NAMING:
            return Match(pair.label, Heading(pair.label, family, (_NAMING[family],)), 1.0)
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
        pairs = _bodies(pairs, family)
        ranks = _lowest_ranks(pairs)
        for pair, match in pairs:
            names = tuple(
                name
                for name in match.fields
                if (name not in fields or fields[name].blank) and _rank(match) <= ranks.get(name, _rank(match))
            )
            if not names:
                self._other(pair, other)
                continue
            reading = Reading.UNREAD if pair.unread else Reading.PLAIN
            if not pair.values:
                for name in names:
                    fields.setdefault(name, Field(name, "", "", sources=(Source(pair.blank or pair.source.place, ""),)))
            elif len(names) > 1:
                fields |= split_composite(self._reader, family, names, pair.values, reading, pair.label)
            else:
                fields[names[0]] = self._value(family, names[0], pair, reading)
            if match.heading and match.heading.implies:
                name, text = match.heading.implies
                fields[name] = self._reader.constant(family, name, text, pair.source)
        return fields, tuple(other)

    def _value(self, family: str, name: str, pair: Pair, reading: Reading) -> Field:
        if len(pair.values) > 1:
            return self._reader.joined(family, name, pair.values, reading=reading)
        return self._reader.single(family, name, pair.values[0], reading=reading, heading=pair.label)

    def _other(self, pair: Pair, other: list[OtherField]) -> None:
        heading = "".join(pair.label.split()).rstrip("：:")
        if pair.values:
            text = "\n".join(filter(None, (self._reader.text(source) for source in pair.values)))
            other.append(OtherField(heading, text, pair.values[0]))


class _PairWalk:
    """The walk over the rows of a form, from left to right, with the labels that reach down over several rows."""

    def __init__(
        self, matcher: HeadingMatcher, table: Table, lines: Sequence[Line], columns: frozenset[int], used: set[int]
    ) -> None:
        self.pairs: list[Pair] = []
        self._matcher = matcher
        self._table = table
        self._lines = {line.row: line for line in lines}
        self._columns = columns
        self._used = used
        self._owners: dict[int, Pair] = {}  # by identity of the label's cell
        self._stacked = stacked_rows(lines, matcher)
        self._above: dict[int, Pair] = {}  # by column, where values stand below their labels
        self._blocks: set[int] = set()  # labels whose rows to the right are one content, whatever stands there
        for line in lines:
            self._line(line)

    def _below(self, line: Line) -> None:
        """A row of labels over their values, or the row of the values."""
        if self._stacked[line.row]:
            self._above = {cell.column: self._label(line, cell, "") for cell in line.printed}
            return
        for cell in line.cells:
            if cell.empty:
                self._above[cell.column].blank = self._table.place(line.row, cell.column)
            else:
                self._value(line, [cell], self._above[cell.column])

    def _line(self, line: Line) -> None:
        if line.row in self._stacked:
            self._below(line)
            return
        current: Pair | None = None
        group = ""
        after_label = False  # the next printed cell is the value of the label just read, whatever it says
        labelled = any(self._is_known(cell) or self._in_label_column(cell) for cell in line.printed)
        for position, cell in enumerate(line.cells):
            if cell.row < line.row:
                current = self._owners.get(id(cell), current)
                if id(cell) in self._blocks:
                    self._content(line, position, self._owners[id(cell)])
                    return
                if _is_short(cell):
                    group = cell.text
                continue
            if self._is_label(line, position, after_label):
                if after_label and current is not None and not current.values:
                    group = self._regroup(current)
                current = self._label(line, cell, group)
                after_label = True
                if self._is_block(line, position):
                    self._blocks.add(id(cell))
                    self._content(line, position, current)
                    return
                continue
            if cell.empty:
                if after_label and current is not None:
                    current.blank = self._table.place(line.row, cell.column)
                after_label = False
                continue
            after_label = False
            self._used.add(id(cell))
            if current is None and labelled and _is_short(cell):
                group = cell.text  # a group label before the labels of its rows
            else:
                self._value(line, [cell], current or (self.pairs[-1] if self.pairs else None))

    def _regroup(self, pair: Pair) -> str:
        """A label directly before another label with a value is the group of both (收费 | 收费标准 | …)."""
        self.pairs.remove(pair)
        self._owners = {key: owner for key, owner in self._owners.items() if owner is not pair}
        return pair.label

    def _label(self, line: Line, cell: Cell, group: str) -> Pair:
        self._used.add(id(cell))
        pair = Pair(cell.text, Source(self._table.place(line.row, cell.column), cell.text), group=group)
        self.pairs.append(pair)
        if cell.row_span > 1:
            self._owners[id(cell)] = pair
        return pair

    def _value(self, line: Line, cells: Sequence[Cell], pair: Pair | None) -> None:
        if pair is None:  # nothing above to belong to: the cell stays unused and is reported
            self._used.difference_update(id(cell) for cell in cells)
            return
        self._used.update(id(cell) for cell in cells)
        pair.values.append(cell_source(self._table.place(line.row, cells[0].column), cells))
        pair.unread = pair.unread or any(cell.unread for cell in cells)

    def _content(self, line: Line, position: int, pair: Pair) -> None:
        """All that a row prints to the right of a block's label."""
        cells = [cell for cell in line.cells[position + 1 :] if cell.row == line.row and not cell.empty]
        if cells:
            self._value(line, cells, pair)

    def _is_block(self, line: Line, position: int) -> bool:
        """A label over several rows with a list of its own beside it: headings in its first row, no labels below."""
        label = line.cells[position]
        right = line.cells[position + 1 :]
        if label.row_span < 2 or len(right) < 2 or not all(self._is_known(cell) for cell in right[:2]):
            return False
        below = [self._lines[row] for row in range(line.row + 1, line.row + label.row_span) if row in self._lines]
        firsts = [next((c for c in row.printed if c.column > label.column), None) for row in below]
        return any(cell is not None and not self._matcher.families_of(cell.text) for cell in firsts)

    def _is_known(self, cell: Cell) -> bool:
        return not cell.empty and bool(self._matcher.families_of(cell.text))

    def _in_label_column(self, cell: Cell) -> bool:
        return cell.column in self._columns and _is_short(cell)

    def _is_label(self, line: Line, position: int, after_label: bool) -> bool:
        """A short text in a label column, or a known heading; right after a label only where a value follows it."""
        cell = line.cells[position]
        if self._in_label_column(cell) and not (after_label and not self._is_known(cell)):
            return True
        if not self._is_known(cell):
            return False
        if not after_label:
            return True
        following = line.cells[position + 1] if position + 1 < len(line.cells) else None
        return following is not None and not following.empty and not self._is_known(following)


def _is_short(cell: Cell) -> bool:
    return 0 < len(fold(cell.text)) <= LONGEST_HEADING


def group_pairs(
    pairs: Sequence[tuple[Pair, Match]], key: frozenset[str]
) -> tuple[list[tuple[Pair, Match]], list[list[tuple[Pair, Match]]]]:
    """The pairs common to all records, and those of each record.

    Where the first label comes again the whole form begins again. Else a record begins with each label of the key
    fields (职权名称, 风险点) where there are several: what stands before the first key label belongs to all, and so
    does what stands after the last one and only there.
    """
    first = fold(pairs[0][0].label) if pairs else ""
    again = [index for index, (pair, _) in enumerate(pairs) if fold(pair.label) == first]
    if len(again) > 1 and not key & set(pairs[0][1].fields):
        return [], [list(pairs[a:b]) for a, b in pairwise([*again, len(pairs)])]
    starts = [index for index, (_, match) in enumerate(pairs) if key & set(match.fields)]
    if len(starts) < 2:
        return [], [list(pairs)]
    common = list(pairs[: starts[0]])
    bounds = [*starts, len(pairs)]
    groups = [list(pairs[a:b]) for a, b in pairwise(bounds)]
    inner = {name for group in groups[:-1] for _, match in group for name in match.fields}
    printed = {fold(pair.label) for group in groups[:-1] for pair, _ in group}
    last = groups[-1]
    keep = [item for item in last if set(item[1].fields) & (inner | key) or fold(item[0].label) in printed]
    tail = [item for item in last if item not in keep]
    groups[-1] = keep
    return common + tail, groups


def _rank(match: Match) -> int:
    return match.heading.rank if match.heading else 0


def _lowest_ranks(pairs: Iterable[tuple[Pair, Match]]) -> dict[str, int]:
    """By field, the rank of the label that says it best, as for columns: 风险等级 goes before 级别 (of a post)."""
    ranks: dict[str, int] = {}
    for pair, match in pairs:
        for name in match.fields if pair.values else ():
            ranks[name] = min(_rank(match), ranks.get(name, _rank(match)))
    return ranks


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
