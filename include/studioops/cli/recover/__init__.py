"""``studioops recover``: back to a proven backup, and back from it."""

from __future__ import annotations

import typer

from studioops.cli.recover.back import back
from studioops.cli.recover.objects import objects
from studioops.cli.recover.plan import plan
from studioops.cli.recover.run import run


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Back to a proven backup, and back from it.")
    for work, short in (
        (plan, "What a recovery would do and lose; changes nothing."),
        (run, "Restore a proven backup beside, prove it, and swap it in."),
        (back, "Swap the kept old database in again."),
        (objects, "Put back the objects that a bucket lacks."),
    ):
        group.command(short_help=short)(work)
    app.add_typer(group, name="recover")
