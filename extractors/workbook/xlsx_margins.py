"""What a worksheet shows beside its cells: notes, text boxes, charts, pictures, printed header and footer.

In: the package, the worksheet's part name, its content as read. Out: :class:`Margins`. Refuses nothing of its
own; broken parts are Damaged by the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from extractors.document import FlowChart, Notice, Observation, Paragraph, Place, column_number
from extractors.drawing.drawingml import local_name
from extractors.drawing.shapes import Allowance
from extractors.workbook.sheet_grid import Sheet
from extractors.workbook.xlsx_charts import anchors, read_charts, shape_text
from extractors.workbook.xlsx_package import Package, Relationship
from extractors.workbook.xlsx_sheet import SheetContent, rich_text

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
MAX_HEADER = 4096  # characters of a header or footer; Excel takes 255
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+\-]{6}|[A-Za-z+\-&])')


@dataclass(frozen=True, slots=True)
class Margins:
    """Paragraphs beside the grid, what could not be read or is hidden there, and the flow charts drawn there."""

    paragraphs: tuple[Paragraph, ...]
    observations: tuple[Observation, ...]
    charts: tuple[FlowChart, ...] = ()


def read_margins(
    package: Package, part: str, sheet: Sheet, content: SheetContent, file_name: str, allowance: Allowance
) -> Margins:
    """All margins of one worksheet: header, text boxes by their anchor, footer, notes by their cell; and its charts.

    allowance: for the charts of all sheets together.
    """
    related = [r for r in package.relationships(part).values() if not r.external and r.target in package]
    drawn: list[Paragraph | Observation] = []
    charts: list[FlowChart] = []
    for root in (package.tree(r.target) for r in related if r.kind == "drawing"):
        found = read_charts(root, sheet, content.cells, allowance)
        charts.extend(found or ())
        drawn.extend(_drawn(root, sheet, chart=bool(found)))
        if found is None:
            drawn.append(Observation(Notice.UNREAD_PART, sheet.place(), "drawing"))
    printed = list(_printed(content.headers, sheet, file_name))
    embedded = [Observation(Notice.UNREAD_PART, sheet.place(), r.kind) for r in related if _is_embedded(r)]
    return Margins(
        paragraphs=(
            *(p for p in printed if p.role == "header"),
            *(found for found in drawn if isinstance(found, Paragraph)),
            *(p for p in printed if p.role == "footer"),
            *_notes(package, related, sheet),
        ),
        observations=(*(found for found in drawn if isinstance(found, Observation)), *embedded),
        charts=tuple(charts),
    )


def header_texts(code: str, title: str, file_name: str) -> tuple[str, ...]:
    """The left, centre and right text of a header or footer string, without what each print changes (page, date)."""
    code = code[:MAX_HEADER]
    texts = {"L": "", "C": "", "R": ""}
    side, last = "C", 0
    for match in (*_HEADER_CODE.finditer(code), None):
        texts[side] += code[last : match.start() if match else len(code)]
        if match is None:
            break
        last = match.end()
        letter = match[0][1:2].upper()
        if letter in texts and len(match[0]) == 2:
            side = letter
        elif len(match[0]) == 2:
            texts[side] += {"&": "&", "A": title, "F": file_name}.get(letter, "")
    return tuple(text.strip() for text in texts.values() if text.strip())


def _printed(headers: Iterable[tuple[str, str]], sheet: Sheet, file_name: str) -> Iterator[Paragraph]:
    seen: set[tuple[str, str]] = set()
    for kind, code in headers:
        role = "header" if kind.endswith("Header") else "footer"
        for text in header_texts(code, sheet.title, file_name):
            if (role, text) not in seen:
                seen.add((role, text))
                yield Paragraph(text, sheet.place(), role)


def _notes(package: Package, related: list[Relationship], sheet: Sheet) -> Iterator[Paragraph]:
    """Cell notes; beside a thread of comments the note is only a stand-in for old programs and is left out."""
    threads: dict[str, list[str]] = {}
    for relationship in (r for r in related if r.kind == "threadedComment"):
        for comment in package.tree(relationship.target).iter("{*}threadedComment"):
            text = "".join(part.text or "" for part in comment.iterfind("{*}text"))
            threads.setdefault(comment.get("ref", ""), []).append(text)
    for relationship in (r for r in related if r.kind == "comments"):
        for comment in package.tree(relationship.target).iter("{*}comment"):
            reference = comment.get("ref", "")
            for text in threads.get(reference) or [rich_text(t) for t in comment.iterfind("{*}text")]:
                if text.strip():
                    yield Paragraph(text, _cell_place(sheet, reference), "comment")


def _cell_place(sheet: Sheet, reference: str) -> Place:
    match = _REFERENCE.match(reference)
    return sheet.place(int(match[2]), column_number(match[1])) if match else sheet.place()


def _drawn(root: etree._Element, sheet: Sheet, *, chart: bool) -> Iterator[Paragraph | Observation]:
    """Text boxes and what cannot be read. chart: the shapes are a chart, so that their texts are no margins."""
    for anchor in anchors(root):
        place = _anchor_place(anchor, sheet)
        for shape in _shapes(anchor):
            for drawn in _shape(shape, place):
                if not (chart and isinstance(drawn, Paragraph)):
                    yield drawn


def _anchor_place(anchor: etree._Element, sheet: Sheet) -> Place:
    row, column = anchor.findtext("{*}from/{*}row", ""), anchor.findtext("{*}from/{*}col", "")
    if row.isdecimal() and column.isdecimal():
        return sheet.place(int(row) + 1, int(column) + 1)
    return sheet.place()


def _shapes(element: etree._Element) -> Iterator[etree._Element]:
    """Shapes, pictures and frames under an anchor, groups opened, fallbacks for old programs left out."""
    for child in element:
        name = local_name(child)
        if name in ("sp", "cxnSp", "pic", "graphicFrame", "contentPart"):
            yield child
        elif name in ("grpSp", "AlternateContent", "Choice"):
            yield from _shapes(child)


def _shape(shape: etree._Element, place: Place) -> Iterator[Paragraph | Observation]:
    properties = next(shape.iter("{*}cNvPr"), None)
    name = properties.get("name", "") if properties is not None else ""
    hidden = properties is not None and properties.get("hidden") in ("1", "true")
    if local_name(shape) in ("pic", "graphicFrame", "contentPart"):
        yield Observation(Notice.UNREAD_PART, place, name)
        return
    text = shape_text(shape)
    if text.strip():
        yield Observation(Notice.HIDDEN_TEXT, place, text) if hidden else Paragraph(text, place, "textbox")


def _is_embedded(relationship: Relationship) -> bool:
    return relationship.kind in ("oleObject", "package")
