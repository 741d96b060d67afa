"""A server that does not notice a broken page."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A cluster without checksums."""
    return Found(
        "data_checksums",
        f"{row['state']}: a page that the disk has spoilt is read as if it were right",
        "-- on the server's machine, as its account; each page is read and written once:\n"
        "-- pg_ctl stop -D DATA_DIRECTORY\n"
        "-- pg_checksums --enable --progress -D DATA_DIRECTORY\n"
        "-- pg_ctl start -D DATA_DIRECTORY\n"
        "-- the same on each standby, while it is stopped",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Are data checksums off?",
    severity=Severity.WARNING,
    why="a spoilt page goes into queries, replicas and every backup before anybody notices",
    explain=explain,
)
