"""The fee part of L08: whether what a fee rests on may create it.

In: the powers of a unit with their 收费依据, and the rows of vocab/powers_of_instruments.csv whose measure is "fee", in
the version of the review date. Out: hits about the cell. Refuses to judge what cites an instrument whose rank is not
known, a cell that cites nothing (that is M08), and charges for services, which are no administrative fees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.law.statute import Level
from pipeline.law.verdict_wording import level_text
from pipeline.law.verified import VerifiedCitation, verified_text
from pipeline.record import Field, Record
from pipeline.rules.basis import NO_TEXT, accusable
from pipeline.rules.context import RuleContext
from pipeline.rules.items import printed_once
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, clipped, on_record
from pipeline.vocabulary import RankLimit

FEE_BASIS = "fee_basis"
FEE = "fee"  # the measure of its rows
_EVERY = "*"
_CARRY = frozenset((Level.CONSTITUTION, Level.LAW, Level.COUNCIL_DECISION, Level.REGULATION))
_RANKED = frozenset((Level.LOCAL_REGULATION, Level.MINISTRY_RULE, Level.LOCAL_RULE, Level.OTHER))


def fee_hits(context: RuleContext) -> Iterator[Hit]:
    """Fees for a licence that no law or regulation carries, and other fees that only a local body approved."""
    limits = context.once(_limits)
    for record in printed_once(context, context.powers, FEE_BASIS):
        cell, kind = context.field(record, FEE_BASIS), category(context, record)
        if cell is None or not cell.text or cell.reading & NO_TEXT or not kind or _is_service(context, record):
            continue
        cited = verified_text(cell.text, context.vocabulary, context.library, context.as_of)
        of_kind = limits.get(kind)
        found = _of_licence(context, record, cited, of_kind) if of_kind else _of_other(context, cell, cited, limits)
        if found is not None:
            variant, limit, level = found
            facts: Facts = {"type": kind, "cited": clipped(cell.text), "clause": limit.clause, "level": level}
            yield on_record(context, record, FEE_BASIS, variant=variant, facts=facts)


def _limits(context: RuleContext) -> Mapping[str, Mapping[str, RankLimit]]:
    """The rows about fees on the review date: power type, or "*" for the rest → level → row."""
    found: dict[str, dict[str, RankLimit]] = {}
    for limit in context.vocabulary.rank_limits:
        if limit.measure == FEE and limit.since <= context.as_of < limit.until:
            found.setdefault(limit.power, {})[limit.level] = limit
    return found


_Found = tuple[str, RankLimit, str]


def _of_licence(
    context: RuleContext, record: Record, cited: tuple[VerifiedCitation, ...], limits: Mapping[str, RankLimit]
) -> _Found | None:
    """A fee whose basis cites only what cannot create it; for a person to look where 行使依据 may carry it."""
    levels = [_level(context, each) for each in cited]
    if not cited or not all(level in _RANKED for level in levels):
        return None
    level = min((each for each in levels if each is not None), key=list(Level).index)
    limit = limits.get(level.value)
    if limit is None:
        return None
    carried = [_level(context, each) for each in context.cited(record)]
    certain = bool(carried) and all(each in _RANKED for each in carried)
    return ("fee" if certain else "fee_doubtful"), limit, level_text(level, context.vocabulary)


def _of_other(
    context: RuleContext,
    cell: Field,
    cited: tuple[VerifiedCitation, ...],
    limits: Mapping[str, Mapping[str, RankLimit]],
) -> _Found | None:
    """A fee whose basis names a local body and neither an instrument of rank nor an approval from above."""
    limit = limits.get(_EVERY, {}).get(Level.OTHER.value)
    words = context.vocabulary.rule_words
    if limit is None or any(_level(context, each) is not Level.OTHER for each in cited):
        return None
    if any(word in cell.text for word in words["fee_higher"]):
        return None
    return ("fee_other", limit, "") if any(word in cell.text for word in words["fee_local"]) else None


def _level(context: RuleContext, each: VerifiedCitation) -> Level | None:
    """The rank of what is cited; None where it cannot be told. A notice, or a document number that is no order, is
    a normative document whether or not the library holds it.
    """
    if each.verdict.statute_id:
        return each.verdict.level if accusable(each.verdict) else None
    title, number = each.citation.title or "", each.citation.document_number or ""
    words = context.vocabulary.rule_words
    if title:
        return Level.OTHER if title.endswith(tuple(words["document_ending"])) else None
    order = any(word in number for word in words["order_word"])
    return Level.OTHER if number and not order else None


def _is_service(context: RuleContext, record: Record) -> bool:
    """Whether what is charged is the price of a service, which other rules govern."""
    text = context.text(record, "fee_standard") + context.text(record, FEE_BASIS)
    return any(word in text for word in context.vocabulary.rule_words["fee_service"])
