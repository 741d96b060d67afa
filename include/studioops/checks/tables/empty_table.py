"""A table without a single row."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.checks.tables.table_not_linked import BOOKKEEPING
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table that holds nothing."""
    table, message = row["table"], "no row"
    if row["bytes"]:
        message += f", though it takes {row['size']}"
    if not row["asked"]:
        message += " (by the statistics)"
    if row["inserted"]:
        message += f"; {row['inserted']} rows have come and gone since the statistics began"
    if row["referring"]:
        message += f"; foreign keys of {row['referring']} lead to it"
    lines = [
        "-- what would fill it, and when did it last hold anything? Ask who knows the application;",
        "-- where nothing does any more, keep its definition (pg_dump --schema-only) and drop it:",
        f"-- DROP TABLE {table};",
    ]
    return Found(table, message, "\n".join(lines))


CHECK = SqlCheck(
    module=__name__,
    question="Is any table empty?",
    severity=Severity.INFO,
    why="nobody fills it any more, or what should fill it does not run",
    explain=explain,
    parameters={"bookkeeping": BOOKKEEPING, "read_bytes": 8000000},
)
