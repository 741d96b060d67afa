"""``studioops config check-services``: what ``services check`` sees, and how many answer."""

from __future__ import annotations

import typer

from studioops.cli.output import console, print_error
from studioops.cli.services import look, print_services, states_of
from studioops.model import Status
from studioops.services.state import Cause
from studioops.settings import load_settings


def check_services() -> None:
    """Look at every service that is set up; exit 0 where all of them can be used."""
    settings = load_settings()
    report, out = look(settings, (), quiet=False), console()
    print_services(report, settings, out)
    set_up = [one for one in states_of(report) if one.cause is not Cause.NOT_CONFIGURED]
    there = sum(one.status is Status.PASSED for one in set_up)
    out.print(f"{there}/{len(set_up)} accessible", highlight=False)
    if report.status is Status.NOT_CHECKED:
        print_error("a required service is not set up", "studioops config validate")
    raise typer.Exit(report.status.exit_code)
