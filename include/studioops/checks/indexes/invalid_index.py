"""An index that nobody can use."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An index whose making was cut off."""
    if row["partitioned"]:
        return _of_partitions(row)
    where = f"not valid on {row['table']}: "
    if row["leftover"]:
        return Found(
            row["index"],
            f"{where}REINDEX CONCURRENTLY was cut off and left it beside the one in use",
            f"DROP INDEX CONCURRENTLY {row['index']};",
        )
    again = f"-- then make it again: {row['definition']}"
    if row["strict"]:
        again += "\n-- it fails again as long as values are there twice"
    return Found(
        row["index"],
        f"{where}making it was cut off or failed",
        f"REINDEX INDEX CONCURRENTLY {row['index']};"
        if row["bound"]
        else f"DROP INDEX CONCURRENTLY {row['index']};\n{again}",
    )


def _of_partitions(row: Row) -> Found:
    """Finishing it or giving it up: which one is meant, nobody can tell from here."""
    missing = row["missing"] or "none, but a part of it was attached while not valid"
    return Found(
        row["index"],
        f"not valid on {row['table']}: not every partition has its part of it",
        f"-- partitions without it: {missing}\n"
        "-- make it on each, CREATE INDEX CONCURRENTLY, as: "
        f"{row['definition']}\n"
        f"-- then attach each: ALTER INDEX {row['index']} ATTACH PARTITION …;\n"
        f"-- or be rid of it, with the parts that it has: DROP INDEX {row['index']};",
        None if row["strict"] else Severity.WARNING,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any index invalid?",
    severity=Severity.ERROR,
    why="writes pay for it and no query can rely on it; a unique one does not keep values unique",
    explain=explain,
)
