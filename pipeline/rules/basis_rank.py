"""L08: whether the instruments that a power rests on rank high enough to create it.

In: the powers of a unit with what their basis cites, and vocab/powers_of_instruments.csv in the version of the review
date. Out: hits about the highest instrument of a cell. Refuses to judge where the rank of any cited instrument is
unknown, for it may be the one that carries the power, or where the name speaks of another type than is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from pipeline.law.statute import Level
from pipeline.law.verdict_wording import level_text
from pipeline.law.verdicts import Conclusion
from pipeline.law.verified import BASIS, VerifiedCitation
from pipeline.naming.power_type import named_type
from pipeline.record import Record, Register
from pipeline.rules.basis import accusable, filled_bases, on_citation
from pipeline.rules.basis_fee import FEE, FEE_BASIS, fee_hits
from pipeline.rules.context import RuleContext
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, records_with, rule
from pipeline.vocabulary import RankLimit

_RANKS = (
    (Level.CONSTITUTION,),
    (Level.LAW,),
    (Level.COUNCIL_DECISION, Level.REGULATION),
    (Level.LOCAL_REGULATION,),
    (Level.MINISTRY_RULE, Level.LOCAL_RULE),
    (Level.OTHER,),
)
_RANK: Mapping[Level, int] = {level: rank for rank, levels in enumerate(_RANKS) for level in levels}
_YEAR = timedelta(days=366)


@rule("L08", over=records_with(BASIS, FEE_BASIS, among=(Register.POWERS, Register.POWERS_NOT_PUBLIC)))
def rank_too_low(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A basis whose highest instrument cannot create a power of this kind, or a fee whose basis cannot create it."""
    yield from _rank_hits(context)
    yield from fee_hits(context)


def _rank_hits(context: RuleContext) -> Iterator[Hit]:
    limits = context.once(_limits)
    for record, _ in filled_bases(context):
        kind, cited = category(context, record), context.cited(record)
        if kind not in limits or not cited or _of_another_type(context, record, kind):
            continue
        highest = _highest(cited)
        limit = _limit(context, record, limits[kind], highest) if highest is not None else None
        if highest is not None and limit is not None:
            facts: Facts = {
                "law": highest.verdict.canonical_title,
                "level": _level(context, highest),
                "type": kind,
                "clause": limit.clause,
            }
            certain = limit.finding != "doubtful" and not _assists(context, record)
            yield on_citation(context, record, highest, variant="" if certain else "doubtful", facts=facts)


def _level(context: RuleContext, each: VerifiedCitation) -> str:
    level = each.verdict.level
    return context.vocabulary.label("rank.other") if level is Level.OTHER else level_text(level, context.vocabulary)


def _limits(context: RuleContext) -> Mapping[str, Mapping[tuple[str, str], RankLimit]]:
    """The limits of the review date: power type → (level, measure) → limit."""
    found: dict[str, dict[tuple[str, str], RankLimit]] = {}
    for limit in context.vocabulary.rank_limits:
        if limit.measure != FEE and limit.since <= context.as_of < limit.until:
            found.setdefault(limit.power, {})[limit.level, limit.measure] = limit
    return found


def _highest(cited: tuple[VerifiedCitation, ...]) -> VerifiedCitation | None:
    """The first citation of the highest rank; None where the rank of any is not known, or it is not in force yet."""
    if any(each.verdict.level not in _RANK or not accusable(each.verdict) for each in cited):
        return None
    if any(Conclusion.NOT_YET in each.verdict.applicable for each in cited):
        return None  # L11 says so; what carried the power until then is not named
    return min(cited, key=lambda each: _RANK[each.verdict.level or Level.OTHER])


def _limit(
    context: RuleContext, record: Record, limits: Mapping[tuple[str, str], RankLimit], highest: VerifiedCitation
) -> RankLimit | None:
    """What forbids the instrument this power, the certain before the doubtful; None where nothing does."""
    level = (highest.verdict.level or Level.OTHER).value
    named = (limits.get((level, each), limits.get((level, "*"))) for each in _measures(context, record) or ("",))
    found = sorted((limit for limit in named if limit is not None), key=lambda limit: limit.finding)
    if not found or (found[0].finding == "one_year" and _within_a_year(context, highest)):
        return None
    return found[0]


def _measures(context: RuleContext, record: Record) -> list[str]:
    """The lists of measures that the name tells: of 对…的处罚 what stands behind the object."""
    name, words = context.text(record, "name"), context.vocabulary.rule_words
    if name.startswith(tuple(words["object_opener"])):
        name = name.rpartition(words["object_marker"][0])[2]
    return [key for key, measures in words.items() if key.startswith("measure.") and any(m in name for m in measures)]


def _within_a_year(context: RuleContext, each: VerifiedCitation) -> bool:
    """Whether the instrument may be one of a province, younger than a year on the review date."""
    statute = context.library.get(each.verdict.statute_id)
    words = context.vocabulary.rule_words
    region = statute.region if statute is not None else ""
    below = "/" in region or region.endswith(tuple(words["below_province"]))
    if below and not region.endswith(tuple(words["province"])):
        return False
    start = statute.versions[0].start if statute is not None and statute.versions else None
    return start is None or context.as_of - start <= _YEAR


def _assists(context: RuleContext, record: Record) -> bool:
    """A step around a licence (初审, 换发): a rule may order it without creating the licence."""
    name = context.text(record, "name")
    return any(word in name for word in context.vocabulary.rule_words["assisting_stage"])


def _of_another_type(context: RuleContext, record: Record, kind: str) -> bool:
    """Whether the name says something else than the printed type, which is for C02 to tell."""
    found = named_type(context.text(record, "name"), context.vocabulary)
    return found is not None and kind not in found.possible
