from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from extractors.document import Box, Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.campaigns.deadlines import Deadline, Deadlines
from pipeline.finding import Finding, RuleRun, Severity, Subject
from pipeline.law.verified import CitationRow
from pipeline.record import (
    Field,
    FileReading,
    FileState,
    OtherField,
    Reading,
    Record,
    Register,
    Source,
    TableReading,
)
from pipeline.submission import Result
from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.master import Run, Warehouse, migrations, open_master
from pipeline.warehouse.staging import FAMILY_TABLES, HandIn
from pipeline.workspace import WorkspaceUnusable

WORDS = load_vocabulary()
CAMPAIGN = dataclasses.replace(
    load_campaign(), batch="春季", deadlines=Deadlines(submission=Deadline(dt.date(2026, 2, 20)))
)
NOW = dt.datetime(2026, 3, 1, 9, 30)
LATER = dt.datetime(2026, 4, 1, 9, 30)
POWERS = frozenset({"power"})

CONTRACT = {
    "职权目录": "职权键 单位 报送批次 版本:INTEGER 序号 权力编码 职权名称 子项名称 职权类别 类别原文 行使依据 实施主体 "
    "承办机构 责任岗位 负责人 主管领导 行使层级 行政相对人 办理条件 办理程序 法定时限 法定时限_工作日:DOUBLE 承诺时限 "
    "承诺时限_工作日:DOUBLE 收费标准 收费依据 公开形式 公开范围 公开时间 责任事项 追责情形 服务承诺 工作纪律 监督电话 "
    "备注 是否公开:BOOLEAN 不公开理由 审核结论 其他栏目:JSON 来源文件 来源位置 置信度:DOUBLE",
    "风险点": "风险键 单位 报送批次 版本:INTEGER 登记层级 序号 部门 岗位 姓名 职务 对应职权 职权键 风险点 风险类别 "
    "类别原文 表现形式 风险等级:INTEGER 等级原文 预警颜色 发生几率 危害程度 防控措施 责任人 责任领导 完成时限 备注 "
    "其他栏目:JSON 来源文件 来源位置 置信度:DOUBLE",
    "法律依据": "职权键 单位 职权名称 引文序:INTEGER 引文 起:INTEGER 止:INTEGER 法规名称 规范名称 法规编号 效力层级 "
    "条:INTEGER 条之:INTEGER 款:INTEGER 项:INTEGER 目:INTEGER 文号 核验结论 核验日期:DATE 核验版本 建议",
    "问题清单": "问题键 规则 严重程度 单位 报送批次 对象类型 对象键 对象名称 字段 来源文件 来源位置 原文 说明 整改建议 "
    "规则依据 状态 首次发现:TIMESTAMP 最近发现:TIMESTAMP 审核意见 审核人 起:INTEGER 止:INTEGER",
    "规则执行情况": "单位 报送批次 规则 对象数:INTEGER 命中数:INTEGER 未执行原因",
    "报送情况": "单位 报送批次 版本:INTEGER 报送时间:TIMESTAMP 文件数:BIGINT 隔离文件数:BIGINT 职权数:BIGINT "
    "风险点数:BIGINT 错误数:BIGINT 警告数:BIGINT 提示数:BIGINT 状态 期限:DATE 逾期天数:BIGINT",
    "来源文件": "文件键 单位 报送批次 文件名 格式 页数:INTEGER 字节数:BIGINT 状态 原因 表格数:INTEGER "
    "数据行数:INTEGER 入库记录数:INTEGER 单元格数:INTEGER 已用单元格数:INTEGER 提取耗时秒:DOUBLE",
    "字段来源": "对象键 字段 原文 规范值 来源文件 来源位置 表号:INTEGER 行号:INTEGER 列号:INTEGER 读法 置信度:DOUBLE",
    "变更记录": "单位 对象类型 对象键 对象名称 变更 字段 原值 新值 前版本:INTEGER 后版本:INTEGER 相似度:DOUBLE 确认",
    "职权统计": "单位 职权类别",
    "风险等级目录": "单位 风险等级:INTEGER 预警颜色 风险点 责任人",
    "岗位职权": "单位 岗位 职权名称",
    "审核记录": "审核时间:TIMESTAMP 审核人 单位 对象类型 对象键 决定 意见 效力",
    "单位": "单位 别名 上级 是否应报:BOOLEAN",
    "工作日历": "日期:DATE 是否工作日:BOOLEAN 放假安排已知:BOOLEAN",
    "进度": "日期:DATE 应报单位数:BIGINT 已报送单位数:BIGINT 无错误单位数:BIGINT 新增问题数:BIGINT 整改问题数:BIGINT",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "master.duckdb"


@pytest.fixture
def master(path: Path) -> Iterator[Warehouse]:
    with open_master(path, WORDS, NOW) as warehouse:
        warehouse.begin_run(Run("r1", NOW, NOW.date(), "c", "v", "p"), CAMPAIGN)
        yield warehouse


def ask(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    return warehouse._connection.execute(sql).fetchall()


def at(row: int, column: int) -> Place:
    return Place(table="2", row=row, column=column)


def field(name: str, text: str, column: int = 1, **more: Any) -> Field:
    return Field(name, more.pop("raw", text), text, sources=(Source(at(3, column), text),), **more)


def power(name: str, *fields: Field, key: str = "", register: Register = Register.POWERS, **more: Any) -> Record:
    named = (field("name", name, 2), *fields)
    return Record(register, named, file="目录.docx", unit="甲局", key=key or f"k-{name}", place=at(3, 2), **more)


def result(*records: Record, findings: tuple[Finding, ...] = (), runs: tuple[RuleRun, ...] = ()) -> Result:
    tables = (TableReading(Register.POWERS, "目录", at(1, 1), rows=len(records), cells=9, used_cells=8),)
    reading = FileReading("目录.docx", "abc", 10, FileState.LOADED, "docx", tables=tables, records=records)
    bad = FileReading("大.xlsx", "def", 20, FileState.QUARANTINED, reason="timed_out", facts=(("seconds", "300"),))
    return Result("甲局", (reading, bad), records, findings, runs)


def hand_in(version: int = 1, checked: dt.datetime = NOW) -> HandIn:
    return HandIn(version, f"r{version}", checked, checked, checked.date(), "春季")


def finding(quote: str = "", severity: Severity = Severity.ERROR, key: str = "f1") -> Finding:
    return Finding(
        "M03", severity, "甲局", Subject.POWER, "k-许可", "许可", "行使依据", "目录.docx", "表2 第3行第5列", quote,
        (0, 1) if quote else None, "缺行使依据", "补上", "[监]", key,
    )  # fmt: skip


def test_every_view_of_the_contract_has_its_columns_types_and_comments(master: Warehouse) -> None:
    columns = ask(
        master,
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'main'"
        " AND NOT internal",
    )
    found = {(view, column): kind for view, column, kind, _ in columns}
    assert {view for view, _ in found} == set(CONTRACT)
    for view, names in CONTRACT.items():
        for name in names.split():
            column, _, kind = name.partition(":")
            assert found[view, column] == (kind or "VARCHAR"), (view, column)
    assert [(view, column) for view, column, _, comment in columns if not comment] == []
    views = ask(master, "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal")
    assert [view for view, comment in views if not comment] == []


def test_each_field_of_the_vocabulary_has_a_column(master: Warehouse) -> None:
    for (family, name), column in WORDS.columns.items():
        held = {row[0] for row in ask(master, f"DESCRIBE base.{FAMILY_TABLES[family]}")}
        assert name in held
        if column.kind in ("type", "limit", "grade", "risk_kind"):
            assert f"{name}_value" in held
    with pytest.raises(KeyError, match="unheard_of"):
        master.load(result(power("许可", field("unheard_of", "x"))), hand_in(), POWERS)


def test_every_word_that_views_show_is_in_the_vocabulary() -> None:
    wanted = [f"severity.{each.value}" for each in Severity] + [f"subject.{each.value}" for each in Subject]
    wanted += [f"file.{each.value}" for each in FileState] + [f"reading.{flag.name}" for flag in Reading]
    assert [key for key in wanted if key not in WORDS.labels] == []


def test_a_value_is_shown_as_the_document_has_it(master: Warehouse) -> None:
    record = power(
        "许可",
        field("power_type", "审批", value="行政许可"),
        field("fee_standard", "无", reading=Reading.PLACEHOLDER),
        field("legal_basis", ""),
        field("hotline", "", reading=Reading.UNREAD),
        field("promised_limit", "20个工作日", value=20.0),
        field("statutory_limit", "60日"),
        other=(
            OtherField("备用", "甲", Source(at(3, 8), "甲")),
            OtherField("备用", "乙", Source(at(3, 9), "乙")),
        ),
    )
    hidden = power("密", field("non_disclosure_reason", "秘密"), register=Register.POWERS_NOT_PUBLIC)
    master.load(result(record, hidden), hand_in(), POWERS)
    ((kind, printed, fee, basis, days, limit, lawful, body, public, version),) = ask(
        master,
        "SELECT 职权类别, 类别原文, 收费标准, 行使依据, 承诺时限_工作日, 承诺时限, 法定时限_工作日, 实施主体,"
        " 是否公开, 版本 FROM 职权目录 WHERE 职权名称 = '许可'",
    )
    assert (kind, printed, fee, basis) == ("行政许可", "审批", "无", None)
    assert (days, limit, lawful, body, public, version) == (20.0, "20个工作日", None, None, True, 1)
    ((hotline, other),) = ask(master, "SELECT 监督电话, 其他栏目 FROM 职权目录 WHERE 职权名称 = '许可'")
    assert hotline == WORDS.label("value.unread")
    assert json.loads(other) == {"备用": "甲", "备用(2)": "乙"}
    assert ask(master, "SELECT 是否公开, 不公开理由, 其他栏目 FROM 职权目录 WHERE 职权名称 = '密'") == [
        (False, "秘密", None)
    ]


def test_every_value_tells_where_it_came_from(master: Warehouse) -> None:
    box = Place(page=3, table="1.2", row=5, column=7, box=Box(3, 1, 2, 3, 4))
    joined = Field(
        "legal_basis", "《法》 第一条", "《法》第一条", sources=(Source(box, "《法》"), Source(at(4, 5), "第一条")),
        reading=Reading.JOINED | Reading.NORMALIZED, confidence=0.5,
    )  # fmt: skip
    kind = field("power_type", "审批", 4, value="行政许可")
    other = OtherField("备用", "甲", Source(at(3, 8), " 甲"))
    master.load(result(power("许可", joined, kind, field("remarks", ""), other=(other,))), hand_in(), POWERS)
    rows = ask(
        master, "SELECT 字段, 原文, 规范值, 来源位置, 其他位置, 表号, 行号, 列号, 读法, 置信度, 栏目 FROM 字段来源"
    )
    assert rows == [
        ("职权名称", "许可", "许可", "表2 第3行第2列", None, 2, 3, 2, None, 1.0, None),
        (
            "行使依据", "《法》 第一条", "《法》第一条", "第3页 表1.2 第5行第7列 [1,2,3,4]", "表2 第4行第5列", 1, 5, 7,
            "规范化、多格合并", 0.5, None,
        ),
        ("类别原文", "审批", "审批", "表2 第3行第4列", None, 2, 3, 4, None, 1.0, None),
        ("职权类别", "审批", "行政许可", "表2 第3行第4列", None, 2, 3, 4, None, 1.0, None),
        ("其他栏目", " 甲", "甲", "表2 第3行第8列", None, 2, 3, 8, None, 1.0, "备用"),
    ]  # fmt: skip
    assert ask(master, "SELECT 置信度 FROM 职权目录") == [(0.5,)]
    assert ask(master, "SELECT sources FROM base.record_fields WHERE field = 'legal_basis'") == [
        ([{"place": str(box), "raw": "《法》"}, {"place": "表2 第4行第5列", "raw": "第一条"}],)
    ]


def test_a_risk_point_shows_the_power_that_it_was_found_to_mean(master: Warehouse) -> None:
    def risk(point: str, name: str, register: Register) -> Record:
        fields = (field("risk_point", point), field("power_name", name), field("risk_grade", "高", value=1))
        return Record(register, fields, file="目录.docx", unit="甲局", key=f"r-{point}", place=at(9, 1))

    records = (
        power("许可"), power("处罚", key="p1"), power("处罚", key="p2"),
        risk("寻租", "许可", Register.RISK_POST), risk("乱罚", "处罚", Register.RISK_UNIT),
        risk("其他", "没有", Register.RISK),
    )  # fmt: skip
    linked = dataclasses.replace(result(*records), power_keys={"r-寻租": "k-许可"})
    master.load(linked, hand_in(), frozenset({"power", "risk"}))
    assert ask(master, "SELECT 风险点, 职权键, 登记层级, 风险等级, 等级原文 FROM 风险点") == [
        ("寻租", "k-许可", "岗位", 1, "高"),
        ("乱罚", None, "单位", 1, "高"),
        ("其他", None, None, 1, "高"),
    ]
    assert ask(master, "SELECT count(*) FROM 风险等级目录") == [(3,)]


def cited(key: str, order: int, article: int, day: dt.date, conclusion: str = "有效") -> CitationRow:
    return CitationRow(
        key, order, f"第{article}条", 0, 4, "许可法", "行政许可法", "law-x", "法律", article, None, 2, None, None, None,
        conclusion, day, dt.date(2019, 4, 23), None if conclusion == "有效" else "核对",
    )  # fmt: skip


def test_a_check_replaces_the_verdicts_of_the_version_that_stands(master: Warehouse) -> None:
    record = power("许可", field("legal_basis", "《许可法》第一条、第九条", 5))
    rows = (cited("k-许可", 1, 1, NOW.date()), cited("k-许可", 2, 9, NOW.date()))
    master.load(dataclasses.replace(result(record), citations=rows), hand_in(), POWERS)
    columns = "职权键, 单位, 职权名称, 引文序, 引文, 条, 款, 核验结论, 核验日期, 核验版本, 建议"
    view = f"SELECT {columns} FROM 法律依据 ORDER BY 引文序"
    head = ("k-许可", "甲局", "许可")
    assert ask(master, view) == [
        (*head, 1, "第1条", 1, 2, "有效", NOW.date(), "2019-04-23", None),
        (*head, 2, "第9条", 9, 2, "有效", NOW.date(), "2019-04-23", None),
    ]
    repealed = (cited("k-许可", 1, 1, LATER.date(), "已废止"),)
    master.load(dataclasses.replace(result(record), citations=repealed), hand_in(checked=LATER), frozenset())
    assert [row[7:] for row in ask(master, view)] == [("已废止", LATER.date(), "2019-04-23", "核对")]
    other = power("另一项")
    master.load(result(other), hand_in(2, LATER), POWERS)
    assert ask(master, view) == []
    assert ask(master, "SELECT version, conclusion FROM base.citations") == [(1, "已废止")]


def test_earlier_versions_stay_and_views_show_the_latest(master: Warehouse) -> None:
    master.load(result(power("许可"), power("处罚")), hand_in(1), POWERS)
    master.load(result(power("许可")), hand_in(2), POWERS)
    assert ask(master, "SELECT 职权名称, 版本 FROM 职权目录") == [("许可", 2)]
    assert ask(master, "SELECT version, count(*) FROM base.powers GROUP BY ALL ORDER BY ALL") == [(1, 2), (2, 1)]
    assert ask(master, "SELECT version, count(*) FROM base.record_fields GROUP BY ALL ORDER BY ALL") == [(1, 2), (2, 1)]


def test_loading_twice_is_loading_once(master: Warehouse) -> None:
    loaded = result(power("许可"), findings=(finding(), finding()), runs=(RuleRun("M03", 1, 2),))
    tables = [row[0] for row in ask(master, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'base'")]
    master.load(loaded, hand_in(), POWERS)
    before = {table: sorted(map(repr, ask(master, f"FROM base.{table}"))) for table in tables}
    for changed in (POWERS, frozenset[str]()):
        master.load(loaded, hand_in(), changed)
        assert {table: sorted(map(repr, ask(master, f"FROM base.{table}"))) for table in tables} == before


def test_another_reading_of_the_same_bytes_is_the_same_version(master: Warehouse) -> None:
    master.load(result(power("许可")), hand_in(1), POWERS)
    master.load(result(power("许可证")), hand_in(1, LATER), frozenset())
    assert ask(master, "SELECT 职权名称, 版本 FROM 职权目录") == [("许可证", 1)]


def test_a_load_that_fails_leaves_nothing(master: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    master.load(result(power("许可")), hand_in(1), POWERS)

    def fail(*args: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(Warehouse, "_put_findings", fail)
    with pytest.raises(RuntimeError):
        master.load(result(power("处罚")), hand_in(2), POWERS)
    assert ask(master, "SELECT 职权名称 FROM 职权目录") == [("许可",)]
    assert ask(master, "SELECT 版本 FROM 报送情况") == [(1,)]


def test_a_finding_keeps_its_first_sight_and_is_closed_when_it_is_gone(master: Warehouse) -> None:
    sql = "SELECT 问题键, 原文, 状态, 首次发现, 最近发现 FROM 问题清单 ORDER BY ALL"
    master.load(result(power("许可"), findings=(finding("旧"), finding(key="f2"))), hand_in(1), POWERS)
    master.load(result(power("许可"), findings=(finding("新"),)), hand_in(2, LATER), POWERS)
    assert ask(master, sql) == [("f1", "新", "待整改", NOW, LATER), ("f2", None, "已整改", NOW, NOW)]
    master.load(result(power("许可"), findings=(finding(key="f2"),)), hand_in(3, LATER), POWERS)
    assert ask(master, sql) == [("f1", "新", "已整改", NOW, LATER), ("f2", None, "待整改", NOW, LATER)]


def test_the_state_of_a_submission_in_numbers(master: Warehouse) -> None:
    findings = (finding(), finding(key="f2", severity=Severity.WARNING), finding(key="f2", severity=Severity.INFO))
    sql = "SELECT 版本, 文件数, 隔离文件数, 职权数, 错误数, 警告数, 提示数, 状态, 期限, 逾期天数 FROM 报送情况"
    master.load(result(power("许可"), findings=findings), hand_in(1), POWERS)
    assert ask(master, sql) == [(1, 2, 1, 1, 1, 1, 1, "待补正", dt.date(2026, 2, 20), 9)]
    master.load(result(power("许可")), hand_in(2), POWERS)
    assert ask(master, sql) == [(2, 2, 1, 1, 0, 0, 0, "已重报", dt.date(2026, 2, 20), 9)]
    assert ask(master, "SELECT 文件名, 状态, 原因, 入库记录数, 单元格数, 已用单元格数 FROM 来源文件") == [
        ("目录.docx", "已入库", None, 1, 9, 8),
        ("大.xlsx", "隔离", WORDS.reasons["timed_out"].reason.replace("{seconds}", "300"), 0, 0, 0),
    ]


def test_counts_stand_beside_those_that_the_unit_declares(master: Warehouse) -> None:
    def declared(kind: str, number: str) -> Record:
        fields = (field("power_type", kind, value=kind), field("count", number))
        return Record(Register.POWER_STATISTICS, fields, file="目录.docx", unit="甲局", key=f"s-{kind}")

    counted = power("许可", field("power_type", "许可", value="行政许可"))
    loaded = result(counted, declared("行政许可", "3项"), declared("行政处罚", "2"))
    tables = (dataclasses.replace(loaded.files[0].tables[0], declared=(("行政许可", 4), ("", 9))),)
    files = (dataclasses.replace(loaded.files[0], tables=tables),)
    master.load(dataclasses.replace(loaded, files=files), hand_in(), frozenset({"power", "statistics"}))
    assert ask(master, "SELECT 职权类别, 职权数, 统计表项数, 目录自报项数 FROM 职权统计 ORDER BY ALL") == [
        ("行政处罚", 0, 2, None),
        ("行政许可", 1, 3, 4),
    ]


def test_a_rule_that_did_not_run_says_why(master: Warehouse) -> None:
    runs = (RuleRun("M03", 5, 1), RuleRun("M08", 0, 0, "column_absent"))
    master.load(result(power("许可"), runs=runs), hand_in(), POWERS)
    assert ask(master, "SELECT 规则, 对象数, 命中数, 未执行原因 FROM 规则执行情况") == [
        ("M03", 5, 1, None),
        ("M08", 0, 0, WORDS.label("not_run.column_absent")),
    ]


def test_runs_that_never_ended_are_marked(master: Warehouse) -> None:
    second = Run("r2", LATER, LATER.date(), "c", "v", "p")
    master.begin_run(second, CAMPAIGN)
    master.end_run(dataclasses.replace(second, state="finished", finished=LATER, counts={"units": 1}))
    assert ask(master, "SELECT run_id, state FROM base.runs ORDER BY ALL") == [
        ("r1", "interrupted"),
        ("r2", "finished"),
    ]


def test_an_older_database_is_migrated_and_a_newer_one_refused(path: Path) -> None:
    with open_master(path, WORDS, NOW):
        pass
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE base.schema_version SET views = 'older'")
        connection.execute("DROP VIEW main.职权目录 CASCADE")
    with open_master(path, WORDS, NOW) as warehouse:
        assert ask(warehouse, "SELECT count(*) FROM 职权目录") == [(0,)]
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE base.schema_version SET version = 9999")
    with pytest.raises(WorkspaceUnusable, match="9999"), open_master(path, WORDS, NOW):
        pass


def test_findings_of_an_older_schema_are_kept(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA base")
        connection.execute("CREATE TABLE base.schema_version (version INTEGER, views VARCHAR, applied TIMESTAMP)")
        for _, sql in migrations()[:2]:
            connection.execute(sql)
        connection.execute("INSERT INTO base.schema_version VALUES (2, 'older', NULL)")
        connection.execute("INSERT INTO base.submissions (unit, version, received) VALUES ('甲局', 2, ?)", [NOW])
        connection.execute(
            "INSERT INTO base.findings (key, unit, code, severity, subject, is_open, first_seen, last_version)"
            " VALUES ('open', '甲局', 'M03', 'E', 'power', true, ?, 2),"
            " ('old', '甲局', 'M03', 'E', 'power', false, ?, 1)",
            [NOW, NOW],
        )
    with open_master(path, WORDS, LATER) as warehouse:
        assert ask(warehouse, "SELECT key, state, first_seen FROM base.known_findings ORDER BY ALL") == [
            ("old", "finding.closed", NOW),
            ("open", "finding.open", NOW),
        ]


def test_a_damaged_database_is_refused(path: Path) -> None:
    path.write_bytes(b"\x00" * 9000)
    with pytest.raises(WorkspaceUnusable), open_master(path, WORDS, NOW):
        pass
