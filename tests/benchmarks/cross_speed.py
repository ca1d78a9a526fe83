"""How long the checks across units and registers take, on a made-up city of 200 units with 20,000 powers.

``python -m tests.benchmarks.cross_speed``. Prints: reading all claims; D05 on all of them; the comparison through the
warehouse when all units are due, and when one of them changed (median of several); names found in a catalogue in a
second. tests/benchmarks/name_pairs.py has precision and recall of the matching. Asserts nothing.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from extractors.document import Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.intake.city import check_city
from pipeline.matching.power_index import Listed, PowerIndex
from pipeline.record import Field, FileReading, FileState, Record, Register, Source, TableReading
from pipeline.rules.city import claims, rival_claims
from pipeline.rules.context import RuleContext
from pipeline.submission import Result
from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.master import Run, Warehouse, open_master
from pipeline.warehouse.staging import HandIn

UNITS, POWERS, SHARED = 200, 100, 0.03
NOW = dt.datetime(2026, 6, 30, 9)
_WHAT = (
    "河道 水库 农药 兽药 种子 饲料 渔船 林木 草原 矿山 土地 房屋 桥梁 公路 港口 客车 货车 "
    "学校 医院 诊所 药店 食堂 旅馆 网吧 影院 文物 档案 广告 商标 计量 锅炉 电梯 燃气 供水 "
    "供热 污水 垃圾 噪声 辐射 烟花 爆竹 消防 保安 户籍 婚姻 殡葬 社团 彩票 税务 会计 "
)
_DONE = (
    "建设 养护 检测 评估 培训 考核 监测 普查 规划 设计 加工 批发 零售 仓储 运输 进口 出口 "
    "租赁 维修 改造 拆除 更新 登记 标识 包装 清理 回收 处置 防护 救援 "
)
_ACTS = (
    ("{}许可", "行政许可"), ("{}审批", "行政许可"), ("对违规{}的处罚", "行政处罚"), ("对{}的监督检查", "行政检查"),
)  # fmt: skip


def city() -> list[RuleContext]:
    """Units with powers of their own and a few that others claim as well."""
    draw = random.Random(6)
    objects = [
        f"{what}{size}{done}" for what in _WHAT.split() for done in _DONE.split() for size in ("", "大型", "专用")
    ]
    common = objects[:: len(objects) // 300]
    return [_unit(f"云溪县第{number}局", objects, common, draw) for number in range(UNITS)]


def _unit(unit: str, objects: list[str], common: list[str], draw: random.Random) -> RuleContext:
    records = []
    for row in range(POWERS):
        name, kind = draw.choice(_ACTS)
        thing = draw.choice(common) if draw.random() < SHARED else f"{draw.choice(objects)}{unit[3:-1]}"
        place = Place(table="1", row=row + 2, column=3)
        texts = {"name": name.format(thing), "power_type": kind, "code": f"{unit}-{row:03}"}
        fields = tuple(
            Field(field, text, text, kind if field == "power_type" else None, (Source(place, text),))
            for field, text in texts.items()
        )
        records.append(Record(Register.POWERS, fields, (), "目录.xlsx", 0, place, unit, f"{unit}{row}"))
    file = FileReading(
        "目录.xlsx", unit, 1, FileState.LOADED, "xlsx", tables=(TableReading(Register.POWERS, "", Place()),)
    )
    return RuleContext(unit, (file,), tuple(records), load_vocabulary(), load_campaign(), NOW.date())


def _result(context: RuleContext) -> Result:
    return Result(context.unit, context.files, context.records, (), (), claims=claims(context))


def main() -> None:
    units, words, campaign = city(), load_vocabulary(), load_campaign()
    started = time.process_time()
    made = [claim for context in units for claim in claims(context)]
    read = time.process_time()
    found = rival_claims(made, words, campaign)
    compared = time.process_time()
    told = f"claims {read - started:.2f} s, D05 {compared - read:.2f} s of one core"
    print(f"{len(made):,} powers of {len(units)} units: {told}")
    print(f"{len(found)} findings")
    with tempfile.TemporaryDirectory() as folder, open_master(Path(folder) / "master.duckdb", words, NOW) as master:
        master.begin_run(Run("r", NOW, NOW.date(), "", "", ""), load_campaign())
        hand_in = HandIn(1, "r", NOW, NOW, NOW.date(), "批")
        for context in units:
            master.load(_result(context), hand_in, frozenset({"power"}))
        started = time.perf_counter()
        check_city(master, words, campaign, NOW)
        print(f"through the warehouse, all units due: {time.perf_counter() - started:.2f} s")
        among, compared = _changed(master, units)
    with tempfile.TemporaryDirectory() as folder, open_master(Path(folder) / "master.duckdb", words, NOW) as master:
        master.begin_run(Run("r", NOW, NOW.date(), "", "", ""), load_campaign())
        alone, _ = _changed(master, units[:1])
    print(f"one changed unit of {POWERS} powers: {among:.0f} ms, of which the comparison {compared:.0f} ms", end="; ")
    print(f"alone in an empty warehouse {alone:.0f} ms; ratio {among / alone:.2f} (aim ≤ 1.5)")
    _finding_names(units)


def _changed(master: Warehouse, units: list[RuleContext]) -> tuple[float, float]:
    """Median milliseconds to load and compare one changed unit, and of the comparison alone."""
    whole, compared = [], []
    for turn in range(9):
        unit = units[turn % len(units)]
        result = _result(unit)
        changed = replace(result, records=result.records[turn:], claims=result.claims[turn:])
        started = time.perf_counter()
        master.load(changed, HandIn(turn + 2, "r", NOW, NOW, NOW.date(), "批"), frozenset({"power"}))
        loaded = time.perf_counter()
        check_city(master, load_vocabulary(), load_campaign(), NOW)
        compared.append(1000 * (time.perf_counter() - loaded))
        whole.append(1000 * (time.perf_counter() - started))
    return statistics.median(whole), statistics.median(compared)


def _finding_names(units: list[RuleContext]) -> None:
    """Names of one big catalogue, found again in other words."""
    names = [(record.key, record.text("name")) for context in units[:10] for record in context.records]
    started = time.process_time()
    index = PowerIndex((Listed(key, name) for key, name in names), load_vocabulary())
    built = time.process_time()
    asked = [name.replace("许可", "许可证的核发").replace("的处罚", "行为处罚") for _, name in names[::2]]
    for name in asked:
        index.find(name=name)
    seconds = time.process_time() - built
    print(
        f"a catalogue of {len(names):,}: index {built - started:.2f} s, {len(asked) / seconds:,.0f} found a CPU second"
    )


if __name__ == "__main__":
    main()
