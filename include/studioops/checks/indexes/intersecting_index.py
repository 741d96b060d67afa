"""An index that is the beginning of another one."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index whose columns begin another one."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    return Found(
        row["index"],
        f"({row['columns']}) begins {row['longer']} on {row['table']}; "
        f"it takes {row['size']}, the longer one {row['longer_size']}",
        f"-- {row['longer']} takes over\nDROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index the beginning of another one?",
    severity=Severity.INFO,
    why="the longer index serves the same queries, and every write pays for both",
    explain=explain,
)
