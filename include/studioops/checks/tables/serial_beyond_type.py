"""A column that its sequence can run away from."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

HALF, NEAR = 50, 75


def judge(row: Row) -> Severity:
    """How bad it is: by how much of the column's range is gone."""
    if row["failing"]:
        return Severity.CRITICAL
    share = row["share"] or 0
    if share >= NEAR:
        return Severity.ERROR
    return Severity.WARNING if share >= HALF else Severity.INFO


def explain(row: Row) -> Found:
    """A column that is narrower than what feeds it."""
    if row["failing"]:
        stands = f"it stands at {row['at']}: the next insert fails"
    elif row["at"] is None:
        stands = "how far it is can't be read"
    else:
        stands = f"it stands at {row['at']}, {row['share']} % of the way"
    lines = [
        f"-- writes {row['size']} anew under ACCESS EXCLUSIVE, and nobody reads it meanwhile: the",
        "-- page of serial_beyond_type has quick relief, and a way in steps",
    ]
    if row["users"]:
        lines.append(f"-- drop these first, and make them again afterwards: {row['users']}")
    lines += ["SET lock_timeout = '3s';", row["script"]]
    return Found(
        row["column"],
        f"{row['sequence']} goes to {row['reach']}, {row['type']} ends at {row['top']}; {stands}",
        "\n".join(lines),
        judge(row),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any column narrower than the sequence that feeds it?",
    severity=Severity.INFO,
    why=(
        "past the column's end each insert fails, and what watches the sequence's own range "
        "has seen nothing coming"
    ),
    explain=explain,
)
