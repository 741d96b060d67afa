"""The ways to look for orphans that are measured side by side."""

from __future__ import annotations

from bench.scan.ways import by_hand, dbt, gx, ours
from bench.scan.ways.way import Run, Way

__all__ = [
    "COMMAND",
    "DBT",
    "GX",
    "GX_ONE",
    "NOT_EXISTS",
    "OURS",
    "PLANNING",
    "VALIDATE",
    "WAYS",
    "Run",
    "Way",
]

OURS, PLANNING, COMMAND = "ours", "planning", "command"
VALIDATE, NOT_EXISTS = "validate", "not_exists"
DBT, GX, GX_ONE = "dbt", "gx", "gx_one"

WAYS: dict[str, Way] = {
    OURS: Way("scan", ours.in_process),
    VALIDATE: Way("VALIDATE", by_hand.validate),
    NOT_EXISTS: Way("NOT EXISTS", by_hand.not_exists),
    PLANNING: Way("planning alone", ours.planning),
    COMMAND: Way("studioops scan", ours.command, process=True),
    DBT: Way("dbt test", dbt.test, process=True, slow=True),
    GX: Way("Great Expectations", gx.suite_a_table, process=True, slow=True),
    GX_ONE: Way("Great Expectations, one suite", gx.one_suite, process=True, slow=True),
}
