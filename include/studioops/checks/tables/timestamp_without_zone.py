"""A time that does not say where it is meant."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A table with times that mean something else in each zone."""
    beside = f", beside {row['others']} with one" if row["others"] else ""
    lines = [
        "-- decide first which zone the values were written in, and put it in place of UTC: what",
        "-- now() wrote is in its session's zone. From then on the application has to send a zone",
        f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile;",
        "-- where all is UTC, SET timezone = 'UTC' and the same without USING spares the writing",
        row["script"],
    ]
    return Found(
        row["table"],
        f"times without a zone: {row['columns']}{beside}",
        "\n".join(lines),
        # Comparing the two kinds takes the session's zone, silently.
        Severity.WARNING if row["others"] else None,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any point in time kept without its zone?",
    severity=Severity.INFO,
    why=(
        "which moment it means depends on who reads it: sessions in other zones, and the hour that "
        "the end of summer time repeats, are told wrong"
    ),
    explain=explain,
)
