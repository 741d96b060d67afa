"""A name that PostgreSQL may have cut short."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

# What programs and people call by name; the others are named once and looked up by tools.
CALLED = {"table", "view", "materialized view", "foreign table", "column", "routine", "type"}


def explain(row: Row) -> Found:
    """A name of the full length."""
    kind, name = row["kind"], row["name"]
    lines = [
        f"-- search the code for names that begin with {name};",
        f"-- where there is a longer one, choose one of at most {row['most']} bytes and change",
        "-- both together: after this the old name, long or cut, is unknown",
        f"-- {row['rename']} …;",
    ]
    return Found(
        row["object"],
        f"the {kind}'s name takes {row['bytes']} of {row['most']} bytes: the rest may be cut off",
        "\n".join(lines),
        Severity.WARNING if kind in CALLED else None,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Has PostgreSQL cut any name short?",
    severity=Severity.INFO,
    why=(
        "PostgreSQL cuts without an error: a second name with the same beginning meets the first,"
        " and IF NOT EXISTS passes over it in silence"
    ),
    explain=explain,
)
