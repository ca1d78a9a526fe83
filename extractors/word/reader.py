"""Reads a Word document (.docx, .docm, Word XML): what is printed in it, with all tracked changes accepted.

In: the path of a file and the name to give the document. Out: a :class:`~extractors.document.Document` whose blocks
are the body's paragraphs and tables, with computed list numbers, whose margins are headers, footers, text boxes,
notes and comments, and whose charts are the drawn ones. Refuses: what is no Word document, broken, encrypted, beyond
the bounds, without anything printed, or made of pictures only (classes of :mod:`extractors.errors`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from extractors.document import Document, Notice, Observation, Paragraph, Place, Table
from extractors.errors import Damaged, Empty, NoTextLayer, TooLarge, WrongKind
from extractors.word.charts import ChartReader
from extractors.word.numbering import Numbering
from extractors.word.ooxml import DGM, A, W, switched_on
from extractors.word.package import Package, relationship_id
from extractors.word.story import FOREIGN_DOCUMENT, StoryReader
from extractors.word.styles import Styles

HEADER_PART: Final = "页眉"
FOOTER_PART: Final = "页脚"
_DRAWING: Final = "drawing"  # of more pieces than are linked to a chart
_NOTE_KINDS: Final = (
    # kind of reference, relationship type, part of the place, role
    ("footnote", "footnotes", "脚注", "footnote"),
    ("endnote", "endnotes", "尾注", "footnote"),
    ("comment", "comments", "批注", "comment"),
)


def read_word(path: Path, name: str) -> Document:
    """What the Word document at ``path`` shows. Raises a class of Unreadable; OSError when there is no such file."""
    try:
        with Package(path) as package:
            return _read(package, name)
    except RecursionError as error:  # elements nested so deeply that no page could show them
        raise TooLarge("nested too deeply") from error


def _read(package: Package, name: str) -> Document:
    styles = Styles(package.part_of_type("styles"))
    numbering = Numbering(package.part_of_type("numbering"), styles)
    diagram = cache(package.part)
    story = StoryReader(styles, numbering, lambda relationship: _diagram_text(diagram(relationship)))
    body = package.document.find(f"{W}body")
    if body is None:
        raise Damaged("document without body")
    blocks = tuple(story.body(body))
    printed = any(_prints(block) for block in blocks) or bool(story.boxes)
    if not printed:
        _refuse_what_cannot_be_read(story.observations)
    drawings = ChartReader(package.document, package.part_of_type("settings"), diagram)
    charts = tuple(drawings.read(story.drawn))
    boxes = (box for box, element in story.boxes if not drawings.used & set(element.iterancestors()))
    story.observations.extend(Observation(Notice.UNREAD_PART, place, _DRAWING) for place in drawings.too_large)
    notes = _notes(package, story)
    margins = (*_headers(package, story), *boxes, *notes)
    if not printed and not margins:
        raise Empty("nothing printed")
    return Document(name, package.format, blocks, margins, observations=tuple(story.observations), charts=charts)


def _refuse_what_cannot_be_read(observations: list[Observation]) -> None:
    """Tell a body without a printed character that shows pictures or foreign documents from one that shows nothing."""
    unread = [seen.text for seen in observations if seen.notice is Notice.UNREAD_PART]
    if FOREIGN_DOCUMENT in unread:
        raise WrongKind("all content is an embedded document of another format", found=FOREIGN_DOCUMENT)
    if unread:
        raise NoTextLayer("pictures only")


def _prints(block: Paragraph | Table) -> bool:
    if isinstance(block, Paragraph):
        return True
    return any(cell.text.strip() or any(_prints(table) for table in cell.tables) for cell in block.cells)


def _headers(package: Package, story: StoryReader) -> list[Paragraph]:
    """The lines of the headers and footers that are shown, each part once, in the order of the sections."""
    settings = package.part_of_type("settings")
    even_pages = settings is not None and switched_on(settings.find(f"{W}evenAndOddHeaders"))
    margins: list[Paragraph] = []
    seen: set[str] = set()
    for section in package.document.iter(f"{W}sectPr"):
        shown = {"default", *(["even"] if even_pages else [])}
        if switched_on(section.find(f"{W}titlePg")):
            shown.add("first")
        for kind, part, role in (("header", HEADER_PART, "header"), ("footer", FOOTER_PART, "footer")):
            for reference in section.iterfind(f"{W}{kind}Reference"):
                key = relationship_id(reference)
                if reference.get(f"{W}type", "default") not in shown or key in seen:
                    continue
                seen.add(key)
                margins.extend(_margin(story, package.part(key), part, role))
    return margins


def _margin(story: StoryReader, root: etree._Element | None, part: str, role: str) -> list[Paragraph]:
    lines = story.lines(root, Place(part=part)) if root is not None else []
    return [Paragraph(text, Place(part=part, paragraph=n), role) for n, text in enumerate(lines, 1) if text.strip()]


def _notes(package: Package, story: StoryReader) -> list[Paragraph]:
    """The notes and comments that the body refers to, each standing where it is referred to."""
    margins: list[Paragraph] = []
    for kind, part_type, part, role in _NOTE_KINDS:
        referred = [(key, place) for seen, key, place in story.notes if seen == kind]
        root = package.part_of_type(part_type) if referred else None
        if root is None:
            continue
        notes = {note.get(f"{W}id"): note for note in root.iterfind(f"{W}{kind}")}
        for key, place in referred:
            if key in notes:
                anchor = replace(place, part=part)
                text = "\n".join(story.lines(notes[key], anchor)).strip()
                margins.extend([Paragraph(text, anchor, role)] if text else [])
    return margins


def _diagram_text(data: etree._Element | None) -> str:
    """The texts of a SmartArt drawing, one line a shape."""
    if data is None:
        return ""
    shapes = ("".join(text.text or "" for text in shape.iter(f"{A}t")) for shape in data.iter(f"{DGM}t"))
    return "\n".join(text for text in shapes if text.strip())
