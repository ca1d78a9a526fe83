from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

import flows.server
from flows.cli import app
from pipeline.campaigns.campaign import template
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, prepare, writing
from tests.pipeline.submissions import catalogue, risks
from tests.pipeline.submissions import run as take_in_here

UNIT, OTHER = "云溪县文化局", "云溪县水利局"
# Two powers under one code; one whose name a spreadsheet would compute.
POWERS = [("A1", "营业性演出审批", "行政许可"), ("A1", "对违规经营的处罚", "行政处罚"), ("A2", "=1+1", "其他行政权力")]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given") / "inbox"
    catalogue(folder / UNIT / "职权目录.xlsx", POWERS)
    risks(folder / OTHER / "风险点.xlsx", [("股长", "审批不公")])
    (folder / OTHER / "附件.docx").write_bytes(b"PK\x03\x04 cut off")
    return folder


@pytest.fixture(scope="module")
def workspace(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("held") / "data"
    take_in_here(inbox, folder)
    return folder


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def refused(home: Path) -> Iterator[str]:
        raise flows.server.NoServer("switched off")
        yield ""

    monkeypatch.setattr(flows.server, "prefect_api", refused)


def zhiquan(*words: object, **environment: str) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], env=environment)
    assert result.exit_code != 70, result.stderr
    return result


def asked(*words: object) -> Any:
    result = zhiquan(*words)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_run_without_server_loads_reports_and_says_what_is_in_quarantine(
    inbox: Path, tmp_path: Path, no_server: None
) -> None:
    place = Workspace(tmp_path / "data")
    first = zhiquan("run", inbox, "--workspace", place.root, "--as-of", "2026-03-01", "--json")
    assert first.exit_code == 3
    told = json.loads(first.stdout)
    assert "switched off" in first.stderr
    assert (told["运行"]["核查基准日"], told["运行"]["文件数"], told["运行"]["新增文件数"]) == ("2026-03-01", 3, 3)
    assert told["本次入库单位"] == [UNIT, OTHER]
    (bad,) = told["隔离文件"]
    assert (bad["单位"], bad["文件名"]) == (OTHER, "附件.docx") and bad["原因"] and bad["整改建议"]
    assert sorted(str(path.relative_to(place.reports)) for path in place.reports.rglob("*.*")) == sorted(
        ["总览.xlsx", *(f"{unit}/{name}" for unit in (UNIT, OTHER) for name in ("问题清单.xlsx", "整改通知书.docx"))]
    )
    again = zhiquan("run", inbox, "--workspace", place.root, "--as-of", "2026-03-01")
    assert (again.exit_code, again.stderr) == (3, "")  # nothing to do: no server was asked for
    assert load_vocabulary().label("cli.run.nothing_new") in again.stdout
    assert "\x1b" not in again.stdout


def test_findings_change_the_status_only_on_request(inbox: Path, workspace: Path, tmp_path: Path) -> None:
    clean = tmp_path / "inbox"
    (clean / UNIT).mkdir(parents=True)
    (clean / UNIT / "职权目录.xlsx").write_bytes((inbox / UNIT / "职权目录.xlsx").read_bytes())
    take_in_here(clean, tmp_path / "data")
    words = ("run", clean, "--workspace", tmp_path / "data", "--as-of", "2026-03-01", "--no-report")
    assert [zhiquan(*words, *more).exit_code for more in ((), ("--fail-on", "error"), ("--fail-on", "warning"))] == [
        0,
        1,
        1,
    ]


def test_one_writer_at_a_time_and_a_workspace_that_cannot_be(inbox: Path, workspace: Path, tmp_path: Path) -> None:
    with writing(prepare(workspace)):
        assert zhiquan("run", inbox, "--workspace", workspace).exit_code == 4
    (tmp_path / "a file").write_text("")
    assert zhiquan("run", inbox, "--workspace", tmp_path / "a file").exit_code == 5
    newer = prepare(tmp_path / "newer")
    newer.marker.write_text('{"layout": 99}')
    assert zhiquan("run", inbox, "--workspace", newer.root).exit_code == 5


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "run"),
        (("rum",), "run"),
        (("run",), "INBOX"),
        (("run", "nowhere"), "nowhere"),
        (("run", ".", "--jbos", "2"), "--jobs"),
        (("run", ".", "--jobs", "many"), "--jobs"),
        (("run", ".", "--as-of", "2026-02-30"), "2026-02-30"),
        (("run", ".", "--fail-on", "errors"), "error"),
        (("check", "nowhere.docx"), "nowhere.docx"),
        (("rules", "M1"), "M01"),
        (("findings", "--unit", "云溪文化局"), UNIT),
        (("findings", "--rule", "D1"), "D01"),
        (("report", "云溪县文化"), UNIT),
        (("sql", "SELECT 1", "--format", "xls"), "xlsx"),
        (("sql", "SELECT 1", "--out", "x"), "--out"),
        (("sql", "DROP TABLE x"), ""),
        (("sql", "SELECT * FROM read_csv('/etc/passwd')"), "read_csv"),
        (("sql", "SELECT * FROM '/etc/passwd'"), ""),
        (("sql", "COPY (SELECT 1) TO 'x.csv'"), ""),
    ],
)
def test_wrong_use_is_told_in_chinese_with_what_is_near(
    words: tuple[str, ...], told: str, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = zhiquan(*words, ZHIQUAN_WORKSPACE=str(workspace))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr and re.search("[一-龥]{2}", result.stderr)
    assert list(tmp_path.iterdir()) == []


def test_questions_to_a_workspace_without_warehouse(tmp_path: Path) -> None:
    for words in (("status",), ("findings",), ("report",), ("sql", "SELECT 1")):
        result = zhiquan(*words, "--workspace", tmp_path / "none")
        assert (result.exit_code, result.stdout) == (2, "") and "zhiquan run" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_status_and_findings_are_the_views(workspace: Path) -> None:
    status = asked("status", "--workspace", workspace, "--json")
    assert [(row["单位"], row["职权数"], row["隔离文件数"]) for row in status] == [(UNIT, 3, 0), (OTHER, 0, 1)]
    (run,) = asked("status", "--runs", "--workspace", workspace, "--json")
    assert run["状态"] == "已完成" and run["文件数"] == 3
    every = asked("findings", "--workspace", workspace, "--json")
    assert asked("sql", "SELECT count(*) AS n FROM 问题清单", "--workspace", workspace, "--json") == [{"n": len(every)}]
    some = asked("findings", "--unit", UNIT, "--rule", "d01", "--workspace", workspace, "--json")
    assert [row["规则"] for row in some] == ["D01", "D01"]
    shown = zhiquan("findings", "--unit", UNIT, "--workspace", workspace).stdout
    assert UNIT in shown and OTHER not in shown and some[0]["说明"] in shown


def test_a_query_in_each_format(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT 职权名称, -5 AS n, NULL AS x, DATE '2026-03-01' AS n FROM 职权目录 WHERE 职权名称 LIKE '=%'"
    monkeypatch.chdir(tmp_path)
    words = ("sql", query, "--workspace", workspace, "--format")
    assert asked(*words, "json") == [{"职权名称": "=1+1", "n": -5, "x": None, "n_2": "2026-03-01"}]
    assert zhiquan(*words, "table").stdout.splitlines()[1].split() == ["=1+1", "-5", "2026-03-01"]
    assert list(csv.reader(io.StringIO(zhiquan(*words, "csv").stdout)))[1] == ["'=1+1", "-5", "", "2026-03-01"]
    written = zhiquan(*words, "csv", "--out", "a.csv")
    assert written.stdout.strip() == "a.csv" and (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    names = [zhiquan(*words, "xlsx").stdout.strip() for _ in range(2)]
    assert len(set(names)) == 2  # the second does not overwrite the first
    sheet = openpyxl.load_workbook(tmp_path / names[0]).active
    assert sheet is not None
    name, number, missing, _ = sheet[2]
    assert (name.data_type, name.value, number.value, missing.value) == ("s", "=1+1", -5, None)


def test_reports_for_one_unit_or_all(workspace: Path, tmp_path: Path) -> None:
    (only,) = asked("report", UNIT, "--out", tmp_path, "--workspace", workspace, "--json")
    assert only["单位"] == UNIT and Path(only["文件"]).is_file() and [p.name for p in tmp_path.iterdir()] == [UNIT]
    assert Path(only["通知书"]).name == "整改通知书.docx" and Path(only["通知书"]).is_file()
    (tmp_path / UNIT / "审查意见函.docx").write_bytes(b"of an earlier run")
    assert len(asked("report", "--out", tmp_path, "--workspace", workspace, "--json")) == 2
    assert (tmp_path / "总览.xlsx").is_file() and not (tmp_path / UNIT / "审查意见函.docx").exists()


def test_the_catalogue_of_rules() -> None:
    assert [row["规则"] for row in asked("rules", "--json")] == list(load_vocabulary().rules)
    text = zhiquan("rules", "d01").stdout
    rule = load_vocabulary().rules["D01"]
    assert all(part in text for part in (rule.title, rule.basis, rule.bad_example, rule.good_example))


def test_init_writes_the_commented_campaign_once(tmp_path: Path, inbox: Path) -> None:
    place = Workspace(tmp_path / "data")
    assert zhiquan("init", "--workspace", place.root).exit_code == 0
    assert place.campaign.read_text("utf-8") == template()
    place.campaign.write_text(template().replace("rules_off = []", 'rules_off = ["D01"]'), "utf-8")
    assert zhiquan("init", "--workspace", place.root).exit_code == 0
    checked = zhiquan("check", inbox / UNIT, "--workspace", place.root, "--json")
    assert {row["规则"] for row in json.loads(checked.stdout)["问题清单"]}.isdisjoint({"D01"})
    place.campaign.write_text("batch = 1", "utf-8")
    assert zhiquan("check", inbox / UNIT, "--workspace", place.root).exit_code == 2


def test_doctor_names_what_is_there(tmp_path: Path) -> None:
    rows = asked("doctor", "--workspace", tmp_path / "new", "--json")
    assert all(row["正常"] for row in rows if row["必需"])
    assert all(row["处理办法"] for row in rows if not row["正常"])
    assert {"duckdb", "prefect", "Python"} <= {row["项目"] for row in rows}
    assert list(tmp_path.iterdir()) == []
    damaged = prepare(tmp_path / "old")
    damaged.marker.write_text("{")
    assert zhiquan("doctor", "--workspace", damaged.root).exit_code == 5


def test_check_finds_what_a_run_finds_and_writes_nothing(inbox: Path, workspace: Path, tmp_path: Path) -> None:
    both = zhiquan(
        "check", inbox / UNIT, inbox / OTHER, "--as-of", "2026-03-01", "--json", "--workspace", tmp_path / "w"
    )
    assert both.exit_code == 3
    told = json.loads(both.stdout)
    stored = asked("findings", "--workspace", workspace, "--json")
    assert {row["问题键"] for row in told["问题清单"]} == {row["问题键"] for row in stored}
    assert {row["文件名"]: row["入库记录数"] for row in told["来源文件"]} == {
        "职权目录.xlsx": 3,
        "风险点.xlsx": 1,
        "附件.docx": 0,
    }
    assert list(tmp_path.iterdir()) == []
    shown = zhiquan("check", inbox / UNIT / "职权目录.xlsx")
    assert shown.exit_code == 0 and "D01" in shown.stdout


def test_check_writes_the_list_that_goes_back_to_a_unit(inbox: Path, tmp_path: Path) -> None:
    target = tmp_path / "问题清单.xlsx"
    written = zhiquan("check", inbox / UNIT, "--out", target, "--as-of", "2026-03-01", "--json")
    told = {row["问题键"] for row in json.loads(written.stdout)["问题清单"]}
    page = load_workbook(target)["整改清单"]
    assert {row[-1].value for row in page.iter_rows(min_row=2)} == told
    assert zhiquan("check", inbox / UNIT, inbox / OTHER, "--out", target).exit_code == 3
    assert {path.stem for path in tmp_path.iterdir()} == {f"问题清单{end}" for end in ("", f"-{UNIT}", f"-{OTHER}")}
    assert zhiquan("check", inbox / UNIT, "--out", tmp_path / "问题清单.docx").exit_code == 2
    assert zhiquan("check", inbox / UNIT, "--out", tmp_path / "没有的文件夹" / "清单.xlsx").exit_code == 5


def test_extract_gives_every_cell_with_its_place(inbox: Path) -> None:
    document = asked("extract", inbox / UNIT / "职权目录.xlsx", "--json")
    (table,) = document["blocks"]
    cells = {cell["place"]: cell["text"] for cell in table["cells"]}
    assert document["format"] == "xlsx" and "营业性演出审批" in cells.values()
    assert all(re.fullmatch(r"Sheet1![A-Z]+\d+|.+![A-Z]+\d+", place) for place in cells)
    assert zhiquan("extract", inbox / OTHER / "附件.docx").exit_code == 3
    assert zhiquan("extract", inbox).exit_code == 2


def test_help_is_chinese_and_names_every_option() -> None:
    for command in (
        "run",
        "serve",
        "check",
        "status",
        "findings",
        "report",
        "sql",
        "extract",
        "rules",
        "init",
        "doctor",
    ):
        page = zhiquan(command, "--help").stdout
        assert f"zhiquan {command}" in page or f" {command} " in page
        assert not re.search(r"Usage|Options|Arguments|Show this|\[default|\[required", page)
    assert "--fail-on error|warning" in zhiquan("run", "--help").stdout


def test_what_a_check_must_not_load(inbox: Path, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom flows.cli import app\n"
        "if __name__ == '__main__':\n"
        "    try:\n        app(sys.argv[1:])\n"
        "    finally:\n        print(sorted({'prefect', 'duckdb', 'spacy'} & set(sys.modules)), file=sys.stderr)\n"
    )
    (tmp_path / "watched.py").write_text(script)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "watched.py"), "check", str(inbox / UNIT), "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    )
    assert ran.stderr.strip() == "[]" and json.loads(ran.stdout)


@pytest.fixture
def own(inbox: Path, tmp_path: Path) -> Path:
    """A workspace of one's own, to decide in."""
    take_in_here(inbox, tmp_path / "data")
    return tmp_path / "data"


def test_decisions_one_by_one(own: Path) -> None:
    at = ("--workspace", own, "--reviewer", "李某")
    findings = asked("findings", "--unit", UNIT, "--rule", "D01", "--workspace", own, "--json")
    keys = [row["问题键"] for row in findings]
    assert len(keys) == 2
    refused = zhiquan("decide", *keys, "nonsense", "--decision", "豁免", *at)
    assert refused.exit_code == 2
    assert "nonsense" in refused.stderr and "--comment" in refused.stderr
    told = asked("decide", *keys, "--decision", "豁免", "--comment", "待统一", *at, "--json")
    assert [(row["决定"], row["审核人"]) for row in told["登记"]] == [("已豁免", "李某")] * 2
    assert (told["未登记"], told["已发布"]) == ([], True)
    assert asked("findings", "--unit", UNIT, "--rule", "D01", "--workspace", own, "--json") == []
    with writing(prepare(own)):
        later = zhiquan("decide", UNIT, "--decision", "退回补正", *at)
    assert later.exit_code == 4
    assert load_vocabulary().label("cli.decide.later") in later.stderr
    assert zhiquan("decide", UNIT, "--decision", "退回补正", "--workspace", own).exit_code == 2, "no reviewer"
    assert zhiquan("decide", "--reviewer", "李某", "--workspace", own).exit_code == 2
    ((key,),) = [
        row.values() for row in asked("sql", "SELECT min(职权键) k FROM 职权目录", "--workspace", own, "--json")
    ]
    assert zhiquan("decide", key, "--decision", "确认", *at).exit_code == 0
    said = asked("sql", "SELECT 决定 FROM 审核记录 ORDER BY 记录号", "--workspace", own, "--json")
    assert [row["决定"] for row in said] == ["已豁免", "已豁免", "退回补正", "确认"]


def test_the_workbook_is_read_in(own: Path) -> None:
    assert zhiquan("report", UNIT, "--workspace", own).exit_code == 0
    path = own / "reports" / UNIT / "问题清单.xlsx"
    at = ("--workspace", own, "--reviewer", "李某")
    assert zhiquan("decide", "--from", path, *at).stdout.strip() == load_vocabulary().label("cli.decide.nothing")
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    column = next(cell.column for cell in page[1] if cell.value == "审核意见")
    page.cell(2, column, "予以豁免：待统一")
    page.cell(3, column, "再说吧")
    book.save(path)
    done = zhiquan("decide", "--from", path, *at)
    assert done.exit_code == 2
    assert "第3行" in done.stderr and "再说吧" in done.stderr
    assert load_vocabulary().label("cli.decide.kept").format(decisions=1, answers=0) in done.stdout
    for text, name in (("", "空.xlsx"), ("PK", "坏.xlsx")):
        (own / name).write_text(text)
        assert zhiquan("decide", "--from", own / name, *at).exit_code == 2
    assert zhiquan("decide", "--from", own / "nowhere.xlsx", *at).exit_code == 2


def test_a_question_as_of_a_moment_and_a_rebuild(own: Path) -> None:
    count = ("sql", "SELECT count(*) AS n FROM 职权目录", "--workspace", own, "--json")
    assert asked(*count) == [{"n": 3}]
    assert asked(*count, "--as-of-load", "2020-01-01") == [{"n": 0}]
    assert asked(*count, "--as-of-load", "2999-01-01 08:30") == [{"n": 3}]
    assert zhiquan(*count, "--as-of-load", "gestern").exit_code == 2
    assert zhiquan("rebuild", "--workspace", own).exit_code == 0
    assert asked(*count) == [{"n": 3}]
