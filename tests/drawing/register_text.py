"""Made-up registers in several layouts, of names and titles from the project's own lists.

In: a random generator. Out: :class:`tests.drawing.picture.Sheet`. Every cell is the kind of text that units print
there: codes, telephone numbers, dates, time limits, citations, measures in numbered lines.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.drawing.picture import GridCell, Sheet

ROOT = Path(__file__).parent.parent.parent
DIGITS = "一二三四五六七八九十"
CIRCLED = "①②③④⑤⑥⑦⑧"


@cache
def power_names() -> tuple[str, ...]:
    with (ROOT / "tests/pipeline/power_names.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(row["name"] for row in csv.DictReader(stream))


@cache
def statutes() -> tuple[str, ...]:
    with gzip.open(ROOT / "vocab/statutes/statutes.json.gz", "rt", encoding="utf-8") as stream:
        return tuple(s["title"] for s in json.load(stream)["statutes"])


def numeral(number: int) -> str:
    if number <= 10:
        return DIGITS[number - 1]
    if number < 20:
        return "十" + DIGITS[number - 11]
    if number < 100:
        tens, ones = divmod(number, 10)
        return DIGITS[tens - 1] + "十" + (DIGITS[ones - 1] if ones else "")
    hundreds, rest = divmod(number, 100)
    return DIGITS[hundreds - 1] + "百" + ("" if not rest else "零" + DIGITS[rest - 1] if rest < 10 else _tens(rest))


def _tens(rest: int) -> str:
    return ("一" if rest < 20 else "") + numeral(rest)


def citation(rng: random.Random) -> str:
    title = rng.choice(statutes())
    text = f"《{title}》"
    if rng.random() < 0.3:
        text += rng.choice(("（{}年修正）", "({}年修订)", "（{}年第3号令）")).format(rng.randint(1996, 2024))
    text += f"第{numeral(rng.randint(1, 120))}条"
    if rng.random() < 0.5:
        text += f"第{rng.choice(DIGITS[:5])}款"
    if rng.random() < 0.3:
        text += f"第（{rng.choice(DIGITS[:8])}）项"
    return text


QUOTES = (
    "违反本规定的，由县级以上人民政府有关主管部门责令限期改正，没收违法所得，并处违法所得一倍以上三倍以下的罚款",
    "公民、法人或者其他组织应当自收到申请之日起二十日内提出书面意见；逾期不提出的，视为同意",
    "有下列情形之一的，不予许可：（一）材料不齐全；（二）不符合法定形式；（三）隐瞒有关情况或者提供虚假材料",
    "情节严重的，处5万元以上20万元以下罚款；构成犯罪的，依法追究刑事责任",
    "行政机关应当自受理之日起20个工作日内作出决定，经本机关负责人批准，可以延长10个工作日",
)


def basis(rng: random.Random, most: int = 3) -> str:
    parts = []
    for _ in range(rng.randint(1, most)):
        text = citation(rng)
        if rng.random() < 0.25:
            text += f"：“{rng.choice(QUOTES)}。”"
        parts.append(text)
    return rng.choice(("；", "\n", "；")).join(parts) + rng.choice(("", "。"))


PEOPLE = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉"
OFFICES = (
    "政策法规科", "行政审批股", "综合执法大队", "办公室", "规划财务科",
    "种植业管理股", "市场监管股", "人事科", "纪检监察室", "社会事务股",
)  # fmt: skip


def person(rng: random.Random) -> str:
    return rng.choice(PEOPLE) + "".join(rng.choice(GIVEN) for _ in range(rng.randint(1, 2)))


def phone(rng: random.Random) -> str:
    return f"0{rng.randint(310, 999)}-{rng.randint(2000000, 8999999)}"


def limit(rng: random.Random) -> str:
    return rng.choice(("{}个工作日", "{}日", "自受理之日起{}日内", "当场办结", "—", "无")).format(
        rng.choice((1, 3, 5, 7, 10, 15, 20, 30, 60))
    )


def code(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{rng.choice(('XK', 'CF', 'JC', 'QR', 'QZ'))}-{rng.randint(1, 9999):04d}",
            f"{rng.randint(310000, 659999)}{rng.choice('ABCZ')}{rng.randint(10000, 99999)}",
            f"{rng.randint(1000, 9999)}-A-{rng.randint(10, 999):05d}-{rng.randint(100000, 699999)}",
        )
    )


TYPES = (
    "行政许可",
    "行政处罚",
    "行政强制",
    "行政确认",
    "行政检查",
    "行政奖励",
    "行政征收",
    "行政裁决",
    "行政给付",
    "其他行政权力",
)


def measures(rng: random.Random, marks: str) -> str:
    pool = (
        "严格执行集体讨论制度，重大事项由局党组会议研究决定",
        "公开办事程序和收费标准，接受社会监督",
        "加强对工作人员的廉政教育，签订《廉政承诺书》",
        "实行“双人双岗”审核，定期轮岗交流",
        "建立台账，每季度抽查一次，抽查比例不低于10%",
        "落实责任追究制度，对违规行为及时纠正",
        "超越职权、滥用职权，办人情案、关系案",
        "收受当事人财物，泄露商业秘密或个人隐私",
    )
    chosen = rng.sample(pool, rng.randint(1, 3))
    if len(chosen) == 1 and rng.random() < 0.5:
        return chosen[0] + "。"
    if marks == "circled":
        return "".join(f"{CIRCLED[n]}{text}；" for n, text in enumerate(chosen))
    if marks == "lines":
        return "\n".join(f"{n}.{text}；" for n, text in enumerate(chosen, 1))
    return "".join(f"（{DIGITS[n]}）{text}；" for n, text in enumerate(chosen))


def power(rng: random.Random) -> Sheet:
    """Ten columns under a header of two levels, section rows over the whole width, a category merged over rows."""
    cells: list[GridCell] = [
        (1, 1, 2, 1, "序号"), (1, 2, 2, 1, "职权编码"), (1, 3, 2, 1, "职权名称"), (1, 4, 2, 1, "职权类别"),
        (1, 5, 2, 1, "行使依据"),
        (1, 6, 1, 2, "办理时限"), (1, 8, 1, 2, "责任主体"), (1, 10, 2, 1, "监督电话"),
        (2, 6, 1, 1, "法定时限"), (2, 7, 1, 1, "承诺时限"), (2, 8, 1, 1, "承办机构"), (2, 9, 1, 1, "责任人"),
    ]  # fmt: skip
    row, serial = 3, 0
    for section in range(rng.randint(1, 2)):
        kind = rng.choice(TYPES)
        count = rng.randint(3, 6)
        cells.append((row, 1, 1, 10, f"{DIGITS[section]}、{kind}（共{count}项）"))
        row += 1
        first = row
        for _ in range(count):
            serial += 1
            values = [
                str(serial), code(rng), rng.choice(power_names()), "", basis(rng), limit(rng), limit(rng),
                rng.choice(OFFICES), person(rng), phone(rng),
            ]  # fmt: skip
            cells += [(row, c, 1, 1, v) for c, v in enumerate(values, 1) if c != 4]
            row += 1
        merge = rng.random() < 0.5
        if merge:
            cells.append((first, 4, count, 1, kind))
        else:
            cells += [(r, 4, 1, 1, kind) for r in range(first, row)]
    shares = [0.04, 0.11, 0.15, 0.06, 0.29, 0.07, 0.07, 0.08, 0.055, 0.075]
    return Sheet(
        shares,
        sorted(cells),
        2,
        (
            f"{rng.choice(('云溪县', '城关区'))}行政职权目录（{rng.randint(2019, 2025)}年版）",
            "填报单位（盖章）：云溪县农业农村局　　填报日期："
            f"{rng.randint(2019, 2025)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
        ),
        ("注：本目录由法制办负责解释。",),
    )


def risk(rng: random.Random) -> Sheet:
    """Eight columns; a post and its holder merged over several risk points."""
    heads = ["序号", "岗位名称", "责任人", "权力事项", "廉政风险点", "风险等级", "防控措施", "责任领导"]
    cells: list[GridCell] = [(1, c, 1, 1, h) for c, h in enumerate(heads, 1)]
    row = 2
    marks = rng.choice(("circled", "lines", "brackets"))
    for serial in range(1, rng.randint(3, 5)):
        count = rng.randint(1, 3)
        for c, value in (
            (1, str(serial)),
            (2, rng.choice(OFFICES) + rng.choice(("科长", "科员", "负责人"))),
            (3, person(rng)),
            (8, person(rng)),
        ):
            cells.append((row, c, count, 1, value))
        for r in range(row, row + count):
            values = (
                rng.choice(power_names()),
                measures(rng, marks),
                rng.choice(("一级", "二级", "三级", "高", "中", "低")),
                measures(rng, marks),
            )
            cells += [(r, c, 1, 1, v) for c, v in zip((4, 5, 6, 7), values, strict=True)]
        row += count
    return Sheet(
        [0.05, 0.1, 0.07, 0.17, 0.25, 0.06, 0.23, 0.07],
        sorted(cells),
        1,
        ("廉政风险点登记表", f"单位：{rng.choice(('城关镇人民政府', '县文化和旅游局', '县交通运输局'))}"),
    )


def form(rng: random.Random) -> Sheet:
    """Labels and values, as the form of one power."""
    cells: list[GridCell] = []
    pairs = [
        (("职权名称", rng.choice(power_names())), ("职权编码", code(rng))),
        (("职权类别", rng.choice(TYPES)), ("承办机构", rng.choice(OFFICES))),
        (("法定时限", limit(rng)), ("承诺时限", limit(rng))),
        (("责任人", person(rng)), ("监督电话", phone(rng))),
    ]
    for r, ((a, b), (c, d)) in enumerate(pairs, 1):
        cells += [(r, 1, 1, 1, a), (r, 2, 1, 1, b), (r, 3, 1, 1, c), (r, 4, 1, 1, d)]
    wide = [
        ("行使依据", basis(rng, 4)),
        ("收费标准", rng.choice(("不收费", "按规定收取", "每件50元"))),
        ("廉政风险点", measures(rng, "lines")),
        ("防控措施", measures(rng, "circled")),
        ("备注", rng.choice(("", "无", "由乡镇初审，县局审批"))),
    ]
    for r, (a, b) in enumerate(wide, len(pairs) + 1):
        cells += [(r, 1, 1, 1, a), (r, 2, 1, 3, b)]
    return Sheet([0.16, 0.36, 0.16, 0.32], sorted(cells), 0, ("行政职权登记表", "填表人：" + person(rng)))


def flat(rng: random.Random) -> Sheet:
    """Six plain columns."""
    heads = ["序号", "事项名称", "事项类型", "设定依据", "承办科室", "联系电话"]
    cells: list[GridCell] = [(1, c, 1, 1, h) for c, h in enumerate(heads, 1)]
    for r in range(2, rng.randint(10, 16)):
        values = (
            str(r - 1),
            rng.choice(power_names()),
            rng.choice(TYPES),
            basis(rng, 1),
            rng.choice(OFFICES),
            phone(rng),
        )
        cells += [(r, c, 1, 1, v) for c, v in enumerate(values, 1)]
    return Sheet(
        [0.06, 0.25, 0.12, 0.33, 0.12, 0.12],
        sorted(cells),
        1,
        ("行政权力事项清单",),
        ("填表说明：序号按类别连续编号。",),
    )


LAYOUTS: dict[str, Callable[[random.Random], Sheet]] = {"power": power, "risk": risk, "form": form, "flat": flat}
