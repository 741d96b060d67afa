"""``studioops config``: a command a file."""

from __future__ import annotations

import typer

from studioops.cli.config.check_services import check_services
from studioops.cli.config.diff import diff
from studioops.cli.config.generate_docs import generate_docs
from studioops.cli.config.reset import reset
from studioops.cli.config.setup import setup
from studioops.cli.config.show import show
from studioops.cli.config.validate import validate


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The settings: written, judged, shown and compared.")
    for work, short in (
        (setup, "Write .env for development, production or from the plain template."),
        (validate, "Every fault of the configuration, with what mends it."),
        (check_services, "Look at every service that is set up."),
        (show, "Each setting, and where it was read from; secrets are masked."),
        (diff, "A file against what runs."),
        (reset, "Bring .env back to its template; shows first what changes."),
        (generate_docs, "Write docs/configuration.md."),
    ):
        group.command(name=work.__name__.replace("_", "-"), short_help=short)(work)
    app.add_typer(group, name="config")
