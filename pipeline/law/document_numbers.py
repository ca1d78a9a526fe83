"""The grammar of orders and document numbers: 国务院令第412号, 令〔2019〕第10号, 赣府发〔2007〕15号, 2017年第8号.

In: plain text (:mod:`pipeline.law.plain_text`). Out: :class:`DocumentNumber` with the body or agency code in front.
Refuses: a number without anything that makes it one (15号楼), and a day of a month (5月27号).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.law.provisions import CHINESE, ORDINAL
from pipeline.vocabulary import Vocabulary, derived

YEAR = f"(?:(?:19|20)[0-9]{{2}}|[一二][九〇零][{CHINESE}]{{2}})"
_SERIAL = f"(?:[0-9]{{1,5}}|[{CHINESE}]{{1,8}})"
_BRACKETED_YEAR = rf"(?:〔{YEAR}年?〕|\({YEAR}年?\))"
_AFTER_KIND = rf"(?:{_BRACKETED_YEAR}|{YEAR}年?)?(?:\(第?{_SERIAL}号\)|第?{_SERIAL}号)"
# The part that makes it a number; the body or the agency code stands to its left.
KERNEL = (
    rf"令{_AFTER_KIND}"
    rf"|(?:公告|通告){_AFTER_KIND}"
    rf"|第?{_SERIAL}号(?:主席)?令"
    rf"|{_BRACKETED_YEAR}(?:第?{_SERIAL}号|[0-9]{{1,4}}(?![0-9]))"
    rf"|{YEAR}年?第{_SERIAL}号令?"
    rf"|(?<=发){YEAR}年?-?{_SERIAL}号"
)
_KERNEL = re.compile(KERNEL)
_YEAR_IN_BRACKETS = re.compile(rf"[〔(]({YEAR})年?[)〕]")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z、]{0,80}$")
_CODE_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,40}$")
_LEFTOVER = re.compile("(?:[年月日的]|经(?!济)|由(?=国务院)|发布|公布|颁布|印发)+")
_WAS = "原"


class DocumentNumber(NamedTuple):
    """An order or document number: its span in the plain text, its text, and the body that its wording names."""

    start: int
    end: int
    text: str
    issuer: str | None


class _Words(NamedTuple):
    lead_in: re.Pattern[str]
    body: re.Pattern[str]
    document: re.Pattern[str]


@derived
def _words(vocabulary: Vocabulary) -> _Words:
    words = vocabulary.citation_words
    long_bodies = [word for word in words["body_ending"] if len(word) > 2]
    long_instruments = [word for word in words["instrument"] if len(word) > 1]
    return _Words(
        re.compile(f"(?:{alternatives(words['lead_in'])})了?|{ORDINAL}(?:之[{CHINESE}])?"),
        re.compile(f"(?:{alternatives(words['body_ending'])})$"),
        re.compile(rf"(?:{alternatives((*long_bodies, *long_instruments))})(?=..)"),
    )


def alternatives(words: tuple[str, ...] | list[str]) -> str:
    """The body of a pattern that matches the longest of the words."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def document_numbers(text: str, start: int, end: int, vocabulary: Vocabulary) -> list[DocumentNumber]:
    """The numbers in text[start:end], in order."""
    found: list[DocumentNumber] = []
    at = start
    while match := _KERNEL.search(text, at, end):
        found.append(document_number(text, at, match, vocabulary))
        at = match.end()
    return found


def document_number(text: str, lowest: int, kernel: re.Match[str], vocabulary: Vocabulary) -> DocumentNumber:
    """The number around a match of ``KERNEL``; what stands to its left is looked for from ``lowest`` on."""
    at = kernel.start()
    issuer = None
    words = _words(vocabulary)
    if text[at] in "〔(" or text[at - 1 : at] == "发":
        start = _code_start(text, lowest, at, words)
    else:
        start = _body_start(text, lowest, at, words)
        named = text[start:at].removesuffix("公告").removesuffix("通告")
        issuer = named if words.body.search(named) else None
    spelled = _YEAR_IN_BRACKETS.sub(r"〔\1〕", text[start : kernel.end()])
    return DocumentNumber(start, kernel.end(), spelled.replace("(", "（").replace(")", "）"), issuer)


def _body_start(text: str, lowest: int, end: int, words: _Words) -> int:
    """Where the issuing bodies in front of an order begin: 国家质量监督检验检疫总局、信息产业部|令第24号."""
    run = _RUN.search(text, max(lowest, end - 80), end)
    start = _after_lead_in(text, run.start() if run else end, end, words)
    bodies = text[start:end].split("、")
    kept = end - len(bodies[-1])
    for body in reversed(bodies[:-1]):
        if not words.body.search(body):
            break
        kept -= len(body) + 1
    leftover = _LEFTOVER.match(text, kept, end)
    kept = leftover.end() if leftover else kept
    if text.startswith(_WAS, kept) and kept + 1 < end:
        kept += 1
    return kept


def _code_start(text: str, lowest: int, end: int, words: _Words) -> int:
    """Where the agency code in front of a bracketed year begins: 发改价格|〔2015〕1299号."""
    run = _CODE_RUN.search(text, max(lowest, end - 40), end)
    if run is None:
        return end
    start = _after_lead_in(text, run.start(), end, words)
    for longer in words.document.finditer(text, start, end):
        start = longer.end()
    leftover = _LEFTOVER.match(text, start, end)
    return leftover.end() if leftover else start


def _after_lead_in(text: str, start: int, end: int, words: _Words) -> int:
    for lead_in in words.lead_in.finditer(text, start, end):
        start = lead_in.end()
    leftover = _LEFTOVER.match(text, start, end)
    return leftover.end() if leftover else start
