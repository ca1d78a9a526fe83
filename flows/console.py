"""What goes to the terminal: tables, findings, JSON and complaints, with widths that are right for Chinese text.

In: rows by column name. Out: standard output (results) and standard error (complaints, notes). On a terminal with
colours and lines; else plain text, one line a row however wide. Nothing of the data is taken for markup.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.wording import label, say
from pipeline.finding import Severity

_WIDE = 100_000  # columns where nobody looks at lines: no row is broken
_INDENT = 14  # columns before a message: 4, its gravity, its rule
_NARROWEST = 20
_UNBROKEN = re.compile(r"[!-~]+|.", re.DOTALL)
_STOPS = frozenset("，。；：、！？”’）》〉」』】〕…")
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def output() -> Console:
    """Standard output. Made anew for each use: it may have been redirected since."""
    return _console(sys.stdout)


def notes() -> Console:
    """Standard error."""
    return _console(sys.stderr)


def _console(stream: Any) -> Console:
    terminal = stream.isatty()
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=None if terminal else _WIDE)


def complain(message: str) -> None:
    """A message on standard error."""
    notes().print(Text(message), soft_wrap=True)


def text_of(parts: Iterable[Any]) -> str:
    """Texts and tables as one text, in the width of the terminal."""
    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 100)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def print_json(document: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """A value as JSON has it: dates as ISO 8601, decimals as numbers, NaN as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(int(value) if value.is_finite() and value == value.to_integral_value() else float(value))
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "", styles: Sequence[str] = ()
) -> None:
    """A table; numbers to the right, what is missing blank. styles: of each row, on a terminal."""
    console = output()
    lines = [list(row) for row in rows]
    table = Table(box=box.ROUNDED if console.is_terminal else None, pad_edge=False, title_justify="left")
    if title:
        console.print(Text(title, style="bold"))
    for number, column in enumerate(columns):
        numeric = any(isinstance(line[number], int | float | Decimal) for line in lines)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for number, line in enumerate(lines):
        style = styles[number] if number < len(styles) else ""
        table.add_row(*(Text(_shown(value)) for value in line), style=style)
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for text in captured.get().splitlines():
        sys.stdout.write(text.rstrip() + "\n")


def print_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], title: str = "") -> None:
    """Some columns of rows by name, as a table."""
    print_table(columns, ([row[column] for column in columns] for row in rows), title)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping | list):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value)


def print_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """Findings by unit and file, the gravest first."""
    console = output()
    for unit, of_unit in groupby(findings, key=lambda row: row["单位"] or ""):
        listed = list(of_unit)
        console.print(Text(f"{unit or say('no_unit')}  {tally(listed)}", style="bold"))
        listed.sort(key=lambda row: row["来源文件"] or "")
        for file, of_file in groupby(listed, key=lambda row: row["来源文件"] or ""):
            console.print(Text(f"  {file or say('whole_submission')}"))
            for row in of_file:
                _print_finding(console, row)
        console.print()


def _print_finding(console: Console, row: Mapping[str, Any]) -> None:
    severity = next((each for each in Severity if label(f"severity.{each}") == row["严重程度"]), Severity.INFO)
    first, *more = _wrapped(str(row["说明"]), console.width - _INDENT)
    head = Text("    ").append(str(row["严重程度"]), style=_STYLES[severity])
    console.print(head.append(f" {row['规则']}  {first}"), soft_wrap=True)
    advice = _wrapped(say("advice", advice=row["整改建议"]), console.width - _INDENT) if row["整改建议"] else []
    for style, lines in (("", more), ("dim", advice)):
        for line in lines:
            console.print(Text(" " * _INDENT + line, style=style), soft_wrap=True)


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of a text in so many columns. Chinese breaks between any two characters, but not before a stop."""
    lines, line, room = [], "", max(width, _NARROWEST) - 2  # two columns for a stop at the end
    for piece in _UNBROKEN.findall(" ".join(text.split())):
        if line and cell_len(line) + cell_len(piece) > room and piece[0] not in _STOPS:
            lines.append(line)
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def tally(findings: Iterable[Mapping[str, Any]]) -> str:
    """How many findings there are of each gravity."""
    listed = [row["严重程度"] for row in findings]
    return " ".join(f"{label(f'severity.{each}')} {listed.count(label(f'severity.{each}'))}" for each in Severity)
