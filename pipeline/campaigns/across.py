"""What a batch asks of the checks across registers and units: sections of the campaign profile.

In: the root of the profile. Out: :class:`AcrossPolicy`. Refuses what the other sections refuse, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.campaigns.profile import Section
from pipeline.vocabulary import Vocabulary

Known = Callable[[Section, str, Collection[str]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LedDirectly:
    """Which powers a leader must not grade mildest when he handles them himself.

    roles: of vocab/roles.csv, empty for unchecked. power_types, names: the powers, by canonical type or by a word of
    their name. mildest: the grade that is too low.
    """

    roles: frozenset[str] = frozenset()
    power_types: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    mildest: int = 3


@dataclass(frozen=True, slots=True)
class UnitKind:
    """Units of one kind, told by how their names end. parallel: each exercises the same powers in its own area."""

    name: str
    endings: tuple[str, ...]
    parallel: bool


@dataclass(frozen=True, slots=True)
class Competence:
    """When several units claim the same power. most: claimed by more units, it is every organ's; 0 for unchecked.

    by_law: types of which two powers are the same only when they rest on the same law. shortest: characters that tell
    the object of one whose law is not known. universal_types, universal: powers that every organ has, by
    type and by a word of their name. subordinate: unit → the unit that it belongs to.
    """

    most: int = 0
    shortest: int = 0
    by_law: frozenset[str] = frozenset()
    universal_types: frozenset[str] = frozenset()
    universal: tuple[str, ...] = ()
    subordinate: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparable:
    """When a unit has far fewer powers than its like: at least ``least`` units, below ``share`` of their median."""

    least: int = 0
    share: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class AcrossPolicy:
    """All of the above."""

    led_directly: LedDirectly
    kinds: tuple[UnitKind, ...]
    competence: Competence
    comparable: Comparable

    def kind(self, unit: str) -> UnitKind | None:
        """The kind of a unit by its name; None for one of a kind of its own."""
        return next((kind for kind in self.kinds if unit.endswith(kind.endings)), None)


def across_policy(root: Section, words: Vocabulary, known: Known) -> AcrossPolicy:
    """The policy of a profile. known: takes a list of known words from a section."""
    types = {each.canonical for each in words.power_types}
    led, competence, comparable = (root.section(key) for key in ("led_directly", "competence", "comparable"))
    subordinate = competence.section("subordinate")
    policy = AcrossPolicy(
        LedDirectly(
            frozenset(known(led, "roles", {role for role in words.roles if role})),
            frozenset(known(led, "power_types", types)),
            led.words("names"),
            led.whole("mildest", 3),
        ),
        tuple(_kind(each) for each in root.sections("unit_kinds")),
        Competence(
            competence.whole("most", 0),
            competence.whole("shortest", 0),
            frozenset(known(competence, "by_law", types)),
            frozenset(known(competence, "universal_types", types)),
            competence.words("universal"),
            {unit: subordinate.text(unit) for unit in subordinate.free_keys()},
        ),
        Comparable(comparable.whole("least", 0), comparable.fraction("share")),
    )
    for section in (led, competence, comparable, subordinate):
        section.finish()
    return policy


def _kind(section: Section) -> UnitKind:
    kind = UnitKind(section.text("name"), section.words("endings"), section.flag("parallel", False))
    section.finish()
    return kind
