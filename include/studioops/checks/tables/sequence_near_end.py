"""A sequence that has few numbers left."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

LATE = 90


def explain(row: Row) -> Found:
    """A sequence near the end of its range."""
    left = int(row["remaining"])
    if left < 1:
        severity, told = Severity.CRITICAL, "nothing is left, and the next number is refused"
    else:
        severity = Severity.ERROR if row["share"] >= LATE else Severity.WARNING
        told = f"numbers left: {left}"
    return Found(
        row["sequence"],
        f"{row['share']} % of its range is behind it: it stands at {row['at']} and ends at "
        f"{row['bound']}; {told}",
        "\n".join(script(row)),
        severity,
    )


def script(row: Row) -> list[str]:
    """What gives it more numbers, and room for them where they go."""
    if row["widest"]:
        return [
            "-- no type holds more: number the rows anew, and let it begin where all is free:",
            f"-- ALTER SEQUENCE {row['sequence']} RESTART WITH NUMBER;",
        ]
    lines = []
    if row["chosen"]:
        lines.append(f"-- {row['bound']} is somebody's choice: ask what longer numbers would break")
    if row["script"]:
        lines.append(
            f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile: "
            "the\n-- page of serial_beyond_type has quick relief, and a way in steps"
        )
    if row["users"]:
        lines.append(f"-- drop these first, and make them again afterwards: {row['users']}")
    if row["script"]:
        lines += ["SET lock_timeout = '3s';", row["script"]]
    bound = "MAXVALUE" if row["up"] else "MINVALUE"
    return [*lines, f"ALTER SEQUENCE {row['sequence']} AS bigint NO {bound};"]


CHECK = SqlCheck(
    module=__name__,
    question="Is any sequence near its end?",
    severity=Severity.WARNING,
    why="after the last number each insert that asks for one fails",
    explain=explain,
    parameters={"share": 75},
)
