"""Family X, where text was recognized from a picture: fields that were read with doubt.

In: the records of a unit with the confidence of each character. Out: hits that a person must look at beside the
picture. Judges no text.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.record import Field, Reading, Record
from pipeline.rules.context import RuleContext
from pipeline.rules.items import same_cell
from pipeline.rules.registry import Hit, Scope, on_record, rule


@rule("X02", over=lambda context, code: _recognized(context))
def read_with_doubt(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A recognized field below the confidence that the campaign asks for; a merged cell is one."""
    threshold = context.campaign.doubtful_below / 100
    above: Record | None = None
    for record in records:
        for field in record.fields:
            if Reading.OCR not in field.reading or field.blank or field.confidence >= threshold:
                continue
            if Reading.INFERRED in field.reading or (above and same_cell(context, above, record, field.name)):
                continue
            variant = "repaired" if Reading.REPAIRED in field.reading else ""
            facts = {"confidence": f"{field.confidence:.0%}", "text": field.text}
            yield on_record(
                context, record, field.name, span=_doubtful_span(field, threshold), variant=variant, facts=facts
            )
        above = record


def _recognized(context: RuleContext) -> Scope[Record]:
    records = tuple(r for r in context.records if any(Reading.OCR in field.reading for field in r.fields))
    return Scope(records, "" if records else "nothing_recognized")


def _doubtful_span(field: Field, threshold: float) -> tuple[int, int] | None:
    """The half-open part of the raw text from the first doubtful character to the last."""
    doubtful = [field.offsets[at] for at, confidence in enumerate(field.confidences) if confidence < threshold]
    return (doubtful[0], doubtful[-1] + 1) if doubtful else None
