"""One recognized field with its slips mended, and what was changed.

In: a field that was read by recognition, and changes of single characters. Out: the field with the changes, marked
REPAIRED; raw, sources and confidence stay as they were, so that a repaired value is still shown as doubtful.
Refuses a change of any character that is not doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.record import Field, Reading, Value

DOUBTFUL = 0.9  # confidence below which a recognized character may be another one


@dataclass(frozen=True, slots=True)
class Slip:
    """A part of a field's text that was misread: its half-open span, what was read and what is meant, equally long."""

    start: int
    end: int
    read: str
    meant: str


def doubtful_difference(field: Field, start: int, read: str, meant: str) -> bool:
    """Whether two texts of one length differ in doubtful characters only; ``read`` begins at ``start`` in the field."""
    confidences = field.confidences
    if not confidences or len(read) != len(meant) or read == meant:
        return False
    return all(
        one == other or confidences[start + index] < DOUBTFUL
        for index, (one, other) in enumerate(zip(read, meant, strict=True))
    )


def mended(field: Field, slips: Sequence[Slip], value: Value) -> Field:
    """The field with its slips mended and the typed value that its text then has."""
    text = field.text
    for slip in slips:
        text = text[: slip.start] + slip.meant + text[slip.end :]
    return replace(field, text=text, value=value, reading=field.reading | Reading.REPAIRED)
