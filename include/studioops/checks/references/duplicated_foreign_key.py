"""A foreign key that is there twice."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """One of two keys over the same columns."""
    return Found(
        object=row["child"],
        message=f"{row['name']} is the same as {row['kept']}",
        repair=f"ALTER TABLE {row['child']} DROP CONSTRAINT {row['name']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any foreign key there twice?",
    severity=Severity.WARNING,
    why=("every write is checked twice for the same thing, and the two can come to differ"),
    explain=explain,
)
