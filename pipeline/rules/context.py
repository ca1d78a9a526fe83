"""What a rule may look at: one unit's files and records, the words, the campaign and the review date.

In: the reading of a submission. Out: :class:`RuleContext`, which computes each index once, whichever rule asks first.
Refuses nothing and judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, KeysView, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

from pipeline.campaigns.arrival import Arrival
from pipeline.campaigns.campaign import Campaign
from pipeline.finding import Finding
from pipeline.identity.history import History
from pipeline.law.quoted_text import ArticleTexts
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verified import VerifiedCitation, verified
from pipeline.law.workspace_library import shipped_library
from pipeline.record import Field, FileReading, Reading, Record, Register, TableReading
from pipeline.vocabulary import Vocabulary

T = TypeVar("T")


_RISK_REGISTERS = tuple(register for register in Register if register.of_risks)


@dataclass(frozen=True, slots=True)
class RuleContext:
    """One unit's submission as the rules see it.

    records: in reading order, with unit and key assigned; those of ``files`` and, for rules across registers, those of
    the unit's other registers that were taken in before. as_of: the review date. library: the statutes by which legal
    bases are judged; the shipped facts unless the workspace adds its own. own_library: the texts of those that the
    workspace imported, None without a workspace. history: what became of the unit's powers since earlier versions.
    arrival: when it was received, None where nothing was handed in yet.
    """

    unit: str
    files: tuple[FileReading, ...]
    records: tuple[Record, ...]
    vocabulary: Vocabulary
    campaign: Campaign
    as_of: date
    library: StatuteLibrary = field(repr=False, compare=False, default_factory=shipped_library)
    own_library: ArticleTexts | None = None
    history: History = field(default_factory=History)
    arrival: Arrival | None = None
    # What the rules have found so far, in the order of vocab/rules.csv: a rule about findings stands behind theirs.
    findings: list[Finding] = field(init=False, repr=False, compare=False, hash=False, default_factory=list)
    _memo: dict[Callable[..., object], object] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )
    _selected: dict[tuple[Register, ...], tuple[Record, ...]] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )
    _having: dict[tuple[tuple[Register, ...], tuple[str, ...]], tuple[Record, ...]] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )
    # By identity: hashing a record would walk all its fields, and the context keeps every record alive.
    _fields: dict[int, dict[str, Field]] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for record in self.records:
            self._fields[id(record)] = {each.name: each for each in record.fields if _has_column(each)}

    def once(self, build: Callable[[RuleContext], T]) -> T:
        """What ``build`` makes of this context, made at the first call and kept: an index shared by rules."""
        if build not in self._memo:
            self._memo[build] = build(self)
        return cast(T, self._memo[build])

    def of(self, *registers: Register) -> tuple[Record, ...]:
        """The records of some registers, in reading order."""
        if registers not in self._selected:
            wanted = frozenset(registers)
            self._selected[registers] = tuple(record for record in self.records if record.register in wanted)
        return self._selected[registers]

    def having(self, registers: tuple[Register, ...], names: tuple[str, ...]) -> tuple[Record, ...]:
        """The records of some registers whose table has one of the columns ``names``."""
        key = (registers, names)
        if key not in self._having:
            fields = self._fields
            self._having[key] = tuple(r for r in self.of(*registers) if not fields[id(r)].keys().isdisjoint(names))
        return self._having[key]

    @property
    def powers(self) -> tuple[Record, ...]:
        """The records of both catalogues, public and not public."""
        return self.of(Register.POWERS, Register.POWERS_NOT_PUBLIC)

    @property
    def risks(self) -> tuple[Record, ...]:
        """The risk points of all risk registers."""
        return self.of(*_RISK_REGISTERS)

    def field(self, record: Record, name: str) -> Field | None:
        """A field of a record of this context, None where its table has no such column; faster than Record.get."""
        return self._fields[id(record)].get(name)

    def text(self, record: Record, name: str) -> str:
        """The normalized text of a field of a record of this context; "" where it is blank or absent."""
        found = self._fields[id(record)].get(name)
        return found.text if found else ""

    def columns(self, record: Record) -> KeysView[str]:
        """The names of the fields that a record of this context has, blank ones too: its table shows them."""
        return self._fields[id(record)].keys()

    @property
    def citations(self) -> Mapping[str, tuple[VerifiedCitation, ...]]:
        """What the powers' bases cite, with the verdict on each, by the key of the power."""
        return self.once(_citations)

    def cited(self, record: Record) -> tuple[VerifiedCitation, ...]:
        """What 行使依据 of a power cites, with verdicts; () where it cites nothing."""
        return self.citations.get(record.key, ())

    def file(self, name: str) -> FileReading | None:
        """The file of that name, None for one that was taken in before."""
        return self.once(_files).get(name)

    def table(self, record: Record) -> TableReading | None:
        """The table a record was read from, None for a record taken in before."""
        file = self.file(record.file)
        return file.tables[record.table] if file and record.table < len(file.tables) else None


def _citations(context: RuleContext) -> Mapping[str, tuple[VerifiedCitation, ...]]:
    return verified(context.powers, context.vocabulary, context.library, context.as_of)


def _has_column(field: Field) -> bool:
    # Testing for a flag is slow and most readings are plain.
    return field.reading is Reading.PLAIN or Reading.ABSENT_COLUMN not in field.reading


def _files(context: RuleContext) -> Mapping[str, FileReading]:
    return {file.name: file for file in context.files}
