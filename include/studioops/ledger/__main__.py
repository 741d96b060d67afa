"""``python -m studioops.ledger``: bring the tables of the ledger at LEDGER_URL up to date."""

from __future__ import annotations

import sys

from studioops.errors import SettingsError, StudioOpsError
from studioops.ledger import open_ledger
from studioops.settings import load_settings


def main() -> int:
    """Migrate the ledger that the settings name.

    Returns:
        the exit code.
    """
    try:
        where = _migrate()
    except StudioOpsError as error:
        sys.stderr.write(f"{error.message}\nnext: {error.next_step}\n")
        return error.exit_code
    sys.stdout.write(f"the ledger at {where} is up to date\n")
    return 0


def _migrate() -> str:
    url = load_settings().ledger_url
    if url is None:
        raise SettingsError("LEDGER_URL is not set", "set LEDGER_URL in .env or in the environment")
    with open_ledger(url.get_secret_value()) as ledger:
        ledger.migrate()
        return ledger.database.dsn.where


if __name__ == "__main__":
    sys.exit(main())
