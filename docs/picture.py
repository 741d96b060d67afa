"""``make docs``: the picture of a run's report in Airflow's page, taken of a real run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from docs.browser import ADVICE, find_chromium, open_report, sign_in, started
from studioops.local import stack
from studioops.local.drive import MAINTENANCE, run_dag
from studioops.local.state import DIR_VARIABLE

PICTURE = Path(__file__).parent / "images" / "report.png"
PATIENCE_MS = 60_000


def main() -> None:
    """Run maintenance on the legacy StudioOps database and look at its report."""
    path = find_chromium()
    if path is None:
        sys.exit(ADVICE)
    with own_stack() as info, started(path) as browser:
        outcome = run_dag(info, MAINTENANCE, {"target": "studioops"}, Console(stderr=True))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(outcome.web_link)
        sign_in(page, info.airflow_user, info.airflow_password)
        open_report(page)
        page.screenshot(path=PICTURE)


@contextmanager
def own_stack() -> Iterator[stack.StackInfo]:
    """A stack that nobody else has, for as long as it is looked at."""
    with TemporaryDirectory(prefix="studioops-docs-") as directory:
        # As root PostgreSQL runs as somebody else, who has to get in.
        Path(directory).chmod(0o755)
        os.environ[DIR_VARIABLE] = f"{directory}/stack"
        try:
            yield stack.up(tell)
        finally:
            stack.down(tell)


def tell(line: str) -> None:
    """Say what goes on."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
