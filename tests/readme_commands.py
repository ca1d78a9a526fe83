"""What a Markdown document tells its reader to type.

In: the text of README.md or of a handbook. Out: :class:`Command` values in the order of the document. Every line of a
```bash or ```console block is one, comments and shown output apart; a ```sql block is one query.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r"^ {0,3}```[ \t]*(\w*)[^\n]*\n(.*?)^ {0,3}```[ \t]*$", re.MULTILINE | re.DOTALL)
_SET_UP = "python3 -m venv "
_IN_VENV = re.compile(r"^(?:\./)?\.venv/bin/(?=zhiquan\b)")


@dataclass(frozen=True, slots=True)
class Command:
    """Something to type, and the line of the document where it stands.

    set up: makes the virtual environment. zhiquan: a shell line that runs the product. sql: a query. other: anything
    else, which no test can run.
    """

    kind: Literal["set up", "zhiquan", "sql", "other"]
    text: str
    line: int

    def as_shell(self) -> str:
        """The line for a shell that has the product on its path."""
        return f"zhiquan sql {shlex.quote(self.text)}" if self.kind == "sql" else _IN_VENV.sub("", self.text)

    @property
    def stays(self) -> bool:
        """Whether it runs until someone ends it."""
        return re.match(r"zhiquan (?:\S+ )*?serve\b", self.as_shell()) is not None


def commands_of(text: str) -> Iterator[Command]:
    """All commands of a document, in order."""
    for block in _FENCE.finditer(text):
        line = text.count("\n", 0, block.start(2)) + 1
        if block[1] == "sql":
            yield Command("sql", block[2].strip().removesuffix(";"), line)
        elif block[1] in ("bash", "sh", "shell", "console"):
            yield from _shell_lines(block[2], line, prompted=block[1] == "console")


def _shell_lines(body: str, first: int, *, prompted: bool) -> Iterator[Command]:
    waiting, start = "", first
    for number, line in enumerate(body.splitlines(), first):
        if not waiting:
            start = number
            if prompted and not line.startswith("$ "):
                continue  # what the command printed
            line = line.removeprefix("$ ") if prompted else line
        waiting += line.strip()
        if waiting.endswith("\\"):
            waiting = waiting[:-1]
        elif waiting:
            if not waiting.startswith("#"):
                yield Command(_kind(waiting), waiting, start)
            waiting = ""


def _kind(line: str) -> Literal["set up", "zhiquan", "other"]:
    if line.startswith(_SET_UP):
        return "set up"
    return "zhiquan" if re.match(r"zhiquan\b", _IN_VENV.sub("", line)) else "other"
