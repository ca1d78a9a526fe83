"""Boxes measured on a page turned or straightened for reading → boxes on the page as displayed.

In: a block of the document, and for each page that was not read as it is displayed the way back. Out: the same block
with its boxes as displayed. Nothing else is changed, nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from extractors.document import Box, Cell, Paragraph, Table

Block = TypeVar("Block", Paragraph, Table, Paragraph | Table)

WaysBack = Mapping[int, Callable[[float, float], tuple[float, float]]]
"""Page → where a point of the page as it was read stands on the page as it is displayed."""


def as_displayed(block: Block, back: WaysBack) -> Block:
    """The block with its boxes as the pages are displayed."""
    if isinstance(block, Paragraph):
        box = block.place.box
        return block if box is None else replace(block, place=replace(block.place, box=_box(box, back)))
    return replace(
        block,
        cells=tuple(_cell(cell, back) for cell in block.cells),
        reprints=tuple(_cell(cell, back) for cell in block.reprints),
    )


def _cell(cell: Cell, back: WaysBack) -> Cell:
    return replace(
        cell,
        boxes=tuple(_box(box, back) for box in cell.boxes),
        tables=tuple(as_displayed(table, back) for table in cell.tables),
    )


def _box(box: Box, back: WaysBack) -> Box:
    if box.page not in back:
        return box
    shown = back[box.page]
    corners = [shown(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(box.page, min(xs), min(ys), max(xs), max(ys))
