"""The citation reader on labelled texts, and what must hold for every text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.law.citations import Citation, VersionNote, citations, write
from pipeline.vocabulary import load_vocabulary
from tests.pipeline.law.labelled import citation_cases

VOCABULARY = load_vocabulary()
CASES = citation_cases("citation_cases.toml")


@pytest.mark.parametrize("case", [case for case in CASES if "spans" in case], ids=lambda case: case["text"][:12])
def test_spans_are_those_of_the_input(case: dict[str, Any]) -> None:
    assert [c.text for c in citations(case["text"], VOCABULARY)] == case["spans"]


def test_the_parts_of_a_citation_keep_their_places() -> None:
    text = "依据 《行政\n许可法》（1.2版）第 十二 条"
    (found,) = citations(text, VOCABULARY)
    assert (found.title, text[found.title_start : found.title_end]) == ("行政许可法", "行政\n许可法")
    assert text[found.start : found.end] == found.text == "《行政\n许可法》（1.2版）第 十二 条"


def test_version_note_issuer_and_amending_order() -> None:
    text = (
        "建设部《城市商品房预售管理办法》（1994年11月15日建设部令第40号公布，2004年7月20日建设部令第131号修正）第六条"
    )
    (found,) = citations(text, VOCABULARY)
    assert found.version is not None
    assert (found.document_number, found.issuer) == ("建设部令第40号", "建设部")
    assert (found.version.kind, found.version.year, found.version.order) == ("修正", 2004, "建设部令第131号")


def test_a_law_of_another_column_has_no_place_in_the_text() -> None:
    (found,) = citations("本条例第九条", VOCABULARY, "《城市绿化条例》")
    assert (found.title, found.title_start, found.title_end) == ("城市绿化条例", None, None)


def test_bodies_in_front_of_two_laws_are_their_issuers() -> None:
    found = citations("国务院《甲管理条例》第三条、公安部《乙管理办法》第二条", VOCABULARY)
    assert [c.issuer for c in found] == ["国务院", "公安部"]


def test_a_very_long_range_gives_its_ends_only() -> None:
    assert [c.article for c in citations("《某条例》第1条至第9000条", VOCABULARY)] == [1, 9000]


NUMBERS = st.one_of(st.none(), st.integers(1, 300))
TITLES = st.builds(
    "{}{}".format,
    st.text("市容环境卫生食品安全道路交通行政许可城乡规划实施中华人民共和国", min_size=2, max_size=20),
    st.sampled_from(["法", "条例", "管理办法", "暂行规定", "实施细则", "办法（试行）"]),
)
DOCUMENT_NUMBERS = st.one_of(
    st.none(),
    st.builds("国务院令第{}号".format, st.integers(1, 999)),
    st.builds("农业部令{}年第{}号".format, st.integers(1950, 2049), st.integers(1, 99)),
    st.builds("某府办发〔{}〕{}号".format, st.integers(1950, 2049), st.integers(1, 300)),
)


VERSIONS = st.one_of(
    st.none(), st.builds(VersionNote, st.sampled_from(["修正", "修订", "修改"]), st.integers(1950, 2049))
)


@st.composite
def provisions(draw: st.DrawFn) -> Citation:
    article = draw(NUMBERS)
    below = article is not None
    return Citation(
        "", 0, 0, draw(TITLES), None, None, draw(DOCUMENT_NUMBERS), article,
        draw(st.one_of(st.none(), st.integers(1, 9))) if below else None,
        draw(NUMBERS) if below else None, draw(NUMBERS) if below else None, draw(NUMBERS) if below else None,
        draw(VERSIONS),
    )  # fmt: skip


@given(provisions())
def test_what_is_written_reads_back(citation: Citation) -> None:
    found = citations(write(citation), VOCABULARY)
    assert [(c.provision, c.version) for c in found] == [(citation.provision, citation.version)]


_PIECES = """
《 》 〈 〉 （ ） ( ) “ ” ： 、 ， 。 ； | 第 十 二 3 条 款 项 目 之一 至 和 （一） 1. 一、 法 条例 办法 规定
的通知 关于 关于印发 根据 违反 本法 该条例 同法 《条例》 以下简称 中华人民共和国 行政许可法 《食品安全法》 第十二条
第一款 第（三）项 第二、三款 国务院令第412号 〔2019〕3号 令 号 2019年修正 修订 公布 附件 “三定”方案 规定：
应当依法办理 及其实施细则 （二）（四）项 第三十四条之一 【法律】 条例第三条 《关于印发〈某办法〉的通知》
"""
PIECES = st.sampled_from([*_PIECES.split(), "\n", "\u3000"])
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60))


@settings(max_examples=400)
@given(TEXTS, st.one_of(st.none(), TEXTS))
def test_no_text_is_too_strange(text: str, title_context: str | None) -> None:
    for found in citations(text, VOCABULARY, title_context):
        assert found.text and text[found.start : found.end] == found.text
        assert found.title is None or found.title.strip()
        if found.title_start is not None:
            assert 0 <= found.title_start < (found.title_end or 0) <= len(text)
        assert any(value is not None for value in found.provision)


@pytest.mark.parametrize(
    "text",
    ["《水法》" + "及其实施细则" * 9000, "第" + "（一）" * 9000 + "项", "办法 " * 9000, "《水法第三条" * 9000],
    ids=str.__len__,
)
def test_what_repeats_without_end_is_read_to_its_end(text: str) -> None:
    assert len(citations(text, VOCABULARY)) <= 20_000


@settings(max_examples=200)
@given(TEXTS)
def test_reading_is_the_same_each_time_and_in_the_order_of_the_text(text: str) -> None:
    found = citations(text, VOCABULARY)
    assert citations(text, VOCABULARY) == found
    starts = [c.start for c in found]
    assert starts == sorted(starts)
