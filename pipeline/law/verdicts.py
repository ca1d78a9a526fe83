"""Whether a cited provision holds on a day: the verdicts of CONTRACT (法律依据.核验结论).

In: a citation, a :class:`~pipeline.law.statutes.StatuteLibrary` and the review date. Out: :class:`Verdict` with every
ground that applies, the first of which is the conclusion. Refuses nothing. Where the facts are silent the conclusion
is UNVERIFIED (效力待核) and says what is not known: never an accusation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.law.cited_provision import CitedProvision
from pipeline.law.naming import NamedVersion, Naming, OrderCheck, check_order, named_version
from pipeline.law.provision_check import Part, Presence, Shape, look_up
from pipeline.law.statute import Level, Repeal, Statute
from pipeline.law.statutes import Match, MatchKind, StatuteLibrary
from pipeline.law.timeline import Doubt, Force, Stage, Standing, stages


class Conclusion(StrEnum):
    """核验结论, in the order of precedence; printed by ``verdict.<value>`` of vocab/labels.csv."""

    UNCLEAR = "unclear"  # 依据不明
    NOT_HELD = "not_held"  # 未收录
    REPEALED = "repealed"  # 已废止
    NOT_YET = "not_yet"  # 尚未施行
    WRONG_TITLE = "wrong_title"  # 名称有误
    NO_SUCH_PROVISION = "no_such_provision"  # 条文不存在
    AMENDED = "amended"  # 已修改
    UNVERIFIED = "unverified"  # 效力待核
    VALID = "valid"  # 有效


_PRECEDENCE = {conclusion: rank for rank, conclusion in enumerate(Conclusion)}

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that is to be said of a citation.

    reason: key of ``verdict.advice.<reason>``, a template that ``facts`` fill; dates are ISO. part: which part of the
    provision is missing, where that is the ground. certain: False where the facts leave a way out: a ground for a
    person to look, not for an accusation.
    """

    conclusion: Conclusion
    reason: str
    facts: Facts = ()
    certain: bool = True
    part: Part | None = None


_VALID = Ground(Conclusion.VALID, "valid")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a cited provision on a day.

    grounds: all that apply, by precedence; the first gives the conclusion. version_date: publication date of the
    version in which the article was looked up, else of the version in force; None where none is known.
    order: whether the order or document number belongs to the statute. order_owner: the statute whose it is instead.
    """

    grounds: tuple[Ground, ...]
    match: MatchKind
    statute_id: str = ""
    canonical_title: str = ""
    level: Level | None = None
    version_date: date | None = None
    order: OrderCheck = OrderCheck.NONE
    order_owner: str = ""

    @property
    def conclusion(self) -> Conclusion:
        """核验结论."""
        return self.grounds[0].conclusion

    @property
    def certain(self) -> bool:
        """Whether the conclusion rests on facts alone."""
        return self.grounds[0].certain

    @property
    def applicable(self) -> tuple[Conclusion, ...]:
        """Every conclusion that applies, in the order of precedence."""
        return tuple(dict.fromkeys(ground.conclusion for ground in self.grounds))


def verify(citation: CitedProvision, library: StatuteLibrary, as_of: date) -> Verdict:
    """The verdict on one cited provision by the law of ``as_of``."""
    match = _identify(citation, library)
    if match is None:
        return Verdict((Ground(Conclusion.UNCLEAR, "unclear"),), MatchKind.UNKNOWN)
    statute = library.get(match.statute_id)
    if statute is None:
        facts = (("nearest", match.title),) if match.title else ()
        reason = "not_held_nearest" if match.title else "not_held"
        return Verdict((Ground(Conclusion.NOT_HELD, reason, facts),), match.kind)
    return _judge(citation, match, statute, library, as_of)


def _identify(citation: CitedProvision, library: StatuteLibrary) -> Match | None:
    """The statute meant: by title, else by order; None where the citation names neither."""
    if citation.title:
        match = library.find(citation.title)
        if match.kind is not MatchKind.UNKNOWN and match.kind is not MatchKind.AMBIGUOUS:
            return match
        return _settled_by_order(citation, match, library)
    if not citation.document_number:
        return None
    ids = library.find_order(citation.document_number)
    statute = library.get(ids[0]) if len(ids) == 1 else None
    return Match(MatchKind.ALIAS, statute.id, statute.title) if statute else Match(MatchKind.UNKNOWN)


def _settled_by_order(citation: CitedProvision, match: Match, library: StatuteLibrary) -> Match:
    """An unknown title with one near it, or one of several of a name, where the order cited says which is meant."""
    ids = library.find_order(citation.document_number) if citation.document_number else ()
    if match.kind is MatchKind.AMBIGUOUS:
        meant = [each for each in (match.statute_id, *match.others) if each in ids]
        statute = library.get(meant[0]) if len(meant) == 1 else None
        return Match(MatchKind.EXACT, statute.id, statute.title) if statute else match
    nearest = library.find(match.title) if match.title else match
    if match.title and nearest.statute_id in ids:
        return Match(MatchKind.MISSPELT, nearest.statute_id, nearest.title, match.year, match.note)
    return match


def _judge(citation: CitedProvision, match: Match, statute: Statute, library: StatuteLibrary, as_of: date) -> Verdict:
    standing = library.standing(statute.id, as_of)
    naming = named_version(statute, citation, match, standing, as_of)
    looked = _look(citation, statute, standing, naming)
    grounds: list[Ground] = []
    if match.kind is MatchKind.AMBIGUOUS:
        grounds.append(Ground(Conclusion.UNVERIFIED, Doubt.SAME_NAME.value, (("title", statute.title),), certain=False))
    grounds += _FORCE[standing.force](statute, standing, match)
    grounds += _of_title(statute, standing, match)
    if standing.force is Force.IN_FORCE or standing.force is Force.UNKNOWN:
        grounds += _of_version(statute, standing, naming)
        grounds += _of_provision(citation, standing, naming, looked)
    if not grounds:
        grounds.append(_VALID)
    if len(grounds) > 1:
        grounds.sort(key=lambda ground: _PRECEDENCE[ground.conclusion])
    stage = looked.stage or standing.stage
    owner = check_order(statute, citation.document_number, library) if citation.document_number else None
    return Verdict(
        tuple(grounds),
        match.kind,
        statute.id,
        statute.title,
        statute.level,
        stage.version.published if stage and stage.version else None,
        owner.check if owner else OrderCheck.NONE,
        owner.owner if owner else "",
    )


def _repealed(statute: Statute, standing: Standing, match: Match) -> list[Ground]:
    repeal = statute.repeal or Repeal()
    facts = [("title", statute.title)]
    reason = "repealed"
    if repeal.by:
        facts.append(("by", repeal.by))
        reason += "_by"
    if repeal.since:
        facts.append(("since", repeal.since.isoformat()))
        reason += "_since"
    return [Ground(Conclusion.REPEALED, reason, tuple(facts), certain=match.kind is not MatchKind.INCOMPLETE)]


def _not_yet(statute: Statute, standing: Standing, match: Match) -> list[Ground]:
    facts = [("title", statute.title)]
    oldest = statute.versions[0] if statute.versions else None
    first = oldest.effective if oldest is not None and oldest.effective_sure else None
    if first:
        facts.append(("since", first.isoformat()))
    return [Ground(Conclusion.NOT_YET, "not_yet_since" if first else "not_yet", tuple(facts))]


def _unknown(statute: Statute, standing: Standing, match: Match) -> list[Ground]:
    facts: Facts = (("title", statute.title), *_version_fact(standing.stage))
    return [Ground(Conclusion.UNVERIFIED, standing.doubt.value, facts, certain=False)]


def _in_force(statute: Statute, standing: Standing, match: Match) -> list[Ground]:
    return []


_FORCE: dict[Force, Callable[[Statute, Standing, Match], list[Ground]]] = {
    Force.REPEALED: _repealed,
    Force.NOT_YET: _not_yet,
    Force.UNKNOWN: _unknown,
    Force.IN_FORCE: _in_force,
}


def _of_title(statute: Statute, standing: Standing, match: Match) -> list[Ground]:
    if not match.kind.wrong:
        return []
    if match.kind is MatchKind.OLD_NAME and standing.stage is not stages(statute)[-1]:
        return []  # when the name changed is not recorded: before the newest version the old one may have been right
    # A title without 暂行 may be that of a newer instrument that the library lacks, unless this one is known to hold.
    certain = match.kind is not MatchKind.INCOMPLETE or standing.force is Force.IN_FORCE
    return [Ground(Conclusion.WRONG_TITLE, "wrong_title", (("title", statute.title),), certain)]


def _of_version(statute: Statute, standing: Standing, naming: Naming) -> list[Ground]:
    """What is to be said of the version that the citation names."""
    if naming.named in (NamedVersion.NONE, NamedVersion.CURRENT):
        return []
    facts: Facts = (("title", statute.title), *_version_fact(standing.stage))
    if naming.named is NamedVersion.OLDER:
        named = (("named", naming.text),)
        return [Ground(Conclusion.AMENDED, "older_version", (*facts, *named), certain=standing.exact)]
    if naming.named is NamedVersion.NEWER and naming.stage is not None:
        later = (("named", naming.text), ("since", naming.stage.start.isoformat()))
        return [Ground(Conclusion.NOT_YET, "newer_version", (*facts, *later), certain=naming.stage.sure)]
    return [Ground(Conclusion.UNVERIFIED, "version_not_held", (*facts, ("named", naming.text)), certain=False)]


def _look(citation: CitedProvision, statute: Statute, standing: Standing, naming: Naming) -> Shape:
    if citation.article is None or standing.force in (Force.REPEALED, Force.NOT_YET):
        return Shape()
    number = (citation.article, citation.article_suffix or 0)
    return look_up(statute, standing, naming, number, citation.paragraph, citation.item, citation.subitem)


def _of_provision(citation: CitedProvision, standing: Standing, naming: Naming, looked: Shape) -> list[Ground]:
    """What is to be said of the article, paragraph and item cited."""
    if looked.presence in (Presence.NOT_ASKED, Presence.THERE):
        return []
    if looked.presence is Presence.MISSING:
        # Of a statute whose status is unknown the newest text may be another one than that looked at.
        certain = standing.force is Force.IN_FORCE and standing.exact
        reason = _missing_reason(looked, citation.paragraph)
        grounds = [Ground(Conclusion.NO_SUCH_PROVISION, reason, looked.facts, certain, looked.part)]
        if looked.formerly:
            facts = (*looked.facts, ("formerly", looked.formerly))
            grounds.append(Ground(Conclusion.AMENDED, "moved", facts, certain=False, part=looked.part))
        return grounds
    if naming.named in (NamedVersion.OLDER, NamedVersion.NEWER):
        return []  # that another version is named says more than that its text is not known
    return [Ground(Conclusion.UNVERIFIED, looked.presence.value, looked.facts, certain=False, part=looked.part)]


def _missing_reason(looked: Shape, paragraph: int | None) -> str:
    if looked.part is not Part.ITEM or ("items", "0") not in looked.facts:
        return f"no_{looked.part.value}" if looked.part else "no_article"
    return "no_items_in_paragraph" if paragraph is not None else "no_items"


def _version_fact(stage: Stage | None) -> Facts:
    if stage is None:
        return ()
    day = stage.version.published if stage.version and stage.version.published else stage.start
    return (("version", day.isoformat()), ("effective", stage.start.isoformat()))
