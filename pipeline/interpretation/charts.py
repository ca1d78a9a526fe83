"""The flow charts of a document: what each is called, which power it is of by its title, and what it says.

In: a Document and a Vocabulary. Out: :class:`~pipeline.record.Chart` values. Refuses nothing.

Drawn charts come from the reader as graphs. A title (…流程图) over a picture is a chart that cannot be read; one over
the text of its page in a PDF, or over lines with arrows between them, is a chart of which only the text is known. A
title that is followed by none of these (a list of charts, a sentence) is no chart. Where a title names no power, the
file's own name may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from extractors.document import Document, FlowChart, Notice, Observation, Paragraph, Place, Table
from pipeline.record import Chart, ChartForm
from pipeline.text.normalization import normalize
from pipeline.values.categories import power_type
from pipeline.vocabulary import Vocabulary, derived

_LONGEST_TITLE = 60  # characters
_TITLE_ROWS = 5  # of a sheet, that may name its chart
_MOST_TEXTS = 400  # of a chart without graph
_NUMBERING = re.compile(
    r"^\s*(?:附[件图表录]?\s*[0-9一二三四五六七八九十]{0,3}(?:[-—.．][0-9]{1,3})?|[图表]\s*[0-9一二三四五六七八九十]{1,3}(?:[-—.．][0-9]{1,3})?"
    r"|第[一二三四五六七八九十0-9]{1,3}[部分章节项]{1,2}|[一二三四五六七八九十]{1,3}(?=[、.．])|[（(][一二三四五六七八九十0-9]{1,3}[)）]"
    r"|[0-9]{1,3}(?=[、.．)）\s])|[①-⑳]|[【\[][A-Za-z0-9\-]{2,30}[】\]])[\s、:：.．—-]*"
)
_QUOTES = str.maketrans("", "", "《》〈〉“”\"'「」『』")
_DOTS = re.compile(r"[…·.．]{3,}|\t\s*\d+\s*$")  # a line of a table of contents
_SENTENCE = re.compile("[。；;！？]|[：:]$")


class ChartTitles:
    """Tells titles of charts by the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        markers = vocabulary.markers
        self._figures = tuple(markers["chart_title"])
        endings, modifiers = _any((*self._figures, *markers["chart_heading"])), _any(markers["chart_modifier"])
        self._title = re.compile(
            rf"(?P<name>.*?)(?:{modifiers})*(?P<ending>{endings})\s*(?:[（(【\[][^（(]{{0,20}}[)）】\]])?"
            r"\s*[0-9一二三四五六七八九十]{0,3}"
        )

    def name(self, text: str) -> str | None:
        """What a title of a chart says the chart is of, "" where it says no more than that it is one; else None."""
        found = self._read(text)
        if found is None:
            return None
        whole = found.string[: found.start("ending")]  # 其他行政权力 is a type, 行政权力运行 says nothing
        return whole if power_type(whole, self._vocabulary) else found["name"].strip("-—_、:：.．")

    def is_figure(self, text: str) -> bool:
        """Whether the title says that there is a figure (流程图) and not only a course (办理流程)."""
        found = self._read(text)
        return found is not None and found["ending"] in self._figures

    def _read(self, text: str) -> re.Match[str] | None:
        plain = "".join(normalize(text.strip(), self._vocabulary).text.split())
        if not plain or len(plain) > _LONGEST_TITLE or _SENTENCE.search(plain) or _DOTS.search(text):
            return None
        while (numbered := _NUMBERING.match(plain)) and numbered.end() < len(plain):
            plain = plain[numbered.end() :]
        return self._title.fullmatch(plain.translate(_QUOTES))


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


titles = derived(ChartTitles)


def chart_named_by(path: str, vocabulary: Vocabulary) -> str | None:
    """What the name of a file says its chart is of; None where it is not named as one."""
    return titles(vocabulary).name(PurePosixPath(path).stem)


def read_charts(document: Document, vocabulary: Vocabulary) -> tuple[Chart, ...]:
    """The charts of a document: drawn ones first, then those without graph."""
    known = titles(vocabulary)
    drawn = [_drawn(chart, known) for chart in document.charts]
    taken = {_line(chart.title) for chart in drawn if chart.title}
    arrows = vocabulary.markers["arrow"]
    others = [*_by_paragraphs(document, known, arrows, taken), *_on_sheets(document, known, arrows, taken)]
    charts = [*drawn, *others]
    named = chart_named_by(document.name, vocabulary)
    if named and len(charts) == 1 and not charts[0].name:
        charts = [replace(charts[0], name=named)]
    return tuple(charts)


def _drawn(chart: FlowChart, known: ChartTitles) -> Chart:
    """A chart of the reader. Where nothing beside it names it, one of its own texts may be its title."""
    texts = [node.text for node in chart.nodes]
    title = next((t for t in (chart.title, *texts) if t and known.name(t) is not None), chart.title)
    return Chart(_line(title), known.name(title) or "", chart.place, ChartForm.GRAPH, tuple(texts), chart.edges)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A printed text or an unread picture, in reading order. text: None for a picture."""

    place: Place
    text: str | None
    page: int | None


def _by_paragraphs(document: Document, known: ChartTitles, arrows: Sequence[str], taken: set[str]) -> Iterator[Chart]:
    """Charts without graph in a document of paragraphs: a title and what follows it, up to the next title."""
    pieces = list(_pieces(document))
    starts = [n for n, piece in enumerate(pieces) if piece.text is not None and known.name(piece.text) is not None]
    first_picture = next((n for n, piece in enumerate(pieces) if piece.text is None), len(pieces))
    below = bool(starts) and first_picture < starts[0]  # captions stand under the pictures
    for turn, start in enumerate(starts):
        title = pieces[start]
        assert title.text is not None
        if below:
            own = pieces[starts[turn - 1] + 1 if turn else 0 : start]
        else:
            own = pieces[start + 1 : starts[turn + 1] if turn + 1 < len(starts) else None]
        if title.page is not None:
            own = [piece for piece in own if piece.page == title.page]
        texts = [piece.text for piece in own if piece.text is not None][:_MOST_TEXTS]
        printed = title.page is not None and not title.place.table and known.is_figure(title.text)
        form = _form(texts, any(piece.text is None for piece in own), printed, arrows)
        if form is not None and _line(title.text) not in taken:
            name = known.name(title.text) or ""
            shown = tuple(texts) if form is ChartForm.TEXT else ()
            yield Chart(_line(title.text), name, title.place, form, shown)


def _form(texts: Sequence[str], picture: bool, on_page: bool, arrows: Sequence[str]) -> ChartForm | None:
    if sum(any(arrow in text for arrow in arrows) for text in texts) >= 2:
        return ChartForm.TEXT
    if picture:
        return ChartForm.PICTURE
    if not on_page:
        return None
    return ChartForm.TEXT if texts else ChartForm.PICTURE


def _pieces(document: Document) -> Iterator[_Piece]:
    """What a document prints outside sheets, with its pictures where they stand."""
    pictures = [seen for seen in document.observations if _is_picture(seen) and not seen.place.sheet]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            while pictures and _before(pictures[0].place, block.place):
                yield _Piece(pictures[0].place, None, pictures.pop(0).place.page)
            yield _Piece(block.place, block.text, block.place.page)
        elif not block.sheet:
            yield from _cells(block)
    yield from (_Piece(seen.place, None, seen.place.page) for seen in pictures)


def _cells(table: Table) -> Iterator[_Piece]:
    for cell in table.cells:
        if cell.text.strip():
            place = table.place(cell.row, cell.column)
            yield _Piece(place, cell.text, cell.boxes[0].page if cell.boxes else place.page)


def _before(picture: Place, paragraph: Place) -> bool:
    if picture.page is not None and paragraph.page is not None:
        return picture.page < paragraph.page
    return picture.paragraph is not None and paragraph.paragraph is not None and picture.paragraph < paragraph.paragraph


def _is_picture(seen: Observation) -> bool:
    return seen.notice in (Notice.UNREAD_PART, Notice.UNREAD_PAGE)


def _on_sheets(document: Document, known: ChartTitles, arrows: Sequence[str], taken: set[str]) -> Iterator[Chart]:
    """Charts without graph on sheets: a picture, or cells with arrows between them, under a title."""
    drawn = {chart.place.part for chart in document.charts if chart.place.sheet}
    pictures = {seen.place.part: seen.place for seen in document.observations if seen.place.sheet and _is_picture(seen)}
    tables = {table.part: table for table in document.tables if table.sheet}
    for part in dict.fromkeys([*tables, *pictures]):
        table = tables.get(part)
        cells = list(_cells(table)) if table is not None else []
        heads = [cell for cell in cells if (cell.place.row or 0) <= _TITLE_ROWS]
        place = pictures.get(part) or (table.place(1) if table is not None else Place(part=part, sheet=True))
        candidates = [*heads, _Piece(place, part, None)]
        title = next((c for c in candidates if c.text is not None and known.name(c.text) is not None), None)
        if title is None or title.text is None or part in drawn or _line(title.text) in taken:
            continue
        texts = [cell.text for cell in cells if cell.text is not None and cell is not title][:_MOST_TEXTS]
        form = _form(texts, part in pictures, False, arrows)
        if form is not None:
            shown = tuple(texts) if form is ChartForm.TEXT else ()
            yield Chart(_line(title.text), known.name(title.text) or "", title.place, form, shown)


def _line(text: str) -> str:
    return "".join(text.split())
