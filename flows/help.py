"""Typer's commands with Chinese --help and Chinese messages for wrong use, and the exit status of every failure.

In: commands as Typer builds them. Out: help pages; for an exception one message on standard error and a status of
:class:`~flows.wording.Exit`. Refuses nothing: what nobody foresaw is told with file and line, and is status 70.
"""

from __future__ import annotations

import difflib
import sys
import traceback
from collections.abc import Iterable
from typing import Any

import typer
from rich.table import Table
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from flows.console import complain, text_of
from flows.wording import Exit, Stop, nearest, say
from pipeline.campaigns.profile import ProfileError
from pipeline.workspace import WorkspaceBusy, WorkspaceUnusable


class HelpfulCommand(TyperCommand):
    """A command whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return _page(self, ctx, ())


class HelpfulGroup(TyperGroup):
    """The program itself: its help page lists the commands, and its ``main`` turns every failure into a status."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        listed = [(name, (self.commands[name].help or "").partition("。")[0]) for name in self.list_commands(ctx)]
        return _page(self, ctx, listed)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which they were added, which is that of the work."""
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for; one that is not known is told together with those that look like it."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise Stop(say("usage.command", name=args[0], hint=nearest(args[0], self.commands)))
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run, and leave the process with the status of what happened."""
        options["standalone_mode"] = False
        try:
            status = super().main(*args, **options)
        except Exception as error:
            status = _told(error)
        if status == Exit.INTERRUPTED:
            complain(say("interrupted"))
        sys.exit(status or Exit.DONE)


def _told(error: Exception) -> Exit:
    """Tell the user what went wrong; the status it means."""
    if isinstance(error, Stop):
        complain(str(error))
        return error.status
    if isinstance(error, TyperException):
        complain(_usage(error))
        return Exit.USAGE
    if isinstance(error, ProfileError) or _is_refused_query(error):
        complain(str(error))
        return Exit.USAGE
    if isinstance(error, WorkspaceBusy):
        complain(say("busy", workspace=error))
        return Exit.BUSY
    if isinstance(error, WorkspaceUnusable | OSError):
        complain(say("unusable", detail=error))
        return Exit.UNUSABLE
    return _internal(error)


def _is_refused_query(error: Exception) -> bool:
    from pipeline.warehouse.readonly_sql import QueryRefused  # loads the database, which few failures need

    return isinstance(error, QueryRefused)


def _internal(error: Exception) -> Exit:
    """Our own fault: where it happened, without what the message or the variables hold, which may be a name."""
    complain(say("internal", kind=type(error).__name__))
    for frame in traceback.extract_tb(error.__traceback__):
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} {frame.name}\n")
    for note in getattr(error, "__notes__", ()):
        sys.stderr.write(f"  {note}\n")
    return Exit.INTERNAL


def _usage(error: TyperException) -> str:
    """What is wrong with the words of a command line."""
    ctx: Any = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "zhiquan"
    option = getattr(error, "option_name", None)
    param: Any = getattr(error, "param", None)
    if option is not None and type(error).__name__ == "NoSuchOption":
        known = [name for each in ctx.command.get_params(ctx) for name in each.opts] if ctx is not None else []
        close = difflib.get_close_matches(option, known, n=1)
        return say("usage.option", option=option, path=path, hint=say("nearest", names=close[0]) if close else "")
    if option is not None:
        return say("usage.value_missing", option=option, path=path)
    if param is not None and not error.message:
        return say("usage.missing", name=_name(param), path=path)
    if param is not None:
        return say("usage.value", name=_name(param), path=path)
    if isinstance(error, typer.BadParameter):
        return error.message
    return say("usage.extra", path=path) if ctx is not None and ctx.args else ctx.get_help() if ctx else error.message


def _name(param: Any) -> str:
    """What the user calls a parameter."""
    if param.param_type_name == "option":
        return str(param.opts[0])
    return str(param.metavar or param.name.upper())


def _page(command: Any, ctx: Any, commands: Iterable[tuple[str, str]]) -> str:
    arguments = [p for p in command.get_params(ctx) if p.param_type_name == "argument"]
    options = [p for p in command.get_params(ctx) if p.param_type_name == "option" and not p.hidden]
    listed = list(commands)
    words = [ctx.command_path, *(_usage_word(p) for p in arguments)]
    words += [say("help.options_word")] if options else []
    words += [say("help.command_word")] if listed else []
    parts: list[Any] = [say("help.usage", line=" ".join(words)), "", command.help or "", ""]
    sections = (
        ("help.commands", listed),
        ("help.arguments", [(_usage_word(p), p.help or "") for p in arguments]),
        ("help.options", [(_option_words(p), _option_help(p)) for p in options]),
    )
    for title, entries in sections:
        if entries:
            parts += [say(title), _grid(entries), ""]
    return text_of(parts).rstrip()


def _usage_word(param: Any) -> str:
    word = _name(param) + ("…" if param.nargs == -1 else "")
    return word if param.required else f"[{word}]"


def _option_words(param: Any) -> str:
    words = ", ".join(param.opts)
    return words if param.is_flag else f"{words} {param.metavar or param.name.upper()}"


def _option_help(param: Any) -> str:
    return say("help.help") if param.name == "help" else param.help or ""


def _grid(entries: Iterable[tuple[str, str]]) -> Table:
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for name, text in entries:
        grid.add_row(name, text)
    return grid
