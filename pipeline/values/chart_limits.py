"""The time limits that a flow chart states: those of the whole, and what its steps add up to.

In: a :class:`~pipeline.record.Chart`. Out: :class:`ChartLimits`. Refuses to guess: limits of unlike units are not
added, a step with several limits leaves the sum unknown, and time that is the other side's (补正, 复议) is no step's.
The sum is that of the longest way through the graph, a line back counting for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.document import ChartEdge
from pipeline.record import Chart
from pipeline.values.time_limits import TimeLimit, split_limits, time_limit
from pipeline.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ChartLimits:
    """statutory, promised, whole: limits that are said to be those of the whole. stages: the sum of the steps' limits.

    None where the chart states none, or none that can be told for certain.
    """

    statutory: TimeLimit | None = None
    promised: TimeLimit | None = None
    whole: TimeLimit | None = None
    stages: TimeLimit | None = None


def chart_limits(chart: Chart, vocabulary: Vocabulary) -> ChartLimits:
    """The limits of a chart.

    A limit is the whole's where a word says so (总时限, 共计), and where it stands labelled in the title or apart from
    the steps; a step may have a label of its own.
    """
    words = vocabulary.rule_words
    linked = {end for edge in chart.edges for end in (edge.start, edge.end) if end is not None}
    apart = {*range(len(chart.texts))} - linked if chart.edges else set()
    said: dict[str, list[TimeLimit]] = defaultdict(list)
    steps: list[TimeLimit | None] = [None] * len(chart.texts)
    unclear = False
    for index, text in enumerate((*chart.texts, chart.title)):
        whole = any(word in text for word in words["chart_whole"])
        if whole or index in apart or index == len(chart.texts):
            for kind, stated in _labelled(text, whole, words, vocabulary):
                said[kind].append(stated)
        elif index in linked and not any(word in text for word in words["chart_apart"]):
            limit = steps[index] = time_limit(text, vocabulary=vocabulary)
            unclear = unclear or (limit is not None and limit.ambiguous)
    one = {kind: _one(limits) for kind, limits in said.items()}
    stages = None if unclear else _sum(steps, chart.edges)
    return ChartLimits(one.get("statutory"), one.get("promised"), one.get("whole"), stages)


def _labelled(
    text: str, whole: bool, words: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary
) -> Iterator[tuple[str, TimeLimit]]:
    """The limits of a text that speaks of the whole, each with the kind that its label tells."""
    if parts := split_limits(text, vocabulary):
        for part in parts:
            if (limit := time_limit(text[part.start : part.end], vocabulary=vocabulary)) is not None:
                yield part.kind, limit
        return
    limit = time_limit(text, vocabulary=vocabulary)
    if limit is not None and (whole or any(word in text for word in words["chart_limit_label"])):
        yield _kind(text, words), limit


def _kind(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    statutory = any(word in text for word in words["chart_statutory"])
    promised = any(word in text for word in words["chart_promised"])
    return "whole" if statutory is promised else "statutory" if statutory else "promised"


def _one(limits: Sequence[TimeLimit]) -> TimeLimit | None:
    """The limit that all state; None where they differ or one is ambiguous."""
    first = limits[0]
    same = all((limit.number, limit.unit) == (first.number, first.unit) for limit in limits)
    return first if same and not first.ambiguous else None


def _sum(steps: Sequence[TimeLimit | None], edges: Sequence[ChartEdge]) -> TimeLimit | None:
    """What the steps take together on the longest way; None with fewer than two limits or with unlike units."""
    timed = [limit for limit in steps if limit is not None and limit.unit != "immediate"]
    if len(timed) < 2 or len({limit.unit for limit in timed}) > 1:
        return None
    after: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        if edge.start is not None and edge.end is not None:
            after[edge.start].append(edge.end)
    longest: dict[int, float] = {}
    for start in range(len(steps)):
        _walk(start, steps, after, longest)
    total = max(longest.values())
    return replace(timed[0], number=total, low=None, working_days=total if timed[0].unit == "working_day" else None)


def _walk(
    start: int, steps: Sequence[TimeLimit | None], after: dict[int, list[int]], longest: dict[int, float]
) -> None:
    """Sets how long the longest way from a step is, without recursion; a way back to a step under way is left out."""
    open_steps: set[int] = set()
    stack = [(start, False)]
    while stack:
        step, leaving = stack.pop()
        if leaving:
            open_steps.discard(step)
            own = steps[step]
            onwards = (longest.get(each, 0.0) for each in after.get(step, ()))
            longest[step] = (own.number or 0.0 if own is not None else 0.0) + max(onwards, default=0.0)
        elif step not in longest and step not in open_steps:
            open_steps.add(step)
            stack.append((step, True))
            stack.extend((each, False) for each in after.get(step, ()) if each not in longest)
