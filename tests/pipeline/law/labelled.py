"""The labelled citations and verdicts, and what a change gained and lost of them.

In: the case files beside this module. Out: :class:`Outcome` of each case, and :func:`gains_and_losses` against the
committed outcomes of ``labelled_outcomes.csv``.

    python -m tests.pipeline.law.labelled            prints what was gained and lost
    python -m tests.pipeline.law.labelled --write    takes the outcomes of now as those to hold
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.law.citations import citations, write
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verdict_wording import conclusion_text
from pipeline.law.verified import verified_text
from pipeline.vocabulary import Vocabulary, load_vocabulary

HERE = Path(__file__).parent
BASELINE = HERE / "labelled_outcomes.csv"
CITATION_FILES = ("citation_cases.toml", "citation_cases_tuned.toml", "citation_cases_untuned.toml")
_ORDERS = {"": "", "本法的文号": "belongs", "他法的文号": "foreign"}


class Outcome(NamedTuple):
    """Whether a case came out as its label says. found: what came out instead, "" where it is right."""

    case: str
    kind: str
    right: bool
    found: str = ""


def citation_cases(file: str) -> list[dict[str, Any]]:
    """The cases of one file; what has no id of its own is numbered."""
    cases: list[dict[str, Any]] = tomllib.loads((HERE / file).read_text(encoding="utf-8"))["case"]
    return [{"id": f"C{number:03}", **case} for number, case in enumerate(cases, 1)]


def citation_outcomes(vocabulary: Vocabulary) -> list[Outcome]:
    """Of each labelled text, whether exactly the provisions that it cites were read, in their order."""
    return [_citations_of(case, file, vocabulary) for file in CITATION_FILES for case in citation_cases(file)]


def _citations_of(case: dict[str, Any], file: str, vocabulary: Vocabulary) -> Outcome:
    found = [write(each) for each in citations(case["text"], vocabulary, case.get("title"))]
    right = found == case["cites"]
    return Outcome(case["id"], file, right, "" if right else f"{case['text']!r}: {found}")


def verdict_outcomes(vocabulary: Vocabulary, library: StatuteLibrary) -> list[Outcome]:
    """Of each row of the verdict set, whether the conclusion, and the check of an order, are those of the label."""
    with (HERE / "verdict_set.csv").open(encoding="utf-8", newline="") as stream:
        return [_verdict_of(row, vocabulary, library) for row in csv.DictReader(stream)]


def _verdict_of(row: dict[str, str], vocabulary: Vocabulary, library: StatuteLibrary) -> Outcome:
    found = verified_text(row["text"], vocabulary, library, date.fromisoformat(row["as_of"]))
    said = [conclusion_text(each.verdict.conclusion, vocabulary) for each in found]
    order = _ORDERS[row["number"]]
    right = said == [row["conclusion"]] and order in ("", found[0].verdict.order.value)
    return Outcome(row["id"], row["kind"], right, "" if right else f"{row['text']} {row['as_of']}: {said}")


def all_outcomes() -> list[Outcome]:
    """Of every labelled case there is."""
    vocabulary = load_vocabulary()
    return [*citation_outcomes(vocabulary), *verdict_outcomes(vocabulary, StatuteLibrary())]


def gains_and_losses(outcomes: list[Outcome]) -> tuple[list[str], list[str]]:
    """(gained, lost) against the committed outcomes; a case that is new there counts by what it came to."""
    with BASELINE.open(encoding="utf-8", newline="") as stream:
        before = {row["case"]: row["outcome"] == "right" for row in csv.DictReader(stream)}
    gained = [f"gained {each.case}" for each in outcomes if each.right and not before.get(each.case, False)]
    lost = [f"lost {each.case} {each.found}" for each in outcomes if not each.right and before.get(each.case, True)]
    return gained, lost


def _rows(outcomes: list[Outcome]) -> Iterator[tuple[str, str, str]]:
    for each in outcomes:
        yield each.case, each.kind, "right" if each.right else "wrong"


def main() -> None:
    outcomes = all_outcomes()
    gained, lost = gains_and_losses(outcomes) if BASELINE.exists() else ([], [])
    print(*gained, *lost, sep="\n")
    print(f"{sum(each.right for each in outcomes)} of {len(outcomes)} right, {len(gained)} gained, {len(lost)} lost")
    if "--write" in sys.argv[1:]:
        with BASELINE.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([("case", "kind", "outcome"), *_rows(outcomes)])


if __name__ == "__main__":
    main()
