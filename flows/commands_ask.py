"""Questions to the published warehouse: ``findings``, ``report``, ``sql``.

In: a workspace and what is asked. Out: tables or JSON on standard output, files where files are asked for. Refuses a
workspace without a warehouse, an unknown unit or rule, and any SQL but one SELECT.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import complain, output, print_findings, print_json, print_table
from flows.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, known, moment, published
from flows.options import rule as rule_code
from flows.wording import Exit, Stop, say

if TYPE_CHECKING:
    from pipeline.warehouse.readonly_sql import Rows

_FORMATS = ("table", "json", "csv", "xlsx")


def findings(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    unit: Annotated[str | None, typer.Option("--unit", metavar="UNIT", help=say("findings.unit"))] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="CODE", help=say("findings.rule"))] = None,
    as_json: JsonOption = False,
) -> None:
    """The open findings."""
    from flows import views

    place = published(workspace)
    code = rule_code(rule) if rule is not None else None
    if unit is not None:
        known(unit, views.units(place), "usage.unit")
    rows = views.findings(place, unit, code)
    if as_json:
        print_json(rows)
    elif rows:
        print_findings(rows)
    else:
        complain(say("findings.none"))


def report(
    unit: Annotated[str | None, typer.Argument(metavar="UNIT", help=say("report.unit"))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("report.out"))] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Write the reports that go back to the units."""
    from flows import views
    from flows.reporting import write_city_overview, write_reports

    place = published(workspace)
    units = views.units(place)
    if unit is not None:
        units = [known(unit, units, "usage.unit")]
    written = write_reports(place, units, out)
    overview = write_city_overview(place, out) if unit is None else None
    if as_json:
        print_json(
            [
                {
                    say("key.unit"): each.unit,
                    say("key.file"): str(each.findings),
                    say("key.letter"): str(each.letter) if each.letter else None,
                }
                for each in written
            ]
        )
        return
    paths = [path for each in written for path in (each.findings, each.letter)]
    for path in (*paths, overview):
        if path is not None:
            output().print(str(path), soft_wrap=True)


def sql(
    query: Annotated[str, typer.Argument(metavar="SQL", help=say("sql.query"))],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of_load: Annotated[str | None, typer.Option("--as-of-load", metavar="DATE", help=say("sql.as_of_load"))] = None,
    form: Annotated[str, typer.Option("--format", metavar="table|json|csv|xlsx", help=say("sql.format"))] = "table",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("sql.out"))] = None,
    as_json: JsonOption = False,
) -> None:
    """A read-only query on the warehouse."""
    from pipeline.warehouse import readonly_sql

    form = known("json" if as_json else form, _FORMATS, "usage.format")
    if out is not None and form not in ("csv", "xlsx"):
        raise Stop(say("usage.out"))
    found = readonly_sql.query(published(workspace), query, as_of_load=moment(as_of_load))
    if found.cut:
        complain(say("sql.cut", rows=len(found.rows)))
    if form == "table":
        print_table(found.columns, found.rows)
        complain(say("sql.rows", rows=len(found.rows)))
    elif form == "json":
        names = _distinct(found.columns)
        print_json([dict(zip(names, row, strict=True)) for row in found.rows])
    else:
        _write(found, form, out)


def _write(found: Rows, form: str, out: Path | None) -> None:
    """The answer as a file for a spreadsheet; a .csv without a file's name goes to standard output."""
    from pipeline.reports.spreadsheet import write_csv, write_xlsx

    try:
        if form == "xlsx":
            target = out or _free(Path(say("sql.file")))
            write_xlsx(target, found.columns, found.rows)
        elif out is not None:
            target = out
            with target.open("w", encoding="utf-8-sig", newline="") as stream:  # Excel asks for the mark
                write_csv(stream, found.columns, found.rows)
        else:
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
            write_csv(sys.stdout, found.columns, found.rows)
            return
    except ValueError as error:
        raise Stop(say("sql.too_many", detail=error)) from error
    except OSError as error:
        raise Stop(say("usage.unwritable", path=out, detail=error.strerror), Exit.USAGE) from error
    output().print(str(target), soft_wrap=True)


def _free(path: Path) -> Path:
    """A name that is not taken: with -2, -3 … where it is."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Column names of which no two are equal, so that none overwrites another in an object."""
    taken: dict[str, int] = {}
    result: list[str] = []
    for name in names:
        taken[name] = taken.get(name, 0) + 1
        result.append(name if taken[name] == 1 else f"{name}_{taken[name]}")
    return result
