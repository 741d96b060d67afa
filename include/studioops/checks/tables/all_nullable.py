"""A table in which nothing but the key has to be there."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table whose columns may all be NULL."""
    table, column, name = row["table"], row["column"], row["name"]
    keyed = " beside the key" if row["keyed"] else ""
    lines = [f"-- choose the columns that every row must have; for each of them, such as {column}:"]
    if row["filled"]:
        lines.insert(0, f"-- by the statistics these are never NULL: {row['filled']}")
    lines += [
        "-- ADD, SET and DROP take ACCESS EXCLUSIVE for a moment; VALIDATE blocks no writer",
        f"-- ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID;",
        f"-- ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
        f"-- ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;",
        f"-- ALTER TABLE {table} DROP CONSTRAINT {name};",
    ]
    message = f"all of its {row['count']} columns{keyed} may be NULL"
    return Found(table, message, "\n".join(lines))


CHECK = SqlCheck(
    module=__name__,
    question="May every column of any table be NULL, but for its key?",
    severity=Severity.INFO,
    why="a row without any content is taken, and every reader has to expect one",
    explain=explain,
)
