"""The rules on legal bases beyond their case files: where they mark, whom they spare, and the table of ranks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import pipeline.rules  # noqa: F401  registers the rules
from pipeline.finding import Finding
from pipeline.law.citations import citations
from pipeline.law.quoted_text import difference, quotation
from pipeline.law.statute import Level, Statute, Version
from pipeline.law.verdicts import Conclusion, verify
from pipeline.law.workspace_library import shipped_library
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import run_rules
from pipeline.vocabulary import RankLimit, load_vocabulary
from tests.rules.cases import Case, context_of

REVIEW = date(2026, 6, 30)


def one_power(basis: str, kind: str = "行政许可", name: str = "取水许可") -> RuleContext:
    text = f"职权名称 | 职权类别 | 行使依据\n{name} | {kind} | {basis}"
    return context_of(Case("L01", True, {"about": "", "tables": [{"text": text}]}), Path())


def legal(context: RuleContext) -> list[Finding]:
    return [finding for finding in run_rules(context)[0] if finding.code.startswith("L")]


def test_the_citation_is_marked_in_what_was_printed() -> None:
    raw = "《水法》 第４８条；\n《水法》第一百条"
    context = one_power("-")
    record = context.records[0]
    kept = [(place, sign) for place, sign in enumerate(raw) if not sign.isspace()]
    normalized = "".join(sign for _, sign in kept).replace("４", "4").replace("８", "8")
    offsets = tuple(place for place, _ in kept)
    fields = tuple(
        replace(field, raw=raw, text=normalized, offsets=offsets) if field.name == "legal_basis" else field
        for field in record.fields
    )
    (found,) = legal(replace(context, records=(replace(record, fields=fields),)))
    assert found.code == "L05"
    assert found.quote == raw
    assert found.span is not None
    assert found.quote[slice(*found.span)] == "《水法》第一百条"


def test_a_provision_keeps_its_identity_when_another_of_its_kind_is_mended() -> None:
    both = {finding.message: finding.fingerprint for finding in legal(one_power("《水法》第一百条、第一百零一条"))}
    assert len(set(both.values())) == len(both) == 2
    assert not [each for each in both.values() if each.endswith("-2")]


@pytest.mark.parametrize("limit", load_vocabulary().rank_limits, ids=str)
def test_the_clause_of_a_limit_is_in_force_while_the_limit_holds(limit: RankLimit) -> None:
    vocabulary = load_vocabulary()
    assert limit.measure in ("", "*", "fee") or vocabulary.rule_words[limit.measure]
    assert limit.level in {level.value for level in Level}
    assert limit.since < limit.until
    cited = citations(limit.clause, vocabulary)
    assert cited
    for day in (limit.since, min(limit.until - timedelta(days=1), REVIEW)):
        for each in cited:
            verdict = verify(each, shipped_library(), day)
            assert not {Conclusion.REPEALED, Conclusion.NOT_YET} & set(verdict.applicable), (day, each.text)
            assert not [g for g in verdict.grounds if g.conclusion is Conclusion.NO_SUCH_PROVISION and g.certain]


def test_the_limits_of_one_case_do_not_overlap() -> None:
    spans: dict[tuple[str, str, str], list[tuple[date, date]]] = {}
    for limit in load_vocabulary().rank_limits:
        spans.setdefault((limit.power, limit.measure, limit.level), []).append((limit.since, limit.until))
    for case, known in spans.items():
        ordered = sorted(known)
        assert all(one[1] <= other[0] for one, other in pairwise(ordered)), case


def with_statute(context: RuleContext, level: Level | None, start: date, region: str = "") -> RuleContext:
    version = Version(published=start, effective=start, structure="2 2 2 2 2", last=5)
    statute = Statute(
        "own-1", "云溪省取水管理规定", level, "", region, (version,), vouched=REVIEW, founded=True, own=True
    )
    return replace(context, library=shipped_library().with_own([statute]))


@pytest.mark.parametrize(
    ("level", "start", "severity"),
    [
        (Level.LOCAL_RULE, date(2020, 1, 1), ["E"]),
        (Level.LOCAL_RULE, date(2026, 1, 1), []),
        (Level.MINISTRY_RULE, date(2026, 1, 1), ["E"]),
        (Level.LOCAL_REGULATION, date(2020, 1, 1), []),
        (None, date(2020, 1, 1), []),
    ],
)
def test_a_provincial_rule_may_create_a_licence_for_a_year(
    level: Level | None, start: date, severity: list[str]
) -> None:
    context = with_statute(one_power("《云溪省取水管理规定》第三条"), level, start)
    assert [f.severity.value for f in legal(context) if f.code == "L08"] == severity


@pytest.mark.parametrize(
    ("region", "severity"),
    [("云溪市", ["E"]), ("山东/临沂市", ["E"]), ("云溪省", []), ("重庆市", []), ("山东", []), ("", [])],
)
def test_only_a_province_may_create_a_licence_for_a_year(region: str, severity: list[str]) -> None:
    context = with_statute(one_power("《云溪省取水管理规定》第三条"), Level.LOCAL_RULE, date(2026, 1, 1), region)
    assert [f.severity.value for f in legal(context) if f.code == "L08"] == severity


@pytest.mark.parametrize(
    "basis",
    [
        "《云溪省取水管理规定》第三条；《云溪省水资源条例》第四条",  # it may be the one that carries the power
        "第四十八条；《云溪省取水管理规定》第三条",
        "《云溪省取水管理规定》第三条；《中华人民共和国水法》第四十八条",
    ],
)
def test_an_instrument_that_may_rank_higher_carries_the_power(basis: str) -> None:
    context = with_statute(one_power(basis), Level.MINISTRY_RULE, date(2020, 1, 1))
    assert not [finding for finding in legal(context) if finding.code == "L08"]


def test_a_review_of_a_past_day_is_held_by_the_law_of_that_day() -> None:
    old = with_statute(one_power("《云溪省取水管理规定》第三条"), Level.MINISTRY_RULE, date(2000, 1, 1))
    assert not [finding for finding in legal(replace(old, as_of=date(2003, 1, 1))) if finding.code == "L08"]


@pytest.mark.parametrize(
    "text",
    ["《水法》", "〈水法〉第四十八条", "水法", "依据水法办理", "国务院令第460号", "第三条", "赣府发〔2007〕15号"],
)
def test_no_error_is_raised_of_a_basis_that_names_something(text: str) -> None:
    assert not [finding for finding in legal(one_power(text)) if finding.severity.value == "E"]


LAW = "从事取水活动的单位和个人，应当按照规定申请领取取水许可证。\n具体办法由国务院规定。"


@pytest.mark.parametrize(
    ("text", "departs"),
    [
        ("：“从事取水活动的单位和个人,应当按照规定申请领取取水许可证”", False),
        ("规定：“从事取水活动的单位和个人……具体办法由国务院规定”", False),
        ("：“从事取水活动的单位和个人，可以按照规定申请领取取水许可证”", True),
        ("：第四十八条 从事取水活动的单位，应当按照规定申请领取取水许可证", True),
        ("：企业打井要先到水利局的办事窗口办证再开工", False),
        ("：由水行政主管部门处罚", None),
        ("：“从事取水活动的单位和个人，应当按照规定申请领取取水许可证。办法由国务院规定。”", False),
        ("：“从事取水活动的单位和个人，应当按照规定申请领取取水许可证。办法由省政府规定。”", True),
        ("以及有关文件的规定办理有关取水的各种手续", None),
    ],
)
def test_a_quotation_is_held_against_the_law(text: str, departs: bool | None) -> None:
    found = quotation(text, 0, len(text))
    assert (found is None) == (departs is None)
    if found is not None:
        begin, end, marked = found
        assert (difference(text[begin:end], LAW, marked=marked) is not None) == departs
