from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.warehouse.readonly_sql import MAX_LENGTH, Limits, QueryRefused, query
from pipeline.workspace import Workspace
from tests.pipeline.submissions import catalogue, run


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("sql")
    catalogue(root / "inbox" / "甲局" / "职权目录.xlsx", [("A1", "演出审批", "行政许可"), ("A2", "处罚", "行政处罚")])
    (root / "secret.csv").write_text("a\n1\n", "utf-8")
    run(root / "inbox", root / "data")
    return Workspace(root / "data")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT 职权名称 FROM 职权目录 ORDER BY 权力编码;", [("演出审批",), ("处罚",)]),
        ("WITH 许可 AS (FROM 职权目录 WHERE 职权类别 = '行政许可') SELECT count(*) FROM 许可", [(1,)]),
        ("SELECT count(*) FROM range(3)", [(3,)]),
        ("SELECT unnest([1, 2]) AS n", [(1,), (2,)]),
        ("VALUES ('字段')", [("字段",)]),
        ("SELECT column_name FROM (DESCRIBE 单位) LIMIT 1", [("单位",)]),
        ("SELECT count(*) FROM information_schema.tables WHERE table_name = '职权目录'", [(1,)]),
    ],
)
def test_a_select_is_answered(workspace: Workspace, sql: str, rows: list[tuple[object, ...]]) -> None:
    assert list(query(workspace, sql).rows) == rows


def test_an_answer_names_its_columns_and_says_when_it_is_cut(workspace: Workspace) -> None:
    answer = query(workspace, "SELECT 版本, 职权名称 FROM 职权目录", Limits(rows=1))
    assert (answer.columns, answer.types, len(answer.rows), answer.cut) == (
        ("版本", "职权名称"),
        ("INTEGER", "VARCHAR"),
        1,
        True,
    )
    assert not query(workspace, "SELECT 1", Limits(rows=1)).cut


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1; SELECT 2",
        "CREATE TABLE t (a INTEGER)",
        "DELETE FROM base.powers",
        "INSERT INTO base.powers SELECT * FROM base.powers",
        "ATTACH '{secret}'",
        "COPY 职权目录 TO '{secret}.out'",
        "COPY (SELECT 1) TO '{secret}.out'",
        "EXPORT DATABASE '{secret}.out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "RESET ALL",
        "CALL pragma_version()",
        "SHOW DATABASES",
        "SELECT * FROM '{secret}'",
        'SELECT * FROM "{secret}"',
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM 职权目录 WHERE 1 = (SELECT count(*) FROM read_blob('{secret}'))",
        "WITH a AS (SELECT * FROM parquet_scan('{secret}')) SELECT 1",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('职权目录')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_settings",
        "SELECT * FROM pg_catalog.pg_tables",
        "SELECT * FROM system.main.duckdb_databases",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT count(*) FROM 职权目录 GROUP BY getenv('HOME')",
        "SELECT workspace",
        "SELECT * FROM workspace",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT " + "1+" * MAX_LENGTH + "1",
        "SELECT " + "abs(" * 900 + "1" + ")" * 900,
    ],
)
def test_everything_else_is_refused_in_words_for_people(workspace: Workspace, sql: str) -> None:
    secret = workspace.root.parent / "secret.csv"
    before = sorted(path.name for path in secret.parent.iterdir())
    with pytest.raises(QueryRefused, match=r"[\u4e00-\u9fff]"):
        query(workspace, sql.replace("{secret}", str(secret)).replace("{folder}", str(secret.parent)))
    assert sorted(path.name for path in secret.parent.iterdir()) == before


def test_a_query_without_end_is_stopped(workspace: Workspace) -> None:
    with pytest.raises(QueryRefused, match=r"0\.5"):
        query(workspace, "SELECT count(*) FROM range(1000000) a, range(1000000) b", Limits(seconds=0.5))


def test_a_query_that_needs_too_much_memory_is_stopped(workspace: Workspace) -> None:
    with pytest.raises(QueryRefused, match="64"):
        query(
            workspace,
            "SELECT list(repeat(i::VARCHAR, 100)) FROM range(10000000) t(i)",
            Limits(seconds=120, megabytes=64),
        )


def test_before_the_first_run_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(QueryRefused, match="zhiquan run"):
        query(Workspace(tmp_path), "SELECT 1")
