"""An index that no query uses."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index that no scan has used since the statistics began."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    return Found(
        row["index"],
        f"not used on {row['table']} for {row['days']} days; it takes {row['size']}",
        f"-- ask the replicas first: each counts for itself\nDROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index never used?",
    severity=Severity.INFO,
    why="every write pays for it, and no query has asked it for anything in all that time",
    explain=explain,
    parameters={"days": 30, "least_bytes": 1_000_000, "least_reads": 100},
)
