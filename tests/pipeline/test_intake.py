from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import pipeline.intake.run
from extractors.content_hash import sha256_of
from extractors.errors import TimedOut
from pipeline.intake.rebuild import rebuild
from pipeline.intake.run import ProgressEvent
from pipeline.intake.taking_in import take_in
from pipeline.law.importing import import_files
from pipeline.law.own_library import OwnLibrary
from pipeline.law.workspace_library import library_of
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceBusy, WorkspaceUnusable, prepare, writing
from tests.pipeline.submissions import AS_OF, Here, catalogue, everything, risks, rows, run

UNIT = "云溪县文化局"
FIRST = [("A1", "营业性演出审批", "行政许可"), ("A2", "对违规经营的处罚", "行政处罚")]
NAMES = "SELECT 职权名称 FROM 职权目录 ORDER BY ALL"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    catalogue(tmp_path / "inbox" / UNIT / "职权目录.xlsx", FIRST)
    risks(tmp_path / "inbox" / UNIT / "风险点.xlsx", [("股长", "审批不公")])
    return tmp_path / "inbox"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "data"


def state_of(workspace: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(workspace)): (path.stat().st_mtime_ns, sha256_of(path))
        for path in workspace.rglob("*")
        if path.is_file() and path.name != "writer.lock"
    }


def versions(workspace: Path) -> list[tuple[Any, ...]]:
    return rows(workspace, "SELECT unit, version FROM base.submissions ORDER BY ALL")


def test_the_first_run_loads_and_the_second_writes_nothing(inbox: Path, workspace: Path) -> None:
    first = run(inbox, workspace)
    assert (first.units, first.new, first.records, first.exit_status, first.worked) == (1, 2, 3, 0, True)
    before, workers = state_of(workspace), Here()
    second = run(inbox, workspace, workers=workers)
    assert (second.unchanged, second.records, second.errors, second.worked) == (2, 3, first.errors, False)
    assert workers.read == []
    assert state_of(workspace) == before


STATUTE = """云溪县文化市场条例
（2018年8月29日云溪县人民代表大会常务委员会第十次会议通过）
第一条　为了文化市场，制定本条例。
第二条　本条例自2018年12月1日起施行。"""


def test_an_imported_statute_makes_the_units_be_checked_again(tmp_path: Path, workspace: Path) -> None:
    basis = "《行政许可法》第十二条；《云溪县文化市场条例》第二条、第三条"
    catalogue(tmp_path / "inbox" / UNIT / "职权目录.xlsx", FIRST[:1], basis=basis)
    run(tmp_path / "inbox", workspace)
    columns = "substr(行使依据, 起 + 1, 止 - 起) = 引文, 引文序, 法规名称, 条, 核验结论, 核验日期"
    asked = f"SELECT {columns} FROM 法律依据 JOIN 职权目录 USING (职权键) ORDER BY 引文序"
    before = [row[3:5] for row in rows(workspace, asked)]
    assert before == [(12, "有效"), (2, "未收录"), (3, "未收录")]

    (tmp_path / "条例.txt").write_text(STATUTE, encoding="utf-8")
    place = Workspace(workspace)
    (report,) = import_files([tmp_path / "条例.txt"], OwnLibrary(place.statutes), library_of(place))
    assert report.taken
    workers = Here()
    assert run(tmp_path / "inbox", workspace, workers=workers).worked
    assert workers.read == [], "no file is read again"
    assert rows(workspace, asked) == [
        (True, 1, "行政许可法", 12, "有效", AS_OF),
        (True, 2, "云溪县文化市场条例", 2, "有效", AS_OF),
        (True, 3, "云溪县文化市场条例", 3, "条文不存在", AS_OF),
    ]
    held = everything(workspace)
    assert not run(tmp_path / "inbox", workspace).worked
    rebuild(workspace, sandbox=lambda jobs: Here())
    assert everything(workspace)["法律依据"] == held["法律依据"]


def test_another_libreoffice_reads_its_files_again_and_no_others(
    inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "<html><meta charset=utf-8><table><tr><td>职权名称<td>职权类别<tr><td>取水许可<td>行政许可</table></html>"
    (inbox / UNIT / "补充目录.doc").write_text(page, encoding="utf-8")
    monkeypatch.setattr("pipeline.intake.conversions.office_stamp", lambda: "24.2")
    run(inbox, workspace)
    still = Here()
    assert not run(inbox, workspace, workers=still).worked and still.read == []
    monkeypatch.setattr("pipeline.intake.conversions.office_stamp", lambda: "24.8")
    workers = Here()
    assert run(inbox, workspace, workers=workers).worked
    assert [Path(name).name for name in workers.read] == ["补充目录.doc"]
    assert not run(inbox, workspace).worked


IDLE = """
import datetime, sys
from pathlib import Path
from pipeline.intake.taking_in import take_in
summary = take_in(Path(sys.argv[1]), Path(sys.argv[2]), as_of=datetime.date(2026, 3, 1))
print(summary.worked, sorted({"duckdb", "pyarrow", "jieba", "spacy", "pdfplumber", "pebble"} & set(sys.modules)))
"""


def test_to_learn_that_nothing_changed_no_reader_and_no_database_is_loaded(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    root = str(Path(__file__).parents[2])
    idle = subprocess.run(
        [sys.executable, "-c", IDLE, str(inbox), str(workspace)],
        env={**os.environ, "PYTHONPATH": root}, cwd=root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert idle.stdout == "False []\n"


def test_every_original_is_kept_by_its_content(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    for path in (inbox / UNIT).iterdir():
        sha256 = sha256_of(path)
        assert sha256_of(workspace / "originals" / sha256[:2] / sha256) == sha256
    assert {key for (key,) in rows(workspace, "SELECT 文件键 FROM 来源文件")} == {
        sha256_of(path) for path in (inbox / UNIT).iterdir()
    }


def test_other_words_read_again_another_day_only_checks_again(
    inbox: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(inbox, workspace)
    before = everything(workspace)
    workers = Here()
    assert run(inbox, workspace, dt.date(2027, 1, 1), workers=workers).worked
    assert workers.read == []
    assert rows(workspace, "SELECT 核查基准日, 版本 FROM 报送情况") == [(dt.date(2027, 1, 1), 1)]

    words = dataclasses.replace(load_vocabulary(), digest="other words")
    monkeypatch.setattr(pipeline.intake.run, "load_vocabulary", lambda: words)
    run(inbox, workspace, workers=workers)
    assert sorted(workers.read) == ["职权目录.xlsx", "风险点.xlsx"]
    assert everything(workspace) == before
    assert versions(workspace) == [(UNIT, 1)]


def test_another_campaign_checks_again_without_reading(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    text = (resources.files("vocab") / "campaigns" / "default.toml").read_text("utf-8")
    lines = ['batch = "秋季批次"' if line.startswith("batch ") else line for line in text.splitlines()]
    (workspace / "campaign.toml").write_text("\n".join(lines), "utf-8")
    workers = Here()
    assert run(inbox, workspace, workers=workers).worked
    assert workers.read == []
    assert rows(workspace, "SELECT 报送批次, 版本 FROM 报送情况") == [("秋季批次", 1)]


def test_a_full_catalogue_replaces_the_catalogue_and_nothing_else(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    shutil.rmtree(inbox / UNIT)
    catalogue(inbox / UNIT / "新职权目录.xlsx", [("A1", "营业性演出审批", "行政许可")])
    summary = run(inbox, workspace)
    assert (summary.new, summary.records) == (1, 2)
    assert rows(workspace, "SELECT 职权名称, 版本 FROM 职权目录") == [("营业性演出审批", 2)]
    assert rows(workspace, "SELECT 风险点, 版本 FROM 风险点") == [("审批不公", 1)]
    assert rows(workspace, "SELECT name, version FROM base.powers ORDER BY ALL") == [
        ("对违规经营的处罚", 1),
        ("营业性演出审批", 1),
        ("营业性演出审批", 2),
    ]


def test_a_supplement_adds_and_replaces_what_it_names_again(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    shutil.rmtree(inbox / UNIT)
    more = [("A2", "对违规经营行为的处罚", "行政处罚"), ("A3", "文物认定", "行政确认")]
    catalogue(inbox / UNIT / "补充.xlsx", more)
    (inbox / UNIT / "报送说明.toml").write_text('范围 = "补充"\n', "utf-8")
    run(inbox, workspace)
    expected = [("对违规经营行为的处罚",), ("文物认定",), ("营业性演出审批",)]
    assert rows(workspace, NAMES) == expected
    assert rows(workspace, "SELECT count(*) FROM 问题清单 WHERE 规则 = 'D01'") == [(0,)]
    assert not run(inbox, workspace).worked
    assert rows(workspace, NAMES) == expected
    assert versions(workspace) == [(UNIT, 1), (UNIT, 2)]


def test_absence_says_nothing(inbox: Path, workspace: Path) -> None:
    catalogue(inbox / "云溪县交通局" / "职权目录.docx", [("B1", "道路运输许可", "行政许可")])
    run(inbox, workspace)
    shutil.rmtree(inbox / "云溪县交通局")
    (inbox / UNIT / "风险点.xlsx").unlink()
    run(inbox, workspace)
    assert rows(workspace, "SELECT 单位 FROM 报送情况 ORDER BY ALL") == [("云溪县交通局",), (UNIT,)]
    assert rows(workspace, "SELECT 风险点 FROM 风险点") == [("审批不公",)]
    assert versions(workspace) == [("云溪县交通局", 1), (UNIT, 1)]


def test_the_same_bytes_under_another_name_are_no_new_version(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    (inbox / UNIT / "职权目录.xlsx").rename(inbox / UNIT / "定稿.xlsx")
    run(inbox, workspace)
    assert versions(workspace) == [(UNIT, 1)]
    assert rows(workspace, "SELECT DISTINCT 来源文件 FROM 职权目录") == [("定稿.xlsx",)]


def test_the_same_bytes_twice_count_once(inbox: Path, workspace: Path) -> None:
    shutil.copy(inbox / UNIT / "职权目录.xlsx", inbox / UNIT / "职权目录(1).xlsx")
    run(inbox, workspace)
    assert rows(workspace, NAMES) == [("对违规经营的处罚",), ("营业性演出审批",)]
    ((state, reason),) = rows(workspace, "SELECT 状态, 原因 FROM 来源文件 WHERE 入库记录数 = 0")
    assert state == "无登记内容"
    assert "职权目录" in reason


def test_an_archive_is_as_good_as_a_folder(inbox: Path, workspace: Path, tmp_path: Path) -> None:
    run(inbox, workspace)
    packed = tmp_path / "packed"
    packed.mkdir()
    with zipfile.ZipFile(packed / f"{UNIT}.zip", "w") as archive:
        for path in (inbox / UNIT).iterdir():
            archive.write(path, f"{UNIT}/{path.name}")
    run(packed, tmp_path / "other")
    assert everything(tmp_path / "other") == everything(workspace)
    workers = Here()
    assert not run(packed, tmp_path / "other", workers=workers).worked
    assert workers.read == []


def test_an_archive_in_a_folder_is_unpacked_in_place(inbox: Path, workspace: Path) -> None:
    path = inbox / UNIT / "职权目录.xlsx"
    with zipfile.ZipFile(inbox / UNIT / "目录.zip", "w") as archive:
        archive.write(path, "表/职权目录.xlsx")
        archive.writestr("坏.docx", b"PK\x03\x04 no")
    path.unlink()
    assert run(inbox, workspace).exit_status == 3
    assert rows(workspace, "SELECT DISTINCT 来源文件 FROM 职权目录") == [("目录.zip/表/职权目录.xlsx",)]
    assert rows(workspace, "SELECT 文件名 FROM 来源文件 WHERE 状态 = '隔离'") == [("目录.zip/坏.docx",)]


def test_a_loose_file_belongs_to_the_unit_it_names_or_to_none(inbox: Path, workspace: Path) -> None:
    catalogue(inbox / "散件.xlsx", [("C1", "护林许可", "行政许可")], title="云溪县林业局行政职权目录")
    catalogue(inbox / "谁的.xlsx", [("C2", "采砂许可", "行政许可")])
    summary = run(inbox, workspace)
    assert (summary.units, summary.quarantined, summary.exit_status) == (2, 1, 3)
    assert rows(workspace, "SELECT 单位 FROM 职权目录 WHERE 职权名称 = '护林许可'") == [("云溪县林业局",)]
    ((unit, state, reason),) = rows(workspace, "SELECT 单位, 状态, 原因 FROM 来源文件 WHERE 文件名 = '谁的.xlsx'")
    assert (unit, state) == (None, "隔离")
    assert reason == load_vocabulary().reasons["no_unit"].reason

    (inbox / "云溪县水利局").mkdir()
    (inbox / "谁的.xlsx").rename(inbox / "云溪县水利局" / "谁的.xlsx")
    assert run(inbox, workspace).exit_status == 0
    assert rows(workspace, "SELECT 单位 FROM 来源文件 WHERE 文件名 = '谁的.xlsx'") == [("云溪县水利局",)]
    assert rows(workspace, "SELECT count(*) FROM 问题清单 WHERE 单位 IS NULL AND 状态 = '待整改'") == [(0,)]


def test_a_classified_file_is_not_copied(inbox: Path, workspace: Path) -> None:
    path = inbox / UNIT / "密件.docx"
    catalogue(path, FIRST, title="机密★3年")
    sha256 = sha256_of(path)
    assert run(inbox, workspace).exit_status == 3
    assert rows(workspace, f"SELECT 状态, 入库记录数 FROM 来源文件 WHERE 文件键 = '{sha256}'") == [("隔离", 0)]
    assert not (workspace / "originals" / sha256[:2] / sha256).exists()
    assert not run(inbox, workspace).worked


def test_a_cover_sheet_speaks_for_the_submission(inbox: Path, workspace: Path) -> None:
    cover = inbox / UNIT / "报送说明.toml"
    cover.write_text('批次 = "春季"\n报送日期 = 2026-02-03\n联系人 = "办公室"\n', "utf-8")
    run(inbox, workspace)
    assert rows(workspace, "SELECT 报送批次, 报送日期, 联系人 FROM 报送情况") == [
        ("春季", dt.date(2026, 2, 3), "办公室")
    ]
    cover.write_bytes(b"\x00 = [")
    assert run(inbox, workspace).exit_status == 0
    assert rows(workspace, "SELECT count(*) FROM 问题清单 WHERE 来源文件 = '报送说明.toml' AND 状态 = '待整改'") == [
        (1,)
    ]


def test_a_finding_that_is_mended_stays_as_closed_and_keeps_its_first_sight(inbox: Path, workspace: Path) -> None:
    path = inbox / UNIT / "职权目录.xlsx"
    catalogue(path, [("A1", "营业性演出审批", "行政许可"), ("A2", "对违规经营的处罚", "")])
    run(inbox, workspace)
    sql = "SELECT 问题键, 状态, 首次发现 FROM 问题清单 WHERE 规则 = 'M02'"
    ((key, state, seen),) = rows(workspace, sql)
    assert state == "待整改"
    catalogue(path, FIRST)
    run(inbox, workspace)
    assert rows(workspace, sql) == [(key, "已整改", seen)]


class Slow(Here):
    """A sandbox in which one file takes too long."""

    def submit(self, function: Any, *args: Any) -> Future[Any]:
        if args[1] != "职权目录.xlsx":
            return super().submit(function, *args)
        future: Future[Any] = Future()
        future.set_exception(TimedOut(seconds=1))
        return future


def test_what_only_the_moment_was_to_blame_for_is_tried_again(inbox: Path, workspace: Path) -> None:
    assert run(inbox, workspace, workers=Slow()).exit_status == 3
    assert rows(workspace, NAMES) == []
    before = state_of(workspace)["warehouse.duckdb"]
    assert not run(inbox, workspace, workers=Slow()).worked
    assert state_of(workspace)["warehouse.duckdb"] == before
    assert run(inbox, workspace).exit_status == 0
    assert len(rows(workspace, NAMES)) == 2


def test_reviewers_keep_what_they_have_open(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(workspace / "warehouse.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout is not None
    assert reader.stdout.readline() == "2\n"
    catalogue(inbox / UNIT / "职权目录.xlsx", FIRST[:1])
    run(inbox, workspace)
    answer, _ = reader.communicate("again\n", timeout=60)
    assert answer == "2\n"
    assert len(rows(workspace, NAMES)) == 1


READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(connection.execute('SELECT count(*) FROM base.powers').fetchone()[0], flush=True)
    sys.stdin.readline()
"""


def test_the_last_snapshots_are_kept(inbox: Path, workspace: Path) -> None:
    for day in range(1, 6):
        run(inbox, workspace, dt.date(2026, 3, day))
    snapshots = sorted((workspace / "snapshots").iterdir())
    assert len(snapshots) == 3
    assert sha256_of(snapshots[-1]) == sha256_of(workspace / "warehouse.duckdb")


KILLED = """
import os, signal, sys, datetime
from pathlib import Path
import pipeline.intake.taking_in, pipeline.warehouse.publish, pipeline.warehouse.master
from pipeline.intake.ledger import Ledger
from tests.pipeline.submissions import run

def die(*args, **values):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[3]
if moment == "while reading":
    Ledger.keep_archive = die
elif moment == "inside the transaction":
    pipeline.warehouse.master.Warehouse._put_findings = die
elif moment == "between warehouse and ledger":
    Ledger.keep_unit = die
elif moment == "before the copy is in place":
    pipeline.warehouse.publish.move_into_place = die
elif moment == "after publishing":
    Ledger.end_run = die
run(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize(
    "moment",
    [
        "while reading",
        "inside the transaction",
        "between warehouse and ledger",
        "before the copy is in place",
        "after publishing",
    ],
)
def test_killed_at_any_moment_the_next_run_ends_where_an_undisturbed_one_would(
    tmp_path: Path, inbox: Path, workspace: Path, moment: str
) -> None:
    run(inbox, workspace)
    undisturbed = tmp_path / "undisturbed"
    run(inbox, undisturbed)
    catalogue(inbox / UNIT / "职权目录.xlsx", [("A9", "非遗认定", "行政确认")])
    catalogue(tmp_path / "职权目录.xlsx", [("B1", "道路运输许可", "行政许可")])
    with zipfile.ZipFile(inbox / "云溪县交通局.zip", "w") as archive:
        archive.write(tmp_path / "职权目录.xlsx", "职权目录.xlsx")
    before = everything(workspace)
    root = str(Path(__file__).parents[2])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(inbox), str(workspace), moment],
        env={**os.environ, "PYTHONPATH": root}, cwd=root, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    if moment != "after publishing":
        assert everything(workspace) == before
    run(inbox, workspace)
    run(inbox, undisturbed)
    assert everything(workspace) == everything(undisturbed)
    assert not run(inbox, workspace).worked
    scratch = Workspace(workspace).scratch
    assert not scratch.exists() or list(scratch.iterdir()) == []
    assert rows(workspace, "SELECT count(*) FROM base.runs WHERE state = 'running'") == [(0,)]


def test_rebuilt_from_the_originals_it_is_the_same(inbox: Path, workspace: Path) -> None:
    catalogue(inbox / "谁的.xlsx", FIRST)
    run(inbox, workspace)
    catalogue(inbox / UNIT / "职权目录.xlsx", [("A9", "非遗认定", "行政确认")])
    shutil.copy(inbox / UNIT / "风险点.xlsx", inbox / UNIT / "又一份.xlsx")
    run(inbox, workspace)
    before = everything(workspace)
    shutil.rmtree(inbox)
    (workspace / "state" / "master.duckdb").unlink()
    assert rebuild(workspace, jobs=1, sandbox=lambda jobs: Here()) == 3
    assert everything(workspace) == before


def test_a_lost_database_is_never_silently_begun_anew(inbox: Path, workspace: Path) -> None:
    run(inbox, workspace)
    (workspace / "state" / "master.duckdb").unlink()
    with pytest.raises(WorkspaceUnusable, match="rebuild"):
        run(inbox, workspace)


FULL = """
import resource, signal, sys
from pathlib import Path
from pipeline.workspace import WorkspaceUnusable
from tests.pipeline.submissions import run

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    run(Path(sys.argv[1]), Path(sys.argv[2]))
except WorkspaceUnusable:
    sys.exit(5)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits on the size of files are POSIX")
@pytest.mark.parametrize("limit", [0, 1 << 12, 1 << 14, 1 << 16, 1 << 18])
def test_a_full_disk_is_said_and_the_published_copy_stays(inbox: Path, workspace: Path, limit: int) -> None:
    run(inbox, workspace)
    before = everything(workspace)
    catalogue(inbox / UNIT / "职权目录.xlsx", [(f"A{n}", f"非遗认定{n}", "行政确认") for n in range(300)])
    root = str(Path(__file__).parents[2])
    full = subprocess.run(
        [sys.executable, "-c", FULL, str(inbox), str(workspace), str(limit)],
        env={**os.environ, "PYTHONPATH": root}, cwd=root, check=False,
    )  # fmt: skip
    assert full.returncode == 5
    assert everything(workspace) == before
    run(inbox, workspace)
    assert len(rows(workspace, NAMES)) == 300


def test_a_second_writer_is_refused(inbox: Path, workspace: Path) -> None:
    with writing(prepare(workspace)), pytest.raises(WorkspaceBusy):
        run(inbox, workspace)


@pytest.mark.parametrize("text", ["{", "{}", '{"layout": 2}'])
def test_a_damaged_or_newer_workspace_is_refused(inbox: Path, workspace: Path, text: str) -> None:
    prepare(workspace).marker.write_text(text, "utf-8")
    with pytest.raises(WorkspaceUnusable):
        run(inbox, workspace)


@pytest.mark.parametrize("name", ["master.duckdb", "ledger.sqlite"])
def test_a_damaged_database_is_refused(inbox: Path, workspace: Path, name: str) -> None:
    run(inbox, workspace)
    catalogue(inbox / UNIT / "职权目录.xlsx", FIRST[:1])
    (workspace / "state" / name).write_bytes(b"not a database" * 1000)
    with pytest.raises(WorkspaceUnusable, match=name):
        run(inbox, workspace)


def test_a_workspace_that_is_a_file_is_refused(inbox: Path, workspace: Path) -> None:
    workspace.write_bytes(b"")
    with pytest.raises(WorkspaceUnusable):
        run(inbox, workspace)


def test_real_workers_give_the_same(inbox: Path, workspace: Path, tmp_path: Path) -> None:
    run(inbox, workspace)
    events: list[ProgressEvent] = []
    reported: list[object] = []

    def report(place: Workspace, units: tuple[str, ...]) -> None:
        reported.append((units, place.published.exists()))

    for _ in range(2):
        take_in(inbox, tmp_path / "other", as_of=AS_OF, jobs=1, progress=events.append, report=report)
    assert reported == [((UNIT,), True)]
    assert everything(tmp_path / "other") == everything(workspace)
    assert [(event.stage, event.done) for event in events] == [
        ("reading", 1), ("reading", 2), ("loading", 1), ("publishing", 0), ("publishing", 1),
    ]  # fmt: skip
