"""Every command line and query that the README and the handbooks show does what it says: it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.readme_commands import Command, commands_of

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
ALLOWED = {"zhiquan run": (0, 3)}  # the examples hold a damaged file on purpose, which goes to quarantine


def commands(path: Path) -> list[Command]:
    return list(commands_of(path.read_text("utf-8")))


def test_the_readme_sets_up_in_two_commands() -> None:
    install, test = [command.text for command in commands(README) if command.kind == "set up"]
    pip = r"python3 -m venv (?P<venv>\S+) && (?P=venv)/bin/(?:python -m )?pip install (?:-q )?(?:-e )?"
    assert re.fullmatch(pip + r"""['"]?\.['"]?(?: && (?P=venv)/bin/zhiquan .+)?""", install)
    assert re.fullmatch(pip + r"""['"]\.\[test\]['"] && (?P=venv)/bin/(?:python -m )?pytest\b.*""", test)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_shown_that_no_test_runs(path: Path) -> None:
    assert [(command.line, command.text) for command in commands(path) if command.kind == "other"] == []


def test_the_readme_shows_the_product_at_work() -> None:
    kinds = {command.kind for command in commands(README)}
    assert kinds >= {"set up", "zhiquan", "sql"}
    assert any(command.as_shell().startswith("zhiquan run examples/inbox") for command in commands(README))


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_runs(path: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    todo = [command for command in commands(path) if command.kind in ("zhiquan", "sql")]
    if todo and path != README:
        run(Command("zhiquan", "zhiquan run examples/inbox", 0), tmp_path)  # a handbook is for an office at work
    for command in todo:
        with subtests.test(msg=f"{path.name}:{command.line}", command=command.text):
            run(command, tmp_path)


def run(command: Command, folder: Path) -> None:
    """Run a command in a folder with examples/ and, after the first run, a workspace of its own."""
    shell = command.as_shell() + (" --help" if command.stays else "")
    scripts = sysconfig.get_path("scripts")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZHIQUAN_")},
        "PATH": os.pathsep.join((scripts, os.environ["PATH"])),
        "NO_COLOR": "1",
    }
    done = subprocess.run(shell, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    name = " ".join(shell.split()[:2])
    assert done.returncode in ALLOWED.get(name, (0,)), f"{shell}\n{done.stdout}\n{done.stderr}"


def test_commands_are_found_in_their_order() -> None:
    text = """
```bash
# 安装
python3 -m venv .venv && .venv/bin/pip install .
.venv/bin/zhiquan run examples/inbox \\
    --as-of 2026-06-30
```
```console
$ zhiquan status
单位  状态
$ zhiquan --workspace x serve
```
``` sql
SELECT 1;
```
```text
zhiquan decide KEY
```
```bash
curl x
```
"""
    found = [(command.kind, command.as_shell(), command.stays) for command in commands_of(text)]
    assert found == [
        ("set up", "python3 -m venv .venv && .venv/bin/pip install .", False),
        ("zhiquan", "zhiquan run examples/inbox --as-of 2026-06-30", False),
        ("zhiquan", "zhiquan status", False),
        ("zhiquan", "zhiquan --workspace x serve", True),
        ("sql", "zhiquan sql 'SELECT 1'", False),
        ("other", "curl x", False),
    ]
    assert [command.line for command in commands_of(text)] == [4, 5, 9, 11, 14, 20]
