"""A b-tree over an array or a document."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A b-tree where an inverted index is meant."""
    how = "" if row["partitioned"] else " CONCURRENTLY"
    where = f" WHERE {row['condition']}" if row["condition"] else ""
    return Found(
        row["index"],
        f"a b-tree over {row['column']} of {row['table']}, which is {row['type']}",
        f"CREATE INDEX{how} ON {row['table']} USING gin ({row['column']}){where};\n"
        f"DROP INDEX{how} {row['index']};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any b-tree over an array or a document?",
    severity=Severity.WARNING,
    why="it finds equal arrays alone: no query for an element is served by it",
    explain=explain,
)
