"""The picture of a page → the same page as clean ink on white paper.

In: a picture in grey or colour (BGR) and its resolution in pixels a point. Out: :class:`Paper`: grey, paper white,
without seals, without the dark edges of an open lid, upright lines level. Nothing is refused; what cannot be told from
text stays.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.bending import Bend, bend_of

Picture = npt.NDArray[np.uint8]

COLOURED = 45
"""Channels that differ by more than this are coloured ink."""
SEAL = (42.0, 200.0)
"""The sides of a seal in points: from that of a person (18 mm) to the largest oval ones."""
ROUND = 2.0
"""A seal is at most so many times as wide as high; lines of coloured text are longer."""
RING = 14.0
"""Points; pieces of one seal are no farther apart."""
CRUMB = 1.6
"""Points; what is left of a seal's ink is smaller, what is printed below it mostly is not."""
SPOT = 0.85
"""Darker than this share of the paper is a spot."""
BLEEDS = 2.0
"""Points from the coloured ink of a seal to where its brightness ends."""
RIM = 4.0
"""Points around a seal in which its ink fades out."""
SHOWS = 0.95
"""What is darker than this share of the paper shows through the ink of a seal …"""
HAIR, HAIRLINE = 1.8, 11.0
"""… and is a rule where it is thinner and longer than so many points."""
SOLID = 5.0
"""Points; what is black over a square of this side is no stroke of a character …"""
STRIPE = (2.2, 40.0)
"""… and what is black over a stripe so wide and long is no rule …"""
BORDER = 0.06
"""… where it stands within this share of the page from its edge, or is larger than LARGE."""
LARGE = 22.0
DARK = 110
"""Darker than this is ink for certain, on paper of 255."""
FAINT = 200
"""Darker than this is ink that may be faint."""
DUST = 0.3
"""Square points; the dot of a full stop in type of seven points is larger, and what a thin comma leaves of itself."""
HARD = 0.04
"""Where no more than this share of the edges of the ink is grey, the page has one bit a pixel."""
SQUARE_OF_DOTS = 16
"""Pixels; where the barest squares of a page so wide …"""
BARE = 0.2
"""… (no page has text on more than the others) hold a dot each, its paper was grey and is drawn in dots, …"""
SCREEN_GREY = 0.02
"""… if hardly a pixel of the page is grey."""
LEAST_LENS, LENS = 1.0, 0.3
"""How far such a page is softened, until the dots are grey again: pixels, pixels for each pixel a point."""
EVEN = 200
"""The level that its paper is brought to, so that what is brighter by chance is not cut off; …"""
UNEVEN = 24
"""… where its levels then have this standard deviation, …"""
OUT_OF_NOISE = 2.5
"""… what is darker by less than so many of it is paper."""
RULE = 60.0
"""Points; a longer level stroke is no part of a character, and tells how the page lies."""
MOST_SKEW = 6.0
"""Degrees by which a page may lie askew on the glass."""
AS_IT_IS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, slots=True)
class Paper:
    """A page ready to be read.

    grey: ink dark on white 255. scale: pixels a point. to_picture: the 2 × 3 matrix that leads from its pixels to those
    of the picture it was made of, but for the bend that was taken out of it. seals: the rectangles (x0, y0, x1, y1, in
    pixels of the picture) that were taken off.
    bits: the picture had one bit a pixel, so that thin strokes and rules are broken. speckled: so had its noise, and
    the paper was full of dots, of which some are left.
    """

    grey: Picture
    scale: float
    to_picture: npt.NDArray[np.float64]
    seals: tuple[tuple[int, int, int, int], ...] = ()
    bits: bool = False
    bend: Bend | None = None
    speckled: bool = False

    def in_picture(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the page, in pixels, lies in the picture that it was made of."""
        across, down = self.to_picture @ (x, y, 1.0)
        return self.bend.place(across, down) if self.bend is not None else (float(across), float(down))

    def blurred(self, x: float, y: float) -> bool:
        """Whether a seal or dots were taken off where a pixel of the page lies, so that some of them may be left."""
        if self.speckled or not self.seals:
            return self.speckled
        across, down = self.in_picture(x, y)
        return any(x0 <= across <= x1 and y0 <= down <= y1 for x0, y0, x1, y1 in self.seals)


def clean(picture: Picture, scale: float) -> Paper:
    """The page on white paper, its lines level."""
    grey, seals = _without_seals(picture, scale)
    grey = _without_edges(grey, scale)
    grey, speckled = _whitened(grey, scale)
    bits = speckled or _has_one_bit(grey)
    if bits:
        grey = _softened(grey, scale)
    bend = bend_of((grey < FAINT).astype(np.uint8), scale)
    if bend is not None:
        return Paper(bend.flattened(grey), scale, AS_IT_IS, seals, bits, bend, speckled)
    angle = skew(grey, scale)
    if abs(angle) < 0.04:
        return Paper(grey, scale, AS_IT_IS, seals, bits, speckled=speckled)
    level, back = _turned(grey, angle)
    return Paper(level, scale, back, seals, bits, speckled=speckled)


def _without_seals(picture: Picture, scale: float) -> tuple[Picture, tuple[tuple[int, int, int, int], ...]]:
    """The page in grey, and where seals were: coloured ink in the shape of one is gone, other coloured ink is kept."""
    if picture.ndim == 2:
        return picture, ()
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.8, 0.35 * scale))  # noise has colours too
    hue = soft.max(axis=2).astype(np.int16) - soft.min(axis=2)
    coloured = (hue > COLOURED).astype(np.uint8)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    seals = tuple(_seals(coloured, scale))
    for x0, y0, x1, y1 in seals:
        part = np.s_[y0:y1, x0:x1]
        grey[part] = _faded(picture[part], grey[part], hue[part], scale)
    return grey, seals


def _seals(coloured: Picture, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """The rectangles around coloured ink in the shape of a seal: about as wide as high. A worn ring is in pieces."""
    step = max(1, round(scale))  # a pixel a point tells enough
    small = cv2.resize(coloured, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    points = scale / step
    # Grown, not closed: closing bridges no gap in a slanting line.
    grown = round(RING * points / 2)
    room = cv2.copyMakeBorder(small, *(grown,) * 4, cv2.BORDER_CONSTANT, value=0)
    whole = cv2.dilate((room > 0).astype(np.uint8), np.ones((2 * grown + 1,) * 2, np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    for x, y, wide, high, _ in stats[1:]:
        width, height = wide - 2 * grown, high - 2 * grown
        least, most = sorted((width / points, height / points))
        if SEAL[0] <= least and most <= min(SEAL[1], ROUND * least):
            rim = RIM * points
            yield (
                int(max(0, x - rim) * step), int(max(0, y - rim) * step),
                int((x + width + rim) * step), int((y + height + rim) * step),
            )  # fmt: skip


def _faded(seal: Picture, grey: Picture, hue: npt.NDArray[np.int16], scale: float) -> Picture:
    """The area of a seal without its ink. What is printed below it is darker than it, in brightness or in its hue."""
    inked = hue > COLOURED
    if not inked.any():
        return grey
    seal = np.asarray(cv2.GaussianBlur(seal, (0, 0), 0.55), dtype=np.uint8)
    dull = np.asarray(cv2.cvtColor(seal, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    ink = float(np.percentile(dull[inked], 40))
    black = min(float(np.percentile(grey, 1)), 0.6 * ink)
    levels = []
    bright = seal.max(axis=2)
    for channel, light in ((dull, ink), (bright, float(np.percentile(bright[inked], 40)))):
        low, high = black + 0.15 * (light - black), black + 0.8 * (light - black)
        levels.append(np.clip((channel.astype(np.float32) - low) / (high - low), 0, 1) * 255)
    paper = float(np.percentile(grey, 90))
    plain = np.minimum(*levels) * paper / 255
    result = np.where(hue > COLOURED / 3, plain, grey).astype(np.uint8)
    lines = _thin_lines(result < SHOWS * paper, scale) & (hue > COLOURED / 3)
    result = np.where(lines, np.minimum(result, DARK), result).astype(np.uint8)
    return _without_crumbs(result, seal, hue, paper, (black + ink) / 2, scale)


def _without_crumbs(
    result: Picture, seal: Picture, hue: npt.NDArray[np.int16], paper: float, pale: float, scale: float
) -> Picture:
    """The area without small spots of the seal's ink: those in its colour, and beside it pale ones of no colour.

    pale: print is darker. Compression spreads the brightness of a stroke farther than its colour.
    """
    dark = (result < SPOT * paper).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    crumbs = stats[:, 2:4].max(axis=1) < CRUMB * scale
    crumbs[0] = False
    darkest = np.full(len(crumbs), 255, np.uint8)
    np.minimum.at(darkest, labels.astype(np.intp), cv2.cvtColor(seal, cv2.COLOR_BGR2GRAY))
    beside = cv2.dilate((hue > COLOURED / 3).astype(np.uint8), np.ones((2 * round(BLEEDS * scale) + 1,) * 2, np.uint8))
    square = np.ones((3, 3), np.uint8)
    in_colour = (cv2.dilate(crumbs[labels].astype(np.uint8), square) == 1) & (hue > COLOURED / 3)
    colourless = (cv2.dilate((crumbs & (darkest > pale))[labels].astype(np.uint8), square) == 1) & (beside == 1)
    return np.where(in_colour | colourless, paper, result).astype(np.uint8)


def _thin_lines(shown: npt.NDArray[np.bool_], scale: float) -> npt.NDArray[np.bool_]:
    """What of hairlines shows through the ink of a seal: long level and upright runs that are nowhere thick."""
    mask = shown.astype(np.uint8)
    solid = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((max(3, round(HAIR * scale)),) * 2, np.uint8))
    length = round(HAIRLINE * scale)
    found = np.zeros_like(mask)
    for run, thick in (((1, length), (3, 1)), ((length, 1), (1, 3))):
        closed = cv2.dilate(cv2.subtract(mask, solid), np.ones(thick, np.uint8))
        found = np.maximum(found, cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(run, np.uint8)))
    return np.asarray(shown & (found == 1), dtype=np.bool_)


def _without_edges(grey: Picture, scale: float) -> Picture:
    """The page without the dark surroundings of the sheet, punch holes and other large blots."""
    side = max(3, round(SOLID * scale))
    dark = (grey < DARK).astype(np.uint8)
    thin, long = max(3, round(STRIPE[0] * scale)), round(STRIPE[1] * scale)
    solid = np.zeros_like(dark)
    for shape in ((side, side), (long, thin), (thin, long)):
        solid |= np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), dtype=np.uint8)
    if not solid.any():
        return grey
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    height, width = grey.shape
    x0, y0 = stats[:, 0], stats[:, 1]
    x1, y1 = x0 + stats[:, 2], y0 + stats[:, 3]
    near = (x0 < BORDER * width) | (y0 < BORDER * height) | (x1 > (1 - BORDER) * width) | (y1 > (1 - BORDER) * height)
    gone = near | (stats[:, 2:4].min(axis=1) > LARGE * scale)
    gone[0] = False
    if not gone.any():
        return grey
    blot = cv2.dilate(gone[labels].astype(np.uint8), np.ones((side, side), np.uint8))
    paper = np.uint8(np.percentile(grey[dark == 0], 60)) if (dark == 0).any() else np.uint8(255)
    return np.where(blot == 1, paper, grey).astype(np.uint8)


def _whitened(grey: Picture, scale: float) -> tuple[Picture, bool]:
    """The page on white paper, and whether its paper was full of dots that fell by chance.

    Where paper is drawn in dots, these are softened until they are an even grey. They are none where they fell by
    chance, as when a threshold fell into the noise of an almost blank page: there the paper is not what is brightest
    but what is usual, and what is little darker is paper.
    """
    if not _is_screened(grey):
        return _white(grey), False
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), max(LEAST_LENS, LENS * scale)), dtype=np.uint8)
    flat = _evenly_lit(soft, cv2.medianBlur(_small(soft), 15), EVEN)
    noise = 1.48 * float(np.median(cv2.absdiff(flat, np.full_like(flat, EVEN))))
    if noise < UNEVEN:
        return _white(soft), False
    return _stretched(flat, 0.15 * EVEN, EVEN - OUT_OF_NOISE * noise), True


def _white(grey: Picture) -> Picture:
    """The page with its paper, however lit, at 255 and its ink near 0."""
    flat = _evenly_lit(grey, cv2.morphologyEx(_small(grey), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), 255)
    ink = flat[flat < 128]
    black = float(np.percentile(ink, 20)) if ink.size > 100 else 0.0
    return _stretched(flat, 0.6 * black, 248)


def _small(grey: Picture) -> Picture:
    height, width = grey.shape
    return np.asarray(
        cv2.resize(grey, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def _evenly_lit(grey: Picture, ground: cv2.typing.MatLike, level: int) -> Picture:
    """The page with its paper at one level. ground: how bright the paper is, in a smaller picture."""
    smooth = cv2.resize(cv2.medianBlur(ground, 15), grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(smooth, 60), scale=level), dtype=np.uint8)


def _stretched(grey: Picture, black: float, white: float) -> Picture:
    """The page with one level at 0 and another at 255."""
    table = np.clip((np.arange(256) - black) * 255 / (white - black), 0, 255)
    return np.asarray(cv2.LUT(grey, table.astype(np.uint8)), dtype=np.uint8)


def _is_screened(grey: Picture) -> bool:
    """Whether black dots all over the page stand for its grey paper, as from a dither or a printer's screen."""
    side = SQUARE_OF_DOTS
    height, width = (size // side * side for size in grey.shape)
    if not height or not width:
        return False
    dark = (grey[:height, :width] < 64).astype(np.float32)
    shares = cv2.resize(dark, (width // side, height // side), interpolation=cv2.INTER_AREA)
    return bool(np.percentile(shares, 100 * BARE) >= 1 / side**2) and bool(
        np.mean((grey > 64) & (grey < 192)) < SCREEN_GREY
    )


def _softened(grey: Picture, scale: float) -> Picture:
    """A page of one bit a pixel with the edges of a lens: networks have learned from pages with such."""
    clear = np.where(_dust(grey, scale), 255, grey).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(clear, (0, 0), max(0.52, 0.18 * scale)), dtype=np.uint8)


def _has_one_bit(grey: Picture) -> bool:
    """Whether hardly a pixel along the edges of the ink is grey, as after a threshold, and even in a JPEG of it."""
    square = np.ones((3, 3), np.uint8)
    edges = cv2.subtract(cv2.dilate(grey, square), cv2.erode(grey, square)) > 128
    between = (grey > 64) & (grey < 192) & edges
    return bool(np.count_nonzero(between) <= HARD * np.count_nonzero(edges))


def _dust(grey: Picture, scale: float) -> npt.NDArray[np.bool_]:
    """Where specks lie that are smaller than a full stop and stand apart."""
    ink = (grey < 128).astype(np.uint8)
    # Pieces of a worn stroke lie close together: only what is small with all that is near it is a speck.
    _, labels = cv2.connectedComponents(cv2.dilate(ink, np.ones((5, 5), np.uint8)), connectivity=8)
    areas = np.bincount(labels.ravel(), weights=ink.ravel())
    small = areas < DUST * scale * scale
    small[0] = False
    return np.asarray(small[labels] & (ink == 1), dtype=np.bool_)


def skew(grey: Picture, scale: float) -> float:
    """By how many degrees the lines of the page fall to the right: by its rules where it has any, else by its text."""
    ink = (grey < FAINT).astype(np.uint8)
    run = np.ones((1, max(3, round(9 * scale))), np.uint8)
    strokes = cv2.morphologyEx(cv2.dilate(ink, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, run)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    long = stats[:, cv2.CC_STAT_WIDTH] >= RULE * scale
    long[0] = False
    # As much as one rule across the page, which is a few pixels thick.
    ys, xs = np.nonzero(long[labels] if stats[long, cv2.CC_STAT_AREA].sum() > 4 * grey.shape[1] else ink)
    if len(xs) < 50:
        return 0.0
    if len(xs) > 200_000:
        every = len(xs) // 200_000 + 1
        ys, xs = ys[::every], xs[::every]
    y, x = ys.astype(np.float32), xs.astype(np.float32) - grey.shape[1] / 2
    best, width = 0.0, MOST_SKEW
    for step in (0.5, 0.1, 0.02):
        angles = [best + n * step for n in range(-round(width / step), round(width / step) + 1)]
        scores = [_sharpness(y, x, angle) for angle in angles]
        alike = [angle for angle, score in zip(angles, scores, strict=True) if score >= 0.999 * max(scores)]
        best = sum(alike) / len(alike)
        width = step
    return best


def _sharpness(y: npt.NDArray[np.float32], x: npt.NDArray[np.float32], angle: float) -> float:
    """How sharply the rows of ink stand out when the page is turned back by the angle."""
    level = y - x * math.tan(math.radians(angle))
    rows = np.bincount((level - level.min()).astype(np.int64))
    return float(np.square(rows.astype(np.float64)).sum())


def _turned(grey: Picture, degrees: float) -> tuple[Picture, npt.NDArray[np.float64]]:
    """The page turned counter-clockwise, nothing cut off, and the way back."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = math.ceil(height * sin + width * cos), math.ceil(height * cos + width * sin)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    level = cv2.warpAffine(grey, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(level, dtype=np.uint8), np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)
