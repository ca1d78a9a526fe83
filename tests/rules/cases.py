"""Builds the examples of a case file (see README.md beside this module) into the context that rules run on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from extractors.document import Notice, Observation, Place
from pipeline.campaigns.campaign import Campaign, load_campaign
from pipeline.finding import Finding, RuleRun
from pipeline.law.statute import ArticleKey
from pipeline.law.workspace_library import shipped_library
from pipeline.record import (
    Field,
    FileReading,
    FileState,
    OtherField,
    Reading,
    Record,
    Register,
    Remark,
    RemarkKind,
    Source,
    TableReading,
)
from pipeline.rules.city import claims, few_powers, rival_claims
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import run_rules
from pipeline.values.typed import grade
from pipeline.vocabulary import load_vocabulary

HERE = Path(__file__).parent
CASE_FILES = sorted(HERE.glob("*.toml"))
FILE = "目录.docx"
UNIT = "市水利局"


@dataclass(frozen=True, slots=True)
class Case:
    """One example: the code of its rule, whether it is a bad one, and its TOML."""

    code: str
    bad: bool
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.code} {'bad' if self.bad else 'good'}: {self.data['about']}"


def cases_of(path: Path) -> list[Case]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(data) <= {"bad", "good"}, path
    return [Case(path.stem, kind == "bad", each) for kind in ("bad", "good") for each in data.get(kind, [])]


def findings_of(case: Case, folder: Path) -> tuple[list[Finding], RuleRun]:
    """What all rules find in an example, and how the named rule ran: on one unit, or across its ``units``."""
    if "units" in case.data:
        return _across(case, folder)
    findings, runs = run_rules(context_of(case, folder))
    return list(findings), next(run for run in runs if run.code == case.code)


def _across(case: Case, folder: Path) -> tuple[list[Finding], RuleRun]:
    """What the rules across units find; each unit's powers come in the order of the example."""
    contexts = [
        context_of(replace(case, data={**case.data, "tables": unit["tables"], "unit": unit["unit"]}), folder)
        for unit in case.data["units"]
    ]
    words, campaign = load_vocabulary(), _campaign(case, folder)
    made = {context.unit: claims(context) for context in contexts}
    findings = rival_claims((claim for each in made.values() for claim in each), words, campaign)
    few, runs = few_powers({unit: len(each) for unit, each in made.items()}, words, campaign)
    if case.code == "S02":
        reasons = {run.not_run for run in runs.values()}
        return few, RuleRun("S02", len(runs), len(few), "".join(reasons))
    return findings, RuleRun("D05", sum(map(len, made.values())), len(findings))


def context_of(case: Case, folder: Path) -> RuleContext:
    known = {
        "about",
        "hits",
        "tables",
        "files",
        "campaign",
        "not_run",
        "objects",
        "as_of",
        "texts",
        "units",
        "unit",
        "rules_off",
    }
    assert not set(case.data) - known, f"{case}: {set(case.data) - known}"
    tables: dict[str, list[TableReading]] = {}
    records: list[Record] = []
    for table in case.data.get("tables", []):
        file = table.get("file", FILE)
        reading, rows = _table(table, file, len(tables.setdefault(file, [])))
        tables[file].append(reading)
        records.extend(rows)
    told = {each["name"]: each for each in case.data.get("files", [])}
    names = dict.fromkeys([*tables, *told])
    files = tuple(_file(name, told.get(name, {}), tuple(tables.get(name, ()))) for name in names)
    unit = case.data.get("unit", UNIT)
    keyed = tuple(replace(r, unit=unit, key=f"key{n}") for n, r in enumerate(records))
    campaign = _campaign(case, folder)
    as_of = date.fromisoformat(case.data.get("as_of", "2026-06-30"))
    texts = _Texts(case.data["texts"]) if "texts" in case.data else None
    return RuleContext(unit, files, keyed, load_vocabulary(), campaign, as_of, own_library=texts)


class _Texts:
    """The texts of articles that an example gives, whatever the version."""

    def __init__(self, articles: list[dict[str, Any]]) -> None:
        found = ((shipped_library().find(each["title"]).statute_id, each) for each in articles)
        self._texts = {(statute, each["article"]): each["text"] for statute, each in found}

    def article_text(self, statute_id: str, version: date | None, key: ArticleKey) -> str | None:
        return self._texts.get((statute_id, key[0]))


def _campaign(case: Case, folder: Path) -> Campaign:
    if "campaign" in case.data:
        path = folder / "campaign.toml"
        path.write_text(case.data["campaign"], encoding="utf-8")
        return load_campaign(path)
    default = load_campaign()
    default = replace(default, rules_off=frozenset(case.data.get("rules_off", ())))
    return default if case.code == "M00" else replace(default, requirements=default.required_by(case.code))


def _file(name: str, data: dict[str, Any], tables: tuple[TableReading, ...]) -> FileReading:
    return FileReading(
        name=name,
        sha256="0" * 64,
        size=1,
        state=FileState(data.get("state", "loaded")),
        reason=data.get("reason", ""),
        facts=tuple(data.get("facts", {}).items()),
        supplement=data.get("supplement", False),
        tables=tables,
        remarks=tuple(_remark(each) for each in data.get("remarks", [])),
        observations=tuple(
            Observation(Notice(each["notice"]), Place.parse(each["place"]), each.get("text", ""))
            for each in data.get("observations", [])
        ),
    )


def _remark(data: dict[str, Any]) -> Remark:
    facts = tuple(data.get("facts", {}).items())
    place = Place.parse(data["place"])
    return Remark(RemarkKind(data["kind"]), place, data.get("quote", ""), data.get("field", ""), facts)


def _table(data: dict[str, Any], file: str, index: int) -> tuple[TableReading, list[Record]]:
    register = Register(data.get("register", "powers"))
    number = str(index + 1)
    grid = [[cell.strip() for cell in line.split("|")] for line in data["text"].strip().splitlines()]
    names = {c.column: c.field for c in load_vocabulary().columns.values() if c.family == register.family}
    heads = [head if head.startswith("+") else names[head] for head in grid[0]]
    records: list[Record] = []
    above: dict[str, Field] = {}
    for row, cells in enumerate(grid[1:], start=2):
        places = [Place(table=number, row=row, column=column) for column in range(1, len(heads) + 1)]
        read = [
            (head, _field(head, text, place, above.get(head)))
            for head, text, place in zip(heads, cells, places, strict=True)
        ]
        above = dict(read)
        other = tuple(OtherField(head[1:], f.text, f.sources[0]) for head, f in read if head.startswith("+"))
        fields = tuple(f for head, f in read if not head.startswith("+"))
        named = next((f.sources[0].place for f in fields if f.name == "name"), places[0])
        records.append(Record(register, fields, other, file, index, named, section=data.get("section", "")))
    printed = {f.name for r in records for f in r.fields if f.reading is not Reading.ABSENT_COLUMN}
    columns = frozenset(printed if data.get("form") else (head for head in heads if not head.startswith("+")))
    reading = TableReading(
        register,
        data.get("title", ""),
        Place(table=number, row=1, column=1),
        columns,
        rows=len(records),
        records=len(records),
        declared=tuple((kind, count) for kind, count in data.get("declared", {}).items()),
        form=data.get("form", False),
    )
    return reading, records


def _field(name: str, text: str, place: Place, above: Field | None) -> Field:
    if text == "^":
        assert above is not None
        source = (Source(place, above.raw),)
        return replace(above, sources=source, reading=above.reading | Reading.FROM_MERGE)
    if text == "~":
        return Field(name, "#VALUE!", "", sources=(Source(place, "#VALUE!"),), reading=Reading.UNREAD)
    if text == "*":
        return Field(name, "", "", reading=Reading.ABSENT_COLUMN)
    reading = Reading.PLACEHOLDER if text in ("无", "—", "/") else Reading.PLAIN
    if text.startswith("?"):
        text, reading = text[1:], Reading.OCR
    text = "" if text == "-" else text
    return Field(name, text, text, _value(name, text), (Source(place, text),), reading)


def _value(name: str, text: str) -> str | int | None:
    """The canonical power type or the grade, as pipeline.values.typed gives them; an unknown one has no value."""
    if name == "risk_grade":
        read = grade(text, load_vocabulary())
        return read.value if read is not None else None
    accepted = {each.canonical for each in load_vocabulary().power_types}
    return text if name == "power_type" and text in accepted else None
