"""Every rule has its function, its row in rules.csv and its case file; every example hits as told."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import pipeline.rules  # noqa: F401  registers the rules
from extractors.document import Notice, Observation, Place
from pipeline.campaigns.campaign import load_campaign
from pipeline.finding import Finding
from pipeline.record import Field, FileReading, FileState, Record, Register, Remark, RemarkKind
from pipeline.rules.context import RuleContext
from pipeline.rules.registry import rule_codes, run_rules
from pipeline.vocabulary import VocabularyError, load_vocabulary
from tests.rules.cases import CASE_FILES, Case, cases_of, context_of, findings_of

CASES = [case for path in CASE_FILES for case in cases_of(path)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_the_named_rule_hits(case: Case, tmp_path: Path) -> None:
    findings, run = findings_of(case, tmp_path)
    assert {finding.code for finding in findings} <= {case.code}, [f.message for f in findings]
    told = case.data.get("hits", [])
    assert bool(told) == case.bad, "a bad example tells its hits, a good one has none"
    assert len(findings) == len(told) == run.hits, [f.message for f in findings]
    for finding, hit in zip(findings, told, strict=True):
        expected = {"name": finding.subject_name, "says": "", **hit}
        assert expected.pop("says") in finding.message
        assert expected.pop("name") == finding.subject_name
        assert {key: str(getattr(finding, key)) for key in expected} == expected
    assert run.not_run == case.data.get("not_run", "")
    assert run.objects == case.data.get("objects", run.objects)


def test_every_rule_has_a_function_a_row_and_a_case_file() -> None:
    rows = load_vocabulary().rules
    assert rule_codes() == set(rows) == {path.stem for path in CASE_FILES}
    for path in CASE_FILES:
        assert {case.bad for case in cases_of(path)} == {True, False}, f"{path.name}: a bad and a good example"
    for rule in rows.values():
        assert all((rule.title, rule.basis, rule.bad_example, rule.good_example)), rule.code


@pytest.mark.parametrize("code", sorted(load_vocabulary().rules))
def test_an_example_shows_each_wording_of_the_rule(code: str, tmp_path: Path) -> None:
    rule = load_vocabulary().rules[code]
    bad = [case for case in CASES if case.code == code and case.bad]
    messages = [finding.message for case in bad for finding in findings_of(case, tmp_path)[0]]
    unknown = load_vocabulary().label("facts.unknown")
    assert not [message for message in messages if unknown in message or "{" in message]
    for variant in ("", *(each.variant for each in rule.variants)):
        template = rule.wording(variant).message
        pattern = "".join(re.escape(text) + (".*" if name else "") for text, name, _, _ in Formatter().parse(template))
        assert any(re.fullmatch(pattern, message) for message in messages), f"no example of {code} {variant}"


def test_wording_holds_no_machine_words() -> None:
    for rule in load_vocabulary().rules.values():
        for variant in ("", *(each.variant for each in rule.variants)):
            wording = rule.wording(variant)
            prose = re.sub(r"\{\w+\}", "", rule.title + wording.message + wording.advice + rule.basis)
            assert not re.search(r"[A-Za-z]", prose), prose


def catalogue(count: int) -> RuleContext:
    """A made-up catalogue of many powers, in which several rules hit."""
    lines = ["序号 | 权力编码 | 职权名称 | 职权类别 | 行使依据 | 承办机构 | 监督电话"]
    for n in range(count):
        basis = "-" if n % 7 == 0 else "《中华人民共和国水法》第四十八条"
        lines.append(f"{n + 1} | XK-{n % (count // 2)} | 取水许可{n % (count - 5)} | 行政许可 | {basis} | 水政股 | -")
    case = Case("M03", True, {"about": "", "tables": [{"text": "\n".join(lines)}]})
    return context_of(case, Path())


def test_a_shuffled_catalogue_has_the_same_fingerprints() -> None:
    context = catalogue(60)
    backwards = replace(context, records=tuple(reversed(context.records)))
    first, second = (run_rules(each)[0] for each in (context, backwards))
    assert {f.fingerprint for f in first} == {f.fingerprint for f in second}
    assert len({f.fingerprint for f in first}) == len(first) > 60


def test_equal_findings_are_kept_apart_in_reading_order() -> None:
    remarks = tuple(Remark(RemarkKind.UNKNOWN_HEADING, Place(table=str(n)), "口诀") for n in (1, 2, 3))
    file = FileReading("目录.docx", "", 1, FileState.LOADED, remarks=remarks)
    context = RuleContext("市水利局", (file,), (), load_vocabulary(), load_campaign(), date(2026, 6, 30))
    findings, _ = run_rules(context)
    prints = [finding.fingerprint for finding in findings]
    assert prints == [prints[0], f"{prints[0]}-2", f"{prints[0]}-3"]
    renamed = replace(context, files=(replace(file, name="目录（修改）.docx"),))
    assert [finding.fingerprint for finding in run_rules(renamed)[0]] == prints


def test_whatever_reading_noticed_is_told() -> None:
    """Each kind of remark and observation ends in a finding, even one without any fact."""
    remarks = tuple(Remark(kind, Place(table=str(n))) for n, kind in enumerate(RemarkKind))
    observations = tuple(Observation(notice, Place(page=n + 1)) for n, notice in enumerate(Notice))
    file = FileReading("目录.docx", "", 1, FileState.LOADED, remarks=remarks, observations=observations)
    context = RuleContext("市水利局", (file,), (), load_vocabulary(), load_campaign(), date(2026, 6, 30))
    findings, _ = run_rules(context)
    assert {finding.place for finding in findings} == {str(n.place) for n in remarks} | {
        str(n.place) for n in observations
    }


def test_a_rule_whose_column_is_absent_is_not_run() -> None:
    text = "职权名称 | 职权类别\n取水许可 | 行政许可"
    context = context_of(Case("M00", True, {"about": "", "tables": [{"text": text}]}), Path())
    runs = {run.code: run for run in run_rules(context)[1]}
    assert {code: runs[code].not_run for code in ("M01", "M03", "M06", "D01", "X08")} == {
        "M01": "",
        "M03": "column_absent",
        "M06": "column_absent",
        "D01": "column_absent",
        "X08": "nothing_to_compare",
    }
    nothing = {run.code: run.not_run for run in run_rules(replace(context, records=()))[1]}
    assert nothing["M01"] == nothing["D01"] == nothing["M00"] == "register_absent"
    off = replace(context, campaign=replace(context.campaign, rules_off=frozenset({"M01"}), requirements=()))
    reasons = {run.code: run.not_run for run in run_rules(off)[1]}
    assert (reasons["M01"], reasons["M02"]) == ("switched_off", "not_required")
    used = {run.not_run for each in (runs.values(), run_rules(off)[1]) for run in each} | set(nothing.values())
    assert all(load_vocabulary().label(f"not_run.{reason}") for reason in used - {""})


def test_risk_points_in_a_catalogue_have_the_columns_that_their_records_show() -> None:
    """The table's own columns are those of its powers only."""
    context = context_of(Case("M11", False, {"about": "", "tables": [{"text": "职权名称\n取水许可"}]}), Path())
    campaign = replace(context.campaign, requirements=load_campaign().required_by("M11"))
    points = [
        Record(Register.RISK, (Field("risk_point", text, text),), (), "目录.docx", key=text)
        for text in ("受理不及时", "")
    ]
    with_risks = replace(context, campaign=campaign, records=(*context.records, *points))
    findings, _ = run_rules(with_risks)
    assert [(f.code, f.subject_key, f.field) for f in findings] == [("M11", "", "风险点")]


def test_rules_and_their_texts_must_agree() -> None:
    vocabulary = load_vocabulary()
    fewer = replace(vocabulary, rules={code: text for code, text in vocabulary.rules.items() if code != "D02"})
    with pytest.raises(VocabularyError, match="D02"):
        run_rules(replace(catalogue(10), vocabulary=fewer))


def test_findings_quote_what_stands_there() -> None:
    context = catalogue(60)
    by_key: dict[str, Record] = {record.key: record for record in context.records}
    for finding in run_rules(context)[0]:
        if finding.code in ("D01", "D02", "M03"):
            raws = [field.raw for field in by_key[finding.subject_key].fields]
            assert finding.quote in raws
            assert finding.file == "目录.docx"
            assert Place.parse(finding.place).row
    assert {field.name for field in fields(Finding)} >= {"basis", "advice"}
