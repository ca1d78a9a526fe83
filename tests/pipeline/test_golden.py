"""Each golden case, drawn in each of its formats, must read as the records that its expected.csv states."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.record import FileState
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.golden_case import Case, differences, load_cases, rows_of, unexpected_remarks

CASES = [
    pytest.param(case, suffix, id=f"{case.name}-{suffix}")
    for case in load_cases()
    for suffix in (*case.formats, *(("ofd",) if "pdf" in case.formats else ()))  # pages are pages
]


@pytest.mark.parametrize(("case", "suffix"), CASES)
def test_case_reads_as_expected(case: Case, suffix: str, tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    readings = [read_file(SubmittedFile(path, path.name), vocabulary) for path in case.draw(tmp_path, suffix)]
    wrong = differences(case.expected, rows_of(readings, vocabulary))
    wrong += unexpected_remarks(case.remarks, readings)
    for reading in readings:
        if reading.state.value != case.state:
            wrong.append(f"{reading.name}: state {reading.state.value} ({reading.reason}), expected {case.state}")
        if reading.state is FileState.LOADED and reading.used_cells != reading.cells:
            wrong.append(f"{reading.name}: {reading.used_cells} of {reading.cells} cells are accounted for")
    assert not wrong, "\n".join([f"{case.name} as {suffix}:", *wrong])
