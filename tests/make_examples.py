"""Writes examples/inbox: what four invented units of 云溪县 hand in, with the faults that reviewers meet.

``python -m tests.make_examples [FOLDER]``. In: tests/examples/<unit>/ with one TOML drawing a file, named after the
file (职权目录.docx.toml); any other file is copied as it is. A unit whose name ends in .zip becomes an archive. The
same drawings always give the same bytes. ``keep_bytes`` in a drawing cuts the file off there: a damaged upload.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path

from tests.builders import draw, write_zip
from tests.drawing.described import options_of, sheets_of

DRAWINGS = Path(__file__).parent / "examples"
INBOX = Path(__file__).parent.parent / "examples" / "inbox"
DRAWN = (".docx", ".xlsx", ".xls", ".csv", ".pdf")


def make_inbox(folder: Path) -> None:
    """Write the folder of every unit into ``folder``, which need not exist."""
    for unit in sorted(DRAWINGS.iterdir()):
        files = {name: data for path in sorted(unit.iterdir()) for name, data in [_file(path)]}
        if unit.suffix == ".zip":
            folder.mkdir(parents=True, exist_ok=True)
            write_zip(folder / unit.name, files)
            continue
        (folder / unit.name).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / unit.name / name).write_bytes(data)


def _file(path: Path) -> tuple[str, bytes]:
    if Path(path.stem).suffix not in DRAWN:
        return path.name, path.read_bytes()
    drawing = tomllib.loads(path.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path.stem
        draw(target, sheets_of(drawing), options_of(drawing))
        return path.stem, target.read_bytes()[: drawing.get("keep_bytes")]


if __name__ == "__main__":
    make_inbox(Path(sys.argv[1]) if len(sys.argv) > 1 else INBOX)
