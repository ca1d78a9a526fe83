"""What a reviewer reads of a verdict: 核验结论, 建议 and 效力层级 in Chinese.

In: a :class:`~pipeline.law.verdicts.Verdict` and a Vocabulary. Out: text from vocab/labels.csv (``verdict.…``,
``statute_level.…``). Refuses nothing; a reason without wording is our fault: KeyError.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.law.statute import Level
from pipeline.law.verdicts import Conclusion, Ground, Verdict
from pipeline.vocabulary import Vocabulary

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def conclusion_text(conclusion: Conclusion, vocabulary: Vocabulary) -> str:
    """The conclusion as the view 法律依据 prints it."""
    return vocabulary.label(f"verdict.{conclusion.value}")


def level_text(level: Level | None, vocabulary: Vocabulary) -> str:
    """The rank of an instrument; "" where it is unknown."""
    return vocabulary.label(f"statute_level.{level.value}") if level else ""


def ground_text(ground: Ground, vocabulary: Vocabulary) -> str:
    """What one ground says, with its facts; "" for a provision that holds."""
    if ground.conclusion is Conclusion.VALID:
        return ""
    facts = {key: _readable(value, vocabulary) for key, value in ground.facts}
    template = vocabulary.label(f"verdict.advice.{ground.reason}")
    unknown = vocabulary.label("facts.unknown")
    return re.sub(r"\{(\w+)\}", lambda match: facts.get(match[1]) or unknown, template)


def suggestion(verdict: Verdict, vocabulary: Vocabulary) -> str:
    """建议: what every ground says, the gravest first; "" for a provision that holds."""
    return "".join(dict.fromkeys(ground_text(ground, vocabulary) for ground in verdict.grounds))


def _readable(value: str, vocabulary: Vocabulary) -> str:
    if not _ISO.fullmatch(value):
        return value
    day = date.fromisoformat(value)
    return vocabulary.label("report.date").format(year=day.year, month=day.month, day=day.day)
