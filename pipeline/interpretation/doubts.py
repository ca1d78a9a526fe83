"""Headings and labels that are not known for certain → remarks.

In: the slots of a header, or the pairs of a form with their matches. Out: a remark for each that is unknown, or was
taken for a field only because it is near enough. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.document import Place
from pipeline.interpretation.forms import Pair
from pipeline.interpretation.headers import Slot
from pipeline.interpretation.headings import Match
from pipeline.record import Remark, RemarkKind
from pipeline.vocabulary import Vocabulary


def heading_remarks(slots: Sequence[Slot], vocabulary: Vocabulary) -> Iterable[Remark]:
    """Of the headings of a table."""
    for slot in slots:
        if slot.path:
            yield from _match_remarks(slot.match, slot.place, slot.heading, slot.family, vocabulary)


def pair_remarks(pairs: Sequence[tuple[Pair, Match]], vocabulary: Vocabulary) -> Iterable[Remark]:
    """Of the labels of a form."""
    for pair, match in pairs:
        family = match.heading.family if match.heading else "power"
        yield from _match_remarks(match, pair.source.place, "".join(pair.label.split()), family, vocabulary)


def _match_remarks(match: Match, place: Place, heading: str, family: str, vocabulary: Vocabulary) -> Iterable[Remark]:
    if match.heading is None:
        yield Remark(RemarkKind.UNKNOWN_HEADING, place, heading)
    elif not match.certain and match.fields:
        column = vocabulary.column(family, match.fields[0])
        facts = (("field", column), ("runner_up", match.runner_up), ("score", f"{match.score:.2f}"))
        yield Remark(RemarkKind.DOUBTFUL_HEADING, place, heading, column, facts)
    elif not match.certain:
        yield Remark(RemarkKind.UNKNOWN_HEADING, place, heading)
