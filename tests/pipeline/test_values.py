"""Typed values: read where the text is certain, refused where it is not; no text makes them raise."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.values import typed as values
from pipeline.values.phones import phone_numbers
from pipeline.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("text", "number", "unit", "working_days"),
    [
        ("20个工作日", 20, "working_day", 20),
        ("自受理之日起二十个工作日内（不含听证时间）", 20, "working_day", 20),
        ("5工作日", 5, "working_day", 5),
        ("２０个工作日", 20, "working_day", 20),
        ("0.5个工作日", 0.5, "working_day", 0.5),
        ("半个工作日", 0.5, "working_day", 0.5),
        ("工作日：20", 20, "working_day", 20),
        ("20（工作日）", 20, "working_day", 20),
        ("60日", 60, "day", None),
        ("15个自然日", 15, "day", None),
        ("1个半月", 1.5, "month", None),
        ("三年内", 3, "year", None),
        ("2小时", 2, "hour", None),
        ("30分钟", 30, "minute", None),
        ("当场办结", None, "immediate", None),
        ("即办件", None, "immediate", None),
        # The whole goes before its stages, an extension does not count, a repeated limit is one.
        ("共20个工作日，其中受理5个工作日，审查15个工作日", 20, "working_day", 20),
        ("20个工作日，其中受理5个工作日，审查15个工作日", 20, "working_day", 20),
        ("20个工作日，经批准可延长10个工作日", 20, "working_day", 20),
        ("20个工作日（20个工作日）", 20, "working_day", 20),
    ],
)
def test_reads_a_time_limit(text: str, number: float | None, unit: str, working_days: float | None) -> None:
    found = values.time_limit(text)
    assert found is not None
    assert not found.ambiguous
    assert (found.number, found.unit, found.working_days) == (number, unit, working_days)


@pytest.mark.parametrize(
    "text", ["无", "不限", "2009年6月23日", "每年3月1日前", "每月10日前", "3月", "20", "第5日", "/", ""]
)
def test_takes_no_date_or_bare_number_for_a_time_limit(text: str) -> None:
    assert values.time_limit(text) is None


@pytest.mark.parametrize("text", ["受理5个工作日，审查15个工作日", "即时办结；需核查的5个工作日", "法定20日，承诺13日"])
def test_stages_are_not_added_up(text: str) -> None:
    found = values.time_limit(text)
    assert found is not None
    assert found.ambiguous
    assert (found.number, found.working_days) == (None, None)


def test_a_range_ends_where_it_ends_and_a_bare_number_takes_the_unit_of_its_heading() -> None:
    found = values.time_limit("5-10个工作日")
    assert found is not None
    assert (found.low, found.number, found.working_days) == (5, 10, 10)
    bare = values.time_limit(" 20 ", unit="working_day")
    assert bare is not None
    assert (bare.working_days, bare.span) == (20, (1, 3))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("法定20日承诺13日", {"statutory": "20日", "promised": "13日"}),
        ("承诺时限：10个工作日\n法定时限：20个工作日", {"statutory": "20个工作日", "promised": "10个工作日"}),
        ("法定(20日)、承诺(13日)", {"statutory": "20日", "promised": "13日"}),
        ("法定时限：无；承诺时限：即办", {"statutory": "无", "promised": "即办"}),
        ("法定期限20个工作日", {"statutory": "20个工作日"}),
        ("20/13", {}),
        ("20日（承诺10日）", {}),
        ("承诺时限比法定时限缩短10日", {}),
    ],
)
def test_splits_statutory_from_promised(text: str, parts: dict[str, str]) -> None:
    assert {part.kind: text[part.start : part.end] for part in values.split_limits(text)} == parts


@pytest.mark.parametrize(
    ("text", "department", "person"),
    [
        ("法规股 张三", "法规股", "张三"),
        ("法规股（张三）", "法规股", "张三"),
        ("法规股：张三", "法规股", "张三"),
        ("法规股\n张三", "法规股", "张三"),
        ("张三（法规股）", "法规股", "张三"),
        ("法规股负责人张三", "法规股", "张三"),
        ("承办科室：法规股 负责人：张三", "法规股", "张三"),
        ("法规股（负责人：欧阳明）", "法规股", "欧阳明"),
        ("市政府办公室主任李四", "市政府办公室", "主任李四"),
        ("执法大队 王红、李明", "执法大队", "王红、李明"),
        ("行政审批科 张 三", "行政审批科", "张 三"),
        ("综合科 阿不都·买买提", "综合科", "阿不都·买买提"),
        ("法规科\n科长：吴文斌", "法规科", "科长：吴文斌"),
        ("种植业管理股\n陈立冬（股长）", "种植业管理股", "陈立冬（股长）"),
        ("法规股王晓明", "法规股", "王晓明"),
    ],
)
def test_splits_department_from_person(text: str, department: str, person: str) -> None:
    found = values.split_department_person(text)
    assert found is not None
    assert (text[slice(*found[0])], text[slice(*found[1])]) == (department, person)


@pytest.mark.parametrize(
    "text",
    [
        "法规股",
        "张三",
        "安全股 许可科",
        "办公室 主任",
        "责任人 公安局",
        "办公室 高级工程师",
        "综合科 13812345678",
        "法规股长张三",
        "执法队伍建设科",
        "管理科 方案",
        "",
    ],
)
def test_splits_no_cell_that_is_not_certain(text: str) -> None:
    assert values.split_department_persons(text) == ()


def test_several_pairs_are_no_single_one() -> None:
    text = "法规股 张三\n审批科（李四）"
    pairs = [(text[slice(*a)], text[slice(*b)]) for a, b in values.split_department_persons(text)]
    assert pairs == [("法规股", "张三"), ("审批科", "李四")]
    assert values.split_department_person(text) is None


@pytest.mark.parametrize(
    ("text", "standard", "basis"),
    [
        ("《江西省收费管理条例》；每件50元", "每件50元", "《江西省收费管理条例》"),
        ("财综[2008]78号，10元/证", "10元/证", "财综[2008]78号"),
        ("收费标准：10元；收费依据：《条例》第3条", "10元", "《条例》第3条"),
        ("不收费，依据《行政许可法》第58条", "不收费", "依据《行政许可法》第58条"),
        ("不收费", "不收费", None),
        ("无", "无", None),
        ("10元/本", "10元/本", None),
        ("赣计收费字〔2002〕12号", None, "赣计收费字〔2002〕12号"),
    ],
)
def test_splits_fee_from_basis(text: str, standard: str | None, basis: str | None) -> None:
    found = values.split_fee(text)
    assert found is not None
    assert tuple(span and text[slice(*span)] for span in found) == (standard, basis)


@pytest.mark.parametrize("text", ["《某法》第三条规定收取50元的手续费", "10元《甲》20元《乙》", "是", ""])
def test_splits_no_fee_that_cannot_be_told_from_its_basis(text: str) -> None:
    assert values.split_fee(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "二○○九年六月二十三日",
        "2009年6月23日",
        "2009.6.23",
        "2009-06-23",
        "2009/6/23",
        "20090623",
        "２００９年６月２３日",
    ],
)
def test_reads_a_date(text: str) -> None:
    (found,) = values.dates(f"自{text}起")
    assert (found.date, found.span, found.day_known) == (date(2009, 6, 23), (1, 1 + len(text)), True)


def test_reads_no_date_out_of_a_code_or_an_impossible_day() -> None:
    assert values.dates("511-2009-06-23 2009年13月1日 1.2.3 123420090623") == ()
    assert values.serial_date("43959.0") == date(2020, 5, 8)
    assert values.serial_date("12") is None


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        (("高", "中", "低"), ""),
        (("高风险", "中等", "低级"), ""),
        (("一级", "二级", "三级"), ""),
        (("Ⅰ", "II", "Ⅲ级"), ""),
        (("1级", "2", "3级"), ""),
        (("A", "B级", "C类"), ""),
        (("红", "黄色预警", "蓝"), ""),
        (("红色", "黄", "橙"), ""),
        (("重大", "较大", "一般"), ""),
        (("一级（高）", "二级（中）", "三级（低）"), ""),
        (("三级", "二级", "一级"), "注：一级为最低，三级为最高。"),
        (("Ⅲ", "Ⅱ", "Ⅰ"), "风险等级由低到高分为一、二、三级"),
        (("C", "B", "A"), "风险分为A级、B级、C级，从轻到重"),
        (("三级", "二级", "一级"), "一级风险是指有倾向性苗头的；三级风险是指已发生的"),
        (("一级", "二级", "三级"), "风险等级由高到低分为一级、二级、三级"),
        (("一级", "二级", "三级"), "一级为最高"),
        (("高", "中", "低"), "风险等级由低到高分为三级"),
    ],
)
def test_grades_run_from_the_gravest_unless_the_note_says_otherwise(labels: tuple[str, ...], note: str) -> None:
    column = values.grades_of_column(labels, VOCABULARY, note)
    assert [found and found.value for found in column] == [1, 2, 3]
    assert [getattr(values.grade(label, VOCABULARY, note), "value", None) for label in labels] == [1, 2, 3]


@pytest.mark.parametrize(
    "column", [("红", "橙", "黄", "蓝"), ("橙", "蓝"), ("一级", "二级", "三级", "四级"), ("Ⅰ", "Ⅳ")]
)
def test_four_grades_cannot_be_told_in_three(column: tuple[str, ...]) -> None:
    assert {getattr(found, "value", None) for found in values.grades_of_column(column, VOCABULARY)} == {None}


@pytest.mark.parametrize("text", ["高/中", "较高", "无", "—", "一级 二级", "加强监管", ""])
def test_reads_no_grade_where_none_or_two_are_printed(text: str) -> None:
    assert values.grade(text, VOCABULARY) is None


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("1中2低", {2: 1, 3: 2}),
        ("高风险2个 中风险1个", {1: 2, 2: 1}),
        ("高1中2低3", {1: 1, 2: 2, 3: 3}),
        ("一级1个，二级2个", {1: 1, 2: 2}),
        ("2个一级、1个三级", {1: 2, 3: 1}),
        ("Ⅰ级十个", {1: 10}),
        ("一级", None),
        ("3级", None),
        ("高2高3", None),
        ("①高②中", None),
        ("1.高\n2.中", None),
        ("（1）高（2）低", None),
        ("高风险", None),
    ],
)
def test_reads_a_distribution_of_grades(text: str, counts: dict[int, int] | None) -> None:
    assert values.grade_distribution(text, VOCABULARY) == counts


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("行政许可", "行政许可"),
        ("一、行政处罚类（12项）", "行政处罚"),
        ("行政 监督\n检查", "行政检查"),
        ("其它", "其他行政权力"),
        ("其他类", "其他行政权力"),
        ("行政确认（登记）", "行政确认"),
        ("01 行政许可", "行政许可"),
        ("行政事业性收费", "行政征收"),
        ("非行政许可审批", "非行政许可审批"),
        ("行政许可、许可", "行政许可"),
        ("行政许可、行政处罚", None),
        ("行政许可（非行政许可审批）", None),
        ("行政征收和行政征用", None),
        ("行政审批", None),
        ("01", None),
        ("XK", None),
        ("", None),
    ],
)
def test_reads_a_power_type(text: str, canonical: str | None) -> None:
    assert values.power_type(text, VOCABULARY) == canonical


def test_a_bare_code_is_decoded_by_its_own_system_only() -> None:
    assert values.power_type("05", VOCABULARY, "national") == "行政给付"
    assert values.power_type("05", VOCABULARY, "approval-system") == "行政征收"
    assert values.power_type("XK", VOCABULARY, "letters") == "行政许可"
    assert values.power_type("05", VOCABULARY, "letters") is None


def test_reads_the_kind_of_a_risk() -> None:
    kinds = [
        "思想道德风险",
        "岗位职责类",
        "（三）业务流程风险",
        "外部环境",
        "制度机制风险",
        "受理环节",
        "思想道德、外部环境",
    ]
    assert [values.risk_kind(kind, VOCABULARY) for kind in kinds] == [
        *("思想道德", "岗位职责", "业务流程", "外部环境", "制度机制", None, None)
    ]


def test_tells_none_from_as_above_from_blank() -> None:
    assert {
        values.placeholder(sign, VOCABULARY) for sign in ("无", "（无）", "无。", "—", "———", "/", "\\", "暂无")
    } == {"none"}
    assert {values.placeholder(sign, VOCABULARY) for sign in ("同上", "同上。", "〃", '"', "″")} == {"ditto"}
    assert {values.placeholder(sign, VOCABULARY) for sign in ("", " \n", "（空）")} == {"blank"}
    assert {values.placeholder(sign, VOCABULARY) for sign in ("0", "1", "无证经营", "同上级", "a")} == {None}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("行政许可(12项)", 12),
        ("（共计：12项）", 12),
        ("合计：12", 12),
        ("共12类35项", 35),
        ("一、行政许可（共十二项）", 12),
        ("共37项：许可12项、处罚7项", 37),
        ("行政许可 12项", 12),
        ("本局共有行政职权5项。", 5),
        ("许可12项、处罚7项", None),
        ("对违反第三项的处罚", None),
        ("3", None),
    ],
)
def test_reads_a_declared_count(text: str, count: int | None) -> None:
    assert values.count_declared(text) == count


def test_reads_telephone_numbers() -> None:
    found = phone_numbers("（021）69989023、0571-88888888转801 13812345678 12345 511602000000 20090623")
    assert [phone.number for phone in found] == ["021-69989023", "0571-88888888-801", "13812345678", "12345"]


ALPHABET = (
    "法定承诺时限工作日天月年20一二三半个共其中（）()、，；。：:-/ \n法规股张三李四负责人办公室主任元%《》〔〕[]2009号"
    "不收费依据标准高中低级风险红黄橙①ⅠAB行政许可处罚类他项合计同上由到分为最.．²𝟘"
)


@settings(max_examples=300, deadline=None)
@example("法规股 张三；法定1日")
@given(st.one_of(st.text(alphabet=ALPHABET, max_size=30), st.text(max_size=20)))
def test_never_raises_and_every_span_lies_in_its_text(text: str) -> None:
    spans = [
        *(part.span for part in values.dates(text)),
        *((part.start, part.end) for part in (*values.split_limits(text), *phone_numbers(text))),
        *(span for pair in values.split_department_persons(text) for span in pair),
        *(span for span in values.split_fee(text) or () if span),
    ]
    if limit := values.time_limit(text):
        spans.append(limit.span)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    for graded in (values.grade(text, VOCABULARY, text), *values.grades_of_column([text, "高"], VOCABULARY, text)):
        assert graded is None or graded.value in (None, 1, 2, 3)
    assert values.power_type(text, VOCABULARY) is None or text.strip()
    assert values.risk_kind(text, VOCABULARY) is None or text.strip()
    assert values.placeholder(text, VOCABULARY) in (None, "none", "ditto", "blank")
    assert (values.count_declared(text) or 0) >= 0
    assert values.grade_distribution(text, VOCABULARY) is None or text.strip()
