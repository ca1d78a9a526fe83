"""Family V: what a resubmission did to the powers and findings of the versions before it.

In: the history of the unit's catalogue (:class:`~pipeline.identity.history.History`). Out: hits about powers that
vanished, powers that were added without a basis, and findings that came back unmended. A power that may only have been
renamed is neither vanished nor new: pipeline/identity says so. On a first version nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.document import Place
from pipeline.identity.history import Gone
from pipeline.law.verified import BASIS
from pipeline.record import FileState, Reading, Record, Register
from pipeline.rules.basis import names_nothing
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import Facts, Hit, Scope, clipped, on_record, readable, rule

_FAMILY = "V"  # findings of this family are about versions, and are not counted as unmended once more


def _gone(context: RuleContext, code: str) -> Scope[Gone]:
    if context.history.gone is None:
        return Scope((), "first_version")
    if any(file.state is FileState.QUARANTINED for file in context.files):
        return Scope((), "files_unread")  # what is missing may stand there
    return Scope(context.history.gone)


@rule("V01", over=_gone)
def vanished(context: RuleContext, code: str, gone: tuple[Gone, ...]) -> Iterator[Hit]:
    """A power of an earlier version that is missing. It is identified with the version that had it last."""
    for each in gone:
        item = each.item
        facts: Facts = {
            "version": each.last,
            "item": context.vocabulary.label("item.named").format(name=clipped(item.name)),
            "file": item.file,
            "place": readable(Place.parse(item.place)) if item.place else "",
        }
        yield Hit(each, Register.POWERS, "name", Place(), item.name, None, f"{item.key} {each.last}", "", facts)


def _added(context: RuleContext, code: str) -> Scope[Record]:
    added = context.history.added
    if added is None:
        return Scope((), "first_version")
    new = tuple(record for record in context.of(Register.POWERS) if record.key in added)
    judged = tuple(record for record in new if context.field(record, BASIS) is not None)
    return Scope(judged, "column_absent" if new and not judged else "")


@rule("V02", over=_added)
def added_without_basis(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power that the first version did not have, and whose basis names nothing."""
    for record in records:
        basis = context.field(record, BASIS)
        if basis is None or Reading.UNREAD in basis.reading:
            continue
        if names_nothing(context, record, basis):
            yield on_record(context, record, BASIS)


def _returned(context: RuleContext, code: str) -> Scope[Record]:
    if context.history.returned is None:
        return Scope((), "not_handed_in_again")
    return Scope((*context.powers, *context.risks))


@rule("V03", over=_returned)
def unmended(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A power or risk point of which a finding that was returned has been found again: one hit lists them all."""
    returned = {each.identity for each in context.history.returned or () if not each.code.startswith(_FAMILY)}
    again: dict[str, dict[str, int]] = {}
    for finding in context.findings:
        if finding.fingerprint in returned and finding.subject_key:
            codes = again.setdefault(finding.subject_key, {})
            codes[finding.code] = codes.get(finding.code, 0) + 1
    words = context.vocabulary
    for record in records:
        codes = again.pop(record.key, {})
        if codes:
            titles = words.label("list.and").join(words.rules[each].title for each in codes)
            facts: Facts = {"count": sum(codes.values()), "problems": titles}
            identity = " ".join((record.key, *sorted(codes)))
            yield replace(on_record(context, record, facts=facts), identity=identity)
