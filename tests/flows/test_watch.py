"""The watch on INBOX: what stands still is told, what moves is left alone, what is no submission says nothing."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from flows.watch import Watch
from pipeline.intake.inbox import Left, survey

PATIENCE = 60.0
STILL = 2.0  # seconds; long against what a busy machine may lose between two lines
LONG_AGO = 1_700_000_000


class Told:
    """Counts the arrivals that a watch tells."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify()

    def wait_for(self, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.count >= count, PATIENCE)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "甲局").mkdir(parents=True)
    (folder / "甲局" / "目录.docx").write_bytes(b"there before")
    os.utime(folder / "甲局" / "目录.docx", (LONG_AGO, LONG_AGO))
    return folder


@pytest.mark.parametrize("polling", [False, True])
def test_a_file_is_told_once_it_stands_still(inbox: Path, tmp_path: Path, polling: bool) -> None:
    told = Told()
    with Watch(inbox, tmp_path / "data", STILL, told, polling=polling) as watch:
        assert watch.moving() == frozenset(), "what lay there before is old"
        (inbox / "乙局").mkdir()
        with (inbox / "乙局" / "目录.docx").open("wb") as stream:
            for _ in range(5):  # a copy that goes on
                stream.write(b"x" * 1000)
                stream.flush()
                assert watch.moving() == {"乙局"}
                assert told.count == 0
                time.sleep(STILL / 4)
        assert told.wait_for(1)
        assert watch.moving() == frozenset()


def test_a_copy_that_keeps_an_old_date_moves_as_well(inbox: Path, tmp_path: Path) -> None:
    told = Told()
    with Watch(inbox, tmp_path / "data", STILL, told) as watch:
        (inbox / "甲局" / "风险.xlsx").write_bytes(b"copied")
        os.utime(inbox / "甲局" / "风险.xlsx", (LONG_AGO, LONG_AGO))
        assert watch.moving() == {"甲局"}
        assert told.wait_for(1)


def test_what_is_no_submission_says_nothing(inbox: Path, tmp_path: Path) -> None:
    told = Told()
    with Watch(inbox, inbox / "data", STILL, told) as watch:
        for name in ("~$目录.docx", "下载.docx.crdownload", ".~lock.目录.odt#", "拷贝.tmp", "Thumbs.db"):
            (inbox / "甲局" / name).write_bytes(b"x")
        (inbox / "data" / "state").mkdir(parents=True)
        (inbox / "data" / "state" / "ledger.sqlite").write_bytes(b"x")
        assert watch.moving() == frozenset()
        (inbox / "甲局" / "下载.docx.crdownload").rename(inbox / "甲局" / "下载.docx")
        assert told.wait_for(1), "now it has arrived"
    assert told.count == 1


def test_a_file_that_goes_away_is_a_change_too(inbox: Path, tmp_path: Path) -> None:
    told = Told()
    with Watch(inbox, tmp_path / "data", STILL, told):
        (inbox / "甲局" / "目录.docx").unlink()
        assert told.wait_for(1)


def test_without_a_thread_the_age_of_files_tells(inbox: Path, tmp_path: Path) -> None:
    watch = Watch(inbox, tmp_path / "data", STILL, Told())
    assert watch.moving() == frozenset()
    (inbox / "乙局.zip").write_bytes(b"PK")
    assert watch.moving() == {"乙局.zip"}
    os.utime(inbox / "乙局.zip", (LONG_AGO, LONG_AGO))
    assert watch.moving() == frozenset()


def test_what_moves_is_left_lying_as_a_whole(inbox: Path) -> None:
    (inbox / "乙局").mkdir()
    (inbox / "乙局" / "目录.docx").write_bytes(b"x")
    found = survey(inbox, moving={"乙局"})
    assert [each.unit for each in found.files] == ["甲局"]
    assert [(each.name, each.why) for each in found.left] == [("乙局", Left.MOVING)]
