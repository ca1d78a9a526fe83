"""A workbook by way of python-calamine → its sheets: values and merges alone.

In: an open .xlsb or .ods file, its bounds checked. Out:
:class:`~extractors.sheet_grid.Workbook`. Refuses: Encrypted, Damaged, TooLarge.

Number formats, hidden rows, notes and text boxes are not to be had in this way: each sheet says so in an observation.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, BinaryIO

import python_calamine

from extractors.document import Notice, Observation
from extractors.errors import Damaged, Encrypted
from extractors.number_format import general
from extractors.sheet_grid import Allowance, Area, Sheet, SheetCell, Workbook

_BROKEN = (
    python_calamine.CalamineError,
    python_calamine.WorksheetNotFound,
    python_calamine.XmlError,
    python_calamine.ZipError,
    OSError,
    ValueError,
)


def read_plainly(stream: BinaryIO) -> Workbook:
    """The values and merges of all sheets. Raises the refusals of the module."""
    allowance = Allowance()
    try:
        with python_calamine.CalamineWorkbook.from_filelike(stream) as book:
            facts = enumerate(book.sheets_metadata, 1)
            return Workbook(tuple(_sheet(book, number, one, allowance) for number, one in facts))
    except python_calamine.PasswordError as error:
        raise Encrypted from error
    except _BROKEN as error:
        raise Damaged(type(error).__name__) from error
    except BaseException as error:
        # A panic of the Rust library is no Exception and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged("panic") from error


def _sheet(book: Any, number: int, facts: Any, allowance: Allowance) -> Sheet:
    hidden = facts.visible is not python_calamine.SheetVisibleEnum.Visible
    sheet = Sheet(facts.name, number, hidden=hidden)
    source = book.get_sheet_by_index(number - 1)
    # The corner of the used range, so that an empty top or left does not have to be unpacked and nothing shifts.
    first_row, first_column = source.start or (0, 0)
    cells = tuple(
        SheetCell(row, column, _text(value))
        for row, values in enumerate(source.to_python(skip_empty_area=True), first_row + 1)
        for column, value in enumerate(values, first_column + 1)
        if value != ""
    )
    allowance.take(cells)
    return Sheet(
        title=sheet.title,
        number=number,
        cells=cells,
        merges=tuple(
            Area(top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in source.merged_cell_ranges or ()
        ),
        hidden=hidden,
        observations=(Observation(Notice.UNREAD_PART, sheet.place(), "formats"),) if cells else (),
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return general(float(value))
    if isinstance(value, date):  # a datetime too
        day = f"{value.year}/{value.month}/{value.day}"
        timed = isinstance(value, datetime) and (value.hour, value.minute, value.second) != (0, 0, 0)
        return f"{day} {value:%H:%M}" if timed else day
    return str(value)
