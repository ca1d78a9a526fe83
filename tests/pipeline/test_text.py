"""Normalization shows what section 5 of the contract says, can be undone by its offsets, and never changes a word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.text.normalization import chinese_pipeline, fold, is_traditional, normalize, to_simplified, tokenizer
from pipeline.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def shown(raw: str) -> str:
    return normalize(raw, VOCABULARY).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        # Width: letters, digits and the percent sign; Chinese punctuation, ① Ⅰ ★ stay.
        ("ＡＢｃ１２５％（一）：；，", "ABc125%（一）：；，"),
        ("①受理Ⅰ级★㎡№", "①受理Ⅰ级★㎡№"),
        ("１．５倍", "1.5倍"),
        ("１．申请", "1．申请"),
        # Blanks: layout between ideographs, words between Latin ones, items apart.
        ("职 权 名 称", "职权名称"),
        ("　张　三 ", "张三"),
        ("法规股 张三", "法规股 张三"),
        ("自 20 日起", "自20日起"),
        ("Microsoft Office, Word 2010", "Microsoft Office, Word 2010"),
        ("（一）受理 （二）审查", "（一）受理 （二）审查"),
        ("企\u00ad业\u200b名\ufeff称\x07", "企业名称"),
        # Breaks: wrapped lines are joined, items stay apart.
        ("行政\n许可", "行政许可"),
        ("1.申请\r\n2.受理\x0b3、审查", "1.申请\n2.受理\n3、审查"),
        ("①申请\n②受理", "①申请\n②受理"),
        ("依法审查。\n监督检查", "依法审查。\n监督检查"),
        ("《甲法》第十二条\n《乙法》第四条第\n（一）项", "《甲法》第十二条\n《乙法》第四条第（一）项"),
        ("违反本法第三十条\n（二）项规定", "违反本法第三十条（二）项规定"),
        ("罚款1\n.5倍", "罚款1.5倍"),
        ("法定时限：20个\n工作日\n承诺时限：10日", "法定时限：20个工作日\n承诺时限：10日"),
        ("王晓明\n李建国", "王晓明\n李建国"),
        ("法规股\n张三", "法规股\n张三"),
        ("511602000000-000-11511301MB155044\n2U-1-00", "511602000000-000-11511301MB1550442U-1-00"),
        ("Word\nExcel", "Word Excel"),
        ("处罚款20\n00元", "处罚款2000元"),
        ("0571-88888888\n0571-99999999", "0571-88888888\n0571-99999999"),
        ("受理，&nbsp;审查：<br/>1.核准<BR>2.发证", "受理，审查：\n1.核准\n2.发证"),
        # Year brackets of document numbers, and no other brackets.
        ("国发[2015]27号", "国发〔2015〕27号"),
        ("国发［２０１５］２７号", "国发〔2015〕27号"),
        ("令（2019）第10号", "令〔2019〕第10号"),
        ("国发 ( 2015 ) 27、28 号", "国发〔2015〕27、28号"),
        ("赣府发„2009‟3号", "赣府发〔2009〕3号"),
        ("财综【2008】\n78号", "财综〔2008〕78号"),
        ("【511A0138】（2019）", "【511A0138】（2019）"),
        ("施行（2019）后", "施行（2019）后"),
    ],
)
def test_normalizes_as_the_contract_says(raw: str, text: str) -> None:
    assert shown(raw) == text


def test_repairs_certain_slips_and_says_so() -> None:
    found = normalize("优化配\n臵；⾏政⼾口", VOCABULARY)
    assert found.text == "优化配置；行政户口"
    assert found.repaired == (("配臵", "配置", 2), ("⾏", "行", 6), ("⼾", "户", 8))


def test_a_rare_character_in_a_name_of_the_simplified_document_stays() -> None:
    assert shown("陈昇、乾县、甯某、嶽麓区") == "陈昇、乾县、甯某、嶽麓区"


def test_converts_only_a_traditional_document_and_no_name_of_it() -> None:
    raw = "行政職權目錄：著作權的瞭解，乾隆"
    assert normalize(raw, VOCABULARY, traditional=True).text == "行政职权目录：著作权的了解，乾隆"
    assert normalize("張國榮", VOCABULARY, traditional=True, keep_traditional=True).text == "張國榮"
    assert normalize("張國榮", VOCABULARY).text == "張國榮"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("對擅自佔用農用地的處罰，國務院關於行政許可的規定", True),
        ("对擅自占用农用地的处罚，国务院关于行政许可的规定", False),
        ("乾县、陈昇、瞭望台、藉口、余姚市後渚村", False),
        ("張國榮", False),
        ("", False),
        ("申请人应当提交材料。" * 20 + "《香港法例》第三章：對擅自佔用農用地的處罰，國務院關於", False),
        ("對擅自佔用農用地的處罰，國務院關於" * 20 + "对审查", True),
    ],
)
def test_a_document_is_traditional_as_a_whole_or_not_at_all(text: str, verdict: bool) -> None:
    assert is_traditional(text) is verdict


PIECES = [
    *("2015", "[2015]", "（2019）", "第", "号", "1.", "（一）", "&nbsp;", "<br>", "职", "权", "法规股", "张三", "李四"),
    *(
        "0571-88888888",
        "A1",
        "《",
        "》",
        "法定时限：",
        "注：",
        "。",
        "项",
        "10",
        "臵",
        "配",
        "⾏",
        "行政",
        "許可",
        "職",
    ),
    *("．", "１", "&", "nbsp;", "Ｗord", "、", "：", "”", "\n", " ", "\u3000", "\u200b", "\r\n", "\xad", "\ud800"),
]
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text(max_size=20))


@settings(max_examples=400, deadline=None)
@example("1\u200b．\u200b5", False)
@example("&n&nbsp;bsp;", False)
@given(texts, st.booleans())
def test_normalizing_twice_changes_nothing_and_offsets_lead_back(raw: str, traditional: bool) -> None:
    found = normalize(raw, VOCABULARY, traditional=traditional)
    assert normalize(found.text, VOCABULARY, traditional=traditional).text == found.text
    assert len(found.offsets) == len(found.text)
    assert list(found.offsets) == sorted(found.offsets)
    assert all(0 <= offset < len(raw) for offset in found.offsets)
    assert found.changed is (found.text != raw)


LAYOUT = re.compile(r"&nbsp;|<br>|[\s\u200b\xad\u3000]")
words = st.lists(st.sampled_from([p for p in PIECES if p not in ("臵", "配", "⾏", "&", "nbsp;")]), max_size=14)


@settings(max_examples=300, deadline=None)
@given(words.map("".join))
def test_no_word_is_added_dropped_or_moved(raw: str) -> None:
    """Apart from layout and width, and the brackets of years, what is shown is what is printed."""

    def letters(text: str) -> str:
        plain = unicodedata.normalize("NFKC", LAYOUT.sub("", text))
        return re.sub(r"[\[\]〔〕()]", "", plain)

    assert letters(normalize(raw, VOCABULARY).text) == letters(raw)


def test_the_span_of_a_quote_leads_to_the_raw_text() -> None:
    raw = "依据\u3000《行政\n许可法》 第１２条"
    found = normalize(raw, VOCABULARY)
    start = found.text.index("第12条")
    assert raw[slice(*found.raw_span(start, start + 4))] == "第１２条"
    assert raw[slice(*found.raw_span(2, 9))] == "《行政\n许可法》"


def test_the_slips_are_those_of_the_vocabulary_that_is_given() -> None:
    other = replace(VOCABULARY, confusables=(("甲乙", "丙"),))
    assert normalize("配臵甲乙丁", other).text == "配臵丙丁"
    assert shown("配臵甲乙丁") == "配置甲乙丁"


def test_no_repair_of_the_vocabulary_gives_a_text_that_needs_another() -> None:
    assert [right for _, right in VOCABULARY.confusables if shown(right) != right] == []


def test_a_cell_of_hostile_size_comes_back() -> None:
    for raw in (" " * 10**5 + "a", "职 " * 10**4, "a\n" * 10**4, "（2015）" * 10**4, "1.\n" * 10**4):
        assert shown(raw).replace("\n", "").replace(" ", "") == "".join(raw.split())


@settings(max_examples=200, deadline=None)
@given(texts)
def test_folding_ignores_what_does_not_tell_texts_apart(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(f"（{text}） ") == fold(text)
    assert fold(text.upper().lower()) == fold(text.lower())


def test_folding_makes_keys_of_headings() -> None:
    assert fold("职 权\n名 称：") == fold("【职权名称】") == "职权名称"
    assert fold("ＰＤＦ（甲）") == "pdf甲"
    assert fold("二○○九") == fold("二〇〇九")
    assert fold("——") == ""


def test_the_words_of_the_field_are_cut_as_one_and_nothing_is_lost() -> None:
    text = "市行政审批局承办机构的廉政风险点与权力清单\n第 2 行"
    tokens = tokenizer(VOCABULARY).tokens(text)
    assert {"行政审批局", "承办机构", "廉政风险点", "权力清单"} <= set(tokens)
    assert "".join(tokens) == text


def test_the_spacy_pipeline_has_the_same_tokens_with_the_same_offsets() -> None:
    text = "行政审批局 张三\n权力清单"
    document = chinese_pipeline(VOCABULARY)(text)
    assert document.text == text
    assert tuple(token.text for token in document) == tokenizer(VOCABULARY).tokens(text)
    assert all(text[token.idx :].startswith(token.text) for token in document)


def test_simplified_text_keeps_its_length() -> None:
    assert to_simplified("瞭解\ud800職權") == "了解\ud800职权"
