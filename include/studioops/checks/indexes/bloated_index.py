"""An index that is mostly empty space."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index that has grown and not shrunk."""
    return Found(
        row["index"],
        f"{row['size']} on {row['table']}, of which about {row['share']} % is empty (by estimate)",
        f"REINDEX INDEX CONCURRENTLY {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index mostly empty space?",
    severity=Severity.WARNING,
    why="it is read, cached and backed up at many times the size that its entries need",
    explain=explain,
    parameters={"share": 60, "least_bytes": 10_000_000},
)
