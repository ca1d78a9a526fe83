"""The signs that were read → those of them that are text.

In: the signs of a line, where seals and dots were taken off the page, the size of the type. Out: the signs without what
the remains of a seal were taken for, and whether a sign by itself is a spot, or a line specks. Nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.scan.doubts import less_sure
from extractors.scan.glyph_shapes import BARS, SUSPECTED, Sign

APART = 0.45
"""Sizes of white that part a run of characters from another, where a seal was."""
REMAINS = 0.55
"""What the remains of a seal are taken for is believed less than this."""
LITTLE = 0.4
"""Sizes; remains that are smaller both ways are taken for points and commas, and believed somewhat more."""
SMALLEST = 0.5
"""Sizes; figures and letters are higher."""
POINTS = frozenset("。，、.,·")
"""What specks are taken for."""


def without_remains(signs: Sequence[Sign], sealed: Sequence[bool], size: float) -> list[Sign]:
    """The signs of a line without what the remains of a seal were taken for: a run apart, of which none is believed.

    sealed: whether each stands where a seal was. The rest of such a line is no longer sure.
    """
    if not any(sealed):
        return list(signs)
    runs: list[list[int]] = []
    for n, sign in enumerate(signs):
        last = signs[runs[-1][-1]] if runs else None
        if last is not None and last.box and sign.box and sign.box.x0 - last.box.x1 < APART * size:
            runs[-1].append(n)
        else:
            runs.append([n])
    gone = {n for run in runs if all(sealed[n] and _is_remains(signs[n], size) for n in run) for n in run}
    kept = [sign for n, sign in enumerate(signs) if n not in gone]
    return less_sure(kept) if gone else kept


def _is_remains(sign: Sign, size: float) -> bool:
    """Whether a sign is hardly believed, or little and not believed."""
    if sign.confidence < REMAINS:
        return True
    box = sign.box
    little = box is not None and max(box.width, box.height) < LITTLE * size
    return little and sign.confidence <= SUSPECTED


def is_spot(signs: Sequence[Sign], size: float) -> bool:
    """Whether what stands by itself is a spot that was taken for a character.

    It is too small for the letter or figure that it was taken for, or for a mark and is not believed. What was taken
    for a dash is one unless it is believed still less.
    """
    if len(signs) != 1 or (box := signs[0].box) is None or box.width >= SMALLEST * size:
        return False
    (sign,) = signs
    if sign.text in BARS:
        return sign.confidence < SUSPECTED
    return box.height < SMALLEST * size and (sign.text.isalnum() or sign.confidence <= SUSPECTED)


def are_specks(signs: Sequence[Sign]) -> bool:
    """Whether a line is several specks that were taken for points and commas, none of them believed."""
    return len(signs) > 1 and all(sign.text in POINTS and sign.confidence <= SUSPECTED for sign in signs)
