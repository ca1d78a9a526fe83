"""How fast citations are found and resolved, on one core, against a bare regular expression over the same cells.

``python -m tests.benchmarks.citation_speed [--cells N] [--repeat N]``. The cells are drawn from the titles of the
statute library, no two alike: one to three laws with articles, ranges, orders, version notes, numbered lists, laws
without marks, articles quoted in full. Prints medians: citations found a second (aim ≥ 20,000), citations resolved a
second (aim ≥ 50,000), again and the first time, the bare scan for 《…》 and 第…条 in the same run with the ratio to it,
the time to load the library (aim ≤ 0.3 s) and the memory that it takes (aim ≤ 150 MB). Seconds are those of the
processor, so that other work on the machine counts less. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date

from pipeline.law.citations import Citation, citations
from pipeline.law.statutes import StatuteLibrary
from pipeline.law.verdicts import verify
from pipeline.vocabulary import load_vocabulary

REVIEW = date(2026, 3, 1)
_BARE = re.compile("《[^《》]{2,100}》|第[〇零一二三四五六七八九十百千0-9]{1,9}[条款项]")
_CHINESE = "〇一二三四五六七八九"
_SHAPES = (
    "《{0}》第{a}条",
    "《{0}》第{a}条第{p}款",
    "《{0}》第{a}条第{p}款第（{i}）项、第{b}条",
    "《{0}》第{a}条至第{b}条",
    "1.《{0}》第{a}条；2.《{1}》第{b}条第{p}款",
    "{0}第{a}条、{1}第{b}条",
    "《{0}》（国务院令第{n}号）第{a}条",
    "《{0}》（{y}年修正）第{a}条第（{i}）项；《{1}》第{b}条、第{c}条",
    "依据《{0}》第{a}条、《{1}》第{b}条和《{2}》第{c}条第{p}款的规定",
    "《{0}》第{a}条：“有下列情形之一的，由主管部门责令改正，处一千元以上五千元以下罚款：（一）未办理登记的；（二）逾期"
    "未改正的。”《{1}》第{b}条",
)


def numeral(value: int) -> str:
    """A number below a thousand as statutes print it: 十二, 一百零八."""
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    head = f"{_CHINESE[hundreds]}百" if hundreds else ""
    ten = "十" if tens == 1 and not hundreds else f"{_CHINESE[tens]}十" if tens else "零" if hundreds and ones else ""
    return head + ten + (_CHINESE[ones] if ones else "")


def made_up(count: int, library: StatuteLibrary) -> list[str]:
    """That many different cells of a basis column."""
    draw = random.Random(20261129)
    titles = [statute.title for statute in library.statutes() if statute.versions]
    return [_cell(draw, titles) for _ in range(count)]


def _cell(draw: random.Random, titles: list[str]) -> str:
    first = draw.randint(1, 90)
    numbers = {"a": first, "b": first + draw.randint(1, 3), "c": first + draw.randint(4, 9)}
    return draw.choice(_SHAPES).format(
        *draw.sample(titles, 3),
        **{name: numeral(value) for name, value in numbers.items()},
        p=_CHINESE[draw.randint(1, 3)],
        i=_CHINESE[draw.randint(1, 9)],
        n=draw.randint(100, 799),
        y=draw.randint(2004, 2024),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=10000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args(arguments)
    vocabulary, library = load_vocabulary(), StatuteLibrary()
    cells = made_up(options.cells, library)
    citations(cells[0], vocabulary)  # builds the grammar
    library.find("行政许司法")  # loads the dictionary
    library.find_order("国务院令第1号")  # builds the index
    found = [each for cell in cells for each in citations(cell, vocabulary)]
    reading = _median(lambda: [citations(cell, vocabulary) for cell in cells], options.repeat)
    bare = _median(lambda: [_BARE.findall(cell) for cell in cells], options.repeat)
    print(f"{len(cells)} cells, {len(found)} citations")
    print(f"found {len(found) / reading:,.0f} citations/s (aim ≥ 20,000), {len(cells) / reading:,.0f} cells/s")
    print(f"bare scan {len(cells) / bare:,.0f} cells/s; finding takes {reading / bare:.1f} times as long")
    first = _once(lambda: _resolve(found, library))
    again = _median(lambda: _resolve(found, library), options.repeat)
    print(f"resolved {len(found) / again:,.0f} citations/s (aim ≥ 50,000), the first time {len(found) / first:,.0f}")
    orders = [each.document_number for each in found if each.document_number]
    looked = _median(lambda: [library.find_order(order) for order in orders], options.repeat)
    print(f"orders looked up {len(orders) / looked:,.0f}/s")
    load = statistics.median(_child("load") for _ in range(options.repeat))
    print(f"library loads in {load:.2f} s (aim ≤ 0.3 s), takes {_child('memory'):.0f} MB (aim ≤ 150 MB)")


def _resolve(found: list[Citation], library: StatuteLibrary) -> None:
    for each in found:
        verify(each, library, REVIEW)


def _once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _median(work: Callable[[], object], repeat: int) -> float:
    return statistics.median(_once(work) for _ in range(repeat))


def _child(measure: str) -> float:
    """Seconds to load, or megabytes more at the end, in a process that has loaded nothing yet."""
    command = [sys.executable, "-m", "tests.benchmarks.citation_speed", f"--{measure}"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measured(measure: str) -> float:
    if measure == "load":
        return _once(StatuteLibrary)
    tracemalloc.start()
    library = StatuteLibrary()
    for statute in library.statutes():  # all that a run which cites every law would hold
        library.find(statute.title)
        verify(Citation("", 0, 0, statute.title, article=1), library, REVIEW)
    return tracemalloc.get_traced_memory()[0] / 1e6


if __name__ == "__main__":
    if sys.argv[1:] in (["--load"], ["--memory"]):
        print(_measured(sys.argv[1][2:]))
    else:
        main()
