"""Word files that are refused, each with its reason, and the bounds of reading."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from extractors.document import Document, Notice, Observation, Place
from extractors.errors import Damaged, Empty, Encrypted, NoTextLayer, TooLarge, Unreadable, WrongKind
from extractors.word import package as word_package
from extractors.word import story as word_story
from extractors.word.reader import read_word
from tests.extractors.word_markup import (
    CONTENT_TYPES,
    NAMESPACES,
    cell,
    package,
    par,
    picture,
    reader,
    row,
    span,
    table,
)


@pytest.fixture
def read(tmp_path: Path):
    return reader(tmp_path)


def _packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


DOCUMENT_TYPE = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {NAMESPACES}><w:body/></w:document>'
BROKEN: dict[str, tuple[bytes, type[Unreadable]]] = {
    "no bytes": (b"", Empty),
    "cut off": (_packed(word__document_xml=NAMESPACES.encode())[:-40], Damaged),
    "no main part": (_packed(word__styles_xml=b"<a/>"), Damaged),
    "malformed": (_packed(word__document_xml=b"<w:document><w:body>"), Damaged),
    "not a document": (_packed(word__document_xml=b"<html/>"), WrongKind),
    "no body": (_packed(word__document_xml=f"<w:document {NAMESPACES}/>".encode()), Damaged),
    "empty part": (_packed(word__document_xml=b""), Damaged),
    "text": ("职权目录".encode(), WrongKind),
    "entities": (_packed(word__document_xml=DOCUMENT_TYPE.encode()), Damaged),
}


@pytest.mark.parametrize("what", BROKEN)
def test_every_way_of_being_broken_has_its_error(tmp_path: Path, what: str) -> None:
    content, error = BROKEN[what]
    (tmp_path / "broken.docx").write_bytes(content)
    with pytest.raises(error):
        read_word(tmp_path / "broken.docx", "broken.docx")


def test_any_cut_and_any_flipped_byte_is_read_or_refused(tmp_path: Path) -> None:
    good = package(tmp_path / "good.docx", table(row("甲", "乙")) * 20, styles="").read_bytes()
    path = tmp_path / "bad.docx"
    for position in range(0, len(good), 7):
        for content in (good[:position], good[:position] + bytes([good[position] ^ 0xFF]) + good[position + 1 :]):
            path.write_bytes(content)
            try:
                assert isinstance(read_word(path, "bad.docx"), Document)
            except Unreadable:
                continue


def compound_file(stream: str) -> bytes:
    """An empty compound file ([MS-CFB]) with one stream: header, one sector of allocation table, one of directory."""
    free, end, table_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = struct.pack(
        "<8s16x5H6x10I", bytes.fromhex("d0cf11e0a1b11ae1"), 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
    )
    allocation = struct.pack("<128I", table_sector, end, *[free] * 126)

    def entry(name: str, kind: int, child: int) -> bytes:
        encoded = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII36xIQ", encoded, len(encoded) + 2 if name else 0, kind, 1, free, free, child, end, 0
        )

    directory = entry("Root Entry", 5, 1) + entry(stream, 2, free) + entry("", 0, free) * 2
    return header + struct.pack("<108I", *[free] * 108) + allocation + directory


def test_encrypted_packages(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", par("x"))
    content = bytearray(path.read_bytes())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 4
    for encrypted in (content, compound_file("EncryptedPackage")):
        path.write_bytes(encrypted)
        with pytest.raises(Encrypted):
            read_word(path, "a.docx")
    path.write_bytes(compound_file("WordDocument"))
    with pytest.raises(WrongKind):
        read_word(path, "a.docx")


def test_nothing_printed_and_pictures_only(read) -> None:
    with pytest.raises(Empty):
        read(par() + table(row("", "")))
    with pytest.raises(NoTextLayer):
        read(
            par(picture(5_000_000, 7_000_000)) + '<w:sectPr><w:headerReference r:id="header_1"/></w:sectPr>',
            header_1=par("局"),
        )


def test_a_document_that_only_wraps_another_format(read) -> None:
    with pytest.raises(WrongKind):
        read('<w:altChunk r:id="x"/>' + par())
    beside = read(par("见附件") + '<w:altChunk r:id="x"/>')
    assert beside.observations == (Observation(Notice.UNREAD_PART, Place(paragraph=2), "altChunk"),)


def test_bounds(read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bounded:
        bounded.setattr(word_package, "MAX_PART_BYTES", 20_000)
        with pytest.raises(TooLarge):
            read(par("长" * 20_000))
    with monkeypatch.context() as bounded:
        bounded.setattr(word_package, "MAX_TAGS", 500)
        with pytest.raises(TooLarge):
            read(par() * 500)
    with monkeypatch.context() as bounded:
        bounded.setattr(word_package, "MAX_PACKAGE_BYTES", 20_000)
        with pytest.raises(TooLarge):
            read(par("x"), theme="x" * 20_000)
    with monkeypatch.context() as bounded:
        bounded.setattr(word_story, "MAX_GRID_POSITIONS", 8)
        with pytest.raises(TooLarge):
            read(table(row("a", "b", "c")) * 3)
    with pytest.raises(TooLarge):
        read(table(row(*(cell("x", properties=span(10**9)) for _ in range(20)))))


def test_depth_is_refused_not_crashed_on(read) -> None:
    deep = par("底")
    for _ in range(1500):
        deep = f"<w:sdt><w:sdtContent>{deep}</w:sdtContent></w:sdt>"
    with pytest.raises(Unreadable):
        read(deep)
