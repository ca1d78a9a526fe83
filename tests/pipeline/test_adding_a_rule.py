"""docs/adding-a-rule.md, followed to the letter in a copy of the project: its example must register, speak and pass."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOC = ROOT / "docs" / "adding-a-rule.md"
COPIED = ("extractors", "pipeline", "vocab", "tests/rules")
BLOCK = re.compile(r"^`(?P<file>[\w/.]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def copy_of_the_project(folder: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "pipeline").mkdir()
    for name in ("pyproject.toml", "tests/__init__.py", "tests/pipeline/__init__.py", "tests/pipeline/test_rules.py"):
        shutil.copyfile(ROOT / name, folder / name)


def follow(folder: Path) -> dict[str, str]:
    """Write each block of the page into the file that it names: a new file, or the end of one that is there."""
    blocks = {match["file"]: match["text"] for match in BLOCK.finditer(DOC.read_text("utf-8"))}
    for name, text in blocks.items():
        with (folder / name).open("a", encoding="utf-8") as stream:
            stream.write(text)
    (module,) = (Path(name).stem for name in blocks if name.startswith("pipeline/rules/"))
    package = folder / "pipeline" / "rules" / "__init__.py"
    listed = package.read_text("utf-8").replace("    fields,\n", f"    fields,\n    {module},\n", 1)
    package.write_text(listed.replace('    "fields",\n', f'    "fields",\n    "{module}",\n', 1), encoding="utf-8")
    return blocks


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    copy_of_the_project(tmp_path)
    blocks = follow(tmp_path)
    assert sorted(blocks) == ["pipeline/rules/hotline.py", "tests/rules/M12.toml", "vocab/rules.csv"]
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-vv",
        "-p",
        "no:cacheprovider",
        "tests/pipeline/test_rules.py",
        "-k",
        "M12 or every_rule",
    )
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = [line for line in done.stdout.splitlines() if " PASSED" in line]
    assert sum("M12" in line for line in passed) == 3, "a bad and a good example, and the wording"
    assert any("every_rule_has_a_function" in line for line in passed)


def test_without_its_function_the_example_is_refused(tmp_path: Path) -> None:
    """The copy is what runs: a row and cases without function must fail there."""
    copy_of_the_project(tmp_path)
    follow(tmp_path)
    (tmp_path / "pipeline" / "rules" / "hotline.py").write_text('"""Nothing."""\n', encoding="utf-8")
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "tests/pipeline/test_rules.py",
        "-k",
        "every_rule",
    )
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "M12" in done.stdout
