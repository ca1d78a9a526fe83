"""Which power a flow chart is of: by its title, by the form or row it stands in, by the powers of its file.

In: the files and powers of a context. Out: :func:`tied_charts`. Judges nothing and refuses to guess: a title that may
mean a power without being its name is an offer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from extractors.document import Place
from pipeline.interpretation.charts import chart_named_by
from pipeline.matching.power_index import Found, Listed, Match, Offer, PowerIndex
from pipeline.matching.power_name import kind_named
from pipeline.record import Chart, ChartForm, FileReading, FileState
from pipeline.rules.context import RuleContext
from pipeline.rules.items import Item, items
from pipeline.rules.meant_powers import power_index
from pipeline.rules.naming import category
from pipeline.values.categories import power_type

_JOINED = re.compile("[、，,和及与]")
_SHORTEST_OWNER = 2  # characters of a unit's name without its place: 市水利局 → 水利局


@dataclass(frozen=True, slots=True)
class TiedChart:
    """A chart and what it is of.

    keys: of the first records of the powers that it is certainly of. kinds: the power types or acts of which it is the
    general chart (行政处罚流程图). offer: the power that may be meant, "" if none. name: what its title says it is of.
    """

    file: FileReading
    chart: Chart
    name: str
    keys: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    offer: Offer | None = None

    @property
    def tied(self) -> bool:
        """It is certain what it is of."""
        return bool(self.keys or self.kinds)

    @property
    def unread(self) -> bool:
        """Nothing of it but its title is known."""
        return self.chart.form is ChartForm.PICTURE


def tied_charts(context: RuleContext) -> tuple[TiedChart, ...]:
    """The charts of all files of the unit, in reading order; files that are charts by their name and unread too."""
    return context.once(_tied)


def _tied(context: RuleContext) -> tuple[TiedChart, ...]:
    listed = items(context)
    by_file: dict[str, list[Item]] = defaultdict(list)
    for item in listed:
        by_file[item[0].file].append(item)
    found = [tied for file in context.files for tied in _of_file(context, file, by_file.get(file.name, []))]
    return tuple(_with_several(context, found, listed))


def _of_file(context: RuleContext, file: FileReading, own: Sequence[Item]) -> Iterator[TiedChart]:
    """The charts of a file. own: the powers that it lists."""
    charts = file.charts or tuple(_unread_file(context, file))
    names = [_without_unit(context, file, chart.name) for chart in charts]
    by_surroundings = [
        () if name else _by_title(context, file, chart) or _by_place(chart.place, own)
        for chart, name in zip(charts, names, strict=True)
    ]
    nameless = [turn for turn, name in enumerate(names) if not name and not by_surroundings[turn]]
    for turn, (chart, name) in enumerate(zip(charts, names, strict=True)):
        if name:
            yield _by_name(context, file, chart, name)
        elif keys := by_surroundings[turn]:
            yield TiedChart(file, chart, "", keys)
        else:
            yield TiedChart(file, chart, "", _by_order(nameless.index(turn), len(nameless), own))


def _with_several(context: RuleContext, found: Sequence[TiedChart], listed: Sequence[Item]) -> Iterator[TiedChart]:
    """The charts, those whose title fits several powers equally well tied to them all: levels or sub-items of one."""
    names = {tied.name for tied in found if tied.offer is not None}
    index = PowerIndex((Listed(name, name) for name in sorted(names)), context.vocabulary, context.unit)
    keys: dict[str, list[str]] = defaultdict(list)
    for first in (item[0] for item in listed) if names else ():
        meant = index.find(name=context.text(first, "name"), power_type=category(context, first))
        if isinstance(meant, Match):
            for name in meant.keys:
                keys[name].append(first.key)
    for tied in found:
        several = keys.get(tied.name, []) if tied.offer is not None else []
        yield replace(tied, keys=tuple(several), offer=None) if len(several) > 1 else tied


def _first_keys(context: RuleContext) -> Mapping[str, str]:
    """Key of each row → key of the first row of its power."""
    return {record.key: item[0].key for item in items(context) for record in item}


def _by_name(context: RuleContext, file: FileReading, chart: Chart, name: str) -> TiedChart:
    found = [each for _, each in power_index(context).find_each(name)]
    if keys := _keys(context, found):
        return TiedChart(file, chart, name, keys)
    if kinds := _kinds(context, name):
        return TiedChart(file, chart, name, kinds=kinds)
    return TiedChart(file, chart, name, offer=next((each for each in found if isinstance(each, Offer)), None))


def _by_title(context: RuleContext, file: FileReading, chart: Chart) -> tuple[str, ...]:
    """The powers whose names stand over a chart as they are, without saying that a chart follows."""
    title = _without_unit(context, file, chart.title)
    return _keys(context, [each for _, each in power_index(context).find_each(title)]) if title else ()


def _keys(context: RuleContext, found: Sequence[Found]) -> tuple[str, ...]:
    """The keys of the powers that are certainly meant."""
    first = context.once(_first_keys)
    return tuple(dict.fromkeys(first[key] for each in found if isinstance(each, Match) for key in each.keys))


def _kinds(context: RuleContext, name: str) -> frozenset[str]:
    """The power types and acts that a title names as a whole, none where it names anything else."""
    words, found = context.vocabulary.rule_words, set[str]()
    for part in filter(None, _JOINED.split(name)):
        for procedure in words["chart_procedure"]:
            part = part.removeprefix(procedure).removeprefix("的")
        kinds = {power_type(part, context.vocabulary) or "", kind_named(part, context.vocabulary)} - {""}
        if not kinds:
            return frozenset()
        found |= kinds
    return frozenset(found)


def _by_place(place: Place, own: Sequence[Item]) -> tuple[str, ...]:
    """The power whose form, or whose row, the chart stands in."""
    if not place.table or place.row is None:
        return ()
    inside = [i for i in own if (i[0].place.part, i[0].place.table) == (place.part, place.table)]
    in_row = [i for i in inside if any(record.place.row == place.row for record in i)]
    the_one = in_row if len(in_row) == 1 else inside if len(inside) == 1 else []
    return tuple(item[0].key for item in the_one)


def _by_order(turn: int, count: int, own: Sequence[Item]) -> tuple[str, ...]:
    """The only power of the file; or each chart's own, where the file has one chart without name after each power."""
    if len(own) == 1:
        return (own[0][0].key,)
    return (own[turn][0].key,) if count == len(own) and count else ()


def _unread_file(context: RuleContext, file: FileReading) -> Iterator[Chart]:
    """The chart that an unread file is by its name, or by the folder that it lies in."""
    if file.state is FileState.LOADED:
        return
    path = PurePosixPath(file.name)
    name = chart_named_by(file.name, context.vocabulary)
    if name is None and any(chart_named_by(folder, context.vocabulary) is not None for folder in path.parts[:-1]):
        name = path.stem
    if name is not None:
        yield Chart(path.stem, name, Place(), ChartForm.PICTURE)


def _without_unit(context: RuleContext, file: FileReading, name: str) -> str:
    """A chart's name without the unit before it, whose place may be left out."""
    for unit in filter(None, (context.unit, file.unit)):
        for start in range(len(unit) - _SHORTEST_OWNER + 1):
            if name.startswith(unit[start:]):
                return name[len(unit) - start :]
    return name


def has_chart(context: RuleContext, item: Item, kinds: frozenset[str]) -> bool:
    """Whether some chart is, or may be, a power's. kinds: the types and the act that the power may have.

    A title that fits several powers equally well may be meant for each of them.
    """
    first = item[0]
    for tied in tied_charts(context):
        if first.key in tied.keys or (tied.kinds and (not kinds or tied.kinds & kinds)):
            return True
    name, sub_item = context.text(first, "name"), context.text(first, "sub_item")
    names = (name, f"{name}（{sub_item}）", sub_item) if sub_item else (name,)
    charted = context.once(_charted)
    return any(charted.find(name=each, power_type=category(context, first)) is not None for each in names)


def _charted(context: RuleContext) -> PowerIndex:
    """The charts by what their titles say they are of."""
    named = dict.fromkeys(tied.name for tied in tied_charts(context) if tied.name and not tied.kinds)
    return PowerIndex((Listed(name, name) for name in named), context.vocabulary, context.unit)
