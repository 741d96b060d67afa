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
    group.command(help="What a recovery would do and lose; changes nothing.")(plan)
    group.command(help="Restore a proven backup beside, prove it, and swap it in.")(run)
    group.command(help="Swap the kept old database in again.")(back)
    group.command(help="Put back the objects that a bucket lacks.")(objects)
    app.add_typer(group, name="recover")
