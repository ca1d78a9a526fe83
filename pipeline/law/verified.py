"""The citations of a basis text with their verdicts, and of all powers at once: computed here for the rules, the view
法律依据 and ``zhiquan cite`` alike.

In: a text, or the records of a unit; a Vocabulary, a :class:`~pipeline.law.statutes.StatuteLibrary`, the review date.
Out: :class:`VerifiedCitation`. Refuses nothing: a text that cites nothing gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pipeline.law.citation import Citation
from pipeline.law.citations import citations
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verdict_wording import conclusion_text, level_text, suggestion
from pipeline.law.verdicts import Verdict, verify
from pipeline.record import Record
from pipeline.vocabulary import Vocabulary

BASIS = "legal_basis"
_SIGNS = str.maketrans("<>＜＞《》()", "〈〉〈〉〈〉（）")


@dataclass(frozen=True, slots=True)
class VerifiedCitation:
    """One cited provision and what became of it on the review date."""

    citation: Citation
    verdict: Verdict

    @property
    def canonical_title(self) -> str | None:
        """规范名称: the official title, of an instrument that the library does not hold the printed one.

        That one has its signs unified, so that the same instrument counts as one; None where none is named.
        """
        return self.verdict.canonical_title or (self.citation.title or "").translate(_SIGNS) or None


class CitationRow(NamedTuple):
    """One row of the view 法律依据: a provision that a power's basis cites.

    key: of the power. order: from 1. start, end: half-open, into the power's 行使依据. title, document_number: as
    printed. conclusion, level, suggestion: as a reviewer reads them. reviewed: the day of the verdict. version_date:
    see :class:`~pipeline.law.verdicts.Verdict`. None: the citation or the library has no such value.
    """

    key: str
    order: int
    text: str
    start: int
    end: int
    title: str | None
    canonical_title: str | None
    statute_id: str | None
    level: str | None
    article: int | None
    suffix: int | None
    paragraph: int | None
    item: int | None
    subitem: int | None
    document_number: str | None
    conclusion: str
    reviewed: date
    version_date: date | None
    suggestion: str | None


def verified_text(
    text: str, vocabulary: Vocabulary, library: StatuteLibrary, as_of: date
) -> tuple[VerifiedCitation, ...]:
    """The provisions that one text cites, in its order, each with its verdict by the law of ``as_of``."""
    return tuple(VerifiedCitation(each, verify(each, library, as_of)) for each in citations(text, vocabulary))


def verified(
    records: Iterable[Record], vocabulary: Vocabulary, library: StatuteLibrary, as_of: date
) -> Mapping[str, tuple[VerifiedCitation, ...]]:
    """The citations of 行使依据 with their verdicts, by the key of the power, in the order of the records.

    Records that are no powers or that cite nothing have no entry. A law and article in columns of their own are one
    basis text when they come here.
    """
    known: dict[str, tuple[VerifiedCitation, ...]] = {}  # catalogues repeat one basis for dozens of powers
    found = {}
    for record in records:
        text = record.text(BASIS) if record.register.of_powers else ""
        if not text:
            continue
        if text not in known:
            known[text] = verified_text(text, vocabulary, library, as_of)
        if known[text]:
            found[record.key] = known[text]
    return found


def citation_rows(
    found: Mapping[str, tuple[VerifiedCitation, ...]], vocabulary: Vocabulary, as_of: date
) -> tuple[CitationRow, ...]:
    """What :func:`verified` found on ``as_of``, as the view 法律依据 shows it."""
    return tuple(
        _row(key, order, each, vocabulary, as_of)
        for key, of_power in found.items()
        for order, each in enumerate(of_power, 1)
    )


def _row(key: str, order: int, each: VerifiedCitation, vocabulary: Vocabulary, as_of: date) -> CitationRow:
    cited, verdict = each.citation, each.verdict
    return CitationRow(
        key, order, cited.text, cited.start, cited.end, cited.title, each.canonical_title,
        verdict.statute_id or None, level_text(verdict.level, vocabulary) or None,
        cited.article, cited.article_suffix, cited.paragraph, cited.item, cited.subitem, cited.document_number,
        conclusion_text(verdict.conclusion, vocabulary), as_of, verdict.version_date,
        suggestion(verdict, vocabulary) or None,
    )  # fmt: skip
