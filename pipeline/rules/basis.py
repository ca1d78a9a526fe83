"""Family L: whether the legal basis of a power names law that holds on the review date.

In: the powers of a unit with what their basis cites (:meth:`RuleContext.cited`). Out: hits with the citation marked in
the quote. Where the facts of the library leave a way out nothing is held against the unit: at most a person is asked
to look (L02). What the rank of an instrument allows is pipeline/rules/basis_rank.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from pipeline.law.citation import write
from pipeline.law.naming import OrderCheck
from pipeline.law.provision_check import Part, Presence
from pipeline.law.quoted_text import difference, quotation
from pipeline.law.statutes import MatchKind
from pipeline.law.verdict_wording import ground_text
from pipeline.law.verdicts import Conclusion, Ground, Verdict
from pipeline.law.verified import BASIS, VerifiedCitation
from pipeline.record import Field, Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import printed_once
from pipeline.rules.naming import category
from pipeline.rules.registry import NO_FACTS, Facts, Hit, Scope, clipped, on_record, records_with, rule

_POWERS = (Register.POWERS, Register.POWERS_NOT_PUBLIC)
NO_TEXT = Reading.PLACEHOLDER | Reading.UNREAD
_SIGN_OF_LAW = re.compile(r"[《〈<]|第.{1,8}条|\d号|令")
_TITLE_END = re.compile("法(?![律规定])|条例")
_RIGHT_NAMES = frozenset((MatchKind.EXACT, MatchKind.SHORT, MatchKind.ALIAS, MatchKind.AMBIGUOUS))
_SEARCHED = 200  # characters of a text without citations in which a title is looked for
_LONGEST_NAME = 12  # characters; longer titles are not printed without a sign or an article
_ABOLISHED = date(2015, 5, 14)  # 国发〔2015〕27号
_NEAREST = "not_held_nearest"
# The law is known to hold, and only its text in force is not: nothing that speaks against the citation.
_OF_THE_TEXT = frozenset((Presence.NO_TEXT.value, Presence.DOUBTFUL.value, Presence.OTHER_TEXT_THERE.value))
_BEHIND = 3_000  # characters behind a citation in which its quotation is looked for

_with_basis = records_with(BASIS, among=_POWERS)


def filled_bases(context: RuleContext) -> tuple[tuple[Record, Field], ...]:
    """The powers that print a basis themselves, with it; a merged cell, a blank or a sign for none is not one more."""
    return context.once(_filled_bases)


def _filled_bases(context: RuleContext) -> tuple[tuple[Record, Field], ...]:
    found = ((record, context.field(record, BASIS)) for record in printed_once(context, context.powers, BASIS))
    return tuple((r, basis) for r, basis in found if basis is not None and basis.text and not basis.reading & NO_TEXT)


def on_citation(
    context: RuleContext, record: Record, each: VerifiedCitation, *, variant: str = "", facts: Facts = NO_FACTS
) -> Hit:
    """A hit about one cited provision, marked in the basis; its identity is the provision, not its place."""
    cited = each.citation
    span = raw_span(context.field(record, BASIS), cited.start, cited.end)
    told: Facts = {"cited": clipped(cited.text), **facts}
    hit = on_record(context, record, BASIS, span=span, variant=variant, facts=told)
    return replace(hit, identity=f"{record.key} {write(cited)}")


def raw_span(field: Field | None, start: int, end: int) -> tuple[int, int] | None:
    """A span of the normalized text in the raw text; None where the one cannot be traced to the other."""
    if field is None or start >= end:
        return None
    if len(field.offsets) >= end:
        return field.offsets[start], field.offsets[end - 1] + 1
    if field.text == field.raw:
        return start, end
    part = field.text[start:end]
    place = field.raw.find(part)
    return (place, place + len(part)) if place >= 0 and field.raw.count(part) == 1 else None


def accusable(verdict: Verdict) -> bool:
    """Whether the verdict is about the one statute that the citation must mean."""
    return verdict.match is not MatchKind.AMBIGUOUS


@rule("L01", over=_with_basis)
def no_provision_named(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A basis that names no law and no document."""
    for record, basis in filled_bases(context):
        variant = _unnamed(context, record, basis.text)
        if variant is not None:
            yield on_record(context, record, BASIS, variant=variant, facts={"type": category(context, record)})


def names_nothing(context: RuleContext, record: Record, basis: Field) -> bool:
    """A basis is blank, a sign for none, or names no law and no document that would do for this type of power."""
    return not basis.text or bool(basis.reading & NO_TEXT) or _unnamed(context, record, basis.text) is not None


def _unnamed(context: RuleContext, record: Record, text: str) -> str | None:
    """The row of rules.csv that says what the basis is instead, None where it names something."""
    words, cited = context.vocabulary.rule_words, [each.citation for each in context.cited(record)]
    establishment = [each for each in cited if any(word in (each.title or "") for word in words["establishment"])]
    named = [each for each in cited if each.title or each.document_number]
    if len(named) > len(establishment):
        return None
    kind = category(context, record)
    if kind in words["document_type"] and any(word in text for word in words["approved_document"]):
        return None
    if establishment:
        return "establishment" if kind in words["grave_type"] else "establishment_other"
    if cited:
        return "nameless"
    if _SIGN_OF_LAW.search(text) or _names_a_law(context, text):
        return None
    elsewhere = any(word in text for word in words["basis_elsewhere"])
    return "" if kind in words["grave_type"] and not elsewhere else "other"


def _names_a_law(context: RuleContext, text: str) -> bool:
    """Whether a title that the library knows stands in the text, however it was missed: then nothing is said."""
    ends = (match.end() for match in _TITLE_END.finditer(text[:_SEARCHED]))
    names = (text[start:end] for end in ends for start in range(max(0, end - _LONGEST_NAME), end - 1))
    return any(context.library.find(name).kind in _RIGHT_NAMES for name in names)


@rule("L02", over=_with_basis)
def to_be_verified(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """Instruments whose name or status the library does not know: one hit an instrument, at the power citing it first.

    A person looks an instrument up once, however many powers rest on it.
    """
    first: dict[str, tuple[Record, VerifiedCitation, Ground]] = {}
    count: dict[str, set[str]] = {}
    for record, _ in filled_bases(context):
        for each in context.cited(record):
            ground = _doubt(context, each)
            if ground is None:
                continue
            about = each.verdict.statute_id or each.citation.title or each.citation.document_number or ""
            first.setdefault(about, (record, each, ground))
            count.setdefault(about, set()).add(record.key)
    for about, (record, each, ground) in first.items():
        cited = each.citation
        printed = cited.title or cited.document_number or cited.text
        said = ground_text(ground, context.vocabulary)
        facts: Facts = {"cited": clipped(printed), "said": said, "count": len(count[about])}
        variant = "nearest" if ground.reason == _NEAREST else ""
        hit = on_citation(context, record, each, variant=variant, facts=facts)
        yield replace(hit, identity=about)


def _doubt(context: RuleContext, each: VerifiedCitation) -> Ground | None:
    """What is not known about the instrument, None where nothing is to be looked up."""
    title = each.citation.title or ""
    if any(word in title for word in context.vocabulary.rule_words["establishment"]):
        return None
    if not accusable(each.verdict):
        return each.verdict.grounds[0]
    for ground in each.verdict.grounds:
        if ground.conclusion is Conclusion.NOT_HELD:
            return ground
        if not ground.certain and ground.reason not in _OF_THE_TEXT:
            return ground
    return None


_ABOUT_THE_LAW: Mapping[str, Conclusion] = {
    "L03": Conclusion.REPEALED,
    "L04": Conclusion.AMENDED,
    "L07": Conclusion.WRONG_TITLE,
    "L11": Conclusion.NOT_YET,
}
_ABOUT_THE_PROVISION: Mapping[str, tuple[Part, ...]] = {
    "L05": (Part.ARTICLE,),
    "L06": (Part.PARAGRAPH, Part.ITEM, Part.SUBITEM),
}


@rule(*_ABOUT_THE_LAW, over=_with_basis)
def law_does_not_hold(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A law repealed, named in an older version, misnamed or not yet in force: one hit a law and cell."""
    wanted = _ABOUT_THE_LAW[code]
    for record, _ in filled_bases(context):
        told: set[str] = set()
        for each in context.cited(record):
            verdict = each.verdict
            if verdict.statute_id in told or not accusable(verdict):
                continue
            if wanted is Conclusion.WRONG_TITLE and Conclusion.REPEALED in verdict.applicable:
                continue  # how to spell the name of a law that is gone helps nobody
            for ground in verdict.grounds:
                if ground.conclusion is wanted and ground.certain:
                    told.add(verdict.statute_id)
                    yield on_citation(context, record, each, facts=_said(context, each, ground))
                    break


@rule(*_ABOUT_THE_PROVISION, over=_with_basis)
def provision_does_not_exist(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """An article, paragraph or item that the law does not have; says which version was looked at."""
    parts = _ABOUT_THE_PROVISION[code]
    for record, _ in filled_bases(context):
        told: set[str] = set()
        for each in context.cited(record):
            grounds = each.verdict.grounds
            sure = [
                g for g in grounds if g.conclusion is Conclusion.NO_SUCH_PROVISION and g.certain and g.part in parts
            ]
            provision = write(each.citation)
            if sure and accusable(each.verdict) and provision not in told:
                told.add(provision)
                formerly = [ground for ground in grounds if ground.reason == "moved"]
                yield on_citation(context, record, each, facts=_said(context, each, *sure, *formerly))


def _said(context: RuleContext, each: VerifiedCitation, *grounds: Ground) -> Facts:
    said = "".join(ground_text(ground, context.vocabulary) for ground in grounds)
    return {"said": said, "law": each.verdict.canonical_title}


@rule("L09", over=_with_basis)
def law_without_article(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A law that has articles, cited without one; not where an article of the cell goes with no law for certain."""
    for record, _ in filled_bases(context):
        cited = context.cited(record)
        if any(each.citation.article and not each.verdict.statute_id for each in cited):
            continue
        precise = {each.verdict.statute_id for each in cited if each.citation.article}
        for each in cited:
            if each.verdict.statute_id not in precise and _has_articles(context, each.verdict):
                precise.add(each.verdict.statute_id)
                yield on_citation(context, record, each, facts={"law": each.verdict.canonical_title})


def _has_articles(context: RuleContext, verdict: Verdict) -> bool:
    """Whether the instrument holds, as far as is known, and its articles are numbered."""
    if not accusable(verdict) or Conclusion.REPEALED in verdict.applicable:
        return False
    statute = context.library.get(verdict.statute_id)
    newest = statute.versions[-1] if statute is not None and statute.versions else None
    return newest is not None and newest.numbered and newest.last > 0


@rule("L10", over=_with_basis)
def foreign_order(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """An order or document number that is the one of another law."""
    for record, _ in filled_bases(context):
        told: set[str] = set()
        for each in context.cited(record):
            verdict, cited = each.verdict, each.citation
            if verdict.order is OrderCheck.FOREIGN and accusable(verdict) and verdict.statute_id not in told:
                told.add(verdict.statute_id)
                facts: Facts = {
                    "law": verdict.canonical_title,
                    "number": cited.document_number or "",
                    "owner": verdict.order_owner,
                }
                yield on_citation(context, record, each, facts=facts)


@rule("L12", over=records_with("power_type", among=_POWERS))
def abolished_category(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power filed under a category that was abolished before the review date."""
    if context.as_of < _ABOLISHED:
        return
    for record in printed_once(context, records, "power_type"):
        printed = context.field(record, "power_type")
        if printed is not None and printed.value in context.vocabulary.rule_words["abolished_type"]:
            yield on_record(context, record, "power_type")


_Quoting: TypeAlias = tuple[Record, VerifiedCitation, tuple[int, int, bool]]


def _with_texts(context: RuleContext, code: str) -> Scope[tuple[_Quoting, str]]:
    """The quotations of articles whose text the workspace has."""
    bases = _with_basis(context, code)
    if bases.not_run:
        return Scope((), bases.not_run)
    quoting = tuple(_quotations(context))
    held = tuple((each, law) for each in quoting if (law := _article(context, each[1])))
    return Scope(held, "" if held else "no_article_texts" if quoting else "nothing_to_compare")


def _quotations(context: RuleContext) -> Iterator[_Quoting]:
    for record, basis in filled_bases(context):
        cited = context.cited(record)
        for place, each in enumerate(cited):
            behind = cited[place + 1].citation.start if place + 1 < len(cited) else len(basis.text)
            end = each.citation.end
            found = quotation(basis.text, end, min(behind, end + _BEHIND)) if each.citation.article else None
            if found is not None:
                yield record, each, found


def _article(context: RuleContext, each: VerifiedCitation) -> str:
    """The text of the article cited in the version that was looked at, "" where the workspace does not have it."""
    cited, verdict, texts = each.citation, each.verdict, context.own_library
    if texts is None or cited.article is None or not verdict.statute_id or not accusable(verdict):
        return ""
    return (
        texts.article_text(verdict.statute_id, verdict.version_date, (cited.article, cited.article_suffix or 0)) or ""
    )


@rule("L13", over=_with_texts)
def misquoted_article(context: RuleContext, code: str, quoted: tuple[tuple[_Quoting, str], ...]) -> Iterator[Hit]:
    """An article quoted in the basis otherwise than it reads in the version that was looked at."""
    for (record, each, (begin, end, marked)), law in quoted:
        basis = context.field(record, BASIS)
        departs = difference(basis.text[begin:end], law, marked=marked) if basis is not None else None
        if departs is not None:
            title = each.verdict.canonical_title
            facts: Facts = {"law": title, "said": clipped(departs.quoted), "text": clipped(departs.law)}
            hit = on_citation(context, record, each, facts=facts)
            yield replace(hit, span=raw_span(basis, begin, end))
