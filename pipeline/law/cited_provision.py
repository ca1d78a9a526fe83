"""What the verdicts ask of a citation, whoever read it.

Out: :class:`CitedProvision`, a protocol that :class:`pipeline.law.citation.Citation` fulfils.
"""

from __future__ import annotations

from typing import Protocol

from pipeline.law.citation import VersionNote


class CitedProvision(Protocol):
    """What is asked of a citation; :class:`pipeline.law.citation.Citation` has it."""

    @property
    def title(self) -> str | None:
        """The title as printed, None for a bare document number."""

    @property
    def document_number(self) -> str | None:
        """Order or document number of the law."""

    @property
    def article(self) -> int | None:
        """条."""

    @property
    def article_suffix(self) -> int | None:
        """之一 → 1."""

    @property
    def paragraph(self) -> int | None:
        """款."""

    @property
    def item(self) -> int | None:
        """项."""

    @property
    def subitem(self) -> int | None:
        """目."""

    @property
    def version(self) -> VersionNote | None:
        """Which version it names."""
