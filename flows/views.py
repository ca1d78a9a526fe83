"""What the published warehouse says, as rows by column name: the commands' and reports' own questions.

In: a workspace, names of units and rules. Out: rows of the contract's views, ready for a table, JSON or a report.
Refuses what pipeline.warehouse.readonly_sql refuses (QueryRefused). Column names of the views are the contract's, and
so they stand here as in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.readonly_sql import query
from pipeline.workspace import Workspace

Row: TypeAlias = Mapping[str, Any]

_GRAVITY = "CASE 严重程度 WHEN {E} THEN 1 WHEN {W} THEN 2 ELSE 3 END"
_QUARANTINED = """
SELECT f.单位, f.文件名, f.格式, f.字节数, f.原因, q.整改建议
FROM 来源文件 f
LEFT JOIN (
    SELECT 单位, 来源文件, min(整改建议) AS 整改建议 FROM 问题清单
    WHERE 规则 IN ('X01', 'X09') AND 状态 = {open} GROUP BY ALL
) q ON q.单位 IS NOT DISTINCT FROM f.单位 AND q.来源文件 = f.文件名
WHERE f.状态 = {quarantined}
ORDER BY f.单位, f.文件名
"""


def rows(workspace: Workspace, sql: str) -> list[Row]:
    """The answer to one SELECT. Raises QueryRefused."""
    found = query(workspace, sql)
    return [dict(zip(found.columns, values, strict=True)) for values in found.rows]


def status(workspace: Workspace) -> list[Row]:
    """A row a unit, of 报送情况."""
    return rows(workspace, "SELECT * FROM 报送情况 ORDER BY 单位")


def progress(workspace: Workspace) -> list[Row]:
    """A row a day, of 进度."""
    return rows(workspace, "SELECT * FROM 进度 ORDER BY 日期")


def units(workspace: Workspace) -> list[str]:
    """The units that the warehouse knows."""
    return [row["单位"] for row in rows(workspace, "SELECT 单位 FROM 单位 ORDER BY 单位")]


def files(workspace: Workspace) -> list[Row]:
    """The files that the units' current versions are made of, of 来源文件."""
    return rows(
        workspace,
        "SELECT 单位, 文件名, 格式, 状态, 原因, 表格数, 数据行数, 入库记录数, 提取耗时秒 FROM 来源文件 ORDER BY ALL",
    )


def file_hashes(workspace: Workspace, unit: str) -> dict[str, str]:
    """The SHA-256 of each file of a unit, by its name in the unit's folder."""
    condition = f"单位 = {_quoted(unit)}" if unit else "单位 IS NULL"
    found = rows(workspace, f"SELECT 文件名, 文件键 FROM 来源文件 WHERE {condition}")
    return {row["文件名"]: row["文件键"] for row in found}


def quarantined(workspace: Workspace) -> list[Row]:
    """The files in quarantine: why, and what to do."""
    words = {"open": _quoted(_label("finding.open")), "quarantined": _quoted(_label("file.quarantined"))}
    return rows(workspace, _QUARANTINED.format_map(words))


def findings(
    workspace: Workspace, unit: str | None = None, rule: str | None = None, *, closed: bool = False
) -> list[Row]:
    """The open findings (closed: all) of a unit and a rule, the gravest first, of 问题清单. "" is no unit."""
    words = {severity: _quoted(_label(f"severity.{severity}")) for severity in "EW"}
    conditions = [] if closed else [f"状态 = {_quoted(_label('finding.open'))}"]
    if unit is not None:
        conditions.append(f"单位 = {_quoted(unit)}" if unit else "单位 IS NULL")
    if rule is not None:
        conditions.append(f"规则 = {_quoted(rule)}")
    return rows(
        workspace,
        f"SELECT * FROM 问题清单 WHERE {' AND '.join(conditions) or 'true'} "
        f"ORDER BY 单位, {_GRAVITY.format_map(words)}, 来源文件, 规则, 来源位置, 问题键",
    )


def findings_by_rule(workspace: Workspace) -> list[Row]:
    """How many open findings there are of each rule, by unit."""
    return rows(
        workspace,
        "SELECT 单位, 规则, 严重程度, count(*) AS 命中数 FROM 问题清单 "
        f"WHERE 状态 = {_quoted(_label('finding.open'))} GROUP BY ALL ORDER BY ALL",
    )


def of_unit(found: Sequence[Row], unit: str) -> Row | None:
    """The row of a unit among rows with a column 单位."""
    return next((row for row in found if (row["单位"] or "") == unit), None)


def _label(key: str) -> str:
    return load_vocabulary().label(key)


def _quoted(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
