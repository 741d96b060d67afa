"""An index over a boolean alone."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index that has two keys."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    instead = f"CREATE INDEX{how} ON {row['table']} ({row['column']}) WHERE {row['rare']};\n"
    return Found(
        row["index"],
        f"over {row['column']} of {row['table']} alone; it takes {row['size']}"
        + (f"; few rows are {row['rare']}" if row["rare"] else ""),
        (instead if row["rare"] else "") + f"DROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index over a boolean alone?",
    severity=Severity.INFO,
    why="it tells two heaps of rows apart: reading the larger one by it helps nobody, "
    "and every write pays",
    explain=explain,
    parameters={"rare": 10},
)
