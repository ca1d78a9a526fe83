"""Word documents that are one XML file, whatever their names: flat packages, and Word's own XML of 2003."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from extractors import open_document
from extractors.document import Document, Notice
from extractors.errors import Damaged, Empty, WrongKind
from extractors.word.reader import read_word
from pipeline.submission import SubmittedFile, read_file
from pipeline.vocabulary import load_vocabulary
from tests.golden_case import Case, differences, load_cases, rows_of

FLAT = "http://schemas.microsoft.com/office/2006/xmlPackage"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
    ' xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:aml="http://schemas.microsoft.com/aml/2001/core">'
)


def old_word(tmp_path: Path, body: str, before: str = "") -> Document:
    path = tmp_path / "目录.doc"
    path.write_text(f"{HEAD}{before}<w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>", "utf-8")
    return open_document(path, "目录.doc")


def line(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{properties}</w:tcPr>{line(text)}</w:tc>'


def test_tables_keep_their_merges(tmp_path: Path) -> None:
    rows = (
        cell("一", '<w:gridSpan w:val="2"/>'),
        cell("二", '<w:vmerge w:val="restart"/>') + cell("三"),
        cell("", "<w:vmerge/>") + cell("四"),
    )
    grid = '<w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>'
    document = old_word(tmp_path, f"<w:tbl>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")
    (table,) = document.tables
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in table.cells] == [
        ("一", 1, 1, 1, 2),
        ("二", 2, 1, 2, 1),
        ("三", 2, 2, 1, 1),
        ("四", 3, 2, 1, 1),
    ]
    assert (document.name, document.format) == ("目录.doc", "xml")


def test_list_numbers_stand_before_the_text_as_word_printed_them(tmp_path: Path) -> None:
    listed = '<w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="（一）"/></w:listPr>'
    assert [p.text for p in old_word(tmp_path, line("许可", listed)).paragraphs] == ["（一）许可"]


def test_tracked_changes_are_accepted_and_comments_are_no_text(tmp_path: Path) -> None:
    def change(kind: str, content: str) -> str:
        return f'<aml:annotation w:type="Word.{kind}"><aml:content>{content}</aml:content></aml:annotation>'

    body = (
        "<w:p><w:r><w:t>甲</w:t></w:r>"
        + change("Insertion", "<w:r><w:t>乙</w:t></w:r>")
        + change("Deletion", "<w:r><w:delText>丙</w:delText></w:r>")
        + f"<w:r>{change('Comment', line('批注'))}</w:r></w:p>"
    )
    assert [p.text for p in old_word(tmp_path, body).paragraphs] == ["甲乙"]


def test_notes_margins_and_boxes_stand_beside_the_text(tmp_path: Path) -> None:
    box = f"<w:pict><v:shape><v:textbox><w:txbxContent>{line('框')}</w:txbxContent></v:textbox></v:shape></w:pict>"
    body = (
        f"<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnote>{line('脚注')}</w:footnote></w:r><w:r>{box}</w:r></w:p>"
        f'<w:sectPr><w:hdr w:type="odd">{line("页眉")}</w:hdr><w:ftr w:type="odd">{line("页脚")}</w:ftr></w:sectPr>'
    )
    document = old_word(tmp_path, body)
    assert [p.text for p in document.paragraphs] == ["正文"]
    assert {(p.role, p.text) for p in document.margins} == {
        ("header", "页眉"),
        ("footer", "页脚"),
        ("textbox", "框"),
        ("footnote", "脚注"),
    }


def test_styles_and_pictures_count(tmp_path: Path) -> None:
    level = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    styles = f'<w:styles><w:style w:type="paragraph" w:styleId="a">{level}</w:style></w:styles>'
    shape = '<v:shape style="width:200pt;height:100pt"><v:imagedata src="wordml://1.png"/></v:shape>'
    picture = f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    document = old_word(tmp_path, line("一章", '<w:pStyle w:val="a"/>') + picture, styles)
    assert [(p.role, p.text) for p in document.paragraphs] == [("heading", "一章")]
    assert [seen.notice for seen in document.observations] == [Notice.UNREAD_PART]


def flat(docx: Path, to: Path) -> None:
    """A .docx as Word saves it under "Word XML document"."""
    root = etree.Element(f"{{{FLAT}}}package", nsmap={"pkg": FLAT})
    with zipfile.ZipFile(docx) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
                part = etree.SubElement(root, f"{{{FLAT}}}part")
                part.set(f"{{{FLAT}}}name", f"/{name}")
                etree.SubElement(part, f"{{{FLAT}}}xmlData").append(etree.fromstring(package.read(name)))
    to.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@pytest.mark.parametrize(
    "case", [case for case in load_cases() if "docx" in case.formats][::7], ids=lambda case: case.name
)
def test_a_flat_package_reads_like_the_document_itself(case: Case, tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    files = []
    for path in case.draw(tmp_path, "docx"):
        flat(path, path.with_suffix(".doc"))
        files.append(SubmittedFile(path.with_suffix(".doc"), path.with_suffix(".doc").name))
    readings = [read_file(file, vocabulary) for file in files]
    assert differences(case.expected, rows_of(readings, vocabulary)) == []
    assert {reading.format for reading in readings} == {"xml"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "<w:body/></w:wordDocument>", Empty),
        (HEAD + "<w:body><w:p>", Damaged),
        (HEAD + "</w:wordDocument>", Damaged),
        (
            HEAD.replace("<w:wordDocument", '<!DOCTYPE x [<!ENTITY a "a">]><w:wordDocument')
            + "<w:body/></w:wordDocument>",
            WrongKind,
        ),
        (f'<?xml version="1.0"?><pkg:package xmlns:pkg="{FLAT}"/>', Damaged),
        ('<?xml version="1.0"?><other/>', WrongKind),
    ],
)
def test_what_is_no_such_document_is_refused(tmp_path: Path, text: str, reason: type[Exception]) -> None:
    path = tmp_path / "目录.doc"
    path.write_text(text, "utf-8")
    with pytest.raises(reason):
        open_document(path, "目录.doc")
    with pytest.raises((reason, WrongKind)):
        read_word(path, "目录.doc")
