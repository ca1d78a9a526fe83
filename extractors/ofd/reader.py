"""An .ofd file → :class:`~extractors.document.Document`, page by page, by the same geometry as a PDF.

In: the path of an .ofd. Out: its tables, ruled and unruled, joined over pages; its paragraphs in reading order; running
headers, footers, page numbers, watermarks and notes as margins; an observation for each page that could not be read and
for attached files. A page that is a picture is recognized. Refused: what :mod:`extractors.ofd.package` refuses, and a
file that prints nothing or of which no page can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from extractors.document import Document, Notice, Observation, Paragraph, Place
from extractors.errors import Damaged, Empty
from extractors.geometry.assembly import PageParts, assembled, page_parts
from extractors.geometry.display import as_displayed
from extractors.geometry.page_content import Layer, judge
from extractors.geometry.ruling import ruled_tables
from extractors.ofd.drawing import PageDrawing
from extractors.ofd.numbers import box_of
from extractors.ofd.package import OfdDocument, Package, PagePart, Scan, child, named, text_of

_WATERMARK = "Watermark"


@dataclass(slots=True)
class _Pages:
    """The pages of a file as they were read so far. scans: those that are pictures."""

    parts: dict[int, PageParts] = field(default_factory=dict)
    back: dict[int, Callable[[float, float], tuple[float, float]]] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    scans: dict[int, Scan] = field(default_factory=dict)
    count: int = 0
    missed: bool = False

    def notice(self, notice: Notice, page: int) -> None:
        self.observations.append(Observation(notice, Place(page=page)))

    def miss(self, page: int) -> None:
        self.missed = True
        self.notice(Notice.UNREAD_PAGE, page)


def read_ofd(path: Path, name: str) -> Document:
    """What the file at ``path`` shows. Raises the refusals of the module; OSError when there is no such file."""
    pages = _Pages()
    with Package(path) as package:
        documents = package.documents()
        if any(document.attached for document in documents):
            pages.observations.append(Observation(Notice.UNREAD_PART, Place(), "attachment"))
        for pages.count, (document, drawing) in enumerate(_drawings(package, documents), start=1):
            _take(pages, document, drawing)
        if pages.scans:
            _recognize(pages, package)
    if not pages.parts:
        raise Damaged() if pages.missed else Empty()
    whole = assembled([pages.parts[number] for number in sorted(pages.parts)])
    for number in whole.unsure:
        pages.notice(Notice.UNREAD_CELL, number)
    blocks = tuple(as_displayed(block, pages.back) for block in whole.blocks)
    margins = [as_displayed(margin, pages.back) for margin in whole.margins]
    margins += [Paragraph(text, Place(page=number), "textbox") for text, number in pages.marks.items()]
    return Document(name, "ofd", blocks, tuple(margins), pages.count, tuple(pages.observations))


def _take(pages: _Pages, document: OfdDocument, drawing: PageDrawing | None) -> None:
    """Take over what is drawn on a page; one that cannot be parsed, or shows nothing that can be read, is missed."""
    number = pages.count
    content = drawing.content() if drawing is not None else None
    layer = judge(content) if content is not None else Layer.BROKEN
    if drawing is None or content is None or layer is Layer.UNUSABLE:
        if drawing is not None and drawing.pictures:
            pages.scans[number] = Scan(document, *max(drawing.pictures, key=lambda each: _surface(each[1])))
        else:
            pages.miss(number)
        return
    if content.cut:
        pages.notice(Notice.TRUNCATED, number)
    if content.marks.strip():
        pages.marks.setdefault(content.marks, number)
    if layer is Layer.USABLE:
        found, left = ruled_tables(content.rules, content.glyphs)
        pages.parts[number] = page_parts(number, (drawing.width, drawing.height), found, left, content.rules)


def _surface(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _recognize(pages: _Pages, package: Package) -> None:
    """Read the pages that are pictures."""
    # Imported here: most files need none of it, and it takes as long as reading twenty pages.
    from extractors.ofd.scans import read_scans
    from extractors.scan.reader import is_missed, scanned_parts
    from extractors.scan.scanned_page import ScannedPage

    for (number, scan), page in zip(pages.scans.items(), read_scans(package, tuple(pages.scans.values())), strict=True):
        if isinstance(page, ScannedPage) and not page.blank:
            pages.parts[number] = scanned_parts(number, page)
            pages.back[number] = scan.way_back(page.shown)
        if is_missed(page):
            pages.miss(number)


def _drawings(package: Package, documents: list[OfdDocument]) -> Iterator[tuple[OfdDocument, PageDrawing | None]]:
    """Each page drawn, with its document; None for one that cannot be parsed. Raises TooLarge."""
    for document in documents:
        templates: dict[str, etree._Element | None] = {}
        for page in document.pages:
            try:
                yield document, _drawing(package, document, page, templates)
            except Damaged:
                yield document, None


def _drawing(
    package: Package, document: OfdDocument, page: PagePart, templates: dict[str, etree._Element | None]
) -> PageDrawing:
    root = package.parsed(page.part)
    for resources in named(root, "PageRes"):
        package.add_resources(package.place(page.part, resources.text or ""), document)
    box = box_of(text_of(child(root, "Area"), "PhysicalBox")) or document.box
    drawing = PageDrawing(box, document.composites, document.drawing_styles)
    for used in named(root, "Template"):
        content = _template(package, document, used.get("TemplateID", ""), templates)
        if content is not None:
            drawing.add(content)
    content = child(root, "Content")
    if content is not None:
        drawing.add(content)
    if page.notes:
        for note in named(package.parsed(page.notes), "Annot"):
            appearance = child(note, "Appearance")
            if appearance is not None and note.get("Visible", "true") != "false":
                drawing.add_note(appearance, note.get("Type") == _WATERMARK)
    return drawing


def _template(
    package: Package, document: OfdDocument, key: str, parsed: dict[str, etree._Element | None]
) -> etree._Element | None:
    """The Content of a template page, parsed once; None where it has none or cannot be parsed."""
    if key not in parsed:
        try:
            parsed[key] = child(package.parsed(document.templates.get(key, "")), "Content")
        except Damaged:
            parsed[key] = None
    return parsed[key]
