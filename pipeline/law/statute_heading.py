"""What stands above the first article of a statute: title, history, orders, issuer, level.

In: the lines above the first article and the name of the file. Out: :class:`Heading`, and :func:`closing_date` of the
article that says from when it holds. Refuses nothing: what is not understood stays blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from pipeline.law.statute import Change, Level
from pipeline.values.dates import PrintedDate, dates

ENDING = re.compile(
    "(?:法|条例|规定|办法|细则|规则|决定|决议|解释|规范|标准|章程|准则|通则|总则|典|修正案|名录|意见|程序|制度|方案|要求|批复|答复|规程|若干问题)"
    r"(?:\s*[（(][^（）()]{1,12}[）)])?$"
)
_NO_TITLE = re.compile(r"[。；]|^\s*[（(]|令\s*$|^第?\S{0,6}号|^\s*\d{4}\s*年|^(?:总理|主席|部长|省长|市长|主任|局长)")
_ORDER = re.compile(
    r"([\u4e00-\u9fff、]{0,40}?(?:令|公告))\s*[（(]?\s*((?:[〔\[（(]?(?:19|20)\d\d[〕\]）)]?年?)?\s*第?\s*[〇零一二三四五六七八九十百0-9０-９]+\s*号)"
)
_LEAD = re.compile("^(?:.*[年月日]|经|由|根据|以|中华人民共和国)+")  # what stands before the issuer of an order
_KIND = re.compile("修正|修订|修改|通过|公布|发布|颁布|批准|施行")
_QUOTED = re.compile("《(?:[^《》]|《[^《》]*》)*》")
_FROM_NAME = re.compile(r"[（(_\s-]*((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)\s*[）)]?$")
_START = re.compile("自?(.{0,40}?)起(?:正式)?(?:施行|实施|生效|执行)")
_ON_PUBLICATION = re.compile("(?:公布|发布|颁布|印发)之?日")
_CHANGES = {"修正": Change.AMENDED, "修改": Change.AMENDED, "修订": Change.REVISED}
_LEVELS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (re.compile("最高人民(?:法|检察)院"), Level.INTERPRETATION),
    (re.compile("[省市区州县盟](?:第[一二三四五六七八九十]+届)?人民代表大会|[省市区州]人大"), Level.LOCAL_REGULATION),
    (re.compile("全国人民代表大会|全国人大|主席令"), Level.LAW),
    (re.compile(r"[省市区州](?:人民)?政府(?:第\d*|\S{0,6})?(?:令|公布|发布|常务会议)"), Level.LOCAL_RULE),
    (re.compile("(?:部|委员会|总局|局|署|银行|[部委局]等)(?:令|公告)"), Level.MINISTRY_RULE),
    (
        re.compile("国务院(?:、中央军事委员会)?(?:第[一二三四五六七八九十百]+次常务会议|令|发布|公布|批准)"),
        Level.REGULATION,
    ),
)
_ISSUER = re.compile(
    "(全国人民代表大会常务委员会|全国人民代表大会|最高人民法院|最高人民检察院"
    "|[\u4e00-\u9fff]{2,12}?[省市区州县盟](?:人民代表大会常务委员会|人民代表大会|人民政府)"
    "|国务院|(?:国家)?[\u4e00-\u9fff]{2,14}?(?:部|委员会|总局|署|局|银行)(?=令|公告))"
)
_SESSION = re.compile("第[一二三四五六七八九十百]+届")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a statute says of itself above its first article.

    history: days of adoption and amendment. published: day of publication of this version, where one is printed.
    change: how this version came about. orders: (day, order) of promulgation.
    """

    title: str
    level: Level
    issuer: str = ""
    history: tuple[tuple[date, Change], ...] = ()
    published: date | None = None
    change: Change = Change.UNKNOWN
    orders: tuple[tuple[date | None, str], ...] = ()

    @property
    def version_date(self) -> date | None:
        """The day by which this version is known: of publication, else of the last adoption or amendment."""
        last = self.history[-1][0] if self.history else None
        return max((day for day in (self.published, last) if day), default=None)


def read_heading(lines: list[str], name: str = "") -> Heading:
    """The heading that the lines above the first article print; the file's name gives what they leave out."""
    stem, named_day = _named(name)
    title = _title(lines) or (stem if ENDING.search(stem) else "")
    text = _QUOTED.sub("", "\n".join(lines).replace(title, "", 1) if title else "\n".join(lines))
    events = _events(text)
    history = tuple(dict((day, kind) for day, kind in events if kind is not None).items())
    published = max((day for day, kind in events if kind is None), default=None) or named_day
    issuer = _issuer(text, title)
    return Heading(
        title=title,
        level=_level(text, title),
        issuer=issuer,
        history=tuple(sorted(history)),
        published=published,
        change=history[-1][1] if history else Change.UNKNOWN,
        orders=_orders(text, published),
    )


def closing_date(text: str, published: date | None) -> date | None:
    """From when a closing article lets the statute hold; published: for "from the day of publication"."""
    match = _START.search(text)
    if match is None:
        return None
    found = dates(match[1])
    if found and found[-1].day_known:
        return found[-1].date
    return published if _ON_PUBLICATION.search(match[1]) else None


def _named(name: str) -> tuple[str, date | None]:
    """Title and day that a file's name gives: 中华人民共和国行政许可法_20190423.docx."""
    stem = PurePath(name).name
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    match = _FROM_NAME.search(stem)
    if match is None:
        return stem, None
    try:
        return stem[: match.start()], date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:  # 20191345 is no day
        return stem, None


def _title(lines: list[str]) -> str:
    """The last line that can be a title, with the lines before it that it carries on."""
    plain = [re.sub(r"^[#*\s]+|[*\s]+$", "", line) for line in lines]
    fit = [i for i, line in enumerate(plain) if ENDING.search(line) and not _NO_TITLE.search(line) and len(line) <= 120]
    if not fit:
        return ""
    # The first is the heading itself; below it the history may end like a title.
    at = fit[-1] if any(_ORDER.search(line) for line in plain[: fit[-1]]) else fit[0]
    title = plain[at]
    while at > 0 and carries_on(plain[at - 1]):
        at -= 1
        title = plain[at] + title
    return re.sub(r"\s+", "", title)


def carries_on(line: str) -> bool:
    """Whether a line is the beginning of a title that the next one goes on with."""
    return bool(re.fullmatch(r"[\u4e00-\u9fff、《》〈〉]{2,40}", line)) and not (
        ENDING.search(line) or _NO_TITLE.search(line) or dates(line)
    )


def _events(text: str) -> list[tuple[date, Change | None]]:
    """(day, what happened) of the history; None for publication."""
    printed = [each for each in dates(text) if each.day_known]
    found: list[tuple[date, Change | None]] = []
    adopted = False
    for at, day in enumerate(printed):
        end = printed[at + 1].start if at + 1 < len(printed) else len(text)
        words = _KIND.findall(text[day.end : end])
        change = next((_CHANGES[word] for word in words if word in _CHANGES), None)
        if change is not None:
            found.append((day.date, change))
        elif "通过" in words and not adopted:
            found.append((day.date, Change.ADOPTED))
            adopted = True
        elif not words and not _is_signature(text, day):
            continue
        elif "施行" not in words:
            found.append((day.date, None))
    if not adopted and found and all(kind is None for _, kind in found[:1]):
        found.insert(0, (found[0][0], Change.ADOPTED))
    return found


def _is_signature(text: str, day: PrintedDate) -> bool:
    """A day that stands alone in its line is that of the order."""
    before = text[: day.start].rpartition("\n")[2].strip()
    after = text[day.end :].partition("\n")[0].strip()
    return not before and not after


def _orders(text: str, published: date | None) -> tuple[tuple[date | None, str], ...]:
    found: dict[str, date | None] = {}
    for match in _ORDER.finditer(text):
        near = dates(text[max(0, match.start() - 30) : match.end()])
        order = re.sub(r"\s+", "", _LEAD.sub("", match[1]) + match[2])
        found.setdefault(order, near[-1].date if near else published)
    return tuple((day, order) for order, day in found.items())


def _level(text: str, title: str) -> Level:
    if title.endswith("宪法"):
        return Level.CONSTITUTION
    if _LEVELS[0][0].search(title):
        return Level.INTERPRETATION
    head = text + "\n" + title
    level = next((level for pattern, level in _LEVELS[1:] if pattern.search(head)), Level.OTHER)
    if level is Level.OTHER and re.match("中华人民共和国.*法$", title):
        return Level.LAW
    if level is Level.REGULATION and title.startswith("国务院") and title.endswith("决定"):
        return Level.COUNCIL_DECISION
    return level


def _issuer(text: str, title: str) -> str:
    plain = _SESSION.sub("", text)
    match = _ISSUER.search(plain) or _ISSUER.match(title)
    return re.sub("^.*[年月日经由]", "", match[1]) if match else ""
