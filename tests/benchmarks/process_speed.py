"""How long process() takes for a catalogue of 2,000 rows, against the bare file library on the same file.

``python -m tests.benchmarks.process_speed [--repeat N] [--formats .xlsx .docx .pdf]``. Prints, for each format, the
median of both in the same process, taken in turns, and their ratio; then the rows a second of interpretation,
normalization and checks alone; then the peak memory of a fresh process. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pdfplumber

from extractors import open_document
from pipeline.campaigns.campaign import load_campaign
from pipeline.interpretation.document_reader import DocumentReader
from pipeline.record import FileReading, FileState, Register
from pipeline.submission import SubmittedFile, assemble, process
from pipeline.vocabulary import load_vocabulary
from tests.benchmarks.catalogue import FORMATS, ROWS, draw_catalogues

UNIT, AS_OF = "云溪县水利局", date(2026, 6, 30)


def bare_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, data_only=True)
    return sum(value is not None for page in book for row in page.iter_rows(values_only=True) for value in row)


def bare_python_docx(path: Path) -> int:
    return sum(bool(cell.text) for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells)


def bare_pdfplumber(path: Path) -> int:
    cells = 0
    with pdfplumber.open(path) as document:
        for page in document.pages:
            cells += sum(bool(cell) for table in page.extract_tables() for row in table for cell in row)
            page.close()
    return cells


BARE: dict[str, tuple[str, Callable[[Path], int], float]] = {
    ".xlsx": ("openpyxl", bare_openpyxl, 1.5),
    ".docx": ("python-docx", bare_python_docx, 1.2),
    ".pdf": ("pdfplumber", bare_pdfplumber, 0.3),
}


def whole(path: Path) -> int:
    """The product's own work on the file: read, interpret, normalize, check. The number of records."""
    result = process(UNIT, [SubmittedFile(path, path.name)], load_vocabulary(), load_campaign(), AS_OF)
    return len(result.records)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(path: Path, repeat: int) -> str:
    library, bare, aim = BARE[path.suffix]
    records, cells = whole(path), bare(path)  # the first time loads dictionaries and fills the disk cache
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(repeat):
        ours.append(seconds(lambda: whole(path)))
        theirs.append(seconds(lambda: bare(path)))
    mine, other = statistics.median(ours), statistics.median(theirs)
    return (
        f"{path.suffix:6} process {mine:7.3f} s ({records} records)   {library} {other:7.3f} s ({cells} cells)   "
        f"ratio {mine / other:5.2f} (aim ≤ {aim})"
    )


def interpretation(path: Path, repeat: int) -> str:
    vocabulary, campaign = load_vocabulary(), load_campaign()
    document = open_document(path, path.name)
    file = FileReading(path.name, "0" * 64, path.stat().st_size, FileState.LOADED)

    def work(reader: DocumentReader) -> int:
        reading = reader.read(document)
        tables = tuple(table for table in reading.tables if table.register is not Register.NONE)
        read = FileReading(
            file.name, file.sha256, file.size, file.state, tables=tables, records=tuple(reading.records),
            remarks=tuple(reading.remarks), observations=document.observations,
        )  # fmt: skip
        return len(assemble(UNIT, [read], vocabulary, campaign, AS_OF).records)

    def once() -> float:
        reader = DocumentReader(vocabulary)  # a new one: it remembers the texts that it has seen
        return seconds(lambda: work(reader))

    median = statistics.median(once() for _ in range(repeat))
    return f"{path.suffix:6} {median:7.3f} s   {ROWS / median:7.0f} rows/s (aim ≥ 3000)"


def peak_memory(path: Path) -> str:
    """Of a fresh process that does the work once, in MiB."""
    code = (
        "import resource, sys; from pathlib import Path; from tests.benchmarks.process_speed import whole; "
        "whole(Path(sys.argv[1])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return f"{path.suffix:6} {int(done.stdout) / unit:5.0f} MiB"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        paths = draw_catalogues(Path(folder))
        print(f"\nprocess() against the bare library, median of {options.repeat}")
        for suffix in options.formats:
            print(compare(paths[suffix], options.repeat), flush=True)
        print("\ninterpretation, normalization and checks alone, one core")
        for suffix in options.formats:
            print(interpretation(paths[suffix], options.repeat), flush=True)
        print("\npeak memory of one fresh process")
        for suffix in options.formats:
            print(peak_memory(paths[suffix]), flush=True)


if __name__ == "__main__":
    main()
