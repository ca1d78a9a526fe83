"""Which files of one submission hold the same catalogue twice: the Word file and its signed scan, an older draft.

In: the records of a context. Out: :func:`copies`, pairs of files with what they share and where they contradict each
other, and :func:`independent`. Files that complete each other, one a category, share next to nothing and are no copies;
a file that declares itself an addition (范围 补充) never is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from pipeline.identity.item import code_key
from pipeline.record import Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import items
from pipeline.text.normalization import fold

_SHARED = 0.5  # two files are one register when more than this part of the smaller one stands in the other, too
_AT_LEAST = 2  # powers in common: a single one is a power entered twice, not a register handed in twice
_NAMES_ALIKE = 90  # percent: below this likeness an equal code is a code used twice, not the same power
_OCR_ALIKE = 90  # percent: texts of which one was recognized from a picture differ below this likeness only


@dataclass(slots=True)
class Pair:
    """Two files of one register: how many powers both hold, and those on which they contradict each other."""

    first: str
    second: str
    register: Register
    shared: int = 0
    contradictions: list[tuple[Record, Record]] = field(default_factory=list)


def copies(context: RuleContext) -> tuple[Pair, ...]:
    """The pairs of files that both claim the register, in reading order."""
    return context.once(_copies)


def independent(context: RuleContext, group: Sequence[Record]) -> list[Record]:
    """The records of a group without those that only repeat another file: of copies the first file's are kept.

    An addition replaces what it names again, so that its records repeat nothing either.
    """
    files = {record.file for record in group}
    if len(files) < 2:
        return list(group)
    leaders = context.once(_leaders)
    supplements = {file.name for file in context.files if file.supplement}
    chosen: dict[str, str] = {}
    for record in group:
        chosen.setdefault(leaders.get(record.file, record.file), record.file)
    kept = set(chosen.values()) - (supplements if files - supplements else set())
    return [record for record in group if record.file in kept]


def _copies(context: RuleContext) -> tuple[Pair, ...]:
    supplements = {file.name for file in context.files if file.supplement}
    stated = [item[0] for item in items(context) if item[0].file not in supplements]
    sizes = Counter((record.register, record.file) for record in stated)
    if len(sizes) < 2:
        return ()
    pairs: dict[tuple[Register, str, str], Pair] = {}
    holders: dict[tuple[Register, str, str], dict[str, Record]] = {}
    for record in stated:
        for file, other in _other_holders(context, record, holders).items():
            key = (record.register, file, record.file)
            pair = pairs.setdefault(key, Pair(file, record.file, record.register))
            pair.shared += 1
            if _contradict(context, other, record):
                pair.contradictions.append((other, record))
    return tuple(
        pair
        for (register, first, second), pair in pairs.items()
        if pair.shared >= _AT_LEAST and pair.shared > _SHARED * min(sizes[register, first], sizes[register, second])
    )


def _other_holders(
    context: RuleContext,
    record: Record,
    holders: dict[tuple[Register, str, str], dict[str, Record]],
) -> dict[str, Record]:
    """The record of the same power in the last file before this one that has it, by name, or by code and likeness."""
    register, file, found = record.register, record.file, dict[str, Record]()
    for kind, value in _identities(context, record):
        if not value:
            continue
        known = holders.setdefault((register, kind, value), {})
        # Only the last holder: with all of them, n copies of a file would cost n² pairs a power.
        earlier = next((name for name in reversed(known) if name != file), None)
        if earlier is not None and file not in known and not found and _alike(context, known[earlier], record):
            found[earlier] = known[earlier]
        known.setdefault(file, record)
    return found


def _alike(context: RuleContext, one: Record, other: Record) -> bool:
    """Whether two names may mean one power: 取水许可 and 取水许可证核发, but no two penalties of a common pattern."""
    names = sorted((fold(context.text(one, "name")), fold(context.text(other, "name"))), key=len)
    return bool(names[0]) and (names[0] in names[1] or fuzz.ratio(*names) >= _NAMES_ALIKE)


def _identities(context: RuleContext, record: Record) -> Iterator[tuple[str, str]]:
    name = fold(context.text(record, "name"))
    yield "name", name and f"{name}\x1f{fold(context.text(record, 'sub_item'))}"
    yield "code", code_key(context.text(record, "code"))


def _contradict(context: RuleContext, one: Record, other: Record) -> bool:
    types = {_type(context, one), _type(context, other)} - {""}
    return len(types) > 1 or _basis_differs(context, one, other)


def _type(context: RuleContext, record: Record) -> str:
    found = context.field(record, "power_type")
    return str(found.value or fold(found.text)) if found else ""


def _basis_differs(context: RuleContext, one: Record, other: Record) -> bool:
    first, second = context.field(one, "legal_basis"), context.field(other, "legal_basis")
    if first is None or second is None or not first.text or not second.text:
        return False
    texts = fold(first.text), fold(second.text)
    if Reading.OCR in first.reading | second.reading:
        return fuzz.ratio(*texts) < _OCR_ALIKE
    return texts[0] != texts[1]


def _leaders(context: RuleContext) -> Mapping[str, str]:
    """The first file of each set of copies, by each file of the set."""
    leaders: dict[str, str] = {}
    for pair in copies(context):
        leader = leaders.setdefault(pair.first, pair.first)
        leaders.setdefault(pair.second, leader)
    return leaders
