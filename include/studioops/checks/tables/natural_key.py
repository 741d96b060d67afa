"""A primary key that means something."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.checks.tables.table_not_linked import BOOKKEEPING
from studioops.checks.tables.varchar_key import ID_NAME
from studioops.model import Severity

# Names of what is drawn or computed once and means nothing to anybody.
DRAWN_NAME = (
    r"(^|_)(key|token|hash|md5|sha\d*|digest|checksum|fingerprint|etag|nonce|jti|ulid|cuid)$"
)
# Values: hashes and uuids, or ULIDs.
DRAWN = r"^([0-9A-Fa-f-]+|[0-9A-HJKMNP-TV-Z]{26})\s*$"


def explain(row: Row) -> Found:
    """A key that people may want to change."""
    table, free = row["table"], row["free"]
    followed = "nothing refers to it yet"
    if row["referring"]:
        followed = f"foreign keys repeat it in {row['referring']}"
    key = ", ".join([free, row["divided_by"]] if row["divided_by"] else [free])
    lines = [
        "-- only where these values do change: a code that somebody keeps stable is a good key",
        f"-- ACCESS EXCLUSIVE on every table named here while {row['size']} are written anew and",
        "-- the foreign keys are looked up again; a view that groups by the key stops it",
        "BEGIN;",
        *row["drops"],
        f"ALTER TABLE {table} DROP CONSTRAINT {row['name']};",
        f"ALTER TABLE {table} ADD COLUMN {free} {row['number']}, ADD PRIMARY KEY ({key});",
        f"ALTER TABLE {table} ADD UNIQUE ({row['key']});",
        *row["adds"],
        "COMMIT;",
    ]
    if row["referring"]:
        lines.append(f"-- then let each of those tables refer to {free}, in a migration of its own")
    return Found(
        table,
        f"its primary key ({row['key']}) says something: {row['words']}; {followed}",
        "\n".join(lines),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any primary key made of words that may change?",
    severity=Severity.INFO,
    why=(
        "a name or an address changes, and then every row that refers to it has to change with "
        "it, here and wherever it was copied to"
    ),
    explain=explain,
    parameters={
        "bookkeeping": BOOKKEEPING,
        "id_name": ID_NAME,
        "drawn_name": DRAWN_NAME,
        "drawn": DRAWN,
    },
)
