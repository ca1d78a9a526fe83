"""Small submissions on disk, an in-process stand-in for the sandbox, and what a warehouse says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from pipeline.intake.run import ProgressEvent, RunSummary
from pipeline.intake.taking_in import open_intake
from tests.builders import Sheet, Text, draw, grid

T = TypeVar("T")
AS_OF = dt.date(2026, 3, 1)
Power = tuple[str, str, str]  # code, name, power type


def catalogue(
    path: Path, powers: Sequence[Power], title: str = "行政职权目录", basis: str = "《行政许可法》第十二条"
) -> None:
    """A catalogue of powers, in the format that the suffix names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [["序号", "权力编码", "职权名称", "职权类别", "行使依据", "承办机构", "责任岗位"]]
    for number, (code, name, power_type) in enumerate(powers, 1):
        rows.append([str(number), code, name, power_type, basis, "政策法规股", "股长"])
    draw(path, (Sheet((Text(title, "title"), grid(rows))),))


def risks(path: Path, points: Sequence[tuple[str, str]], powers: Sequence[str] = ()) -> None:
    """A department's register of risk points: (post, risk point), and the power of each where there is a column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [["序号", "岗位", "风险点", "风险等级", "防控措施", "责任人"]]
    rows += [[str(n), post, point, "一级", "双人办理", "股长"] for n, (post, point) in enumerate(points, 1)]
    if powers:
        rows = [[*row, power] for row, power in zip(rows, ["对应职权", *powers], strict=True)]
    draw(path, (Sheet((Text("内设部门廉政风险防控登记表", "title"), grid(rows))),))


class Here:
    """Runs at once, in this process, what a sandbox would run in another."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to stop."""

    def submit(self, function: Callable[..., T], *args: Any) -> Future[T]:
        self.read.append(args[1])
        future: Future[T] = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def run(
    inbox: Path,
    workspace: Path,
    as_of: dt.date | None = AS_OF,
    progress: Callable[[ProgressEvent], None] | None = None,
    workers: Here | None = None,
) -> RunSummary:
    """One run, as take_in() does it, with readers in this process."""
    here = workers or Here()
    with open_intake(inbox, workspace, as_of=as_of, jobs=1, sandbox=lambda jobs: here, progress=progress) as intake:
        intake.read_all()
        for files in intake.stale_units():
            intake.load(files)
        if intake.publish_due:
            intake.publish()
        return intake.summary()


@contextmanager
def warehouse(workspace: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse as a reviewer opens it."""
    connection = duckdb.connect(str(workspace / "warehouse.duckdb"), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def rows(workspace: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the published warehouse answers."""
    with warehouse(workspace) as connection:
        return connection.execute(sql).fetchall()


def everything(
    workspace: Path, connection: duckdb.DuckDBPyConnection | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """All views but for the moments at which things happened. connection: to ask instead of the published copy."""
    if connection is None:
        with warehouse(workspace) as published:
            return everything(workspace, published)
    clock = {"提取耗时秒", "报送时间", "首次发现", "最近发现", "逾期天数"}
    found: dict[str, list[tuple[Any, ...]]] = {}
    names = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
        " AND database_name = current_database()"
    )
    for (name,) in names.fetchall():
        columns = [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall() if row[0] not in clock]
        listed = ", ".join(f'"{column}"' for column in columns)
        found[name] = connection.execute(f'SELECT {listed} FROM "{name}" ORDER BY ALL').fetchall()
    return found
