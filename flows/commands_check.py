"""``zhiquan check`` and ``zhiquan extract``: files looked at without a warehouse, in a worker, for the unit itself.

In: files or units' folders. Out: what would be found in them, or what was read before any interpretation. Refuses
nothing that a unit may hand in: what cannot be read is a finding, and status 3.
"""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractors.document import Cell, ChartEdge, Document, FlowChart, Observation, Paragraph, Table
from extractors.errors import Damaged, Unreadable
from extractors.kinds import Kind
from flows.console import complain, notes, output, print_findings, print_json, print_table, tally
from flows.options import (
    DEFAULT_WORKSPACE,
    AsOfOption,
    JsonOption,
    VerboseOption,
    WorkspaceOption,
    day,
    existing,
    log_to_stderr,
)
from flows.wording import Exit, Stop, label, say
from pipeline.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from flows.checking import Checked

_FILE_COLUMNS = ("单位", "文件名", "格式", "状态", "表格数", "入库记录数", "原因")


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help=say("check.files"))],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_of: AsOfOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.xlsx", help=say("check.out"))] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """What would be found in these files."""
    from flows.checking import check_files

    log_to_stderr(verbose)
    if out is not None and out.suffix.lower() != ".xlsx":
        raise Stop(say("check.not_xlsx", path=out))
    checked = check_files([existing(path) for path in files], workspace, day(as_of))
    if out is not None:
        _write_workbook(out, checked)
    if as_json:
        print_json(checked.document())
    else:
        rows = checked.files()
        print_table(_FILE_COLUMNS, [[row[name] for name in _FILE_COLUMNS] for row in rows], say("check.read"))
        found = checked.findings()
        if found:
            print_findings(found)
        output().print(say("check.total", tally=tally(found)) if found else say("check.clean"))
    raise typer.Exit(Exit.QUARANTINE if checked.quarantined else Exit.DONE)


def _write_workbook(target: Path, checked: Checked) -> None:
    """The findings as the workbook that goes back to a unit; the message of it goes where the notes go."""
    from pipeline.reports.workbook import write_findings_workbook  # openpyxl: only where it is needed

    units = {result.unit for result in checked.results}
    submission = {label("report.view.as_of"): checked.as_of}
    try:
        write_findings_workbook(
            target, next(iter(units)) if len(units) == 1 else "", checked.findings(), submission=submission
        )
    except OSError as error:
        raise Stop(say("check.unwritten", path=target, detail=error.strerror or error), Exit.UNUSABLE) from error
    notes().print(say("check.written", path=target), soft_wrap=True)


def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("extract.file"))],
    as_json: JsonOption = False,
) -> None:
    """What was read from one file, before interpretation."""
    from flows.checking import read_document

    if existing(file).is_dir():
        raise Stop(say("extract.several", path=file))
    try:
        document = read_document(file)
    except Unreadable as problem:
        packed = problem.facts.get("found") == Kind.ZIP
        if packed and zipfile.is_zipfile(file):
            raise Stop(say("extract.several", path=file)) from problem
        reason = load_vocabulary().reasons[Damaged.code if packed else problem.code]
        facts = _Facts(problem.facts)
        complain(f"{file.name}：{reason.reason.format_map(facts)}{reason.advice.format_map(facts)}")
        raise typer.Exit(Exit.QUARANTINE) from None
    if as_json:
        print_json(document_json(document))
    else:
        _print_document(document)


class _Facts(dict[str, Any]):
    """Facts of a sentence, with a word for those that the reader did not know."""

    def __missing__(self, key: str) -> str:
        return label("facts.unknown")


def document_json(document: Document) -> dict[str, Any]:
    """A document as plain data: every block in order, every cell with its place as text."""
    return {
        "name": document.name,
        "format": document.format,
        "pages": document.pages,
        "blocks": [_paragraph(block) if isinstance(block, Paragraph) else _table(block) for block in document.blocks],
        "margins": [_paragraph(each) for each in document.margins],
        "charts": [_chart(each) for each in document.charts],
        "observations": [_observation(each) for each in document.observations],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    return {"kind": "paragraph", "role": paragraph.role, "place": str(paragraph.place), "text": paragraph.text}


def _chart(chart: FlowChart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "place": str(chart.place),
        "nodes": [{"text": node.text, "form": node.form} for node in chart.nodes],
        "edges": [{"start": edge.start, "end": edge.end, "label": edge.label} for edge in chart.edges],
    }


def _observation(observation: Observation) -> dict[str, Any]:
    return {"notice": observation.notice.value, "place": str(observation.place), "text": observation.text}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "number": table.number,
        "part": table.part,
        "rows": table.row_count,
        "columns": table.column_count,
        "hidden": table.hidden,
        "hidden_rows": [row for row, known in enumerate(table.rows, 1) if known.hidden],
        "hidden_columns": sorted(table.hidden_columns),
        "ruled": table.ruled,
        "cells": [_cell(cell, str(table.place(cell.row, cell.column))) for cell in table.cells],
        "reprints": [_cell(cell, "") for cell in table.reprints],
    }


def _cell(cell: Cell, place: str) -> dict[str, Any]:
    return {
        "place": place,
        "row": cell.row,
        "column": cell.column,
        "row_span": cell.row_span,
        "column_span": cell.column_span,
        "text": cell.text,
        "unread": cell.unread,
        "confidence": cell.confidence,
        "boxes": [dataclasses.asdict(box) for box in cell.boxes],
        "tables": [_table(inner) for inner in cell.tables],
    }


def _print_document(document: Document) -> None:
    console = output()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            console.print(block.text, soft_wrap=True)
            continue
        title = say("extract.table", place=block.part or block.number, rows=block.row_count, columns=block.column_count)
        print_table(
            (say("extract.place"), say("extract.text")),
            [(str(block.place(cell.row, cell.column)), cell.text or cell.unread) for cell in block.cells],
            title,
        )
    for chart in document.charts:
        steps = [_line(node.text) for node in chart.nodes]
        rows = [(text, "\n".join(_exits(chart, index))) for index, text in enumerate(steps)]
        title = say("extract.chart", place=chart.place, title=chart.title, steps=len(chart.nodes))
        print_table((say("extract.step"), say("extract.next")), rows, title)
    for observation in document.observations:
        console.print(f"{observation.notice.value} {observation.place} {observation.text}".strip(), soft_wrap=True)


def _exits(chart: FlowChart, index: int) -> list[str]:
    """What follows a step of a chart, one line an edge, its label before it."""
    return [_exit(chart, edge) for edge in chart.edges if edge.start == index]


def _exit(chart: FlowChart, edge: ChartEdge) -> str:
    target = _line(chart.nodes[edge.end].text) if edge.end is not None else ""
    return f"[{_line(edge.label)}] → {target}" if edge.label else f"→ {target}"


def _line(text: str) -> str:
    return " ".join(text.split())
