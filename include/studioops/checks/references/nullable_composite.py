"""A foreign key of several columns that one NULL switches off."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A key that one NULL switches off."""
    new, name = row["new_name"], f"{row['name']} ({row['columns']})"
    return Found(
        object=row["child"],
        message=f"{name} is MATCH SIMPLE and {row['nullable']} may be NULL",
        repair=(
            "-- MATCH FULL takes all or none; where a column must be there, SET NOT NULL instead\n"
            f"ALTER TABLE {row['child']} ADD CONSTRAINT {new} {row['definition']} NOT VALID;\n"
            f"ALTER TABLE {row['child']} VALIDATE CONSTRAINT {new};\n"
            f"ALTER TABLE {row['child']} DROP CONSTRAINT {row['name']};"
        ),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Can a foreign key of several columns be switched off by one NULL?",
    severity=Severity.WARNING,
    why=(
        "under MATCH SIMPLE a reference with one NULL in it is never looked up: half of"
        " it may point to nothing"
    ),
    explain=explain,
)
