"""The picture of a line → its signs, read once or twice, each with its confidence.

In: a line's picture and the usual size of the type. Out: :class:`~extractors.scan.glyph_shapes.Sign` values. A line of
which the network is sure is read once; else once more, seen differently, and the readings are laid side by side: where
they agree the character gains, where they differ the one believed more stands and is called unsure. Refused: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import cv2
import numpy as np

from extractors.scan.confidence import Reading, confidence
from extractors.scan.dirt import are_specks
from extractors.scan.doubts import less_sure
from extractors.scan.glyph_shapes import Sign, settled, type_size
from extractors.scan.ink import ink_boxes
from extractors.scan.line_marks import lone_bar, unread_mark, with_tails
from extractors.scan.paper import Picture
from extractors.scan.recognizer import Character, recognize

SURE = 0.97
"""A line all of whose characters have this share of the network's belief is read once."""
INVENTED = 0.65
"""A character without ink that is believed less than this is not there."""
SQUEEZE = 0.8
"""The second time a line is seen so much narrower, and a little softer."""


def read_line(line: Picture, usual: float, known: Sequence[Character] | None = None) -> list[Sign]:
    """The signs of a line. usual: the size of most type of the page, in pixels. known: the line as read already."""
    first = recognize(line) if known is None else known
    readings = [r for r in _readings(line, first) if r.first.text != " "]
    boxes = ink_boxes(line, [r.first.x for r in readings])
    plain = [Sign(r.first.text, r.first.x, 1.0, box) for r, box in zip(readings, boxes, strict=True)]
    size = type_size(plain, usual)
    if (bar := lone_bar(line, plain, usual)) is not None:
        return [bar]
    if not plain and (mark := unread_mark(line, usual)) is not None:
        return [mark]
    signs = [
        Sign(sign.text, sign.x, confidence(reading, sign.box, size), sign.box)
        for sign, reading in zip(plain, readings, strict=True)
    ]
    read = with_tails(line, settled(_printed(signs), size))
    return [] if are_specks(read) else read


def _printed(signs: Sequence[Sign]) -> list[Sign]:
    """The signs without those that are neither printed nor believed; the rest of such a line is no longer sure.

    Of one figure in a narrow picture a network may make two characters, of which one has no ink: it stands before all
    ink or behind it, or is hardly believed.
    """
    inked = [n for n, sign in enumerate(signs) if sign.box is not None]
    first, last = (inked[0], inked[-1]) if inked else (0, len(signs) - 1)
    kept = [
        sign
        for n, sign in enumerate(signs)
        if sign.box is not None or (first <= n <= last and sign.confidence >= INVENTED)
    ]
    return kept if len(kept) == len(signs) else less_sure(kept)


def _readings(line: Picture, first: Sequence[Character]) -> list[Reading]:
    if all(character.share >= SURE for character in first):
        return [Reading(character, None, twice=False) for character in first]
    return list(_compared(first, recognize(np.asarray(cv2.GaussianBlur(line, (0, 0), 0.8), dtype=np.uint8), SQUEEZE)))


def _compared(first: Sequence[Character], second: Sequence[Character]) -> Iterator[Reading]:
    """The readings side by side; where they differ character by character the one believed more comes first."""
    ours, theirs = [c.text for c in first], [c.text for c in second]
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if b - a == d - c:
            for one, other in zip(first[a:b], second[c:d], strict=True):
                yield _better(one, other)
        elif what == "insert":
            continue
        elif _belief(second[c:d]) > _belief(first[a:b]) + 0.15 and d > c:
            for character in second[c:d]:
                yield Reading(character, None, twice=True)
        else:
            for character in first[a:b]:
                yield Reading(character, None, twice=True)


def _belief(characters: Sequence[Character]) -> float:
    return min((character.share for character in characters), default=0.0)


def _better(one: Character, other: Character) -> Reading:
    """Both readings of a character: what each gives to the other's choice counts too."""
    if one.text == other.text:
        return Reading(one, other, twice=True)
    for_one = one.share + (other.rival_share if other.rival == one.text else 0.0)
    for_other = other.share + (one.rival_share if one.rival == other.text else 0.0)
    chosen = one if for_one >= for_other else Character(other.text, one.x, other.share, other.rival, other.rival_share)
    return Reading(chosen, other if chosen is one else one, twice=True)
