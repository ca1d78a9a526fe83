"""Reads one paragraph of WordprocessingML: what it prints, and what else hangs on it.

In: a w:p element and the styles. Out: :class:`ParagraphContent` with the text as printed once all tracked changes are
accepted, without its list number. Refuses nothing: text in an element that is not known is kept.

Decisions: hidden runs (w:vanish, also by style) and prompts of unfilled content controls are no text, but are handed
out apart. Marks of notes and comments are no text, their notes are handed out. Of mc:AlternateContent the first
choice counts. A picture counts as something that may hold text when it is at least a line of small print high and
wide and 1 cm in one direction: less is a rule, a bullet or an icon.
Source: ECMA-376 part 1, 17.3 (paragraphs and runs), 17.13.5 (revisions), part 3 (markup compatibility).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.word.fields import Field, printed_without_result
from extractors.word.ooxml import DGM, MC, P_PR, R_PR, SDT, VAL, WP, XML_SPACE, A, C, M, O, R, V, W, switched_on, whole
from extractors.word.styles import Styles
from extractors.word.symbols import is_symbol_font, printed

_EMU_PER_POINT: Final = 12700
_SMALL_PRINT: Final = 9 * _EMU_PER_POINT  # 小五, the smallest print that registers use
_ONE_CENTIMETRE: Final = 360_000
_CSS_LENGTH: Final = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]+)\s*(pt|in|cm|mm|px)?", re.IGNORECASE)
_POINTS: Final = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
_IN_RUN_FONT: Final = re.compile("[!-~\uf020-\uf0ff]+")  # Chinese characters have a font of their own in each run
_MARK_REMOVED: Final = (f"{W}del", f"{W}moveFrom")


@dataclass(slots=True)
class ParagraphContent:
    """What one paragraph holds.

    text: as printed, line breaks as newlines. hidden: text that is there and not printed. boxes: contents of text boxes
    (w:txbxContent elements). captions: text drawn as a shape (WordArt), by its element. diagrams: references to
    SmartArt (dgm:relIds elements). drawings: the outermost elements of all that is drawn (w:drawing, w:pict). unread:
    what may hold text and cannot be read, each by its kind. notes: (kind of note, its id) in order.
    """

    text: str = ""
    hidden: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    captions: dict[etree._Element, str] = field(default_factory=dict)
    diagrams: list[etree._Element] = field(default_factory=list)
    drawings: list[etree._Element] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class ParagraphReader:
    """Reads one paragraph; made anew for each, because fields and hidden runs leave state behind."""

    __slots__ = (
        "_content",
        "_fields",
        "_font",
        "_hidden",
        "_hidden_style",
        "_hidden_text",
        "_size",
        "_styles",
        "_text",
    )

    def __init__(self, styles: Styles, hidden_style: bool, prompt: bool = False) -> None:
        self._styles = styles
        self._hidden_style = hidden_style
        self._content = ParagraphContent()
        self._text: list[str] = []
        self._hidden_text: list[str] = []
        self._fields: list[Field] = []
        self._hidden = prompt
        self._font = ""
        self._size: tuple[int, int] | None = None

    def read(self, paragraph: etree._Element) -> ParagraphContent:
        """The content of the paragraph."""
        self._walk(paragraph)
        for unfinished in self._fields:
            if not unfinished.separated:
                self._text.extend(unfinished.held)
        self._content.text = "".join(self._text)
        self._content.hidden = "".join(self._hidden_text)
        return self._content

    def _walk(self, parent: etree._Element) -> None:
        for child in parent:
            handler = _HANDLERS.get(child.tag, ParagraphReader._walk)
            if handler is not None:
                handler(self, child)

    def _emit(self, text: str) -> None:
        if self._hidden:
            self._hidden_text.append(text)
            return
        for open_field in self._fields:
            if not open_field.separated:
                open_field.held.append(text)
                open_field.instruction.append(text)
                return
        self._text.append(text)

    def _run(self, run: etree._Element) -> None:
        outer = self._hidden, self._font
        properties = run.find(R_PR)
        if properties is not None and len(properties):
            self._hidden = self._hidden or self._hides(properties)
            fonts = properties.find(_R_FONTS)
            font = (fonts.get(_ASCII) or fonts.get(_H_ANSI)) if fonts is not None else None
            self._font = font if font and is_symbol_font(font) else ""
        elif self._hidden_style:
            self._hidden = True
        self._walk(run)
        self._hidden, self._font = outer

    def _hides(self, properties: etree._Element) -> bool:
        direct = properties.find(_VANISH)
        if direct is not None:
            return switched_on(direct)
        named = properties.find(_R_STYLE)
        # A toggle property set both by the paragraph's and by the run's style is off again (17.7.3).
        return self._hidden_style ^ (named is not None and self._styles.named(named.get(VAL, "")).hidden)

    def _plain(self, element: etree._Element) -> None:
        text = element.text
        if not text:
            return
        if (text[0] <= " " or text[-1] <= " ") and element.get(XML_SPACE) != "preserve":
            text = text.strip(" \t\r\n")
        if "\n" in text or "\t" in text:  # white space in the XML is no line break on the page
            text = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
        if self._font:
            font = self._font
            text = _IN_RUN_FONT.sub(lambda found: printed(found[0], font), text)
        if text:
            self._emit(text)

    def _symbol(self, element: etree._Element) -> None:
        try:
            character = chr(int(element.get(f"{W}char", ""), 16))
        except (ValueError, OverflowError):
            self._content.unread.append("sym")
            return
        self._emit(printed(character, element.get(f"{W}font", "")))

    def _field_character(self, element: etree._Element) -> None:
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(Field(element.find(f"{W}ffData"), len(self._text)))
        elif kind == "separate" and self._fields:
            self._fields[-1].separated = True
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            if not ended.separated or (ended.form is not None and len(self._text) == ended.shown_before):
                text, complete = printed_without_result(ended)
                if text:
                    self._emit(text)
                if not complete:
                    self._content.unread.append("".join(ended.instruction).strip())

    def _instruction(self, element: etree._Element) -> None:
        if self._fields and not self._fields[-1].separated:
            self._fields[-1].instruction.append(element.text or "")

    def _control(self, element: etree._Element) -> None:
        outer = self._hidden
        self._hidden = outer or is_prompt(element)
        content = element.find(_SDT_CONTENT)
        if content is not None:
            self._walk(content)
        self._hidden = outer

    def _alternatives(self, element: etree._Element) -> None:
        chosen = chosen_alternative(element)
        if chosen is not None:
            self._walk(chosen)

    def _ruby(self, element: etree._Element) -> None:
        for base in element.iterfind(f"{W}rubyBase"):
            self._walk(base)

    def _text_box(self, element: etree._Element) -> None:
        self._content.boxes.append(element)

    def _vml(self, element: etree._Element) -> None:
        self._content.drawings.append(element)
        self._walk(element)

    def _drawing(self, element: etree._Element) -> None:
        self._content.drawings.append(element)
        extent = next(element.iter(f"{WP}extent"), None)
        outer = self._size
        self._size = (
            (whole(extent.get("cx"), 0, 1 << 40), whole(extent.get("cy"), 0, 1 << 40)) if extent is not None else None
        )
        self._walk(element)
        self._size = outer

    def _shape(self, element: etree._Element) -> None:
        outer = self._size
        lengths = {
            name.lower(): float(number) * _POINTS[(unit or "pt").lower()] * _EMU_PER_POINT
            for name, number, unit in _CSS_LENGTH.findall(element.get("style", ""))
            if number.replace(".", "", 1).isdigit()
        }
        if len(lengths) == 2:
            self._size = round(lengths["width"]), round(lengths["height"])
        self._walk(element)
        self._size = outer

    def _picture(self, element: etree._Element) -> None:
        if not (element.get(f"{R}embed") or element.get(f"{R}id") or element.get(f"{R}link")):
            return
        if self._size is None or (min(self._size) >= _SMALL_PRINT and max(self._size) >= _ONE_CENTIMETRE):
            self._content.unread.append("picture")

    def _chart(self, element: etree._Element) -> None:
        self._content.unread.append("chart")

    def _diagram(self, element: etree._Element) -> None:
        self._content.diagrams.append(element)

    def _object(self, element: etree._Element) -> None:
        inner = next(element.iter(f"{O}OLEObject", f"{W}control"), None)
        name = inner.get("ProgID") or inner.get(f"{W}name") if inner is not None else None
        self._content.unread.append(name or "object")

    def _shape_text(self, element: etree._Element) -> None:
        text = element.get("string") if element.tag == f"{V}textpath" else element.text
        if text and text.strip():
            self._content.captions[element] = text

    def _note(self, element: etree._Element) -> None:
        kind = etree.QName(element).localname.removesuffix("Reference")
        self._content.notes.append((kind, element.get(f"{W}id", "")))

    def _break(self, element: etree._Element) -> None:
        self._emit("\n")

    def _tab(self, element: etree._Element) -> None:
        self._emit("\t")

    def _hyphen(self, element: etree._Element) -> None:
        self._emit("-")

    def _denominator(self, element: etree._Element) -> None:
        self._emit("/")
        self._walk(element)

    def _exponent(self, element: etree._Element) -> None:
        self._emit("^")
        self._walk(element)


def is_prompt(control: etree._Element) -> bool:
    """Whether a content control (w:sdt) shows only its prompt, which nobody has filled in."""
    return switched_on(control.find(_SHOWS_PROMPT))


def chosen_alternative(element: etree._Element) -> etree._Element | None:
    """The branch of mc:AlternateContent that counts: the first choice, the fallback where there is none."""
    choice = element.find(f"{MC}Choice")
    return choice if choice is not None else element.find(f"{MC}Fallback")


def mark_removed(properties: etree._Element | None) -> tuple[bool, bool]:
    """Whether the paragraph's end was deleted (tracked) and whether it is hidden: either way the next one joins it."""
    mark = properties.find(R_PR) if properties is not None else None
    if mark is None:
        return False, False
    return any(mark.find(name) is not None for name in _MARK_REMOVED), switched_on(mark.find(_VANISH))


_R_FONTS: Final = f"{W}rFonts"
_ASCII: Final = f"{W}ascii"
_H_ANSI: Final = f"{W}hAnsi"
_VANISH: Final = f"{W}vanish"
_R_STYLE: Final = f"{W}rStyle"
_SDT_CONTENT: Final = f"{W}sdtContent"
_SHOWS_PROMPT: Final = f"{W}sdtPr/{W}showingPlcHdr"

_Handler = Callable[[ParagraphReader, etree._Element], None]
# What is not named here is walked through, so that the text of an element nobody knows is kept; None is passed over.
_HANDLERS: Final[dict[str, _Handler | None]] = {
    P_PR: None,
    R_PR: None,
    **{
        f"{W}{name}": None for name in ("del", "moveFrom", "delText", "delInstrText", "softHyphen", "sdtPr", "sdtEndPr")
    },
    **{f"{W}{name}": None for name in ("smartTagPr", "customXmlPr", "fldData", "lastRenderedPageBreak")},
    f"{M}rPr": None,
    f"{W}r": ParagraphReader._run,
    f"{W}t": ParagraphReader._plain,
    f"{M}r": ParagraphReader._run,
    f"{M}t": ParagraphReader._plain,
    f"{M}den": ParagraphReader._denominator,
    f"{M}sup": ParagraphReader._exponent,
    f"{W}sym": ParagraphReader._symbol,
    f"{W}fldChar": ParagraphReader._field_character,
    f"{W}instrText": ParagraphReader._instruction,
    f"{W}br": ParagraphReader._break,
    f"{W}cr": ParagraphReader._break,
    f"{W}tab": ParagraphReader._tab,
    f"{W}ptab": ParagraphReader._tab,
    f"{W}noBreakHyphen": ParagraphReader._hyphen,
    f"{W}ruby": ParagraphReader._ruby,
    SDT: ParagraphReader._control,
    f"{MC}AlternateContent": ParagraphReader._alternatives,
    f"{W}txbxContent": ParagraphReader._text_box,
    f"{W}drawing": ParagraphReader._drawing,
    f"{W}pict": ParagraphReader._vml,
    f"{V}shape": ParagraphReader._shape,
    f"{V}rect": ParagraphReader._shape,
    f"{V}textpath": ParagraphReader._shape_text,
    f"{A}t": ParagraphReader._shape_text,
    f"{A}blip": ParagraphReader._picture,
    f"{V}imagedata": ParagraphReader._picture,
    f"{C}chart": ParagraphReader._chart,
    f"{DGM}relIds": ParagraphReader._diagram,
    f"{W}object": ParagraphReader._object,
    f"{W}control": ParagraphReader._object,
    **{f"{W}{name}": ParagraphReader._note for name in ("footnoteReference", "endnoteReference", "commentReference")},
}
