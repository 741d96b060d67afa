"""``studioops backup``: take, list, verify, drill, prune; a command a file."""

from __future__ import annotations

import typer

from studioops.cli.backup.drill import drill
from studioops.cli.backup.list import list_backups
from studioops.cli.backup.prune import prune
from studioops.cli.backup.take import take
from studioops.cli.backup.verify import verify


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Backups that are proven.")
    for work, short in (
        (take, "Take a backup, encrypted, with a fingerprint of every table."),
        (list_backups, "The backups there are, and what was proven of them."),
        (verify, "Read a backup through without a restore, or prove any dump."),
        (drill, "Restore a backup elsewhere and prove the copy."),
        (prune, "Remove the backups that are not kept any more."),
    ):
        name = "list" if work is list_backups else work.__name__
        group.command(name, short_help=short)(work)
    app.add_typer(group, name="backup")
