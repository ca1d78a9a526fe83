import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import archive as archive_module
from extractors import zip_directory
from extractors.archive import Member, unpack
from extractors.entry_names import DistinctNames, is_system_file, safe_name
from extractors.errors import Damaged, Empty, Encrypted, OtherArchive, TooLarge, UnsafeArchive

CONTENT = "序号,职权名称\n".encode()


def entry(name: str, *, raw: bytes | None = None, extra: bytes = b"", mode: int = 0o644) -> zipfile.ZipInfo:
    """An entry with that name; ``raw``: its bytes where the packer did not set the flag for UTF-8."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = name if raw is None else raw.decode("cp437")
    info.extra = extra
    info.create_system = 3
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class Unflagged(zipfile.ZipInfo):
    """An entry whose name goes into the file as the bytes it was made of, without the flag for UTF-8."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def unflagged(raw: bytes, extra: bytes = b"") -> zipfile.ZipInfo:
    info = Unflagged("placeholder")
    info.filename, info.extra = raw.decode("cp437"), extra
    return info


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in entries:
            archive.writestr(entry(info) if isinstance(info, str) else info, data)
    return buffer.getvalue()


def unpacked(tmp_path: Path, data: bytes) -> tuple[Member, ...]:
    path = tmp_path / "市交通局.zip"
    path.write_bytes(data)
    members = unpack(path, tmp_path / "into")
    outside = [p for p in tmp_path.rglob("*") if p != path and tmp_path / "into" not in (p, *p.parents)]
    assert outside == []
    assert {p for p in (tmp_path / "into").rglob("*")} == {m.path for m in members if m.path}, "nothing is left behind"
    return members


def test_files_come_out_with_their_bytes_and_plain_modes(tmp_path):
    data = zipped(("目录/", b""), ("目录/职权目录.csv", CONTENT), (entry("run.sh", mode=0o6755), b"#!/bin/sh\n"))
    members = unpacked(tmp_path, data)
    assert [(m.name, m.path.read_bytes()) for m in members] == [
        ("目录/职权目录.csv", CONTENT),
        ("run.sh", b"#!/bin/sh\n"),
    ]
    assert all(not m.path.stat().st_mode & (stat.S_IXUSR | stat.S_ISUID | stat.S_IXOTH) for m in members)


def unicode_path(raw: bytes, name: str, crc: int | None = None) -> bytes:
    data = b"\x01" + struct.pack("<L", zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


@pytest.mark.parametrize(
    ("info", "name"),
    [
        (entry("职权目录.docx"), "职权目录.docx"),
        (unflagged("职权目录.docx".encode("gb18030")), "职权目录.docx"),
        (unflagged("职权目录.docx".encode()), "职权目录.docx"),  # macOS sets no flag
        (unflagged("联通.txt".encode("gb18030")), "联通.txt"),  # the classic pair that looks like UTF-8
        (unflagged("㐀㐁.txt".encode("gb18030")), "㐀㐁.txt"),  # four bytes each
        (unflagged("系统\\目录.docx".encode("gb18030")), "系统/目录.docx"),
        (unflagged(b"____.docx", unicode_path(b"____.docx", "职权目录.docx")), "职权目录.docx"),
        (unflagged(b"renamed.docx", unicode_path(b"renamed.docx", "旧名.docx", crc=1)), "renamed.docx"),
        (unflagged(b"a\xff\xff.docx"), b"a\xff\xff.docx".decode("cp437")),
    ],
)
def test_name_is_decoded_as_it_was_meant(tmp_path, info, name):
    assert [m.name for m in unpacked(tmp_path, zipped((info, CONTENT)))] == [name]


@pytest.mark.parametrize(
    "info",
    [
        "../escape.docx",
        "a/../../escape.docx",
        "..\\escape.docx",
        "/etc/passwd",
        "\\\\server\\share\\x",
        "C:\\Windows\\x.docx",
        "c:x.docx",
        entry("link.docx", mode=stat.S_IFLNK | 0o777),
        entry("device", mode=stat.S_IFCHR | 0o666),
    ],
    ids=str,
)
def test_entry_that_leaves_the_archive_is_refused_alone(tmp_path, info):
    bad, good = unpacked(tmp_path, zipped((info, b"/etc/passwd"), ("good.csv", CONTENT)))
    assert bad.path is None and isinstance(bad.problem, UnsafeArchive)
    assert ".." not in PurePosixPath(bad.name).parts and not bad.name.startswith("/")
    assert good.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("a\nb\tc.docx", "a_b_c.docx"),
        ("a\u202excod.exe", "a_xcod.exe"),
        ("CON", "_CON"),
        ("aux.docx", "_aux.docx"),
        ("console.docx", "console.docx"),
        ("folder. /x .docx", "folder/x .docx"),
        ('a<b>:"|?*.docx', "a_b______.docx"),
        ("./a//b.docx", "a/b.docx"),
        ("a/" * 100 + "b.docx", "a/" * 11 + "b.docx"),
    ],
)
def test_name_is_made_valid_everywhere(printed, name):
    assert safe_name(printed) == name


@given(st.text(max_size=300))
def test_safe_name_is_safe_for_any_text(printed):
    name = safe_name(printed)
    assert safe_name(name) == name
    for part in name.split("/"):
        assert 0 < len(part.encode()) <= 160 and part not in (".", "..")
        assert part == part.strip() and not part.endswith(".")
        assert not any(c in part for c in '<>:"|?*\\\n\r\0')


def test_long_name_keeps_its_suffix():
    name = safe_name("关于报送行政职权目录的函" * 20 + ".docx")
    assert name.startswith("关于报送") and name.endswith(".docx") and len(name.encode()) <= 160


def test_names_that_differ_in_case_alone_or_not_at_all_are_kept_apart(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("a.csv", b"1"), ("a.csv", b"2"), ("A.CSV", b"3"), ("b\n.csv", b"4"), ("b\t.csv", b"5"))
    members = unpacked(tmp_path, data)
    assert [m.name for m in members] == ["a.csv", "a (2).csv", "A (3).CSV", "b_.csv", "b_ (2).csv"]
    assert [m.path.read_bytes() for m in members] == [b"1", b"2", b"3", b"4", b"5"]


@given(
    st.lists(st.sampled_from(["a", "A", "a (2)", "a.b", "A.B", "a (2).b", "a/b", "A/b/c", "a_b", ".b"]), max_size=12)
)
def test_distinct_names_can_lie_in_one_folder(names):
    distinct = DistinctNames()
    given_out = [distinct.take(name).casefold() for name in names]
    assert len(set(given_out)) == len(names)
    assert not any(other.startswith(name + "/") for name in given_out for other in given_out)


@pytest.mark.parametrize(
    "name",
    ["__MACOSX/._a.docx", "x/.DS_Store", "._a.docx", "Thumbs.db", "x/DESKTOP.INI", "~$职权目录.docx", ".~lock.a.docx#"],
)
def test_system_files_are_left_out_and_said_so(tmp_path, name):
    left_out, kept = unpacked(tmp_path, zipped((name, b"x"), ("a.csv", CONTENT)))
    assert left_out.skipped and left_out.problem is None and left_out.path is None
    assert not kept.skipped


@pytest.mark.parametrize("name", ["职权目录.docx", "a~$b.docx", "DS_Store.docx", "x/MACOSX.docx", "thumbs.db.docx"])
def test_documents_are_no_system_files(name):
    assert not is_system_file(name)


def test_encrypted_damaged_and_oddly_packed_entries_cost_only_themselves(tmp_path):
    data = bytearray(zipped(*((name, CONTENT * 9) for name in ("locked", "torn", "odd", "good"))))
    directory = data.index(b"PK\x01\x02")
    for name, at, value in ((b"locked", 8, 0x801), (b"odd", 10, 98)):  # flags; compression method: PPMd
        struct.pack_into("<H", data, data.index(name, directory) - 46 + at, value)
    torn = data.index(b"torn") + 4
    data[torn : torn + 6] = b"\xff" * 6
    members = unpacked(tmp_path, bytes(data))
    assert [type(m.problem) for m in members] == [Encrypted, Damaged, OtherArchive, type(None)]
    assert members[3].path.read_bytes() == CONTENT * 9


def test_declared_sizes_are_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "MAX_ENTRY_MEGABYTES", 1)
    data = bytearray(zipped(("big.csv", bytes(3 << 20)), ("good.csv", CONTENT)))
    big = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, big + 24, 5)  # as if it unpacked to five bytes
    struct.pack_into("<L", data, data.index(b"PK\x01\x02", big + 4) + 24, (1 << 32) - 2)
    big_member, good = unpacked(tmp_path, bytes(data))
    assert isinstance(big_member.problem, Damaged | TooLarge)
    assert good.problem is None and good.path.read_bytes() == CONTENT


def test_bomb_is_stopped_by_its_ratio(tmp_path):
    zeros, good = unpacked(tmp_path, zipped(("zeros.csv", bytes(20 << 20)), ("good.csv", CONTENT)))
    assert isinstance(zeros.problem, UnsafeArchive) and zeros.problem.facts["limit"] == archive_module.MAX_RATIO
    assert good.problem is None


def test_bomb_is_stopped_by_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "MAX_ENTRY_MEGABYTES", 4)
    zeros, good = unpacked(tmp_path, zipped(("zeros.csv", bytes(5 << 20)), ("good.csv", CONTENT)))
    assert isinstance(zeros.problem, TooLarge) and good.problem is None


def test_bomb_in_parts_is_stopped_by_their_sum(tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "MAX_TOTAL_MEGABYTES", 5)
    parts = unpacked(tmp_path, zipped(*((f"{n}.csv", bytes(2 << 20)) for n in range(4))))
    assert [type(m.problem) for m in parts] == [type(None), type(None), UnsafeArchive, UnsafeArchive]


def test_archive_in_an_archive_is_unpacked_once(tmp_path):
    third = zipped(("deep.csv", CONTENT))
    second = zipped(("two.csv", CONTENT), ("third.zip", third), ("empty.zip", zipped()))
    members = unpacked(tmp_path, zipped(("附件/second.zip", second), ("one.csv", CONTENT), ("torn.zip", second[:60])))
    assert [(m.name, type(m.problem)) for m in members] == [
        ("附件/second/two.csv", type(None)),
        ("附件/second/third.zip", UnsafeArchive),
        ("附件/second/empty.zip", UnsafeArchive),
        ("one.csv", type(None)),
        ("torn.zip", Damaged),
    ]


def test_office_file_in_an_archive_is_a_file_and_no_archive(tmp_path):
    office = zipped(("[Content_Types].xml", b"wordprocessingml.document.main+xml"), ("word/document.xml", b""))
    (member,) = unpacked(tmp_path, zipped(("目录.zip", office)))
    assert member.name == "目录.zip" and member.path.read_bytes() == office


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped(), Empty),
        (zipped(("folder/", b"")), Empty),
        (zipped(("a.csv", CONTENT))[:-30], Damaged),
        (b"PK\x03\x04" + bytes(100), Damaged),
    ],
)
def test_archive_with_nothing_in_it_or_torn_is_refused(tmp_path, data, reason):
    with pytest.raises(reason):
        unpacked(tmp_path, data)


def test_directory_that_hides_entries_is_damaged(tmp_path):
    data = bytearray(zipped(("a.csv", CONTENT), ("b.csv", CONTENT)))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 32, 300)  # length of the first entry's comment
    with pytest.raises(Damaged, match="missing"):
        unpacked(tmp_path, bytes(data))


def test_comment_and_junk_after_the_directory_do_no_harm(tmp_path):
    data = zipped(("a.csv", CONTENT))
    commented = data[:-2] + struct.pack("<H", 6) + "说明".encode()
    for number, variant in enumerate((commented, data + b"junk")):
        (tmp_path / str(number)).mkdir()
        assert [m.name for m in unpacked(tmp_path / str(number), variant)] == ["a.csv"]


def test_archive_of_too_many_entries_is_refused(tmp_path, monkeypatch):
    data = zipped(*((f"{n}.csv", b"") for n in range(30)))
    monkeypatch.setattr(archive_module, "MAX_ENTRIES", 20)
    with pytest.raises(UnsafeArchive):
        unpacked(tmp_path, data)
    monkeypatch.setattr(zip_directory, "MAX_DIRECTORY_ENTRIES", 10)
    with pytest.raises(UnsafeArchive, match="directory"):
        unpacked(tmp_path, data)


@given(at=st.integers(0, 10_000), noise=st.binary(min_size=1, max_size=8))
def test_mangled_archive_ends_in_members_or_a_reason(tmp_path_factory, at, noise):
    data = zipped(("目录.csv", CONTENT * 5), ("x/b.csv", CONTENT), (unflagged("目录.csv".encode("gb18030")), CONTENT))
    at %= len(data)
    folder = tmp_path_factory.mktemp("mangled")
    path = folder / "a.zip"
    path.write_bytes(data[:at] + noise + data[at + len(noise) :])
    try:
        members = unpack(path, folder / "into")
    except (Damaged, Empty, UnsafeArchive):
        return
    assert all((m.path is None) == (m.problem is not None) or m.skipped for m in members)
    assert {p for p in folder.rglob("*") if p.is_file()} == {path, *(m.path for m in members if m.path)}
