"""Connections that are nearly used up."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

WHO = (
    "-- see who has them: SELECT datname, usename, application_name, state, count(*)"
    " FROM pg_stat_activity GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC;"
)


def explain(row: Row) -> Found:
    """A limit that the next burst will reach."""
    more = {
        "server": f"ALTER SYSTEM SET max_connections = {2 * row['most']}; (from the next start on)",
        "database": f"ALTER DATABASE {row['object']} CONNECTION LIMIT {2 * row['most']};",
        "role": f"ALTER ROLE {row['object']} CONNECTION LIMIT {2 * row['most']};",
    }
    return Found(
        row["object"],
        f"{row['used']} of the {row['most']} connections of this {row['kind']} are taken",
        f"{WHO}\n-- end what nobody needs, put a pooler in front, or allow more:\n"
        f"-- {more[row['kind']]}",
        Severity.ERROR if row["nearly_all"] else None,
    )


CHECK = SqlCheck(
    module=__name__,
    question="Are the connections nearly used up?",
    severity=Severity.WARNING,
    why="the next client is refused, and then all of them at once",
    explain=explain,
    parameters={"share": 80, "nearly_all": 95},
)
