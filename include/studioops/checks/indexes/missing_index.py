"""A large table that is read as a whole again and again."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table that is read from end to end most of the time."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    parts = f"{row['parts']} of its partitions: " if row["partitioned"] else ""
    return Found(
        row["table"],
        f"{parts}read from end to end {row['reads']} times in {row['days']} days, which is "
        f"{row['share']} % of all rows that are read from it; it has {row['rows']} rows",
        "-- see what reads it, and make an index on the columns that it asks for:\n"
        f"-- {row['listing']}\n"
        f"-- CREATE INDEX{how} ON {row['table']} (COLUMN);",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any large table read from end to end again and again?",
    severity=Severity.WARNING,
    why="each of these reads takes the whole table through memory, and grows with it",
    explain=explain,
    parameters={"least_rows": 100_000, "reads_a_day": 100, "days": 1},
)
