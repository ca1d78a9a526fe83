"""Drawings that a lawyer can read and write: TOML with paragraphs and grids → sheets and print options.

In: a parsed TOML table with ``block`` (one sheet) or ``sheet`` (several, each with ``block``). A block is one of title,
heading, body, page_break, or grid (see :func:`tests.drawing.spec.grid_of_text`). Refuses a block that is none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.drawing.pdf import PdfOptions
from tests.drawing.spec import Block, PageBreak, Sheet, Text, grid_of_text


def sheets_of(data: Mapping[str, Any]) -> tuple[Sheet, ...]:
    """The sheets that a TOML table describes. Raises ValueError for a block of no known kind."""
    return tuple(
        Sheet(
            blocks=tuple(_block(block) for block in sheet["block"]),
            title=sheet.get("title", "Sheet1"),
            hidden=sheet.get("hidden", False),
            hidden_columns=frozenset(sheet.get("hidden_columns", ())),
            hidden_rows=frozenset(sheet.get("hidden_rows", ())),
            gap=sheet.get("gap", 0),
        )
        for sheet in data.get("sheet", [data])
    )


def options_of(data: Mapping[str, Any]) -> PdfOptions:
    """The print options that the table ``pdf`` names; all others are the ordinary ones."""
    options: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.get("pdf", {}).items()
    }
    return PdfOptions(**options)


def _block(data: Mapping[str, Any]) -> Block:
    match data:
        case {"grid": text}:
            return grid_of_text(text, header_rows=data.get("header_rows", 1), widths=data.get("widths", ()))
        case {"title": text}:
            return Text(text, "title")
        case {"heading": text}:
            return Text(text, "heading")
        case {"body": text}:
            return Text(text)
        case {"page_break": True}:
            return PageBreak()
    raise ValueError(f"no block: {data}")
