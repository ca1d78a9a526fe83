"""Short lines below each other in a cell, read once more as the one line that they are.

In: the pictures of the lines and what was read of each by itself. Out: the signs of each line. A heading in a narrow
column (序 / 号) has a character a line, which a network that learned from lines reads better beside its neighbours.
Where both readings agree the character is as sure as the surer one; where they differ the one beside its neighbours
stands and is called unsure. Refused: lines of which either reading found more characters than the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractors.scan.glyph_shapes import SUSPECTED, Sign
from extractors.scan.line_reading import read_line
from extractors.scan.paper import Picture
from extractors.scan.text_lines import Strip

SHORT = 2.6
"""Sizes; lines of up to two characters are no longer."""


def are_stacked(strips: Sequence[Strip], size: float) -> bool:
    """Whether the lines of a cell are several, and all of them short. size: of the type in pixels."""
    return len(strips) > 1 and all(strip.x1 - strip.x0 <= SHORT * size for strip in strips)


def read_together(pictures: Sequence[Picture], alone: Sequence[Sequence[Sign]], usual: float) -> list[list[Sign]]:
    """The signs of each line. pictures: of the lines. alone: what was read of each by itself."""
    height = max(len(picture) for picture in pictures)
    starts = np.cumsum([0, *(picture.shape[1] for picture in pictures)]).tolist()
    row = np.full((height, starts[-1]), 255, np.uint8)
    for picture, start in zip(pictures, starts, strict=False):
        top = (height - len(picture)) // 2
        row[top : top + len(picture), start : start + picture.shape[1]] = picture
    together = read_line(row, usual)
    result = []
    for n, own in enumerate(alone):
        beside = [sign for sign in together if starts[n] <= sign.x < starts[n + 1]]
        if len(beside) != len(own):
            return [list(signs) for signs in alone]
        result.append([_agreed(one, other) for one, other in zip(own, beside, strict=True)])
    return result


def _agreed(alone: Sign, beside: Sign) -> Sign:
    if alone.text == beside.text:
        return replace(alone, confidence=max(alone.confidence, beside.confidence))
    return replace(alone, text=beside.text, confidence=min(beside.confidence, SUSPECTED))
