"""``zhiquan rules``, ``init`` and ``doctor``: what is checked, a place to work, and whether this machine is fit.

In: a rule code, a folder. Out: the catalogue, a commented campaign file, a list of checks. Refuses an unknown code, and
to overwrite a campaign file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from flows.console import complain, output, print_json, print_table
from flows.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from flows.options import rule as rule_code
from flows.wording import Exit, label, say
from pipeline.vocabulary import RuleText, load_vocabulary

if TYPE_CHECKING:
    from flows.doctor import Check


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
        print_table([say("rules.column.code"), say("key.severity"), say("key.title")], rows)
        complain(say("rules.more"))


def _shown(template: str) -> str:
    """A message's template as a person reads it: what each finding fills in is left open."""
    return re.sub(r"[“]?\{\w+\}[”]?", "……", template)


def _rule_row(rule: RuleText) -> dict[str, Any]:
    return {
        say("key.rule"): rule.code,
        say("key.severity"): label(f"severity.{rule.severity}"),
        say("key.title"): rule.title,
        say("key.message"): _shown(rule.message),
        say("key.advice"): _shown(rule.advice),
        say("key.basis"): rule.basis,
        say("key.bad_example"): rule.bad_example,
        say("key.good_example"): rule.good_example,
        say("key.variants"): [
            {
                say("key.severity"): label(f"severity.{each.severity}"),
                say("key.message"): _shown(each.message),
                say("key.advice"): _shown(each.advice),
            }
            for each in rule.variants
        ],
    }


def _print_rule(rule: RuleText) -> None:
    console = output()
    console.print(Text(f"{rule.code}  {rule.title}  {label(f'severity.{rule.severity}')}", style="bold"))
    told = {
        "message": _shown(rule.message),
        "advice": _shown(rule.advice),
        "basis": rule.basis,
        "bad_example": rule.bad_example,
        "good_example": rule.good_example,
    }
    for key, text in told.items():
        if text:
            console.print(Text(say(f"key.{key}"), style="dim").append("\u3000" + text, style="default"), soft_wrap=True)
    for each in rule.variants:
        facts = {
            "severity": label(f"severity.{each.severity}"),
            "message": _shown(each.message),
            "advice": _shown(each.advice),
        }
        console.print(Text(say("rules.variant", **facts)), soft_wrap=True)


def init(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """A new workspace with a commented campaign file; what is there stays."""
    from pipeline.campaigns.campaign import template
    from pipeline.campaigns.schedule import settings_template
    from pipeline.workspace import prepare

    place = prepare(workspace)
    for path, text, key in ((place.settings, settings_template(), "settings"), (place.campaign, template(), "made")):
        try:
            with path.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            complain(say("init.kept", path=path))
        else:
            output().print(say(f"init.{key}", path=path), soft_wrap=True)


def doctor(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """What this machine has and lacks."""
    from flows.doctor import checks

    found = list(checks(workspace))
    missing = [each for each in found if each.needed and not each.well]
    if as_json:
        print_json([_check_row(each) for each in found])
    else:
        marks = {True: say("doctor.mark.well"), False: say("doctor.mark.lacking")}
        print_table(
            [say("key.check"), "", say("key.found"), say("key.fix")],
            [(each.name, marks[each.well], each.found, each.fix) for each in found],
        )
        names = label("list.and").join(each.name for each in missing)
        complain(say("doctor.missing", names=names) if missing else say("doctor.fit"))
    raise typer.Exit(Exit.UNUSABLE if missing else Exit.DONE)


def _check_row(check: Check) -> dict[str, Any]:
    return {
        say("key.check"): check.name,
        say("key.well"): check.well,
        say("key.found"): check.found,
        say("key.needed"): check.needed,
        say("key.fix"): check.fix or None,
    }
