"""An extension whose objects are older than its files."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity


def explain(row: Row) -> Found:
    """An extension that somebody forgot after an upgrade."""
    name, installed, available = row["extension"], row["installed"], row["available"]
    if row["gone"]:
        return Found(
            name,
            f"version {installed} is installed, and its files are not on the server",
            "-- install its package for this PostgreSQL on the server's machine, or type:\n"
            f"-- DROP EXTENSION {name};",
            Severity.ERROR,
        )
    said = f"version {installed} is installed, the server has {available}"
    if row["way"]:
        return Found(name, said, f"ALTER EXTENSION {name} UPDATE;")
    return Found(
        name,
        f"{said}, and no way from the one to the other",
        f"-- install the package of version {installed}, or one that leads away from it;\n"
        "-- or, where no table has columns of its types, type:\n"
        f"-- DROP EXTENSION {name}; CREATE EXTENSION {name};",
    )


CHECK = SqlCheck(
    module=__name__,
    question="Is any extension older than its files on the server?",
    severity=Severity.WARNING,
    why="its functions miss what was mended since, and may not fit the library that they call",
    explain=explain,
)
