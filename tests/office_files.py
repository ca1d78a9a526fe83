"""Old Office files for tests, made by LibreOffice from drawn ones, many in one start.

In: drawings, a suffix. Out: paths. Where LibreOffice is not installed, whoever needs them is skipped.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from extractors.office.conversion import PROFILE_MADE
from extractors.office.program import office_program, write_profile
from tests.builders import Sheet, Text, draw

needs_office = pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")


def as_office(sheets: Sequence[tuple[Sheet, ...]], suffix: str, into: Path) -> list[Path]:
    """The drawings as files of that suffix; those of workbooks from .xlsx, the others from .docx."""
    source = "xlsx" if suffix in ("ods", "xls") else "docx"
    with TemporaryDirectory() as folder:
        drawn = [Path(folder) / f"{number:04d}.{source}" for number in range(len(sheets))]
        for path, each in zip(drawn, sheets, strict=True):
            # A Word document never ends in a table: where a drawing does, LibreOffice writes a .doc without the table.
            draw(path, tuple(replace(sheet, blocks=(*sheet.blocks, Text(""))) for sheet in each))
        return converted_by_office(drawn, suffix, into)


def converted_by_office(paths: Sequence[Path], suffix: str, into: Path) -> list[Path]:
    """What LibreOffice saves some files as."""
    program = office_program()
    assert program is not None
    with TemporaryDirectory() as folder:
        profile = write_profile(Path(folder) / "profile")
        command = [program, *profile, "--headless", "--convert-to", suffix, "--outdir", into, *paths]
        while subprocess.run(command, capture_output=True, check=False, timeout=300).returncode == PROFILE_MADE:
            pass  # the first start only makes the profile
    made = [into / f"{path.stem}.{suffix}" for path in paths]
    assert all(path.exists() for path in made)
    return made
