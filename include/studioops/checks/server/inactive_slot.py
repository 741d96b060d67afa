"""A replication slot that nobody reads from."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A slot whose reader has gone."""
    drop = f"SELECT pg_drop_replication_slot({row['name']});"
    what = f"{row['type']} slot{row['of']}"
    if row["lost"]:
        return Found(
            row["slot"],
            f"{what}: what its reader needs next is gone; it can't go on and is of no use",
            f"{drop}\n-- then make its reader anew, from a copy",
        )
    behind = f" and dead rows of {row['rows_behind']} transactions" if row["rows_behind"] else ""
    return Found(
        row["slot"],
        f"{what}: nobody has read from it{row['since']}; it keeps {row['kept']} of WAL{behind}",
        f"-- start its reader again; where that is gone for good, type:\n-- {drop}\n"
        "-- so that none can fill the disk, at the price that its reader is lost:\n"
        "-- ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf();",
        Severity.ERROR if row["grows"] else None,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any replication slot without a reader?",
    severity=Severity.WARNING,
    why="it keeps WAL and dead rows for a reader that may never come, until the disk is full",
    explain=explain,
    parameters={"minutes": 60, "least_bytes": 100_000_000},
)
