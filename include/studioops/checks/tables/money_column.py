"""Amounts whose decimals a setting decides."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table with columns of money."""
    lines = [
        f"-- lc_monetary is {row['locale']!r} here, with {row['scale']} decimals: see to it that",
        "-- the values were written under the same one, or all amounts come out wrong",
        f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile",
        row["script"],
    ]
    return Found(row["table"], f"amounts of type money: {row['columns']}", "\n".join(lines))


CHECK = SqlCheck(
    module=__name__,
    question="Is any amount kept as money?",
    severity=Severity.WARNING,
    why=(
        "the server's lc_monetary decides currency and decimals of what is read: restored under "
        "another one, the same rows are other amounts; and fractions of the last decimal are lost"
    ),
    explain=explain,
)
