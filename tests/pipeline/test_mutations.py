"""A seeded handful of the mutation benchmark: damage to one record accuses no other."""

from __future__ import annotations

from tests.benchmarks.mutations import BREAKS, measure


def test_damage_to_one_record_accuses_no_other() -> None:
    tally = measure(2 * len(BREAKS), seed=11)
    assert tally.accused == []
    kinds = {kind for kind, _ in tally.made}
    assert kinds == set(BREAKS)
    for kind in ("wrong title", "code doubled"):  # nothing can hide these
        made, noticed = (sum(n for key, n in c.items() if key[0] == kind) for c in (tally.made, tally.noticed))
        assert noticed == made, [each for each in tally.unnoticed if each.kind == kind]
