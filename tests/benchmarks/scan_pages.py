"""Scans for the benchmarks: which fonts there are, and a drawn register after what a scanner does to it.

In: a font, a layout, a kind of degradation, a resolution, a seed. Out: pictures of pages with their truth. Fonts are
those that fontconfig knows on this machine and Noto Sans, which comes in a package.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass, replace

import numpy as np

from tests.drawing.font import SIMPLIFIED, noto_sans
from tests.drawing.picture import (
    BLUE,
    DrawnScan,
    Picture,
    Style,
    compressed,
    curled,
    draw,
    edged,
    faxed,
    lettered,
    noisy,
    photographed,
    resized,
    screened,
    skewed,
    stamped,
)
from tests.drawing.register_text import LAYOUTS

OTHERS = ("Mono", "HK", "TW", "TC", "JP", "KR", "Sharp", "MBE", "Bold")  # faces for other places, and heavy ones
DRAWN_AT = 300  # dots an inch at which pages are drawn, before they lose any
BLACK = {"dark fax": 190, "fax": 160, "faint fax": 130}  # what is black on it: darker than so much
DEGRADATIONS = (
    "clean", "skew", "noise", "jpeg", "stamp", "blue stamp", "edge", "turned", "photo", "curl", "screened", "text",
    *BLACK,
    "all",
)  # fmt: skip
SIZES = {300: (7.5, 9.0, 10.5), 200: (7.5, 9.0, 10.5), 150: (9.0, 10.5, 12.0)}


@dataclass(frozen=True, slots=True)
class Font:
    """A font file and the face in it."""

    name: str
    path: str
    index: int = 0
    heaviness: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One register as one scan."""

    layout: str
    font: Font
    degradation: str
    dpi: int
    seed: int


def fonts() -> list[Font]:
    """Noto Sans, and one font a family of those for simplified Chinese on this machine."""
    found = {"packaged Noto Sans": Font("packaged Noto Sans", noto_sans(), SIMPLIFIED, 400)}
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ("fc-list", ":lang=zh-cn", "--format", "%{family[0]}|%{file}|%{index}|%{style[0]}\n"),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        for line in sorted(listed.stdout.splitlines()):
            family, path, index, weight = line.split("|")
            if not any(word in family + weight for word in OTHERS):
                found.setdefault(family, Font(family, path, int(index) & 0xFFFF))
    return list(found.values())


def drawn(case: Case) -> tuple[DrawnScan, list[Picture]]:
    """The register of a case, and its pages as scanned."""
    rng = random.Random(f"{case.layout} {case.font.name} {case.seed}")
    style = Style(
        case.font.path,
        case.font.index,
        rng.choice(SIZES[case.dpi]),
        (595.0, 842.0) if case.layout == "form" else (842.0, 595.0),
        padding=rng.choice((2.5, 3.5, 5.0)),
        leading=rng.choice((1.15, 1.3, 1.5)),
        weight=rng.choice((0.4, 0.6, 0.9)),
        hang=rng.choice(("pull", "hang", "none")),
        dpi=DRAWN_AT,
        heaviness=case.font.heaviness,
        rules={"three": "three", "none": "none"}.get(case.layout, "all"),
    )
    if case.layout == "power":
        style = replace(style, size=min(style.size, 9.0))
    layout = LAYOUTS[case.layout if case.layout in LAYOUTS else "flat"]
    while True:
        try:
            scan = draw(layout(rng), style)
        except ValueError:  # a row higher than the page
            continue
        return scan, [degraded(page, case, rng) for page in scan.pages]


def degraded(page: Picture, case: Case, rng: random.Random) -> Picture:
    """A page after what the case does to it."""
    kind = case.degradation
    if kind in ("stamp", "all"):
        page = stamped(page, rng, DRAWN_AT, case.font.path, case.font.index)
    if kind == "blue stamp":
        page = stamped(page, rng, DRAWN_AT, case.font.path, case.font.index, BLUE)
    if kind in ("edge", "all"):
        page = edged(page, rng, DRAWN_AT)
    if case.dpi < DRAWN_AT:
        page = resized(page, case.dpi / DRAWN_AT)
    if kind in ("skew", "all"):
        page = skewed(page, rng.uniform(-2, 2))
    if kind in ("noise", "all"):
        page = noisy(page, rng)
    if kind in ("jpeg", "all"):
        page = compressed(page, 60)
    if kind == "text":
        page = lettered(page, rng)
    if kind == "screened":
        page = screened(page, rng)
    if kind == "photo":
        page = compressed(photographed(page, rng), 80)
    if kind == "curl":
        page = curled(page, rng)
    if kind == "turned":
        page = np.ascontiguousarray(np.rot90(page, rng.randint(1, 3)))
    return faxed(page, rng, BLACK[kind]) if kind in BLACK else page
