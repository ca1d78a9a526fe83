from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.intake.inbox import Left, names_in_archive, survey, unit_of_archive


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")


def test_each_folder_is_a_unit_and_names_are_paths_inside_it(tmp_path: Path) -> None:
    put(tmp_path, "市文化局/职权目录.docx", "市文化局/附件/流程图.pdf", "散件.xlsx", "市交通局.zip")
    found = {(file.unit, file.name) for file in survey(tmp_path).files}
    assert found == {
        ("市文化局", "职权目录.docx"),
        ("市文化局", "附件/流程图.pdf"),
        ("", "散件.xlsx"),
        ("", "市交通局.zip"),
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("甲局/~$职权目录.docx", Left.SYSTEM_FILE),
        ("甲局/.~lock.职权目录.docx#", Left.SYSTEM_FILE),
        ("甲局/Thumbs.db", Left.SYSTEM_FILE),
        ("甲局/.DS_Store", Left.SYSTEM_FILE),
        ("甲局/下载.crdownload", Left.TEMPORARY),
        ("甲局/word.tmp", Left.TEMPORARY),
        ("甲局/.隐藏.docx", Left.HIDDEN),
    ],
)
def test_what_no_unit_means_to_submit_is_left_and_said(tmp_path: Path, name: str, why: Left) -> None:
    put(tmp_path, name, "甲局/职权目录.docx")
    found = survey(tmp_path)
    assert [file.name for file in found.files] == ["职权目录.docx"]
    assert [(left.name, left.why) for left in found.left] == [(name, why)]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_links_out_of_the_inbox_and_to_folders_are_not_followed(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "secret"
    put(inbox, "甲局/职权目录.docx")
    put(outside, "passwords")
    (inbox / "甲局" / "out.docx").symlink_to(outside / "passwords")
    (inbox / "甲局" / "again").symlink_to(inbox)
    (inbox / "甲局" / "inside.docx").symlink_to(inbox / "甲局" / "职权目录.docx")
    os.mkfifo(inbox / "甲局" / "pipe")
    found = survey(inbox)
    assert [file.name for file in found.files] == ["inside.docx", "职权目录.docx"]
    assert {(left.name, left.why) for left in found.left} == {
        ("甲局/again", Left.LINK),
        ("甲局/out.docx", Left.LINK),
        ("甲局/pipe", Left.SPECIAL),
    }


@pytest.mark.skipif(os.name != "posix", reason="Windows stores names as characters")
@pytest.mark.parametrize("name", ["职权目录.docx", "廉政风险点（2026年）.xlsx", "目录.docx"])
def test_a_name_in_the_bytes_of_a_chinese_windows_is_read(tmp_path: Path, name: str) -> None:
    put(tmp_path, os.fsdecode(f"市文化局/{name}".encode("gb18030")))
    (file,) = survey(tmp_path).files
    assert (file.unit, file.name, file.path.exists()) == ("市文化局", name, True)


@pytest.mark.parametrize("name", ["5×3.docx", "张·三.docx", "Café.docx", "职权目录.docx"])
def test_a_name_that_is_unicode_stays(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"市文化局/{name}")
    assert [file.name for file in survey(tmp_path).files] == [name]


def test_a_workspace_inside_the_inbox_is_no_unit(tmp_path: Path) -> None:
    put(tmp_path, "甲局/职权目录.docx", "zhiquan-data/state/ledger.sqlite")
    assert [file.unit for file in survey(tmp_path, tmp_path / "zhiquan-data").files] == ["甲局"]


def test_an_inbox_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "file")
    with pytest.raises(NotADirectoryError):
        survey(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        survey(tmp_path / "nowhere")


def test_an_archive_stands_for_the_folder_of_its_name() -> None:
    assert unit_of_archive("市交通局.zip") == "市交通局"
    assert names_in_archive("市交通局", ("市交通局/a.docx", "市交通局/b/c.xlsx")) == ("a.docx", "b/c.xlsx")
    assert names_in_archive("市交通局", ("市交通局/a.docx", "c.xlsx")) == ("市交通局/a.docx", "c.xlsx")
