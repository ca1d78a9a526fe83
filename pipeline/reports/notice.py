"""The letter that goes back to a unit: a notice of what to mend, or, where nothing is to mend, an opinion.

In: a unit's rows of the view 问题清单, its row of 报送情况 (CONTRACT, section 3). Out: a .docx of a few pages, with all
open findings in a table as its attachment; the same bytes for the same rows and date. A unit without open errors and
warnings gets the opinion; its hints, if any, are attached. Refuses nothing that the views can hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.finding import Severity
from pipeline.reports.guide_sheet import long_date
from pipeline.reports.letter_page import LetterPage, TableColumn
from pipeline.reports.open_findings import Listed, open_findings, readable_place, rule_title
from pipeline.vocabulary import Vocabulary, load_vocabulary

_SHOWN = 6  # kinds of problems of one gravity that the letter itself words; the rest is in the attachment
_MESSAGE = 120  # characters of an example in the letter
_CELL = 300  # characters of a cell of the attachment
_COLUMNS = (
    ("number", 11.0, True),
    ("severity", 12.0, True),
    ("rule", 31.0, False),
    ("subject", 34.0, False),
    ("place", 45.0, False),
    ("message", 62.0, False),
    ("advice", 58.0, False),
)


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a letter is made of. listed: the open findings in order. closed: how many others there once were."""

    unit: str
    submission: Mapping[str, object]
    listed: Sequence[Listed]
    closed: int
    date: dt.date | None
    office: str
    contact: str
    words: Vocabulary

    def phrase(self, key: str, **facts: object) -> str:
        """A sentence of labels.csv under ``report.letter.``, with its places filled."""
        return self.words.label(f"report.letter.{key}").format(**facts)

    def fact(self, key: str) -> object:
        """A value of the row of 报送情况; None where it has none."""
        return self.submission.get(self.words.label(f"report.view.{key}"))

    def day(self, key: str) -> dt.date | None:
        return _day(self.submission, self.words.label(f"report.view.{key}"))

    def printed_day(self, key: str) -> str:
        value = self.day(key)
        return long_date(value, self.words) if value else ""

    def of_gravity(self, severity: Severity) -> list[Listed]:
        name = self.words.label(f"severity.{severity}")
        return [finding for finding in self.listed if finding["severity"] == name]


def _day(row: Mapping[str, object], column: str) -> dt.date | None:
    """The day of a date or of a point in time."""
    value = row.get(column)
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def write_notice(
    path: Path,
    unit: str,
    findings: Sequence[Mapping[str, object]],
    *,
    submission: Mapping[str, object] | None = None,
    date: dt.date | None = None,
    office: str = "",
    contact: str = "",
    vocabulary: Vocabulary | None = None,
) -> None:
    """Write the letter to one unit, in one step.

    findings: rows of 问题清单 by column name, in any order. submission: the unit's row of 报送情况. date: the
    letter's, else 核查基准日; without either it is left open. office: who signs, "" for a place to fill in. contact:
    whom the unit may ask, "" for nobody. Raises OSError.
    """
    words = vocabulary or load_vocabulary()
    listed = open_findings(findings, words)
    facts = submission or {}
    date = date or _day(facts, words.label("report.view.as_of"))
    letter = _Letter(unit, facts, listed, len(findings) - len(listed), date, office, contact, words)
    page = LetterPage(words)
    kind = "notice" if must_mend(findings, words) else "opinion"
    title = letter.phrase(f"{kind}.title")
    page.title(title)
    page.addressee(letter.phrase("addressee", unit=_one_line(unit)) if unit else letter.phrase("addressee.none"))
    if kind == "notice":
        _write_notice(page, letter)
    else:
        _write_opinion(page, letter)
    page.paragraph(letter.phrase(f"{kind}.closing"), keep=True)  # the signature never stands on a page of its own
    _write_end(page, letter)
    page.save(path, title, letter.date)


def must_mend(findings: Sequence[Mapping[str, object]], vocabulary: Vocabulary | None = None) -> bool:
    """Whether any open finding is more than a hint: the unit gets a notice, not an opinion."""
    words = vocabulary or load_vocabulary()
    hint = words.label(f"severity.{Severity.INFO}")
    return any(finding["severity"] != hint for finding in open_findings(findings, words))


def _opening(letter: _Letter) -> str:
    """What was received from the unit."""
    version = letter.fact("version")
    parts = [str(letter.fact("batch") or "")]
    if version is not None:
        parts.append(letter.words.label("report.guide.version").format(version=version))
    which = letter.phrase("which.separator").join(part for part in parts if part)
    text = letter.phrase(
        "received",
        day=letter.printed_day("received"),
        which=letter.phrase("which", parts=which) if which else "",
    )
    counts = {key: letter.fact(key) for key in ("files", "powers", "risks")}
    if None not in counts.values():
        text += letter.phrase("holdings", **counts)
    if letter.fact("quarantined"):
        text += letter.phrase("unread", count=letter.fact("quarantined"))
    return text


def _as_of(letter: _Letter) -> str:
    day = letter.printed_day("as_of")
    return letter.phrase("as_of", day=day) if day else ""


def _write_notice(page: LetterPage, letter: _Letter) -> None:
    counts = {severity: len(letter.of_gravity(severity)) for severity in Severity}
    named = letter.words.label("list.and").join(
        letter.phrase("count", severity=letter.words.label(f"severity.{severity}"), count=count)
        for severity, count in counts.items()
        if count
    )
    page.paragraph(
        _opening(letter) + letter.phrase("found", as_of=_as_of(letter), total=len(letter.listed), counts=named)
    )
    page.heading(letter.phrase("heading.problems"))
    ordinals = iter(letter.phrase("ordinals").split("|"))
    for severity in Severity:
        if counts[severity]:
            _write_gravity(page, letter, severity, next(ordinals))
    if letter.closed:
        page.paragraph(letter.phrase("closed", count=letter.closed))
    page.heading(letter.phrase("heading.requirements"))
    for text in (letter.phrase("require.mend"), letter.phrase("require.answer"), _deadline(letter)):
        page.paragraph(text)


def _write_gravity(page: LetterPage, letter: _Letter, severity: Severity, ordinal: str) -> None:
    """The problems of one gravity by rule, the most frequent first: worded, or, where they are hints, only named."""
    groups = _by_rule(letter.of_gravity(severity), letter.words)
    count = sum(len(group) for _, group in groups)
    name, requirement = (
        letter.words.label(f"severity.{severity}"),
        letter.words.label(f"report.guide.require.{severity}"),
    )
    page.subheading(letter.phrase("gravity", ordinal=ordinal, severity=name, count=count, requirement=requirement))
    shown, rest = groups[:_SHOWN], groups[_SHOWN:]
    if severity is Severity.INFO:
        problems = (letter.phrase("problem.brief", title=title, count=len(group)) for title, group in shown)
        page.paragraph(letter.phrase("problem.listed", problems=letter.words.label("list.and").join(problems)))
    else:
        for number, (title, group) in enumerate(shown, 1):
            page.paragraph(_problem(letter, number, title, group))
    if rest:
        left = sum(len(group) for _, group in rest)
        page.paragraph(letter.phrase("problem.more", rules=len(rest), count=left))


def _by_rule(findings: Sequence[Listed], words: Vocabulary) -> list[tuple[str, list[Listed]]]:
    groups: dict[str, list[Listed]] = {}
    for finding in findings:
        groups.setdefault(rule_title(finding, words), []).append(finding)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def _problem(letter: _Letter, number: int, title: str, group: Sequence[Listed]) -> str:
    message = _cut(_one_line(group[0]["message"]), _MESSAGE, letter)
    if len(group) == 1:
        return letter.phrase("problem.one", number=number, title=title, message=message)
    return letter.phrase("problem", number=number, title=title, count=len(group), message=message)


def _deadline(letter: _Letter) -> str:
    deadline = letter.day("deadline")
    if deadline is None:
        return letter.phrase("require.no_deadline")
    past = letter.date is not None and deadline < letter.date
    return letter.phrase("require.overdue" if past else "require.deadline", deadline=long_date(deadline, letter.words))


def _write_opinion(page: LetterPage, letter: _Letter) -> None:
    registered = [letter.fact("powers"), letter.fact("risks")]
    if registered == [0, 0]:  # nothing was checked: no objection would be said too much
        page.paragraph(_opening(letter) + letter.phrase("nothing_registered"))
    else:
        page.paragraph(_opening(letter) + letter.phrase("clean", as_of=_as_of(letter)))
    if letter.closed:
        page.paragraph(letter.phrase("closed", count=letter.closed))
    if letter.listed:
        page.paragraph(letter.phrase("hints", count=len(letter.listed)))
    page.paragraph(letter.phrase("changes"))


def _write_end(page: LetterPage, letter: _Letter) -> None:
    """The mention of the attachment, the signature, the attachment."""
    if letter.listed:
        page.paragraph("", keep=True)
        page.paragraph(letter.phrase("attached", count=len(letter.listed)), keep=True)
    date = long_date(letter.date, letter.words) if letter.date else letter.phrase("undated")
    page.signature(_one_line(letter.office) or letter.phrase("office"), date)
    if letter.contact:
        page.paragraph(letter.phrase("contact", contact=_one_line(letter.contact)))
    if letter.listed:
        columns = [TableColumn(letter.phrase(f"heading.{key}"), width, centred) for key, width, centred in _COLUMNS]
        page.attachment(letter.phrase("attachment"), letter.phrase("attachment.title"), columns, _rows(letter))


def _rows(letter: _Letter) -> Iterator[list[str]]:
    for number, finding in enumerate(letter.listed, 1):
        place = readable_place(finding, letter.words)
        texts = {
            "severity": finding["severity"],
            "rule": rule_title(finding, letter.words),
            "subject": finding["subject"] or finding["subject_kind"],
            "place": f"{finding['file']}\n{place}" if finding["file"] else place,
            "message": finding["message"],
            "advice": finding["advice"],
        }
        yield [str(number), *(_cut(text, _CELL, letter) for text in texts.values())]


def _cut(text: str, longest: int, letter: _Letter) -> str:
    return text if len(text) <= longest else letter.phrase("problem.cut", text=text[:longest])


def _one_line(text: str) -> str:
    return " ".join(text.split())
