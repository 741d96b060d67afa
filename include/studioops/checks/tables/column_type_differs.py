"""One name, several types."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A name that is of another type in another table."""
    lines = [
        f"-- decide which type is right: these turn {row['rare']} into {row['common']}. What is",
        "-- behind -- may fail or lose something: see what is there first. Each writes its table",
        "-- anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile",
    ]
    if row["users"]:
        lines.append(f"-- drop these first, and make them again afterwards: {row['users']}")
    lines += ["SET lock_timeout = '3s';", row["script"]]
    if row["more"]:
        lines.append(f"-- and {row['more']} more: ask again when these are done")
    return Found(
        row["column"],
        f"of several types: {row['places']}",
        "\n".join(lines),
        None if row["incomparable"] else Severity.INFO,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Do columns of one name have different types?",
    severity=Severity.WARNING,
    why=(
        "a join over them takes a cast, and with it no index; no foreign key can tie them; and "
        "what one holds may not fit into the other"
    ),
    explain=explain,
    parameters={"most": 10},
)
