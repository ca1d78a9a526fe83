"""Recognized records with what is certain mended, before any rule looks at them.

In: a unit's name and file readings, the vocabulary, the statutes. Out: the same readings; where a field was mended its
text has changed, its raw text has not, and the file has a remark (RECOGNIZED) that shows both. Readings without
anything recognized are handed back as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.law.statutes import StatuteLibrary
from pipeline.recognition.agreement import SeenValues
from pipeline.recognition.codes import SeenCodes
from pipeline.recognition.legal_bases import numeral_slips, title_slips
from pipeline.recognition.phones import phone_slips
from pipeline.recognition.slips import Slip, mended
from pipeline.record import Field, FileReading, Reading, Record, Remark, RemarkKind, Value
from pipeline.vocabulary import Vocabulary

_BASES = frozenset(("legal_basis", "fee_basis"))


def repaired(
    unit: str, readings: Iterable[FileReading], vocabulary: Vocabulary, library: StatuteLibrary
) -> tuple[FileReading, ...]:
    """The readings with the certain slips of recognition mended."""
    files = tuple(readings)
    if not any(_is_recognized(field) for file in files for record in file.records for field in record.fields):
        return files
    records = [record for file in files for record in file.records]
    repairer = _Repairer(SeenValues(unit, records, vocabulary), SeenCodes(records, vocabulary), vocabulary, library)
    return tuple(repairer.file(file) for file in files)


def _is_recognized(field: Field) -> bool:
    return Reading.OCR in field.reading


class _Repairer:
    def __init__(self, seen: SeenValues, codes: SeenCodes, vocabulary: Vocabulary, library: StatuteLibrary) -> None:
        self._seen = seen
        self._codes = codes
        self._vocabulary = vocabulary
        self._library = library

    def file(self, file: FileReading) -> FileReading:
        remarks: list[Remark] = []
        records = tuple(self._record(record, remarks) for record in file.records)
        if not remarks:
            return file
        return replace(file, records=records, remarks=(*file.remarks, *dict.fromkeys(remarks)))

    def _record(self, record: Record, remarks: list[Remark]) -> Record:
        fields = tuple(
            self._field(record, field, remarks) if _is_recognized(field) else field for field in record.fields
        )
        return record if fields == record.fields else replace(record, fields=fields)

    def _field(self, record: Record, field: Field, remarks: list[Remark]) -> Field:
        family = record.register.family
        slips, value = self._slips(family, field)
        if not slips:
            return field
        column = self._vocabulary.column(family, field.name)
        place = field.sources[0].place if field.sources else record.place
        remarks += [
            Remark(RemarkKind.RECOGNIZED, place, field.raw, column, (("wrong", slip.read), ("right", slip.meant)))
            for slip in slips
        ]
        return mended(field, slips, value)

    def _slips(self, family: str, field: Field) -> tuple[Sequence[Slip], Value]:
        """The certain slips of a field, and the typed value that it has when they are mended."""
        if (found := self._seen.slip(family, field)) is not None:
            return (found[0],), found[1]
        if (code := self._codes.slip(family, field)) is not None:
            return (code,), field.value
        if field.name not in _BASES:
            return tuple(phone_slips(field)), field.value
        numerals = tuple(numeral_slips(field, self._vocabulary))
        titles = tuple(title_slips(field, self._vocabulary, self._library))
        return (*numerals, *titles), field.value
