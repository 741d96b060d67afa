"""A table that a crash empties."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

CIRCLE = "-- these refer to each other: drop one of the keys first, and add it again after\n"


def explain(row: Row) -> Found:
    """What is not written to the WAL."""
    if row["sequence"]:
        said = "a crash sets it back to its start"
    elif row["itself"]:
        said = f"a crash empties it; it takes {row['size']}"
    else:
        said = f"a crash empties {row['parts']} of its partitions; they take {row['size']}"
    return Found(
        row["object"],
        f"not logged: {said}",
        (CIRCLE if row["circle"] else "")
        + "-- each is written anew while nobody can use it, and its writes cost more from then on\n"
        + row["repair"],
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any table or sequence unlogged?",
    severity=Severity.WARNING,
    why="a crash empties it, no replica has its rows, and a base backup carries none of them",
    explain=explain,
)
