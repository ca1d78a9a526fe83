"""A reviewer's own question to the published warehouse: one SELECT, without a way out of the database.

In: SQL text and limits. Out: :class:`Rows`. Refuses (:class:`QueryRefused`, in the words of vocab/labels.csv): anything
but one SELECT, functions that read files or settings, system tables; and stops what runs too long or needs too much
memory. The database is opened read-only, without access to files, network or extensions, and its settings are locked:
the walk over the parsed statement is the second fence, not the only one.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb

from pipeline.vocabulary import Vocabulary, load_vocabulary
from pipeline.warehouse.sql import views_sql
from pipeline.workspace import Workspace

MAX_LENGTH = 100_000  # characters of a query
_TABLE_FUNCTIONS = frozenset(("range", "generate_series", "unnest", "repeat", "json_each", "json_tree"))
_FORBIDDEN_FUNCTIONS = frozenset(
    ("getenv", "current_setting", "getvariable", "write_log", "nextval", "currval", "query", "query_table")
)
_SCHEMAS = frozenset(("", "main", "base", "information_schema"))


Settings: TypeAlias = dict[str, str | bool | int | float | list[str]]


class QueryRefused(Exception):
    """The query is not run, or was stopped; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float = 60.0
    megabytes: int = 1024
    rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer: column names, DuckDB type names, values. cut: there were more rows than the limit."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool = False


def query(
    workspace: Workspace,
    sql: str,
    limits: Limits | None = None,
    vocabulary: Vocabulary | None = None,
    as_of_load: dt.datetime | None = None,
) -> Rows:
    """What the published warehouse answers to one SELECT. Raises QueryRefused.

    as_of_load: as it stood at that moment; what was loaded or decided later is not seen.
    """
    bounds = limits or Limits()
    words = vocabulary or load_vocabulary()
    connection = open_readonly(workspace, bounds, words, as_of_load)
    timer = threading.Timer(bounds.seconds, connection.interrupt)
    timer.start()
    try:
        _check(connection, sql, words)
        cursor = connection.execute(sql)
        columns = tuple(column[0] for column in cursor.description)
        types = tuple(str(column[1]) for column in cursor.description)
        rows = cursor.fetchmany(bounds.rows + 1)
    except duckdb.Error as error:
        raise _refusal(error, bounds, words) from error
    finally:
        timer.cancel()
        connection.close()
    return Rows(columns, types, tuple(rows[: bounds.rows]), len(rows) > bounds.rows)


def open_readonly(
    workspace: Workspace,
    limits: Limits | None = None,
    vocabulary: Vocabulary | None = None,
    as_of_load: dt.datetime | None = None,
) -> duckdb.DuckDBPyConnection:
    """The published warehouse, read-only and locked down, for our own queries; the caller closes it. QueryRefused."""
    bounds = limits or Limits()
    words = vocabulary or load_vocabulary()
    if not workspace.published.exists():
        raise QueryRefused(words.label("sql.no_warehouse"))
    settings: Settings = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": f"{bounds.megabytes}MiB",
        "temp_directory": "",
        "threads": "2",
    }
    try:
        if as_of_load is not None:
            return _open_earlier(workspace, settings, as_of_load)
        locked = {"enable_external_access": "false", "lock_configuration": "true"}
        return duckdb.connect(str(workspace.published), read_only=True, config=settings | locked)
    except duckdb.Error as error:
        raise QueryRefused(words.label("sql.unusable").format(detail=_first_line(error))) from error


def _open_earlier(workspace: Workspace, settings: Settings, moment: dt.datetime) -> duckdb.DuckDBPyConnection:
    """The same views in a database in memory, over the published tables, with the horizon at a moment."""
    connection = duckdb.connect(":memory:", config=settings)
    try:
        path = str(workspace.published).replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS published (READ_ONLY)")
        connection.execute("CREATE SCHEMA base")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published' AND schema_name = 'base'"
        ).fetchall()
        for (name,) in tables:
            if name != "horizon":
                connection.execute(f'CREATE VIEW base."{name}" AS FROM published.base."{name}"')
        connection.execute("CREATE TABLE base.horizon AS SELECT CAST(? AS TIMESTAMP) AS moment", [moment])
        connection.execute(views_sql())
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _check(connection: duckdb.DuckDBPyConnection, sql: str, words: Vocabulary) -> None:
    """Refuse all but one SELECT over our own tables and views."""
    if len(sql) > MAX_LENGTH:
        raise QueryRefused(words.label("sql.too_long").format(limit=MAX_LENGTH))
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused(words.label("sql.one_select"))
    ((text,),) = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()
    try:
        parsed = json.loads(text)
    except RecursionError as error:
        raise QueryRefused(words.label("sql.too_deep")) from error
    if parsed["error"]:
        raise QueryRefused(words.label("sql.one_select"))
    system = {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()}
    for node in _nodes(parsed["statements"]):
        if reason := _forbidden(node, system):
            raise QueryRefused(words.label(reason[0]).format(name=reason[1]))


def _forbidden(node: dict[str, Any], system: set[str]) -> tuple[str, str] | None:
    """Why a node of the parsed statement is refused: key of the sentence, and the name concerned."""
    kind = node.get("type")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        return None if name in _TABLE_FUNCTIONS else ("sql.table_function", name)
    if kind == "SHOW_REF" and not node.get("query"):
        return "sql.one_select", ""
    if kind == "BASE_TABLE":
        schema, name = str(node.get("schema_name", "")).lower(), str(node.get("table_name", ""))
        inside = schema in _SCHEMAS and not node.get("catalog_name")
        if not inside or (schema != "information_schema" and name.lower() in system):
            return "sql.table", name
    name = str(node.get("function_name", "")).lower()
    return ("sql.function", name) if name in _FORBIDDEN_FUNCTIONS else None


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the parsed statement, however deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _refusal(error: duckdb.Error, limits: Limits, words: Vocabulary) -> QueryRefused:
    if isinstance(error, duckdb.InterruptException):
        return QueryRefused(words.label("sql.timed_out").format(seconds=f"{limits.seconds:g}"))
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryRefused(words.label("sql.out_of_memory").format(megabytes=limits.megabytes))
    key = "sql.syntax" if isinstance(error, duckdb.ParserException) else "sql.failed"
    return QueryRefused(words.label(key).format(detail=str(error).strip()))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
