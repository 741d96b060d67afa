"""A document kept as text."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table that keeps documents as text."""
    return Found(
        row["table"],
        f"keeps documents as text: {row['columns']}",
        "-- blanks, the order of keys and all but the last of equal keys go: stay with json where\n"
        "-- the text itself counts (signatures). Code that calls json_…() has to call jsonb_…()\n"
        f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile\n"
        f"{row['script']}",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any document kept as json where jsonb is meant?",
    severity=Severity.WARNING,
    why=(
        "json has no equality: DISTINCT, GROUP BY and UNION over it fail; it takes no GIN index, "
        "and each look into it parses the whole text"
    ),
    explain=explain,
)
