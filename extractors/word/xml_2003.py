"""Word documents that are one XML file: a flat Open XML package, or Word's own XML of 2003 in today's names.

In: the root of such a file. Out: :class:`XmlParts`, the parts that a .docx would have, each by name. Refuses: any other
XML (WrongKind).

WordprocessingML 2003 has the elements of today's with a few other names and places: notes, headers and footers stand
where they are referred to, a list number stands beside its paragraph as Word printed it, and tracked changes are
annotations. Source: Office 2003 XML Reference Schemas (wordnet.xsd, aml.xsd, wordnetaux.xsd); ECMA-376 for the names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.errors import WrongKind
from extractors.word.ooxml import P_PR, R, V, W

FLAT: Final = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
OLD: Final = "{http://schemas.microsoft.com/office/word/2003/wordml}"
_AUXILIARY: Final = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_ANNOTATION: Final = "{http://schemas.microsoft.com/aml/2001/core}annotation"
_NAMES: Final = {"vmerge": "vMerge", "hmerge": "hMerge", "listPr": "numPr", "wordDocument": "document"}
_NOTES: Final = {"footnote": "footnotes", "endnote": "endnotes"}
_MARGINS: Final = {"hdr": "header", "ftr": "footer"}
_PAGES: Final = {"odd": "default"}  # a header of odd pages is that of all pages where none is given for even ones
MAIN: Final = "word/document.xml"


@dataclass(slots=True)
class XmlParts:
    """The parts by name, and for WordprocessingML 2003 what the main part refers to: by id, and by kind."""

    parts: dict[str, etree._Element]
    targets: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, part: etree._Element) -> str:
        """Add a part of a kind; the id by which it is referred to."""
        key = f"{kind}{len(self.targets) + 1}"
        name = f"word/{key}.xml"
        self.parts[name], self.targets[key] = part, name
        self.types.setdefault(kind, key)
        return key


def parts_of(root: etree._Element) -> XmlParts:
    """The parts in the file. Raises WrongKind."""
    if root.tag == f"{FLAT}package":
        return XmlParts(
            {
                part.get(f"{FLAT}name", "").lstrip("/").lower(): data[0]
                for part in root.iterfind(f"{FLAT}part")
                if (data := part.find(f"{FLAT}xmlData")) is not None and len(data)
            }
        )
    if root.tag != f"{OLD}wordDocument":
        raise WrongKind("no word document", found="xml")
    return _of_2003(root)


def _of_2003(root: etree._Element) -> XmlParts:
    for element in root.iter(etree.Element):
        element.tag = _name(str(element.tag))
        for name in [str(key) for key in element.attrib if str(key).startswith(OLD)]:
            element.set(_name(name), element.attrib.pop(name))
    found = XmlParts({MAIN: root})
    styles = root.find(f"{W}styles")
    if styles is not None:
        found.add("styles", styles)
    for annotation in list(root.iter(_ANNOTATION)):
        if annotation.get(f"{W}type") == "Word.Comment":  # its text stands between the words of the paragraph
            _remove(annotation)
    for picture in root.iter(f"{V}imagedata"):
        picture.set(f"{R}id", picture.get("src", ""))
    for paragraph in list(root.iter(f"{W}p")):
        _print_number(paragraph)
    _gather_notes(root, found)
    _gather_margins(root, found)
    return found


def _name(name: str) -> str:
    if not name.startswith(OLD):
        return name
    local = name.removeprefix(OLD)
    return W + _NAMES.get(local, local)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _print_number(paragraph: etree._Element) -> None:
    """Write the list number that Word printed before the text, and take the paragraph out of its list."""
    properties = paragraph.find(P_PR)
    numbered = properties.find(f"{W}numPr") if properties is not None else None
    if properties is None or numbered is None:
        return
    properties.remove(numbered)
    printed = numbered.find(f"{_AUXILIARY}t")
    text = printed.get(f"{_AUXILIARY}val", "") if printed is not None else ""
    if text:
        run = etree.Element(f"{W}r")
        etree.SubElement(run, f"{W}t").text = text
        paragraph.insert(paragraph.index(properties) + 1, run)


def _gather_notes(root: etree._Element, found: XmlParts) -> None:
    for kind, part in _NOTES.items():
        notes = etree.Element(f"{W}{part}")
        for number, note in enumerate(list(root.iter(f"{W}{kind}")), 1):
            parent = note.getparent()
            if parent is None or parent.tag == f"{W}{kind}Pr":  # the strokes that part notes from the text
                continue
            reference = etree.Element(f"{W}{kind}Reference")
            reference.set(f"{W}id", str(number))
            parent.replace(note, reference)
            note.set(f"{W}id", str(number))
            notes.append(note)
        if len(notes):
            found.add(part, notes)


def _gather_margins(root: etree._Element, found: XmlParts) -> None:
    for section in root.iter(f"{W}sectPr"):
        for local, kind in _MARGINS.items():
            for margin in section.findall(f"{W}{local}"):
                reference = etree.SubElement(section, f"{W}{kind}Reference")
                page = margin.get(f"{W}type", "odd")
                reference.set(f"{W}type", _PAGES.get(page, page))
                reference.set(f"{R}id", found.add(kind, margin))
                section.remove(margin)
