"""Text that is filled up with blanks."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

# Codes of countries and currencies have as many letters as the column: no blank is ever added.
CODE = 3


def explain(row: Row) -> Found:
    """A table with text of a fixed length."""
    lines = [
        "-- code that compares with text filled up with blanks has to stop doing so",
        f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile",
        row["script"],
    ]
    return Found(
        row["table"],
        f"text that is filled up with blanks: {row['columns']}",
        "\n".join(lines),
        Severity.INFO if row["longest"] <= CODE else None,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any text filled up with blanks by char(n)?",
    severity=Severity.WARNING,
    why=(
        "the blanks take room and come and go: LIKE and regular expressions see them, length() and "
        "|| do not; and compared with a text parameter, the column's index is not used"
    ),
    explain=explain,
)
