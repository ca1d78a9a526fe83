"""A finding: what is wrong, where, why and how to mend it.

Out: :class:`Finding`, :class:`Severity` and :func:`fingerprint`. A finding is made only by a rule (pipeline/rules).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: E 错误 (returned), W 警告 (explain or mend), I 提示 (look at it)."""

    ERROR = "E"
    WARNING = "W"
    INFO = "I"


class Subject(StrEnum):
    """What a finding is about; the values are keys of vocab (printed as 职权/风险点/文件/单位)."""

    POWER = "power"
    RISK = "risk"
    FILE = "file"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule about one object.

    field: the view column it concerns, "" for the whole object. file, place: in the unit's own submission (place as
    text, 来源位置). quote: what stood there; span: half-open part of ``quote`` that is at fault, or None.
    fingerprint: identity over reruns and resubmissions (see :func:`fingerprint`).
    """

    code: str
    severity: Severity
    unit: str
    subject: Subject
    subject_key: str
    subject_name: str
    field: str
    file: str
    place: str
    quote: str
    span: tuple[int, int] | None
    message: str
    advice: str
    basis: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RuleRun:
    """How often a rule ran on a unit's submission and hit, or why it could not run (key of vocab, "" when it ran)."""

    code: str
    objects: int
    hits: int
    not_run: str = ""


def fingerprint(unit: str, register: str, code: str, subject_key: str, field: str, quote: str) -> str:
    """Identity of a finding: unit + register + rule + record key + field + folded quote.

    No file hash and no row number enter, so that a resubmission or a shuffled table shows the same finding as the same.
    """
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", quote))
    text = "\x1f".join((unit, register, code, subject_key, field, folded))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
