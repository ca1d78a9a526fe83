"""How well names of powers are matched, on pairs labelled by hand (tests/pipeline/name_pairs.csv).

``python -m tests.benchmarks.name_pairs``. Prints precision and recall of the verdict "the same power" for the pairs by
which words and threshold were chosen (调试) and for those written afterwards and never tuned upon (检验), with other
thresholds beside; then every wrong pair, and the pairs of names compared in a second. Asserts nothing.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.matching import likeness as measure
from pipeline.matching.likeness import Kin, Likeness, likeness
from pipeline.matching.power_name import power_name
from pipeline.vocabulary import load_vocabulary

PAIRS = Path(__file__).parent.parent / "pipeline" / "name_pairs.csv"
HELD_OUT = "检验"
_SAME = frozenset((Kin.FOLDED, Kin.SIMILAR))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they are one power's, whose catalogue it is, and the part of the pairs it belongs to."""

    name: str
    power: str
    same: bool
    unit: str
    part: str

    def likeness(self) -> Likeness:
        words = load_vocabulary()
        return likeness(
            power_name(self.name, words, unit=self.unit), power_name(self.power, words, unit=self.unit), words
        )


@dataclass(frozen=True, slots=True)
class Score:
    """matched: pairs told to be one power, right: rightly; same: pairs that are one power, offered: only offered."""

    matched: int
    right: int
    same: int
    offered: int
    wrong: tuple[Pair, ...]

    @property
    def precision(self) -> float:
        return self.right / self.matched

    @property
    def recall(self) -> float:
        return self.right / self.same


def pairs(part: str = "") -> list[Pair]:
    """The labelled pairs, or those of one part."""
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        rows = [
            Pair(name, power, same == "是", unit, of) for name, power, same, unit, of in list(csv.reader(stream))[1:]
        ]
    return [pair for pair in rows if not part or pair.part == part]


def score(labelled: Iterable[Pair]) -> Score:
    """How the verdicts on some pairs agree with their labels."""
    told = [(pair, pair.likeness().kin) for pair in labelled]
    matched = [pair for pair, kin in told if kin in _SAME]
    return Score(
        len(matched),
        sum(pair.same for pair in matched),
        sum(pair.same for pair, _ in told),
        sum(pair.same and kin is Kin.DOUBTFUL for pair, kin in told),
        tuple(pair for pair, kin in told if (kin in _SAME) != pair.same),
    )


def main() -> None:
    chosen = measure.SAME
    print("part  pairs  same  threshold  precision  recall  recall with offers")
    for part in ("调试", HELD_OUT):
        labelled = pairs(part)
        for threshold in (0.80, 0.85, 0.90, chosen, 0.96, 0.99):
            measure.SAME = threshold
            found = score(labelled)
            print(
                f"{part} {len(labelled):5} {found.same:5} {threshold:10.2f} {found.precision:10.4f} {found.recall:7.3f}"
                f" {(found.right + found.offered) / found.same:8.3f}{'   <- chosen' if threshold == chosen else ''}"
            )
    measure.SAME = chosen
    for pair in score(pairs()).wrong:
        verdict = pair.likeness()
        print(f"{'missed' if pair.same else 'WRONG '} {pair.name} | {pair.power} {verdict.kin.value} {verdict.score}")
    reads = [power_name(pair.power, load_vocabulary()) for pair in pairs()]
    started = time.perf_counter()
    for one in reads[:100]:
        for other in reads:
            likeness(one, other, load_vocabulary())
    print(f"{100 * len(reads) / (time.perf_counter() - started):,.0f} comparisons in a second")


if __name__ == "__main__":
    main()
