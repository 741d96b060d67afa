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
    group.command(help="Take a backup, encrypted, with a fingerprint of every table.")(take)
    group.command("list", help="The backups there are, and what was proven of them.")(list_backups)
    group.command(help="Prove any dump of pg_dump on a scratch server.")(verify)
    group.command(help="Restore a backup elsewhere and prove the copy.")(drill)
    group.command(help="Remove the backups that are not kept any more.")(prune)
    app.add_typer(group, name="backup")
