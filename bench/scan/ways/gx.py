"""Great Expectations, as the script beside this file has it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from bench.scan.references import read_references
from bench.scan.ways.process import run_measured
from bench.scan.ways.way import Run

SCRIPT = Path(__file__).with_name("gx_script.py")
BATCH = "(SELECT * FROM {batch})"


def suite_a_table(dsn: str, directory: Path) -> Callable[[], Run]:
    """As its documentation has it: an asset and a suite a table, queries of their batch.

    Args:
        dsn: of the database.
        directory: where the script runs.
    """
    queries: dict[str, dict[str, str]] = {}
    for one in read_references(dsn):
        table = queries.setdefault(f"{one.schema}.{one.child}", {})
        table[one.place] = one.orphans(BATCH, "c.*")
    return _script(dsn, directory, "tables", queries)


def one_suite(dsn: str, directory: Path) -> Callable[[], Run]:
    """Against its advice, and faster: one suite of queries that name their tables themselves.

    Args:
        dsn: of the database.
        directory: where the script runs.
    """
    queries = {
        one.place: one.orphans(f"{one.schema}.{one.child}", "c.*") for one in read_references(dsn)
    }
    return _script(dsn, directory, "one", {"references": queries})


def _script(
    dsn: str, directory: Path, kind: str, queries: dict[str, dict[str, str]]
) -> Callable[[], Run]:
    asked = directory / "queries.json"
    asked.write_text(json.dumps(queries), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), kind, _url(dsn), str(asked)]

    def run() -> Run:
        environment = {"GX_ANALYTICS_ENABLED": "false"}
        done = run_measured(command, directory, environment=environment)
        # It talks while it works; the answer is its last line.
        found = json.loads(done.stdout.splitlines()[-1])
        return Run(done.seconds, found, done.peak_mb)

    return run


def _url(dsn: str) -> str:
    words = conninfo_to_dict(dsn)
    url = URL.create(
        "postgresql+psycopg",
        str(words["user"]),
        str(words["password"]),
        str(words["host"]),
        int(str(words["port"])),
        str(words["dbname"]),
    )
    return url.render_as_string(hide_password=False)
