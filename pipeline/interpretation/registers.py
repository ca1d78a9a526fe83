"""Which register a table is, from its headings and the titles above it, never from the file's name.

In: the fields that its headings stand for in each family, and title texts. Out: :class:`Verdict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.interpretation.headings import evidence
from pipeline.record import Register
from pipeline.text.normalization import fold
from pipeline.vocabulary import Vocabulary

# Evidence (vocab/evidence.csv) from which headings alone make a table a register, and with a title that says so.
ENOUGH = 4.0
ENOUGH_WITH_TITLE = 2.0
# Without a title at least one heading must weigh this much: a name and a department are in every list of projects.
TELLING = 2.0

_PLAIN = {"power": Register.POWERS, "risk": Register.RISK}
# What a table must have of its family, whatever else it has: without, it is a list of something else.
_CORE = {
    "power": frozenset({"name", "sub_item", "power_type", "legal_basis"}),
    "risk": frozenset({"risk_point", "manifestation", "control_measures", "risk_grade"}),
    "statistics": frozenset({"power_type", "count"}),
    "post_power": frozenset({"power_name", "duties"}),
}
# Fields that make a table with risk columns a catalogue of powers rather than a risk register.
_CATALOGUE = frozenset({"legal_basis", "power_type", "code", "exercise_level", "statutory_limit"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The register a table is; with_risks: a catalogue of powers that carries risk columns."""

    register: Register
    family: str = ""
    with_risks: bool = False


NO_REGISTER = Verdict(Register.NONE)


class RegisterJudge:
    """Decides which register a table is."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def title_weights(self, titles: Iterable[str]) -> dict[Register, int]:
        """How much the titles speak for each register."""
        weights: dict[Register, int] = {}
        for title in titles:
            key = fold(title)
            for row in self._vocabulary.register_titles:
                if any(word in key for word in row.words) and not any(word in key for word in row.unless):
                    register = Register(row.register)
                    weights[register] = max(weights.get(register, 0), row.weight)
        return weights

    def title_of(self, titles: Sequence[str]) -> str:
        """Of several texts above a table the one that names it: the last that names a register, else the last."""
        printed = [text.strip() for text in titles if text.strip()]
        return next((text for text in reversed(printed) if self.title_weights([text])), printed[-1] if printed else "")

    def judge(self, fields: Mapping[str, Iterable[str]], titles: Iterable[str], type_columns: int = 0) -> Verdict:
        """The register. fields: family → fields its headings stand for. type_columns: headings that are power types."""
        titled = self.title_weights(titles)
        sets = {family: frozenset(names) for family, names in fields.items()}
        weights = self._vocabulary.evidence
        scores = {family: evidence(names, family, weights) for family, names in sets.items()}
        if type_columns >= 3 and "name" not in sets.get("power", ()):
            return Verdict(Register.POWER_STATISTICS, "statistics")
        best: tuple[float, str, Register | None] = (0.0, "", None)
        for family, score in scores.items():
            register, weight = _heaviest(titled, family)
            core = sets[family] & _CORE[family]
            telling = any(weights.get((family, name), 0) >= TELLING for name in sets[family])
            if not core or not ((score >= ENOUGH and telling) or (score >= ENOUGH_WITH_TITLE and weight > 1)):
                continue
            if family in ("statistics", "post_power") and register is None and "name" in sets.get("power", ()):
                continue
            if family in ("statistics", "post_power") and register is None and score < ENOUGH:
                continue
            best = max(best, (score + 2 * weight, family, register), key=lambda item: item[0])
        if not best[1]:
            return NO_REGISTER
        return self._refined(best[1], best[2], sets, titled)

    def _refined(
        self,
        family: str,
        register: Register | None,
        sets: Mapping[str, frozenset[str]],
        titled: Mapping[Register, int],
    ) -> Verdict:
        powers, risks = sets.get("power", frozenset()), sets.get("risk", frozenset())
        risk_titled = any(r.family == "risk" and weight >= 4 for r, weight in titled.items())
        carries_risks = bool(risks & _CORE["risk"])
        # A basis and a type beside each name make a catalogue, even where the title speaks of risks as well.
        needed = 2 if risk_titled else 1
        if family == "risk" and "name" in powers and len(powers & _CATALOGUE) >= needed:
            family, register = "power", _heaviest(titled, "power")[0]
        if family == "power" and "non_disclosure_reason" in powers and register is not Register.POWERS:
            register = Register.POWERS_NOT_PUBLIC
        if family == "risk" and register in (None, Register.RISK) and "person" in risks:
            register = Register.RISK_POST  # a register that names a person in each row or form is kept by post
        chosen = register or _PLAIN.get(family) or next(r for r in Register if r.family == family)
        return Verdict(chosen, family, family == "power" and carries_risks)


def _heaviest(titled: Mapping[Register, int], family: str) -> tuple[Register | None, int]:
    found = [(weight, register) for register, weight in titled.items() if register.family == family]
    if not found:
        return None, 0
    weight, register = max(found, key=lambda item: item[0])
    return register, weight
