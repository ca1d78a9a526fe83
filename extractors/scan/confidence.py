"""What was seen of a recognized character → how sure it is, as a number that means what it says.

In: one or two readings of a character, its ink, the size of the type. Out: a confidence below 1. The network's own
share of belief says little by itself: it is high for many a wrong character. The steps below were measured on made-up
pages that were not used for anything else (tests/benchmarks/scan_accuracy.py prints what holds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractors.scan.ink import InkBox

if TYPE_CHECKING:
    from extractors.scan.line_reading import Reading

CERTAIN = 0.999
"""No recognized character is more certain than this."""


def confidence(reading: Reading, box: InkBox | None, size: float) -> float:
    """How sure a character is. size: of the type in pixels."""
    share = reading.first.share
    if reading.twice:
        if reading.second is None:
            return min(share, 0.5)
        if reading.second.text != reading.first.text:
            return min(share, 0.6)
        share = min(share, reading.second.share) ** 0.5
    if box is None or box.width > 1.45 * size:
        return min(share, 0.6)
    return min(share, CERTAIN)
