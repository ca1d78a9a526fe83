"""Whether a statute has an article, paragraph or item, in the version that counts.

In: a statute, its standing on the day, the version that the citation names, and the numbers cited. Out: :class:`Shape`.
Refuses to say "missing" where the text of the version that counts was not seen, or where its source is irregular.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.law.naming import NamedVersion, Naming
from pipeline.law.statute import Article, ArticleKey, Statute, Version
from pipeline.law.timeline import Stage, Standing, stages


class Part(StrEnum):
    """The part of a provision that is missing."""

    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"


class Presence(StrEnum):
    """Whether the provision is there; the doubtful ones are keys of ``verdict.advice.…``."""

    NOT_ASKED = "not_asked"  # no article is cited
    THERE = "there"
    MISSING = "missing"
    DOUBTFUL = "irregular_source"  # missing as far as counted, but the source is irregular there
    OTHER_TEXT_THERE = "other_text_there"  # only another version's text is known, and it has the provision
    OTHER_TEXT_MISSING = "other_text_missing"  # only another version's text is known, and it lacks the provision
    NO_TEXT = "no_text"  # no text of any version is known


@dataclass(frozen=True, slots=True)
class Shape:
    """What looking up a provision gave.

    stage: the version looked at. part: what is missing. facts: numbers for the message (article, last, count, version).
    formerly: ISO date of an older version that has the provision, "" if none is known.
    """

    presence: Presence = Presence.NOT_ASKED
    stage: Stage | None = None
    part: Part | None = None
    facts: tuple[tuple[str, str], ...] = ()
    formerly: str = ""


def look_up(
    statute: Statute,
    standing: Standing,
    naming: Naming,
    number: ArticleKey,
    paragraph: int | None,
    item: int | None,
    subitem: int | None,
) -> Shape:
    """Looks the provision up in the version named, else in that in force, else in the nearest with a text."""
    counts = naming.stage if naming.named is NamedVersion.OLDER else standing.stage
    stage = counts if counts is not None and _text(counts) is not None else _nearest(statute, counts)
    version = _text(stage) if stage is not None else None
    if stage is None or version is None:
        return Shape(Presence.NO_TEXT, facts=(("article", article_text(number)),))
    part, doubtful = _missing(version, number, paragraph, item, subitem)
    if part is None and stage is counts:
        return Shape(Presence.THERE, stage)
    facts = _facts(version, stage, number, paragraph, item, part)
    if stage is not counts:
        presence = Presence.OTHER_TEXT_MISSING if part else Presence.OTHER_TEXT_THERE
        return Shape(presence, stage, part, facts)
    if doubtful or not standing.exact:
        return Shape(Presence.DOUBTFUL, stage, part, facts)
    formerly = _formerly(statute, stage, number, paragraph, item, subitem)
    return Shape(Presence.MISSING, stage, part, facts, formerly)


def _text(stage: Stage) -> Version | None:
    return stage.version if stage.version is not None and stage.version.structure else None


def _nearest(statute: Statute, counts: Stage | None) -> Stage | None:
    """The version with a text that is nearest before the one that counts, else the first after it."""
    with_text = [stage for stage in stages(statute) if _text(stage) is not None]
    before = [stage for stage in with_text if counts is not None and stage.start <= counts.start]
    return before[-1] if before else with_text[0] if with_text else None


def _missing(
    version: Version, number: ArticleKey, paragraph: int | None, item: int | None, subitem: int | None
) -> tuple[Part | None, bool]:
    """The part that the version lacks, and whether its source is irregular there."""
    article = version.articles.get(number)
    if article is None:
        return Part.ARTICLE, not version.numbered or not version.complete
    doubtful = article.doubtful or not version.numbered
    if paragraph is not None and paragraph > article.paragraphs:
        return Part.PARAGRAPH, doubtful
    if item is not None and item > _items(article, paragraph):
        # 第十条第三款第（二）项 of an article whose 款 are counted otherwise is still a slip, but not of the item.
        return Part.ITEM, doubtful
    if subitem is not None and not article.subitems:
        return Part.SUBITEM, True  # sub-items are not counted by the source, only marked
    return None, doubtful


def _items(article: Article, paragraph: int | None) -> int:
    if paragraph is None:
        return max(article.items, default=0)
    return article.items[paragraph - 1] if 0 < paragraph <= article.paragraphs else 0


def _formerly(
    statute: Statute,
    now: Stage,
    number: ArticleKey,
    paragraph: int | None,
    item: int | None,
    subitem: int | None,
) -> str:
    for stage in reversed(stages(statute)):
        version = _text(stage)
        if version is None or stage.start >= now.start:
            continue
        if _missing(version, number, paragraph, item, subitem)[0] is None:
            return (version.published or stage.start).isoformat()
    return ""


def _facts(
    version: Version, stage: Stage, number: ArticleKey, paragraph: int | None, item: int | None, part: Part | None
) -> tuple[tuple[str, str], ...]:
    facts = [
        ("article", article_text(number)),
        ("last", str(version.last)),
        ("version", (version.published or stage.start).isoformat()),
    ]
    article = version.articles.get(number)
    if article is not None and part is not None:
        facts.append(("paragraphs", str(article.paragraphs)))
        facts.append(("items", str(_items(article, paragraph))))
        facts.append(("paragraph", str(paragraph or "")))
        facts.append(("item", str(item or "")))
    return tuple(facts)


def article_text(number: ArticleKey) -> str:
    """An article's number as the messages print it behind 第: 133条 or 133条之1."""
    return f"{number[0]}条之{number[1]}" if number[1] else f"{number[0]}条"
