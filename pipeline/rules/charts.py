"""Family F: flow charts; and V04, charts that did not follow a change of their power.

In: the charts of a unit's files and its powers. Out: hits about powers without chart, charts that lack what they must
show or belong to no listed power, and limits that differ from the catalogue's. A chart that cannot be read accuses
nobody; a general chart of a type of powers counts for all of that type.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.matching.power_name import power_name
from pipeline.naming.power_type import named_type
from pipeline.record import Chart, ChartForm, Reading, Record, Register
from pipeline.rules.chart_ties import TiedChart, has_chart, tied_charts
from pipeline.rules.context import RuleContext
from pipeline.rules.items import Item, items
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, Scope, in_file, on_record, readable, rule
from pipeline.values.chart_limits import chart_limits
from pipeline.values.time_limits import TimeLimit, time_limit

# The seven elements of a chart, in the order in which the plans list them; their words are in rule_words.csv.
_ELEMENTS = ("condition", "post", "procedure", "limit", "supervision", "rights", "complaint")
_LEAST_TEXTS = 3  # of a chart without graph that can be judged


@rule("F01", over=lambda context, code: _asked(context))
def power_without_chart(context: RuleContext, code: str, powers: tuple[Item, ...]) -> Iterator[Hit]:
    """A power of which no chart is."""
    elsewhere = context.vocabulary.rule_words["chart_elsewhere"]
    for item in powers:
        first = item[0]
        act = power_name(context.text(first, "name"), context.vocabulary).act
        kinds = _types(context, first) | ({act} if act else frozenset())
        if has_chart(context, item, kinds):
            continue
        if any(word in context.text(record, "procedure") for record in item for word in elsewhere):
            continue
        yield on_record(context, first, "name")


@rule("F02", over=lambda context, code: _judged(context))
def lacking_elements(context: RuleContext, code: str, charts: tuple[TiedChart, ...]) -> Iterator[Hit]:
    """A chart that lacks elements; one finding a chart, naming them all."""
    words, policy = context.vocabulary, context.campaign.charts
    for tied in charts:
        missing = [element for element in _ELEMENTS if not _shows(context, tied.chart, element)]
        if missing:
            named = words.label("list.and").join(words.label(f"chart_element.{element}") for element in missing)
            by_law = policy.elements == "unless_by_law" and _types_of(context, tied) <= policy.by_law
            variant = "hint" if policy.elements == "hint" or by_law else ""
            yield _about(context, tied, variant, {"missing": named})


@rule("F03", over=lambda context, code: _with_power(context))
def other_limit(context: RuleContext, code: str, charts: tuple[tuple[TiedChart, Record], ...]) -> Iterator[Hit]:
    """A limit of the whole that is not the catalogue's, or steps that take longer together than it allows."""
    for tied, record in charts:
        drawn = chart_limits(tied.chart, context.vocabulary)
        listed = {name: _limit(context, record, f"{name}_limit") for name in ("statutory", "promised")}
        for name in listed:
            stated: TimeLimit | None = getattr(drawn, name)
            if _differ(stated, listed[name]) and stated is not None:
                yield _limit_hit(context, tied, record, f"{name}_limit", name, _printed(context, stated))
        known = {name: limit for name, limit in listed.items() if limit is not None}
        first = next((f"{name}_limit" for name in ("promised", "statutory") if name in known), "")
        if drawn.whole is not None and known and all(_differ(drawn.whole, limit) for limit in known.values()):
            yield _limit_hit(context, tied, record, first, "whole", _printed(context, drawn.whole))
        elif drawn.stages is not None and known and all(_exceeds(drawn.stages, limit) for limit in known.values()):
            yield _limit_hit(context, tied, record, first, "stages", _printed(context, drawn.stages))


@rule("F04", over=lambda context, code: _named(context))
def chart_of_no_power(context: RuleContext, code: str, charts: tuple[TiedChart, ...]) -> Iterator[Hit]:
    """A chart whose title names no listed power."""
    for tied in charts:
        if tied.tied:
            continue
        if tied.offer is not None:
            yield _about(context, tied, "doubtful", {"near": tied.offer.name})
        else:
            yield _about(context, tied)


@rule("V04", over=lambda context, code: _adjusted(context))
def not_renewed(context: RuleContext, code: str, powers: tuple[tuple[Item, date], ...]) -> Iterator[Hit]:
    """A power that changed, and whose charts are all in files that stood before it did."""
    campaign, since = context.campaign, context.history.stood_since
    for item, changed in powers:
        due = campaign.deadlines.calendar.after(changed, campaign.charts.renewed_within)
        own = [tied for tied in tied_charts(context) if item[0].key in tied.keys]
        stood = [since.get(tied.file.sha256, changed) for tied in own]
        if not own or context.as_of <= due or any(day >= changed for day in stood):
            continue
        facts: Facts = {
            "changed": _day(context, changed),
            "days": campaign.charts.renewed_within,
            "chart": own[0].chart.title or context.vocabulary.label("chart.unnamed"),
            "at": f"{own[0].file.name} {readable(own[0].chart.place)}".strip(),
            "since": _day(context, stood[0]),
        }
        yield on_record(context, item[0], "name", facts=facts)


def next_overdue(context: RuleContext) -> date | None:
    """The first day after the review date on which V04 may speak of a power of which it is silent today."""
    campaign = context.campaign
    if not campaign.charts.renewed_within:
        return None
    dues = {
        campaign.deadlines.calendar.after(day, campaign.charts.renewed_within)
        for day in (context.history.adjusted or {}).values()
    }
    return min((due + timedelta(days=1) for due in dues if due >= context.as_of), default=None)


def _adjusted(context: RuleContext) -> Scope[tuple[Item, date]]:
    """The powers of which something that a chart shows has changed, and the day of the last change."""
    adjusted = context.history.adjusted
    if not context.campaign.charts.renewed_within:
        return Scope((), "not_required")
    if adjusted is None:
        return Scope((), "first_version")
    days = ((item, [adjusted[each.key] for each in item if each.key in adjusted]) for item in items(context))
    return Scope(tuple((item, max(changed)) for item, changed in days if changed))


def _day(context: RuleContext, day: date) -> str:
    return context.vocabulary.label("date.long").format(year=day.year, month=day.month, day=day.day)


def _asked(context: RuleContext) -> Scope[Item]:
    """The powers that need a chart."""
    policy, charts = context.campaign.charts, tied_charts(context)
    if policy.asked == "no":
        return Scope((), "not_required")
    public = tuple(item for item in items(context) if item[0].register is Register.POWERS)
    if not public:
        return Scope((), "register_absent")
    if any(tied.unread and not tied.tied and not tied.name for tied in charts):
        return Scope((), "charts_unread")
    if policy.asked == "if_any" and not any((tied.tied or tied.name) and not tied.unread for tied in charts):
        return Scope((), "charts_unread" if charts else "no_charts")
    return Scope(tuple(item for item in public if _needs_one(context, item[0])))


def _needs_one(context: RuleContext, record: Record) -> bool:
    asked, types = context.campaign.charts.power_types, _types(context, record)
    return bool(context.text(record, "name")) and (not asked or not types or types <= asked)


def _judged(context: RuleContext) -> Scope[TiedChart]:
    """The charts of powers whose content could be read."""
    if context.campaign.charts.elements == "no":
        return Scope((), "not_required")
    charts = tied_charts(context)
    readable_ones = tuple(tied for tied in charts if tied.tied and _is_readable(tied.chart))
    return Scope(readable_ones, "" if readable_ones else "charts_unread" if charts else "no_charts")


def _is_readable(chart: Chart) -> bool:
    if chart.form is ChartForm.GRAPH:
        return True
    return chart.form is ChartForm.TEXT and len(chart.texts) >= _LEAST_TEXTS


def _with_power(context: RuleContext) -> Scope[tuple[TiedChart, Record]]:
    """The charts of one power each, with it."""
    charts = tied_charts(context)
    powers = {item[0].key: item[0] for item in items(context)}
    pairs = tuple(
        (tied, powers[tied.keys[0]])
        for tied in charts
        if len(tied.keys) == 1 and tied.keys[0] in powers and _is_readable(tied.chart)
    )
    return Scope(pairs, "" if pairs else "charts_unread" if charts else "no_charts")


def _named(context: RuleContext) -> Scope[TiedChart]:
    """The charts whose title says what they are of, where there is a catalogue that may list it."""
    if not context.powers:
        return Scope((), "register_absent")
    named = tuple(tied for tied in tied_charts(context) if tied.name and tied.file.charts)
    return Scope(named, "" if named else "no_charts")


def _types(context: RuleContext, record: Record) -> frozenset[str]:
    """The types that a power may have, none where neither its category nor its name tells."""
    if printed := category(context, record):
        return frozenset((printed,))
    named = named_type(context.text(record, "name"), context.vocabulary)
    return named.possible if named is not None else frozenset()


def _types_of(context: RuleContext, tied: TiedChart) -> frozenset[str]:
    if tied.kinds:
        return tied.kinds
    powers = {item[0].key: item[0] for item in items(context)}
    types = [_types(context, powers[key]) for key in tied.keys if key in powers]
    return frozenset().union(*types) if all(types) else frozenset(("",))


def _shows(context: RuleContext, chart: Chart, element: str) -> bool:
    """Whether a chart shows one of the seven elements."""
    if element == "procedure":
        return bool(chart.edges) or chart.form is ChartForm.TEXT
    texts = (chart.title, *chart.texts, *(edge.label for edge in chart.edges))
    texts = (*texts, "".join(chart.texts))  # in a PDF, a word may be broken over two lines
    if element == "limit":
        return any(time_limit(text, vocabulary=context.vocabulary) is not None for text in texts)
    return any(word in text for text in texts for word in context.vocabulary.rule_words[f"chart.{element}"])


def _about(context: RuleContext, tied: TiedChart, variant: str = "", facts: Facts | None = None) -> Hit:
    title = tied.chart.title or context.vocabulary.label("chart.unnamed")
    told: Facts = {"chart": title, **(facts or {})}
    return in_file(tied.file, tied.chart.place, tied.chart.title, variant=variant, facts=told)


def _limit_hit(context: RuleContext, tied: TiedChart, record: Record, field: str, what: str, drawn: str) -> Hit:
    words = context.vocabulary
    facts: Facts = {
        "chart": tied.chart.title or words.label("chart.unnamed"),
        "at": f"{tied.file.name} {readable(tied.chart.place)}".strip(),
        "what": words.label(f"chart_limit.{what}"),
        "drawn": drawn,
    }
    return on_record(context, record, field, variant="stages" if what == "stages" else "", facts=facts)


def _printed(context: RuleContext, limit: TimeLimit) -> str:
    unit = context.vocabulary.label(f"limit_unit.{limit.unit}")
    return unit if limit.number is None else f"{limit.number:g}{unit}"


def _limit(context: RuleContext, record: Record, name: str) -> TimeLimit | None:
    """The limit of a power as its catalogue prints it, None where it prints none or none that is certain."""
    found = context.field(record, name)
    if found is None or not found.text or found.reading & (Reading.PLACEHOLDER | Reading.UNREAD):
        return None
    limit = time_limit(found.text, vocabulary=context.vocabulary)
    if limit is None and isinstance(found.value, float | int):  # the heading says what the bare number counts
        return TimeLimit(float(found.value), "working_day", found.text, 0, len(found.text), float(found.value))
    return limit if limit is not None and not limit.ambiguous and limit.low is None else None


def _differ(drawn: TimeLimit | None, listed: TimeLimit | None) -> bool:
    """Whether two limits of like units are not the same."""
    return drawn is not None and listed is not None and drawn.unit == listed.unit and drawn.number != listed.number


def _exceeds(drawn: TimeLimit, listed: TimeLimit) -> bool:
    if drawn.unit != listed.unit or drawn.number is None or listed.number is None:
        return False
    return drawn.number > listed.number
