"""How often citations are judged rightly: the labelled verdict set, and right citations that nobody may accuse.

``python -m tests.benchmarks.citation_verdicts [--drawn N] [--seed N]``. Prints for each kind of the set
(tests/pipeline/law/verdict_set.csv) how many are right (aim ≥ 0.99 of all), and of N citations drawn from the facts
(tests/pipeline/law/right_citations.py) which were accused (aim ≤ 2 of 2,000). Nothing is asserted.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from pipeline.law.statutes import StatuteLibrary
from pipeline.vocabulary import load_vocabulary
from tests.pipeline.law.labelled import verdict_outcomes
from tests.pipeline.law.right_citations import accusations, drawn


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawn", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    vocabulary, library = load_vocabulary(), StatuteLibrary()
    outcomes = verdict_outcomes(vocabulary, library)
    right, all_of = Counter(o.kind for o in outcomes if o.right), Counter(o.kind for o in outcomes)
    for kind, count in all_of.items():
        print(f"{right[kind]:>4} of {count:>4} {kind}")
    print(f"{sum(right.values())} of {len(outcomes)} right: {sum(right.values()) / len(outcomes):.4f} (aim ≥ 0.99)")
    cases = drawn(library, options.drawn, options.seed)
    found = list(accusations(cases, vocabulary, library))
    for case, said in found:
        print(f"accused {case.text}: {said}")
    print(f"{len(found)} of {len(cases)} right citations accused (aim ≤ 2 of 2,000)")


if __name__ == "__main__":
    main()
