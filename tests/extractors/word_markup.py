"""WordprocessingML written element by element, for tests of the Word reader.

In: texts and properties. Out: the markup of runs, paragraphs, tables and lists, and whole packages of it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from extractors.document import Document, Table
from extractors.word.reader import read_word

SCHEMAS = "http://schemas.openxmlformats.org"
NAMESPACES = (
    f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" '
    f'xmlns:r="{SCHEMAS}/officeDocument/2006/relationships" '
    f'xmlns:mc="{SCHEMAS}/markup-compatibility/2006" '
    f'xmlns:wp="{SCHEMAS}/drawingml/2006/wordprocessingDrawing" '
    f'xmlns:a="{SCHEMAS}/drawingml/2006/main" '
    f'xmlns:dgm="{SCHEMAS}/drawingml/2006/diagram" '
    f'xmlns:m="{SCHEMAS}/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = (
    f'<Types xmlns="{SCHEMAS}/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPE}"/></Types>'
)
STRICT = {
    "wordprocessingml": ("wordprocessingml/2006/main", "wordprocessingml/main"),
    "officeDocument": ("officeDocument/2006/relationships", "officeDocument/relationships"),
}


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(r if r.startswith('<') else run(r) for r in runs)}</w:p>"


def cell(*content: str, properties: str = "") -> str:
    inner = "".join(c if c.startswith("<w:") and not c.startswith("<w:r>") else par(c) for c in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner or par()}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(c if c.startswith("<w:") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str, grid: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr/>{f'<w:tblGrid>{columns}</w:tblGrid>' if grid else ''}{''.join(rows)}</w:tbl>"


def span(count: int) -> str:
    return f'<w:gridSpan w:val="{count}"/>'


def width(twips: int) -> str:
    return f'<w:tcW w:w="{twips}" w:type="dxa"/>'


def numbered(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


RESTART, CONTINUE = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def package(path: Path, body: str, *, document: str = "", **parts: str) -> Path:
    """Write a package. ``parts``: further parts by relationship type (``header_1`` is a header), without their root."""
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "comments": "comments"}
    roots |= {"header": "hdr", "footer": "ftr", "settings": "settings"}
    relations, files = [], {}
    for name, content in parts.items():
        kind = name.partition("_")[0]
        root = roots.get(kind)
        files[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{content}</w:{root}>" if root else content
        relations.append(
            f'<Relationship Id="{name}" Type="{SCHEMAS}/officeDocument/2006/relationships/{kind}" Target="{name}.xml"/>'
        )
    listed = f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">%s</Relationships>'
    types = f"{SCHEMAS}/officeDocument/2006/relationships"
    main = f'<Relationship Id="x" Type="{types}/officeDocument" Target="word/document.xml"/>'
    files |= {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": listed % main,
        "word/document.xml": document or f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": listed % "".join(relations),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def grid(found: Table) -> list[list[str]]:
    """Every position of the grid with the text of the cell that covers it; "-" where none does."""
    return [
        [covering.text if (covering := found.at(r, c)) else "-" for c in range(1, found.column_count + 1)]
        for r in range(1, found.row_count + 1)
    ]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def box(text: str) -> str:
    content = f"<w:txbxContent>{text}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def picture(across: int, down: int) -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{across}" cy="{down}"/><a:graphic><a:blip r:embed="i"/></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def level(index: int, number_format: str, text: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(key: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: int, abstract_key: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract_key}"/>{overrides}</w:num>'


def reader(folder: Path):
    """A function that writes a body with its parts and reads it back."""

    def read(body: str, **parts: str) -> Document:
        return read_word(package(folder / "a.docx", body, **parts), "a.docx")

    return read
