"""What was seen of a recognized character → how sure it is, as a number that means what it says.

In: one or two readings of a character, its ink, the size of the type. Out: a confidence below 1. The network's own
share of belief says little by itself: it is high for many a wrong character. The steps below were measured on made-up
pages that were not used for anything else (tests/benchmarks/scan_accuracy.py prints what holds).
"""

from __future__ import annotations

from dataclasses import dataclass

from extractors.scan.ink import InkBox
from extractors.scan.recognizer import Character

CERTAIN = 0.999
"""No recognized character is more certain than this."""
EASY = 0.999
"""Of signs that differ by a dot the network has to believe in one more than this …"""
DOTTED = frozenset("：；，、。.:;,·")
"""… these, or it may have missed the dot."""
WIDE = {True: 0.85, False: 1.45}
"""Ink wider than so many sizes is that of more than the one character read: Latin letters and figures, and others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A character with both readings: the second is None where the line was read once."""

    first: Character
    second: Character | None
    twice: bool


def confidence(reading: Reading, box: InkBox | None, size: float) -> float:
    """How sure a character is. size: of the type in pixels."""
    share = reading.first.share
    if reading.twice:
        if reading.second is None:
            return min(share, 0.5)
        if reading.second.text != reading.first.text:
            return min(share, 0.6)
        share = min(share, reading.second.share) ** 0.5
    latin = reading.first.text.isascii() and reading.first.text.isalnum()
    if box is None or box.width > WIDE[latin] * size:
        return min(share, 0.6)
    if reading.first.text in DOTTED and reading.first.share < EASY:
        return min(share, 0.94)
    return min(share, CERTAIN)
