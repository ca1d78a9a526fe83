"""Builds the examples of a case file (see README.md beside this module) into the context that rules run on."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from extractors.document import ChartEdge, Notice, Observation, Place
from pipeline.campaigns.arrival import Arrival
from pipeline.campaigns.campaign import Campaign, load_campaign
from pipeline.finding import Finding, RuleRun
from pipeline.identity.history import Background, History, Listing, Returned
from pipeline.identity.item import Item, item_of
from pipeline.interpretation.charts import chart_named_by, titles
from pipeline.law.statute import ArticleKey
from pipeline.law.workspace_library import shipped_library
from pipeline.record import (
    Chart,
    ChartForm,
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
Records: TypeAlias = tuple[Record, ...]


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
    findings = tuple(each for each in findings if each.code not in case.data.get("also", ()))
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
    known_keys = (
        "about hits tables files campaign not_run objects as_of texts earlier returned excused also charts "
        "arrival units unit rules_off days stood_since"
    )
    unknown = set(case.data) - set(known_keys.split())
    assert not unknown, f"{case}: {unknown}"
    tables, records = _tables(case.data.get("tables", []))
    known = {each["name"]: each for each in case.data.get("files", [])}
    names = dict.fromkeys([*tables, *known])
    files = tuple(_file(name, known.get(name, {}), tuple(tables.get(name, ()))) for name in names)
    earlier = _earlier(case.data.get("earlier", []))
    keyed, history = _with_history(case, records, earlier)
    campaign = _campaign(case, folder)
    as_of = date.fromisoformat(case.data.get("as_of", "2026-06-30"))
    texts = _Texts(case.data["texts"]) if "texts" in case.data else None
    arrival = Arrival(**case.data["arrival"]) if "arrival" in case.data else None
    context = RuleContext(
        case.data.get("unit", UNIT), files, keyed, load_vocabulary(), campaign, as_of, own_library=texts,
        history=history, arrival=arrival,
    )  # fmt: skip
    if not case.data.get("returned"):
        return context
    told = [f for f in run_rules(context)[0] if f.code in case.data["returned"]]
    returned = tuple(Returned(finding.fingerprint, finding.code) for finding in told)
    return replace(context, history=replace(history, returned=returned))


def _tables(data: list[dict[str, Any]]) -> tuple[dict[str, list[TableReading]], list[Record]]:
    tables: dict[str, list[TableReading]] = {}
    records: list[Record] = []
    for table in data:
        file = table.get("file", FILE)
        reading, rows = _table(table, file, len(tables.setdefault(file, [])))
        tables[file].append(reading)
        records.extend(rows)
    return tables, records


def _earlier(data: list[dict[str, Any]]) -> dict[int, list[Record]]:
    """The records of each earlier version, by its number."""
    versions: dict[int, list[dict[str, Any]]] = {}
    for table in data:
        versions.setdefault(table.get("version", 1), []).append(table)
    return {version: _tables(tables)[1] for version, tables in sorted(versions.items())}


def _with_history(case: Case, records: list[Record], earlier: dict[int, list[Record]]) -> tuple[Records, History]:
    """The records with the keys that the versions before give them, and what became of the powers of those."""
    if not earlier:
        unit = case.data.get("unit", UNIT)
        keyed = tuple(replace(r, unit=unit, key=f"key{n}") for n, r in enumerate(records))
        return keyed, History(returned=() if case.data.get("returned") else None)
    held: dict[int, tuple[Item, ...]] = {}
    for version, rows in earlier.items():
        before = Background({"power": held}, {"power": version}).keyed(UNIT, rows)
        held[version] = tuple(item_of(record) for record in before)
    listing = Listing(excused=frozenset(i.key for items in held.values() for i in items if i.name in _excused(case)))
    days = {int(version): day for version, day in case.data.get("days", {}).items()}
    since = case.data.get("stood_since", {})
    background = Background({"power": held}, {"power": max(held) + 1}, listing=listing, days=days, stood_since=since)
    keyed = background.keyed(UNIT, records)
    return keyed, background.history(tuple(item_of(r) for r in keyed if r.register.of_powers))


def _excused(case: Case) -> list[str]:
    names: list[str] = case.data.get("excused", [])
    return names


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
    asked = {"asked": "no", "elements": "no", **case.data.get("charts", {})}
    default = replace(default, charts=replace(default.charts, **asked))
    default = replace(default, rules_off=frozenset(case.data.get("rules_off", ())))
    return default if case.code == "M00" else replace(default, requirements=default.required_by(case.code))


def _file(name: str, data: dict[str, Any], tables: tuple[TableReading, ...]) -> FileReading:
    return FileReading(
        name=name,
        sha256=data.get("sha256", "0" * 64),
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
        charts=tuple(_chart(each, name) for each in data.get("charts", [])),
    )


def _chart(data: dict[str, Any], file: str) -> Chart:
    words = load_vocabulary()
    title = data.get("title", "")
    edges = tuple(ChartEdge(start, end, *label) for start, end, *label in data.get("edges", []))
    name = titles(words).name(title) or chart_named_by(file, words) or ""
    form = ChartForm(data.get("form", "graph"))
    return Chart(title, name, Place.parse(data.get("place", "第1段")), form, tuple(data.get("texts", [])), edges)


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
        return _recognized(name, text[1:], place)
    text = "" if text == "-" else text
    return Field(name, text, text, _value(name, text), (Source(place, text),), reading)


def _recognized(name: str, marked: str, place: Place) -> Field:
    """A field read from a picture; a ? behind a character says that it was read with doubt, => leads to its repair."""
    marked, _, meant = marked.partition("=>")
    text = marked.replace("?", "")
    signs = re.findall(r".\??", marked)
    source = Source(place, text, tuple(0.5 if sign.endswith("?") else 1.0 for sign in signs))
    offsets = tuple(range(len(text)))
    reading = Reading.OCR | Reading.REPAIRED if meant else Reading.OCR
    shown = meant or text
    return Field(name, text, shown, _value(name, shown), (source,), reading, source.confidence, offsets)


def _value(name: str, text: str) -> str | int | None:
    """The canonical power type or the grade, as pipeline.values.typed gives them; an unknown one has no value."""
    if name == "risk_grade":
        read = grade(text, load_vocabulary())
        return read.value if read is not None else None
    accepted = {each.canonical for each in load_vocabulary().power_types}
    return text if name == "power_type" and text in accepted else None
