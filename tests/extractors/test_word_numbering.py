"""Headings of Word documents and the list numbers that stand nowhere in their text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extractors.word_markup import (
    CONTINUE,
    RESTART,
    abstract,
    cell,
    grid,
    level,
    num,
    numbered,
    par,
    reader,
    row,
    table,
    texts,
)


@pytest.fixture
def read(tmp_path: Path):
    return reader(tmp_path)


def test_headings_and_the_numbers_of_paragraphs(read) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="a9"><w:name w:val="条标题"/><w:basedOn w:val="2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="lvl"><w:name w:val="x"/>'
        '<w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="plain"><w:name w:val="y"/><w:basedOn w:val="2"/>'
        '<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    )
    style = '<w:pStyle w:val="{}"/>'
    document = read(
        par("一", properties=style.format("2"))
        + par()
        + par("二", properties=style.format("a9"))
        + table(row("表"))
        + par("三", properties=style.format("lvl"))
        + par("四", properties='<w:outlineLvl w:val="0"/>')
        + par("五", properties=style.format("lvl") + '<w:outlineLvl w:val="9"/>')
        + par("六", properties=style.format("plain")),
        styles=styles,
    )
    assert [(p.text, p.role, p.place.paragraph) for p in document.paragraphs] == [
        ("一", "heading", 1),
        ("二", "heading", 3),
        ("三", "heading", 4),
        ("四", "heading", 5),
        ("五", "body", 6),
        ("六", "body", 7),
    ]


def test_list_numbers_count_in_document_order_through_cells(read) -> None:
    numbering = abstract(0, level(0, "decimal", "%1", '<w:suff w:val="nothing"/>')) + num(1, 0)
    auto = cell(par(properties=numbered(1)))
    merged = cell(par(properties=numbered(1)), properties=RESTART)
    covered = cell(par(properties=numbered(1)), properties=CONTINUE)
    document = read(
        table(row("序号", "名称"), row(auto, "甲"), row(merged, "乙"), row(covered, "丙"), row(auto, "丁"))
        + par("后", properties=numbered(1)),
        numbering=numbering,
    )
    assert grid(document.tables[0]) == [["序号", "名称"], ["1", "甲"], ["2", "乙"], ["2", "丙"], ["3", "丁"]]
    assert texts(document) == ["4后"]


def test_a_paragraph_whose_end_was_deleted_leaves_its_number_to_the_next(read) -> None:
    joined = numbered(1) + "<w:rPr><w:del/></w:rPr>"
    document = read(
        par("上", properties=joined) + par("下", properties=numbered(1)) + par("又", properties=numbered(1)),
        numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0),
    )
    assert texts(document) == ["1. 上下", "2. 又"]


def test_a_level_that_prints_a_sign_has_no_number_for_those_below(read) -> None:
    levels = level(0, "decimal", "%1."), level(1, "bullet", "—"), level(2, "decimal", "%1.%2%3.")
    document = read(
        par("a", properties=numbered(1)) + par("b", properties=numbered(1, 2)),
        numbering=abstract(0, *levels) + num(1, 0),
    )
    assert texts(document) == ["1. a", "1.1. b"]


def test_levels_restart_and_lists_of_one_kind_count_on_unless_told_to_restart(read) -> None:
    numbering = (
        abstract(
            0,
            level(0, "chineseCountingThousand", "%1、", '<w:suff w:val="nothing"/>'),
            level(1, "decimal", "%1.%2", '<w:isLgl/><w:suff w:val="space"/>'),
            level(2, "decimal", "(%3)", '<w:lvlRestart w:val="0"/>'),
        )
        + num(1, 0)
        + num(2, 0)
        + num(3, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    )
    order = [(1, 0), (1, 1), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (3, 0), (3, 0), (3, 1), (0, 0)]
    document = read("".join(par("x", properties=numbered(*entry)) for entry in order), numbering=numbering)
    assert texts(document) == [
        "一、x", "1.1 x", "1.2 x", "(1) x", "二、x", "2.1 x", "(2) x", "一、x", "二、x", "2.1 x", "x",
    ]  # fmt: skip


def test_numbers_of_styles_and_of_numbering_styles(read) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        abstract(0, level(0, "decimal", "第%1章"), level(1, "decimal", "%1.%2", '<w:pStyle w:val="H2"/>'))
        + '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        + abstract(2, level(0, "upperLetter", "%1)"))
        + num(1, 0)
        + num(4, 1)
        + num(5, 2)
    )
    document = read(
        par("总则", properties='<w:pStyle w:val="H1"/>')
        + par("范围", properties='<w:pStyle w:val="H2"/>')
        + par("无号", properties='<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + par("甲", properties=numbered(4)),
        styles=styles,
        numbering=numbering,
    )
    assert texts(document) == ["第1章 总则", "1.1 范围", "无号", "A) 甲"]


@pytest.mark.parametrize(
    ("number_format", "numbers", "printed"),
    [
        ("decimalZero", (1, 12), "01 12"),
        ("chineseCounting", (9, 10, 11, 20, 99), "九 十 十一 二十 九十九"),
        (
            "chineseCountingThousand",
            (10, 21, 101, 110, 1010, 12345),
            "十 二十一 一百零一 一百一十 一千零一十 一万二千三百四十五",
        ),
        ("japaneseCounting", (10, 101, 120), "十 百一 百二十"),
        ("chineseLegalSimplified", (10, 25), "壹拾 贰拾伍"),
        ("ideographDigital", (7, 10, 25), "七 一〇 二五"),
        ("ideographTraditional", (1, 10, 11), "甲 癸 11"),
        ("upperRoman", (4, 9, 44), "IV IX XLIV"),
        ("lowerRoman", (3,), "iii"),
        ("upperLetter", (1, 26, 27), "A Z AA"),
        ("lowerLetter", (2, 28), "b bb"),
        ("decimalEnclosedCircle", (1, 20, 21), "① ⑳ ㉑"),
        ("decimalEnclosedParen", (1, 20, 21), "⑴ ⒇ 21"),
        ("decimalFullWidth", (12,), "１２"),
        ("none", (3,), ""),
        ("neverHeardOf", (3,), "3"),
    ],
)
def test_number_formats(read, number_format: str, numbers: tuple[int, ...], printed: str) -> None:
    lists = [
        abstract(n, level(0, number_format, "%1", '<w:suff w:val="nothing"/>', start=n)) + num(n, n) for n in numbers
    ]
    document = read(
        "".join(par("|", properties=numbered(n)) for n in numbers),
        numbering="".join(lists),
    )
    assert " ".join(text.removesuffix("|") for text in texts(document)) == printed


def test_bullets_are_printed_but_not_the_decoration_of_symbol_fonts(read) -> None:
    wingdings = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
    numbering = "".join(
        abstract(n, level(0, "bullet", text, font)) + num(n, n)
        for n, text, font in ((1, "●", ""), (2, "\uf06c", wingdings), (3, "\uf0fc", wingdings))
    )
    document = read("".join(par("x", properties=numbered(n)) for n in (1, 2, 3)), numbering=numbering)
    assert texts(document) == ["● x", "x", "✓ x"]
