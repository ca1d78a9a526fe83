"""Registers → pictures of pages as a scanner or a fax gives them, with the truth of what they show.

In: an open font, a layout, a random generator; text is made of names and titles of the project's own lists. Out:
:class:`DrawnScan`: pages in grey or colour and the cells that a careful reader would copy. Nothing here knows how pages
are read.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]
GridCell = tuple[int, int, int, int, str]
"""Row, column, row span, column span (1-based) and text."""

POINTS = 72.0
INSIDE = "，。；：、）》”！？〕·,.;:)"
"""What must not begin a line."""


@dataclass(slots=True)
class Sheet:
    """A table to be drawn: widths as shares, cells with a header of so many rows; titles above, notes below."""

    shares: Sequence[float]
    cells: list[GridCell]
    header_rows: int = 1
    above: Sequence[str] = ()
    below: Sequence[str] = ()

    @property
    def rows(self) -> int:
        return max(r + rs - 1 for r, _, rs, _, _ in self.cells)


@dataclass(frozen=True, slots=True)
class Style:
    """How a sheet is drawn. Sizes in points. rules: all, none, three, open. hang: where punctuation goes at line ends.

    heaviness: of a font that has every weight in one file (400 is regular); 0 for any other font.
    """

    font: str
    index: int = 0
    size: float = 10.5
    page: tuple[float, float] = (842.0, 595.0)
    margin: float = 40.0
    padding: float = 3.5
    leading: float = 1.3
    rules: str = "all"
    weight: float = 0.6
    hang: str = "pull"
    centred: bool = True
    dpi: int = 300
    heaviness: int = 0


@dataclass(slots=True)
class DrawnScan:
    """The pages as drawn, and what stands on them."""

    pages: list[Picture]
    sheet: Sheet
    dpi: int
    texts: list[str] = field(default_factory=list)


def wrap(text: str, width: float, font: ImageFont.FreeTypeFont, hang: str) -> list[str]:
    """The lines of a text in a column; "\\n" begins a new one."""
    lines: list[str] = []
    for piece in text.split("\n"):
        line = ""
        for character in piece:
            if line and font.getlength(line + character) > width:
                if character in INSIDE and hang == "hang":
                    lines.append(line + character)
                    line = ""
                    continue
                if character in INSIDE and hang == "pull" and len(line) > 1:
                    lines.append(line[:-1])
                    line = line[-1]
                else:
                    lines.append(line)
                    line = ""
            line += character
        if line or not piece:
            lines.append(line)
    return lines


class _Pen:
    def __init__(self, sheet: Sheet, style: Style) -> None:
        self.sheet, self.style = sheet, style
        self.scale = style.dpi / POINTS
        self.font = self._font(style.size)
        self.pages: list[Image.Image] = []
        self.turn()

    def _font(self, size: float) -> ImageFont.FreeTypeFont:
        font = ImageFont.truetype(self.style.font, round(size * self.scale), index=self.style.index)
        if self.style.heaviness:
            font.set_variation_by_axes([self.style.heaviness])
        return font

    def turn(self) -> None:
        width, height = (round(side * self.scale) for side in self.style.page)
        self.pages.append(Image.new("L", (width, height), 255))
        self.pen = ImageDraw.Draw(self.pages[-1])
        self.y = self.style.margin

    def write(self, text: str, x: float, y: float, font: ImageFont.FreeTypeFont) -> None:
        """One line; y is the top of the type."""
        ascent, _ = font.getmetrics()
        self.pen.text((x * self.scale, y * self.scale + 0.88 * font.size - ascent), text, font=font, fill=0)

    def paragraph(self, text: str, size: float, centred: bool) -> None:
        font = self._font(size)
        width = self.style.page[0] - 2 * self.style.margin
        for line in wrap(text, width * self.scale, font, self.style.hang):
            free = width - font.getlength(line) / self.scale
            self.write(line, self.style.margin + (free / 2 if centred else 0), self.y, font)
            self.y += size * 1.5
        self.y += size * 0.3

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        width = max(1, round(self.style.weight * self.scale))
        points = [round(v * self.scale) for v in (x0, y0, x1, y1)]
        self.pen.line(points, fill=0, width=width)

    def table(self) -> None:
        sheet, style = self.sheet, self.style
        usable = style.page[0] - 2 * style.margin
        edges = [style.margin]
        for share in sheet.shares:
            edges.append(edges[-1] + share * usable)
        lines = {
            (r, c): wrap(t, (edges[c - 1 + cs] - edges[c - 1] - 2 * style.padding) * self.scale, self.font, style.hang)
            for r, c, _, cs, t in sheet.cells
        }
        step = style.size * style.leading
        heights = [step + 2 * style.padding] * sheet.rows
        for r, c, rs, _, _ in sorted(sheet.cells, key=lambda cell: cell[2]):
            need = len(lines[r, c]) * step + 2 * style.padding
            have = sum(heights[r - 1 : r - 1 + rs])
            if need > have:
                heights[r + rs - 2] += need - have
        header = list(range(1, sheet.header_rows + 1))
        starts = sorted({r for r in range(1, sheet.rows + 1) if self._breakable(r)})
        row, first = 1, True
        while row <= sheet.rows:
            rows = [] if first else list(header)
            room = style.page[1] - style.margin - self.y - sum(heights[r - 1] for r in rows)
            taken: list[int] = []
            if (
                not first
                and sum(heights[r - 1] for r in range(row, next((s for s in starts if s > row), row + 1))) > room
            ):
                raise ValueError("a row higher than the page")
            while row <= sheet.rows:
                end = next((s for s in starts if s > row), sheet.rows + 1)
                block = list(range(row, end))
                if sum(heights[r - 1] for r in taken + block) > room and taken:
                    break
                taken += block
                row = end
            self._part(rows + taken, heights, edges, lines, step)
            first = False
            if row <= sheet.rows:
                self.turn()

    def _breakable(self, row: int) -> bool:
        return not any(r < row < r + rs for r, _, rs, _, _ in self.sheet.cells)

    def _part(
        self,
        rows: Sequence[int],
        heights: Sequence[float],
        edges: Sequence[float],
        lines: dict[tuple[int, int], list[str]],
        step: float,
    ) -> None:
        tops = {}
        for r in rows:
            tops[r] = self.y
            self.y += heights[r - 1]
        for r, c, rs, cs, text in self.sheet.cells:
            if r not in tops:
                continue
            top, bottom = tops[r], tops[r + rs - 1] + heights[r + rs - 2]
            x0, x1 = edges[c - 1], edges[c - 1 + cs]
            self._sides(r, c, rs, cs, x0, top, x1, bottom, rows)
            y = top + (bottom - top - len(lines[r, c]) * step) / 2 + (step - self.style.size) / 2
            for line in lines[r, c]:
                free = x1 - x0 - self.font.getlength(line) / self.scale
                centred = self.style.centred and len(text) < 12 and self.style.rules in ("all", "open")
                self.write(line, x0 + (free / 2 if centred else self.style.padding), y, self.font)
                y += step

    def _sides(
        self, r: int, c: int, rs: int, cs: int, x0: float, top: float, x1: float, bottom: float, rows: Sequence[int]
    ) -> None:
        kind = self.style.rules
        if kind in ("all", "open"):
            self.line(x0, top, x1, top)
            self.line(x0, bottom, x1, bottom)
            if kind == "all" or c > 1:
                self.line(x0, top, x0, bottom)
            if kind == "all" or c + cs <= len(self.sheet.shares):
                self.line(x1, top, x1, bottom)
        elif kind == "three":
            if r == rows[0]:
                self.line(x0, top, x1, top)
            if r + rs - 1 in (self.sheet.header_rows, rows[-1]):
                self.line(x0, bottom, x1, bottom)


def draw(sheet: Sheet, style: Style) -> DrawnScan:
    """The pages of a sheet, clean and in grey."""
    pen = _Pen(sheet, style)
    for n, text in enumerate(sheet.above):
        pen.paragraph(text, style.size * (1.7 if n == 0 else 1.1), n == 0)
    pen.table()
    pen.y += 6
    for text in sheet.below:
        pen.paragraph(text, style.size, False)
    return DrawnScan([np.asarray(page, dtype=np.uint8) for page in pen.pages], sheet, style.dpi)


# What scanners, stamps and fax machines do to a page.


def skewed(page: Picture, degrees: float) -> Picture:
    """The page laid askew on the glass."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = 255 if page.ndim == 2 else (255, 255, 255)
    return np.asarray(
        cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=white), dtype=np.uint8
    )


def resized(page: Picture, factor: float) -> Picture:
    """The page at a lower resolution."""
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def noisy(page: Picture, rng: random.Random, sigma: float = 12.0, blur: float = 0.6) -> Picture:
    """The page through a lens and a sensor: slightly soft, uneven light, noise."""
    generator = np.random.default_rng(rng.randrange(1 << 30))
    soft = cv2.GaussianBlur(page, (0, 0), blur).astype(np.float32)
    height, width = page.shape[:2]
    light = np.linspace(0.93, 1.0, width)[None, :] * np.linspace(1.0, 0.95, height)[:, None]
    if page.ndim == 3:
        light = light[:, :, None]
    return np.clip(soft * 0.9 * light + 12 + generator.normal(0, sigma, page.shape), 0, 255).astype(np.uint8)


def compressed(page: Picture, quality: int = 60) -> Picture:
    """The page as a JPEG of low quality."""
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), dtype=np.uint8)


RED, BLUE = (60.0, 45.0, 215.0), (190.0, 70.0, 40.0)
"""Of seals: blue, green, red."""


def stamped(
    page: Picture, rng: random.Random, dpi: int, font: str, index: int = 0, colour: tuple[float, float, float] = RED
) -> Picture:
    """The page in colour (BGR) with a seal over text: ring, star, the name along the ring."""
    scale = dpi / POINTS
    height, width = page.shape[:2]
    side = round(119 * scale)  # 42 mm
    layer = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(layer)
    thick = max(2, round(2.2 * scale))
    pen.ellipse((thick, thick, side - thick, side - thick), outline=255, width=thick)
    star = [
        (
            side / 2 + r * side * np.sin(np.pi * n / 5),
            side / 2 - r * side * np.cos(np.pi * n / 5),
        )
        for n, r in ((n, 0.14 if n % 2 == 0 else 0.055) for n in range(10))
    ]
    pen.polygon(star, fill=255)
    name = ImageFont.truetype(font, round(14 * scale), index=index)
    for n, character in enumerate("云溪县农业农村局专用章"):
        tile = Image.new("L", (round(18 * scale), round(18 * scale)), 0)
        ImageDraw.Draw(tile).text((round(2 * scale), 0), character, font=name, fill=255)
        angle = -120 + 24 * n
        turned = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
        x = side / 2 + 0.39 * side * np.sin(np.radians(angle)) - turned.width / 2
        y = side / 2 - 0.39 * side * np.cos(np.radians(angle)) - turned.height / 2
        layer.paste(255, (round(x), round(y)), turned)
    ink = np.asarray(layer.rotate(rng.uniform(-20, 20), resample=Image.Resampling.BICUBIC), dtype=np.float32) / 255
    ink *= rng.uniform(0.7, 0.95)
    picture = page if page.ndim == 3 else cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)
    picture = picture.copy()
    x0, y0 = rng.randint(0, max(0, width - side)), rng.randint(0, max(0, height - side))
    part = picture[y0 : y0 + side, x0 : x0 + side].astype(np.float32)
    mixed = part * (1 - ink[..., None]) + np.minimum(part, np.array(colour)) * ink[..., None]
    picture[y0 : y0 + side, x0 : x0 + side] = mixed.astype(np.uint8)
    return picture


def edged(page: Picture, rng: random.Random, dpi: int) -> Picture:
    """The page with the dark border of an open scanner lid along one or two sides, and two punch holes."""
    scale = dpi / POINTS
    picture = page.copy()
    height, width = page.shape[:2]
    for side in rng.sample(("left", "right", "top", "bottom"), rng.randint(1, 2)):
        thick = round(rng.uniform(4, 14) * scale)
        area = {
            "left": np.s_[:, :thick],
            "right": np.s_[:, width - thick :],
            "top": np.s_[:thick],
            "bottom": np.s_[height - thick :],
        }[side]
        picture[area] = rng.randint(15, 60)
    for y in (height // 2 - round(113 * scale), height // 2 + round(113 * scale)):
        cv2.circle(picture, (round(22 * scale), y), round(8 * scale), (40,) * (1 if page.ndim == 2 else 3), -1)
    return picture


def photographed(page: Picture, rng: random.Random, tilt: float = 0.03) -> Picture:
    """The page as a hand-held camera sees it: on a dark desk, its corners off by a share of its sides, light uneven."""
    height, width = page.shape[:2]
    room = 0.08
    wide, high = round(width * (1 + 2 * room)), round(height * (1 + 2 * room))
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    moved = np.array(
        [
            (x + room * width + rng.uniform(-tilt, tilt) * width, y + room * height + rng.uniform(-tilt, tilt) * height)
            for x, y in corners
        ],
        dtype=np.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners, moved)
    generator = np.random.default_rng(rng.randrange(1 << 30))
    grain = cv2.resize(generator.normal(70, 12, (high // 8, wide // 8)).astype(np.float32), (wide, high))
    desk = np.clip(grain, 20, 120).astype(np.uint8)
    if page.ndim == 3:
        desk = cv2.cvtColor(desk, cv2.COLOR_GRAY2BGR)
    seen = cv2.warpPerspective(page, matrix, (wide, high), flags=cv2.INTER_LINEAR)
    sheet = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (wide, high)) > 127
    picture = np.where(sheet[..., None] if page.ndim == 3 else sheet, seen, desk)
    light = np.linspace(rng.uniform(0.7, 1.0), rng.uniform(0.7, 1.0), wide)[None, :]
    light = light * np.linspace(rng.uniform(0.8, 1.0), rng.uniform(0.8, 1.0), high)[:, None]
    soft = cv2.GaussianBlur(picture, (0, 0), 0.7).astype(np.float32)
    lit = soft * (light[..., None] if page.ndim == 3 else light)
    return np.clip(lit + generator.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)


def curled(page: Picture, rng: random.Random, rise: float = 0.012) -> Picture:
    """The page bent, as near the back of a bound volume: its lines rise and fall by a share of its height."""
    height, width = page.shape[:2]
    x = np.linspace(0, 1, width, dtype=np.float32)
    bend = rise * height * rng.choice((-1, 1)) * np.cos(np.pi * (x + rng.uniform(-0.2, 0.2)))
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    down = np.arange(height, dtype=np.float32)[:, None] + bend[None, :]
    white = 255 if page.ndim == 2 else (255, 255, 255)
    bent = cv2.remap(page, np.ascontiguousarray(across), down.astype(np.float32), cv2.INTER_CUBIC, borderValue=white)
    return np.asarray(bent, dtype=np.uint8)


def faxed(page: Picture, rng: random.Random, black: int) -> Picture:
    """The page as one bit a pixel, with specks and thin rules broken. black: what is darker than so much."""
    generator = np.random.default_rng(rng.randrange(1 << 30))
    grey = page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.6).astype(np.float32) + generator.normal(0, 12, grey.shape)
    bits = np.where(soft < black, 0, 255).astype(np.uint8)
    specks = generator.random(grey.shape) < 0.0004
    bits[specks] = 0
    return bits


def screened(page: Picture, rng: random.Random) -> Picture:
    """The page as one bit a pixel, its greyish paper drawn in dots."""
    grey = page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    paper = np.minimum(grey, rng.randint(225, 248)).astype(np.uint8)
    return np.asarray(Image.fromarray(paper).convert("1").convert("L"), dtype=np.uint8)


def lettered(page: Picture, rng: random.Random) -> Picture:
    """The page as a scanner set to text makes it: one bit a pixel, parted where the page's own greys part (Otsu)."""
    grey = page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return np.asarray(cv2.threshold(noisy(grey, rng), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], dtype=np.uint8)
