"""One recognized field with its slips mended, and what was changed.

In: a field that was read by recognition, and changes of parts of its text. Out: the field with the changes, marked
REPAIRED; raw, sources and confidence stay as they were, so that a repaired value is still shown as doubtful.
Refuses a change of any character that is not doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from pipeline.record import Field, Reading, Value

DOUBTFUL = 0.95  # confidence below which a recognized character may be another one
BESIDE_GAP = 0.6  # confidence that the characters keep at most between which something was not read
READ = 0.9  # confidence from which what is read again and again counts


@dataclass(frozen=True, slots=True)
class Slip:
    """A part of a field's text that was misread: its half-open span, what was read and what is meant."""

    start: int
    end: int
    read: str
    meant: str


def is_beside_gap(field: Field, position: int) -> bool:
    """Whether something may have been lost between a character of the field and the one before it."""
    pair = field.confidences[position - 1 : position + 1] if position > 0 else ()
    return len(pair) == 2 and max(pair) <= BESIDE_GAP


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
    text, offsets = field.text, field.offsets
    for slip in sorted(slips, key=lambda slip: slip.start, reverse=True):
        text = text[: slip.start] + slip.meant + text[slip.end :]
        if offsets:
            offsets = offsets[: slip.start] + _stretched(offsets[slip.start : slip.end], slip) + offsets[slip.end :]
    return replace(field, text=text, value=value, reading=field.reading | Reading.REPAIRED, offsets=offsets)


def _stretched(offsets: tuple[int, ...], slip: Slip) -> tuple[int, ...]:
    """The places in the raw text of what is meant: of what was read, as far as the two are alike in order."""
    places: list[int] = []
    for change in Levenshtein.opcodes(slip.read, slip.meant):
        own = offsets[change.src_start : change.src_end] or offsets[max(0, change.src_start - 1) :][:1]
        size = change.dest_end - change.dest_start
        places += [own[min(n, len(own) - 1)] for n in range(size)]
    return tuple(places)
