"""The lines of one text, as they were read → its glyphs on the page.

In: the lines of a cell or a paragraph, and the room of each. Out: glyphs in points: what belongs together in the text
agrees, and what the print leaves open is doubted. Nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extractors.geometry.lines import Glyph
from extractors.scan.belonging import ReadLine
from extractors.scan.doubts import doubted
from extractors.scan.glyph_pairs import agreeing
from extractors.scan.placing import Room, placed
from extractors.scan.text_lines import Strip


def settled_glyphs(lines: Sequence[ReadLine], scale: float, rooms: Mapping[Strip, Room]) -> Iterator[Glyph]:
    """The characters of one text, none of them placed outside of the room of its line."""
    if not lines:
        return
    settled = doubted(agreeing([line.signs for line in lines]), lines[0].size)
    for line, signs in zip(lines, settled, strict=True):
        yield from placed(signs, line.strip, line.left, line.size, scale, rooms[line.strip])
