"""``zhiquan status``: who has handed in what, who is late, and what is outstanding; or the runs.

In: a workspace with a published warehouse. Out: a table that a head of office reads at a glance, the worst first, or
the rows of 报送情况 as JSON. Refuses a workspace without a warehouse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from flows.console import complain, output, print_json, print_rows, print_table
from flows.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, published
from flows.wording import label, nearest, say
from pipeline.workspace import Workspace

_COLUMNS = ("单位", "状态", "期限", "逾期天数", "错误数", "警告数", "提示数", "待报内容")
_SUMMED = ("错误数", "警告数", "提示数")
_STATES = ("awaited", "returned", "accepted", "again", "passed")  # submission.… of vocab/labels.csv
_LATE, _STYLES = "bold red", {"awaited": "magenta", "returned": "yellow", "passed": "green"}

Row = Mapping[str, Any]


def status(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    runs: Annotated[bool, typer.Option("--runs", help=say("status.runs"))] = False,
    as_json: JsonOption = False,
) -> None:
    """A line a unit, or a line a run."""
    from flows import views

    place = published(workspace)
    rows = _runs(place) if runs else sorted(views.status(place), key=_worst_first)
    if as_json:
        print_json(rows)
    elif runs and rows:
        print_rows(list(rows[0]), rows)
    elif rows:
        _print(rows)
    else:
        complain(say("status.none"))


def _worst_first(row: Row) -> tuple[bool, int, bool, int, int, str]:
    late = (row["逾期天数"] or 0) if row["待报内容"] else 0
    awaited = row["版本"] is None and row["是否应报"] is not False
    return late == 0, -late, not awaited, -row["错误数"], -row["警告数"], row["单位"]


def _print(rows: Sequence[Row]) -> None:
    """The sums in words, the units, the totals, and what a reader must know of the deadlines."""
    output().print(_sums(rows), soft_wrap=True)
    lines = [[row[column] if column != "逾期天数" else row[column] or None for column in _COLUMNS] for row in rows]
    total = [sum(row[column] for row in rows) if column in _SUMMED else None for column in _COLUMNS]
    total[0] = say("status.total", units=len(rows))
    print_table(_COLUMNS, [*lines, total], styles=[*map(_style, rows), "bold"])
    for note in dict.fromkeys(row["期限说明"] for row in rows if row["期限说明"]):
        complain(say("status.note", note=note))
    _tell_unexpected(rows)


def _sums(rows: Sequence[Row]) -> str:
    """How many units are in which state, and how many are late."""
    expected = [row for row in rows if row["是否应报"]]
    counted = expected or rows
    by_state = Counter(row["状态"] for row in counted)
    known = [label(f"submission.{state}") for state in _STATES]
    states = label("list.and").join(
        say("status.count", state=state, count=by_state[state]) for state in known if by_state[state]
    )
    late = sum(1 for row in counted if row["逾期天数"] and row["待报内容"])
    sums = say("status.sums.expected" if expected else "status.sums", units=len(counted), states=states)
    return sums + (say("status.late", count=late) if late else "")


def _style(row: Row) -> str:
    if row["逾期天数"] and row["待报内容"]:
        return _LATE
    return next((style for state, style in _STYLES.items() if label(f"submission.{state}") == row["状态"]), "")


def _tell_unexpected(rows: Iterable[Row]) -> None:
    """Units that handed in though the campaign does not name them: a folder may be misnamed."""
    listed = list(rows)
    expected = [row["单位"] for row in listed if row["是否应报"]]
    for row in listed:
        if row["是否应报"] is False and row["版本"] is not None:
            complain(say("status.unexpected", unit=row["单位"], hint=nearest(row["单位"], expected)))


def _runs(place: Workspace) -> list[dict[str, Any]]:
    from pipeline.intake.ledger import open_ledger

    if not place.ledger.exists():
        return []
    with open_ledger(place.ledger) as ledger:
        return [
            {
                say("key.run_id"): run.run_id,
                say("key.started"): run.started.replace("T", " "),
                say("key.finished"): run.finished.replace("T", " ") or None,
                say("key.state"): label(f"cli.run_state.{run.state}"),
                say("key.as_of"): run.as_of,
                say("key.files"): sum(run.counts.get(name, 0) for name in ("new", "changed", "unchanged")),
                say("key.records"): run.counts.get("records"),
                say("key.errors"): run.counts.get("errors"),
                say("key.warnings"): run.counts.get("warnings"),
                say("key.infos"): run.counts.get("infos"),
            }
            for run in ledger.runs()
        ]
