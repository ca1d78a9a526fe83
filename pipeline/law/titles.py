"""The grammar of titles: 《…》 and 〈…〉, unclosed marks, and laws named without marks.

In: plain text (:mod:`pipeline.law.plain_text`) and a Vocabulary. Out: :class:`Title`. Refuses: what stands in marks and
is no instrument (《营业执照》) and words that end like a law and are none (有关规定, 依法, 违法).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.law.document_numbers import alternatives
from pipeline.law.provisions import NUMBER, ORDINAL
from pipeline.vocabulary import Vocabulary, derived

OPENER = "[《〈]"
# What belongs to a title behind its last word: （试行）, and the number of an interpretation.
TRIAL = (
    r"(?:\((?:试行|暂行|草案|试点)\)|(?<=解释|规定|正案|意见)\([一二三四五六七八九十]{1,3}\)"
    r"|(?<=正案)\([12][0-9]{3}年?\))?"
)
# 本法, 该法, 同法; not 基本法, 应该, 合同法.
THIS = "(?:(?<![基日根资成版样标])本|(?<!应)该|(?<![合共协等])同)"
_LONGEST = 150  # characters; omnibus decisions reach a hundred
_LONGEST_SEGMENT = 400  # characters without punctuation that may list laws; more is no text
_SIMPLE = re.compile(rf"[《〈]{{1,2}}([^《》〈〉]{{1,{_LONGEST}}})[》〉]{{1,2}}")
_NESTED = re.compile(
    rf"[《〈]([^《》〈〉]{{0,{_LONGEST}}}(?:[《〈][^《》〈〉]{{1,{_LONGEST}}}[》〉][^《》〈〉]{{0,{_LONGEST}}}){{1,6}})[》〉]"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_PROSE = re.compile("[。;!?]")
_ARTICLE = re.compile(ORDINAL)
_UNCLOSED_END = re.compile(rf"[《》〈〉。;,:!?]|{ORDINAL}|\((?!试行|暂行|[一二三四五六七八九十]{{1,3}}\)第)")
# Quotation marks and brackets inside a title without marks: “三同时”, 区县（自治县）; （一） heads an item of a list.
_INSIDE = r"“[^“”]{1,12}”|(?<=[\u4e00-\u9fff])\((?![一二三四五六七八九十]+\))[\u4e00-\u9fff]{1,4}\)(?=[\u4e00-\u9fff])"
_BOUNDARY = re.compile(rf"(?:[^|,;。:!?《》〈〉〔〕\"“”()]|{_INSIDE})*$")
_MARKER = re.compile(
    r"(?:[0-9]{1,2}[.、)]|\([0-9]{1,2}\)|[①-⒛]|[一二三四五六七八九十]{1,3}(?:[、.]|是)|\([一二三四五六七八九十]{1,3}\)|[●•■◆※*-])+"
)
_STATE = "中华人民共和国"
_ABOUT = "关于"
# 关于适用某法和某条例若干问题的规定 names laws inside, and goes on until an instrument that closes such a title.
_ABOUT_ENDS = re.compile("(?:的|若干|暂行|实施|管理)(?:规定|办法|细则|规则|决定)$")
# 违反土地管理规定行为处分办法 is a title; 违反文明行为促进条例 is not.
_ON_BREACHES = re.compile("违反[\u4e00-\u9fff]{2,40}行为[\u4e00-\u9fff]{0,6}(?:处分|处罚|处理|惩处)")


class Title(NamedTuple):
    """A title: its span with marks (start, end) and without (inner, inner_end) in the plain text."""

    start: int
    end: int
    inner: int
    inner_end: int


class Grammar(NamedTuple):
    """What of the grammar rests on the words of vocab/citation_words.csv."""

    head: str  # a pattern: the end of a bare title, its closing mark if that is all it has, where an article follows
    ends: re.Pattern[str]  # the text ends with an instrument
    instrument: re.Pattern[str]
    back_reference: re.Pattern[str]  # 本法, 该条例, or 条例 alone
    law_end: re.Pattern[str]
    notice: re.Pattern[str]
    joined: re.Pattern[str]  # 以及: joins wherever a clause begins with it, as 和 need not (和田地区…条例)
    opening: re.Pattern[str]
    outer_head: re.Pattern[str]  # 关于印发, 某省实施: the title began in front of the marks
    outer_tail: re.Pattern[str]  # 的通知, 办法: and goes on behind them
    region: re.Pattern[str]
    supplement: re.Pattern[str]  # 实施条例 behind 《某法》
    own: re.Pattern[str]  # 及其实施细则 behind a law: a second one, named after the first
    lead_in: re.Pattern[str]
    connector: re.Pattern[str]
    trailer: re.Pattern[str]
    separator: re.Pattern[str]
    generic: re.Pattern[str]
    state: re.Pattern[str]
    certificate: tuple[str, ...]
    inner_verb: tuple[str, ...]  # 实施中华人民共和国…: the name of the state stands inside the title
    not_law: frozenset[str]
    law: tuple[str, ...]  # 公司法, 水法: laws although they end like no law, or are short


def instruments(words: tuple[str, ...]) -> str:
    """The body of a pattern that matches one of the instruments; 法 is none in 法院, 法律, 法规."""
    return re.sub(r"(?<=\|)法(?=\||$)", "法(?![院律规官庭])", alternatives(words))


@derived
def grammar(vocabulary: Vocabulary) -> Grammar:
    """The patterns of the titles, from the words of a vocabulary."""
    words = vocabulary.citation_words
    instrument = instruments(words["instrument"])
    law = instruments(words["law"])
    article = rf"(?:\([^()]{{1,40}}\))?(?:{ORDINAL}|{NUMBER}条(?![例件]))"
    return Grammar(
        head=rf"(?:{instrument}){TRIAL}[》〉”]?(?={article})",
        ends=re.compile(rf"(?:{instrument}){TRIAL}$"),
        instrument=re.compile(rf"(?:{instrument}){TRIAL}"),
        back_reference=re.compile(rf"(?:(?:{THIS}|上述|前述|此)(?:部|个)?|^)({instrument})$"),
        law_end=re.compile(f"(?:{law}){TRIAL}"),
        notice=re.compile(f"(?:{alternatives(words['notice'])}){TRIAL}"),
        opening=re.compile(rf"(?:[本我对][\u4e00-\u9fff]{{1,10}})?(?:{alternatives(words['opening'])})"),
        joined=re.compile(rf"(?:{alternatives([word for word in words['connector'] if len(word) > 1])})+"),
        outer_head=re.compile(
            r"[\u4e00-\u9fff、]{0,60}(?:转发|批转|印发|关于[\u4e00-\u9fff]{0,6}|[\u4e00-\u9fff]{2}(?:实施|执行|施行))$"
        ),
        outer_tail=re.compile(
            rf"[\u4e00-\u9fff、]{{0,40}}?(?:{alternatives(words['notice'])}){TRIAL}(?=[第(,;。:、|》〉]|{NUMBER}条|$)"
        ),
        region=re.compile(f"[\u4e00-\u9fff]{{1,12}}(?:{alternatives(words['region_ending'])})$"),
        supplement=re.compile(
            rf"(?:(?:(?![第条款项及其和与])[\u4e00-\u9fff]){{0,6}}(?:实施|施行)(?:[\u4e00-\u9fff]{{0,2}}))(?:条例|细则|办法|规定|规则|意见){TRIAL}|若干规定"
        ),
        own=re.compile(rf"[、和及与]?其((?:实施|施行)(?:条例|细则|办法|规定|规则){TRIAL})"),
        lead_in=re.compile(f"(?:{alternatives(words['lead_in'])})了?"),
        connector=re.compile(f"(?:[的之]?(?:有关|相关)?规定)?(?:{alternatives(words['connector'])}|、)+"),
        trailer=re.compile(
            r"(?:的|之|等|中)*(?:有关|相关|具体)?(?:法律|法规|规章)?(?:规定|要求|精神|内容)?(?:执行|办理|实施)?"
        ),
        separator=re.compile("(?:(?<=法)|(?<=条例|办法|规定|细则|规则))(?:[、和及与或]|以及)"),
        generic=re.compile(
            f"{alternatives(words['generic'])}|(?<![基日根资成版样标])本(?:{instrument})|该(?:{instrument})"
        ),
        state=re.compile(
            rf"{_STATE}[\u4e00-\u9fff、]{{1,40}}?(?:法典|法(?![律规院人定治官庭法])|条例)"
            rf"(?:[\u4e00-\u9fff]{{0,10}}实施(?:条例|细则|办法|规定)|通则|总则|修正案)?{TRIAL}"
        ),
        certificate=tuple(words["certificate"]),
        inner_verb=tuple(words["inner_verb"]),
        not_law=frozenset(words["not_law_word"]),
        law=tuple(words["law_word"]),
    )


def marked_title(text: str, at: int, known: Grammar) -> Title | None:
    """The title whose opening mark stands at ``at``, closed or not; None where it is no title."""
    match = _SIMPLE.match(text, at)
    nested = _NESTED.match(text, at)
    # 《《某条例》实施办法》 opens with two marks too, but <<某条例>> closes with two.
    within = nested is not None and match is not None and match.end() < nested.end() and match.start(1) > at + 1
    if match and not within and _sane(match[1]):
        return Title(*match.span(), *match.span(1)) if _HAN.search(match[1]) else None
    if nested and not known.ends.search(re.split("[《〈]", nested[1], maxsplit=1)[0]) and _sane(nested[1]):
        return Title(*nested.span(), *nested.span(1))
    return _unclosed(text, at, known)


def _sane(inner: str) -> bool:
    """Not prose that a missing mark swallowed; a title may quote an article only when it is about it."""
    return not _PROSE.search(inner) and (_ABOUT in inner or not _ARTICLE.search(inner))


def _unclosed(text: str, at: int, known: Grammar) -> Title | None:
    """The title after an opening mark that is never closed: up to the article, bracket or sign that follows it."""
    inner = at + 1
    inner += text[inner : inner + 1] in ("《", "〈")
    limit = min(len(text), inner + _LONGEST)
    stop = _UNCLOSED_END.search(text, inner, limit)
    end = stop.start() if stop else limit
    if not known.ends.search(text[inner:end]):
        cut = max((found.end() for found in known.instrument.finditer(text, inner, end)), default=inner)
        # Before an article whatever the mark opens is a title: 《卫生行政处罚程序第二十三条.
        end = end if cut == inner and stop and _ARTICLE.match(stop[0]) else cut
    return Title(at, end, inner, end) if end - inner > 1 else None


def whole_title(text: str, lowest: int, title: Title, known: Grammar) -> Title:
    """The title that marked words are only a part of: 关于印发《…》的通知, 某省实施《…法》办法, 《…法》实施细则."""
    tail = known.outer_tail.match(text, title.end)
    head = known.outer_head.search(text, max(lowest, title.start - 80), title.start) if tail else None
    if tail and head:
        start = unintroduced(text, head.start(), title.start, lowest, known)
        return Title(start, tail.end(), start, tail.end())
    supplement = known.supplement.match(text, title.end)
    if supplement is None:
        return title
    region = known.region.search(text, max(lowest, title.start - 20), title.start)
    start = unintroduced(text, region.start(), title.start, lowest, known) if region else title.start
    return Title(start, supplement.end(), start if region else title.inner, supplement.end())


def unintroduced(text: str, start: int, end: int, lowest: int, known: Grammar) -> int:
    """Where text[start:end] begins behind 根据, 和 and the like."""
    for lead_in in known.lead_in.finditer(text, start, end):
        start = lead_in.end()
    return _after_opening(text, start, end, lowest, known)


def is_certificate(title: str, known: Grammar) -> bool:
    """What the marks hold is a paper that a body issues or receives, and no instrument."""
    return title.endswith(known.certificate) and not known.ends.search(title)


def bare_title(text: str, lowest: int, end: int, known: Grammar) -> Title | None:
    """The title without marks that ends at ``end``, where an article or number follows; None where it is no title."""
    boundary = _BOUNDARY.search(text, max(lowest, end - _LONGEST), _before_trial(text, end))
    start = boundary.start() if boundary else end
    start = _from_head(text, start, end, lowest, known)
    name = text[start:end]
    if len(name) < 2 or name in known.not_law:
        return None
    return Title(start, end, start, end)


def _before_trial(text: str, end: int) -> int:
    return text.rfind("(", 0, end) if text[end - 1] == ")" else end


def _from_head(text: str, start: int, end: int, lowest: int, known: Grammar) -> int:
    """Where a bare title begins in text[start:end]: after markers, lead-ins, and a law that is listed before it."""
    marker = _MARKER.match(text, start, end)
    start = marker.end() if marker else start
    for lead_in in known.lead_in.finditer(text, start, end):
        start = lead_in.end() if not _ON_BREACHES.match(text, lead_in.start(), end) else lead_in.start()
    start = _after_opening(text, start, end, lowest, known)
    for separator in known.separator.finditer(text, start, end):
        listed = text[start : separator.start()]
        if _ABOUT not in listed or _ABOUT_ENDS.search(listed):
            start = separator.end()
    state = text.rfind(_STATE, start, end)
    if state > start and not text[start:state].endswith(known.inner_verb):
        start = state
    return start


def listed_titles(text: str, start: int, end: int, known: Grammar, *, numbered: bool) -> list[Title]:
    """The laws that text[start:end], a stretch without marks or articles, names: 行政许可法、城乡规划法的规定.

    numbered: a document number follows at once, so that whatever ends like an instrument is one.
    """
    if end - start < 2 or not known.instrument.search(text, start, end):
        return []
    found: list[Title] = []
    for segment in re.finditer("[^|,;。:!?〔〕]+", text[start:end]):
        stop = start + segment.end()
        at = max(start + segment.start(), stop - _LONGEST_SEGMENT)
        found += _in_segment(text, at, stop, start, known, numbered and stop == end)
    return found


def _in_segment(text: str, start: int, end: int, lowest: int, known: Grammar, numbered: bool) -> list[Title]:
    marker = _MARKER.match(text, start, end)
    start = marker.end() if marker else start
    for lead_in in known.lead_in.finditer(text, start, end):
        start = lead_in.end() if not _ON_BREACHES.match(text, lead_in.start(), end) else lead_in.start()
    start = _after_opening(text, start, end, lowest, known)
    if numbered:
        end = end - 1 if text[end - 1] == "(" else end
        name = text[start:end]
        fits = known.ends.search(name) and len(name) > 3 and not known.back_reference.search(name)
        return [Title(start, end, start, end)] if fits else []
    return _notices(text, start, end, known) or _laws(text, start, end, known)


def _after_opening(text: str, start: int, end: int, lowest: int, known: Grammar) -> int:
    """Behind a 和 that joins the title to what was read before, and behind a verb such as 执行."""
    joining = known.connector if start == lowest and lowest else known.joined
    connector = joining.match(text, start, end)
    start = connector.end() if connector else start
    opening = known.opening.match(text, start, end)
    return opening.end() if opening else start


def _notices(text: str, start: int, end: int, known: Grammar) -> list[Title]:
    """关于…的通知, one or several in one segment; a notice may name an instrument of its own (关于印发…方案的通知)."""
    found: list[Title] = []
    about = text.find(_ABOUT, start, end)
    while about >= 0:
        following = text.find(_ABOUT, about + 2, end)
        last = None
        for ending in known.notice.finditer(text, about + 4, end):
            separated = known.connector.match(text, ending.end(), end)
            if known.trailer.fullmatch(text, ending.end(), end) or (separated and following > ending.end()):
                last = ending
                break
        if last is None or not _usable(text[start : last.end()], known):
            return found
        found.append(Title(start, last.end(), start, last.end()))
        separated = known.connector.match(text, last.end(), end)
        start = separated.end() if separated else end
        about = text.find(_ABOUT, start, end)
    return found


def _laws(text: str, start: int, end: int, known: Grammar) -> list[Title]:
    """Laws one after another in one segment; failing that, those that begin with the name of the state."""
    found: list[Title] = []
    at = start
    for ending in known.law_end.finditer(text, start, end):
        separator = known.connector.match(text, ending.end(), end)
        if separator is None and not known.trailer.fullmatch(text, ending.end(), end):
            continue
        if not _usable(text[at : ending.end()], known):
            break
        found.append(Title(at, ending.end(), at, ending.end()))
        at = separator.end() if separator else end
    if found:
        return found
    return [Title(*state.span(), *state.span()) for state in known.state.finditer(text, start, end)]


def _usable(name: str, known: Grammar) -> bool:
    shortest = 3 if name.endswith("法") else 4 if name.endswith(("条例", "通则", "总则")) else 5
    generic = _ABOUT not in name and known.generic.search(name)
    return (len(name) >= shortest or name in known.law) and not generic and not _no_law(name, known)


def _no_law(name: str, known: Grammar) -> bool:
    """依法, 违法: the word ends like a law and is none."""
    return name[-2:] in known.not_law and not name.endswith(known.law)
