"""The grades of a table: one scheme a column, the direction that the document's own note states goes first.

In: the risk records of one table and the notes around it. Out: the same records with risk_grade.value 1–3 (1 the
gravest), or None where the scheme cannot be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.record import Record
from pipeline.values.typed import grades_of_column
from pipeline.vocabulary import Vocabulary


def graded(records: Sequence[Record], note: str, vocabulary: Vocabulary) -> list[Record]:
    """The records with their grades valued; those without a grade are returned as they are."""
    places = [(index, found) for index, record in enumerate(records) if (found := record.get("risk_grade"))]
    result = list(records)
    grades = grades_of_column([found.text for _, found in places], vocabulary, note)
    for (index, found), grade in zip(places, grades, strict=True):
        value = grade.value if grade is not None else None
        fields = tuple(replace(f, value=value) if f is found else f for f in records[index].fields)
        result[index] = replace(records[index], fields=fields)
    return result
