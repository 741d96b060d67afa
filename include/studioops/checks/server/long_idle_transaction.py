"""A transaction that waits for its client."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """A transaction that somebody has begun and forgotten."""
    waiting = f"; {row['waiting']} sessions wait for it" if row["waiting"] else ""
    severity = Severity.ERROR if row["waiting"] else None
    if row["gid"]:
        return Found(
            f"prepared transaction {row['gid']}",
            f"of {row['role']}, prepared {row['minutes']} minutes ago and never finished{waiting}",
            "-- ask its owner which one is meant, then type, in this database:\n"
            f"-- COMMIT PREPARED {row['gid']};\n-- ROLLBACK PREPARED {row['gid']};",
            severity,
        )
    who = f"of {row['role']} ({row['application'] or 'no name'}, from {row['client']})"
    return Found(
        f"session {row['pid']}",
        f"{who}, idle for {row['minutes']} minutes in a transaction that is "
        f"{row['minutes_open']} minutes old and has {row['locks']} locks{waiting}",
        "-- ask whose it is; to end it and undo what it has not committed, type:\n"
        f"-- SELECT pg_terminate_backend({row['pid']});\n"
        "-- so that it does not come back:\n"
        f"-- ALTER ROLE {row['role']} SET idle_in_transaction_session_timeout = '5min';",
        severity,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any transaction left open by a client that does nothing?",
    severity=Severity.WARNING,
    why="it keeps its locks, and no VACUUM of this database may remove what it could still see",
    explain=explain,
    parameters={"minutes": 10},
)
