"""A key that is text and holds uuids or numbers."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.checks.tables.table_not_linked import BOOKKEEPING
from studioops.model import Severity

# Matched against names in snake_case.
ID_NAME = r"(^|_)(id|uid|uuid|guid)$"


def explain(row: Row) -> Found:
    """A key column of the wrong type."""
    what = {"uuid": "uuids", "bigint": "numbers"}[row["new_type"]]
    seen = "all its values in the statistics are" if row["seen"] else "its length is that of"
    message = f"{row['column']} is {row['type']}, and {seen} {what}"
    followers = [one for one in row["columns"] if one["follows"]]
    if followers:
        message += "; foreign keys repeat it in "
        message += ", ".join(f"{one['table']} ({one['column']})" for one in followers)
    return Found(f"{row['table']}.{row['column']}", message, "\n".join(_repair(row)))


def _repair(row: Row) -> list[str]:
    kind, links = row["new_type"], row["links"] or []
    return [
        f"-- take a quiet hour: each table (the largest of {row['size']}) is written anew under",
        "-- ACCESS EXCLUSIVE. It stops, and changes nothing, at a value of another kind, a view, a",
        f"-- policy or a CHECK over the column. From then on the application must send {kind}, and",
        "-- columns that hold this key without a foreign key must follow: studioops contract infer",
        "BEGIN;",
        *(f"ALTER TABLE {one['table']} DROP CONSTRAINT {one['name']};" for one in links),
        *(f"ALTER TABLE {one['table']} {_change(one, kind)};" for one in row["columns"]),
        *(
            f"ALTER TABLE {one['table']} ADD CONSTRAINT {one['name']} {one['definition']};"
            for one in links
        ),
        "COMMIT;",
    ]


def _change(one: Row, kind: str) -> str:
    column = f"ALTER COLUMN {one['column']}"
    change = f"{column} TYPE {kind} USING btrim({one['column']})::{kind}"
    if one["value"] is None:
        return change
    # A default keeps its own type, and PostgreSQL does not cast it.
    return f"{column} DROP DEFAULT, {change}, {column} SET DEFAULT ({one['value']})::{kind}"


CHECK = SqlCheck(
    module=__name__,
    question="Does any key keep uuids or numbers as text?",
    severity=Severity.INFO,
    why=(
        "twice the bytes in every table and index that repeats it, and nothing refuses a value "
        "that is none: that is how references come to point at nothing"
    ),
    explain=explain,
    parameters={
        "bookkeeping": BOOKKEEPING,
        "id_name": ID_NAME,
        "least_values": 20,
        "least_bytes": 100000,
    },
)
