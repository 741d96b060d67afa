"""A table that the planner knows too little of."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

AUTOVACUUM = "-- autovacuum is off: ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();"


def explain(row: Row) -> Found:
    """A table without statistics, or with old ones."""
    steps = [row["repair"]]
    if row["switched_off"]:
        steps.append(f"-- autovacuum is off for it: {row['switched_off']}")
    if row["all_off"]:
        steps.append(AUTOVACUUM)
    only_whole = row["no_whole"] and not row["none"] and not row["stale"]
    return Found(row["table"], _said(row), "\n".join(steps), Severity.INFO if only_whole else None)


def _said(row: Row) -> str:
    changed = f"{row['changed']} rows were written since the last ANALYZE"
    if not row["partitioned"]:
        return (
            f"of {row['rows']} rows, {changed}"
            if row["stale"]
            else f"no statistics of its {row['rows']} rows (by guess)"
        )
    said = []
    if row["no_whole"]:
        said.append("no statistics of it as a whole, and autovacuum makes none")
    if row["none"]:
        said.append(f"no statistics of {row['none']} of its partitions")
    if row["stale"]:
        said.append(f"in {row['stale']} of its partitions {changed}")
    return "; ".join(said)


CHECK = SqlCheck(
    module=__name__,
    question="Are any statistics missing or out of date?",
    severity=Severity.WARNING,
    why="the planner guesses, and a query that took a moment takes hours",
    explain=explain,
    parameters={"least_rows": 10_000, "times": 2},
)
