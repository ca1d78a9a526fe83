"""A statute as facts: its versions, the shape of its articles, its orders and its end. No article prose.

Out: frozen values (:class:`Statute`, :class:`Version`, :class:`Article`, :class:`Repeal`), their JSON form, and
:func:`read_structure`. Refuses: a record that is not of this form, with KeyError or ValueError.

What is not known is None or "", and never means "no": a blank order is an order that nobody recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias


class Level(StrEnum):
    """Rank of an instrument (效力层级); vocab/labels.csv names it under ``statute_level.…``."""

    CONSTITUTION = "const"
    LAW = "law"
    REGULATION = "reg"  # 行政法规
    COUNCIL_DECISION = "decision"  # 国务院决定
    MINISTRY_RULE = "rule"  # 部门规章
    LOCAL_REGULATION = "local"  # 地方性法规
    LOCAL_RULE = "lgr"  # 地方政府规章
    INTERPRETATION = "interp"  # 司法解释
    OTHER = "other"


class Change(StrEnum):
    """How a version came about."""

    ADOPTED = "adopted"  # 制定
    AMENDED = "amended"  # 修正
    REVISED = "revised"  # 修订; for administrative regulations the word covers small amendments too
    UNKNOWN = ""


ArticleKey: TypeAlias = tuple[int, int]  # number and suffix: 第一百三十三条之一 is (133, 1), 第一条 is (1, 0)


class Article(NamedTuple):
    """The shape of one article. items: how many items (项) each paragraph (款) has.

    doubtful: the source prints it irregularly, so that a paragraph or an item that seems missing may be there.
    """

    items: tuple[int, ...]
    subitems: bool = False
    doubtful: bool = False

    @property
    def paragraphs(self) -> int:
        """How many paragraphs (款) the article has."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a statute.

    published: day of publication. effective: since when it holds, None when unknown; effective_sure: False where
    publication was taken for it. closing_date: the effective date that its own last article names, which an amendment
    leaves as it was. structure: see :func:`read_structure`, "" where no text was seen. numbered: its articles are 第…条
    and not 一、. complete: article numbers run from 1 without a gap. last: the highest one, 0 where no text was seen.
    """

    published: date | None
    effective: date | None = None
    effective_sure: bool = True
    change: Change = Change.UNKNOWN
    order: str = ""
    closing_date: date | None = None
    structure: str = ""
    last: int = 0
    numbered: bool = True
    complete: bool = True

    @property
    def articles(self) -> Mapping[ArticleKey, Article]:
        """Its articles by number and suffix; empty where no text was seen."""
        return read_structure(self.structure)

    @property
    def start(self) -> date | None:
        """Since when it holds as far as is known: the effective date, else that of publication."""
        return self.effective or self.published


@dataclass(frozen=True, slots=True)
class Repeal:
    """The end of a statute. by: the instrument that did it, "" if unknown. since: None if unknown.

    sure: False where the date was inferred. known_by: a day on which it was known to be repealed.
    """

    by: str = ""
    by_id: str = ""
    since: date | None = None
    sure: bool = True
    known_by: date | None = None


@dataclass(frozen=True, slots=True)
class Statute:
    """All that is known of one statute.

    id: level and folded title, the same for all versions. level: None for a title known only because something
    repealed it. versions: by date. history: every day of adoption or amendment known, also of versions without a row.
    orders: (day, order) of promulgation and amendments. vouched: the last day on which a source says that the newest
    version is in force; None is unknown, never "not in force". expired: a source flags it as either repealed or
    replaced, without saying which. founded: the first version known is the adoption of this statute. renewed: since
    when it stands in the place of an older instrument of the same name. own: from the workspace's own library.
    """

    id: str
    title: str
    level: Level | None
    issuer: str = ""
    region: str = ""
    versions: tuple[Version, ...] = ()
    history: tuple[tuple[date, Change], ...] = ()
    orders: tuple[tuple[date | None, str], ...] = ()
    repeal: Repeal | None = None
    vouched: date | None = None
    expired: bool = False
    founded: bool = False
    renewed: date | None = None
    own: bool = False


# Structure: one token an article, in order. "2" is two paragraphs without items; "0;7;" two paragraphs, the second
# with seven items. "*" marks sub-items, "!" a doubtful shape. "133-1=2" names its number where it does not follow.
_TOKEN = re.compile(r"(?:(\d+)(?:-(\d+))?=)?([\d;]+)(\*?)(!?)")


@lru_cache(maxsize=8192)
def read_structure(structure: str) -> Mapping[ArticleKey, Article]:
    """The articles that a structure text describes, by (number, suffix). Raises ValueError for any other text."""
    found: dict[ArticleKey, Article] = {}
    number = 0
    for token in structure.split():
        shape, suffix = token, 0
        if "=" in token:
            key, _, shape = token.partition("=")
            first, _, second = key.partition("-")
            number, suffix = int(first), int(second or 0)
        else:
            number += 1
        found[number, suffix] = _shape(shape)
    return MappingProxyType(found)


@lru_cache(maxsize=4096)
def _shape(token: str) -> Article:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(f"not the shape of an article: {token!r}")
    counts = match[3]
    items = tuple(int(n) for n in counts.rstrip(";").split(";")) if ";" in counts else (0,) * int(counts)
    return Article(items, bool(match[4]), bool(match[5]))


def write_structure(articles: Iterable[tuple[ArticleKey, Article]]) -> str:
    """The inverse of :func:`read_structure`."""
    tokens, expected = [], 1
    for (number, suffix), article in articles:
        counts = "".join(f"{n};" for n in article.items) if any(article.items) else str(article.paragraphs)
        shape = counts + "*" * article.subitems + "!" * article.doubtful
        here = f"{number}-{suffix}=" if suffix else f"{number}=" if number != expected else ""
        tokens.append(here + shape)
        expected = number + 1
    return " ".join(tokens)


def to_json(statute: Statute) -> dict[str, Any]:
    """The statute as plain JSON values; what is unknown or usual is left out."""
    return _without_blanks({
        "id": statute.id,
        "title": statute.title,
        "level": statute.level,
        "issuer": statute.issuer,
        "region": statute.region,
        "versions": [_version_to_json(version) for version in statute.versions],
        "history": [[_text(day), change] for day, change in statute.history],
        "orders": [[_text(day), order] for day, order in statute.orders],
        "repeal": _repeal_to_json(statute.repeal),
        "vouched": _text(statute.vouched),
        "expired": statute.expired,
        "founded": statute.founded,
        "renewed": _text(statute.renewed),
    })  # fmt: skip


def from_json(record: Mapping[str, Any], *, own: bool = False) -> Statute:
    """The inverse of :func:`to_json`."""
    return Statute(
        id=record["id"],
        title=record["title"],
        level=Level(record["level"]) if "level" in record else None,
        issuer=record.get("issuer", ""),
        region=record.get("region", ""),
        versions=tuple(_version_from_json(version) for version in record.get("versions", ())),
        history=tuple((date.fromisoformat(day), Change(change)) for day, change in record.get("history", ())),
        orders=tuple((_day(day), order) for day, order in record.get("orders", ())),
        repeal=_repeal_from_json(record["repeal"]) if "repeal" in record else None,
        vouched=_day(record.get("vouched", "")),
        expired=record.get("expired", False),
        founded=record.get("founded", False),
        renewed=_day(record.get("renewed", "")),
        own=own,
    )


def _version_to_json(version: Version) -> dict[str, Any]:
    return _without_blanks({
        "date": _text(version.published),
        "effective": _text(version.effective),
        "assumed": not version.effective_sure,
        "change": version.change,
        "order": version.order,
        "closing": _text(version.closing_date),
        "structure": version.structure,
        "last": version.last,
        "unnumbered": not version.numbered,
        "gaps": not version.complete,
    })  # fmt: skip


def _version_from_json(record: Mapping[str, Any]) -> Version:
    return Version(
        published=_day(record.get("date", "")),
        effective=_day(record.get("effective", "")),
        effective_sure=not record.get("assumed", False),
        change=Change(record.get("change", "")),
        order=record.get("order", ""),
        closing_date=_day(record.get("closing", "")),
        structure=record.get("structure", ""),
        last=record.get("last", 0),
        numbered=not record.get("unnumbered", False),
        complete=not record.get("gaps", False),
    )


def _repeal_to_json(repeal: Repeal | None) -> dict[str, Any] | None:
    if repeal is None:
        return None
    known_by = _text(repeal.known_by)
    values = {"by": repeal.by, "by_id": repeal.by_id, "date": _text(repeal.since), "inferred": not repeal.sure}
    return _without_blanks({**values, "known_by": known_by}) or {"by": ""}


def _repeal_from_json(record: Mapping[str, Any]) -> Repeal:
    return Repeal(
        by=record.get("by", ""),
        by_id=record.get("by_id", ""),
        since=_day(record.get("date", "")),
        sure=not record.get("inferred", False),
        known_by=_day(record.get("known_by", "")),
    )


def _without_blanks(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in ("", None, [], 0, False)}


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
