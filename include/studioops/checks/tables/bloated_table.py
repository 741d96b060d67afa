"""A table that is mostly empty space."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

LAGGING = 0.2


def explain(row: Row) -> Found:
    """A table that has grown and not shrunk."""
    what = "its TOAST table, " if row["toast"] else ""
    message = f"{what}{row['size']}, of which about {row['share']} % is empty or dead (by estimate)"
    if row["dead"] > LAGGING * row["rows"]:
        message += f"; {row['dead']} dead rows wait for VACUUM"
    if row["off"]:
        message += "; autovacuum is off for it"
    return Found(row["table"], message, "\n".join(_repair(row)))


def _repair(row: Row) -> list[str]:
    table = row["table"]
    lines = [
        "-- first what made it: old transactions and idle slots keep dead rows (see the checks",
        "-- long_idle_transaction and inactive_slot); autovacuum waits for a fifth of the rows:",
        f"-- ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02);",
    ]
    if row["off"]:
        lines.append(f"ALTER TABLE {table} RESET (autovacuum_enabled);")
    return [
        *lines,
        "-- VACUUM FULL holds ACCESS EXCLUSIVE: nobody reads or writes while a copy is written;",
        "-- where that can't be, the extension pg_repack locks only at its start and its end:",
        f"-- pg_repack --no-order --table={_shell(table)} --dbname=…",
        f"VACUUM (FULL) {table};",
        f"VACUUM (ANALYZE) {table};",
    ]


def _shell(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


CHECK = SqlCheck(
    module=__name__,
    question="Is any table mostly empty space?",
    severity=Severity.WARNING,
    why="scans, memory and backups pay for many times the size that its rows need",
    explain=explain,
    parameters={"share": 60, "least_bytes": 10000000},
)
