"""What the unit said, and where: records of fields with their sources, and what reading a file gave.

Out: frozen, picklable values. Nothing here reads a file, knows a word or judges.
Field names are the English identifiers of vocab/columns.csv (``name``, ``legal_basis`` …); their view columns
(职权名称, 行使依据 …) stand there too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from typing import TypeAlias

from extractors.document import ChartEdge, Observation, Place


class Register(StrEnum):
    """The kinds of register that a submission may hold. The values are stored; vocab/registers.csv names them."""

    POWERS = "powers"  # 职权目录
    POWERS_NOT_PUBLIC = "powers_not_public"  # 涉密不宜公开行政职权目录
    POWER_STATISTICS = "power_statistics"  # 职权统计表
    RISK_POST = "risk_post"  # 个人岗位廉政风险防控登记表
    RISK_DEPARTMENT = "risk_department"  # 内设部门…
    RISK_UNIT = "risk_unit"  # 单位…
    RISK = "risk"  # risk points that name no level: columns in a catalogue, a plain list
    RISK_GRADES = "risk_grades"  # 风险等级目录
    POST_POWERS = "post_powers"  # 岗位职权目录, kept apart
    NONE = "none"  # a table that is no register

    @property
    def of_powers(self) -> bool:
        """Rows of the view 职权目录."""
        return self in (Register.POWERS, Register.POWERS_NOT_PUBLIC)

    @property
    def of_risks(self) -> bool:
        """Rows of the view 风险点."""
        return self in _OF_RISKS

    @property
    def family(self) -> str:
        """The family in vocab/columns.csv that names its fields; "" for a table that is no register."""
        return "risk" if self.of_risks else _FAMILIES.get(self, "")


_OF_RISKS = frozenset(
    (Register.RISK_POST, Register.RISK_DEPARTMENT, Register.RISK_UNIT, Register.RISK, Register.RISK_GRADES)
)
_FAMILIES = {
    Register.POWERS: "power",
    Register.POWERS_NOT_PUBLIC: "power",
    Register.POWER_STATISTICS: "statistics",
    Register.POST_POWERS: "post_power",
}


class Reading(Flag):
    """How a value was come by; printed as 读法."""

    PLAIN = 0
    NORMALIZED = auto()  # width, blanks, brackets: the text changed, no word did
    FROM_MERGE = auto()  # a merged cell counts for every row it covers
    FROM_SECTION_ROW = auto()  # a section row, a title or a fill-in line gave the value
    DITTO = auto()  # 同上 / 〃
    OCR = auto()
    REPAIRED = auto()  # a certain slip was repaired (配臵 → 配置)
    PLACEHOLDER = auto()  # 无 — / : printed as such, means none
    UNREAD = auto()  # something stands there and could not be read
    ABSENT_COLUMN = auto()  # the table has no such column
    SPLIT = auto()  # one cell carried several fields or several records
    JOINED = auto()  # several cells made one field
    INFERRED = auto()  # derived from another value of the same record (a type from its code)
    HIDDEN = auto()  # it stood in a hidden row or column


@dataclass(frozen=True, slots=True)
class Source:
    """One cell (or paragraph) that a value came from: its place and its whole raw text, unchanged.

    confidences: of each character of ``raw`` where it was recognized from a picture, else empty.
    """

    place: Place
    raw: str
    confidences: tuple[float, ...] = ()

    @property
    def confidence(self) -> float:
        """The lowest of its characters; 1 where nothing was recognized."""
        return min(self.confidences, default=1.0)

    def part(self, start: int, end: int | None = None) -> Source:
        """The half-open part of it as a source of its own."""
        return Source(self.place, self.raw[start:end], self.confidences[start:end])


Value: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record.

    name: identifier from vocab/columns.csv. raw: what this field's part of the cell(s) held, never changed.
    text: the normalized text, "" when blank. value: the typed value where there is one (working days, grade 1–3,
    canonical power type), else None. offsets[i] is the index in ``raw`` of text[i] (empty: not mapped, as for a
    constant or an assembled text).
    """

    name: str
    raw: str
    text: str
    value: Value = None
    sources: tuple[Source, ...] = ()
    reading: Reading = Reading.PLAIN
    confidence: float = 1.0
    offsets: tuple[int, ...] = ()

    @property
    def blank(self) -> bool:
        """Nothing is printed (a placeholder is printed; unread is not blank)."""
        return not self.text and Reading.UNREAD not in self.reading

    @property
    def confidences(self) -> tuple[float, ...]:
        """Of each character of ``text``; empty where nothing was recognized or the way back is not known."""
        if Reading.OCR not in self.reading or len(self.offsets) != len(self.text):
            return ()
        whole = "\n".join(source.raw for source in self.sources)
        start = whole.find(self.raw)
        if start < 0:
            return ()
        certain: list[float] = []
        for source in self.sources:
            certain += [*(source.confidences or (1.0,) * len(source.raw)), 1.0]
        return tuple(certain[start + offset] for offset in self.offsets)


@dataclass(frozen=True, slots=True)
class OtherField:
    """A column that has no field of its own: its printed header (path joined with "/"), text and source."""

    header: str
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Record:
    """One power, one risk point or one row of another register, as one unit states it.

    key: stable surrogate (see pipeline/identity/keys.py), "" until assigned. file: path inside the unit's
    folder. table: index into ``FileReading.tables`` of the table it came from. place: of its name, for people.
    section: the innermost section row above it, "" if none.
    """

    register: Register
    fields: tuple[Field, ...]
    other: tuple[OtherField, ...] = ()
    file: str = ""
    table: int = 0
    place: Place = field(default_factory=Place)
    unit: str = ""
    key: str = ""
    section: str = ""

    def get(self, name: str) -> Field | None:
        """The field of that name, or None where the document has no such column."""
        return next((f for f in self.fields if f.name == name), None)

    def text(self, name: str) -> str:
        """The normalized text of a field; "" where it is blank or absent."""
        found = self.get(name)
        return found.text if found else ""

    @property
    def confidence(self) -> float:
        """The lowest confidence of its fields."""
        return min((f.confidence for f in self.fields), default=1.0)


class RemarkKind(StrEnum):
    """What interpretation noticed; a rule of family X turns each kind into findings. Facts of each in brackets."""

    UNKNOWN_HEADING = "unknown heading"  # X03
    DOUBTFUL_HEADING = "doubtful heading"  # X03 [field, runner_up, score]
    REPAIRED = "repaired"  # X04 [wrong, right]
    RECOGNIZED = "recognized"  # X04: recognition misread it, and what it must be is certain [wrong, right]
    TRADITIONAL = "traditional"  # X04
    COUNT_DECLARED = "count declared"  # X05 [declared, read] only where they differ
    PACKED = "packed"  # X06
    UNPLACED = "unplaced"  # X03: a cell that has no field, heading, section or note: a reported remainder
    UNREAD = "unread"  # a cell that could not be read [reason]
    COVER_SHEET = "cover sheet"  # a 报送说明 that cannot be read
    BLANK_RECORD = "blank record"  # a row that has a serial number and nothing else


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing noticed while interpreting: kind, place, the text concerned, the field and details for the message."""

    kind: RemarkKind
    place: Place
    quote: str = ""
    field: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TableReading:
    """What one table of a file was taken for.

    title: the text that names it. place: its first cell. columns: names of the fields that it has a column, a label
    or a section row for. rows: data rows. cells, used_cells: see the view 来源文件.
    declared: (power type or "" for all, number) that the table, its title or its section rows state.
    form: True for label/value pairs, one item a table.
    """

    register: Register
    title: str
    place: Place
    columns: frozenset[str] = frozenset()
    headers: tuple[str, ...] = ()
    rows: int = 0
    records: int = 0
    cells: int = 0
    used_cells: int = 0
    declared: tuple[tuple[str, int], ...] = ()
    form: bool = False


class ChartForm(StrEnum):
    """How much of a flow chart could be read."""

    GRAPH = "graph"  # its steps and the lines between them
    TEXT = "text"  # its texts, without what leads where
    PICTURE = "picture"  # no more than what it is called


@dataclass(frozen=True, slots=True)
class Chart:
    """A flow chart (流程图) in a file.

    title: as printed, "" if it has none. name: the part of the title, or of the file's name, that tells which power it
    is of, "" where neither does. texts: of its steps in reading order. edges: of its lines, between indices of texts.
    """

    title: str
    name: str
    place: Place
    form: ChartForm
    texts: tuple[str, ...] = ()
    edges: tuple[ChartEdge, ...] = ()


class FileState(StrEnum):
    """What became of a file; printed as 已入库 / 隔离 / 无登记内容."""

    LOADED = "loaded"
    QUARANTINED = "quarantined"
    NO_REGISTER = "no_register"


FINDINGS_WORKBOOK = "findings_workbook"  # the reason of a file without a register that is our own list come back


@dataclass(frozen=True, slots=True)
class FileReading:
    """All that reading one file gave: the output of hops 1–4 for that file, picklable.

    name: path inside the unit's folder. reason: key of vocab/unreadable.csv (with ``facts``) when quarantined;
    "classified" when the file bears a classification mark (nothing of it is kept). unit: the unit that its own text
    names, "" if none. supplement: the document declares itself an addition (范围 补充). seconds: reading and
    interpreting, set by the caller.
    """

    name: str
    sha256: str
    size: int
    state: FileState
    format: str = ""
    pages: int | None = None
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    supplement: bool = False
    tables: tuple[TableReading, ...] = ()
    records: tuple[Record, ...] = ()
    remarks: tuple[Remark, ...] = ()
    observations: tuple[Observation, ...] = ()
    charts: tuple[Chart, ...] = ()
    seconds: float = 0.0

    @property
    def cells(self) -> int:
        """Non-empty cells of all its tables, a merged cell once."""
        return sum(table.cells for table in self.tables)

    @property
    def used_cells(self) -> int:
        """Cells that became a field, a heading, a section, a note or a reported remainder."""
        return sum(table.used_cells for table in self.tables)
