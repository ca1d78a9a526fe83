"""The open findings of a unit as the reports show them: in one order, with places that a person can follow.

In: rows of the view 问题清单 (CONTRACT, section 3). Out: the same under the keys of labels.csv ("report.view.…"), all
text. Refuses nothing that the view can hold: a value that is missing is "".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from extractors.document import Place
from pipeline.finding import Severity
from pipeline.vocabulary import Vocabulary

Listed: TypeAlias = Mapping[str, str]

_AROUND = 40  # characters shown before a part at fault that stands far down in a long cell
_CUT = "……"
_QUOTED = 240  # characters of a cell that a list repeats: a whole statute in a cell would fill the page


def open_findings(findings: Sequence[Mapping[str, object]], words: Vocabulary) -> list[Listed]:
    """The open findings, the gravest first, then in the order of the unit's files."""
    prefix = "report.view."
    names = {key.removeprefix(prefix): name for key, name in words.labels.items() if key.startswith(prefix)}
    rows = [{key: _text(row.get(name)) for key, name in names.items()} for row in findings]
    still_open = ("", words.label("finding.open"))
    gravity = [words.label(f"severity.{severity}") for severity in Severity]
    return sorted(
        (row for row in rows if row["state"] in still_open),
        key=lambda row: (
            gravity.index(row["severity"]) if row["severity"] in gravity else len(gravity),
            row["file"],
            _place_order(row["place"]),
            row["rule"],
            row["key"],
        ),
    )


def readable_place(finding: Listed, words: Vocabulary) -> str:
    """Where a finding stands, without the rectangle on the page, which nobody can look up."""
    text = finding["place"]
    if not text:
        return words.label("place.whole_file" if finding["file"] else "place.whole_submission")
    try:
        return str(replace(Place.parse(text), box=None))
    except ValueError:
        return text


def rule_title(finding: Listed, words: Vocabulary) -> str:
    """What the rule of a finding is called; its code where the vocabulary no longer has it."""
    rule = words.rules.get(finding["rule"])
    return rule.title if rule else finding["rule"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stood in the cell, in three parts: before the part at fault, that part, and behind it.

    Where a finding is about the whole, all of it is ``before``.
    """

    before: str
    fault: str = ""
    after: str = ""


def quotation(finding: Listed, words: Vocabulary, longest: int = _QUOTED) -> Quotation:
    """The quote of a finding with the part at fault told apart; a long one cut around that part, with a remark."""
    text, known = finding["quote"], finding["start"].isdecimal() and finding["end"].isdecimal()
    start, end = (int(finding["start"]), int(finding["end"])) if known else (0, 0)
    first = 0 if end <= longest else max(0, start - _AROUND)
    last = len(text) if len(text) - first <= longest else max(first + longest, end)
    lead = _CUT if first else ""
    tail = text[max(end, first) : last]
    if last < len(text):
        tail = words.label("report.quote.cut").format(text=tail)
    if not text[start:end].strip():
        return Quotation(lead + text[first : max(end, first)] + tail)
    return Quotation(lead + text[first:start], text[start:end], tail)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _place_order(text: str) -> tuple[str, int, tuple[int, ...], int, int, int]:
    try:
        place = Place.parse(text)
    except ValueError:
        return text, 0, (), 0, 0, 0
    table = tuple(int(number) for number in place.table.split(".") if number)
    return place.part, place.page or 0, table, place.row or 0, place.column or 0, place.paragraph or 0
