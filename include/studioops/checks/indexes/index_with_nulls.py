"""An index that holds mostly NULLs."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index that would be a fraction of its size without the NULLs."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    return Found(
        row["index"],
        f"{row['share']} % of {row['column']} of {row['table']} is NULL; it takes {row['size']}",
        f"CREATE INDEX{how} ON {row['table']} {row['how']} WHERE {row['column']} IS NOT NULL;\n"
        f"DROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Does any index hold mostly NULLs?",
    severity=Severity.INFO,
    why="most of its entries are for rows that nobody looks for by this column",
    explain=explain,
    parameters={"share": 80, "least_bytes": 1_000_000},
)
