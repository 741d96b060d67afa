"""Our scan: called in this process, and as the command that a user types."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.scan.ways.process import run_measured
from bench.scan.ways.way import Run
from studioops.integrity import plan_scan, scan
from studioops.postgres import open_database
from studioops.settings import Settings

# What a command has where nobody sets anything.
CONNECTIONS = Settings.model_fields["scan_connections"].default
RANGE_ROWS = Settings.model_fields["scan_range_rows"].default


def in_process(dsn: str, _: Path) -> Callable[[], Run]:
    """The scan alone.

    Args:
        dsn: of the database.
    """

    def run() -> Run:
        began = time.perf_counter()
        with open_database(dsn) as database:
            report = scan(
                database, None, target="bench", range_rows=RANGE_ROWS, connections=CONNECTIONS
            )
        return Run(time.perf_counter() - began, _found(report.evidence["relationships"]))

    return run


def planning(dsn: str, _: Path) -> Callable[[], Run]:
    """What comes before the first row is read: the catalog, and what is to be looked at how.

    Args:
        dsn: of the database.
    """

    def run() -> Run:
        began = time.perf_counter()
        with open_database(dsn) as database:
            planned = plan_scan(database, None, range_rows=RANGE_ROWS)
        return Run(time.perf_counter() - began, {one.child: 0 for one in planned})

    return run


def command(dsn: str, directory: Path) -> Callable[[], Run]:
    """``studioops scan``, from its start to its last line.

    Args:
        dsn: of the database.
        directory: where it runs, so that no settings of the checkout are read.
    """
    program = str(Path(sys.executable).with_name("studioops"))

    def run() -> Run:
        done = run_measured([program, "scan", "--dsn", dsn, "--json"], directory, codes=(0, 1))
        document = json.loads(done.stdout)
        return Run(done.seconds, _found(document["relationships"]), done.peak_mb)

    return run


def _found(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {one["child"]: one["orphans"] for one in entries if one["orphans"] is not None}
