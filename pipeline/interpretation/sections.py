"""What a section row, a title or a line around a table says: power type, department, declared count, unit.

In: one text and a Vocabulary. Out: :class:`Section` and yes/no answers on the form of the text. Only words of
vocab/markers.csv and the printed power types decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.record import Source
from pipeline.text.normalization import fold
from pipeline.text.numerals import number
from pipeline.values.typed import grade, power_type, risk_kind
from pipeline.vocabulary import Vocabulary

# How a section is numbered tells how deep it lies: 第一部分 over 一、 over （一） over 1.
_NUMBERING = (
    re.compile(r"^\s*第[一二三四五六七八九十百]+(?:部分|类|章|节|编)[、:：\s]*"),
    re.compile(r"^\s*[一二三四五六七八九十百]+\s*[、.．:：]\s*"),
    re.compile(r"^\s*[（(][一二三四五六七八九十百]+[)）]\s*[、.．:：]?\s*"),
    re.compile(r"^\s*(?:\d+|[IVX]+|[Ⅰ-Ⅻ])\s*[、.．]\s*"),
)
_COUNT = re.compile(
    r"[（(]?\s*(?:共计?|合计|总计|小计|计)?\s*[:：]?\s*"
    r"(?<![第零一二三四五六七八九十百\d])(?P<n>\d+|[一二三四五六七八九十百]+)\s*(?:大)?(?:项|个|条|件)\s*[)）]?"
)
_CLAUSE_END = re.compile("[，。；;,]")
_STATED = re.compile(
    r"[:：（(]?(?:共计?|合计|总计|小计|计)?(?:有)?[:：]?(?<![第零一二三四五六七八九十百\d])(?P<n>\d+|[一二三四五六七八九十百]+)"
    r"(?:大)?项(?=[，,。、；;）)\s]|\Z)"
)
_TYPE_IN_TITLE = 4  # characters: a title contains a type only where the whole word stands there, 其他 is none
_LONGEST_FILL_IN = 80  # characters; a longer text with a colon is content
_REMEMBERED = 20_000  # short texts of which is known whether they are power types
_LONGEST_TYPE = 10  # characters of a printed power type
_STOP = re.compile(r"[。；;！？]")
_LABELLED = re.compile(r"^\s*(?P<label>[^：:]{1,14})[：:]\s*(?P<value>.*)$", re.DOTALL)
NO_DEPTH = len(_NUMBERING)


@dataclass(frozen=True, slots=True)
class Section:
    """What a section row says. depth: 0 the outermost, NO_DEPTH without number. title: without number and count."""

    text: str
    title: str
    depth: int
    power_type: str | None
    type_text: str
    department: str
    risk_kind: str
    grade: str
    declared: int | None

    @property
    def sort(self) -> str:
        """What it gives to the rows below: "type", "department", "risk_kind", "grade", or "" for nothing."""
        return next((sort for sort in ("type", "department", "risk_kind", "grade") if self.value(sort)), "")

    @property
    def names_something(self) -> bool:
        """It gives a value to the rows below, or declares how many they are."""
        return bool(self.sort) or self.declared is not None

    @property
    def numbered(self) -> bool:
        """It bears a section number."""
        return self.depth < NO_DEPTH

    def value(self, sort: str) -> str:
        """The printed text of what it gives, "" where it gives none of that sort."""
        values = {"type": self.type_text, "department": self.department, "risk_kind": self.risk_kind}
        return self.grade if sort == "grade" else values[sort]


class SectionStack:
    """The sections in force at a place of the document, outermost first, each with the source that printed it."""

    def __init__(self) -> None:
        self._entries: list[tuple[Section, Source]] = []

    def push(self, section: Section, source: Source) -> tuple[Source, ...]:
        """A new section ends those of its own depth or kind and all that lie below them; these are returned."""
        ended: tuple[Source, ...] = ()
        for index, (other, _) in enumerate(self._entries):
            same_depth = section.depth < NO_DEPTH and other.depth < NO_DEPTH and other.depth >= section.depth
            if same_depth or (NO_DEPTH in (section.depth, other.depth) and other.sort == section.sort):
                ended = tuple(entry[1] for entry in self._entries[index:])
                del self._entries[index:]
                break
        self._entries.append((section, source))
        return ended

    def clear(self) -> tuple[Source, ...]:
        """Ends all sections, and returns them."""
        ended = tuple(source for _, source in self._entries)
        self._entries.clear()
        return ended

    @property
    def innermost(self) -> str:
        """The text of the innermost section, "" outside of any."""
        return self._entries[-1][0].text.strip() if self._entries else ""

    def giving(self, sort: str) -> tuple[str, Source] | None:
        """What the innermost section of a sort ("type", "department", "risk_kind", "grade") gives to the rows."""
        for section, source in reversed(self._entries):
            if value := section.value(sort):
                return value, source
        return None


class SectionReader:
    """Reads section rows, totals, notes and fill-in lines with the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._types: dict[str, bool] = {}
        markers = vocabulary.markers
        self._totals = tuple(fold(word) for word in markers["total"])
        self._notes = tuple(markers["note"])
        self._unit_labels = frozenset(fold(word) for word in markers["unit_label"])
        self._fill_labels = frozenset(fold(word) for word in markers["fill_label"]) | self._unit_labels
        self._department_labels = frozenset(fold(word) for word in markers["department_label"])
        self._type_labels = frozenset(fold(word) for word in markers["type_label"])
        self._bodies = tuple(dict.fromkeys((*markers["department_suffix"], *markers["unit_suffix"])))

    def is_total(self, text: str) -> bool:
        """The first cell of a 合计 row."""
        key = fold(text)
        return key in self._totals or (
            len(key) <= 12 and any(word in key for word in self._totals if len(word) > 1) and bool(_COUNT.search(text))
        )

    def is_type(self, text: str) -> bool:
        """The text is a printed power type and nothing else."""
        if len(text) > _LONGEST_TYPE + 4:
            return False
        if text not in self._types:
            if len(self._types) > _REMEMBERED:
                self._types.clear()
            self._types[text] = power_type(text, self._vocabulary) is not None
        return self._types[text]

    def is_note(self, text: str) -> bool:
        """注：…, 填表说明：… and the like."""
        return text.lstrip().startswith(self._notes)

    def is_fill_in(self, texts: list[str]) -> bool:
        """A line of labels to fill in: 填报单位：…  填报日期：…"""
        joined = " ".join(text for text in texts if len(text) <= _LONGEST_FILL_IN and ("：" in text or ":" in text))
        if not joined:
            return False
        labels = [fold(part) for part in re.findall(r"([^\s：:]{1,10})\s*[：:]", joined)]
        return any(label in self._fill_labels and label not in self._department_labels for label in labels)

    def is_fill_label(self, text: str) -> bool:
        """填报人：, 审核人, 填报日期：2016.5.30 – a blank to fill in, with or without its content."""
        label = re.split("[：:]", text, maxsplit=1)[0]
        return fold(label) in self._fill_labels - self._department_labels

    def joined_line(self, texts: Sequence[str]) -> str:
        """The texts of a row's cells as one line; a label to fill in that stands in its own cell gets its colon."""
        parts = [
            text if "：" in text or ":" in text or fold(text) not in self._fill_labels else f"{text}："
            for text in texts
        ]
        return re.sub("([：:])  ", r"\1", "  ".join(parts))

    def is_section(self, text: str, wide: bool) -> bool:
        """A full-width row (or a lone first cell) that names what follows. A lone cell must say so more clearly."""
        section = self.read(text)
        if section.names_something:
            return True
        numbered = section.depth < NO_DEPTH - 1
        return wide and not _STOP.search(text) and (numbered or len(section.title) <= 20)

    def read(self, text: str) -> Section:
        """The parts of a section's text. Nothing is guessed: what is not named is None or ""."""
        flat = re.sub(r"\s+", "", text)
        depth, rest = NO_DEPTH, flat
        for level, pattern in enumerate(_NUMBERING):
            if found := pattern.match(flat):
                depth, rest = level, flat[found.end() :]
                break
        declared = None
        counts = list(_COUNT.finditer(rest))
        if len(counts) == 1 and _states_count(rest, counts[0]):  # of several none is the section's own for certain
            declared = number(counts[0]["n"])
            rest = rest[: counts[0].start()] + rest[counts[0].end() :]
        title = rest.strip("，,、:： 　-—")
        label, _, value = title.partition("：") if "：" in title else title.partition(":")
        kind_text = value if fold(label) in self._type_labels and value else title
        department = value if fold(label) in self._department_labels else ""
        kind = power_type(kind_text, self._vocabulary)
        if kind is None and not department and self._names_body(title):
            department = title
        risk = title if kind is None and risk_kind(title, self._vocabulary) else ""
        graded = kind is None and not risk and len(title) > 1 and number(title) is None
        printed_grade = title if graded and grade(title, self._vocabulary) else ""
        named = "" if risk or printed_grade else department
        return Section(text, title, depth, kind, kind_text if kind else "", named, risk, printed_grade, declared)

    def read_heading(self, text: str) -> Section:
        """The same for a text outside the table, where a body that stands alone may be the unit on its own cover.

        Only the name of a department (法规股), or one that is numbered, labelled or counted, is a section there.
        """
        section = self.read(text)
        plain = section.department and section.department == section.title and not section.numbered
        if plain and section.declared is None and not self._names_department(section.department):
            return replace(section, department="")
        return section

    def type_in_title(self, text: str) -> str:
        """The printed power type in a title that names just one (云溪县水利局行政处罚类职权目录), "" otherwise."""
        flat = re.sub(r"\s+", "", text)
        found: set[str] = set()
        for kind in self._vocabulary.power_types:
            for match in re.finditer(re.escape(kind.label), flat) if len(kind.label) >= _TYPE_IN_TITLE else ():
                if not flat[match.end() :].startswith(self._bodies):  # 行政复议局 is a body, no type
                    found.add(kind.label)
        longest = {label for label in found if not any(label in other and label != other for other in found)}
        kinds = {power_type(label, self._vocabulary) for label in longest} - {None}
        return min(longest, key=lambda label: (flat.find(label), label)) if len(kinds) == 1 else ""

    def _names_department(self, title: str) -> bool:
        """法规股, 办公室: a department, and no unit with its county in front."""
        suffixes = self._vocabulary.markers["department_suffix"]
        return title.endswith(suffixes) and not re.search("[省市县区州盟旗镇乡]", title[:-1])

    def _names_body(self, title: str) -> bool:
        """市政府办公室, 法规股: short, no verb marks, ends like a body or department."""
        return 2 <= len(title) <= 16 and title.endswith(self._bodies) and not re.search(r"[：:的对、,，。]", title)

    def declared_counts(self, text: str) -> tuple[tuple[str, int], ...]:
        """The counts that a title or a count line states: 行政许可12项、行政处罚20项, 共32项. "" stands for all.

        Counts of somebody else's powers or of cases are none: 对照省厅目录（行政许可15项）, 累计办理许可235件.
        """
        flat = re.sub(r"\s+", "", text)
        found: list[tuple[str, int]] = []
        for match in _STATED.finditer(flat):
            before = flat[: match.start()]
            count, kind = number(match["n"]), self._counted(before)
            if self.of_others(before):
                continue
            if count is not None and kind is not None:
                found.append((kind, count))
        return tuple(found)

    def of_others(self, text: str) -> bool:
        """The last clause of a text speaks of somebody else's powers, or of cases."""
        clause = _CLAUSE_END.split(text)[-1]
        return any(word in clause for word in self._vocabulary.markers["count_of_others"])

    def _counted(self, before: str) -> str | None:
        """What a count after this text counts: a canonical power type, "" for all of them, None for something else."""
        for length in range(min(_LONGEST_TYPE, len(before)), 1, -1):
            if kind := power_type(before[-length:], self._vocabulary):
                return kind
        return "" if not before or before.endswith((*self._totals, *self._vocabulary.markers["counted"])) else None

    def unit_label_value(self, text: str) -> str:
        """The unit that a fill-in line names (填报单位：云溪县水利局), "" if none."""
        for part in re.split(r"\s{2,}|\t|\n|　", text):
            if (found := _LABELLED.match(part)) and fold(found["label"]) in self._unit_labels:
                return _clean_unit(found["value"])
        if found := re.search(r"(?:填报|报送|填表|编制|申报)(?:单位|部门|机关)[^：:]{0,6}[：:]\s*(\S{2,30})", text):
            return _clean_unit(found[1])
        return ""


def numbering(text: str) -> tuple[int, int]:
    """The depth of the section number that a text begins with (一、 （二） 3.), and where the text goes on after it."""
    for depth, pattern in enumerate(_NUMBERING):
        if found := pattern.match(text):
            return depth, found.end()
    return NO_DEPTH, 0


def _states_count(text: str, found: re.Match[str]) -> bool:
    """The count stands in brackets, at the end, or after 共: 一项职权填写一行 states nothing."""
    return found.end() == len(text) or found[0][0] in "（(" or any(word in found[0] for word in ("共", "计"))


def _clean_unit(text: str) -> str:
    text = re.split(
        r"(?:填报|报送|填表|编制|制表|联系|审核|负责|日期|时间)|[\d一二三四五六七八九十〇○零]{4}\s*年", text
    )[0]
    return re.sub(r"[（(](?:盖章|公章|印章|章)[)）]|[\s＿_]+", "", text).strip("：:（(")
