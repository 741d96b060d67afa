"""An application that is logged in as a superuser."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A role that an application should not have."""
    steps = [
        "-- give the application a role of its own that has what it needs and no more:",
        "-- CREATE ROLE app LOGIN; GRANT …; then let it connect as that one",
    ]
    if not row["first"]:
        steps.append(
            "-- or, where the role is the application's own and owns what it needs:\n"
            f"-- ALTER ROLE {row['role']} NOSUPERUSER;"
        )
    return Found(
        row["role"],
        f"a superuser, and {row['sessions']} sessions of applications are logged in as it, such as "
        f"{row['application']} from {row['client']}",
        "\n".join(steps),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any application logged in as a superuser?",
    severity=Severity.WARNING,
    why="whoever gets into it can read everything, change everything and run programs there",
    explain=explain,
    parameters={"seconds": 60},
)
