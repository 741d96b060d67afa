"""What a recovery left that was killed in the middle: found, told, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Connection

from studioops.backups.recovery.marks import Known, Mark, Role, read_databases, write_comment
from studioops.backups.recovery.server import execute
from studioops.postgres import Database


@dataclass(frozen=True, slots=True)
class Found:
    """What earlier recoveries of a target left on its server.

    Args:
        target: the target's database; None where there is none of that name.
        closing: the mark of a swap that never came to its end; None without.
        recovered: the mark of the recovery that the present database came by; None without.
        kept: databases that had or could have the name, the newest first.
    """

    target: Known | None
    closing: Mark | None
    recovered: Mark | None
    kept: tuple[Known, ...]

    @property
    def way_back(self) -> Known | None:
        """The database that the present one took the place of, if it is still there."""
        if self.target is None:
            return next((one for one in self.kept if _role(one) is Role.KEPT), None)
        partner = self.recovered.partner if self.recovered else ""
        return next((one for one in self.kept if one.name == partner), None)


def look_around(server: Database, database: str) -> Found:
    """What earlier recoveries left.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        database: the target's, by name.
    """
    with server.transaction(isolation="READ COMMITTED") as connection:
        known = read_databases(connection)
    return judge(known, database)


def judge(known: Mapping[str, Known], database: str) -> Found:
    """What the marks of a server's databases say of one.

    Args:
        known: every database by name.
        database: the target's.
    """
    target = known.get(database)
    mark = target.mark if target else None
    # A database that was cloned or renamed by hand carries its comment or not: names decide.
    kept = [
        one
        for one in known.values()
        if one.mark is not None
        and one.mark.of == database
        and one.name != database
        and one.mark.role in (Role.KEPT, Role.ASIDE)
    ]
    kept.sort(key=lambda one: one.mark.at if one.mark else "", reverse=True)
    return Found(
        target,
        mark if mark and mark.role is Role.CLOSING else None,
        mark if mark and mark.role is Role.RECOVERED else None,
        tuple(kept),
    )


def reopen(server: Database, database: str) -> bool:
    """Let a target that a swap had closed take connections again, if it did before.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        database: the target's, by name.

    Returns:
        whether it had been left closed.
    """
    with server.transaction(isolation="READ COMMITTED") as connection:
        present = read_databases(connection).get(database)
        mark = present.mark if present else None
        if present is None or mark is None or mark.role is not Role.CLOSING:
            return False
        set_comment(connection, database, write_comment(present.comment, mark.before))
        execute(connection, allowing(database, allow=mark.opened))
    return True


def set_comment(connection: Connection, database: str, text: str | None) -> None:
    """Write a database's whole comment.

    Args:
        connection: in a transaction.
        database: its name.
        text: None for none.
    """
    statement = SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(database), Literal(text))
    execute(connection, statement)


def allowing(name: str, *, allow: bool) -> Composed:
    """The statement that lets a database take connections, or not.

    Args:
        name: of the database.
        allow: whether it shall.
    """
    text = SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    return text.format(Identifier(name), Literal(allow))


def _role(one: Known) -> Role | None:
    return one.mark.role if one.mark else None
