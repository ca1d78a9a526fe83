"""Which powers of the unit's catalogue its risk points mean (对应职权).

In: the records of a context. Out: :func:`meant`, what each printed 对应职权 was found to mean, and
:func:`power_keys`, the power of each risk point for the warehouse. Refuses to link what is doubtful, or a text that
means several powers.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.matching.power_index import Found, Listed, Match, PowerIndex
from pipeline.record import Record
from pipeline.rules.context import RuleContext
from pipeline.rules.naming import category


def power_index(context: RuleContext) -> PowerIndex:
    """The powers of both catalogues of the unit, to be found by name."""
    return context.once(_index)


def meant(context: RuleContext) -> Mapping[str, tuple[tuple[str, Found], ...]]:
    """Printed 对应职权 → its parts, each with the power that it means."""
    return context.once(_meant)


def power_keys(context: RuleContext) -> Mapping[str, str]:
    """Key of a risk point → key of the one power that it certainly means."""
    return context.once(_power_keys)


def _power_keys(context: RuleContext) -> Mapping[str, str]:
    keys: dict[str, str] = {}
    for record in context.risks:
        parts = meant(context).get(context.text(record, "power_name"), ())
        if len(parts) == 1 and isinstance(parts[0][1], Match) and parts[0][1].key:
            keys[record.key] = parts[0][1].key
    return keys


def listed(context: RuleContext, record: Record) -> Listed:
    """A power of the catalogue as it is matched."""
    name, code, sub_item = (context.text(record, field) for field in ("name", "code", "sub_item"))
    return Listed(record.key, name, code, sub_item, category(context, record))


def _index(context: RuleContext) -> PowerIndex:
    return PowerIndex((listed(context, record) for record in context.powers), context.vocabulary, context.unit)


def _meant(context: RuleContext) -> Mapping[str, tuple[tuple[str, Found], ...]]:
    texts = dict.fromkeys(context.text(record, "power_name") for record in context.risks)
    return {text: power_index(context).find_each(text) for text in texts if text}
