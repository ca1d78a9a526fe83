"""The open findings of a unit as the reports show them: in one order, with places that a person can follow.

In: rows of the view 问题清单 (CONTRACT, section 3). Out: the same under the keys of labels.csv ("report.view.…"), all
text. Refuses nothing that the view can hold: a value that is missing is "".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from extractors.document import Place
from pipeline.finding import Severity
from pipeline.vocabulary import Vocabulary

Listed: TypeAlias = Mapping[str, str]

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


def shortened(text: str, words: Vocabulary, longest: int = _QUOTED) -> str:
    """A text, cut with a remark where it is longer than a list can show."""
    return text if len(text) <= longest else words.label("report.quote.cut").format(text=text[:longest])


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _place_order(text: str) -> tuple[str, int, tuple[int, ...], int, int, int]:
    try:
        place = Place.parse(text)
    except ValueError:
        return text, 0, (), 0, 0, 0
    table = tuple(int(number) for number in place.table.split(".") if number)
    return place.part, place.page or 0, table, place.row or 0, place.column or 0, place.paragraph or 0
