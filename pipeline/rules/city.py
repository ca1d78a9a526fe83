"""D05 and S02: what the catalogues of several units say of each other.

In: what each unit's public catalogue claims (:class:`Claim`), a compact index that is kept from run to run. Out:
findings for the units concerned. Refuses to accuse of what is legitimately parallel: townships, a unit and the one
below it, other places, inner and universal powers, penalties and inspections under different laws, other levels, other
people concerned, joint exercise that the catalogue states. Powers that are not public are never compared: a finding
would tell one unit of another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from extractors.document import Place
from pipeline.campaigns.across import Competence
from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Finding, RuleRun, Severity, Subject, fingerprint
from pipeline.matching.likeness import Kin, likeness
from pipeline.matching.power_name import power_name, telling
from pipeline.record import Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import items
from pipeline.rules.naming import category
from pipeline.rules.registry import Facts, Hit, Scope, clipped, readable, rule, spoken
from pipeline.text.normalization import fold
from pipeline.vocabulary import Vocabulary

CITY_RULES = ("D05", "S02")
_PLACE = re.compile(r"^[^省市县区州盟旗]{0,6}[省市县区州盟旗]")
_BODIES = ("exercising_body", "department", "procedure", "remarks")
_SAME = frozenset((Kin.FOLDED, Kin.SIMILAR))
_TELLING = 2  # characters of an object; 取水许可 is told by two
_LISTED = 5  # units that a message names one by one


@dataclass(frozen=True, slots=True)
class Claim:
    """A power that a unit's public catalogue lists, as far as other units' are compared with it.

    signature: equal for powers that may be the same, "" for one that is never compared. statutes: folded titles of
    the laws that it cites, without those on procedure that all cite. bodies: what the row says of who exercises it.
    """

    unit: str
    key: str
    signature: str
    name: str
    power_type: str
    counterpart: str
    level: str
    bodies: str
    statutes: tuple[str, ...]
    file: str
    place: str


def _alone(context: RuleContext, code: str) -> Scope[Record]:
    return Scope((), "city")


@rule(*CITY_RULES, over=_alone)
def several_units(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """Not run on a unit alone: :func:`rival_claims` and :func:`few_powers` look at all of them."""
    yield from ()


def claims(context: RuleContext) -> tuple[Claim, ...]:
    """What the unit's public catalogue claims, one a power."""
    return tuple(_claim(context, item[0]) for item in items(context) if item[0].register is Register.POWERS)


def _claim(context: RuleContext, record: Record) -> Claim:
    name, sub_item = context.text(record, "name"), context.text(record, "sub_item")
    whole = f"{name}（{sub_item}）" if sub_item else name
    kind = category(context, record)
    cited = {fold(each.verdict.canonical_title or each.citation.title or "") for each in context.cited(record)}
    general = tuple(word for _, word in context.vocabulary.match_words["general_law"])
    return Claim(
        record.unit,
        record.key,
        _signature(context, whole, kind),
        whole,
        kind,
        context.text(record, "counterpart"),
        context.text(record, "exercise_level"),
        "\n".join(text for field in _BODIES if (text := context.text(record, field))),
        tuple(sorted(title for title in cited if title and not title.endswith(general))),
        record.file,
        str(record.place),
    )


def _signature(context: RuleContext, name: str, kind: str) -> str:
    """Act and telling characters of a name, whatever their order; "" for what is every organ's or nobody's."""
    policy = context.campaign.across.competence
    read = power_name(name, context.vocabulary, kind, context.unit)
    if not policy.most or not read.act or {read.act, kind} & policy.universal_types:
        return ""
    if any(word in name for word in policy.universal):
        return ""
    signs = telling(read, context.vocabulary)
    return f"{read.act} {''.join(sorted(signs))}" if len(signs) >= _TELLING else ""


def rival_claims(all_claims: Iterable[Claim], vocabulary: Vocabulary, campaign: Campaign) -> list[Finding]:
    """D05 on the claims of some signatures, all units' of each: a finding for each claim that others make too."""
    groups: dict[str, list[Claim]] = {}
    for claim in all_claims:
        if claim.signature and not _parallel(campaign, claim.unit):
            groups.setdefault(claim.signature, []).append(claim)
    found: list[Finding] = []
    for signature in sorted(groups):
        group = sorted(groups[signature], key=lambda claim: (claim.unit, claim.name, claim.key))
        if len({claim.unit for claim in group}) > 1:
            found.extend(_rivals(group, vocabulary, campaign))
    return _told_apart(found)


def _rivals(group: Sequence[Claim], vocabulary: Vocabulary, campaign: Campaign) -> Iterator[Finding]:
    policy = campaign.across.competence
    for claim in group:
        others = [other for other in group if _contend(claim, other, vocabulary, policy)]
        units = {other.unit for other in others}
        # 信访, 政务公开 and their like are claimed by all.
        if 0 < len(units) < policy.most:
            yield _rival(claim, others, len(units), vocabulary)


def _contend(one: Claim, other: Claim, vocabulary: Vocabulary, policy: Competence) -> bool:
    """Whether two claims are one power, of which it is not plain who exercises it."""
    if one.unit == other.unit or not _one_place(one.unit, other.unit) or _one_house(one.unit, other.unit, policy):
        return False
    if _differ(one.counterpart, other.counterpart) or _differ(one.level, other.level):
        return False
    if _names(one.bodies, other.unit) or _names(other.bodies, one.unit):
        return False
    if {one.power_type, other.power_type} & policy.by_law and not _one_law(one, other, policy):
        return False
    first, second = (power_name(each.name, vocabulary, each.power_type, each.unit) for each in (one, other))
    return first.levels == second.levels and likeness(first, second, vocabulary).kin in _SAME


def _parallel(campaign: Campaign, unit: str) -> bool:
    kind = campaign.across.kind(unit)
    return kind is not None and kind.parallel


def _one_place(one: str, other: str) -> bool:
    """Whether two units may serve one place: 云溪县… and 梅岭区… do not; a name without place may serve any."""
    places = [found[0] if (found := _PLACE.match(unit)) else "" for unit in (one, other)]
    return places[0] == places[1] or not all(places)


def _one_house(one: str, other: str, policy: Competence) -> bool:
    """Whether one unit belongs to the other, or both to a third."""
    above = [policy.subordinate.get(unit, unit) for unit in (one, other)]
    return above[0] == above[1] or one.startswith(other) or other.startswith(one)


def _names(bodies: str, unit: str) -> bool:
    """Whether a row names another unit among those that exercise it."""
    bare = _PLACE.sub("", unit)
    return len(bare) > 1 and bare in bodies


def _one_law(one: Claim, other: Claim, policy: Competence) -> bool:
    """Whether two claims rest on one law; where one tells none, whether the name says enough by itself."""
    if not one.statutes or not other.statutes:
        return len(one.signature.partition(" ")[2]) >= policy.shortest
    pairs = ((first, second) for first in one.statutes for second in other.statutes)
    # With or without the state's name before it.
    return any(first.endswith(second) or second.endswith(first) for first, second in pairs)


def _differ(one: str, other: str) -> bool:
    first, second = fold(one), fold(other)
    return bool(first and second) and first not in second and second not in first


def _rival(claim: Claim, others: Sequence[Claim], units: int, vocabulary: Vocabulary) -> Finding:
    item, joiner = vocabulary.label("item.named"), vocabulary.label("list.and")
    listed = joiner.join(f"{other.unit}{item.format(name=clipped(other.name))}" for other in islice(others, _LISTED))
    if len(others) > _LISTED:
        listed = vocabulary.label("list.more").format(listed=listed, count=len(others))
    facts: Facts = {
        "item": item.format(name=clipped(claim.name)),
        "place": readable(Place.parse(claim.place)),
        "count": units,
        "others": listed,
    }
    column = vocabulary.column("power", "name")
    identity = fingerprint(claim.unit, Register.POWERS.value, "D05", claim.key, column, claim.name)
    return _finding(
        "D05", claim.unit, (Subject.POWER, claim.key, claim.name), (column, claim.file, claim.place, claim.name),
        identity, facts, vocabulary,
    )  # fmt: skip


def few_powers(
    counts: Mapping[str, int], vocabulary: Vocabulary, campaign: Campaign
) -> tuple[list[Finding], dict[str, RuleRun]]:
    """S02 on the number of powers of each unit with a catalogue: findings, and how the rule ran for each unit."""
    policy = campaign.across.comparable
    findings: list[Finding] = []
    runs: dict[str, RuleRun] = {}
    for unit in sorted(counts):
        kind = campaign.across.kind(unit)
        like = [each for each in counts if kind is not None and campaign.across.kind(each) == kind]
        if not policy.least or kind is None or len(like) < policy.least:
            reason = "not_required" if not policy.least else "too_few_comparable" if kind else "nothing_to_compare"
            runs[unit] = RuleRun("S02", 0, 0, reason)
            continue
        middle = median(counts[each] for each in like)
        few = counts[unit] < policy.share * middle
        runs[unit] = RuleRun("S02", 1, int(few))
        if few:
            facts: Facts = {"kind": kind.name, "count": counts[unit], "units": len(like), "median": round(middle)}
            identity = fingerprint(unit, Register.NONE.value, "S02", unit, "", "")
            findings.append(
                _finding("S02", unit, (Subject.UNIT, unit, unit), ("", "", "", ""), identity, facts, vocabulary)
            )
    return findings, runs


def _finding(
    code: str,
    unit: str,
    subject: tuple[Subject, str, str],
    where: tuple[str, str, str, str],
    identity: str,
    facts: Facts,
    vocabulary: Vocabulary,
) -> Finding:
    wording = vocabulary.rules[code].wording()
    kind, key, name = subject
    field, file, place, quote = where
    message, advice = (spoken(vocabulary, text, facts) for text in (wording.message, wording.advice))
    return Finding(
        code, Severity(wording.severity), unit, kind, key, name, field, file, place, quote, None, message, advice,
        vocabulary.rules[code].basis, identity,
    )  # fmt: skip


def _told_apart(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, one a fingerprint: a power that stands twice in a catalogue is told once."""
    once = {finding.fingerprint: finding for finding in reversed(findings)}
    return sorted(once.values(), key=lambda finding: (finding.unit, finding.subject_name, finding.subject_key))
