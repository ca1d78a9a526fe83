"""The lines of a file → the lines of each statute in it, without page furniture and with wrapped lines joined.

In: the lines as a reader of files gives them. Out: :func:`statutes_in`, one list of lines a statute. Refuses nothing: a
file without statutes is one list. A natural paragraph ends with a stop, so a line that ends otherwise goes on in the
next one, unless that one opens an article, a division or an item.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.law.statute_heading import ENDING, carries_on
from pipeline.text.numerals import number

_N = "[〇零一二三四五六七八九十百千0-9０-９]"
ARTICLE = re.compile(
    rf"\s*(?:[#*]+\s*)?第\s*({_N}{{1,9}})\s*条(?:\s*之\s*({_N}{{1,4}}))?(?:\*\*)?(?![款项、，,和至到或及的规])\s*"
)
DIVISION = re.compile(
    rf"\s*(?:[#*]+\s*)?第\s*{_N}{{1,7}}\s*[编章节](?!\S{{0,2}}[的规，、])|\s*(?:[#*]+\s*)?附\s*则\s*$"
)
ITEM = re.compile(rf"\s*[（(]\s*({_N}{{1,4}})\s*[）)](?!\s*[项款目])")
SUBITEM = re.compile(r"\s*(?:[0-9０-９]{1,2}\s*[.．、](?![0-9０-９])|[（(]\s*[0-9０-９]{1,2}\s*[）)]|[①-⑳])")
APPENDIX = re.compile(r"\s*(?:[#*]+\s*)?附\s*(?:件|表|录|图)?\s*[0-9０-９一二三四五六七八九十]{0,3}\s*(?:[:：].*)?$")
CONTENTS = re.compile(r"\s*(?:[#*]+\s*)?目\s*[录次]\s*$")
_PAGE = re.compile(
    r"\s*(?:[-—–－·.\s]*[0-9０-９]{1,4}[-—–－·.\s]*|第\s*[0-9０-９]{1,4}\s*页(?:\s*[，,/]?\s*共\s*[0-9０-９]{1,4}\s*页)?)\s*"
)
_STOP = re.compile("[。；;：:！!？?”’」』]$")
_ENDS_ONE_LINE = re.compile(r"[）)》>|…]$")  # of a line that may be whole although no stop closes it
_REFERENCE = re.compile(rf"第{_N}{{1,9}}条(?=\S)")  # 依照 / 第三条处理: in the middle of a sentence no article begins
_RUNNING = 3  # times that a line without a stop stands in a text before it is taken for the head of its pages
_LONGEST_HEAD = 60
_OF_AN_ORDER = re.compile(
    r"令\s*$|^第?\S{0,6}号\s*$|^\s*\d{4}\s*年.{0,12}日\s*$|^(?:总理|主席|部长|省长|市长|区长|县长|州长|主任|局长)\s|现予(?:公布|发布)"
)
_OPENING, _CLOSING = "（(", "）)"
_MOST_JOINED = 12  # lines of one heading's bracket


def statutes_in(lines: list[str]) -> list[list[str]]:
    """The lines of each statute: the first from the top of the file, the others from their headings on."""
    kept = [line.strip() for line in lines if line.strip() and not _PAGE.fullmatch(line)]
    heads = Counter(line for line in kept if len(line) <= _LONGEST_HEAD and not _STOP.search(line) and not _opens(line))
    first = {line: at for at, line in reversed(list(enumerate(kept)))}
    kept = [line for at, line in enumerate(kept) if heads[line] < _RUNNING or first[line] == at]
    starts = [0, *_further(kept)]
    return [_without_heads(_joined(kept[a:b])) for a, b in zip(starts, [*starts[1:], len(kept)], strict=True)]


def _further(lines: list[str]) -> list[int]:
    """Where the second statute of a file begins, and the third: at a title between an article and a new first one."""
    found: list[int] = []
    above, highest = -1, 0  # the last article before, and its number
    for at, line in enumerate(lines):
        match = ARTICLE.match(line)
        value = number(match[1]) if match and not match[2] else None
        if value is None:
            continue
        between = range(above + 1, at)
        if value == 1 and highest > 1 and not any(APPENDIX.match(lines[i]) for i in between):
            title = next((i for i in between if _is_title(lines[i])), None)
            if title is not None:
                found.append(_top(lines, above, title))
                highest = 0
        above, highest = at, max(highest, value)
    return found


def _is_title(line: str) -> bool:
    plain = line.strip("#* ")
    return len(plain) <= _LONGEST_HEAD and bool(ENDING.search(plain)) and not _opens(line) and "，" not in plain


def _top(lines: list[str], above: int, title: int) -> int:
    """Where the heading with that title begins: with its order, or the first half of the title."""
    while title - 1 > above and (_OF_AN_ORDER.search(lines[title - 1]) or carries_on(lines[title - 1])):
        title -= 1
    return title


def _opens(line: str) -> bool:
    return any(form.match(line) for form in (ARTICLE, DIVISION, ITEM, SUBITEM, APPENDIX, CONTENTS))


def _joined(lines: list[str]) -> list[str]:
    """Wrapped lines as one: within the articles by their stops, above them by the brackets of the history."""
    first = next((i for i, line in enumerate(lines) if ARTICLE.match(line)), len(lines))
    found = _bracketed(lines[:first])
    top = len(found)
    for line in lines[first:]:
        before = found[-1] if len(found) > top else ""
        whole = not before or _STOP.search(before) or _ENDS_ONE_LINE.search(before) or DIVISION.match(before)
        if whole or (_opens(line) and not _REFERENCE.match(line)):
            found.append(line)
        else:
            found[-1] = before + line
    return found


def _bracketed(lines: list[str]) -> list[str]:
    found: list[str] = []
    missing = count = 0
    for line in lines:
        if missing > 0 and count < _MOST_JOINED:
            found[-1] += line
            count += 1
        else:
            found.append(line)
            count = 0
        missing = sum(found[-1].count(c) for c in _OPENING) - sum(found[-1].count(c) for c in _CLOSING)
    return found


def _without_heads(lines: list[str]) -> list[str]:
    """Without the title where it stands again among the articles, alone or with the number of a page."""
    first = next((i for i, line in enumerate(lines) if ARTICLE.match(line)), len(lines))
    titles = {line.strip("#* ") for line in lines[:first] if _is_title(line)}
    above: list[str] = []
    for line in lines[:first]:
        if line not in titles or line not in above:
            above.append(line)
    return above + [line for line in lines[first:] if re.sub(r"[\s\d—–-]+$", "", line) not in titles]
