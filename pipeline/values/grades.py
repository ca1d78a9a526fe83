"""Risk grades as they are printed: 高/中/低, 一级, Ⅱ, B, 红, in schemes that may run either way.

In: the text of a cell or of a column, and the document's own note on its grades. Out: :class:`GradeReading` with the
grade, 1 (the gravest) to 3. Refuses: a scheme of four grades, a text that names two, a note that contradicts itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.text.normalization import fold
from pipeline.text.numerals import item_marker, number
from pipeline.vocabulary import Grade, Vocabulary, derived

_LONGEST_GRADE = 40  # characters
_LONGEST_NOTE = 20_000
_LEAST = 3  # the mildest of the three grades
_SENTENCE = re.compile(r"[。；;\n！]")
_CLAUSE = re.compile(r"[，、,：:]")
_COUNT = r"([0-9]{1,4}|[一二两三四五六七八九十]{1,3})"
_DIRECTED = ("level", "letter")  # schemes whose labels do not say themselves how grave they are
_CIRCLED = re.compile("[①-⒛㈠-㈩❶-❿]")
_COUNT_UNIT = "(?:个|项|处|条)?"
_SCORE = re.compile(r"[（(]?\s*[0-9]{1,4}(?:\.[0-9]{1,2})?\s*分\s*[）)]?\s*$")


@dataclass(frozen=True, slots=True)
class GradeReading:
    """A printed grade. value: 1 the gravest to 3, None where the scheme has no such mapping.

    scheme: name in vocab/grades.csv. colour: the warning colour printed or stood for, "" if none.
    """

    value: int | None
    scheme: str
    colour: str


@dataclass(frozen=True, slots=True)
class _Grades:
    """labels: folded label → its rows. beyond: labels that only schemes of more than three grades have."""

    labels: Mapping[str, tuple[Grade, ...]]
    pieces: re.Pattern[str]
    affixes: re.Pattern[str]
    beyond: frozenset[str]
    order: tuple[str, ...]


@derived
def _grades(vocabulary: Vocabulary) -> _Grades:
    labels: dict[str, tuple[Grade, ...]] = {}
    for row in vocabulary.grades:
        labels[fold(row.label)] = (*labels.get(fold(row.label), ()), row)
    affixes = [fold(word) for word in vocabulary.value_words["grade_affix"]]
    return _Grades(
        labels=MappingProxyType(labels),
        pieces=re.compile(_any_of(labels)),
        affixes=re.compile(_any_of(affixes)),
        beyond=frozenset(fold(word) for word in vocabulary.value_words["beyond_three"]),
        order=tuple(dict.fromkeys(row.scheme for row in vocabulary.grades)),
    )


def _any_of(words: Sequence[str] | Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def grade(text: str, vocabulary: Vocabulary, note: str = "") -> GradeReading | None:
    """The grade that a text states, or None. note: the document's own words on its grades; a direction there wins.

    Decorations (风险, 等级, 预警) do not count; 一级（高） is read once both agree.
    """
    return _chosen(_candidates(text, vocabulary), (), scheme_direction(note, vocabulary), vocabulary)


def grades_of_column(texts: Sequence[str], vocabulary: Vocabulary, note: str = "") -> tuple[GradeReading | None, ...]:
    """The grades of a column read by one scheme, the one that explains most of its cells.

    A column that shows a fourth grade (四级, or orange beside blue) cannot be told in three: its cells have the value
    None.
    """
    candidates = [_candidates(text, vocabulary) for text in texts]
    used = Counter(scheme for rows in candidates for scheme in {row.scheme for row in rows})
    order = _grades(vocabulary).order
    preferred = tuple(sorted(used, key=lambda scheme: (-used[scheme], order.index(scheme))))
    direction = scheme_direction(note, vocabulary)
    readings = [_chosen(rows, preferred, direction, vocabulary) for rows in candidates]
    too_many = _schemes_of_four(texts, candidates, vocabulary)
    return tuple(
        GradeReading(None, found.scheme, found.colour) if found and found.scheme in too_many else found
        for found in readings
    )


def grade_schemes(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The schemes of vocab/grades.csv that have the printed grade: 红 is one of several, 四级 of none."""
    return frozenset(row.scheme for row in _candidates(text, vocabulary))


def _candidates(text: str, vocabulary: Vocabulary) -> tuple[Grade, ...]:
    """The rows of vocab/grades.csv that a text may mean; empty where it means none or contradicts itself."""
    if not text or len(text) > _LONGEST_GRADE:
        return ()
    known, plain = _grades(vocabulary), fold(_SCORE.sub("", text) or text)  # 一级（90分）: how the grade came about
    if plain in known.labels:
        return known.labels[plain]
    if plain in known.beyond:
        return ()
    bare = known.affixes.sub("", plain)
    if bare in known.labels:
        return known.labels[bare]
    if bare in known.beyond:
        return ()
    named = [known.labels[match[0]] for match in known.pieces.finditer(plain)]
    rest = known.affixes.sub("", known.pieces.sub("", plain))
    agree = {row.grade for rows in named for row in rows}
    # 一级（高）: two schemes, one grade. Two colours or two levels are two grades, and none.
    return named[0] if not rest and len(named) > 1 and len(agree) == 1 else ()


def _chosen(
    rows: tuple[Grade, ...], preferred: tuple[str, ...], direction: Mapping[str, bool], vocabulary: Vocabulary
) -> GradeReading | None:
    if not rows:
        return None
    by_scheme = {row.scheme: row for row in rows}
    scheme = next(name for name in (*preferred, *_grades(vocabulary).order) if name in by_scheme)
    row = by_scheme[scheme]
    value = _LEAST + 1 - row.grade if direction.get(scheme) else row.grade
    return GradeReading(value, scheme, row.colour)


def _schemes_of_four(
    texts: Sequence[str], candidates: Sequence[tuple[Grade, ...]], vocabulary: Vocabulary
) -> frozenset[str]:
    known = _grades(vocabulary)
    if any(fold(text) in known.beyond or known.affixes.sub("", fold(text)) in known.beyond for text in texts):
        return frozenset(known.order)
    # The members of one scheme's family that no single scheme holds together: 红 橙 黄 蓝.
    shown: dict[str, set[str]] = {}
    for rows in candidates:
        for row in rows:
            if row.colour:
                shown.setdefault(row.colour, set()).update(other.scheme for other in rows)
    if len(shown) <= _LEAST:
        common = set.intersection(*shown.values()) if shown else {""}
        return frozenset() if common else frozenset(set().union(*shown.values()))
    return frozenset(set().union(*shown.values()))


def scheme_direction(note: str, vocabulary: Vocabulary) -> Mapping[str, bool]:
    """Which schemes a document's own note turns round: scheme → True where its first grade is the mildest.

    一级为最低, 三级风险最高, 由低到高分为一级、二级、三级. A scheme of which the note says nothing, or both ways, is
    left out.
    """
    votes: dict[str, set[bool]] = {}
    for sentence in _SENTENCE.split(note[:_LONGEST_NOTE]):
        for scheme, reversed_ in _votes(sentence, vocabulary):
            votes.setdefault(scheme, set()).add(reversed_)
    return MappingProxyType({scheme: found.pop() for scheme, found in votes.items() if len(found) == 1})


def _votes(sentence: str, vocabulary: Vocabulary) -> list[tuple[str, bool]]:
    """What one sentence says of the direction of a scheme: (scheme, it is turned round)."""
    words, plain = vocabulary.value_words, fold(sentence)
    rising, falling = (any(word in plain for word in words[name]) for name in ("ascending", "descending"))
    if rising != falling:
        return _order(plain, rising, vocabulary)
    votes, last = [], ""
    for clause in map(fold, _CLAUSE.split(sentence)):
        # 一级：低风险 is two clauses: what has no label of its own speaks of the label before it.
        last = clause if _levels(clause, vocabulary, bare=False) else last[-_LONGEST_GRADE:] + clause
        votes += _extremes(last, vocabulary)
    return votes


def _order(plain: str, rising: bool, vocabulary: Vocabulary) -> list[tuple[str, bool]]:
    """由低到高分为一、二、三级: the order in which a sentence lists the grades of one scheme."""
    if not _levels(plain, vocabulary, bare=False):
        return []
    start = min(
        plain.find(word)
        for name in ("ascending", "descending")
        for word in vocabulary.value_words[name]
        if word in plain
    )
    listed = _levels(plain[start:], vocabulary, bare=True) or _levels(plain, vocabulary, bare=True)
    scheme = listed[0].scheme
    grades = [row.grade for row in listed if row.scheme == scheme]
    if 1 not in grades or _LEAST not in grades:
        return []
    return [(scheme, (grades.index(1) < grades.index(_LEAST)) is rising)]


def _levels(plain: str, vocabulary: Vocabulary, *, bare: bool) -> list[Grade]:
    """The grades named in a folded text, of the schemes whose direction is not in the word itself as in 高 or 红.

    bare: 一 or a counts too, which elsewhere is a word of any sentence.
    """
    known = _grades(vocabulary)
    return [
        row
        for match in known.pieces.finditer(plain)
        for row in known.labels[match[0]]
        if row.scheme in _DIRECTED and (bare or len(match[0]) > 1)
    ]


def _extremes(clause: str, vocabulary: Vocabulary) -> list[tuple[str, bool]]:
    """一级为最低, 三级风险最高: one end of a scheme and how grave it is."""
    rows, words = _levels(clause, vocabulary, bare=False), vocabulary.value_words
    gravest, mildest = (any(word in clause for word in words[name]) for name in ("gravest", "mildest"))
    if gravest == mildest or len({row.grade for row in rows}) != 1 or rows[0].grade == 2:
        return []
    return [(rows[0].scheme, (rows[0].grade == 1) is mildest)]


def grade_distribution(text: str, vocabulary: Vocabulary, note: str = "") -> Mapping[int, int] | None:
    """How many risk points of each grade a cell declares, grade → count: 1中2低, 高风险2个 中风险1个, 一级1个二级2个.

    None unless the whole text is such a list; a single grade (一级) is none. note: as for :func:`grade`.
    """
    plain = fold(text)
    if not plain or len(text) > _LONGEST_GRADE * 2 or _numbered(text):
        return None
    known = _grades(vocabulary)
    affixes, labels = known.affixes.pattern, known.pieces.pattern
    number_first = rf"{_COUNT}{_COUNT_UNIT}({labels})(?:{affixes})*"
    label_first = rf"({labels})(?:{affixes})*(?:有|共)?{_COUNT}{_COUNT_UNIT}"
    for pattern, label, count in ((label_first, 0, 1), (number_first, 1, 0)):
        if re.fullmatch(f"(?:{pattern})+", plain):
            found = [(match[label], match[count]) for match in re.findall(pattern, plain)]
            return _tally(found, known, scheme_direction(note, vocabulary))
    return None


def _numbered(text: str) -> bool:
    """①高②中 and 1.高 2.中 number the grades of single risk points; they count nothing."""
    return bool(_CIRCLED.search(text)) or item_marker(text.lstrip()) is not None


def _tally(found: list[tuple[str, str]], known: _Grades, direction: Mapping[str, bool]) -> Mapping[int, int] | None:
    counts: dict[int, int] = {}
    for label, printed in found:
        row, count = known.labels[label][0], number(printed)
        value = _LEAST + 1 - row.grade if direction.get(row.scheme) else row.grade
        if value in counts or count is None:
            return None
        counts[value] = count
    return MappingProxyType(counts)
