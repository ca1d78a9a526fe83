"""Golden cases: how each is drawn, what reading it must give, and how far a reading is from that.

In: tests/golden/<case>/case.toml (the drawing), expected.csv (one row a record, view columns as headers). Out:
:class:`Case`, and differences as sentences. Two marks in expected.csv: "*" is not judged; "a‖b" takes either.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.record import FileReading, Record
from pipeline.vocabulary import Vocabulary
from tests.builders import PdfOptions, Sheet, draw
from tests.drawing.described import options_of, sheets_of

FOLDER = Path(__file__).parent / "golden"
FORMATS = ("docx", "xlsx", "pdf")
Row = Mapping[str, str]

# Columns whose view value is typed; what was printed goes to the second column.
_TYPED = {
    "power_type": ("职权类别", "类别原文"),
    "risk_kind": ("风险类别", "类别原文"),
    "risk_grade": ("风险等级", "等级原文"),
    "statutory_limit": ("法定时限_工作日", "法定时限"),
    "promised_limit": ("承诺时限_工作日", "承诺时限"),
}
_FAMILIES = {"power_statistics": "statistics", "post_powers": "post_power"}


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """A file of a case: its name without suffix, and what is drawn in it."""

    name: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case: the files to draw, in which formats, the state that each must end in and what reading must give.

    remarks: kind and quote of each remark expected, "*" for any quote; a case without them must raise none.
    """

    name: str
    formats: tuple[str, ...]
    files: tuple[DrawnFile, ...]
    state: str
    pdf: PdfOptions
    expected: tuple[Row, ...]
    remarks: tuple[tuple[str, str], ...]

    def draw(self, folder: Path, suffix: str) -> list[Path]:
        """Draw its files into a folder in one format."""
        paths = [folder / f"{file.name}.{suffix}" for file in self.files]
        for file, path in zip(self.files, paths, strict=True):
            draw(path, file.sheets, self.pdf)
        return paths


def load_cases() -> list[Case]:
    """All golden cases, by name."""
    return [_load(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "case.toml").exists()]


def _load(folder: Path) -> Case:
    data = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as stream:
        expected = tuple(csv.DictReader(stream))
    return Case(
        name=folder.name,
        formats=tuple(data.get("formats", FORMATS)),
        files=tuple(DrawnFile(file.get("name", "报送表"), sheets_of(file)) for file in data.get("file", [data])),
        state=data.get("state", "loaded"),
        pdf=options_of(data),
        expected=expected,
        remarks=tuple((kind, quote) for kind, quote in data.get("remarks", ())),
    )


def rows_of(readings: Iterable[FileReading], vocabulary: Vocabulary) -> list[Row]:
    """The records of some readings as rows of view columns, in the way that expected.csv writes them."""
    return [_row(record, reading, vocabulary) for reading in readings for record in reading.records]


def _row(record: Record, reading: FileReading, vocabulary: Vocabulary) -> Row:
    register = record.register.value
    family = "power" if record.register.of_powers else "risk" if record.register.of_risks else _FAMILIES[register]
    row = {"register": register, "来源文件": Path(reading.name).stem}
    for field in record.fields:
        column = vocabulary.column(family, field.name)
        if field.name in _TYPED:
            typed, column = _TYPED[field.name]
            row[typed] = "" if field.value is None else _squeezed(_plain(field.value))
        row[column] = _squeezed(field.text)
    other = {_squeezed(field.header): _squeezed(field.text) for field in record.other if field.text.strip()}
    row["其他栏目"] = json.dumps(other, ensure_ascii=False, sort_keys=True) if other else ""
    return row


def _plain(value: str | int | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def differences(expected: Sequence[Row], actual: Sequence[Row]) -> list[str]:
    """What is wrong with the actual rows, a sentence each; records are compared in their order within a register."""
    found: list[str] = []
    for wanted, got in _paired(expected, actual):
        if wanted is None or got is None:
            row = wanted or got or {}
            found.append(f"{'missing' if got is None else 'too many'}: {_label(row)} {_filled(row)}")
            continue
        for column in _columns(wanted, got):
            if not _agrees(column, wanted.get(column) or "", got.get(column) or ""):
                found.append(
                    f"{_label(wanted)} · {column}\n    expected {wanted.get(column) or ''!r}\n"
                    f"    read     {got.get(column) or ''!r}"
                )
    return found


def unexpected_remarks(expected: Sequence[tuple[str, str]], readings: Iterable[FileReading]) -> list[str]:
    """Remarks that are missing or too many, a sentence each; quotes are compared without white space."""
    missing = list(expected)
    found: list[str] = []
    for remark in (remark for reading in readings for remark in reading.remarks):
        kind, quote = remark.kind.value, _squeezed(remark.quote)
        match = next((w for w in missing if w[0] == kind and w[1] in ("*", quote)), None)
        if match:
            missing.remove(match)
        else:
            found.append(f"remark too many: {kind} {quote!r} {dict(remark.facts)}")
    return found + [f"remark missing: {kind} {quote!r}" for kind, quote in missing]


def score(expected: Sequence[Row], actual: Sequence[Row]) -> tuple[int, int]:
    """How many fields are exact, of how many that are expected or were read: (right, total)."""
    right = total = 0
    for wanted, got in _paired(expected, actual):
        for column in _columns(wanted or {}, got or {}):
            texts = (wanted or {}).get(column) or "", (got or {}).get(column) or ""
            if any(texts) and texts[0] != "*":
                total += 1
                right += wanted is not None and got is not None and _agrees(column, *texts)
    return right, total


def _paired(expected: Sequence[Row], actual: Sequence[Row]) -> list[tuple[Row | None, Row | None]]:
    pairs: list[tuple[Row | None, Row | None]] = []
    for group in dict.fromkeys(_group(row) for row in (*expected, *actual)):
        wanted = [row for row in expected if _group(row) == group]
        got = [row for row in actual if _group(row) == group]
        for index in range(max(len(wanted), len(got))):
            pairs.append((wanted[index] if index < len(wanted) else None, got[index] if index < len(got) else None))
    return pairs


def _group(row: Row) -> str:
    """Rows are paired by register; the level of a risk register is a field like any other."""
    return "risk" if row["register"].startswith("risk") else row["register"]


def _columns(wanted: Row, got: Row) -> list[str]:
    columns = dict.fromkeys((*wanted, *got))
    return [column for column in columns if column != "来源文件" or column in wanted]


def _agrees(column: str, wanted: str, got: str) -> bool:
    if column == "其他栏目" and wanted not in ("", "*"):
        facts = {_squeezed(key): _squeezed(value) for key, value in json.loads(wanted).items()}
        return got == json.dumps(facts, ensure_ascii=False, sort_keys=True)
    if column == "register" and wanted == "risk":
        return got.startswith("risk")
    return wanted == "*" or got in {_squeezed(text) for text in wanted.split("‖")}


def _label(row: Row) -> str:
    name = row.get("职权名称") or row.get("风险点") or row.get("对应职权") or row.get("职权类别") or "?"
    return f"[{row['register']} {row.get('序号') or ''}] {name}"


def _filled(row: Row) -> dict[str, str]:
    return {column: text for column, text in row.items() if text}
