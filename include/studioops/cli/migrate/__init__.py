"""``studioops migrate``: plan, lint, rehearse, apply, rollback, status; a command a file."""

from __future__ import annotations

import typer

from studioops.cli.migrate.apply import apply
from studioops.cli.migrate.lint import lint
from studioops.cli.migrate.plan import plan
from studioops.cli.migrate.rehearse import rehearse
from studioops.cli.migrate.rollback import rollback
from studioops.cli.migrate.status import status


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Changes of a database that can go back.")
    for work, short in (
        (plan, "What brings a target to its contract; changes nothing."),
        (lint, "Judge every revision of a target's Alembic history."),
        (rehearse, "Apply a plan on a restored copy, take it back, apply it again."),
        (apply, "Apply a plan, or go on with one that was left in between."),
        (rollback, "Take the newest migration back."),
        (status, "How the migrations of a target stand."),
    ):
        group.command(short_help=short)(work)
    app.add_typer(group, name="migrate")
