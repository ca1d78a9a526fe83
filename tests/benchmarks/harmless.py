"""How often the rules reproach what is written differently but right: false alarms per 100 clean records.

``python -m tests.benchmarks.harmless [--rounds N] [--seed N]``. The catalogues of tests/units are rewritten at random
in ways that change nothing of their sense (other separators between bases, 第48条 for 第四十八条, several departments,
limits with their exceptions, every spelling of "none", codes of other systems), drawn and checked. Prints every error
and warning, each of which is a false alarm, and their number per 100 records. Asserts nothing.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.finding import Finding, Severity
from pipeline.text.numerals import number
from tests.units.drawn import Register, Unit, clean_units
from tests.units.layouts import Row

_ARTICLE = re.compile("第([一二三四五六七八九十百]+)([条款])")
_ON_APPLICATION = frozenset(("行政许可", "行政确认", "行政给付", "行政裁决", "行政奖励"))
_TO_BE_SHORTENED = _ON_APPLICATION | {"公共服务"}
_LICENCE_LIMITS = (
    ("20个工作日（不含公示）", "12个工作日（不含公示）"), ("20 个工作日", "13 个 工作日"),
    ("二十个工作日", "十三个工作日"),
    ("自受理之日起20个工作日内", "自受理之日起10个工作日内"), ("20个工作日，可延长10个工作日", "10个工作日"),
    ("60日内", "40日内"), ("无", "5个工作日"), ("即办件", "即办件"), ("1个工作日", "1个工作日"), ("当场", "当场"),
    ("15工作日", "10工作日"), ("20个工作日(法定)", "13个工作日(承诺)"), ("3个月", "2个月"),
    ("法律未规定", "10个工作日"),
    ("20日（特殊情况可延长10日）", "10个工作日"), ("30个工作日", "即来即办"), ("无法定时限", "15个工作日"),
    ("6个工作日", "4个工作日"), ("45日（联合办理）", "30日"), ("2小时", "2小时"), ("当日", "当日"),
    ("未规定", "20个工作日"),
    ("20个工作日（听证、招标、拍卖、检验、检测、鉴定和专家评审所需时间不计算在内）", "7个工作日"),
)  # fmt: skip
_LIMITS = (
    ("无", "无"), ("/", "/"), ("—", "—"), ("", ""), ("90日", "90日"), ("60日（重大复杂案件可延长30日）", "60日"),
    ("立案之日起三个月内", "三个月"), ("不适用", "不适用"), ("长期", "长期"), ("随时", "随时"), ("全年", "全年"),
    ("按法定程序办理", "按法定程序办理"), ("依法定时限", "依法定时限"), ("24小时", "24小时"), ("—", "无"),
    ("当场（简易程序）；60日（一般程序）", "同左"), ("每年不少于2次", "每年不少于2次"), ("不超过30日", "不超过30日"),
)  # fmt: skip
_FEES = (
    ("免费", ""), ("无", "无"), ("否", "否"), ("/", "/"), ("—", "—"), ("不收取任何费用", "无"), ("无收费", "—"),
    ("按国家规定收取", "发改价格〔2015〕2136号"), ("100元/证", "赣发改收费〔2014〕25号"), ("0元", "无"), ("", ""),
    ("不收费", "财税〔2017〕20号取消"), ("零收费", "/"), ("已取消收费", "财税〔2014〕101号"), ("暂停收费", ""),
)  # fmt: skip
_DISCLOSURE = (
    ("√", "√", "√"), ("网站、政务公开栏、办事指南", "面向社会", "长期公开"), ("局域网", "本单位", "即时"),
    ("主动公开", "全社会", "信息形成之日起20个工作日内"), ("新闻媒体", "社会公众", "2026年1月起"),
)  # fmt: skip
_POSTS = (
    "股长 张明；经办人 李芳", "张明（科长）", "负责人：王强", "首席代表", "A岗：刘涛 B岗：陈静",
    "分管局长、股长、经办人",
    "李芳", "受理员→审核员→审批员", "大队长（王强）",
)  # fmt: skip
_QUOTED = "“县级以上地方人民政府有关主管部门依照本法规定，负责有关的监督管理工作。”"


def _figures(text: str) -> str:
    return _ARTICLE.sub(lambda match: f"第{number(match[1])}{match[2]}", text)


def _numbered(text: str) -> str:
    parts = re.sub(r"^\d\.", "", text).replace("；2.", "；").split("；")
    return "\n".join(f"{n}、{part}" for n, part in enumerate(parts, 1))


def _quoting(text: str) -> str:
    first = re.match(r"《[^》]+》第[^；，。、]*条", text)
    return f"{first[0]}：{_QUOTED}" if first else text


_BASES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text.replace("中华人民共和国", ""),
    _figures,
    _numbered,
    _quoting,
    lambda text: text.replace("；", "\n"),
    lambda text: text.replace("；", "、"),
    lambda text: text.replace("《", "〈").replace("》", "〉"),
    lambda text: f"{text}\n《江西省行政权力规范运行办法》（省政府令第221号）第五条",
    lambda text: f"{text}；本法第十条" if text.count("《") == 1 and "法》" in text else text,
    lambda text: f"【法律】{text}" if "法》" in text.partition("；")[0] else f"【行政法规】{text}",
    lambda text: f"根据{text}的规定",
    lambda text: f"{text}等有关规定",
    lambda text: text.replace("第（", "第(").replace("）项", ")项"),
    lambda text: text.replace("》第", "》 第").replace("条、", "条， "),
)
_DEPARTMENTS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f"{text}（牵头）、法制股",
    lambda text: f"县局{text}",
    lambda text: f"{text}（驻政务服务中心窗口）",
    lambda text: f"{text}及各分局",
    lambda text: f"{text}\n法规股",
)
_CODES: tuple[Callable[[int, str], str], ...] = (
    lambda n, code: code,
    lambda n, code: f"36012{n:04}{code[:2]}{n:03}",
    lambda n, code: f"0{n % 9 + 1}00{n:05}",
    lambda n, code: f"【{code}】",
    lambda n, code: code.replace("-", "－"),
    lambda n, code: f"YX-{code}-{n:03}00",
)


def rewritten(unit: Unit, draw: random.Random) -> Unit:
    """The unit's catalogue with other words for the same things."""
    code = draw.choice(_CODES)
    first, *rest = unit.registers
    rows = tuple(_row(row, n, code, draw) for n, row in enumerate(first.rows, 1))
    return replace(unit, registers=(Register(first.layout, rows), *rest))


def _row(row: Row, n: int, code: Callable[[int, str], str], draw: random.Random) -> Row:
    kind = row["职权类别"]
    own = [(row["法定时限"], row["承诺时限"])] * 2
    others = _LICENCE_LIMITS if kind == "行政许可" else () if kind in _TO_BE_SHORTENED else _LIMITS
    free = row["收费标准"] in ("不收费", "无", "否", "免费")
    limits = draw.choice([*own, *others])
    fee = draw.choice(_FEES) if free else (row["收费标准"], row["收费依据"])
    open_to = draw.choice([(row["公开形式"], row["公开范围"], row["公开时间"]), *_DISCLOSURE])
    return {
        **row,
        "权力编码": code(n, row["权力编码"]),
        "职权名称": _name(row["职权名称"], kind, draw),
        "行使依据": draw.choice(_BASES)(row["行使依据"]),
        "承办机构": draw.choice(_DEPARTMENTS)(row["承办机构"]),
        "责任岗位": draw.choice([row["责任岗位"], *_POSTS]),
        **dict(zip(("法定时限", "承诺时限"), limits, strict=True)),
        **dict(zip(("收费标准", "收费依据"), fee, strict=True)),
        **dict(zip(("公开形式", "公开范围", "公开时间"), open_to, strict=True)),
    }


def _name(name: str, kind: str, draw: random.Random) -> str:
    if kind == "行政许可":
        return name + draw.choice(["", "", "（含变更、延续、注销）", "（县级权限）", "★", "（新办）"])
    if kind == "行政处罚":
        return draw.choice([name, name.replace("的处罚", "的行政处罚"), f"{name}（一般程序）"])
    return name


def false_alarms(rounds: int, seed: int) -> tuple[int, list[Finding]]:
    """How many records were checked, and the errors and warnings about them."""
    records, alarms = 0, []
    catalogues = [unit for unit in clean_units() if "职权名称" in unit.registers[0].rows[0] and "xlsx" in unit.formats]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "报送表.xlsx"
        for n in range(rounds):
            for unit in catalogues:
                if "不公开理由" in unit.registers[0].rows[0]:
                    continue
                changed = rewritten(unit, random.Random(f"{seed} {n} {unit.name}"))
                changed.draw(path)
                result = changed.check(path)
                records += len(result.records)
                alarms += [finding for finding in result.findings if finding.severity is not Severity.INFO]
    return records, alarms


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    records, alarms = false_alarms(options.rounds, options.seed)
    print(*(f"{finding.code} {finding.message}" for finding in alarms), sep="\n")
    print(f"{records} clean records, {len(alarms)} false alarms: {100 * len(alarms) / records:.2f} per 100 records")
    print(dict(Counter(finding.code for finding in alarms)))


if __name__ == "__main__":
    main()
