"""Compiles a folder of statute facts (CSV) into vocab/statutes/statutes.json.gz. A developers' tool, not shipped.

In: the folder with statutes.csv, articles.csv.gz, repeals.csv, aliases.csv and build_report.json, and more_repeals.csv
and torn_texts.csv beside this module; ``--out`` names another target. Out: one gzip of JSON, byte for byte the same for
the same facts.
Refuses: a fact whose form it does not know, with ValueError naming the row.

    python tools/compile_statutes.py FOLDER
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.law.statute import (
    Article,
    ArticleKey,
    Change,
    Level,
    Repeal,
    Statute,
    Version,
    to_json,
    write_structure,
)
from pipeline.law.statute_titles import folded, literal

MORE_REPEALS = Path(__file__).parent / "more_repeals.csv"  # of laws that the folder does not know, each with its source
TORN_TEXTS = Path(__file__).parent / "torn_texts.csv"  # of which the folder has the beginning only
TARGET = Path(__file__).parent.parent / "vocab" / "statutes" / "statutes.json.gz"
Row = dict[str, str]

_LEVELS = {
    "宪法": Level.CONSTITUTION,
    "法律": Level.LAW,
    "行政法规": Level.REGULATION,
    "国务院决定": Level.COUNCIL_DECISION,
    "部门规章": Level.MINISTRY_RULE,
    "地方性法规": Level.LOCAL_REGULATION,
    "地方政府规章": Level.LOCAL_RULE,
    "司法解释": Level.INTERPRETATION,
    "其他": Level.OTHER,
}
_CHANGES = {"制定": Change.ADOPTED, "修正": Change.AMENDED, "修订": Change.REVISED}
_CENSUS_DAY = date(2026, 2, 25)  # of the national list of statuses
_TEXTS_COMPLETE = date(2025, 4, 30)  # national texts in force then are all in the facts; a later single one is new
_SURE_DATES = {"flk-census", "header", "closing article", "closing article (on publication)", "db", "known", "decision"}
_LONG_FORMS = ("条例", "办法", "细则")  # of these none is as short as _FEWEST articles
_FEWEST = 5
_SHRUNK = 4  # no version of a statute has less than this part of the articles of another
_BODIES = ("院", "会", "部", "局", "府")
# Kinds of alias that the look-up itself derives from the full title need no row.
_ALIAS_KINDS = {
    "以下简称": "short",
    "by number": "short",
    "without year tag": "short",
    "old name (amending decision)": "old",
    "without （试行）": "incomplete",
    "without 暂行/试行": "incomplete",
}


def main() -> None:
    """Read the folder, write the target, print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    facts = compile_facts(arguments.folder)
    data = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    arguments.out.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    print(f"{len(facts['statutes'])} statutes, {len(facts['aliases'])} aliases, {arguments.out.stat().st_size} bytes")


def compile_facts(folder: Path) -> dict[str, Any]:
    """The facts of the folder in the form that pipeline.law.shipped reads."""
    built = date.fromisoformat(json.loads((folder / "build_report.json").read_text("utf-8"))["as_of"])
    shapes = _shapes(folder)
    torn = {(row["statute_id"], row["version_date"]) for row in _rows(TORN_TEXTS)}
    repeals = [*_rows(folder / "repeals.csv"), *_rows(MORE_REPEALS)]
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder / "statutes.csv"):
        if (row["statute_id"], row["version_date"]) in torn:
            row["parse_flags"] += " gap"
        rows[row["statute_id"]].append(row)
    statutes = [_statute(each, shapes, repeals, built) for each in rows.values()]
    gone = list(_only_repealed(repeals, {statute.id for statute in statutes}))
    return {
        "built": built.isoformat(),
        "statutes": [to_json(statute) for statute in (*statutes, *gone)],
        "aliases": list(_aliases(folder, {statute.id: statute for statute in statutes})),
    }


def _rows(path: Path) -> Iterator[Row]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)


def _shapes(folder: Path) -> dict[tuple[str, str], str]:
    """The structure text of each version (statute_id, version_date) whose articles are listed."""
    listed: dict[tuple[str, str], list[tuple[ArticleKey, Article]]] = defaultdict(list)
    for row in _rows(folder / "articles.csv.gz"):
        number, _, suffix = row["article_no"].partition("-")
        items = tuple(int(count) for count in row["item_counts"].split(";"))
        if len(items) != int(row["paragraph_count"]):
            raise ValueError(f"articles.csv.gz: counts do not agree: {row}")
        article = Article(items, row["has_subitems"] == "1", bool(row["flags"]))
        listed[row["statute_id"], row["version_date"]].append(((int(number), int(suffix or 0)), article))
    return {key: write_structure(articles) for key, articles in listed.items()}


def _statute(rows: list[Row], shapes: dict[tuple[str, str], str], repeals: list[Row], built: date) -> Statute:
    newest = rows[-1]
    history = tuple(sorted({entry for row in rows for entry in _history(row)}))
    longest = max(int(row["last_article"] or 0) for row in rows)
    versions = tuple(_version(row, shapes, history if len(rows) == 1 else (), longest) for row in rows)
    own = [row for row in repeals if row["statute_id"] == newest["statute_id"]]
    return Statute(
        id=newest["statute_id"],
        title=newest["title_full"],
        level=_LEVELS[newest["level"]],
        issuer=newest["issuer"],
        region=newest["region"],
        versions=versions,
        history=history,
        orders=_orders(rows),
        repeal=_fate(newest, own),
        vouched=_vouched(newest, built),
        expired=newest["status"] == "已废止或已被修改",
        founded=_founded(rows, versions, history),
        renewed=_day(max((row["date"] for row in own if row["self_replacement"] == "1"), default="")),
    )


def _version(
    row: Row, shapes: dict[tuple[str, str], str], history: tuple[tuple[date, Change], ...], longest: int
) -> Version:
    """history: of the statute where this is its only row; an undated text is then that of its last day."""
    last = int(row["last_article"] or 0)
    text = "" if _is_fragment(row, last, longest) else shapes.get((row["statute_id"], row["version_date"]), "")
    published = _day(row["version_date"]) or (history[-1][0] if history else None)
    return Version(
        published=published,
        effective=_day(row["effective_date"]),
        effective_sure=row["effective_source"] in _SURE_DATES or row["effective_source"].startswith("closing"),
        change=_CHANGES.get(row["amended_note"], Change.UNKNOWN),
        order=row["version_order"],
        closing_date=_day(row["original_effective_date"]),
        structure=text,
        last=last if text else 0,
        numbered=row["unit"] != "、",
        complete=not any(flag in row["parse_flags"] for flag in ("gap", "starts_at")),
    )


def _is_fragment(row: Row, last: int, longest: int) -> bool:
    """Whether the source has an amending decision under the title of the statute, or a torso of it."""
    whole = row["title_full"].endswith(_LONG_FORMS) and row["level"] != "法律"
    return last > 0 and (last * _SHRUNK < longest or (whole and last <= _FEWEST))


def _history(row: Row) -> Iterator[tuple[date, Change]]:
    for entry in filter(None, row["history"].split(";")):
        day, _, kind = entry.partition(" ")
        yield date.fromisoformat(day), _CHANGES[kind]


def _orders(rows: list[Row]) -> tuple[tuple[date | None, str], ...]:
    found: dict[str, date | None] = {}
    for entry in filter(None, rows[-1]["orders_all"].split(";")):
        day, _, order = entry.partition(" ")
        found[order] = _day(day)
    for row in rows:
        if row["promulgated_order"] and row["promulgated_order"] not in found:
            found[row["promulgated_order"]] = None
    return tuple((day, order) for order, day in found.items())


def _fate(row: Row, repeals: list[Row]) -> Repeal | None:
    """How the statute ended: what its row says, with the quality of the date that the repeals give."""
    if row["status"] != "已废止" and not row["repealed_by"]:
        return None
    day = _day(row["repealed_date"])
    stated = any(
        each["date"] == row["repealed_date"] and each["date_quality"] == "stated"
        for each in repeals
        if each["self_replacement"] == "0" and each["scope"] == "full"
    )
    known_by = _CENSUS_DAY if "flk" in row["status_source"] else None
    return Repeal(row["repealed_by"], _repealer_id(row["repealed_by"], repeals), day, bool(day) and stated, known_by)


def _repealer_id(title: str, repeals: list[Row]) -> str:
    return next((row["repealed_by_id"] for row in repeals if row["repealed_by"] == title), "")


def _vouched(row: Row, built: date) -> date | None:
    if row["status"] != "有效":
        return None
    return built if row["status_source"] == "newest known version" else _CENSUS_DAY


def _founded(rows: list[Row], versions: tuple[Version, ...], history: tuple[tuple[date, Change], ...]) -> bool:
    """Whether the first version known is the adoption: the history says so, or nothing older can have existed."""
    if history:
        return history[0][1] is Change.ADOPTED
    if versions[0].change is Change.ADOPTED:
        return True
    national = rows[0]["level"] in ("法律", "行政法规")
    published = versions[0].published
    return national and len(versions) == 1 and published is not None and published > _TEXTS_COMPLETE


def _only_repealed(repeals: list[Row], known: set[str]) -> Iterator[Statute]:
    """Titles that are known only because something repealed them. The last repeal of a name is its end."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in repeals:
        if not row["statute_id"] and row["self_replacement"] == "0" and row["scope"] == "full":
            by_name[folded(row["title"])].append(row)
    for name, rows in by_name.items():
        row = max(rows, key=lambda each: each["date"])
        if f"gone-{name}" in known or folded(row["repealed_by"]) == name:
            continue
        issued, order = _day(row["issued_date"]), row["issued_order"]
        known_by = _CENSUS_DAY if "flk" in row["kind"] else None
        day = _day(row["date"])
        yield Statute(
            id=f"gone-{name}",
            title=row["title"],
            level=None,
            versions=(Version(issued, effective_sure=False),) if issued else (),
            orders=((issued, order),) if order else (),
            repeal=Repeal(
                row["repealed_by"], row["repealed_by_id"], day, row["date_quality"] == "stated" and bool(day), known_by
            ),
        )


def _aliases(folder: Path, statutes: dict[str, Statute]) -> Iterator[list[str]]:
    """[alias, statute_id, kind] of each name that the look-up cannot derive from the full title."""
    for row in _rows(folder / "aliases.csv"):
        kind = _ALIAS_KINDS.get(row["kind"])
        statute = statutes.get(row["statute_id"]) or _by_key(row["statute_id"], statutes.values())
        if kind is None or statute is None or row["ambiguous"] == "1" or not _balanced(row["alias"]):
            continue
        name = literal(row["alias"])
        if folded(name) == folded(statute.title):
            continue
        before, _, after = folded(statute.title).partition(folded(name))
        # An "old name" that is the full one without the body that issued it is no other name.
        yield [name, statute.id, "short" if kind == "old" and not after and before.endswith(_BODIES) else kind]


def _by_key(statute_id: str, statutes: Iterable[Statute]) -> Statute | None:
    """The one statute of that title, where an alias names it under another level."""
    key = statute_id.partition("-")[2]
    found = [statute for statute in statutes if statute.id.partition("-")[2] == key]
    return found[0] if len(found) == 1 else None


def _balanced(name: str) -> bool:
    plain = literal(name)
    return plain.count("(") == plain.count(")")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


if __name__ == "__main__":
    main()
