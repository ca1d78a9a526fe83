"""The statute library: shipped facts that everybody knows, look-up of titles and orders, structure texts."""

from __future__ import annotations

import gzip
import re
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.law.orders import Order, parse_order
from pipeline.law.statute import Article, Level, Statute, Version, from_json, read_structure, to_json, write_structure
from pipeline.law.statute_data import FILE, read_facts
from pipeline.law.statute_titles import NearTitles, folded, literal, version_tail
from pipeline.law.statutes import MatchKind, StatuteLibrary
from pipeline.law.timeline import Force
from pipeline.text.words import tokenizer
from pipeline.vocabulary import VocabularyError, load_vocabulary


@pytest.fixture(scope="module")
def library() -> StatuteLibrary:
    return StatuteLibrary()


def test_the_shipped_facts_are_small_and_whole(library: StatuteLibrary) -> None:
    assert len((resources.files("vocab.statutes") / FILE).read_bytes()) < 3 << 20
    assert len(list(library.statutes())) > 4800
    for statute in library.statutes():
        assert from_json(to_json(statute)) == statute
        for version in statute.versions:
            assert bool(version.articles) == bool(version.structure)
            assert max((number for number, _ in version.articles), default=0) == version.last


@pytest.mark.parametrize(
    ("title", "articles", "effective"),
    [
        ("行政许可法", 83, date(2019, 4, 23)),
        ("行政处罚法", 86, date(2021, 7, 15)),
        ("行政强制法", 71, date(2012, 1, 1)),
        ("民法典", 1260, date(2021, 1, 1)),
        ("政府信息公开条例", 56, date(2019, 5, 15)),
    ],
)
def test_the_version_in_force(library: StatuteLibrary, title: str, articles: int, effective: date) -> None:
    match = library.find(title)
    version = library.version_on(match.statute_id, date(2024, 6, 1))
    assert match.kind is MatchKind.SHORT
    assert version is not None
    assert (version.last, version.effective) == (articles, effective)
    article = library.article(version, 1)
    assert article is not None
    assert article.paragraphs == 1
    assert library.article(version, articles + 1) is None
    assert library.article(version, 1, 1) is None


def test_the_civil_code_repealed_the_contract_law(library: StatuteLibrary) -> None:
    statute = library.get("law-合同法")
    assert statute is not None
    assert statute.repeal is not None
    assert (statute.repeal.since, statute.repeal.by) == (date(2021, 1, 1), "中华人民共和国民法典")
    assert statute.repeal.by_id == "law-民法典"
    assert library.standing(statute.id, date(2020, 12, 31)).force is Force.IN_FORCE
    assert library.standing(statute.id, date(2021, 1, 1)).force is Force.REPEALED


def test_a_revision_holds_from_its_effective_date_on(library: StatuteLibrary) -> None:
    before = library.version_on("law-行政处罚法", date(2021, 7, 14))
    after = library.version_on("law-行政处罚法", date(2021, 7, 15))
    assert before is not None
    assert after is not None
    assert (before.published, after.published) == (date(2017, 9, 1), date(2021, 1, 22))
    assert [stage.start.year for stage in library.stages("law-行政处罚法")] == [1996, 2009, 2018, 2021]


@pytest.mark.parametrize(
    ("title", "kind", "canonical"),
    [
        ("中华人民共和国行政许可法", MatchKind.EXACT, "中华人民共和国行政许可法"),
        ("《 行政许可法 》", MatchKind.SHORT, "中华人民共和国行政许可法"),
        ("专利代理条例", MatchKind.EXACT, "专利代理条例"),
        ("中华人民共和国专利代理条例", MatchKind.ADDED_STATE, "专利代理条例"),
        ("农用地土壤环境管理办法", MatchKind.INCOMPLETE, "农用地土壤环境管理办法（试行）"),
        ("出租汽车经营服务管理规定", MatchKind.OLD_NAME, "巡游出租汽车经营服务管理规定"),
        ("国务院令第412号", MatchKind.ALIAS, "国务院对确需保留的行政审批项目设定行政许可的决定"),
        ("行政许司法", MatchKind.MISSPELT, "中华人民共和国行政许可法"),
        ("大气污染防冶法", MatchKind.MISSPELT, "中华人民共和国大气污染防治法"),
        ("消费者权益保户法", MatchKind.MISSPELT, "中华人民共和国消费者权益保护法"),
        ("末成年人保护法", MatchKind.MISSPELT, "中华人民共和国未成年人保护法"),
        ("行许政可法", MatchKind.MISSPELT, "中华人民共和国行政许可法"),
        ("建设工程质管理条例", MatchKind.MISSPELT, "建设工程质量管理条例"),
        ("刑法修正案（十一）", MatchKind.SHORT, "中华人民共和国刑法修正案（十一）"),
        ("城市供热条例", MatchKind.UNKNOWN, "城市供水条例"),
        ("环境保护税", MatchKind.UNKNOWN, ""),  # as near to 环境保护法 as to 环境保护税法
        ("南京市中医药条例", MatchKind.UNKNOWN, ""),
        ("", MatchKind.UNKNOWN, ""),
    ],
)
def test_titles(library: StatuteLibrary, title: str, kind: MatchKind, canonical: str) -> None:
    match = library.find(title)
    assert (match.kind, match.title) == (kind, canonical)


def test_a_title_that_differs_in_its_place_is_no_slip(library: StatuteLibrary) -> None:
    local = [statute.title for statute in library.statutes() if statute.level is Level.LOCAL_REGULATION]
    found = {library.find("丙" + title[1:]).kind for title in local[:300]}
    assert found == {MatchKind.UNKNOWN}


def test_no_statute_would_be_taken_for_a_slip_of_another(library: StatuteLibrary) -> None:
    """Each title, were it not known, is no certain slip of another one, but for the same instrument twice over."""
    keys = {folded(statute.title) for statute in library.statutes() if statute.level}
    local = frozenset(folded(statute.title) for statute in library.statutes() if statute.region)
    vocabulary = load_vocabulary()
    near = NearTitles(keys, local, tokenizer(vocabulary).tokens, vocabulary.citation_words["alike"])
    found = ((key, near.nearest(key, besides=key)) for key in keys)
    slips = ((key, each.key) for key, each in found if each is not None and each.certain)
    taken = {frozenset(re.sub("[、的和矿]", "", title) for title in pair) for pair in slips}
    assert {pair for pair in taken if len(pair) > 1} == {
        frozenset(("上海市区县乡镇人民代表大会代表直接选举实施细则", "上海市区乡镇人民代表大会代表直接选举实施细则")),
        frozenset(("上海市历史文化风貌区优秀历史建筑保护条例", "上海市历史文化风貌区优秀历史筑保护条例")),
    }


def test_a_remark_on_the_version_is_no_part_of_the_title(library: StatuteLibrary) -> None:
    match = library.find("行政处罚法（2017年修正）")
    assert (match.statute_id, match.year, match.note) == ("law-行政处罚法", 2017, "修正")
    assert version_tail(literal("农用地土壤环境管理办法（试行）")) is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("国务院令第412号", Order("国务院", "令", 0, 412)),
        ("国务院第412号令", Order("国务院", "令", 0, 412)),
        ("中华人民共和国国务院令（第４１２号）", Order("国务院", "令", 0, 412)),
        ("交通运输部令2016年第35号", Order("交通运输部", "令", 2016, 35)),
        ("令〔2019〕第10号", Order("", "令", 2019, 10)),
        ("九届主席令第十五号", Order("主席", "令", 0, 15)),
        (
            "杭州市第十三届人民代表大会常务委员会公告第12号",
            Order("杭州市第十三届人民代表大会常务委员会", "公告", 0, 12),
        ),
        ("国发〔2015〕27号", None),
        ("", None),
    ],
)
def test_orders(text: str, order: Order | None) -> None:
    assert parse_order(text) == order


def test_an_order_leads_to_the_statutes_that_it_issued(library: StatuteLibrary) -> None:
    assert library.find_order("国务院第564号令") == ("reg-保安服务管理条例",)
    assert len(library.find_order("国务院令第732号")) > 10  # an omnibus decision
    assert library.find_order("主席令第7号") == ()
    assert library.find_order("第7号") == ()


articles = st.builds(
    Article,
    st.lists(st.integers(0, 30), min_size=1, max_size=6).map(tuple),
    st.booleans(),
    st.booleans(),
)


@given(st.dictionaries(st.tuples(st.integers(1, 400), st.integers(0, 9)), articles, max_size=30))
def test_structure_texts_read_back(shapes: dict[tuple[int, int], Article]) -> None:
    ordered = sorted(shapes.items())
    assert dict(read_structure(write_structure(ordered))) == dict(ordered)


@given(st.text(max_size=60))
def test_any_title_is_looked_up_and_folding_is_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert LIBRARY.find(text) == LIBRARY.find(text)
    parse_order(text)


LIBRARY = StatuteLibrary()


def test_a_structure_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not the shape"):
        read_structure("1 2x")


def test_damaged_facts_are_loud(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json.gz"
    broken.write_bytes(gzip.compress(b'{"built": "2026-11-22"}'))
    with pytest.raises(VocabularyError, match="broken"):
        read_facts(broken)


def test_the_own_library_wins() -> None:
    own = Statute(
        "law-行政许可法", "中华人民共和国行政许可法", Level.LAW, versions=(Version(date(2030, 1, 1)),), own=True
    )
    library = StatuteLibrary(own=(own,))
    assert library.get("law-行政许可法") is own
    assert library.find("行政许可法").statute_id == "law-行政许可法"
