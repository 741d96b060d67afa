"""Tables that refer to each other in a circle."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """Tables of which each refers to the next."""
    change = f"ALTER TABLE {row['table']} ALTER CONSTRAINT {row['name']}"
    return Found(
        object=row["tables"],
        message="these tables refer to each other in a circle, and no key of it is deferrable",
        repair=(
            "-- make one key of the circle deferrable, so that a transaction is judged at its end\n"
            f"{change} DEFERRABLE INITIALLY IMMEDIATE;"
        ),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Do tables refer to each other in a circle?",
    severity=Severity.INFO,
    why=(
        "no order of loading or deleting suits all of them: rows go in with a NULL "
        "first, or keys must be deferrable"
    ),
    explain=explain,
)
