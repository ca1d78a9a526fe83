"""An .ofd file → :class:`~extractors.document.Document`, page by page, by the same geometry as a PDF.

In: the path of an .ofd. Out: its tables, ruled and unruled, joined over pages; its paragraphs in reading order; running
headers, footers, page numbers, watermarks and notes as margins; an observation for each page without usable text and
for attached files. Refused: what :mod:`extractors.ofd.package` refuses, and a file that prints nothing or has no usable
text on any page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from extractors.document import Document, Notice, Observation, Paragraph, Place
from extractors.errors import Damaged, Empty, NoTextLayer, Unreadable
from extractors.geometry.assembly import PageParts, assembled, page_parts
from extractors.geometry.page_content import Layer, judge
from extractors.geometry.ruling import ruled_tables
from extractors.ofd.drawing import PageDrawing
from extractors.ofd.numbers import box_of
from extractors.ofd.package import OfdDocument, Package, PagePart, child, named, text_of

_WATERMARK = "Watermark"


def read_ofd(path: Path, name: str) -> Document:
    """What the file at ``path`` shows. Raises the refusals of the module; OSError when there is no such file."""
    pages: list[PageParts] = []
    observations: list[Observation] = []
    marks: dict[str, int] = {}
    layers: list[Layer] = []
    with Package(path) as package:
        documents = package.documents()
        if any(document.attached for document in documents):
            observations.append(Observation(Notice.UNREAD_PART, Place(), "attachment"))
        for number, drawing in enumerate(_drawings(package, documents), start=1):
            content = drawing.content() if drawing is not None else None
            layer = judge(content) if content is not None else Layer.BROKEN
            layers.append(layer)
            if drawing is None or content is None or layer is Layer.UNUSABLE:
                observations.append(Observation(Notice.UNREAD_PAGE, Place(page=number)))
                continue
            if content.cut:
                observations.append(Observation(Notice.TRUNCATED, Place(page=number)))
            if content.marks.strip():
                marks.setdefault(content.marks, number)
            if layer is Layer.USABLE:
                found, left = ruled_tables(content.rules, content.glyphs)
                pages.append(page_parts(number, (drawing.width, drawing.height), found, left, content.rules))
                if pages[-1].crowded:
                    observations.append(Observation(Notice.UNREAD_CELL, Place(page=number)))
    if not pages:
        raise _nothing_read(layers)
    whole = assembled(pages)
    observations += [Observation(Notice.UNREAD_CELL, Place(page=number)) for number in whole.unsure]
    margins = [*whole.margins, *(Paragraph(text, Place(page=n), "textbox") for text, n in marks.items())]
    return Document(name, "ofd", tuple(whole.blocks), tuple(margins), len(layers), tuple(observations))


def _nothing_read(layers: Sequence[Layer]) -> Unreadable:
    """Why a file of which no page could be read is refused."""
    if Layer.UNUSABLE in layers:
        return NoTextLayer()
    return Damaged() if Layer.BROKEN in layers else Empty()


def _drawings(package: Package, documents: list[OfdDocument]) -> Iterator[PageDrawing | None]:
    """Each page drawn; None for one that cannot be parsed. Raises TooLarge."""
    for document in documents:
        templates: dict[str, etree._Element | None] = {}
        for page in document.pages:
            try:
                yield _drawing(package, document, page, templates)
            except Damaged:
                yield None


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
