"""Sheets → .ofd, drawn as a PDF is: pages of TextObject and PathObject, in millimetres (GB/T 33190-2016).

In: sheets, the options of a PDF (of which a turned page is not drawn) and :class:`OfdOptions`. Out: a file with the
same bytes each time. What producers do in different ways can be asked for, so that readers are held to the standard
and not to one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics

from tests.drawing.pdf import FONT, PdfOptions, draw_pages
from tests.drawing.spec import Sheet
from tests.drawing.zipped import write_zip

MM = 25.4 / 72
NAMESPACE = "http://www.ofdspec.org/2016"


@dataclass(frozen=True, slots=True)
class OfdOptions:
    """How an .ofd is drawn.

    rules: stroked paths, thin filled rectangles, or one path a page with all strokes in it. runs: distances as
    "g n v" where they repeat. scaled: text and paths in hundredths, brought to size by a CTM. composite: the content of
    a page stands in a composite object. template: text of a template page behind each page, as a printed head.
    namespace: "" for none. absolute: locations from
    the root of the package.
    """

    rules: Literal["strokes", "filled", "one path"] = "strokes"
    runs: bool = True
    scaled: bool = False
    composite: bool = False
    template: str = ""
    namespace: str = NAMESPACE
    absolute: bool = False


def draw_ofd(
    path: Path, sheets: tuple[Sheet, ...], pdf: PdfOptions | None = None, options: OfdOptions | None = None
) -> None:
    """Draw the sheets under each other on as many pages as they need."""
    options = options or OfdOptions()
    paper = pdf or PdfOptions()
    canvas = _Canvas(paper.page, options)
    draw_pages(canvas, sheets, replace(paper, rotated=False))
    write_zip(path, {name: text.encode() for name, text in _package(canvas, options).items()})


def text_object(text: str, x: float, y: float, size: float, options: OfdOptions, attributes: str = "") -> str:
    """A TextObject whose base line starts at x, y; all in points from the top left of the page."""
    widths = [pdfmetrics.stringWidth(character, FONT, size) for character in text]
    scale = 100.0 if options.scaled else 1.0
    unit = MM * scale
    boundary = f"{x * MM:.4f} {(y - size) * MM:.4f} {sum(widths) * MM:.4f} {size * 1.3 * MM:.4f}"
    matrix = ' CTM="0.01 0 0 0.01 0 0"' if options.scaled else ""
    return (
        f'<TextObject Boundary="{boundary}" Font="3" Size="{size * unit:.4f}"{matrix}{attributes}>'
        f'<FillColor Value="0 0 0"/><TextCode X="0" Y="{size * unit:.4f}"'
        f' DeltaX="{_distances([width * unit for width in widths[:-1]], options.runs)}">{escape(text)}</TextCode>'
        "</TextObject>"
    )


def path_object(data: str, attributes: str = 'LineWidth="0.2"') -> str:
    """A PathObject over the whole page, its data in mm from the top left."""
    return (
        f'<PathObject Boundary="0 0 1000 1000" {attributes}><StrokeColor Value="0 0 0"/>'
        f"<AbbreviatedData>{data}</AbbreviatedData></PathObject>"
    )


def _distances(values: list[float], runs: bool) -> str:
    if not runs:
        return " ".join(f"{value:.4f}" for value in values)
    parts = []
    for text, group in groupby(f"{value:.4f}" for value in values):
        count = len(list(group))
        parts.append(f"g {count} {text}" if count > 2 else " ".join([text] * count))
    return " ".join(parts)


@dataclass(slots=True)
class _Page:
    objects: list[str] = field(default_factory=list)
    strokes: list[str] = field(default_factory=list)
    stamp: str = ""


class _Canvas:
    """As much of reportlab's canvas as drawing a page asks for; y counts upwards there."""

    def __init__(self, page: tuple[float, float], options: OfdOptions) -> None:
        self.page, self.options = page, options
        self.pages: list[_Page] = []
        self._open = _Page()
        self._size = 0.0

    def saveState(self) -> None:
        """A watermark follows: see drawCentredString."""

    def restoreState(self) -> None:
        """The watermark is done."""

    def translate(self, x: float, y: float) -> None:
        """Watermarks stand in the middle."""

    def rotate(self, degrees: float) -> None:
        """Watermarks are slanted."""

    def setFillGray(self, gray: float) -> None:
        """Watermarks are grey."""

    def drawCentredString(self, x: float, y: float, text: str) -> None:
        """A watermark: an annotation of the page."""
        self._open.stamp = text

    def setFont(self, font: str, size: float) -> None:
        """The size of what is printed next."""
        self._size = size

    def setLineWidth(self, width: float) -> None:
        """All rules are equally wide."""

    def drawString(self, x: float, y: float, text: str) -> None:
        """Print a line of text."""
        if text:
            self._open.objects.append(text_object(text, x, self.page[1] - y, self._size, self.options))

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a rule."""
        (x0, x1), (y0, y1) = (x0 * MM, x1 * MM), sorted(((self.page[1] - y0) * MM, (self.page[1] - y1) * MM))
        if self.options.rules == "filled":
            data = " ".join(
                f"{op} {x:.4f} {y:.4f}"
                for op, x, y in (("M", x0, y0), ("L", x1 + 0.2, y0), ("L", x1 + 0.2, y1 + 0.2), ("L", x0, y1 + 0.2))
            )
            self._open.objects.append(path_object(f"{data} C", 'Stroke="false" Fill="true"'))
        else:
            self._open.strokes.append(f"M {x0:.4f} {y0:.4f} L {x1:.4f} {y1:.4f}")

    def showPage(self) -> None:
        """Finish the page."""
        page, self._open = self._open, _Page()
        strokes = [" ".join(page.strokes)] if self.options.rules == "one path" else page.strokes
        page.objects += [path_object(data) for data in strokes if data]
        self.pages.append(page)

    def save(self) -> None:
        """All pages are drawn."""


def _package(canvas: _Canvas, options: OfdOptions) -> dict[str, str]:
    """The parts of the package by name."""
    width, height = (side * MM for side in canvas.page)
    before = "/Doc_0/" if options.absolute else ""
    numbers = range(len(canvas.pages))
    plain = replace(options, scaled=False)
    parts = {
        "OFD.xml": _xml(
            "OFD",
            f"<DocBody><DocInfo/><DocRoot>{'/' if options.absolute else ''}Doc_0/Document.xml</DocRoot></DocBody>",
            options,
            'Version="1.0" DocType="OFD"',
        ),
        "Doc_0/Document.xml": _xml(
            "Document",
            f"<CommonData><PageArea><PhysicalBox>0 0 {width:.4f} {height:.4f}</PhysicalBox></PageArea>"
            f"<PublicRes>{before}PublicRes.xml</PublicRes><DocumentRes>{before}DocumentRes.xml</DocumentRes>"
            + (f'<TemplatePage ID="2" BaseLoc="{before}Tpls/Tpl_0/Content.xml"/>' if options.template else "")
            + "</CommonData><Pages>"
            + "".join(f'<Page ID="{n + 100}" BaseLoc="{before}Pages/Page_{n}/Content.xml"/>' for n in numbers)
            + f"</Pages><Annotations>{before}Annots/Annotations.xml</Annotations>",
            options,
        ),
        "Doc_0/PublicRes.xml": _xml(
            "Res", '<Fonts><Font ID="3" FontName="宋体" FamilyName="宋体"/></Fonts>', options, 'BaseLoc="Res"'
        ),
        "Doc_0/DocumentRes.xml": _xml("Res", _composites(canvas.pages, options), options, 'BaseLoc="Res"'),
        "Doc_0/Annots/Annotations.xml": _xml(
            "Annotations",
            "".join(
                f'<Page PageID="{n + 100}"><FileLoc>Page_{n}/Annotation.xml</FileLoc></Page>'
                for n in numbers
                if canvas.pages[n].stamp
            ),
            options,
        ),
    }
    if options.template:
        head = text_object(options.template, 36, 24, 9, plain)
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = _xml("Page", _content([head]), options)
    for n, page in enumerate(canvas.pages):
        used = '<Template TemplateID="2" ZOrder="Background"/>' if options.template else ""
        objects = [f'<CompositeObject ResourceID="{n + 500}"/>'] if options.composite else page.objects
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = _xml("Page", used + _content(objects), options)
        if page.stamp:
            note = (
                f'<Annot ID="9" Type="Watermark"><Appearance Boundary="0 0 {width:.4f} {height:.4f}">'
                + text_object(page.stamp, 300, 300, 60, plain)
                + "</Appearance></Annot>"
            )
            parts[f"Doc_0/Annots/Page_{n}/Annotation.xml"] = _xml("PageAnnot", note, options)
    return parts


def _content(objects: Iterable[str]) -> str:
    return f'<Content><Layer Type="Body">{"".join(objects)}</Layer></Content>'


def _composites(pages: list[_Page], options: OfdOptions) -> str:
    if not options.composite:
        return ""
    units = "".join(
        f'<CompositeGraphicUnit ID="{n + 500}" Width="1000" Height="1000"><Content><PageBlock>'
        f"{''.join(page.objects)}</PageBlock></Content></CompositeGraphicUnit>"
        for n, page in enumerate(pages)
    )
    return f"<CompositeGraphicUnits>{units}</CompositeGraphicUnits>"


def _xml(root: str, content: str, options: OfdOptions, attributes: str = "") -> str:
    """A part, its elements in the namespace that the options name: by prefix, as producers write it."""
    opening = f"<{root} {attributes}".rstrip()
    text = f"{opening}>{content}</{root}>"
    if options.namespace:
        text = text.replace("</", "\0").replace("<", "<ofd:").replace("\0", "</ofd:")
        text = text.replace(f"<ofd:{root}", f'<ofd:{root} xmlns:ofd="{options.namespace}"', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'
