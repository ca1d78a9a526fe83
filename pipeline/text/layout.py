"""Which blanks and line breaks inside a cell separate something, and which only came from the layout.

In: the text of a cell in which every run of blanks is one " " and every kind of break a line feed. Out: for each run
of them what takes its place: nothing, one blank, or one line break. Refuses nothing; in doubt a separation stays.

A blank stays between words of a script that is written with blanks (Microsoft Office), before the marker of an item,
and in a line that is a list of short words (法规股 张三). A break stays before an item, after a finished sentence and
in a list of names; else the line was only wrapped and its halves are joined, with a blank between Latin words and
none inside a code.
"""

from __future__ import annotations

import re

from pipeline.text.names import is_department, is_person
from pipeline.text.numerals import MarkerStyle, dotted_marker, item_marker
from pipeline.vocabulary import Vocabulary

_IDEOGRAPHS = "[\u3400-\u4dbf\u4e00-\u9fff]"
# Letters and digits of scripts that put blanks between words: everything alphanumeric below the CJK blocks.
_SPACED = "[^\\W_\u2460-\u24ff\u2e80-\U0003ffff]"
_BLANKS = re.compile(" +")
_BREAKS = re.compile(" ?\n[ \n]*")
_WORDS_APART = re.compile(rf"(?:{_SPACED}|[,.;:!?&]) +(?=[&(]?{_SPACED})")
_WORD_LIST = re.compile(rf" *{_IDEOGRAPHS}{{2,6}}(?: +{_IDEOGRAPHS}{{2,6}})+ *")
_MAY_PRECEDE_ITEM = re.compile(rf"{_IDEOGRAPHS}|[。；;，,、）)》]")
_FINISHED = "。；;！!？?"
_LAW_BEFORE = re.compile(r"[。；;》）)号条款项目\d]")
_LABEL_LINE = re.compile(rf"{_IDEOGRAPHS}{{2,8}}[：:]")
_NOTE_LINE = re.compile(r"(?:备注|说明|附|注)[：:]")
_LINE_START = 24  # characters of the next line that decide
_LINE_END = 80  # characters of the line before it that decide
_LONGEST_LIST = 40  # lines
_LONGEST_NAME = 20  # characters

_WHOLE_NUMBER = re.compile(r"\d{1,6}(?:\.\d+)?%?|1\d{10}|(?:\(?0\d{2,3}\)?-?)?\d{7,8}(?:-\d{1,6})?")
_LATIN_END = re.compile(r"[!-~\u00c0-\u024f\u0370-\u1fff]+$")
_LATIN_START = re.compile(r"[!-~\u00c0-\u024f\u0370-\u1fff]+")
_UNFINISHED = re.compile(r"[-/_@:=&]$|//|www\.|@")


def blank_replacements(text: str) -> list[tuple[int, int, str]]:
    """For each run of blanks in a text that has no line break: (start, end, what takes its place)."""
    word_list = _WORD_LIST.fullmatch(text) is not None
    return [(m.start(), m.end(), _blank(text, m.start(), m.end(), word_list)) for m in _BLANKS.finditer(text)]


def _blank(text: str, start: int, end: int, word_list: bool) -> str:
    if start == 0 or end == len(text):
        return ""
    if word_list or _WORDS_APART.match(text, start - 1):
        return " "
    opens_item = item_marker(text[end : end + _LINE_START]) is not None
    return " " if opens_item and _MAY_PRECEDE_ITEM.match(text, start - 1) else ""


def break_replacements(text: str, vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    """For each run of line breaks with the blanks around it: (start, end, what takes its place)."""
    runs = [match.span() for match in _BREAKS.finditer(text)]
    if not runs:
        return []
    edges = [0, *(edge for run in runs for edge in run), len(text)]
    lines = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    names = _names_only(lines, vocabulary)
    found, opening = [], lines[0]
    for (start, end), left, right in zip(runs, lines, lines[1:], strict=False):
        joint = "\n" if names and left and right else _break(opening, left, right)
        if joint == "\n" or not left:
            opening = right
        found.append((start, end, joint))
    return found


def _names_only(lines: list[str], vocabulary: Vocabulary) -> bool:
    """A cell that lists persons, or departments with persons, one a line."""
    lines = [line for line in lines if line]
    if not 1 < len(lines) <= _LONGEST_LIST or max(map(len, lines)) > _LONGEST_NAME:
        return False
    persons = [is_person(line, vocabulary) for line in lines]
    return any(persons) and all(p or is_department(line, vocabulary) for p, line in zip(persons, lines, strict=True))


def _break(opening: str, left: str, right: str) -> str:
    """What takes the place of a break between two lines; ``opening`` is the line with which the present item began."""
    if not left or not right:
        return ""
    if left[-1] in _FINISHED or _NOTE_LINE.match(right) or _opens_item(left[-1], right[:_LINE_START]):
        return "\n"
    if right[0] == "《" and _LAW_BEFORE.match(left[-1]):
        return "\n"
    if _LABEL_LINE.match(right) and _LABEL_LINE.match(opening):
        return "\n"
    if (sub_item := dotted_marker(right)) and sub_item.follows(dotted_marker(opening)):
        return "\n"
    return _wrapped(left[-_LINE_END:], right[:_LINE_END])


def _opens_item(before: str, head: str) -> bool:
    if before == "第" or (marker := item_marker(head)) is None:
        return False
    # 第X条 opens a line as often by wrapping (违反本条例 / 第十条规定) as by being an item.
    return marker.style is not MarkerStyle.ARTICLE or before in "：:"


def _wrapped(left: str, right: str) -> str:
    """How the halves of a wrapped line meet: not at all inside a word or code, with a blank between Latin words.

    A column of numbers (telephone numbers one a line) keeps its breaks: joining would make another number of them.
    """
    before, after = _LATIN_END.search(left), _LATIN_START.match(right)
    if before is None or after is None:
        return ""
    if _WHOLE_NUMBER.fullmatch(left) and _WHOLE_NUMBER.fullmatch(right):
        return "\n"
    if _UNFINISHED.search(before[0]) or re.search(r"\d", before[0] + after[0]):
        return ""
    return " " if after[0][0].isalnum() or after[0][0] in "(&" else ""
