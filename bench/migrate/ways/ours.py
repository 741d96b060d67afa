"""``studioops migrate apply``, as a user types it, with the settings that it comes with."""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path

import psycopg

from bench.migrate.ways.way import ADD, CLEAN, CONVERT, INDEX, LOOKS, REPLACE, Part
from bench.scan.ways.process import run_measured
from studioops.migrations.plan import Plan

CONTRACT = Path(__file__).parents[1] / "contract.yaml"
NAMES = {
    "quarantine_orphans": CLEAN,
    "convert_columns": CONVERT,
    "drop_converted": CONVERT,
    "create_index": INDEX,
    "add_foreign_key": ADD,
    "replace_foreign_key": REPLACE,
}
RUN = "SELECT plan, extract(epoch FROM started_at)::float8 FROM studioops.migration_runs"
STEPS = """
SELECT number, extract(epoch FROM changed_at)::float8 FROM studioops.migration_steps ORDER BY number
"""


def migrate(dsn: str) -> list[Part]:
    """The whole command; when each part of it ended stands in its journal.

    Args:
        dsn: of the database.

    Raises:
        RuntimeError: it did not apply everything.
    """
    program = str(Path(sys.executable).with_name("studioops"))
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="studioops-bench-") as directory:
        words = ["--dsn", dsn, "--contract", str(CONTRACT), "--waive", "bench", "--yes", "--json"]
        run_measured([program, "migrate", "apply", *words], Path(directory))
    return parts_of(dsn, began, time.time())


def parts_of(dsn: str, began: float, ended: float) -> list[Part]:
    """What the journal says of the only run.

    Args:
        dsn: of the database.
        began: when the command began.
        ended: when it ended.
    """
    with psycopg.connect(dsn) as connection:
        ((plan, started),) = connection.execute(RUN).fetchall()
        moments = dict(connection.execute(STEPS).fetchall())
    parts, before = [Part(LOOKS, began, started)], started
    for name, steps in groupby(Plan.from_json(plan).steps(), lambda one: NAMES[one.operation.kind]):
        last = max(moments[one.number] for one in steps)
        parts.append(Part(name, before, last))
        before = last
    return [*parts, Part(LOOKS, before, ended)]
