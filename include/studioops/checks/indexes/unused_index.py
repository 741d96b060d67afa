"""An index that no query uses."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index that no scan has used since the statistics began."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    told = f"not used on {row['table']} for {row['days']} days; it takes {row['size']}"
    drop = f"DROP INDEX{how} {row['index']};"
    if row["wait"]:
        return Found(
            row["index"],
            f"{told}; the statistics are too young to tell",
            f"-- ask again in {row['wait']} days, when a month's end was seen; then: {drop}",
        )
    return Found(row["index"], told, f"-- ask the replicas first: each counts for itself\n{drop}")


CHECK = SqlCheck(
    module=__name__,
    question="Is any index never used?",
    severity=Severity.INFO,
    why="every write pays for it, and no query has asked it for anything in all that time",
    explain=explain,
    parameters={"days": 30, "least_bytes": 1_000_000, "least_reads": 100},
)
