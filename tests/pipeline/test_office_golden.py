"""The golden cases saved as old and other Office files must read as they do as .docx and .xlsx."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2
import pytest

from pipeline.reading.worker import convert_together
from pipeline.submission import SubmittedFile, read_file
from pipeline.text.normalization import fold
from pipeline.vocabulary import load_vocabulary
from tests.golden_case import Case, differences, load_cases, rows_of, unexpected_remarks
from tests.office_files import as_office, converted_by_office, needs_office

WORD = [case for case in load_cases() if "docx" in case.formats]
EVERY_FORMAT = ("docx", "doc", "wps", "rtf", "odt", "xlsx", "xls", "ods", "pdf", "ofd")
COMPARED = [case for case in WORD if {"xlsx", "pdf"} <= set(case.formats)][::5]
SAVED = [case for number, case in enumerate(WORD) if number % 2 == 0 or case in COMPARED]
CASES = [pytest.param(case, suffix, id=f"{case.name}-{suffix}") for case in SAVED for suffix in ("doc", "wps")]
Made = dict[tuple[str, str], list[SubmittedFile]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The files of each case in each format, each with what LibreOffice made of it in one start for all."""
    found: Made = {}
    for suffix, cases in (("doc", SAVED), ("rtf", COMPARED), ("odt", COMPARED), ("ods", COMPARED)):
        folder = tmp_path_factory.mktemp(suffix)
        (folder / "made").mkdir()
        drawings = [(case, file) for case in cases for file in case.files]
        paths = as_office([file.sheets for _, file in drawings], suffix, folder)
        beforehand = convert_together(paths, folder / "made")
        for (case, file), path, docx in zip(drawings, paths, beforehand, strict=True):
            assert docx is not None
            found.setdefault((case.name, suffix), []).append(SubmittedFile(path, f"{file.name}.{suffix}", docx))
            if suffix == "doc":
                wps = shutil.copyfile(path, path.with_suffix(".wps"))
                found.setdefault((case.name, "wps"), []).append(SubmittedFile(wps, f"{file.name}.wps", docx))
    return found


@needs_office
@pytest.mark.parametrize(("case", "suffix"), CASES)
def test_case_reads_as_expected(case: Case, suffix: str, made: Made) -> None:
    vocabulary = load_vocabulary()
    readings = [read_file(file, vocabulary) for file in made[case.name, suffix]]
    wrong = differences(case.expected, rows_of(readings, vocabulary))
    wrong += unexpected_remarks(case.remarks, readings)
    wrong += [
        f"{reading.name}: {reading.state.value} {reading.reason}"
        for reading in readings
        if reading.state.value != case.state
    ]
    assert not wrong, "\n".join([f"{case.name} as {suffix}:", *wrong])


@needs_office
@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case.name)
def test_the_same_content_gives_the_same_records_in_every_format(case: Case, made: Made, tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    fields = {}
    for suffix in EVERY_FORMAT:
        files = made.get((case.name, suffix)) or [SubmittedFile(p, p.name) for p in case.draw(tmp_path, suffix)]
        readings = [read_file(file, vocabulary) for file in files]
        assert {reading.format for reading in readings} == {"doc" if suffix == "wps" else suffix}
        fields[suffix] = [dict(row) for row in rows_of(readings, vocabulary)]
    assert fields["docx"]
    assert {suffix: rows for suffix, rows in fields.items() if rows != fields["docx"]} == {}


@needs_office
@pytest.mark.parametrize("name", ["flat", "vertical_merges"])
def test_a_scan_of_the_printed_file_gives_the_same_records(name: str, tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    case = next(each for each in WORD if each.name == name)
    (drawn,) = case.draw(tmp_path, "docx")
    (printed,) = converted_by_office([drawn], "pdf", tmp_path)
    (tmp_path / "scan").mkdir()
    scan = scanned(printed, tmp_path / "scan" / printed.name)
    expected, found = (
        [{column: fold(text) for column, text in dict(row).items()} for row in rows_of([reading], vocabulary)]
        for reading in (read_file(SubmittedFile(path, path.name), vocabulary) for path in (drawn, scan))
    )
    assert expected
    assert found == expected


def scanned(printed: Path, into: Path) -> Path:
    """The pages of a PDF as pictures of 300 dots an inch, in a PDF of their own."""
    with pypdfium2.PdfDocument(printed) as document:
        pages = [page.render(scale=300 / 72, grayscale=True).to_pil() for page in document]
    pages[0].save(into, save_all=True, append_images=pages[1:], resolution=300)
    return into
