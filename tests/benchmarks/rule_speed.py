"""How long all rules take for one unit of 20,000 records, on one core: 15,000 powers and 5,000 risk points.

``python -m tests.benchmarks.rule_speed [--records N] [--repeat N]``. Prints the first run of a process, which loads the
dictionary, and the median of runs with fresh indexes; then the rules that took longest. Aim: 8 s for 20,000 records.
Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pipeline.rules  # noqa: F401  registers the rules
from pipeline.campaigns.campaign import load_campaign
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import run_rules
from tests.rules.cases import Case, context_of

_POWERS = (
    "序号 | 权力编码 | 职权名称 | 职权类别 | 行使依据 | 承办机构 | 责任岗位 | 法定时限 | 承诺时限 | 收费标准 | 收费依据"
)
_RISKS = "序号 | 对应职权 | 风险点 | 表现形式 | 风险等级 | 防控措施 | 责任人 | 责任领导"
_KINDS = (
    ("{}许可证核发", "行政许可"),
    ("对违反规定从事{}的处罚", "行政处罚"),
    ("对{}许可的监督检查", "行政检查"),
    ("{}备案", "其他行政权力"),
)
_MATTERS = ("取水", "河道采砂", "农药经营", "道路运输", "食品生产", "文物修缮", "户外广告", "民办学校", "排污", "采伐")


def made_up(records: int) -> RuleContext:
    """The context of one unit with that many records, three powers to one risk point."""
    risks = records // 4
    tables = [
        {"text": "\n".join([_POWERS, *(_power(n) for n in range(records - risks))])},
        {"file": "风险.docx", "register": "risk_department", "text": "\n".join([_RISKS, *map(_risk, range(risks))])},
    ]
    context = context_of(Case("M00", True, {"about": "", "tables": tables}), Path())
    return replace(context, campaign=replace(load_campaign(), code_pattern="[A-Z]{2}-[0-9]{5}"))


def _power(n: int) -> str:
    name, kind = _KINDS[n % 4]
    matter = f"{_MATTERS[n % 10]}第{n // 10}类活动"
    basis = f"《中华人民共和国水法》第{n % 70 + 1}条；《取水许可和水资源费征收管理条例》第{n % 50 + 1}条第二款"
    limits = f"{n % 3 * 5 + 15}个工作日 | {n % 3 * 3 + 9}个工作日"
    return f"{n + 1} | XK-{n:05} | {name.format(matter)} | {kind} | {basis} | 水政股 | 股长 | {limits} | 不收费 | -"


def _risk(n: int) -> str:
    matter = f"{_MATTERS[n % 10]}第{n}类活动"
    controls = f"对{matter}实行两人现场勘验，影像资料存档备查"
    return f"{n + 1} | {matter}许可 | {matter}把关不严 | 受理超期 | {'高中低'[n % 3]} | {controls} | 股长 | 分管领导"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    context = made_up(options.records)
    first, findings = _timed(context)
    later = statistics.median(_timed(context)[0] for _ in range(options.repeat))
    print(f"{options.records} records: first run {first:.2f} s, median of later runs {later:.2f} s (aim ≤ 8 s)")
    print(f"{findings} findings")
    with cProfile.Profile() as profile:
        run_rules(replace(context))
    pstats.Stats(profile).sort_stats("cumulative").print_stats(r"pipeline.rules", 25)


def _timed(context: RuleContext) -> tuple[float, int]:
    fresh = replace(context)  # its indexes are made anew
    started = time.perf_counter()
    findings, _ = run_rules(fresh)
    return time.perf_counter() - started, len(findings)


if __name__ == "__main__":
    main()
