"""What stands behind a title: order, version, date, issuing body, the short name defined there.

In: plain text (:mod:`pipeline.law.plain_text`) behind a title. Out: :class:`Note` with what was understood and its end.
Refuses: a bracket that cites on its own (《甲法》（第十条）, （《乙法》第三条）), which is left to the reader.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.law.citation import VersionNote
from pipeline.law.document_numbers import YEAR, DocumentNumber, alternatives, document_numbers
from pipeline.law.provisions import ORDINAL
from pipeline.text.numerals import number
from pipeline.vocabulary import Vocabulary, derived

_MARKED = "[《〈][^《》]{1,120}[》〉]"
_BRACKET = re.compile(rf"\(((?:[^()《》〈〉]|\([^()]{{0,40}}\)|{_MARKED})*)\)")
_HISTORY = re.compile(
    rf"{_MARKED}[^《》〈〉]{{0,12}}(?:修正|修订|修改|废止)|(?:公布|发布|通过|颁布)[^《》〈〉]{{0,40}}$"
)
_UNCLOSED = re.compile(rf"\(((?:(?!{ORDINAL})[^()《》〈〉。;:])*)")
_DEFINITION = re.compile('(?:以下|下)?(?:统?简)?称(?:为|作|:)?[“"《〈‘]?([^“”"《》〈〉‘’(),。;]{1,30})[”"》〉’]?')
_VERSION = re.compile(
    rf"({YEAR})年?(?:(\d{{1,2}})月(?:(\d{{1,2}})日)?)?(?:{_MARKED}|(?!{YEAR}年)[^,;。()《》〈〉]){{0,60}}?(修正|修订|修改)|(?<![关于])(修正|修订|修改)(?=[版本案稿)]|$)"
)
_DATE = re.compile(rf"({YEAR})年(\d{{1,2}})月(\d{{1,2}})日")
_AMENDED = re.compile(f"(?:{_MARKED})?(?:公布|发布|予以)?(?:第[一二三四五六七八九十]次)?(修正|修订|修改)")
_INLINE = re.compile(rf"({YEAR})年?(修正|修订|修改)(?:版|本)?")
_ISSUED = re.compile(
    r"([\u4e00-\u9fff、]{2,60})(?:第[一二三四五六七八九十〇零百0-9]+次会议)?(?:通过|发布|公布|颁布|制定|印发)"
)
_BEGINS = re.compile("[一(12二]")
_ARTICLE = re.compile(ORDINAL)


class Note(NamedTuple):
    """end: behind the note. number: the document number, if any. short: the name defined for later use."""

    end: int
    number: DocumentNumber | None = None
    version: VersionNote | None = None
    issuer: str | None = None
    short: str | None = None


@derived
def _body(vocabulary: Vocabulary) -> re.Pattern[str]:
    return re.compile(f"(?:{alternatives(vocabulary.citation_words['body_ending'])})$")


def note_in(text: str, at: int, vocabulary: Vocabulary) -> Note | None:
    """The note that begins at ``at``: a bracket, closed or not, or 2018年修正 without one. None where none does."""
    if not _BEGINS.match(text, at):
        return None
    if text[at] != "(":
        inline = _INLINE.match(text, at)
        return Note(inline.end(), version=VersionNote(inline[2], _year(inline[1]))) if inline else None
    bracket = _BRACKET.match(text, at) or _UNCLOSED.match(text, at)
    if bracket is None:
        return None
    start, end = bracket.span(1)
    defined = _DEFINITION.search(text, start, end)
    if defined is None and ("《" in bracket[1] or "〈" in bracket[1]) and not _HISTORY.search(bracket[1]):
        return None
    numbers = document_numbers(text, start, end, vocabulary)
    if not numbers and _ARTICLE.search(text, start, end):
        return None
    version, amending = _version(text, start, end, numbers)
    others = [found for found in numbers if found is not amending]
    chosen = others[0] if others else amending
    issued = _ISSUED.search(text, start, end)
    issuer = chosen.issuer if chosen and chosen.issuer else None
    if issuer is None and issued and _body(vocabulary).search(issued[1]):
        issuer = issued[1]
    return Note(bracket.end(), chosen, version, issuer, defined[1] if defined else None)


def version_in_title(title: str) -> tuple[str, VersionNote | None]:
    """A title without the version note that is printed inside its marks: 大气污染防治法(2018修正)."""
    if not title.endswith(")"):
        return title, None
    opening = title.rfind("(")
    version, _ = _version(title, opening + 1, len(title) - 1, [])
    return (title[:opening], version) if opening > 0 and version and version.kind else (title, None)


def _version(
    text: str, start: int, end: int, numbers: list[DocumentNumber]
) -> tuple[VersionNote | None, DocumentNumber | None]:
    """The version that text[start:end] names, and which of the numbers is the amending order."""
    for found in reversed(numbers):
        if amended := _AMENDED.match(text, found.end, end):
            years = re.findall(YEAR, text[start : found.end])
            return VersionNote(amended[1], _year(years[-1]) if years else None, None, found.text), found
    # Of a whole history (1988年通过，2002年修订，2016年修正) the last change is the version.
    noted = next(reversed([*_VERSION.finditer(text, start, end)]), None)
    if noted and noted[5]:
        return VersionNote(noted[5]), None
    if noted:
        day = _iso(noted[1], noted[2], noted[3]) if noted[3] else None
        return VersionNote(noted[4], _year(noted[1]), day), None
    dated = _DATE.search(text, start, end)
    return (VersionNote(None, _year(dated[1]), _iso(*dated.groups())) if dated else None), None


def _year(printed: str) -> int | None:
    return number(printed)


def _iso(year: str, month: str, day: str) -> str:
    return f"{number(year):04d}-{int(month):02d}-{int(day):02d}"
