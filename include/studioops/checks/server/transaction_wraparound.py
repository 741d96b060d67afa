"""A database that comes near to where PostgreSQL refuses to write."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A database whose oldest row is a long way behind."""
    return Found(
        row["database"],
        f"its oldest rows lie {row['age']} {row['counted']} back, which is {row['share']} % of the "
        "way to where the server refuses to write",
        "\n".join(_steps(row)),
        Severity.ERROR if row["emergency"] else None,
    )


def _steps(row: Row) -> list[str]:
    steps = []
    if row["holder"]:
        steps.append(f"-- first end {row['holder']}: as long as it is there, VACUUM can't help")
    if row["ours"]:
        # FREEZE would do more than is needed to get away from the limit.
        return [*steps, f"-- the oldest tables: {row['oldest']}", "VACUUM;"]
    if not row["open"]:
        steps.append(
            f"-- ALTER DATABASE {row['database']} ALLOW_CONNECTIONS true; (false again after)"
        )
    return [*steps, f"-- connected to {row['database']}: VACUUM;"]


CHECK = SqlCheck(
    module=__name__,
    question="Is any database near to where its transaction numbers run out?",
    severity=Severity.WARNING,
    why="autovacuum does not keep up; at the end every write is refused until VACUUM is through",
    explain=explain,
    parameters={"times": 2.5, "emergency": 75},
)
