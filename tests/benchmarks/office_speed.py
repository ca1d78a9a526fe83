"""Time of old Word files through LibreOffice, one a start and many a start; pages a second of an .ofd beside a .pdf.

``python -m tests.benchmarks.office_speed [--repeat N] [--files N]``. The .doc files are golden cases, made by
LibreOffice before the clock starts; each start has a profile of its own, as in the product. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from extractors import open_document
from extractors.kinds import Kind
from extractors.office.conversion import converted_together
from extractors.office.program import office_program
from tests.benchmarks.catalogue import draw_catalogues
from tests.golden_case import load_cases
from tests.office_files import as_office


def timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def told(what: str, times: Sequence[float], divided_by: int = 1) -> None:
    each = f"   {statistics.median(times) / divided_by:6.3f} s each" if divided_by > 1 else ""
    print(f"{what:44} {statistics.median(times):6.2f} s{each}   ({', '.join(f'{t:.2f}' for t in times)})")


def office(folder: Path, files: int, repeat: int) -> None:
    cases = [case for case in load_cases() if "docx" in case.formats]
    sheets = [cases[number % len(cases)].files[0].sheets for number in range(files)]
    paths = as_office(sheets, "doc", folder)
    told("first .doc of this process", [timed(lambda: open_document(paths[0], "a.doc"))])
    told("a .doc by itself", [timed(lambda: open_document(paths[0], "a.doc")) for _ in range(repeat)])
    alone: list[float] = []
    together: list[float] = []
    for turn in range(repeat):
        into = folder / f"into{turn}"
        into.mkdir()
        alone.append(timed(lambda: [open_document(path, "a.doc") for path in paths]))

        def batch(into: Path = into) -> None:
            made = converted_together([(path, Kind.DOC) for path in paths], into)
            for path, docx in zip(paths, made, strict=True):
                open_document(path, "a.doc", docx)

        together.append(timed(batch))
    told(f"{files} .doc, a start each", alone, files)
    told(f"{files} .doc, one start", together, files)


def pages(folder: Path, repeat: int) -> None:
    for suffix, path in draw_catalogues(folder, (".ofd", ".pdf")).items():
        count = open_document(path, path.name).pages or 0
        times = [timed(lambda path=path: open_document(path, path.name)) for _ in range(repeat)]
        print(f"{suffix}: {count} pages, {count / statistics.median(times):.0f} pages/s")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--files", type=int, default=20)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        pages(Path(folder), options.repeat)
        if office_program() is None:
            sys.exit("LibreOffice is not installed")
        office(Path(folder), options.files, options.repeat)


if __name__ == "__main__":
    main()
