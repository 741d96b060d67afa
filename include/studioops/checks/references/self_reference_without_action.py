"""A table that refers to itself and says nothing of deletions."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A tree whose branches can't be cut."""
    table, name = row["child"], row["name"]
    add = f"ALTER TABLE {table} ADD CONSTRAINT {row['new_name']} {row['definition']} NOT VALID;"
    return Found(
        object=table,
        message=f"{name} ({row['columns']}) refers to its own table with {row['action']}",
        repair=(
            "-- decide: SET NULL makes the children roots (as below), CASCADE deletes the subtree\n"
            f"{add}\n"
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {row['new_name']};\n"
            f"ALTER TABLE {table} DROP CONSTRAINT {name};"
        ),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Does any table refer to itself without saying what a deletion does?",
    severity=Severity.INFO,
    why=(
        "deleting a row that others hang on is refused, and a subtree must be deleted leaf by leaf"
    ),
    explain=explain,
)
