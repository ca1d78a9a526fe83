"""A recognized telephone number whose hyphen was lost → the change that puts it back.

In: a field that was read by recognition. Out: a :class:`Slip` for each number of area code and line that was read in
one, between which a doubt is left: a hyphen too thin for the scanner's threshold leaves white, and nothing else. Where
the area code ends, the number itself tells: those of 01 and 02 have three figures, all others four (numbering plan of
the national telephone network, 长途区号). Refused: numbers between whose parts nothing is doubtful, and those that
could be parted otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.recognition.slips import Slip, is_beside_gap
from pipeline.record import Field
from pipeline.values.phones import phone_numbers

_RUN = re.compile(r"(?<![0-9A-Za-z.-])(?P<area>0[12][0-9]|0[3-9][0-9]{2})(?P<line>[2-9][0-9]{6,7})(?![0-9A-Za-z.-])")


def phone_slips(field: Field) -> Iterator[Slip]:
    """The telephone numbers of a field that lost their hyphen."""
    for run in _RUN.finditer(field.text):
        meant = f"{run['area']}-{run['line']}"
        if is_beside_gap(field, run.end("area")) and [phone.number for phone in phone_numbers(meant)] == [meant]:
            yield Slip(run.start(), run.end(), run[0], meant)
