"""Verdicts: labelled citations against the shipped facts, and each rule of judgement on hand-made ones."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.law.citation import VersionNote
from pipeline.law.naming import OrderCheck
from pipeline.law.statute import Change, Level, Repeal, Statute, Version
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.timeline import Doubt
from pipeline.law.verdict_wording import conclusion_text, level_text, suggestion
from pipeline.law.verdicts import Conclusion, Verdict, verify
from pipeline.vocabulary import load_vocabulary

CASES = Path(__file__).parent / "verdict_cases.csv"
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Cited:
    title: str | None
    article: int | None = None
    article_suffix: int | None = None
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None
    document_number: str | None = None
    version: VersionNote | None = None


def labelled() -> Iterator[tuple[str, Cited, date, str]]:
    with CASES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            numbers = [int(row[name]) if row[name] else None for name in ("article", "suffix", "paragraph", "item")]
            note = VersionNote(row["change"] or None, int(row["year"])) if row["year"] else None
            order = row["document_number"] or None
            cited = Cited(row["title"] or None, *numbers, document_number=order, version=note)
            yield "|".join(row.values()), cited, date.fromisoformat(row["as_of"]), row["conclusion"]


@pytest.fixture(scope="module")
def library() -> StatuteLibrary:
    return StatuteLibrary()


def test_labelled_citations(library: StatuteLibrary) -> None:
    """Every labelled citation is judged as its label says; the failures are named one by one."""
    cases = list(labelled())
    lost = [
        f"{name} → {found.value}"
        for name, cited, as_of, expected in cases
        if (found := verify(cited, library, as_of).conclusion) != expected
    ]
    assert lost == []
    assert len(cases) >= 120
    assert {expected for *_, expected in cases} == {conclusion.value for conclusion in Conclusion}


LAW = Statute(
    id="law-测试法",
    title="中华人民共和国测试法",
    level=Level.LAW,
    versions=(
        Version(date(2003, 8, 27), date(2004, 7, 1), change=Change.ADOPTED, structure="1 1 3;", last=3),
        Version(date(2019, 4, 23), date(2019, 4, 23), change=Change.AMENDED, structure="1 0;2; 2!", last=3),
    ),
    history=((date(2003, 8, 27), Change.ADOPTED), (date(2019, 4, 23), Change.AMENDED)),
    vouched=TODAY,
    founded=True,
    own=True,
)


def judged(cited: Cited, statute: Statute = LAW, as_of: date = TODAY) -> Verdict:
    return verify(cited, StatuteLibrary(own=(statute,)), as_of)


def test_a_negative_on_an_irregular_article_is_to_be_looked_at_by_hand() -> None:
    verdict = judged(Cited("测试法", 3, paragraph=5))
    assert verdict.applicable == (Conclusion.UNVERIFIED,)
    assert not verdict.certain


def test_an_older_numbering_is_named_beside_the_missing_item() -> None:
    statute = _with(LAW, structure="1 1 1")
    verdict = judged(Cited("测试法", 3, item=2), statute)
    assert verdict.applicable == (Conclusion.NO_SUCH_PROVISION, Conclusion.AMENDED)
    assert ("formerly", "2003-08-27") in verdict.grounds[1].facts
    assert verdict.version_date == date(2019, 4, 23)


def _with(statute: Statute, **changes: object) -> Statute:
    newest = replace(statute.versions[-1], **changes)  # type: ignore[arg-type]
    return replace(statute, versions=(*statute.versions[:-1], newest))


def test_the_law_of_the_day_decides() -> None:
    assert judged(Cited("测试法", 3, item=3), as_of=date(2009, 6, 1)).conclusion is Conclusion.VALID
    assert judged(Cited("测试法", 3, item=4), as_of=date(2009, 6, 1)).conclusion is Conclusion.NO_SUCH_PROVISION
    assert judged(Cited("测试法", 3), as_of=date(2004, 6, 30)).conclusion is Conclusion.NOT_YET


def test_where_the_text_of_the_day_is_not_known_nothing_is_asserted() -> None:
    verdict = judged(Cited("测试法", 99), _with(LAW, structure="", last=0))
    assert verdict.applicable == (Conclusion.UNVERIFIED,)
    assert ("version", "2003-08-27") in verdict.grounds[0].facts


def test_a_blank_status_is_unknown_and_never_valid() -> None:
    unknown = replace(LAW, vouched=None)
    verdict = judged(Cited("测试法", 1), unknown)
    assert (verdict.conclusion, verdict.grounds[0].reason) == (Conclusion.UNVERIFIED, Doubt.STATUS.value)
    missing = judged(Cited("测试法", 9), unknown)
    assert missing.conclusion is Conclusion.NO_SUCH_PROVISION
    assert not missing.certain
    assert judged(Cited("测试法", 1), unknown, date(2010, 1, 1)).conclusion is Conclusion.VALID


def test_an_inferred_date_of_repeal_is_asserted_only_a_year_later() -> None:
    repealed = replace(LAW, repeal=Repeal("新法", "law-新法", date(2020, 1, 1), sure=False))
    assert judged(Cited("测试法"), repealed, date(2020, 6, 1)).conclusion is Conclusion.UNVERIFIED
    assert judged(Cited("测试法"), repealed, date(2021, 6, 1)).conclusion is Conclusion.REPEALED
    assert judged(Cited("测试法"), repealed, date(2019, 6, 1)).conclusion is Conclusion.VALID


def test_a_predecessor_of_the_same_name_is_not_called_future_law() -> None:
    renewed = replace(LAW, renewed=date(2004, 7, 1))
    verdict = judged(Cited("测试法", 1), renewed, date(2001, 1, 1))
    assert (verdict.conclusion, verdict.grounds[0].reason) == (Conclusion.UNVERIFIED, Doubt.PREDECESSOR.value)


def test_every_ground_is_carried_in_the_order_of_precedence(library: StatuteLibrary) -> None:
    verdict = verify(Cited("中华人民共和国专利代理条例", 99), library, TODAY)
    assert verdict.applicable == (Conclusion.WRONG_TITLE, Conclusion.NO_SUCH_PROVISION)
    assert verdict.canonical_title == "专利代理条例"
    assert verdict.level is Level.REGULATION


def test_an_order_of_another_statute_is_told(library: StatuteLibrary) -> None:
    foreign = verify(Cited("保安服务管理条例", 9, document_number="国务院令第412号"), library, TODAY)
    assert foreign.order is OrderCheck.FOREIGN
    assert foreign.order_owner == "国务院对确需保留的行政审批项目设定行政许可的决定"
    own = verify(Cited("保安服务管理条例", 9, document_number="国务院第564号令"), library, TODAY)
    assert own.order is OrderCheck.BELONGS
    unknown = verify(Cited("保安服务管理条例", 9, document_number="国务院令第9999号"), library, TODAY)
    assert (unknown.order, unknown.conclusion) == (OrderCheck.UNKNOWN, Conclusion.VALID)


def test_every_verdict_has_its_wording(library: StatuteLibrary) -> None:
    vocabulary = load_vocabulary()
    for name, cited, as_of, _ in labelled():
        verdict = verify(cited, library, as_of)
        advice = suggestion(verdict, vocabulary)
        assert (advice == "") == (verdict.applicable == (Conclusion.VALID,)), name
        assert "{" not in advice
        assert vocabulary.label("facts.unknown") not in advice, name
        assert conclusion_text(verdict.conclusion, vocabulary)
        assert (level_text(verdict.level, vocabulary) == "") == (verdict.level is None)
    assert all(f"verdict.advice.{doubt.value}" in vocabulary.labels for doubt in Doubt if doubt)


def test_what_repealed_it_and_since_when_is_said(library: StatuteLibrary) -> None:
    advice = suggestion(verify(Cited("合同法", 12), library, TODAY), load_vocabulary())
    assert "《中华人民共和国民法典》" in advice
    assert "2021年1月1日" in advice
