"""Boxes measured on a page turned for reading → boxes on the page as displayed.

In: a block of the document, and for each page that was turned the frame in which it was read and the frame in which
it is displayed. Out: the same block with its boxes as displayed. Nothing else is changed, nothing is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from extractors.document import Box, Cell, Paragraph, Table
from extractors.pdf.page import PageFrame

Block = TypeVar("Block", Paragraph, Table, Paragraph | Table)

Turned = Mapping[int, tuple[PageFrame, PageFrame]]
"""Page → the frame in which it was read, the frame in which it is displayed."""


def as_displayed(block: Block, turned: Turned) -> Block:
    """The block with its boxes as the pages are displayed."""
    if isinstance(block, Paragraph):
        box = block.place.box
        return block if box is None else replace(block, place=replace(block.place, box=_box(box, turned)))
    return replace(
        block,
        cells=tuple(_cell(cell, turned) for cell in block.cells),
        reprints=tuple(_cell(cell, turned) for cell in block.reprints),
    )


def _cell(cell: Cell, turned: Turned) -> Cell:
    return replace(
        cell,
        boxes=tuple(_box(box, turned) for box in cell.boxes),
        tables=tuple(as_displayed(table, turned) for table in cell.tables),
    )


def _box(box: Box, turned: Turned) -> Box:
    if box.page not in turned:
        return box
    read, displayed = turned[box.page]
    ax, ay = displayed.shown(*read.filed(box.x0, box.y0))
    bx, by = displayed.shown(*read.filed(box.x1, box.y1))
    return Box(box.page, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
