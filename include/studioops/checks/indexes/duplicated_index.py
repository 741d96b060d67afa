"""An index that is there twice."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """One index that another one of its table makes superfluous."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    return Found(
        row["index"],
        f"the same as {row['kept']} on {row['table']}; it takes {row['size']}",
        f"-- {row['kept']} takes over\nDROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index there twice?",
    severity=Severity.WARNING,
    why="every write pays for it and every backup carries it, and nothing is found faster",
    explain=explain,
)
