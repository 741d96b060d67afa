"""Recording what a command saw, where a ledger is configured."""

from __future__ import annotations

import uuid

from studioops.cli.output import print_error
from studioops.errors import LedgerUnavailable, UsageError
from studioops.ledger import Ledger, RunRef, open_ledger
from studioops.model import Report
from studioops.settings import Settings


def record(settings: Settings, report: Report, command: str) -> None:
    """Record a report; an unreachable ledger is one line and never changes the exit code.

    Args:
        settings: which name the ledger, or none.
        report: what was seen.
        command: which command saw it.
    """
    if settings.ledger_url is None:
        return
    try:
        ledger = open_ledger(settings.ledger_url.get_secret_value())
        ledger.record(report, RunRef(str(uuid.uuid4()), "cli", command))
    except (LedgerUnavailable, UsageError) as error:
        print_error(f"not recorded: {error.message}", error.next_step)


def ledger_of(settings: Settings) -> Ledger:
    """The ledger that the settings name.

    Raises:
        UsageError: they name none.
    """
    if settings.ledger_url is None:
        raise UsageError(
            "no ledger is configured",
            "start the local stack with `studioops up`, or set LEDGER_URL",
        )
    return open_ledger(settings.ledger_url.get_secret_value())
