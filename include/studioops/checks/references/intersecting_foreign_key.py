"""A foreign key that repeats a part of a wider one."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A key whose columns are a part of another one's."""
    wide = f"{row['wide']} ({row['wide_columns']})"
    return Found(
        object=row["child"],
        message=f"{row['name']} ({row['columns']}) is a part of {wide}",
        repair=f"ALTER TABLE {row['child']} DROP CONSTRAINT {row['name']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Does any foreign key repeat a part of another one?",
    severity=Severity.INFO,
    why=(
        "the narrow one adds a lookup to every write, and what it promises follows from"
        " the wide one"
    ),
    explain=explain,
)
