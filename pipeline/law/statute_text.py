"""The text of a statute → its title, history, articles, paragraphs, items and repeals: the grammar of statutes.

In: the lines of one statute as the national database hands them out (a paragraph a line, blank lines allowed). Out:
:class:`StatuteText`. Refuses nothing: what is not understood is named in ``remarks``; a text without articles has none.

Counting rule: each natural paragraph is a 款; （一）… are items (项) of the paragraph before them; text after the items
is a new 款, unless the list goes on behind it; 1. and （1） below （一） are sub-items.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.law.statute import Article, ArticleKey
from pipeline.law.statute_heading import Heading, read_heading
from pipeline.law.statute_lines import APPENDIX, ARTICLE, CONTENTS, DIVISION, ITEM, SUBITEM, statutes_in
from pipeline.law.statute_titles import folded
from pipeline.text.numerals import number

_CHINESE_ITEM = re.compile("\\s*[（(]\\s*[〇零一二三四五六七八九十百]")
_IN_FORCE = re.compile("起(?:正式)?(?:施行|实施|生效|执行)")
_ENDS = re.compile("同时(?:予以)?废止|即行废止|停止(?:执行|施行)|同时失效|予以废止|自行废止")
_IS_PROSE = re.compile(r"[。；：:;]$")  # behind the closing article, what ends otherwise is a signature or an annex
_SENTENCE = re.compile("[^。；;]+[。；;]?")
_TITLE = re.compile("《((?:[^《》]|《[^《》]*》)+)》")
_LINES = 60_000  # of one statute; the longest code has five thousand


class Doubt(StrEnum):
    """What the reader of a statute could not make out; keys of ``law.import.…``."""

    NO_TITLE = "no_title"
    NO_ARTICLES = "no_articles"
    NO_DATE = "no_date"
    GAP = "gap"  # article numbers skip or go back
    CUT = "cut"  # beyond the bound on lines


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article: its number, shape, and text, a line a natural paragraph or item, without its number."""

    key: ArticleKey
    shape: Article
    text: str


@dataclass(frozen=True, slots=True)
class StatuteText:
    """What a text says of itself. repeals: titles that its closing articles repeal, as printed.

    closing: text of the article that says from when it holds, "" if none.
    """

    heading: Heading
    articles: tuple[ArticleText, ...]
    repeals: tuple[str, ...] = ()
    closing: str = ""
    remarks: tuple[Doubt, ...] = ()

    @property
    def complete(self) -> bool:
        """Article numbers run from 1 without a gap."""
        return Doubt.GAP not in self.remarks


def read_statutes(lines: list[str], name: str = "") -> tuple[StatuteText, ...]:
    """The statutes that the lines print, one after another; of a file without any the one that has no articles.

    name: of the file, for what the text of the only one leaves out.
    """
    cut = len(lines) > _LINES
    each = statutes_in(lines[:_LINES])
    return tuple(_read(text, name if len(each) == 1 else "", cut=cut and text is each[-1]) for text in each)


def _read(kept: list[str], name: str, *, cut: bool) -> StatuteText:
    first = next((i for i, line in enumerate(kept) if ARTICLE.match(line)), len(kept))
    heading = read_heading(_above(kept[:first]), name)
    articles = _articles(kept[first:])
    closing = next((a.text for a in reversed(articles[-4:]) if _IN_FORCE.search(a.text)), "")
    doubts = (
        (Doubt.NO_TITLE, not heading.title),
        (Doubt.NO_ARTICLES, not articles),
        (Doubt.NO_DATE, not heading.history and heading.published is None),
        (Doubt.GAP, _has_gap(articles)),
        (Doubt.CUT, cut),
    )
    return StatuteText(
        heading,
        articles,
        _repeals(articles, heading.title),
        closing,
        tuple(doubt for doubt, holds in doubts if holds),
    )


def _above(lines: list[str]) -> list[str]:
    """What stands above the first article, without table of contents and division headings."""
    contents = next((i for i, line in enumerate(lines) if CONTENTS.match(line)), len(lines))
    return [line for line in lines[:contents] if not DIVISION.match(line)]


def _articles(lines: list[str]) -> tuple[ArticleText, ...]:
    blocks: list[tuple[ArticleKey, list[str]]] = []
    closed = False
    for line in lines:
        match = ARTICLE.match(line)
        if match and (value := number(match[1])) is not None:
            key = (value, number(match[2]) or 0 if match[2] else 0)
            if closed and key <= blocks[-1][0]:
                break  # an attached instrument counts its articles anew
            blocks.append((key, [line[match.end() :].strip()] if line[match.end() :].strip() else []))
            closed = bool(_IN_FORCE.search(line))
        elif APPENDIX.match(line) and blocks and _IN_FORCE.search("".join(blocks[-1][1])):
            break
        elif blocks and not DIVISION.match(line) and not (closed and not _IS_PROSE.search(line)):
            blocks[-1][1].append(line)
            closed |= bool(_IN_FORCE.search(line))
    return tuple(_article(key, block) for key, block in _once(blocks))


def _once(blocks: list[tuple[ArticleKey, list[str]]]) -> list[tuple[ArticleKey, list[str]]]:
    """Every number once; the second of a number is a quotation or a misprint and stays with the first's text."""
    found: dict[ArticleKey, list[str]] = {}
    for key, block in blocks:
        found.setdefault(key, []).extend(block)
    return list(found.items())


def _article(key: ArticleKey, lines: list[str]) -> ArticleText:
    items: list[int] = []
    subitems = doubtful = False
    in_list = False
    chinese = any(_CHINESE_ITEM.match(line) and ITEM.match(line) for line in lines)  # else （1） heads items itself
    for at, line in enumerate(lines):
        marker = ITEM.match(line)
        is_item = bool(marker) and (bool(_CHINESE_ITEM.match(line)) or not (in_list and chinese))
        if is_item and items:
            items[-1] += 1
            doubtful |= marker is not None and number(marker[1]) != items[-1]
            in_list = True
        elif in_list and SUBITEM.match(line):
            subitems = True
        elif in_list and _goes_on(lines[at + 1 :], items[-1]):
            continue
        else:
            items.append(0)
            in_list = False
    return ArticleText(key, Article(tuple(items) or (0,), subitems, doubtful), "\n".join(lines))


def _goes_on(lines: list[str], last: int) -> bool:
    """Whether the list of items goes on behind a line: the next item is the one after the last."""
    marker = next((match for line in lines if (match := ITEM.match(line))), None)
    return marker is not None and last > 0 and number(marker[1]) == last + 1


def _has_gap(articles: tuple[ArticleText, ...]) -> bool:
    numbers = [article.key[0] for article in articles if not article.key[1]]
    return bool(numbers) and numbers != list(range(1, len(numbers) + 1))


def _repeals(articles: tuple[ArticleText, ...], title: str) -> tuple[str, ...]:
    """The titles in the sentences of the last articles that end something; a title that the statute bears is none."""
    found: dict[str, None] = {}
    for article in articles[-4:]:
        for sentence in _SENTENCE.findall(article.text):
            end = _ENDS.search(sentence)
            for each in _TITLE.finditer(sentence) if end else ():
                found[each[1]] = None
    return tuple(each for each in found if folded(each) != folded(title))
