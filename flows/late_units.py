"""The units that are late: what the weekly report lists.

In: a published warehouse, a day. Out: rows of 报送情况, the latest first; an .xlsx named by the day. Refuses what
cannot be written (WorkspaceUnusable).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flows import views
from pipeline.vocabulary import load_vocabulary
from pipeline.workspace import Workspace, WorkspaceUnusable

_COLUMNS = ("单位", "上级", "状态", "期限", "逾期天数", "待报内容", "错误数", "警告数", "退回日期")


def late_units(workspace: Workspace) -> list[views.Row]:
    """The units from which something is outstanding past its deadline; none where nothing was ever published."""
    if not workspace.published.exists():
        return []
    columns = ", ".join(f"u.{name}" if name == "上级" else f"s.{name}" for name in _COLUMNS)
    return views.rows(
        workspace,
        f"SELECT {columns} FROM 报送情况 s LEFT JOIN 单位 u ON u.单位 = s.单位 "
        "WHERE s.逾期天数 > 0 AND s.待报内容 IS NOT NULL ORDER BY s.逾期天数 DESC, s.单位",
    )


def write_late_units(workspace: Workspace, day: dt.date) -> Path:
    """Write the list of a day below the reports. Raises WorkspaceUnusable."""
    from pipeline.reports.spreadsheet import write_xlsx  # openpyxl: only where it is needed

    folder = workspace.reports / load_vocabulary().label("report.folder.weekly")
    target = folder / f"{day.isoformat()}.xlsx"
    rows = [list(row.values()) for row in late_units(workspace)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_xlsx(target, _COLUMNS, rows)
    except OSError as error:
        raise WorkspaceUnusable(f"{target}: {error}") from error
    return target
