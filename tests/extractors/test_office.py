"""Old Office files through LibreOffice: what survives, what is refused, and what it may not do to this machine."""

from __future__ import annotations

import http.server
import shutil
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from extractors import open_document
from extractors.document import Document
from extractors.errors import Damaged, Empty, NeedsTool, TimedOut, Unreadable, WorkerDied
from extractors.kinds import Kind, kind_of
from extractors.office import conversion, program
from extractors.office.conversion import converted, converted_together
from extractors.sandbox import Sandbox
from pipeline.intake.conversions import Conversions
from pipeline.vocabulary import load_vocabulary
from tests.builders import Sheet, Text, grid
from tests.hostile.making import compound, packed, word_body
from tests.office_files import as_office, converted_by_office, needs_office
from tests.pipeline.submissions import Here, rows, run

SHEETS = (Sheet((Text("行政职权目录", "title"), grid([["序号", "职权名称"], ["1", "食品经营许可"]]), Text("说明"))),)
RTF_BOX = (
    r"{\rtf1\ansi before {\shp{\*\shpinst\shpleft100\shptop100\shpright3000\shpbottom1500\shpwr3"
    r"{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain " + "".join(f"\\u{ord(c)}?" for c in "浮动的文字") + r"\par}}}"
    r" after\par}"
)
Office = dict[str, Path]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the system does not kill orphans")


def texts(document: Document) -> list[str]:
    cells = [cell for table in document.tables for cell in table.cells]
    nested = [cell for each in cells for table in each.tables for cell in table.cells]
    return [each.text for each in (*cells, *nested, *document.paragraphs, *document.margins)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """SHEETS as LibreOffice saves them, by suffix."""
    folder = tmp_path_factory.mktemp("office")
    return {suffix: as_office([SHEETS], suffix, folder)[0] for suffix in ("doc", "rtf", "xls", "ods")}


# What survives.


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_nested_tables_text_boxes_and_merges_survive(tmp_path: Path, suffix: str) -> None:
    def cell(body: str, properties: str = "") -> str:
        width = '<w:tcW w:w="2400" w:type="dxa"/>'
        return f"<w:tc><w:tcPr>{width}{properties}</w:tcPr>{body}</w:tc>"

    def table(*rows: str) -> str:
        grid_columns = '<w:gridCol w:w="2400"/>' * 2
        lines = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        return f"<w:tbl><w:tblPr/><w:tblGrid>{grid_columns}</w:tblGrid>{lines}</w:tbl>"

    def line(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    def box(text: str) -> str:
        shape = '<v:shape style="position:absolute;width:120pt;height:40pt" type="#_x0000_t202">'
        return (
            f'<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml">{shape}<v:textbox><w:txbxContent>{line(text)}'
            "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        )

    inner = table(cell(line("内一")) + cell(line("内二")))
    body = (
        line("标题")
        + box("浮动的文字")
        + table(
            cell(line("合并两列"), '<w:gridSpan w:val="2"/>'),
            cell(line("合并两行"), '<w:vMerge w:val="restart"/>') + cell(line("右上")),
            cell(line(""), "<w:vMerge/>") + cell(inner + line("套表后")),
        )
        + line("结尾")
    )
    source = tmp_path / "a.docx"
    source.write_bytes(word_body(body))
    (path,) = converted_by_office([source], suffix, tmp_path)
    document = open_document(path, f"目录.{suffix}")
    assert (document.name, document.format) == (f"目录.{suffix}", suffix)
    boxes = set() if suffix == "rtf" else {"浮动的文字"}  # LibreOffice writes none into an .rtf
    assert {"合并两列", "合并两行", "右上", "内一", "内二"} | boxes <= set(texts(document))
    (found,) = document.tables
    assert [(c.text, c.row_span, c.column_span) for c in found.cells if c.text in ("合并两列", "合并两行")] == [
        ("合并两列", 1, 2),
        ("合并两行", 2, 1),
    ]


@needs_office
def test_a_text_box_of_an_rtf_survives(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(RTF_BOX)
    assert "浮动的文字" in [margin.text for margin in open_document(path, "a.rtf").margins]


@needs_office
@pytest.mark.parametrize(("suffix", "made_as"), [("wps", "doc"), ("et", "xls"), ("doc", "rtf"), ("xls", "ods")])
def test_the_content_decides_what_it_is(office: Office, suffix: str, made_as: str) -> None:
    document = open_document(office[made_as], f"目录.{suffix}")
    assert (document.name, document.format) == (f"目录.{suffix}", made_as)
    assert document.tables[0].sheet == (made_as in ("xls", "ods"))
    assert "食品经营许可" in texts(document)


def binary_workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """An .xlsb of one sheet ([MS-XLSB] 2.4: BrtBundleSh 156, BrtRowHdr 0, BrtCellSt 6, and what begins and ends)."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])
        return head + size + body

    def wide(text: str) -> bytes:
        return struct.pack("<L", len(text)) + text.encode("utf-16-le")

    sheet = b"".join(
        record(0, struct.pack("<LLHBBBL", row, 0, 300, 0, 0, 0, 0))
        + b"".join(record(6, struct.pack("<LL", column, 0) + wide(text)) for column, text in enumerate(line))
        for row, line in enumerate(lines)
    )
    named = record(143) + record(156, struct.pack("<LL", 0, 1) + wide("rId1") + wide("职权目录")) + record(144)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = "http://schemas.openxmlformats.org/package/2006"

    def related(kind: str, target: str) -> str:
        relation = f'<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<?xml version="1.0"?><Relationships xmlns="{space}/relationships">{relation}</Relationships>'

    types = {
        "/xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
        "/xl/worksheets/sheet1.bin": "application/vnd.ms-excel.worksheet",
        "/_rels/.rels": "application/vnd.openxmlformats-package.relationships+xml",
        "/xl/_rels/workbook.bin.rels": "application/vnd.openxmlformats-package.relationships+xml",
    }
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in types.items())
    return packed(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{space}/content-types">{overrides}</Types>',
            "_rels/.rels": related("officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": record(131) + named + record(132),
            "xl/_rels/workbook.bin.rels": related("worksheet", "worksheets/sheet1.bin"),
            "xl/worksheets/sheet1.bin": record(129) + record(145) + sheet + record(146) + record(130),
        }
    )


@needs_office
def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    path.write_bytes(binary_workbook([["序号", "职权名称"], ["1", "食品经营许可"]]))
    document = open_document(path, "目录.xlsb")
    assert (document.format, document.tables[0].part) == ("xlsb", "职权目录")
    assert texts(document) == ["序号", "职权名称", "1", "食品经营许可"]


@needs_office
def test_bad_files_of_a_start_cost_the_others_nothing(office: Office, tmp_path: Path) -> None:
    noise = tmp_path / "noise.doc"
    noise.write_bytes(compound("WordDocument", bytes(3000)))
    files = [(office["doc"], Kind.DOC), (noise, Kind.DOC), (office["ods"], Kind.ODS), (office["rtf"], Kind.RTF)]
    into = tmp_path / "into"
    into.mkdir()
    made = converted_together(files, into)
    assert [path is None for path in made] == [False, True, False, False]
    documents = [open_document(path, "a", docx) for (path, _), docx in zip(files, made, strict=True) if docx]
    assert all("食品经营许可" in texts(document) for document in documents)
    with pytest.raises((Damaged, Empty)):
        open_document(noise, "a.doc")


# What it may not do.


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine, and what is asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *parts: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def open_text(body: str, scripts: str = "", more: dict[str, str] | None = None) -> bytes:
    """An .odt with that body."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dom": "http://www.w3.org/2001/xml-events",
        "ooo": "http://openoffice.org/2004/office",
    }
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.3">{scripts}'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    files = {"content.xml": content, **(more or {})}
    entries = "".join(f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in files)
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>{entries}</m:manifest>'
    )
    return packed({"mimetype": kind, **files, "META-INF/manifest.xml": manifest})


def linking(address: str, secret: Path) -> bytes:
    picture = (
        '<draw:frame draw:name="a" text:anchor-type="as-char" svg:width="5cm" svg:height="5cm">'
        f'<draw:image xlink:href="{address}/a.png" xlink:type="simple"/></draw:frame>'
    )
    sections = "".join(
        f'<text:section text:name="{name}"><text:section-source xlink:href="{target}"/>'
        "<text:p>旧文</text:p></text:section>"
        for name, target in (("a", f"{address}/a.odt"), ("b", secret.as_uri()))
    )
    return open_text(f"<text:p>正文{picture}</text:p>{sections}")


@needs_office
@pytest.mark.parametrize("settings", ["ours", "its own"])
def test_no_address_is_asked_and_no_file_is_drawn_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    (secret,) = as_office([(Sheet((Text("secret"),)),)], "odt", tmp_path)
    if settings == "its own":  # so that the test is known to be able to fail
        monkeypatch.setattr(program, "_SETTINGS", ())
    with listening() as (address, asked):
        path = tmp_path / "a.odt"
        path.write_bytes(linking(address, secret))
        found = texts(open_document(path, "a.odt"))
    assert "正文" in found and "secret" not in found
    assert bool(asked) == (settings == "its own")


def macro(target: Path) -> bytes:
    """An .odt whose macro writes a file when the document is opened."""
    library = "http://openoffice.org/2000/library"
    code = f"Sub Main\nOpen &quot;{target}&quot; For Output As #1\nPrint #1, &quot;x&quot;\nClose #1\nEnd Sub"
    event = (
        '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script"'
        ' script:event-name="dom:load" xlink:type="simple"'
        ' xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/>'
        "</office:event-listeners></office:scripts>"
    )
    libraries = f'<l:libraries xmlns:l="{library}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    more = {
        "Basic/script-lc.xml": f'{libraries}<l:library l:name="Standard" l:link="false"/></l:libraries>',
        "Basic/Standard/script-lb.xml": (
            f'<l:library xmlns:l="{library}" l:name="Standard" l:readonly="false"><l:element l:name="M"/></l:library>'
        ),
        "Basic/Standard/M.xml": (
            f'<s:module xmlns:s="http://openoffice.org/2000/script" s:name="M" s:language="StarBasic">{code}</s:module>'
        ),
    }
    return open_text("<text:p>正文</text:p>", event, more)


@needs_office
def test_no_macro_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, written = tmp_path / "a.odt", tmp_path / "written.txt"
    path.write_bytes(macro(written))
    assert "正文" in texts(open_document(path, "a.odt"))
    assert not written.exists()
    # Opened carelessly it does run: so the file is as harmful as it should be.
    monkeypatch.setattr(program, "_SETTINGS", (("Office.Common/Security/Scripting", "MacroSecurityLevel", "0"),))
    command = [program.office_program(), *program.write_profile(tmp_path / "profile"), "--headless", path]
    status = conversion.PROFILE_MADE
    while status == conversion.PROFILE_MADE:
        careless = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while careless.poll() is None and not written.exists():
            time.sleep(0.1)
        careless.kill()
        status = careless.wait()
    assert written.exists()


# Limits, with an office that does as it is told.


def office_that(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> Path:
    """Put a shell script in the place of LibreOffice; a file to be converted that needs it."""
    office = folder / "office.sh"
    office.write_text(f"#!/bin/sh\n{script}\n")
    office.chmod(0o755)
    monkeypatch.setattr(conversion, "office_program", lambda: office)
    path = folder / "目录.rtf"
    path.write_bytes(b"{\\rtf1 x}")
    return path


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


@linux_only
def test_an_office_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office_that(monkeypatch, tmp_path, f"sleep 600 &\necho $! > {tmp_path}/child\nwait")
    monkeypatch.setattr(conversion, "FIRST_SECONDS", 1)
    with pytest.raises(TimedOut) as caught:
        converted(path, Kind.RTF, tmp_path)
    assert caught.value.facts == {"seconds": 1}
    assert gone(int((tmp_path / "child").read_text()))


def read_with(office: Path, path: Path) -> Document:
    """Read a file with that program for LibreOffice; runs in a worker."""
    conversion.office_program = lambda: office
    return open_document(path, path.name)


@linux_only
def test_the_office_dies_with_the_worker_that_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office_that(monkeypatch, tmp_path, f"echo $$ > {tmp_path}/office\nexec sleep 600")
    with Sandbox(1, 3.0, 512) as box, pytest.raises(TimedOut):
        box.submit(read_with, tmp_path / "office.sh", path).result()
    assert gone(int((tmp_path / "office").read_text()))


def test_an_office_that_crashes_or_makes_nothing_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office_that(monkeypatch, tmp_path, "kill -SEGV $$")
    with pytest.raises(WorkerDied):
        converted(path, Kind.RTF, tmp_path)
    path = office_that(monkeypatch, tmp_path, "exit 0")
    with pytest.raises(Damaged):
        converted(path, Kind.RTF, tmp_path)


@linux_only
def test_the_office_is_held_to_memory_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office_that(monkeypatch, tmp_path, f"(ulimit -d; ulimit -t; ulimit -c) > {tmp_path}/limits")
    with pytest.raises(Damaged):
        converted(path, Kind.RTF, tmp_path)
    data, seconds, core = (tmp_path / "limits").read_text().split()
    assert (int(data) >> 10, int(seconds), int(core)) == (conversion.MAX_MEGABYTES, conversion.FIRST_SECONDS, 0)


def test_a_part_that_a_stopped_office_left_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office_that(monkeypatch, tmp_path, f"printf PK > {tmp_path}/00001.docx")
    with pytest.raises(Damaged):
        converted(path, Kind.RTF, tmp_path)


# Without it.


def test_without_it_the_file_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "office_program", lambda: None)
    files = {"a.doc": compound("WordDocument", bytes(40)), "a.rtf": b"{\\rtf1 x}", "a.odt": open_text("")}
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(NeedsTool) as caught:
            open_document(path, name)
        assert caught.value.facts == {"tool": "LibreOffice"}
    text = load_vocabulary().reasons[NeedsTool.code]
    assert "LibreOffice" in text.reason.format(tool="LibreOffice") and ".docx" in text.advice


@needs_office
@pytest.mark.parametrize("archived", [False, True])
def test_what_needed_it_is_read_once_it_is_there(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archived: bool
) -> None:
    inbox, made = tmp_path / "inbox" / "云溪县文化局", office["doc"]
    inbox.mkdir(parents=True)
    if archived:
        with zipfile.ZipFile(inbox / "目录.zip", "w") as archive:
            archive.write(made, "目录.doc")
    else:
        (inbox / "目录.doc").write_bytes(made.read_bytes())
    with monkeypatch.context() as without:
        without.setattr(conversion, "office_program", lambda: None)
        run(tmp_path / "inbox", tmp_path / "data")
    states = "SELECT 状态 FROM 来源文件"
    assert rows(tmp_path / "data", states) == [("隔离",)]
    run(tmp_path / "inbox", tmp_path / "data")
    assert rows(tmp_path / "data", states) != [("隔离",)]


# Many in one start.


class Counting(Here):
    """Says which functions were submitted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def submit(self, function, *args):  # type: ignore[no-untyped-def]
        self.asked.append(function.__name__)
        return super().submit(function, *args)


@needs_office
def test_files_that_wait_are_converted_in_one_start(office: Office, tmp_path: Path) -> None:
    made = [shutil.copyfile(office["doc"], tmp_path / f"{number}.doc") for number in range(3)]
    workers = Counting()
    conversions = Conversions(lambda: tmp_path)
    conversions.expect((path, path.name) for path in made)
    found = [conversions.of(path, path.name, workers) for path in made]
    assert workers.asked == ["convert_together"]
    assert all(path is not None and kind_of(path) is Kind.DOCX for path in found)
    assert conversions.of(made[0], "目录.docx", workers) is None, "its name says that it needs none"


def test_a_file_that_waits_alone_is_left_to_its_reading(tmp_path: Path) -> None:
    workers = Counting()
    conversions = Conversions(lambda: tmp_path)
    conversions.expect([(tmp_path / "a.doc", "a.doc"), (tmp_path / "b.docx", "b.docx")])
    assert conversions.of(tmp_path / "a.doc", "a.doc", workers) is None
    assert workers.asked == []


def test_a_start_that_fails_costs_no_file_its_reading(tmp_path: Path) -> None:
    class Failing(Here):
        def submit(self, function, *args):  # type: ignore[no-untyped-def]
            def fail() -> None:
                raise Unreadable

            return super().submit(lambda *_: fail(), *args)

    conversions = Conversions(lambda: tmp_path)
    conversions.expect([(tmp_path / name, name) for name in ("a.doc", "b.doc")])
    assert conversions.of(tmp_path / "a.doc", "a.doc", Failing()) is None
    assert conversions.of(tmp_path / "b.doc", "b.doc", Failing()) is None


# Where it is.


def test_it_is_found_by_path_and_where_installers_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "_installed", lambda: iter(()))
    assert program.office_program() is None
    script = tmp_path / "libreoffice"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert program.office_program() == script
    monkeypatch.undo()
    monkeypatch.setattr(program.sys, "platform", "win32")
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    for name in ("ProgramW6432", "ProgramFiles(x86)"):
        monkeypatch.delenv(name, raising=False)
    for version in ("LibreOffice", "LibreOffice 24"):
        folder = tmp_path / version / "program"
        folder.mkdir(parents=True)
        (folder / "soffice.com").touch()
    assert [path.parent.parent.name for path in program._installed()] == ["LibreOffice 24", "LibreOffice"]
