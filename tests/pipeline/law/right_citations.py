"""Right citations, made from the facts of the statute library: whoever accuses one of them is wrong.

In: a :class:`~pipeline.law.statutes.StatuteLibrary`, a seed and a number. Out: :class:`RightCitation` by :func:`drawn`,
and by :func:`accusations` what a reader and verifier held against them. Every rank of instrument, any article,
paragraph and item of the newest text, titles in full and short, usual abbreviations, true orders and version notes,
short names defined in the text, lists, missing marks, full-width digits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.law.naming import OrderCheck
from pipeline.law.statute import Change, Statute, Version
from pipeline.law.statute_data import shipped_facts
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verdicts import Conclusion
from pipeline.law.verified import verified_text
from pipeline.vocabulary import Vocabulary

TODAY = date(2026, 11, 22)
_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CHANGES = {Change.AMENDED: "修正", Change.REVISED: "修订"}
_NO_ACCUSATION = (Conclusion.VALID, Conclusion.UNVERIFIED)


@dataclass(frozen=True)
class RightCitation:
    """A text that cites ``count`` provisions, all of them rightly, and the id of their statute."""

    text: str
    count: int
    statute_id: str


def numeral(value: int) -> str:
    """A number below ten thousand as statutes print it: 十二, 一百零八, 一千二百六十."""
    printed, gap = "", False
    for unit, scale in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // scale % 10
        if digit:
            printed += ("零" if gap and printed else "") + _DIGITS[digit] + unit
        gap = not digit
    return printed.removeprefix("一") if 10 <= value < 20 else printed


def drawn(library: StatuteLibrary, count: int, seed: int) -> list[RightCitation]:
    """That many right citations, the same for a seed."""
    draw = random.Random(seed)
    abbreviations: dict[str, list[str]] = {}
    for alias in shipped_facts().aliases:
        if alias.kind == "short":
            abbreviations.setdefault(alias.statute_id, []).append(alias.name)
    known = [s for s in library.statutes() if s.repeal is None and s.versions and s.versions[-1].structure]
    by_level: dict[object, list[Statute]] = {}
    for statute in known:
        by_level.setdefault(statute.level, []).append(statute)
    levels = [*by_level, *([each for each in by_level if each in ("law", "reg")] * 2)]
    found = []
    while len(found) < count:
        statute = draw.choice(by_level[draw.choice(levels)])
        made = draw.choice(_FORMS)(draw, statute, abbreviations.get(statute.id, []))
        if made is not None:
            found.append(RightCitation(*made, statute.id))
    return found


def accusations(
    cases: Iterable[RightCitation], vocabulary: Vocabulary, library: StatuteLibrary
) -> Iterator[tuple[RightCitation, str]]:
    """The right citations that were not all read, or against which something is said, with what."""
    for case in cases:
        found = verified_text(case.text, vocabulary, library, TODAY)
        if len(found) != case.count:
            yield case, f"{len(found)} provisions read"
            continue
        for each in found:
            verdict = each.verdict
            if verdict.conclusion not in _NO_ACCUSATION or verdict.order is OrderCheck.FOREIGN:
                yield case, f"{verdict.conclusion.value} {verdict.order.value} {verdict.grounds}"
                break
            if verdict.match != "ambiguous" and verdict.statute_id != case.statute_id:
                yield case, f"taken for {verdict.statute_id!r}"
                break


_Made = tuple[str, int] | None


def _newest(statute: Statute) -> Version:
    return statute.versions[-1]


def _provision(draw: random.Random, statute: Statute, *, digits: bool = False) -> str:
    """One provision of the newest text, down to a paragraph or item where the source counts them surely."""
    (number, suffix), article = draw.choice(list(_newest(statute).articles.items()))
    print_ = str if digits else numeral
    text = f"第{print_(number)}条" + (f"之{numeral(suffix)}" if suffix else "")
    if article.doubtful or draw.random() < 0.4:
        return text
    paragraph = draw.randint(1, article.paragraphs)
    items = article.items[paragraph - 1]
    if article.paragraphs > 1 or draw.random() < 0.2:
        text += f"第{print_(paragraph)}款"
    elif items != max(article.items):
        items = 0
    return text + (f"第（{numeral(draw.randint(1, items))}）项" if items and draw.random() < 0.6 else "")


def _title(draw: random.Random, statute: Statute) -> str:
    short = statute.title.removeprefix("中华人民共和国")
    return draw.choice((statute.title, short if len(short) > 2 else statute.title))


def _plain(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    return f"《{_title(draw, statute)}》{_provision(draw, statute)}", 1


def _listed(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    return f"1.《{_title(draw, statute)}》{_provision(draw, statute)}；{_provision(draw, statute)}的规定", 2


def _abbreviated(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    return (f"《{draw.choice(names)}》{_provision(draw, statute)}", 1) if names else None


def _with_order(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    order = _newest(statute).order or (
        statute.orders[0][1] if len(statute.versions) == 1 == len(statute.orders) else ""
    )
    return (f"《{_title(draw, statute)}》（{order}）{_provision(draw, statute)}", 1) if order else None


def _with_version(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    version = _newest(statute)
    day, change = version.published, _CHANGES.get(version.change)
    if day is None or change is None or (version.start or day) > TODAY:
        return None
    if any(later > day for later, _ in statute.history):
        return None  # amended since, and the text of that is not known
    when = draw.choice((f"{day.year}年", f"{day.year}年{day.month}月{day.day}日"))
    return f"《{_title(draw, statute)}》（{when}{change}）{_provision(draw, statute)}", 1


def _defined(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    name = draw.choice(("《条例》", "《规定》", "《本办法》"))
    first, second = _provision(draw, statute), _provision(draw, statute)
    return f"《{statute.title}》（以下简称{name}）{first}，{name}{second}", 2


def _unclosed(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    if set("《》（）") & set(statute.title):
        return None
    text = f"{_title(draw, statute)}{_provision(draw, statute)}"
    return draw.choice((f"《{text}", f"依据《{text}")), 1


def _digits(draw: random.Random, statute: Statute, names: list[str]) -> _Made:
    return f"〈{_title(draw, statute)}〉{_provision(draw, statute, digits=True)}".translate(_FULL_WIDTH), 1


_FORMS: tuple[Callable[[random.Random, Statute, list[str]], _Made], ...] = (
    _plain, _listed, _abbreviated, _with_order, _with_version, _defined, _unclosed, _digits,
)  # fmt: skip
