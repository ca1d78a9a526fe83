"""Positioned characters → lines of text in reading order.

In: :class:`Glyph`, a character (or a recognized word) with its rectangle, in points from the top left of the page.
Out: :class:`Line`, its text and rectangle. The order in which glyphs come is never used, only where they stand.
Nothing is refused; no file format is known here, so that digital pages and scans share one sense of a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SAME_LINE = 0.5
"""Glyphs whose centres differ by less than this share of the smaller size stand on one line."""
SCRIPT_SIZE = 0.8
"""A run smaller than this share of the line beside it may be its superscript or subscript."""
SCRIPT_SHIFT = 0.7
"""How far a superscript or subscript may stand off the centre of its line, in sizes of that line."""
WORD_GAP = 0.18
"""A gap of this many sizes between two Latin letters or digits is a space that was not drawn."""
TOUCHING = 0.5
"""Glyphs no farther apart than so many points have no space between them, whatever their size."""
OVERLAP = 0.4
"""Glyphs that overlap by this share of the size are printed over each other …"""
CROWDED = 2
"""… and when more than so many do on a line (the first glyph counts as one), two texts are."""
COLUMN_GAP = 1.5
"""A gap of this many sizes keeps two pieces of Chinese text apart."""


class Glyph(NamedTuple):
    """A character or a recognized word. A tuple, for there are thousands on a page.

    turn: degrees clockwise by which the glyph itself is turned on the page as displayed: 0, 90, 180 or 270.
    confidence: that it is the right one; below 1 for every recognized glyph, 1 for one that the file itself names.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    turn: int = 0
    confidence: float = 1.0

    @property
    def size(self) -> float:
        """The size of the type in points, as far as the rectangle tells.

        A Chinese character is as wide as its size. The height of other glyphs says how far the font could reach,
        which may be much more than the size, so their width bounds it.
        """
        height, width = self.y1 - self.y0, self.x1 - self.x0
        if len(self.text) > 1:
            return height
        if self.text >= "\u2e80":
            return min(height, width)
        return min(height * 0.85, max(width * 2.2, height * 0.25))


class Line(NamedTuple):
    """One visual line: text with spaces only where they are real, the rectangle, and the size of its type."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    glyphs: tuple[Glyph, ...]
    crowded: bool = False  # glyphs stand upon each other: two texts are printed over one another
    confidences: tuple[float, ...] = ()  # of each character of the text where any was recognized; spaces are certain


def text_lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines of text that the glyphs form, from top to bottom; turned text follows upright text."""
    by_turn: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        by_turn.setdefault(glyph[5], []).append(glyph)
    lines = [_line(*run) for run in _runs(by_turn.pop(0, []))]
    for turn in sorted(by_turn):
        lines += [_turned_line(*run, turn) for run in _runs([_upright(g, turn) for g in by_turn[turn]])]
    return [line for line in lines if line.text]


def cell_text(glyphs: Iterable[Glyph]) -> str:
    """The text of a cell: its lines joined by line breaks."""
    return "\n".join(line.text for line in text_lines(glyphs))


def joined_confidences(texts: Sequence[tuple[str, tuple[float, ...]]], between: int = 1) -> tuple[float, ...]:
    """Of each character of several texts joined by so many characters; () where none of them was recognized."""
    if not any(confidences for _, confidences in texts):
        return ()
    values: list[float] = []
    for n, (text, confidences) in enumerate(texts):
        values += [1.0] * between if n else []
        values += confidences or [1.0] * len(text)
    return tuple(values)


class _Run:
    """Glyphs on one line while it is being gathered: their centre and the size of their type so far."""

    __slots__ = ("centre", "glyphs", "size")

    def __init__(self, glyphs: list[Glyph], centre: float) -> None:
        self.glyphs = glyphs
        self.centre = centre
        self.size = max([glyph.size for glyph in glyphs])

    def absorb(self, other: _Run) -> None:
        count, more = len(self.glyphs), len(other.glyphs)
        self.centre += (other.centre - self.centre) * more / (count + more)
        self.size = max(self.size, other.size)
        self.glyphs += other.glyphs


def _runs(glyphs: Sequence[Glyph]) -> list[tuple[list[Glyph], float]]:
    """The glyphs of each line and its size, lines from top to bottom, glyphs from left to right."""
    levels: dict[float, list[Glyph]] = {}  # glyphs of one font on one line stand at exactly one height
    for glyph in glyphs:
        levels.setdefault(glyph[2] + glyph[4], []).append(glyph)
    runs: list[_Run] = []
    for height in sorted(levels):
        level = _Run(levels[height], height / 2)
        for run in reversed(runs):
            apart = level.centre - run.centre
            if apart <= SAME_LINE * min(level.size, run.size):
                run.absorb(level)
                break
            if apart > 2 * max(level.size, run.size):
                runs.append(level)
                break
        else:
            runs.append(level)
    if len(runs) > 1:
        runs = _with_scripts(runs)
    return [(sorted(run.glyphs, key=_left), run.size) for run in sorted(runs, key=_centre)]


def _with_scripts(runs: list[_Run]) -> list[_Run]:
    """Superscripts and subscripts moved into the line that they belong to."""
    kept: list[_Run] = []
    for run in sorted(runs, key=_size):  # the smallest first: a host may itself be moved
        hosts = [
            host
            for host in runs
            if run.size < SCRIPT_SIZE * host.size
            and abs(run.centre - host.centre) < SCRIPT_SHIFT * host.size
            and all(_touches(glyph, host) for glyph in run.glyphs)
        ]
        if hosts:
            min(hosts, key=lambda host: abs(host.centre - run.centre)).glyphs.extend(run.glyphs)
        else:
            kept.append(run)
    return kept


def _touches(glyph: Glyph, host: _Run) -> bool:
    """Whether a glyph of the host stands close before or after the glyph."""
    reach = 1.5 * host.size
    return any(other.x0 - reach < glyph.x0 and glyph.x1 < other.x1 + reach for other in host.glyphs)


def _left(glyph: Glyph) -> float:
    return glyph[1]


def _centre(run: _Run) -> float:
    return run.centre


def _size(run: _Run) -> float:
    return run.size


def _line(glyphs: Sequence[Glyph], size: float) -> Line:
    pieces: list[str] = []
    previous = glyphs[0]
    over = 0
    for glyph in glyphs:
        gap = glyph[1] - previous[3]
        if gap > TOUCHING:
            if _space_between(previous, glyph):
                pieces.append(" ")
        elif gap < -OVERLAP * size:
            over += 1
        pieces.append(glyph[0])
        previous = glyph
    text = "".join(pieces)
    return Line(
        text.strip(),
        glyphs[0][1],
        min(g[2] for g in glyphs),
        max(g[3] for g in glyphs),
        max(g[4] for g in glyphs),
        size,
        tuple(glyphs),
        over > CROWDED,
        _confidences(text, pieces, glyphs) if any(glyph[6] < 1 for glyph in glyphs) else (),
    )


def _confidences(text: str, pieces: Sequence[str], glyphs: Sequence[Glyph]) -> tuple[float, ...]:
    """One value for each character of the stripped text; a space between glyphs, which no glyph stands for, has 1."""
    values: list[float] = []
    rest = iter(glyphs)
    following = next(rest)
    for piece in pieces:
        if piece == " " and following[0] != " ":
            values.append(1.0)
            continue
        values += [following[6]] * len(piece)
        following = next(rest, following)
    start = len(text) - len(text.lstrip())
    return tuple(values[start : start + len(text.strip())])


def _space_between(left: Glyph, right: Glyph) -> bool:
    gap = right[1] - left[3]
    first, second = left[0][-1], right[0][0]
    if first.isspace() or second.isspace():
        return False
    height = min(left[4] - left[2], right[4] - right[2])
    if first < "\u2e80" and second < "\u2e80":
        size = height * 0.85 if len(left[0]) == 1 else height
        return gap > (WORD_GAP if first.isalnum() and second.isalnum() else COLUMN_GAP) * size
    return gap > COLUMN_GAP * max(left.size, right.size)


def _upright(glyph: Glyph, turn: int) -> Glyph:
    """The glyph seen with the page turned back, so that its text runs from left to right."""
    text, x0, y0, x1, y1, _, confidence = glyph
    if turn == 90:
        return Glyph(text, y0, -x1, y1, -x0, confidence=confidence)
    if turn == 180:
        return Glyph(text, -x1, -y1, -x0, -y0, confidence=confidence)
    return Glyph(text, -y1, x0, -y0, x1, confidence=confidence)


def _turned_line(glyphs: Sequence[Glyph], size: float, turn: int) -> Line:
    line = _line(glyphs, size)
    back = [_upright(g, 360 - turn)._replace(turn=turn) for g in glyphs]
    return Line(
        line.text,
        min(g.x0 for g in back),
        min(g.y0 for g in back),
        max(g.x1 for g in back),
        max(g.y1 for g in back),
        line.size,
        tuple(back),
        line.crowded,
        line.confidences,
    )
