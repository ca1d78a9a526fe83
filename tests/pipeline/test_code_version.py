"""What a version covers: a package that is forgotten would leave units with results of older code."""

from __future__ import annotations

import ast
from pathlib import Path

import pipeline.intake.code_version as code_version

PIPELINE = Path(code_version.__file__).parent.parent
WRITING = {"reports"}  # made anew at each run, not kept


def packages_imported(file: Path) -> set[str]:
    names = [node.module for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[1] for name in names if name and name.startswith("pipeline.")}


def test_every_package_counts_for_reading_or_for_checking() -> None:
    packages = {folder.name for folder in PIPELINE.iterdir() if (folder / "__init__.py").exists()}
    assert set(code_version._READING) | set(code_version._CHECKING) == packages - WRITING


def test_reading_rests_on_nothing_that_counts_for_checking_alone() -> None:
    for package in code_version._READING:
        for file in (PIPELINE / package).rglob("*.py"):
            assert packages_imported(file) & set(code_version._CHECKING) == set(), file.name


def test_the_statutes_of_the_workspace_are_part_of_their_version(tmp_path: Path) -> None:
    shipped = code_version.statutes_version(tmp_path / "absent")
    assert code_version.statutes_version(tmp_path) == shipped
    (tmp_path / "library.sqlite").write_bytes(b"one")
    first = code_version.statutes_version(tmp_path)
    (tmp_path / "library.sqlite").write_bytes(b"two")
    assert len({shipped, first, code_version.statutes_version(tmp_path)}) == 3
