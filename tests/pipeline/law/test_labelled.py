"""All labelled citations and verdicts against the outcomes committed, and right citations that nobody may accuse."""

from __future__ import annotations

from pipeline.law.workspace_library import shipped_library
from pipeline.vocabulary import load_vocabulary
from tests.pipeline.law.labelled import all_outcomes, gains_and_losses
from tests.pipeline.law.right_citations import accusations, drawn


def test_no_labelled_case_is_lost_and_what_was_gained_is_taken_down() -> None:
    outcomes = all_outcomes()
    gained, lost = gains_and_losses(outcomes)
    print(*gained, *lost, "python -m tests.pipeline.law.labelled --write takes down what was gained", sep="\n")
    assert not gained + lost
    for letters in ("CTU", "V"):
        judged = [each.right for each in outcomes if each.case[0] in letters]
        assert len(judged) >= 300
        assert sum(judged) >= 0.98 * len(judged)


def test_right_citations_are_not_accused() -> None:
    library = shipped_library()
    accused = list(accusations(drawn(library, 2000, seed=20261129), load_vocabulary(), library))
    assert accused == []
