"""A collation whose library has changed under the indexes."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A collation that sorts otherwise than when the indexes were made."""
    of = ", such as " + row["one"] if row["one"] else ""
    return Found(
        row["object"],
        f"its order is of version {row['recorded']}, the server's is {row['actual']} now; "
        f"{row['indexes']} indexes are sorted by it{of}",
        "\n".join(_steps(row)),
    )


def _steps(row: Row) -> list[str]:
    kind = "DATABASE" if row["of_database"] else "COLLATION"
    word = "COLLATION " if row["of_database"] else ""
    steps = []
    if row["partitioned"]:
        steps.append(f"-- rows may lie in the wrong partition, look: {row['partitioned']}")
    if row["reindex"]:
        steps.append("-- a unique index that can't be made has doubles: find them and decide first")
        steps.append(row["reindex"])
    return [*steps, f"ALTER {kind} {row['object']} REFRESH {word}VERSION;"]


CHECK = SqlCheck(
    module=__name__,
    question="Has any collation changed since the indexes were sorted by it?",
    severity=Severity.ERROR,
    why="an index in the wrong order does not find rows that are there, and lets doubles in",
    explain=explain,
    since=150000,
)
