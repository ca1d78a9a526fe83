"""How many cells of scanned registers are read exactly, and whether the confidences mean what they say.

    python -m tests.benchmarks.scan_accuracy [--seeds 1 2] [--fonts NAME …] [--layouts …] [--degradations …] [--dpi …]

Draws registers in the fonts of this machine, degrades them, reads them by ``open_document`` and compares every cell
with what was drawn: its text without white space, in the right row and column.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from extractors import open_document
from extractors.document import Document
from tests.benchmarks.scan_pages import DEGRADATIONS, Case, drawn, fonts
from tests.drawing.picture import Picture

SURE = 0.95
LEVELS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """A cell: whether its text, its span are right, its confidence; what was drawn and what was read."""

    exact: bool
    span: bool
    confidence: float
    truth: str
    read: str | None


def plain(text: str) -> str:
    return "".join(text.split())


def saved(folder: Path, pages: list[Picture], dpi: int) -> Path:
    """The pages as a PDF of pictures, as scanners write it: JPEG, or G4 where a pixel has one bit."""
    path = folder / "scan.pdf"
    if all(page.ndim == 2 and np.isin(page, (0, 255)).all() for page in pages):
        bits = [Image.fromarray(page).convert("1") for page in pages]
        bits[0].save(path, save_all=True, append_images=bits[1:], resolution=dpi)
        return path
    images = [Image.fromarray(page if page.ndim == 2 else page[:, :, ::-1].copy()) for page in pages]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=dpi, quality=92)
    return path


def judged(case: Case) -> tuple[Case, list[Judged]]:
    """What became of each cell of a case."""
    scan, pages = drawn(case)
    with tempfile.TemporaryDirectory() as folder:
        document = open_document(saved(Path(folder), pages, case.dpi), "scan.pdf")
    return case, list(_cells(scan.sheet.cells, document))


def _cells(cells: list[tuple[int, int, int, int, str]], document: Document) -> Iterator[Judged]:
    table = max(document.tables, key=lambda table: len(table.cells), default=None)
    found = {(cell.row, cell.column): cell for cell in table.cells} if table else {}
    for row, column, rows, columns, text in cells:
        if not text:
            continue
        cell = found.get((row, column))
        read = plain(cell.text) if cell else None
        span = cell is not None and (cell.row_span, cell.column_span) == (rows, columns)
        yield Judged(read == plain(text), span, cell.confidence if cell else 0.0, plain(text), read)


def main() -> None:
    known = {font.name: font for font in fonts()}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--fonts", nargs="+", default=list(known), choices=list(known))
    parser.add_argument("--layouts", nargs="+", default=["power", "risk", "form", "flat"])
    parser.add_argument("--degradations", nargs="+", default=list(DEGRADATIONS), choices=DEGRADATIONS)
    parser.add_argument("--dpi", type=int, nargs="+", default=[300, 200, 150])
    parser.add_argument("--show", action="store_true", help="print the cells that are wrong")
    chosen = parser.parse_args()
    cases = [
        Case(layout, known[font], degradation, dpi, seed)
        for seed in chosen.seeds
        for layout in chosen.layouts
        for font in chosen.fonts
        for degradation in chosen.degradations
        for dpi in chosen.dpi
    ]
    results: dict[tuple[str, object], list[Judged]] = defaultdict(list)
    with Pool(2) as pool:
        for case, cells in pool.imap_unordered(judged, cases):
            for key in (("all", ""), ("dpi", case.dpi), ("font", case.font.name), ("layout", case.layout)):
                results[key] += cells
            results["degradation and dpi", f"{case.degradation} {case.dpi}"] += cells
            for cell in cells:
                if chosen.show and not cell.exact:
                    print(case.layout, case.font.name, case.degradation, case.dpi, case.seed, f"{cell.confidence:.3f}")
                    print("   drawn", cell.truth, "\n   read ", cell.read)
    print_shares(results)
    print_calibration(results["all", ""])


def print_shares(results: dict[tuple[str, object], list[Judged]]) -> None:
    for (what, which), cells in sorted(results.items(), key=str):
        exact, spans = (sum(getattr(cell, name) for cell in cells) / len(cells) for name in ("exact", "span"))
        sure = [cell for cell in cells if cell.confidence >= SURE]
        wrong = sum(not cell.exact for cell in sure) / max(len(sure), 1)
        print(
            f"{what:20} {which!s:24} {len(cells):6} cells  exact {exact:7.2%}  spans {spans:7.2%}"
            f"  of {SURE} and above wrong {wrong:6.2%}"
        )


def print_calibration(cells: list[Judged]) -> None:
    print("\nconfidence of a cell   cells   wrong")
    for low, high in pairwise(LEVELS):
        own = [cell for cell in cells if low <= cell.confidence < high]
        if own:
            wrong = sum(not cell.exact for cell in own)
            print(f"{low:.2f} to {min(high, 1.0):.2f}          {len(own):6}   {wrong} ({wrong / len(own):.2%})")
    sure = [cell for cell in cells if cell.confidence >= SURE]
    wrong = sum(not cell.exact for cell in sure)
    print(f"{SURE} and above: {len(sure) / len(cells):.1%} of all cells, {wrong / max(len(sure), 1):.2%} of them wrong")


if __name__ == "__main__":
    main()
