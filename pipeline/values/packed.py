"""Two fields in one column: department and person (承办科室及负责人), fee and basis (收费依据和标准).

In: the text of such a cell, raw (breaks and blanks separate). Out: half-open spans into it. Refuses: a split that is
not certain; then there is none and the cell stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.text.names import is_department, is_person
from pipeline.vocabulary import Vocabulary, derived, load_vocabulary

Span = tuple[int, int]
_LONGEST_CELL = 400  # characters
_GAP = re.compile(r"[ \t\u3000\xa0\n\r：:，,、/／|;；\-—－]+")
_PAIR_BRACKET = re.compile(r"(?P<outer>[^（()）]+?)\s*[（(]\s*(?P<inner>[^（()）]+?)\s*[）)]")
_SEVERAL = re.compile(r"[；;\n]+")
_PERSONS = re.compile(r"\s*[、，,/／ \u3000]\s*")

_LAW = re.compile(
    r"《[^《》]{1,80}》|[\u4e00-\u9fff]{2,12}[〔\[（(【［﹝]\s*(?:19|20)[0-9]{2}\s*[〕\])）】］﹞]\s*第?[0-9]{1,5}\s*号|令第?[0-9]{1,4}号"
)
_AMOUNT = re.compile(r"[0-9０-９.．一二两三四五六七八九十百千万]+\s*(?:元|%|％|‰)")


@dataclass(frozen=True, slots=True)
class _Words:
    person_label: re.Pattern[str]
    department_label: re.Pattern[str]
    title: re.Pattern[str]
    no_fee: frozenset[str]
    fee_label: re.Pattern[str]


@derived
def _words(vocabulary: Vocabulary) -> _Words:
    def any_of(name: str) -> str:
        return "|".join(sorted(map(re.escape, vocabulary.value_words[name]), key=len, reverse=True))

    standard, basis = any_of("fee_label_standard"), any_of("fee_label_basis")
    return _Words(
        person_label=re.compile(rf"(?:{any_of('person_label')})\s*[：:]?\s*"),
        department_label=re.compile(rf"(?:{any_of('department_label')})\s*[：:]\s*"),
        title=re.compile(any_of("post_title")),
        no_fee=frozenset(vocabulary.value_words["fee_none"]),
        fee_label=re.compile(rf"(?:^|(?<=[。；;，,\s）)]))(?:(?P<standard>{standard})|(?P<basis>{basis}))\s*[：:]\s*"),
    )


def split_department_person(text: str, vocabulary: Vocabulary | None = None) -> tuple[Span, Span] | None:
    """The department and the person(s) of a cell that names one department, or None where that is not certain.

    法规股 张三, 法规股（张三）, 法规股：张三, 法规股负责人张三, 张三（法规股）, 法规股 张三、李四. A title (股长)
    stays with the person, a label (负责人：) belongs to neither.
    """
    pairs = split_department_persons(text, vocabulary)
    return pairs[0] if len(pairs) == 1 else None


def split_department_persons(text: str, vocabulary: Vocabulary | None = None) -> tuple[tuple[Span, Span], ...]:
    """Every (department, person) of a cell, in order; empty unless the whole cell consists of such pairs."""
    if not text.strip() or len(text) > _LONGEST_CELL:
        return ()
    vocabulary = vocabulary or load_vocabulary()
    if (pair := _pair(text, 0, len(text), vocabulary)) is not None:
        return (pair,)
    pairs, at = [], 0
    for gap in [*_SEVERAL.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if text[at:end].strip():
            if (pair := _pair(text, at, end, vocabulary)) is None:
                return ()
            pairs.append(pair)
        at = gap.end() if gap else end
    return tuple(pairs) if len(pairs) > 1 else ()


def _pair(text: str, start: int, end: int, vocabulary: Vocabulary) -> tuple[Span, Span] | None:
    start, end = _trimmed(text, start, end)
    if label := _words(vocabulary).department_label.match(text, start, end):
        start = label.end()
    if match := _PAIR_BRACKET.fullmatch(text, start, end):
        outer, inner = match.span("outer"), match.span("inner")
        if found := _judged(text, outer, inner, vocabulary) or _judged(text, inner, outer, vocabulary):
            return found
    for gap in _GAP.finditer(text, start, end):
        halves = (start, gap.start()), (gap.end(), end)
        if found := _judged(text, *halves, vocabulary) or _judged(text, *halves[::-1], vocabulary):
            return found
    return _unseparated(text, start, end, vocabulary)


def _unseparated(text: str, start: int, end: int, vocabulary: Vocabulary) -> tuple[Span, Span] | None:
    """法规股负责人张三, 办公室主任李四: the label or the title is the border; 法规股王强: the only one there can be."""
    words = _words(vocabulary)
    borders = [words.person_label.search(text, start, end), words.title.search(text, start, end)]
    for border in borders:
        if border and (found := _judged(text, (start, border.start()), (border.start(), end), vocabulary)):
            return found
    if is_department(text[start:end], vocabulary):
        return None
    shortest, longest = 2, 4
    names = [
        found
        for border in range(max(start, end - longest), end - shortest + 1)
        if (found := _judged(text, (start, border), (border, end), vocabulary))
    ]
    return names[0] if len(names) == 1 else None


def _judged(text: str, department: Span, person: Span, vocabulary: Vocabulary) -> tuple[Span, Span] | None:
    """The two spans, trimmed of labels, if they certainly are a department and one or more persons."""
    department, person = _trimmed(text, *department), _trimmed(text, *person)
    if label := _words(vocabulary).person_label.match(text, *person):
        person = _trimmed(text, label.end(), person[1])
    certain = is_department(text[slice(*department)], vocabulary) and _persons(text[slice(*person)], vocabulary)
    return (department, person) if certain else None


def _persons(text: str, vocabulary: Vocabulary) -> bool:
    """One name or several, each with or without a title."""
    bare = [name for printed in _PERSONS.split(text) if (name := _untitled(printed, vocabulary))]
    padded = re.sub(r"\s", "", text)  # 张 三
    return (bool(bare) and all(is_person(name, vocabulary) for name in bare)) or is_person(padded, vocabulary)


def _untitled(name: str, vocabulary: Vocabulary) -> str:
    """The name without the title before it (股长张三, 股长：张三) or after it (张三股长, 张三（股长）)."""
    title = _words(vocabulary).title
    if (bracketed := _PAIR_BRACKET.fullmatch(name)) and title.fullmatch(bracketed["inner"]):
        return bracketed["outer"]
    if match := title.match(name):
        return name[match.end() :].lstrip("：: ")
    return next((name[: m.start()] for m in title.finditer(name) if m.end() == len(name)), name)


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip(" \t\u3000\xa0\n\r：:，,、/／;；-—－"))
    right = len(inner.rstrip(" \t\u3000\xa0\n\r：:，,、/／;；-—－。"))
    return start + min(left, right), start + right


def split_fee(text: str, vocabulary: Vocabulary | None = None) -> tuple[Span | None, Span | None] | None:
    """The fee and its basis in a cell that carries both: (span of 收费标准, span of 收费依据), one None where absent.

    Laws and document numbers are the basis, amounts and 不收费 the standard. None where they cannot be told apart: an
    amount inside a quoted provision, bases between amounts.
    """
    start, end = _trimmed(text, 0, len(text))
    if start == end or len(text) > 4 * _LONGEST_CELL:
        return None
    words = _words(vocabulary or load_vocabulary())
    if labelled := _labelled(text, words):
        return labelled
    if text[start:end] in words.no_fee:
        return (start, end), None
    laws, amounts = list(_LAW.finditer(text)), list(_AMOUNT.finditer(text))
    if not laws:
        return ((start, end), None) if amounts else None
    if not amounts:
        return _no_fee(text, laws[0].start(), words) or (None, (start, end))
    return _two_runs(text, (laws[0].start(), laws[-1].end()), (amounts[0].start(), amounts[-1].end()))


def _no_fee(text: str, law: int, words: _Words) -> tuple[Span, Span] | None:
    """不收费，依据《…》: the answer, then why."""
    match = re.match(r"\s*([^\s，。；;,、：:（(]+)[\s，。；;,、：:]+", text[:law])
    if match is None or match[1] not in words.no_fee:
        return None
    return match.span(1), _trimmed(text, match.end(), len(text))


def _labelled(text: str, words: _Words) -> tuple[Span | None, Span | None] | None:
    labels = list(words.fee_label.finditer(text))
    if not labels or text[: labels[0].start()].strip() or len({label.lastgroup for label in labels}) != len(labels):
        return None
    ends = [label.start() for label in labels[1:]] + [len(text)]
    spans = {label.lastgroup: _trimmed(text, label.end(), end) for label, end in zip(labels, ends, strict=True)}
    filled = {kind: span for kind, span in spans.items() if span[0] < span[1]}
    return filled.get("standard"), filled.get("basis")


def _two_runs(text: str, laws: Span, amounts: Span) -> tuple[Span, Span] | None:
    """A run of bases and a run of amounts that do not overlap and meet at a break between sentences."""
    first, second = sorted((laws, amounts))
    if first[1] > second[0]:
        return None
    gaps = [m for m in re.finditer(r"[。；;，,：:\n]\s*|\s{2,}", text[first[1] : second[0]])]
    if not gaps:
        return None
    # The last strong stop between the two runs; a comma only where there is nothing stronger.
    strong = [gap for gap in gaps if gap[0][0] not in "，,：:"] or gaps
    border = first[1] + strong[-1].end()
    one, other = _trimmed(text, 0, border), _trimmed(text, border, len(text))
    return (other, one) if first == laws else (one, other)
