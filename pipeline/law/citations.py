"""Every provision that a basis text cites, with its exact span.

In: the basis text of a power (raw or normalized), a Vocabulary, and the title that another column gives, if any. Out:
:class:`~pipeline.law.citation.Citation` in the order of the text. Refuses nothing: a text that cites nothing gives
none. Whether a law exists and holds is not asked here.

The reader is a plain grammar; words are not cut. spaCy was measured where it could help, at the left end of titles
without marks, and was worse and slower (docs/decisions.md has the figures).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from pipeline.law.citation import Citation, VersionNote, write
from pipeline.law.cited_law import CitedLaw
from pipeline.law.document_numbers import KERNEL, DocumentNumber, document_number, document_numbers
from pipeline.law.notes import Note, note_in, version_in_title
from pipeline.law.plain_text import PlainText, plain_text
from pipeline.law.provisions import NUMBER, ORDINAL, Provision, provisions
from pipeline.law.quotations import quotation_end
from pipeline.law.titles import (
    OPENER,
    Grammar,
    Title,
    bare_title,
    grammar,
    is_certificate,
    listed_titles,
    marked_title,
    unintroduced,
    whole_title,
)
from pipeline.vocabulary import Vocabulary, derived

__all__ = ["Citation", "VersionNote", "citations", "write"]

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_LONGEST = 100_000  # characters of a text that are read; no basis is longer
_MOST = 20_000  # provisions of a text; ranges could make millions of a hostile one
_REMEMBERED = 100  # laws that 本法 may refer back to
_STICKY = re.compile(
    rf"(?:规定|所列|中|的|之|附[件录表][0-9一二三四五六七八九十]?|第{NUMBER}[章节编]|[:,、|])*(?=第?{NUMBER})"
)
_LEADS_TO_TITLE = re.compile("(?:发布|公布|印发|颁布|修订|制定)?的?(?=[《〈])")
_CLAUSE_END = re.compile("[^\u4e00-\u9fff0-9A-Za-z]|[和及与或]")
_ESTABLISHMENT = '[“"]?三定[”"]?(?:方案|规定)'
_STATED = re.compile("(?:明确|具体)?规定(?:如下)?:|:(?=“)")
_MARKS = re.compile("[《〈<》〉>«»]")
_AS_TITLE: dict[int, int | None] = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_AS_TITLE |= {ord("|"): None, ord("｜"): None}  # full-width letters and digits as everywhere, a break of entries gone
_LOOSE = ("该", "同", "上述", "前述", "此")  # 该法 is said of a 办法 too, 本法 is not
_ADJACENT = 30  # characters between a title and the kernel of a number that follows it without a bracket
_HAN = re.compile("[\u4e00-\u9fffA-Za-z]")


class _Grammar(NamedTuple):
    titles: Grammar
    token: re.Pattern[str]
    body: re.Pattern[str]


@derived
def _grammar(vocabulary: Vocabulary) -> _Grammar:
    titles = grammar(vocabulary)
    bodies = "|".join(map(re.escape, vocabulary.citation_words["body_ending"]))
    token = (
        f"(?P<opener>{OPENER})|(?P<article>{ORDINAL})|(?P<number>{KERNEL})|(?P<head>{titles.head})"
        f"|(?P<establishment>{_ESTABLISHMENT})"
    )
    return _Grammar(titles, re.compile(token), re.compile(rf"[\u4e00-\u9fff、]{{0,40}}(?:{bodies})$"))


def citations(text: str, vocabulary: Vocabulary, title_context: str | None = None) -> tuple[Citation, ...]:
    """The provisions that a text cites, in its order; offsets count characters of the text.

    One citation a provision: 第十条至第十二条 gives three, 第二、三款 two, a law without article one. What stands
    inside an article quoted in full cites nothing. title_context: the law that another column names for articles
    without one; of several laws there, one a line, each goes with its line of the text. Of a text longer than any
    basis (100,000 characters, 20,000 provisions) the rest is not read.
    """
    laws = _context(title_context, vocabulary) if title_context else ()
    lines = list(_LINE.finditer(text)) if len(laws) > 1 else []
    if len(lines) == len({law.title for law in laws}) == len(laws) > 1:
        return tuple(
            moved
            for line, law in zip(lines, laws, strict=True)
            for moved in _moved(_Reader(line[0], vocabulary, law).citations(line[0]), line.start())
        )
    return tuple(_Reader(text, vocabulary, laws[0] if laws else None).citations(text))


def _context(title: str, vocabulary: Vocabulary) -> tuple[Citation, ...]:
    """The laws that another column names; what it holds is a title even where it reads like none."""
    named = tuple(c for c in citations(title, vocabulary) if c.title)
    plain = plain_text(title[:_LONGEST]).printed
    whole = len(named) < 2 and plain.endswith(named[0].title or "" if named else "") and not _MARKS.search(plain)
    return (Citation(title, 0, len(title), plain),) if plain and whole else named


def _moved(found: list[Citation], by: int) -> Iterator[Citation]:
    """Citations of a line, with their places in the whole text."""
    for one in found:
        title = (None, None) if one.title_start is None else (one.title_start + by, (one.title_end or 0) + by)
        yield replace(one, start=one.start + by, end=one.end + by, title_start=title[0], title_end=title[1])


def _balanced(title: str) -> str:
    """A title without marks that do not pair: 《某法》实施条例 leaves a closing one inside."""
    signs = [mark in "《〈<«" for mark in _MARKS.findall(title)]
    paired = signs.count(True) * 2 == len(signs) and (not signs or (signs[0] and not signs[-1]))
    return title if paired else _MARKS.sub("", title)


class _Reader:
    """Reads one text from left to right; a token is taken by the method of its name."""

    def __init__(self, raw: str, vocabulary: Vocabulary, context: Citation | None) -> None:
        self.plain: PlainText = plain_text(raw[:_LONGEST])
        self.text = self.plain.text
        self.vocabulary = vocabulary
        self.known = _grammar(vocabulary)
        self.at = 0
        self.count = 0
        self.laws: list[CitedLaw] = []
        self.short: dict[str, CitedLaw] = {}
        self.context = context
        self.pending: tuple[DocumentNumber, int] | None = None

    def citations(self, raw: str) -> list[Citation]:
        """All citations of the text, which ``raw`` is."""
        take = {
            "opener": self._opener,
            "article": self._article,
            "number": self._number,
            "head": self._head,
            "establishment": self._establishment,
        }
        while (match := self.known.token.search(self.text, self.at)) and self.count < _MOST:
            take[match.lastgroup or ""](match)
        self._listed(len(self.text))
        return self._written(raw)

    # Tokens.

    def _opener(self, match: re.Match[str]) -> None:
        title = marked_title(self.text, match.start(), self.known.titles)
        if title:
            title = whole_title(self.text, self.at, title, self.known.titles)
        if not self._listed_up_to(title.start if title else match.start()):
            return
        if title is None:
            self.at = match.end()
            return
        if self._names_the_last(title):
            return
        pending, self.pending = self.pending, None
        self.at = title.end
        name = self.plain.printed[title.inner : title.inner_end]
        meant = self.short.get(name) or self._meant(self.text[title.inner : title.inner_end], whole=True)
        if meant:
            self._resume(meant, title.start)
        elif not (is_certificate(name, self.known.titles) and self.text[title.end : title.end + 1] not in ("(", "第")):
            law = self._law(title)
            if pending and pending[1] == title.start:
                law.start, law.number, law.issuer = pending[0].start, pending[0].text, pending[0].issuer
            self._follow(law)

    def _article(self, match: re.Match[str]) -> None:
        if not self._listed_up_to(match.start()):
            return
        start = match.start()
        in_clause = start > 0 and start not in self.plain.gaps and not _CLAUSE_END.match(self.text, start - 1)
        if match[0][-1] != "条" and (in_clause or not (self.laws or self.context)):
            self.at = match.end()  # 本条第二款, 完成第三项任务
            return
        law = self.laws[-1] if self.laws else self._context_law(start)
        if not self._provisions(law, start, start):
            self.at = match.end()

    def _number(self, match: re.Match[str]) -> None:
        number = document_number(self.text, self.at, match, self.vocabulary)
        titles = self._listed(number.start, numbered=True)
        if self.at > number.start or (titles and self.text[titles[-1].end : number.start] in ("", "(", "|")):
            return  # the title took it with what follows
        leads = _LEADS_TO_TITLE.match(self.text, number.end)
        if leads:
            self.pending = (number, leads.end())
            self.at = leads.end()
            return
        law = CitedLaw(number.start, number.end, number=number.text, issuer=number.issuer)
        self.laws.append(law)
        self.at = number.end
        self._follow(law)

    def _head(self, match: re.Match[str]) -> None:
        end = match.end() - (match[0][-1] in "》〉”")
        title = bare_title(self.text, self.at, end, self.known.titles)
        start = title.start if title else match.start()
        if not self._listed_up_to(start):
            return
        self.at = match.end()
        if title is None:
            return
        name = self.text[title.start : title.end]
        meant = self.short.get(name) or self._meant(name)
        if meant:
            self._resume(meant, title.start)
        elif reference := self.known.titles.back_reference.search(name):
            start = title.start + reference.start()
            self._resume(self._nameless(start) if self.laws else self._context_law(start), start)
        else:
            self._follow(self._law(title._replace(end=match.end())))

    def _establishment(self, match: re.Match[str]) -> None:
        body = self.known.body.search(self.text, self.at, match.start())
        start = (
            unintroduced(self.text, body.start(), match.start(), self.at, self.known.titles) if body else match.start()
        )
        if not self._listed_up_to(start):
            return
        tail = self.known.titles.outer_tail.match(self.text, match.end())  # 关于…“三定”规定的批复
        end = tail.end() if tail else match.end()
        whole = bare_title(self.text, self.at, end, self.known.titles) if tail else None
        start = min(start, whole.start) if whole else start
        title = Title(start, end, start, end)
        self.at = end
        self._follow(self._law(title))

    # Laws.

    def _listed(self, end: int, *, numbered: bool = False) -> list[Title]:
        """Take the laws that the stretch up to ``end`` names without marks and without article."""
        titles = (
            listed_titles(self.text, self.at, end, self.known.titles, numbered=numbered) if end - self.at > 1 else []
        )
        for title in titles:
            if title.start < self.at:
                continue  # 及其实施细则 went with the law before it
            self.at = title.end
            if not self._meant(self.text[title.start : title.end]):
                self._follow(self._law(title))
        self.at = max(self.at, end) if not numbered else self.at
        return titles

    def _listed_up_to(self, end: int) -> bool:
        """Whether the token at ``end`` is still to be taken: a law listed before it may have taken it along."""
        self._listed(end)
        return self.at <= end

    def _law(self, title: Title) -> CitedLaw:
        lowest = max(self.laws[-1].end if self.laws else 0, title.start - 40)
        name, version = version_in_title(self.text[title.inner : title.inner_end])
        inner = (title.inner, title.inner + len(name))
        printed = self.plain.printed[slice(*inner)]
        law = CitedLaw(title.start, title.end, _balanced(printed.translate(_AS_TITLE)), inner, version=version)
        introduced = title.inner > title.start > lowest and _HAN.match(self.text, title.start - 1)
        if introduced and (body := self.known.body.search(self.text, lowest, title.start)):
            begin = unintroduced(self.text, body.start(), title.start, lowest, self.known.titles)
            law.issuer = self.text[begin : title.start] or None
        self.laws.append(law)
        return law

    def _meant(self, name: str, *, whole: bool = False) -> CitedLaw | None:
        """The law that 本法, 该条例 or 《条例》 refers back to, or None where the name is no such reference."""
        reference = self.known.titles.back_reference.search(name)
        if reference is None or (whole and reference.start()):
            return None
        fits = next((law for law in reversed(self.laws[-_REMEMBERED:]) if law.ends_with(reference[1])), None)
        return fits or (self.laws[-1] if self.laws and reference[0].startswith(_LOOSE) else None)

    def _names_the_last(self, title: Title) -> bool:
        """第10条（《消防法》）; 第10条，《消防法》: the law behind its article."""
        law = self.laws[-1] if self.laws else None
        if law is None or law.title or law.number or not law.found:
            return False
        begin, last = law.found[-1]
        if begin != last.start:
            return False  # 本条例第三条
        between, behind = self.text[last.end : title.start], self.text[title.end : title.end + 1]
        bracketed = between == "(" and behind == ")"
        if not bracketed and (self.context or between not in ("", ",", "|") or behind not in ("", "(", ";", "。", "|")):
            return False
        law.title, law.inner = self.plain.printed[title.inner : title.inner_end], (title.inner, title.inner_end)
        self.at = title.end + bracketed
        self._notes(law)
        return True

    def _nameless(self, at: int) -> CitedLaw:
        """本条例 where no such instrument was named."""
        law = CitedLaw(at, at, context=True)
        self.laws.append(law)
        return law

    def _context_law(self, at: int) -> CitedLaw:
        """The law that another column gives for the article at ``at``, or one without a name."""
        law = CitedLaw(at, at, context=True)
        if given := self.context:
            law.title, law.number = given.title, given.document_number
            law.version, law.issuer = given.version, given.issuer
        self.laws.append(law)
        return law

    def _resume(self, law: CitedLaw, start: int) -> None:
        if not self.laws or law is not self.laws[-1]:
            law = law.again(start)
            self.laws.append(law)
        self._follow(law, start)

    # What follows a title.

    def _follow(self, law: CitedLaw, start: int | None = None) -> None:
        """Take what stands right behind a law, and a second law that bears its name: 《…法》及其实施细则第十条."""
        self._gather(law, start)
        own = self.known.titles.own.match(self.text, self.at) if law.title else None
        if own:
            self.at = own.end()
            self.laws.append(CitedLaw(own.start(1), own.end(), f"{law.title}{own[1]}", own.span(1)))
            self._gather(self.laws[-1])

    def _gather(self, law: CitedLaw, start: int | None = None) -> None:
        """Take the notes, the number and the provisions that stand right behind a law."""
        self._notes(law)
        sticky = _STICKY.match(self.text, self.at)
        if sticky:
            self._provisions(law, law.start if start is None else start, sticky.end(), bare=True)
        elif (stated := _STATED.match(self.text, self.at)) and stated[0]:
            begin = law.start if start is None else start
            self.at = quotation_end(self.plain, begin, self.at, None, self.vocabulary) or self.at

    def _notes(self, law: CitedLaw) -> None:
        while note := note_in(self.text, self.at, self.vocabulary) or self._inline_number(law):
            self.at = note.end
            if not law.found:
                law.end = note.end
            law.number = law.number or (note.number.text if note.number else None)
            law.version = law.version or note.version
            law.issuer = law.issuer or note.issuer
            if note.short:
                self.short[note.short] = law

    def _inline_number(self, law: CitedLaw) -> Note | None:
        """The number that follows a title without a bracket: 《…》云政办发〔2021〕36号."""
        at = self.at + self.text.startswith("|", self.at)
        if law.number or law.found or not _HAN.match(self.text, at):
            return None
        found = document_numbers(self.text, at, min(len(self.text), at + _ADJACENT), self.vocabulary)
        if not found or found[0].start != at:
            return None
        return Note(found[0].end, found[0], issuer=found[0].issuer)

    def _provisions(self, law: CitedLaw, start: int, at: int, *, bare: bool = False) -> bool:
        """Take the provisions cited at ``at``; the first of them begins at ``start``."""
        article, suffix = law.last_article()
        found, end = provisions(self.text, at, article, suffix, bare=bare)
        if not found:
            return False
        first = found[0].start
        self.count += len(found)
        law.found += [(start if provision.start == first else provision.start, provision) for provision in found]
        self.at = end
        self._notes(law)
        quoted = quotation_end(self.plain, start, self.at, found[-1].article, self.vocabulary)
        self.at = law.end = quoted or self.at
        return True

    # Out.

    def _written(self, raw: str) -> list[Citation]:
        written = []
        for law in self.laws:
            for start, provision in law.found:
                written.append(self._citation(raw, law, start, provision.end, provision))
            if not law.found and not law.context:
                written.append(self._citation(raw, law, law.start, law.end, None))
        return written

    def _citation(self, raw: str, law: CitedLaw, start: int, end: int, provision: Provision | None) -> Citation:
        raw_start, raw_end = self.plain.span(start, end)
        title_start, title_end = self.plain.span(*law.inner) if law.inner else (None, None)
        numbers = provision[:5] if provision else (None,) * 5
        return Citation(
            raw[raw_start:raw_end], raw_start, raw_end, law.title, title_start, title_end, law.number, *numbers,
            law.version, law.issuer,
        )  # fmt: skip
