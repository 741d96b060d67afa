"""The command line's root, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, NoReturn

import typer

from studioops.cli.ending import Ending, Stopped, heard_endings
from studioops.cli.formats import asked_format, print_refusal
from studioops.cli.output import print_error, print_note
from studioops.errors import LeftInBetween, StudioOpsError, UsageError, one_line
from studioops.integrity import BrokenContract

# What a word loads; importing all of it takes three times as long as the one that is asked for.
MODULES = {
    "up": "stack",
    "down": "stack",
    "status": "stack",
    "run": "run",
    "scan": "scan",
    "check": "check",
    "contract": "contract",
    "migrate": "migrate",
    "services": "services",
    "credentials": "credentials",
    "evidence": "evidence",
    "config": "config",
    "backup": "backup",
    "recover": "recover",
    "legacy": "legacy",
}


def command_line(words: Sequence[str] = ()) -> typer.Typer:
    """The command line, or as much of it as a call asks for.

    Args:
        words: of the call, without the program's name; where the first names no command, help
            and suggestions take all of them.
    """
    app = typer.Typer(
        name="studioops",
        help="Maintenance for PostgreSQL applications that proves what it says.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(root)
    asked = MODULES.get(next(iter(words), ""))
    for name in (asked,) if asked else dict.fromkeys(MODULES.values()):
        import_module(f"studioops.cli.{name}").register(app)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"studioops {version('studioops-maintenance')}")
        raise typer.Exit


def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options that stand before a command."""


def main() -> NoReturn:
    """Run the command line; never shows a traceback for what was foreseen."""
    with heard_endings() as ending:
        code = _run(ending)
    sys.exit(code)


def _run(ending: Ending) -> int:
    code, told = 0, None
    try:
        code = int(command_line(sys.argv[1:])(standalone_mode=False) or 0)
    except BaseException as error:  # noqa: BLE001  (what a signal cuts off fails in ways of its own)
        if isinstance(error, KeyboardInterrupt | typer.Abort | Stopped):
            ending.number = ending.number or signal.SIGINT
        # What stands half-way has to be said, whatever ended the command.
        if not ending.number or isinstance(error, LeftInBetween):
            return _failed(error)
        told = error if isinstance(error, Stopped) else None
    # typer makes an exit code of Ctrl-C where it hears of it first.
    if not ending.number:
        return code
    _tell(told or ending.error())
    return ending.exit_code


def _failed(error: BaseException) -> int:
    if isinstance(error, typer.TyperException):
        return _tell(UsageError(_said(error), _help_of(error)))
    if isinstance(error, StudioOpsError):
        return _tell(error)
    if isinstance(error, BrokenPipeError):
        # The reader (head, less) has gone: nothing is left to be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    raise error


def _tell(error: StudioOpsError) -> int:
    print_refusal(error, asked_format(sys.argv))
    faults = error.faults if isinstance(error, BrokenContract) else ()
    for fault in faults:
        print_note(f"{error.path}: {fault}" if isinstance(error, BrokenContract) else str(fault))
    print_error(f"{len(faults)} faults" if faults else error.message, error.next_step)
    return error.exit_code


def _said(error: typer.TyperException) -> str:
    text = getattr(error, "format_message", error.__str__)()
    return one_line(str(text)) or "this can't be run"


def _help_of(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "studioops"
    return f"see `{command} --help`"
