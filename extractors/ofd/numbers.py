"""The numbers of OFD attributes: boxes, matrices, runs of distances, colours, paths.

In: texts of attributes and elements, whatever their sender wrote. Out: finite numbers held to what a page can hold, or
None. Refuses nothing. Source: GB/T 33190-2016, 7.3 (basic types), 9.1 (AbbreviatedData), 11.3 (DeltaX, DeltaY).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

FARTHEST: Final = 1e6  # mm; what is farther is on no page
A4: Final = (0.0, 0.0, 210.0, 297.0)


class Matrix(NamedTuple):
    """x' = a·x + c·y + e, y' = b·x + d·y + f; y counts downwards."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to stand."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, first: Matrix) -> Matrix:
        """The matrix that does ``first``, then this one."""
        e, f = self.at(first.e, first.f)
        return Matrix(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            e,
            f,
        )


def number(text: str | None, default: float = 0.0) -> float:
    """A number held to ±FARTHEST; ``default`` where it is absent or none."""
    try:
        value = float(text) if text else default
    except ValueError:
        return default
    return min(max(value, -FARTHEST), FARTHEST) if value == value else default


def box_of(text: str | None) -> tuple[float, float, float, float] | None:
    """A box: x, y, width, height in mm; None where the text is none, or has no surface."""
    values = [number(part) for part in (text or "").split()]
    if len(values) != 4 or values[2] <= 0 or values[3] <= 0:
        return None
    return values[0], values[1], values[2], values[3]


def matrix_of(text: str | None) -> Matrix:
    """A transformation (CTM); none where the text is none."""
    values = [number(part) for part in (text or "").split()]
    return Matrix(*values) if len(values) == 6 else Matrix()


def distances(text: str | None, most: int) -> list[float]:
    """The distances from character to character, at most so many: numbers, or "g n v" for n times v."""
    found: list[float] = []
    parts = iter((text or "").split())
    for part in parts:
        if len(found) >= most:
            break
        if part == "g":
            count = int(number(next(parts, "")))
            found += [number(next(parts, ""))] * min(max(count, 0), most - len(found))
        else:
            found.append(number(part))
    return found


def seen(color_values: str | None, alpha: str | None, white_from: int) -> bool:
    """Whether a colour is seen on paper: by its channels (grey, RGB or CMYK, 0 to 255) and its opacity."""
    if number(alpha, 255.0) <= 0:
        return False
    values = [_channel(part) for part in (color_values or "0").split()]
    if len(values) == 4:
        return any(value > 255 - white_from for value in values)
    return any(value < white_from for value in values)


def _channel(text: str) -> float:
    """A channel of a colour, written as a number or as # and two hexadecimal digits."""
    if not text.startswith("#"):
        return number(text)
    try:
        return float(int(text[1:], 16))
    except ValueError:
        return 0.0


Point = tuple[float, float]


def subpaths(data: str, most: int) -> Iterator[tuple[list[Point], int]]:
    """The points of each part of a path that is drawn in one go, and how many curves are in it; at most so many points.

    A curve counts by its end alone. What cannot be understood ends the path.
    """
    points: list[Point] = []
    curves = 0
    tokens = iter(data.split())
    for operator in tokens:
        if operator == "C":
            if points:
                points.append(points[0])
            continue
        if (length := _ARGUMENTS.get(operator)) is None:
            break
        values = [number(next(tokens, "")) for _ in range(length)]
        end = values[-2], values[-1]
        if operator in "SM":
            if points:
                yield points, curves
            points, curves = [end], 0
            continue
        points.append(end)
        curves += operator != "L"
        most -= 1
        if most <= 0:
            break
    if points:
        yield points, curves


_ARGUMENTS: Final = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
