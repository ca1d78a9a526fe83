"""examples/inbox is what tests/make_examples.py draws, and shows what it is meant to show."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline.record import FileReading, FileState
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.make_examples import INBOX, make_inbox

CLEAN_UNIT = "城关镇人民政府"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _readings(inbox: Path) -> dict[str, FileReading]:
    for archive in list(inbox.glob("*.zip")):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(archive.with_suffix(""))
        archive.unlink()
    paths = [path for path in sorted(inbox.rglob("*")) if path.is_file() and path.suffix != ".toml"]
    return {
        str(path.relative_to(inbox)): read_file(SubmittedFile(path, path.name), load_vocabulary()) for path in paths
    }


def test_the_same_drawings_give_the_same_bytes(tmp_path: Path) -> None:
    make_inbox(tmp_path / "first")
    make_inbox(tmp_path / "second")
    first = _files(tmp_path / "first")
    assert first == _files(tmp_path / "second")
    assert sum(len(data) for data in first.values()) < 500_000
    assert sorted(first) == sorted(_files(INBOX))  # names only: another zlib may pack the same content otherwise


def test_every_example_is_read(tmp_path: Path) -> None:
    make_inbox(tmp_path)
    readings = _readings(tmp_path)
    states = {name.rsplit("/")[-1]: reading.state for name, reading in readings.items()}
    assert {name for name, state in states.items() if state is not FileState.LOADED} == {
        "农药经营许可流程图.pdf",
        "工作推进会签到表.docx",
    }
    assert states["农药经营许可流程图.pdf"] is FileState.QUARANTINED
    assert states["工作推进会签到表.docx"] is FileState.NO_REGISTER
    records = [record for reading in readings.values() for record in reading.records]
    assert sum(record.register.of_powers for record in records) == 53
    assert sum(record.register.of_risks for record in records) == 28
    assert all(reading.used_cells == reading.cells for reading in readings.values())
    clean = [reading for name, reading in readings.items() if name.startswith(CLEAN_UNIT)]
    assert clean and not [remark for reading in clean for remark in reading.remarks]
