"""Time and memory of reading a scan against the bare recognition engine on the same pages.

    python -m tests.benchmarks.scan_speed [--pages 12] [--repeat 3] [--long 60]

Draws a catalogue, scans it at 200 dots an inch, and reads it by turns: ``open_document`` in a fresh process, and
rapidocr as it comes (detection and recognition, its own threads) on the pictures of the same pages. Then reads a longer
scan once and prints the memory over time. Aims: at most 1.25 times the bare engine; below 2 GB, and flat.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from tests.benchmarks.scan_pages import Case, drawn, fonts
from tests.drawing.picture import Picture

DPI = 200


def scanned(count: int) -> list[Picture]:
    """So many pages of catalogues."""
    pages: list[Picture] = []
    seed = 0
    while len(pages) < count:
        seed += 1
        pages += drawn(Case("power" if seed % 2 else "risk", fonts()[0], "skew", DPI, seed))[1]
    return pages[:count]


def as_pdf(path: Path, pages: list[Picture]) -> Path:
    images = [Image.fromarray(page) for page in pages]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=DPI, quality=85)
    return path


def ours(path: Path) -> None:
    from extractors import open_document

    open_document(path, path.name)


def bare(path: Path) -> None:
    from rapidocr import RapidOCR

    from extractors.scan.pictures import pdf_page

    engine = RapidOCR(params={"Global.log_level": "error"})
    import pikepdf

    with pikepdf.open(path) as file:
        count = len(file.pages)
    for index in range(count):
        engine(pdf_page(path, index).pixels)


def timed(work: Callable[[Path], None], path: Path, answers: Any) -> None:
    """Run in a process of its own: seconds without the start, peak megabytes, memory every second."""
    import onnxruntime  # noqa: F401  loaded before the clock starts, for both

    memory: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(1.0):
            memory.append(resident())

    threading.Thread(target=watch, daemon=True).start()
    begun = time.perf_counter()
    work(path)
    seconds = time.perf_counter() - begun
    done.set()
    answers.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, memory))


def resident() -> int:
    """Megabytes of memory that the process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20


def measured(work: Callable[[Path], None], path: Path) -> tuple[float, int, list[int]]:
    context = get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=timed, args=(work, path, answers))
    process.start()
    answer: tuple[float, int, list[int]] = answers.get()
    process.join()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--long", type=int, default=60)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = scanned(chosen.pages)
        path = as_pdf(Path(folder) / "scan.pdf", pages)
        rounds = [(measured(ours, path), measured(bare, path)) for _ in range(chosen.repeat)]
        for name, number in (("open_document", 0), ("bare engine", 1)):
            seconds = median(both[number][0] for both in rounds)
            peak = max(both[number][1] for both in rounds)
            print(f"{name:14} {seconds:6.1f} s  {chosen.pages / seconds:.2f} pages/s  peak {peak} MiB")
        print(f"ratio {median(mine[0] / other[0] for mine, other in rounds):.2f}")
        if chosen.long:
            repeated = (pages * (chosen.long // len(pages) + 1))[: chosen.long]
            seconds, peak, memory = measured(ours, as_pdf(Path(folder) / "long.pdf", repeated))
            steps = memory[:: max(1, len(memory) // 10)]
            print(f"{chosen.long} pages: {seconds:.0f} s, peak {peak} MiB, over time {' '.join(map(str, steps))}")


if __name__ == "__main__":
    main()
