"""``zhiquan rules``, ``init`` and ``doctor``: what is checked, a place to work, and whether this machine is fit.

In: a rule code, a folder. Out: the catalogue, a commented campaign file, a list of checks. Refuses an unknown code, and
to overwrite a campaign file.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from flows.console import complain, output, print_json, print_table
from flows.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from flows.options import rule as rule_code
from flows.wording import Exit, label, say
from pipeline.vocabulary import RuleText, load_vocabulary


def rules(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help=say("rules.code"))] = None,
    as_json: JsonOption = False,
) -> None:
    """The catalogue of rules, or all about one."""
    known = load_vocabulary().rules
    if code is not None:
        rule = known[rule_code(code)]
        if as_json:
            print_json(_rule_row(rule))
        else:
            _print_rule(rule)
    elif as_json:
        print_json([_rule_row(rule) for rule in known.values()])
    else:
        rows = [(rule.code, label(f"severity.{rule.severity}"), rule.title) for rule in known.values()]
        print_table([say("rules.column.code"), say("rules.column.severity"), say("rules.column.title")], rows)
        complain(say("rules.more"))


def _rule_row(rule: RuleText) -> dict[str, Any]:
    return {
        "规则": rule.code,
        "严重程度": label(f"severity.{rule.severity}"),
        "检查内容": rule.title,
        "说明": rule.message,
        "整改建议": rule.advice,
        "规则依据": rule.basis,
        "有问题的写法": rule.bad_example,
        "正确的写法": rule.good_example,
        "其他情形": [
            {"严重程度": label(f"severity.{each.severity}"), "说明": each.message, "整改建议": each.advice}
            for each in rule.variants
        ],
    }


def _print_rule(rule: RuleText) -> None:
    console = output()
    row = _rule_row(rule)
    console.print(Text(f"{rule.code}  {rule.title}  {row['严重程度']}", style="bold"))
    for key in ("说明", "整改建议", "规则依据", "有问题的写法", "正确的写法"):
        if row[key]:
            console.print(Text(f"{key}　", style="dim").append(str(row[key]), style="default"), soft_wrap=True)
    for variant in row["其他情形"]:
        console.print(
            Text(say("rules.variant", severity=variant["严重程度"], message=variant["说明"], advice=variant["整改建议"])),
            soft_wrap=True,
        )


def init(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """A new workspace with a commented campaign file; what is there stays."""
    from pipeline.campaign import template
    from pipeline.workspace import prepare

    place = prepare(workspace)
    try:
        with place.campaign.open("x", encoding="utf-8") as stream:
            stream.write(template())
    except FileExistsError:
        complain(say("init.kept", path=place.campaign))
        return
    output().print(say("init.made", path=place.campaign), soft_wrap=True)


def doctor(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """What this machine has and lacks."""
    from flows.doctor import checks

    found = list(checks(workspace))
    missing = [each for each in found if each.needed and not each.well]
    if as_json:
        print_json(
            [
                {"项目": each.name, "正常": each.well, "情况": each.found, "必需": each.needed, "处理办法": each.fix or None}
                for each in found
            ]
        )
    else:
        marks = {True: say("doctor.mark.well"), False: say("doctor.mark.lacking")}
        print_table(
            [say("doctor.column.check"), "", say("doctor.column.found"), say("doctor.column.fix")],
            [(each.name, marks[each.well], each.found, each.fix) for each in found],
        )
        complain(say("doctor.missing", names=label("list.and").join(e.name for e in missing)) if missing else say("doctor.fit"))
    raise typer.Exit(Exit.UNUSABLE if missing else Exit.DONE)
