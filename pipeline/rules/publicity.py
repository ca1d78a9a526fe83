"""Family N: why a power is kept from the public.

In: the not-public catalogue. Out: hits about reasons that name no lawful ground. That a reason is missing altogether
(N01) is a requirement of the campaign and told by pipeline/rules/fields.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.record import Reading, Record, Register
from pipeline.rules.context import RuleContext
from pipeline.rules.items import printed_once
from pipeline.rules.registry import Hit, Scope, on_record, records_with, rule

_STATUTE = re.compile("《[^《》]{2,60}(?:法|条例)(?:[（(][^（()）]{1,20}[）)])?》")


def _checked(context: RuleContext, code: str) -> Scope[Record]:
    if not context.campaign.secrecy.grounds:
        return Scope((), "not_required")
    return records_with("non_disclosure_reason", among=(Register.POWERS_NOT_PUBLIC,))(context, code)


@rule("N02", over=_checked)
def no_lawful_ground(context: RuleContext, code: str, records: tuple[Record, ...]) -> Iterator[Hit]:
    """A reason that neither names a ground of the campaign nor cites a statute."""
    policy = context.campaign.secrecy
    for record in printed_once(context, records, "non_disclosure_reason"):
        found = context.field(record, "non_disclosure_reason")
        if found is None or not found.text or found.reading & (Reading.PLACEHOLDER | Reading.UNREAD):
            continue
        text = found.text
        for phrase in policy.without:
            text = text.replace(phrase, "")
        if any(word in text for word in policy.grounds) or _STATUTE.search(text):
            continue
        known = text != found.text or any(word in text for word in policy.insufficient)
        yield on_record(context, record, "non_disclosure_reason", variant="" if known else "unknown")
