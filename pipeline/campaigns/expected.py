"""Which units must hand in which registers (应报), and by which names their folders go.

In: the tables [[units]] of a campaign file. Out: :class:`ExpectedUnits`. Refuses, as the profile's error: a name or an
alias that two units claim, a register of a kind that is not known. A unit is still what its folder is called; the names
here tell only which folder answers which expectation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.campaigns.profile import Section

# 云溪县文化局 → 县文化局, 文化局: what is left when the name of the place, or the place, is left out.
_PLACE = re.compile(r"(?P<name>[^省市县区州盟旗]{1,6})(?P<kind>[省市县区州盟旗])(?P<rest>.{2,})")


@dataclass(frozen=True, slots=True)
class ExpectedUnit:
    """A unit that the campaign names.

    aliases: as listed. parent: 上级, "" for none. expected: False for a unit that is known and need not hand in.
    registers: families (``power``, ``risk`` …) that it must hand in. deadline: an extension, its own last day for
    handing in. names: by which a folder is known as this unit's: its name, the aliases, and short forms that no other
    unit could claim.
    """

    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    expected: bool = True
    registers: tuple[str, ...] = ()
    deadline: dt.date | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedUnits:
    """All units of a campaign, in the order of the file; none where the campaign does not say who must hand in."""

    units: tuple[ExpectedUnit, ...] = ()

    def of(self, folder: str) -> ExpectedUnit | None:
        """The unit that a folder of this name stands for; None for one that the campaign does not name."""
        return next((unit for unit in self.units if folder in unit.names), None)


def short_forms(name: str) -> tuple[str, ...]:
    """What a unit's name becomes when people leave out the name of its place, or the place altogether."""
    place = _PLACE.fullmatch(name)
    return (place["kind"] + place["rest"], place["rest"]) if place else ()


def read_units(root: Section, families: dict[str, str]) -> ExpectedUnits:
    """The units of a campaign file. families: what a user calls a register → its family. Raises the profile's error."""
    usual = _registers(root, families)
    listed = tuple(_unit(section, usual, families) for section in root.sections("units"))
    seen: dict[str, str] = {}
    for number, unit in enumerate(listed):
        for name in (unit.name, *unit.aliases):
            if name in seen:
                raise root.error_in("units", number, "campaign.name_taken", name=name, other=seen[name])
            seen[name] = unit.name
    shortened = Counter(form for unit in listed for form in set(_short(unit)))
    return ExpectedUnits(
        tuple(
            ExpectedUnit(
                unit.name, unit.aliases, unit.parent, unit.expected, unit.registers, unit.deadline,
                (unit.name, *unit.aliases, *(f for f in _short(unit) if shortened[f] == 1 and f not in seen)),
            )
            for unit in listed
        )
    )  # fmt: skip


def _short(unit: ExpectedUnit) -> Iterator[str]:
    return iter(dict.fromkeys(form for name in (unit.name, *unit.aliases) for form in short_forms(name)))


def _unit(section: Section, usual: tuple[str, ...], families: dict[str, str]) -> ExpectedUnit:
    unit = ExpectedUnit(
        name=section.text("name"),
        aliases=tuple(dict.fromkeys(section.words("aliases"))),
        parent=section.text("parent", ""),
        expected=section.flag("expected", True),
        registers=_registers(section, families) or usual,
        deadline=section.day("deadline"),
    )
    if not unit.name:
        raise section.error("name", "campaign.missing")
    section.finish()
    return unit


def _registers(section: Section, families: dict[str, str]) -> tuple[str, ...]:
    given = section.words("registers")
    for word in given:
        if word not in families:
            raise section.error("registers", "campaign.unknown_value", value=word, known="、".join(families))
    return tuple(dict.fromkeys(families[word] for word in given))
