"""A table without a primary key."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.checks.tables.table_not_linked import BOOKKEEPING
from studioops.model import Severity

MOMENT = "-- ACCESS EXCLUSIVE for a moment: what the key needs is there already"


def explain(row: Row) -> Found:
    """A table whose rows nothing identifies."""
    message = "no primary key"
    if row["leaves"] and row["partitioned"]:
        message = f"no primary key in {len(row['bare'])} of {row['leaves']} partitions"
    if row["columns"]:
        reason = f"{row['index']} keeps it unique" if row["index"] else "it is the parent table's"
        message += f"; {row['columns']} could be it, for {reason}"
    if row["broken"]:
        message += "; it is published, and every UPDATE and DELETE that meets its rows fails"
    lines = _repair(row)
    if row["broken"]:
        aid = f"-- ALTER TABLE {row['table']} REPLICA IDENTITY FULL;"
        lines = ["-- as first aid, until it has its key:", aid, *lines]
    severity = Severity.ERROR if row["broken"] else None
    return Found(row["table"], message, "\n".join(lines), severity)


def _repair(row: Row) -> list[str]:
    if row["partitioned"]:
        return _for_partitions(row)
    table, index, name = row["table"], row["index"], row["name"]
    if row["ready"]:
        return [
            MOMENT,
            f"ALTER TABLE {table} ADD CONSTRAINT {index} PRIMARY KEY USING INDEX {index};",
        ]
    if row["columns"]:
        return [
            "-- makes an index while everybody works on; stops where a value is there twice",
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({row['columns']});",
            MOMENT,
            f"ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name};",
        ]
    return [
        "-- where columns that are never NULL tell each row, make them the key:",
        f"-- CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} (…);",
        f"-- ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name};",
        f"-- else number the rows: ACCESS EXCLUSIVE while {row['size']} are written anew",
        f"ALTER TABLE {table} ADD COLUMN {row['free']} {row['number']} PRIMARY KEY;",
    ]


def _for_partitions(row: Row) -> list[str]:
    """The key at the root where it may have one, else in each partition."""
    table, free = row["table"], row["free"]
    locked = f"-- ACCESS EXCLUSIVE on the root and every partition ({row['size']}) while it is made"
    if row["sibling"]:
        missing = [f"ALTER TABLE {bare} ADD {row['sibling']};" for bare in row["bare"]]
        return ["-- as the other partitions have it; ACCESS EXCLUSIVE while it is made", *missing]
    if row["columns"]:
        return [locked, f"ALTER TABLE {table} ADD PRIMARY KEY ({row['columns']});"]
    if row["by_expression"]:
        return [
            "-- a root divided by an expression can have no key: each partition has its own",
            locked,
            f"ALTER TABLE {table} ADD COLUMN {free} {row['number']};",
            *(f"ALTER TABLE {bare} ADD PRIMARY KEY ({free});" for bare in row["bare"]),
        ]
    key = f"({free}, {row['divided_by']})"
    return [
        locked + ", and they are written anew",
        "-- a key at the root has to hold the columns that divide it, none of them NULL",
        f"ALTER TABLE {table} ADD COLUMN {free} {row['number']}, ADD PRIMARY KEY {key};",
    ]


CHECK = SqlCheck(
    module=__name__,
    question="Has every table a primary key?",
    severity=Severity.WARNING,
    why=(
        "two equal rows can't be told apart or mended one by one, and logical replication "
        "can't update or delete any"
    ),
    explain=explain,
    parameters={"bookkeeping": BOOKKEEPING},
)
