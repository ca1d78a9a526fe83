"""How often the classifier of power names speaks, and how often it is right, on names labelled by hand.

``python -m tests.benchmarks.power_names``. Prints for each type: names, spoken of, right, narrowed down; then
precision and coverage, the names told wrongly, and the time of a process that has not seen them. Asserts nothing.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.naming.power_type import named_type
from pipeline.vocabulary import load_vocabulary

NAMES = Path(__file__).parent.parent / "pipeline" / "power_names.csv"


@dataclass
class Score:
    """names: labelled. spoken: told one type; right: the labelled one. narrowed: told at least what it cannot be."""

    names: int = 0
    spoken: int = 0
    right: int = 0
    narrowed: int = 0
    left_possible: int = 0
    wrong: list[str] = field(default_factory=list)
    ruled_out: list[str] = field(default_factory=list)


def measure(only: str = "") -> Score:
    """The score on all names, or on those of one type."""
    words, score = load_vocabulary(), Score()
    for name, label in _labelled():
        if only and label != only:
            continue
        score.names += 1
        found = named_type(name, words)
        if found is None:
            continue
        score.narrowed += 1
        score.left_possible += label in found.possible
        if label not in found.possible:
            score.ruled_out.append(f"{name}: {found.head}")
        if found.power_type:
            score.spoken += 1
            score.right += found.power_type == label
            if found.power_type != label:
                score.wrong.append(f"{name}: {found.power_type}, not {label}")
    return score


def _labelled() -> list[tuple[str, str]]:
    with NAMES.open(encoding="utf-8", newline="") as stream:
        return [(row["name"], row["power_type"]) for row in csv.DictReader(stream)]


def main() -> None:
    started = time.perf_counter()
    whole = measure()
    seconds = time.perf_counter() - started
    for label in ("", *Counter(label for _, label in _labelled())):
        score = measure(label) if label else whole
        told = f"{score.right} of {score.spoken} right" if score.spoken else "never spoken of"
        print(f"{label or 'all':12} {score.names:4} names   {told:22} narrowed {score.narrowed:4}")
    print(f"\nprecision {whole.right / whole.spoken:.4f}   coverage {whole.spoken / whole.names:.3f}", end="   ")
    print(
        f"nothing possible ruled out {whole.left_possible / whole.narrowed:.4f} of {whole.narrowed / whole.names:.3f}"
    )
    print(*(whole.wrong + whole.ruled_out), sep="\n")
    print(f"{len(_labelled())} names in {seconds:.2f} s, loading the dictionary included")


if __name__ == "__main__":
    main()
