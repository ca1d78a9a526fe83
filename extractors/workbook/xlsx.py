"""An .xlsx or .xlsm workbook → its sheets and what stands beside their cells.

In: a zip package with a workbook part (Excel, WPS, LibreOffice, strict or transitional). Out:
:class:`~extractors.workbook.sheet_grid.Workbook`. Refuses: Damaged, Encrypted, TooLarge; WrongKind for another package.
Macros, external links and connections are never looked at.
"""

from __future__ import annotations

from lxml import etree

from extractors.document import FlowChart, Notice, Observation, Paragraph
from extractors.drawing import shapes
from extractors.errors import TooLarge, WrongKind
from extractors.workbook.number_format import BUILT_IN, GENERAL
from extractors.workbook.sheet_grid import MAX_CELLS, MAX_TEXT, Allowance, Sheet, Workbook
from extractors.workbook.xlsx_margins import read_margins
from extractors.workbook.xlsx_package import Package
from extractors.workbook.xlsx_sheet import SheetContent, Styles, read_sheet, string_items

MAX_SHEETS = 1_000
_DEFAULT_WORKBOOK = "xl/workbook.xml"


def read_xlsx(package: Package, file_name: str) -> Workbook:
    """All sheets of an .xlsx package. file_name: what &F in a header prints. Raises the refusals of the module."""
    part = workbook_part(package)
    root = package.tree(part)
    related = package.relationships(part)
    properties = root.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    styles = Styles(_format_codes(package, part), from_1904)
    strings = _shared_strings(package, part)
    allowance, drawings = Allowance(), shapes.Allowance()
    sheets: list[Sheet] = []
    margins: list[Paragraph] = []
    charts: list[FlowChart] = []
    for number, element in enumerate(root.iterfind("{*}sheets/{*}sheet"), 1):
        if number > MAX_SHEETS:
            raise TooLarge("sheets", limit=MAX_SHEETS)
        sheet = Sheet(element.get("name", ""), number, hidden=element.get("state", "visible") != "visible")
        target = related.get(_relationship_id(element))
        if target is None or target.kind != "worksheet" or target.external or target.target not in package:
            sheets.append(_unread_sheet(sheet, target.kind if target else "sheet"))
            continue
        with package.open(target.target) as part_stream:
            content = read_sheet(part_stream, strings, styles, allowance)
        found = read_margins(package, target.target, sheet, content, file_name, drawings)
        margins.extend(found.paragraphs)
        charts.extend(found.charts)
        sheets.append(_sheet(sheet, content, found.observations))
    return Workbook(tuple(sheets), tuple(margins), tuple(charts))


def workbook_part(package: Package) -> str:
    """The name of the part that lists the sheets. Raises WrongKind where the package holds no workbook."""
    starts = (r.target for r in package.related("", "officeDocument"))
    part = next((start for start in (*starts, _DEFAULT_WORKBOOK) if start in package), "")
    if not part.casefold().startswith("xl/") and "workbook" not in part:
        raise WrongKind(found=part.partition("/")[0] or "zip")
    return part


def _relationship_id(element: etree._Element) -> str:
    """The r:id of a sheet; strict files use another namespace for it."""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("relationships}id")), "")


def _shared_strings(package: Package, part: str) -> list[str]:
    strings: list[str] = []
    length = 0
    for relationship in package.related(part, "sharedStrings")[:1]:
        if relationship.target not in package:
            continue
        with package.open(relationship.target) as stream:
            for text in string_items(stream, 2 * MAX_CELLS):
                strings.append(text)
                length += len(text)
                if length > 2 * MAX_TEXT:
                    raise TooLarge("characters", limit=2 * MAX_TEXT)
    return strings


def _format_codes(package: Package, part: str) -> tuple[str, ...]:
    """The number format code of each cell style."""
    for relationship in package.related(part, "styles")[:1]:
        if relationship.target not in package:
            continue
        root = package.tree(relationship.target)
        codes = {str(number): code for number, code in BUILT_IN.items()}
        for element in root.iterfind("{*}numFmts/{*}numFmt"):
            codes[element.get("numFmtId", "")] = element.get("formatCode", GENERAL)
        formats = root.iterfind("{*}cellXfs/{*}xf")
        return tuple(codes.get(element.get("numFmtId", "0"), GENERAL) for element in formats) or (GENERAL,)
    return (GENERAL,)


def _unread_sheet(sheet: Sheet, kind: str) -> Sheet:
    observation = Observation(Notice.UNREAD_PART, sheet.place(), kind)
    return Sheet(sheet.title, sheet.number, hidden=sheet.hidden, observations=(observation,))


def _sheet(sheet: Sheet, content: SheetContent, observations: tuple[Observation, ...]) -> Sheet:
    blanked = (
        Observation(Notice.HIDDEN_TEXT, sheet.place(cell.row, cell.column), cell.text) for cell in content.blanked
    )
    return Sheet(
        title=sheet.title,
        number=sheet.number,
        cells=tuple(content.cells),
        merges=tuple(content.merges),
        hidden=sheet.hidden,
        hidden_rows=tuple(content.hidden_rows),
        hidden_columns=tuple(content.hidden_columns),
        observations=(*blanked, *observations),
    )
