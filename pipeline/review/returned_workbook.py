"""The findings workbook as it comes back: what the unit answered and what the reviewer decided, row by row.

In: the :class:`~extractors.document.Document` that was read from it, and the vocabulary. Out: :class:`ReturnedRow`, one
a row in which something was filled in. Sorted, filtered, deleted, added and moved rows and columns do no harm: columns
are found by their headings, findings by the hidden key. Refuses a workbook without these columns
(:class:`NotTheWorkbook`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document import Document, Table
from pipeline.text.normalization import fold
from pipeline.vocabulary import Vocabulary

_HEADER_ROWS = 20  # a unit may have put a title above
_REASON_SIGNS = "：:，,；;。 \n\t"


class NotTheWorkbook(Exception):
    """No sheet has the columns of the findings workbook."""


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row of the workbook. row: its number on the sheet. decision: the option that was chosen, or all that stands
    there. comment: what the reviewer wrote behind the option.
    """

    sheet: str
    row: int
    key: str
    answer: str
    decision: str
    comment: str


def returned_rows(document: Document, words: Vocabulary) -> list[ReturnedRow]:
    """The rows that were filled in, in the order of the sheets. Raises NotTheWorkbook."""
    found: list[ReturnedRow] = []
    known = False
    for table in document.tables:
        columns = _columns(table, words)
        if columns is not None:
            known = True
            found += _rows(table, *columns, words)
    if not known:
        raise NotTheWorkbook
    return found


def is_findings_workbook(document: Document, words: Vocabulary) -> bool:
    """Whether the file is a findings workbook, filled in or not: what we sent, and no submission."""
    return any(_columns(table, words) is not None for table in document.tables)


def _columns(table: Table, words: Vocabulary) -> tuple[int, dict[str, int]] | None:
    """The row of the headings, and by name the columns that matter; None where there are none."""
    wanted = {fold(words.label(f"report.heading.{name}")): name for name in ("key", "answer", "opinion")}
    for row in range(1, min(table.row_count, _HEADER_ROWS) + 1):
        found: dict[str, int] = {}
        for column in range(1, table.column_count + 1):
            cell = table.at(row, column)
            if cell is not None and (name := wanted.get(fold(cell.text))):
                found.setdefault(name, column)
        if "key" in found and len(found) > 1:
            return row, found
    return None


def _rows(table: Table, header: int, columns: dict[str, int], words: Vocabulary) -> Iterator[ReturnedRow]:
    for row in range(header + 1, table.row_count + 1):
        key, answer, opinion = (_text(table, row, columns.get(name)) for name in ("key", "answer", "opinion"))
        if not answer and not opinion:
            continue
        decision, comment = _opinion(opinion, words)
        yield ReturnedRow(table.part, table.rows[row - 1].number, key, answer, decision, comment)


def _text(table: Table, row: int, column: int | None) -> str:
    cell = table.at(row, column) if column else None
    return cell.text.strip() if cell is not None else ""


def _opinion(text: str, words: Vocabulary) -> tuple[str, str]:
    """The decision at the beginning of an opinion, and the reason behind it; an unknown one is left whole."""
    names = [
        name
        for each in words.decisions
        if each.subject == "finding"
        for name in (each.label, *each.aliases)
        if text.startswith(name)
    ]
    name = max(names, key=len, default="")
    rest = text[len(name) :]
    if not name or (rest and rest[0] not in _REASON_SIGNS and rest[0] not in "（("):
        return text, ""
    return name, rest.strip(_REASON_SIGNS).removeprefix("（").removesuffix("）").strip()
