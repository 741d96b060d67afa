"""``studioops up``, ``down`` and ``status``: the local stack."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from studioops.cli.options import JsonOption
from studioops.cli.output import SCHEMA_VERSION, console, print_error, print_json, print_note
from studioops.errors import Refused
from studioops.local import stack
from studioops.model import Status


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="Start PostgreSQL, the object store and Airflow here, or heal them.")(up)
    app.command(help="Stop the local stack; its data stay.")(down)
    app.command(help="Show every part of the local stack and where its data lie.")(status)


def up(json_output: JsonOption = False) -> None:
    """Start what does not run, and say where it is."""
    info = stack.up(print_note)
    if json_output:
        print_json(_document(stack.status()))
        return
    out = console()
    out.print(f"Airflow: {info.airflow_url}")
    out.print(f"login: {info.airflow_user}, password: {info.airflow_password}", markup=False)


def down(
    json_output: JsonOption = False,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Delete its databases and objects too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")] = False,
) -> None:
    """Stop every part; with --delete-data nothing of it stays."""
    if delete_data:
        if not (yes or _confirmed("delete the local stack's databases and objects?")):
            raise Refused("nothing was deleted", "answer y, or give --yes")
        stack.delete(print_note)
    else:
        stack.down(print_note)
    if json_output:
        # What was asked for is there: the state of the parts is no fault here.
        print_json({**_document(stack.status()), "status": Status.PASSED})
    else:
        rest = "is deleted" if delete_data else "is stopped; its data stay"
        console().print(f"the local stack {rest}")


def status(json_output: JsonOption = False) -> None:
    """Look at every part; exit 3 unless all of them run."""
    found = stack.status()
    if json_output:
        print_json(_document(found))
    else:
        _print_table(found)
    if not found.running:
        print_error("not every part of the local stack runs", "studioops up")
    raise typer.Exit(_whole(found).exit_code)


def _confirmed(question: str) -> bool:
    """Whether somebody is there and agrees."""
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _whole(found: stack.StackStatus) -> Status:
    """A stack that does not run was not looked into; it is not a target with faults."""
    return Status.PASSED if found.running else Status.NOT_CHECKED


def _document(found: stack.StackStatus) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": _whole(found),
        "parts": [asdict(part) for part in found.parts],
        "directories": {name: str(path) for name, path in found.directories.items()},
        "login": {"user": found.airflow_user, "password_file": str(found.password_file)},
    }


def _print_table(found: stack.StackStatus) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("part", "state", "address", "pid", "detail"):
        table.add_column(title, no_wrap=title != "detail")
    for part in found.parts:
        table.add_row(part.name, part.state, part.address, str(part.pid or ""), part.detail)
    out = console()
    out.print(table)
    for name, path in found.directories.items():
        out.print(f"{name}: {path}", markup=False, soft_wrap=True)
    out.print(
        f"login: {found.airflow_user}; its password is airflow_login_password in "
        f"{found.password_file}",
        markup=False,
        soft_wrap=True,
    )
