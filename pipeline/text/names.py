"""Is a text the name of a person, of a department, or neither? Judged by surnames, suffixes and known words.

In: a short text and a Vocabulary. Out: True only where it is certain enough to split a cell by it.
Refuses: a guess. A name that is also a common word (高明, 文静) is not taken for a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.vocabulary import Vocabulary, derived

_IDEOGRAPHS = "[\u3400-\u4dbf\u4e00-\u9fff]"
_LONGEST_DEPARTMENT = 30  # characters; a longer text that ends in 科 is a sentence


@dataclass(frozen=True, slots=True)
class _Names:
    person: re.Pattern[str]
    no_person: frozenset[str]
    department: re.Pattern[str]


@derived
def _names(vocabulary: Vocabulary) -> _Names:
    words = vocabulary.value_words
    single = "".join(word for word in words["surname"] if len(word) == 1)
    double = "|".join(word for word in words["surname"] if len(word) > 1)
    suffixes = "|".join(sorted(words["department_suffix"], key=len, reverse=True))
    return _Names(
        person=re.compile(
            rf"(?:[{single}]{_IDEOGRAPHS}{{1,2}}|(?:{double}){_IDEOGRAPHS}{{1,2}}|{_IDEOGRAPHS}{{2,5}}·{_IDEOGRAPHS}{{2,6}})"
        ),
        no_person=vocabulary.name_like_words | frozenset(vocabulary.user_words) | frozenset(words["post_title"]),
        department=re.compile(
            rf"{_IDEOGRAPHS}[^\s，。；：、,;:]{{0,{_LONGEST_DEPARTMENT}}}?(?:{suffixes})(?:[（(][^（()）]{{1,12}}[）)])?"
        ),
    )


def is_department(text: str, vocabulary: Vocabulary) -> bool:
    """The text has the form of a department's or body's name: it ends in 科, 股, 大队, 办公室 …"""
    return bool(_names(vocabulary).department.fullmatch(text))


def is_person(text: str, vocabulary: Vocabulary) -> bool:
    """The text has the form of a person's name and is neither a known word nor a department (许可科)."""
    names = _names(vocabulary)
    return bool(names.person.fullmatch(text)) and text not in names.no_person and not is_department(text, vocabulary)
