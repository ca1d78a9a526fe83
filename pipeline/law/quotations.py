"""Where an article quoted in full ends: what stands inside belongs to the law's text, not to the power.

In: plain text (:mod:`pipeline.law.plain_text`) and the place behind a cited provision. Out: the end of the quotation
that begins there, or None where none begins. Refuses: to take a clause such as 根据…第十条规定，… for a quotation.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.law.document_numbers import KERNEL, alternatives
from pipeline.law.plain_text import PlainText
from pipeline.law.provisions import NUMBER, ORDINAL, provisions
from pipeline.law.titles import THIS, TRIAL, instruments
from pipeline.vocabulary import Vocabulary, derived

_STATED = "(?:的?(?:明确|具体)?规定|之规定|明确|指出|要求|内容|条文|原文)?(?:如下|为)?"
_STRONG = re.compile(rf"[,]?{_STATED}(?::|(?=[“\"‘]))")
_WEAK = re.compile("(?:规定了?,|[。]?)(?=[\u4e00-\u9fff])")
_CARRIES_ON = re.compile("[的之等和及与或并款项]|以及|规定(?!,)|执行|办理|实施|附[件录表]|中的")
# What follows the number of an article that a sentence only refers to: 第三条所称…, 第十条第二款的….
_REFERS = re.compile("[的所之中第前和及与或、,;。:至到]|以外|规定|以及|或者|$")
_CLAUSE = re.compile("[^《〈,。;:]*")
_SHORTEST_PROSE = 10  # characters; a shorter rest (第十条罚款) is a remark, not an article quoted in full
_MARKER = (
    r"(?:[0-9]{1,2}[.、)]|\([0-9]{1,2}\)|[①-⒛]|[一二三四五六七八九十]{1,3}(?:[、.]|是)"
    r"|\([一二三四五六七八九十]{1,3}\)|[●•■◆※*-])?(?:〔[\u4e00-\u9fff]{2,8}〕)?"
)
_ENTRY_MARK = re.compile(r"[0-9]{1,2}[.、]|〔[\u4e00-\u9fff]")  # heads an entry of the cell's own list
_CLOSING = {"“": "”", "‘": "’", '"': '"'}
_SENTENCE_END = re.compile('[。;”"!]')
_ARTICLE_HEADING = re.compile(rf"第{NUMBER}条(?:之{NUMBER})?")


class _Patterns(NamedTuple):
    """What tells a quotation from a clause.

    lead_in: ends with 根据 and the like. citation: what begins a citation of the power after a sentence; line: what
    does so at the head of a line only. named: a clause that cites a law without marks. law: a clause that may be the
    name of one; no_title: what stands in prose and in no title.
    """

    lead_in: re.Pattern[str]
    citation: re.Pattern[str]
    line: re.Pattern[str]
    named: re.Pattern[str]
    law: re.Pattern[str]
    no_title: re.Pattern[str]


@derived
def _patterns(vocabulary: Vocabulary) -> _Patterns:
    words = vocabulary.citation_words
    inner = "[^《》〈〉]"
    nested = rf"{inner}{{0,150}}[《〈]{inner}{{2,150}}[》〉]{inner}{{0,60}}"
    title = rf"[《〈](?:{inner}{{2,150}}|{nested})[》〉](?:第|\(|《|$|[、:]|{_MARKER}《)"
    named = rf"(?<!{THIS})(?:{instruments(words['instrument'])}){TRIAL}{ORDINAL}"
    return _Patterns(
        lead_in=re.compile(f"(?:{alternatives(words['lead_in'])})了?$"),
        citation=re.compile(rf"{_MARKER}(?:{title}|(?P<own>(?:{ORDINAL})+){_STATED}[:“\"])"),
        line=re.compile(
            rf"{_MARKER}(?:[\u4e00-\u9fff、]{{1,60}}?(?:《{inner}{{2,80}}》[\u4e00-\u9fff]{{0,40}}?)?{named}|[\u4e00-\u9fff]{{2,20}}?(?:{KERNEL})|{title})"
        ),
        named=re.compile(named),
        law=re.compile(
            rf"[\u4e00-\u9fff、]{{3,60}}(?:{instruments(words['law'])}){TRIAL}[的之]?(?:规定)?(?:执行|办理)?"
        ),
        no_title=re.compile(f"{alternatives((*words['lead_in'], *words['generic']))}|由"),
    )


def quotation_end(plain: PlainText, start: int, at: int, article: int | None, vocabulary: Vocabulary) -> int | None:
    """The end of the quotation that begins at ``at``, right behind a cited provision; None where none begins.

    start: where the citation begins. article: the number of the provision, which the quotation may open with again.
    """
    text = plain.text
    patterns = _patterns(vocabulary)
    strong = _STRONG.match(text, at)
    begin = strong.end() if strong else _weak_begin(plain, start, at, patterns)
    if begin is None or begin >= len(text):
        return begin
    closed = _closed(text, begin)
    return closed if closed is not None else _next_citation(plain, begin, article, patterns)


def _weak_begin(plain: PlainText, start: int, at: int, patterns: _Patterns) -> int | None:
    """Where running text without a colon begins that can only be the article's own."""
    text = plain.text
    weak = _WEAK.match(text, at)
    if weak is None or (at in plain.breaks and patterns.line.match(text, at)):
        return None
    if (weak.end() == at and _CARRIES_ON.match(text, at)) or patterns.lead_in.search(text, max(0, start - 8), start):
        return None
    clause = _CLAUSE.match(text, weak.end())
    if clause is None or patterns.named.search(clause[0]) or _names_laws(clause[0], patterns):
        return None
    rest = re.compile("[^《〈]*").match(text, weak.end())
    return weak.end() if rest and len(rest[0]) >= _SHORTEST_PROSE else None


def _names_laws(clause: str, patterns: _Patterns) -> bool:
    """Whether a clause is the name of a law cited without article, behind the articles of another one."""
    return patterns.law.fullmatch(clause) is not None and not patterns.no_title.search(clause)


def _closed(text: str, begin: int) -> int | None:
    """The end of one quotation in marks, or of several in a row; None where a mark is missing."""
    end = None
    while begin < len(text) and (closing := _CLOSING.get(text[begin])):
        match = _balanced(text, begin, closing)
        if match is None:
            return end
        begin = end = match
    return end


def _balanced(text: str, begin: int, closing: str) -> int | None:
    opening, depth = text[begin], 1
    for at in range(begin + 1, len(text)):
        if text[at] == closing:
            depth -= 1
            if not depth:
                return at + 1
        elif text[at] == opening:
            depth += 1
    return None


def _next_citation(plain: PlainText, begin: int, article: int | None, patterns: _Patterns) -> int:
    """Where the next citation of the power begins after text[begin:], which no closing mark ends."""
    text = plain.text
    sentence_ends = {match.end() for match in _SENTENCE_END.finditer(text, begin)}
    lines = {place for place in plain.breaks if place >= begin}
    for place in sorted(sentence_ends | lines):
        match = patterns.citation.match(text, place)
        if match is None and (place in lines or _ENTRY_MARK.match(text, place)):
            match = patterns.line.match(text, place)
        if match is None:
            match = _heading(plain, place)
        if match and not (place == begin and article is not None and _opens_with(text, place, article)):
            return place
    return len(text)


def _opens_with(text: str, place: int, article: int) -> bool:
    found, _ = provisions(text, place)
    return bool(found) and found[0].article == article


def _heading(plain: PlainText, place: int) -> re.Match[str] | None:
    """第二十一条 at the head of a sentence, and then the article: the next one of a law quoted in full."""
    match = _ARTICLE_HEADING.match(plain.text, place)
    if match is None:
        return None
    return match if match.end() in plain.gaps or not _REFERS.match(plain.text, match.end()) else None
