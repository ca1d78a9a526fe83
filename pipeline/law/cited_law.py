"""A law while the reader of a text gathers its provisions.

In: what :mod:`pipeline.law.citations` finds, from left to right. Out: :class:`CitedLaw`, of which it makes citations.
Refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.law.citation import VersionNote
from pipeline.law.provisions import Provision


@dataclass(slots=True)
class CitedLaw:
    """A law with the provisions that were found of it so far.

    start, end: span of its citation in the plain text. inner: that of its title, None where it stands elsewhere. found:
    where each citation begins, with the provision. context: another column gave the law, or it was named before: only
    the provisions that name it are citations.
    """

    start: int
    end: int
    title: str | None = None
    inner: tuple[int, int] | None = None
    number: str | None = None
    version: VersionNote | None = None
    issuer: str | None = None
    found: list[tuple[int, Provision]] = field(default_factory=list)
    context: bool = False

    def again(self, start: int) -> CitedLaw:
        """The same law, cited once more from ``start`` on."""
        return CitedLaw(start, start, self.title, self.inner, self.number, self.version, self.issuer, context=True)

    def last_article(self) -> tuple[int | None, int | None]:
        """The article and suffix cited last: what a following 第二款 hangs under."""
        return (self.found[-1][1].article, self.found[-1][1].suffix) if self.found else (None, None)

    def ends_with(self, instrument: str) -> bool:
        """本法 can mean this law, 本办法 cannot."""
        name = (self.title or "").partition("(")[0].partition("（")[0]
        return name.endswith(instrument) and not (instrument == "法" and name.endswith("办法"))
