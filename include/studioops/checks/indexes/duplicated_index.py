"""Indexes over the same columns in the same order, with the same condition and operators."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """One index that another one of its table makes superfluous."""
    return Found(
        object=row["index"],
        message=f"the same as {row['kept']} on {row['table']}; it takes {row['size']}",
        repair=f"DROP INDEX CONCURRENTLY {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index there twice?",
    severity=Severity.WARNING,
    why="every write pays for it and every backup carries it, and nothing is found faster",
    explain=explain,
)
