"""Family X: what could not be read, or was read with reserve, in the files themselves.

In: the readings of a unit's files with their remarks and observations. Out: hits about files. Judges no record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extractors.document import Notice, Observation
from pipeline.record import FileReading, FileState, Register, Remark, RemarkKind
from pipeline.rules.context import RuleContext
from pipeline.rules.copies import Pair, copies
from pipeline.rules.registry import Facts, Hit, Scope, clipped, filled, in_file, on_file, rule

CLASSIFIED = "classified"  # FileReading.reason of a file with a classification mark

# Which rule speaks of what a reader or the interpretation noticed, and with which row of rules.csv.
_NOTICED: dict[RemarkKind | Notice, tuple[str, str]] = {
    RemarkKind.UNKNOWN_HEADING: ("X03", ""),
    RemarkKind.DOUBTFUL_HEADING: ("X03", "doubtful"),
    RemarkKind.UNPLACED: ("X03", "unplaced"),
    RemarkKind.BLANK_RECORD: ("X03", "blank_row"),
    RemarkKind.REPAIRED: ("X04", ""),
    RemarkKind.RECOGNIZED: ("X04", "recognized"),
    RemarkKind.TRADITIONAL: ("X04", "traditional"),
    RemarkKind.COUNT_DECLARED: ("X05", ""),
    RemarkKind.PACKED: ("X06", ""),
    Notice.HIDDEN_ROWS: ("X07", ""),
    Notice.HIDDEN_COLUMNS: ("X07", "columns"),
    Notice.HIDDEN_SHEET: ("X07", "sheet"),
    Notice.HIDDEN_TEXT: ("X07", "text"),
    RemarkKind.UNREAD: ("X10", ""),
    Notice.UNREAD_CELL: ("X10", ""),
    Notice.UNREAD_PAGE: ("X10", "page"),
    Notice.UNREAD_PART: ("X10", "part"),
    Notice.TRUNCATED: ("X10", "truncated"),
    RemarkKind.COVER_SHEET: ("X10", "cover_sheet"),
}


def _files(want: Callable[[FileReading], bool]) -> Callable[[RuleContext, str], Scope[FileReading]]:
    def scope(context: RuleContext, code: str) -> Scope[FileReading]:
        return Scope(tuple(file for file in context.files if want(file)))

    return scope


def _read(file: FileReading) -> bool:
    return file.state is not FileState.QUARANTINED


@rule("X01", over=_files(lambda file: True))
def unreadable_file(context: RuleContext, code: str, files: tuple[FileReading, ...]) -> Iterator[Hit]:
    """A file that was quarantined, for any reason but a classification mark."""
    for file in files:
        if file.state is FileState.QUARANTINED and file.reason != CLASSIFIED:
            text = context.vocabulary.reasons[file.reason]
            facts: Facts = {"file": file.name, "format": file.format, **dict(file.facts)}
            reason, remedy = filled(context, text.reason, facts), filled(context, text.advice, facts)
            yield on_file(file, facts={"reason": reason, "remedy": remedy})


@rule(*dict.fromkeys(code for code, _ in _NOTICED.values()), over=_files(_read))
def noticed(context: RuleContext, code: str, files: tuple[FileReading, ...]) -> Iterator[Hit]:
    """What reading and interpretation noticed; the same thing told by both at one place is one hit."""
    for file in files:
        told: set[tuple[str, str, str]] = set()
        for notice in _notices(file):
            speaker, variant = _NOTICED[notice.kind if isinstance(notice, Remark) else notice.notice]
            if speaker != code:
                continue
            hit = _noticed(context, file, notice, variant)
            once = (variant, str(hit.place), "" if code == "X10" else hit.quote)
            if once not in told:
                told.add(once)
                yield hit


def _notices(file: FileReading) -> tuple[Remark | Observation, ...]:
    return (*file.remarks, *file.observations)


def _noticed(context: RuleContext, file: FileReading, notice: Remark | Observation, variant: str) -> Hit:
    if isinstance(notice, Remark):
        register, name = _column_of(context, file, notice)
        facts = dict(notice.facts)
        return in_file(file, notice.place, notice.quote, name=name, register=register, variant=variant, facts=facts)
    if notice.notice is Notice.UNREAD_PART:  # its text is the kind of part, in the reader's words: nothing to quote
        labels = context.vocabulary.labels
        what = labels.get(f"part.{notice.text}", labels["part.other"])
        return in_file(file, notice.place, variant=variant, facts={"what": what})
    return in_file(file, notice.place, notice.text, variant=variant)


def _column_of(context: RuleContext, file: FileReading, remark: Remark) -> tuple[Register, str]:
    """The register and field that a remark names: those of its own table, else of any table that has the field.

    A remark may name the field by its identifier or by its view column.
    """
    fields = context.once(_field_names)
    place = remark.place
    tables = sorted(file.tables, key=lambda t: (t.place.part, t.place.table) != (place.part, place.table))
    for table in tables:
        if name := fields.get((table.register.family, remark.field)):
            return table.register, name
    return Register.NONE, ""


def _field_names(context: RuleContext) -> dict[tuple[str, str], str]:
    names = {(family, field): field for family, field in context.vocabulary.columns}
    columns = context.vocabulary.columns.values()
    return {(column.family, column.column): column.field for column in columns} | names


def _pairs(context: RuleContext, code: str) -> Scope[Pair]:
    holding = {record.file for record in context.powers}
    return Scope(copies(context), "" if len(holding) > 1 else "nothing_to_compare")


@rule("X08", over=_pairs)
def two_catalogues(context: RuleContext, code: str, pairs: tuple[Pair, ...]) -> Iterator[Hit]:
    """Two files that hold the same powers; a contradiction in type or basis is graver than a mere repetition."""
    joiner = context.vocabulary.label("list.and")
    for pair in pairs:
        against = pair.contradictions
        names = joiner.join(clipped(context.text(record, "name")) for record, _ in against[:5])
        for name, other in ((pair.first, pair.second), (pair.second, pair.first)):
            file = context.file(name)
            if file is not None:
                variant = "" if against else "repeated"
                facts: Facts = {"other": other, "shared": pair.shared, "count": len(against), "names": names}
                yield on_file(file, names, variant=variant, facts=facts)


@rule("X09", over=_files(lambda file: True))
def classified_file(context: RuleContext, code: str, files: tuple[FileReading, ...]) -> Iterator[Hit]:
    """A file that bears a classification mark. Nothing of it is quoted."""
    for file in files:
        if file.reason == CLASSIFIED:
            yield on_file(file)
