"""Which power a flow chart is of: by its title, by the form or row it stands in, by the only power of its file.

In: the files and powers of a context. Out: :func:`tied_charts`. Judges nothing and refuses to guess: a title that may
mean a power without being its name is an offer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from extractors.document import Place
from pipeline.interpretation.charts import chart_named_by
from pipeline.matching.power_index import Listed, Match, Offer, PowerIndex
from pipeline.matching.power_name import kind_named
from pipeline.record import Chart, ChartForm, FileReading, FileState, Record
from pipeline.rules.context import RuleContext
from pipeline.rules.items import Item, items
from pipeline.rules.naming import category

_SHORTEST_OWNER = 2  # characters of a unit's name without its place: 市水利局 → 水利局


@dataclass(frozen=True, slots=True)
class TiedChart:
    """A chart and what it is of.

    keys: of the first records of the powers that it is certainly of. kind: the power type of which it is the general
    chart (行政处罚流程图), else "". offer: the power that may be meant, "" if none. name: what its title says it is of.
    """

    file: FileReading
    chart: Chart
    name: str
    keys: tuple[str, ...] = ()
    kind: str = ""
    offer: Offer | None = None

    @property
    def tied(self) -> bool:
        """It is certain what it is of."""
        return bool(self.keys or self.kind)

    @property
    def unread(self) -> bool:
        """Nothing of it but its title is known."""
        return self.chart.form is ChartForm.PICTURE


def tied_charts(context: RuleContext) -> tuple[TiedChart, ...]:
    """The charts of all files of the unit, in reading order; files that are charts by their name and unread too."""
    return context.once(_tied)


def _tied(context: RuleContext) -> tuple[TiedChart, ...]:
    listed = items(context)
    index = PowerIndex((_listed(context, item) for item in listed), context.vocabulary, context.unit)
    by_file: dict[str, list[Item]] = defaultdict(list)
    for item in listed:
        by_file[item[0].file].append(item)
    found: list[TiedChart] = []
    for file in context.files:
        charts = file.charts or tuple(_unread_file(context, file))
        nameless = [chart for chart in charts if not _without_unit(context, file, chart.name)]
        own = by_file.get(file.name, [])
        for chart in charts:
            name = _without_unit(context, file, chart.name)
            if name:
                found.append(_by_name(context, index, file, chart, name))
            else:
                keys = _by_place(chart.place, own) or _by_order(nameless.index(chart), len(nameless), own)
                found.append(TiedChart(file, chart, "", keys))
    return tuple(found)


def _listed(context: RuleContext, item: Item) -> Listed:
    first = item[0]
    name, code, sub_item = (context.text(first, field) for field in ("name", "code", "sub_item"))
    return Listed(first.key, name, code, sub_item, category(context, first))


def _by_name(context: RuleContext, index: PowerIndex, file: FileReading, chart: Chart, name: str) -> TiedChart:
    found = [each for _, each in index.find_each(name)]
    keys = tuple(dict.fromkeys(key for each in found if isinstance(each, Match) for key in each.keys))
    if keys:
        return TiedChart(file, chart, name, keys)
    kind = kind_named(name, context.vocabulary)
    if kind:
        return TiedChart(file, chart, name, kind=kind)
    return TiedChart(file, chart, name, offer=next((each for each in found if isinstance(each, Offer)), None))


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


def covers(tied: TiedChart, record: Record, kinds: frozenset[str]) -> bool:
    """Whether a chart is, or may be, the chart of a power. kinds: the types and the act that the power may have."""
    if record.key in tied.keys or (tied.offer is not None and record.key in tied.offer.keys):
        return True
    return bool(tied.kind) and (not kinds or tied.kind in kinds)
