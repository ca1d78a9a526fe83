"""Importing statutes: what is understood of a text, what goes into the workspace, and how it changes the verdicts."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st

from pipeline.law.citation import Citation
from pipeline.law.importing import EXPORT_COLUMNS, ImportReport, export_csv, export_json, import_files
from pipeline.law.own_library import OwnLibrary, OwnLibraryUnusable, open_library
from pipeline.law.statute import Article, Change, Level
from pipeline.law.statute_text import Doubt, StatuteText, read_statutes
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verdicts import Conclusion, verify

SHIPPED = StatuteLibrary()


def read_statute(lines: list[str], name: str = "") -> StatuteText:
    return read_statutes(lines, name)[0]


LOCAL = """云溪市城市绿化条例
（2018年8月29日云溪市第三届人民代表大会常务委员会第十次会议通过
　2018年9月21日江西省人民代表大会常务委员会批准
　根据2021年6月3日《关于修改〈云溪市城市绿化条例〉的决定》修正）
目　　录
第一章　总　则
第二章　附　则
第一章　总　则
第一条　为了城市绿化，制定本条例。
第二条　有下列情形之一的，由城市管理部门处罚：
（一）占用绿地的；
（二）砍伐树木，包括：
1.古树；
2.名木；
情节严重的，从重处罚；
（三）其他。
前款规定的处罚，由城市管理部门决定。
第二条之一　本条是后来增加的。
第二章　附　则
第三条　本条例自2018年12月1日起施行。1995年9月1日公布的《云溪市城市绿化管理办法》同时废止。
云溪市人民代表大会常务委员会办公室"""

RULE = """江西省人民政府令
第250号
《江西省气象灾害防御办法》已经2021年9月1日省人民政府第70次常务会议审议通过，现予公布，自2021年11月1日起施行。
省长　甲某某
2021年9月15日
江西省气象灾害防御办法
第一条　甲。
第二条　本办法自2021年11月1日起施行。
附件：表"""


def test_a_local_regulation_is_understood() -> None:
    text = read_statute(LOCAL.splitlines())
    assert text.heading.title == "云溪市城市绿化条例"
    assert text.heading.level is Level.LOCAL_REGULATION
    assert text.heading.issuer == "云溪市人民代表大会常务委员会"
    assert text.heading.history == ((date(2018, 8, 29), Change.ADOPTED), (date(2021, 6, 3), Change.AMENDED))
    assert [(article.key, article.shape) for article in text.articles] == [
        ((1, 0), Article((0,))),
        ((2, 0), Article((3, 0), subitems=True)),  # the paragraph inside item 2 is no paragraph of the article
        ((2, 1), Article((0,))),
        ((3, 0), Article((0,))),
    ]
    assert text.repeals == ("云溪市城市绿化管理办法",)
    assert text.remarks == ()


def test_an_order_above_the_title_gives_number_and_day() -> None:
    text = read_statute(RULE.splitlines())
    assert text.heading.title == "江西省气象灾害防御办法"
    assert text.heading.level is Level.LOCAL_RULE
    assert text.heading.orders == ((date(2021, 9, 15), "江西省人民政府令第250号"),)
    assert text.heading.published == date(2021, 9, 15)
    assert text.articles[-1].text == "本办法自2021年11月1日起施行。"


@pytest.mark.parametrize(
    ("heading", "title", "level"),
    [
        (
            "中华人民共和国\n测试法\n（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）",
            "中华人民共和国测试法",
            Level.LAW,
        ),
        ("测试条例\n（2004年6月29日中华人民共和国国务院令第412号公布）", "测试条例", Level.REGULATION),
        ("交通运输部令2016年第35号\n测试规定", "测试规定", Level.MINISTRY_RULE),
        (
            "最高人民法院关于测试的解释\n（2020年1月1日最高人民法院审判委员会第1次会议通过）",
            "最高人民法院关于测试的解释",
            Level.INTERPRETATION,
        ),
        ("# 测试办法", "测试办法", Level.OTHER),
    ],
)
def test_titles_and_levels(heading: str, title: str, level: Level) -> None:
    found = read_statute([*heading.splitlines(), "第一条　甲。"]).heading
    assert (found.title, found.level) == (title, level)


def test_the_name_of_the_file_gives_what_the_text_leaves_out() -> None:
    heading = read_statute(["第一条　甲。"], "中华人民共和国测试法_20190423.docx").heading
    assert (heading.title, heading.version_date) == ("中华人民共和国测试法", date(2019, 4, 23))


def test_gaps_are_told_and_references_are_no_articles() -> None:
    text = read_statute(["测试办法", "第一条　甲。", "第一条、第二条的规定除外。", "第三条　乙。"])
    assert Doubt.GAP in text.remarks
    assert [article.key for article in text.articles] == [(1, 0), (3, 0)]


HEADED = """云溪市城市管理条例
— 1 —
云溪市城市管理条例
（2020年5月1日云溪市第四届人民代表大会
常务委员会第三十次会议通过 2020年7月24日云溪省人民代表大会常务委员会批准）
目录
第一章 总则（1）
第二章 附则……3
第一章 总则
第一条 为了加强城市管理，保障公众
利益，制定本条例。
云溪市城市管理条例 2
第二条 禁止下列行为，依照
第三条处理：
（一）乱扔，包括第一条
（二）项所列的；
5
（二）乱画。
第 4 页 共 8 页
第二章 附则
第三条 本条例自2020年10月1日起施
行。
云溪市人民代表大会常务委员会办公室"""


def test_heads_of_pages_and_wrapped_lines_are_no_paragraphs() -> None:
    text = read_statute(HEADED.splitlines())
    assert text.heading.title == "云溪市城市管理条例"
    assert text.heading.issuer == "云溪市人民代表大会常务委员会"
    assert [article.shape for article in text.articles] == [Article((0,)), Article((2,)), Article((0,))]
    assert text.articles[0].text == "为了加强城市管理，保障公众利益，制定本条例。"
    assert text.closing == "本条例自2020年10月1日起施行。"


def test_a_line_that_stands_on_every_page_is_no_text() -> None:
    page = ["云溪市人民政府公报", "2020年第5期"]
    text = read_statute(["测试办法", "第一条 甲。", *page, "第二条 乙。", *page, "丙。", *page, "第三条 丁。"])
    assert [article.text.splitlines()[0] for article in text.articles] == ["甲。", "乙。", "丁。"]
    assert len(text.articles[1].text.splitlines()) == 2


def test_several_statutes_in_one_file_are_read_one_by_one() -> None:
    first, second, third = read_statutes([*LOCAL.splitlines(), "", *RULE.splitlines()[:-1], *LOCAL.splitlines()])
    assert [len(each.articles) for each in (first, second, third)] == [4, 2, 4]
    assert second.heading.title == "江西省气象灾害防御办法"
    assert second.heading.orders == ((date(2021, 9, 15), "江西省人民政府令第250号"),)
    attached = read_statutes([*RULE.splitlines(), "气象灾害分级标准", "第一条　甲。", "第二条　乙。"])
    assert [each.heading.title for each in attached] == ["江西省气象灾害防御办法"]


def test_items_may_be_numbered_with_digits() -> None:
    text = read_statute(
        ["测试办法", "第1条 甲：", "(1) 乙；", "(2) 丙。", "第2条 丁：", "（一）戊：", "（1）己；", "（2）庚。"]
    )
    assert [article.shape for article in text.articles] == [Article((2,)), Article((1,), subitems=True)]


lines = st.lists(
    st.text(max_size=40)
    | st.sampled_from([*LOCAL.splitlines(), *RULE.splitlines(), "第十条", "（一）", "1.", "附则", "同时废止《甲》。"]),
    max_size=30,
)


@given(lines)
def test_any_text_is_read_and_its_articles_stand_once(text: list[str]) -> None:
    found = read_statute(text, "".join(text)[:40])
    keys = [article.key for article in found.articles]
    assert len(keys) == len(set(keys))
    assert all(sum(article.shape.items) <= len(article.text.splitlines()) for article in found.articles)
    assert (Doubt.NO_ARTICLES in found.remarks) == (not keys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of statutes, good and odd ones."""
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    document = WordDocument()
    for line in LOCAL.splitlines():
        document.add_paragraph(line)
    document.save(str(source / "云溪市城市绿化条例_20210603.docx"))
    (source / "sub" / "气象.txt").write_bytes(RULE.encode("gb18030"))
    (source / "会议通知.txt").write_text("关于开会的通知\n请各单位参加。", "utf-8")
    (source / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    (source / "空.txt").write_bytes(b"")
    (source / "~$锁.docx").write_bytes(b"x")
    return source


def imported(folder: Path, own: OwnLibrary) -> dict[str, ImportReport]:
    return {report.file: report for report in import_files([folder], own, SHIPPED)}


def test_a_folder_is_imported_and_says_what_it_understood(folder: Path, tmp_path: Path) -> None:
    own = OwnLibrary(tmp_path / "statutes")
    reports = imported(folder, own)
    assert {name: report.reason for name, report in reports.items() if not report.taken} == {
        "会议通知.txt": "no_statute",
        "坏.docx": "wrong_kind",
        "空.txt": "empty",
    }
    report = reports["云溪市城市绿化条例_20210603.docx"]
    assert (report.articles, report.paragraphs, report.items) == (4, 5, 3)
    assert (report.version_date, report.effective, report.effective_sure) == (date(2021, 6, 3), date(2021, 6, 3), False)
    assert report.repeals == ("云溪市城市绿化管理办法",)
    rule = reports["sub/气象.txt"]
    assert (rule.level, rule.effective, rule.effective_sure) == (Level.LOCAL_RULE, date(2021, 11, 1), True)
    assert own.article_text("local-云溪市城市绿化条例", date(2021, 6, 3), (2, 1)) == "本条是后来增加的。"
    assert own.article_text("local-云溪市城市绿化条例", date(2021, 6, 3), (9, 0)) is None


def judged(library: StatuteLibrary, title: str, article: int, item: int | None = None) -> Conclusion:
    cited = Citation("", 0, 0, title=title, article=article, item=item)
    return verify(cited, library, date(2026, 1, 1)).conclusion


def test_imported_statutes_are_judged(folder: Path, tmp_path: Path) -> None:
    own = OwnLibrary(tmp_path / "statutes")
    assert judged(open_library(own.folder, SHIPPED), "云溪市城市绿化条例", 2) is Conclusion.NOT_HELD
    imported(folder, own)
    library = open_library(own.folder, SHIPPED)
    assert judged(library, "云溪市城市绿化条例", 2, 3) is Conclusion.VALID
    assert judged(library, "云溪市城市绿化条例", 2, 4) is Conclusion.NO_SUCH_PROVISION
    assert judged(library, "云溪市城市绿化管理办法", 1) is Conclusion.REPEALED
    assert judged(library, "行政许可法", 12) is Conclusion.VALID


def test_an_imported_repeal_ends_a_shipped_statute_and_an_import_replaces_the_shipped_text(tmp_path: Path) -> None:
    source = tmp_path / "新法.md"
    source.write_text(
        "# 北京市中医药条例\n（2025年5月1日北京市第十六届人民代表大会常务委员会第一次会议通过）\n"
        "第一条 甲。\n第二条 本条例自2025年7月1日起施行。《北京市专利保护和促进条例》同时废止。\n",
        "utf-8",
    )
    own = OwnLibrary(tmp_path / "statutes")
    (report,) = import_files([source], own, SHIPPED)
    library = open_library(own.folder, SHIPPED)
    assert report.statute_id == "local-北京市中医药条例"
    assert judged(library, "北京市中医药条例", 2) is Conclusion.VALID
    assert judged(library, "北京市中医药条例", 3) is Conclusion.NO_SUCH_PROVISION
    assert judged(library, "北京市专利保护和促进条例", 1) is Conclusion.REPEALED
    assert judged(SHIPPED, "北京市中医药条例", 3) is Conclusion.UNVERIFIED


def test_importing_twice_changes_nothing_and_the_library_can_be_exported(folder: Path, tmp_path: Path) -> None:
    own = OwnLibrary(tmp_path / "statutes")
    imported(folder, own)
    first = own.statutes()
    imported(folder, own)
    assert own.statutes() == first
    rows = list(csv.DictReader(io.StringIO(export_csv(own))))
    assert tuple(rows[0]) == EXPORT_COLUMNS
    assert [(row["statute_id"], row["articles"]) for row in rows] == [
        ("lgr-江西省气象灾害防御办法", "2"),
        ("local-云溪市城市绿化条例", "4"),
    ]
    assert [record["title"] for record in json.loads(export_json(own))] == [
        "江西省气象灾害防御办法",
        "云溪市城市绿化条例",
    ]


def test_a_damaged_library_names_its_file(tmp_path: Path) -> None:
    own = OwnLibrary(tmp_path)
    own.file.write_bytes(b"no database at all, and long enough to be taken for one" * 40)
    with pytest.raises(OwnLibraryUnusable, match=r"library\.sqlite"):
        own.statutes()
    own.file.unlink()
    with sqlite3.connect(own.file) as database:
        database.execute("CREATE TABLE statute (id TEXT, record TEXT)")
        database.execute("INSERT INTO statute VALUES ('x', '{}')")
    with pytest.raises(OwnLibraryUnusable, match=r"library\.sqlite"):
        own.statutes()
