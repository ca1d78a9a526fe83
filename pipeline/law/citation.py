"""One cited provision as a value, and its canonical wording.

In: what the reader of :mod:`pipeline.law.citations` found. Out: frozen :class:`Citation`, :class:`VersionNote`, and the
text that :func:`write` gives, which reads back as the same provision. Refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionNote:
    """Which version of a law the citation names: （2018年修正）, （国务院令第682号修订）.

    kind: 修正, 修订 or 修改 as printed, None where only the date or the order tells. year: of the version. date: ISO,
    where the day is printed. order: the amending order, spelled like a document number.
    """

    kind: str | None = None
    year: int | None = None
    date: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One provision that a text cites, or a law or document as a whole where no article is named.

    text, start, end: the citation as printed and its half-open span in the input. A title in front belongs to the
    first provision that follows it; members of a range or of a list under one unit (第二、三款) share their span.
    title: as printed, but simplified and without marks, blanks and version note; of 本法 or 《条例》 that of the law
    meant; None for a bare document number or where no law is named. title_start, title_end: where that title stands in
    the input, None when it does not. document_number: order or number of the law, year in 〔〕. article … subitem:
    条 款 项 目; article_suffix: 之一 → 1. issuer: the body named as having issued it.
    """

    text: str
    start: int
    end: int
    title: str | None = None
    title_start: int | None = None
    title_end: int | None = None
    document_number: str | None = None
    article: int | None = None
    article_suffix: int | None = None
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None
    version: VersionNote | None = None
    issuer: str | None = None

    @property
    def provision(self) -> tuple[str | int | None, ...]:
        """What two citations of the same provision have in common, however they are printed."""
        return (
            self.title, self.document_number,
            self.article, self.article_suffix, self.paragraph, self.item, self.subitem,
        )  # fmt: skip


def write(citation: Citation) -> str:
    """The citation in its canonical wording: 《…》（国务院令第412号）（2018年修正）第10条之1第2款第（3）项第4目."""
    number = citation.document_number or ""
    version = _version(citation.version)
    head = f"《{citation.title}》{f'（{number}）' if number else ''}{version}" if citation.title else number
    suffix = f"之{citation.article_suffix}" if citation.article_suffix is not None else ""
    parts = (
        f"第{citation.article}条{suffix}" if citation.article is not None else "",
        f"第{citation.paragraph}款" if citation.paragraph is not None else "",
        f"第（{citation.item}）项" if citation.item is not None else "",
        f"第{citation.subitem}目" if citation.subitem is not None else "",
    )
    return head + "".join(parts)


def _version(note: VersionNote | None) -> str:
    if note is None or note.kind is None:
        return ""
    when = note.order or (f"{note.year}年" if note.year else "")
    return f"（{when}{note.kind}）"
