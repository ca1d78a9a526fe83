"""``zhiquan``: the command line. Each command is a function of a module flows/commands_….py.

In: arguments. Out: results on standard output, messages and progress on standard error, the contract's exit status.
Prefect, DuckDB and the readers are imported by the commands that need them, when they need them.
"""

from __future__ import annotations

import typer

from flows.commands_ask import findings, report, sql
from flows.commands_check import check, extract
from flows.commands_law import cite, law
from flows.commands_office import doctor, init, rules
from flows.commands_review import decide, rebuild
from flows.commands_run import run
from flows.commands_serve import serve
from flows.commands_status import status
from flows.help import HelpfulCommand, HelpfulGroup
from flows.wording import say

app = typer.Typer(
    cls=HelpfulGroup,
    help=say("help.program"),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for _command in (
    run, serve, check, status, findings, report, decide, sql, cite, extract, rules, init, rebuild, doctor,
):  # fmt: skip
    app.command(_command.__name__, cls=HelpfulCommand, help=say(f"help.{_command.__name__}"))(_command)
app.add_typer(law, name="law")


def main() -> None:
    """The console script."""
    app(prog_name="zhiquan")


if __name__ == "__main__":
    main()
