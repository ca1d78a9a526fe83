"""Names of WordprocessingML and its neighbours, in the transitional schema, and the two questions asked of any element.

In: parsed elements. Out: tag constants, on/off values, whole numbers, and trees renamed from the strict schema.
Refuses nothing. Source: ECMA-376 parts 1 and 4; [MS-DOCX] for w14 and wps.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

_OFFICE: Final = "http://schemas.openxmlformats.org/"
W: Final = "{" + _OFFICE + "wordprocessingml/2006/main}"
R: Final = "{" + _OFFICE + "officeDocument/2006/relationships}"
A: Final = "{" + _OFFICE + "drawingml/2006/main}"
C: Final = "{" + _OFFICE + "drawingml/2006/chart}"
DGM: Final = "{" + _OFFICE + "drawingml/2006/diagram}"
M: Final = "{" + _OFFICE + "officeDocument/2006/math}"
MC: Final = "{" + _OFFICE + "markup-compatibility/2006}"
WP: Final = "{" + _OFFICE + "drawingml/2006/wordprocessingDrawing}"
V: Final = "{urn:schemas-microsoft-com:vml}"
O: Final = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that the schema itself uses
RELATIONSHIP: Final = "{" + _OFFICE + "package/2006/relationships}Relationship"
XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

DOCUMENT: Final = f"{W}document"
P: Final = f"{W}p"
P_PR: Final = f"{W}pPr"
R_PR: Final = f"{W}rPr"
TBL: Final = f"{W}tbl"
VAL: Final = f"{W}val"
SDT: Final = f"{W}sdt"

_STRICT: Final = "{http://purl.oclc.org/ooxml/"
# The strict names of the namespaces that carry text or structure; the year is what the strict names dropped.
_STRICT_NAMES: Final = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}": R,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
    "{http://purl.oclc.org/ooxml/drawingml/main}": A,
    "{http://purl.oclc.org/ooxml/drawingml/chart}": C,
    "{http://purl.oclc.org/ooxml/drawingml/diagram}": DGM,
    "{http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing}": WP,
}


def transitional(root: etree._Element) -> etree._Element:
    """The same tree with names of the strict schema replaced by the transitional ones; untouched when it has none."""
    if not any(uri.startswith(_STRICT[1:]) for uri in root.nsmap.values()):
        return root
    for element in root.iter(etree.Element):
        element.tag = _transitional_name(str(element.tag))
        for name in [str(key) for key in element.attrib if str(key).startswith(_STRICT)]:
            element.set(_transitional_name(name), element.attrib.pop(name))
    return root


def _transitional_name(name: str) -> str:
    if not name.startswith(_STRICT):
        return name
    namespace, _, local = name.rpartition("}")
    return _STRICT_NAMES.get(namespace + "}", namespace + "}") + local


def switched_on(element: etree._Element | None) -> bool:
    """Whether an on/off property is there and on (17.17.4: absent value means on)."""
    return element is not None and element.get(VAL, "true") not in ("0", "false", "off")


def whole(text: str | None, default: int = 0, limit: int = 1_000_000) -> int:
    """A whole number of an attribute, held to ±limit; ``default`` where it is absent or no number."""
    if text is None:
        return default
    try:
        return max(-limit, min(limit, round(float(text))))
    except (ValueError, OverflowError):
        return default


def value_of(parent: etree._Element | None, name: str) -> str | None:
    """The w:val of a child of ``parent``, or None."""
    child = parent.find(name) if parent is not None else None
    return child.get(VAL) if child is not None else None
